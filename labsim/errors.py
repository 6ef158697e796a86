"""What can go wrong, in a form that tells people what to do: known errors, problems with a remedy, messages as keys."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

TEXT_FILE_LIMIT = 2_000_000
"""Bytes a text file may have unless the caller says otherwise; a choice, ample for files written by hand."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what is wrong with it and what to do about it."""

    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """Return the problem as one line, `where: what; remedy`."""
        return f"{self.where}: {self.what}; {self.remedy}"


@dataclass(frozen=True)
class Message:
    """A sentence that is not written yet: the key of its template in the text file, and the values to fill in."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Keep an own, unchangeable copy of the values."""
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __hash__(self) -> int:
        """Hash by key and by the text of the values, so that any value may be held."""
        return hash((self.key, repr(sorted(self.values.items(), key=lambda item: item[0]))))

    def __reduce__(self) -> tuple[type[Message], tuple[str, dict[str, object]]]:
        """Pickle as key and plain dict: messages cross process borders in a batch."""
        return Message, (self.key, dict(self.values))


class LabsimError(Exception):
    """A known error: shown as text, never as a traceback. It holds every problem found, in the order of finding."""

    exit_code: ClassVar[int] = 2

    def __init__(self, *problems: Problem) -> None:
        """Hold the problems; at least one is needed."""
        if not problems:
            raise ValueError("a known error names at least one problem")
        super().__init__(*problems)
        self.problems: tuple[Problem, ...] = problems

    def __str__(self) -> str:
        """Return the problems, one a line."""
        return "\n".join(str(problem) for problem in self.problems)


class BadInput(LabsimError):
    """What somebody wrote or chose is wrong: a scenario, an order file, an option."""


class BadWorld(LabsimError):
    """The user's world does not allow it: a missing file, a full disk, a folder without permission."""


class AnswerIsNo(LabsimError):
    """Nothing is broken, but the answer is no: a replay differs, a check fails."""

    exit_code: ClassVar[int] = 1


class Collector:
    """Gathers problems so that bad input is refused once, with everything that is wrong in it."""

    def __init__(self) -> None:
        """Begin without problems."""
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems so far, in the order of finding."""
        return tuple(self._problems)

    def __bool__(self) -> bool:
        """Say whether anything is wrong."""
        return bool(self._problems)

    def add(self, where: str, what: str, remedy: str) -> None:
        """Note one problem; the same one is noted once."""
        self.extend([Problem(where, what, remedy)])

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note several problems, leaving out those already noted."""
        self._problems.extend(problem for problem in dict.fromkeys(problems) if problem not in self._problems)

    def raise_if_any(self) -> None:
        """Raise one error with everything that was noted. Raises BadInput."""
        if self._problems:
            raise BadInput(*self._problems)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return ` did you mean "x"?` for the candidate most like the word, or an empty string when none is near."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    near = difflib.get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f' did you mean "{by_folded[near[0]]}"?' if near else ""


def read_text_safely(path: str | os.PathLike[str], max_bytes: int = TEXT_FILE_LIMIT) -> str:
    """Return the text of a UTF-8 file of at most `max_bytes` bytes, without its byte order mark.

    Raises BadWorld when it is missing, no regular file or unreadable; BadInput when it is too large or not UTF-8.
    """
    file = Path(path)
    where = str(file)
    raw = _read_bytes(file, where, max_bytes)
    if len(raw) > max_bytes:
        raise BadInput(
            Problem(where, f"the file is larger than {max_bytes:,} bytes", "check that it is the file you meant")
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInput(
            Problem(f"{where}, line {line}", "the text is not UTF-8", "save the file with the encoding UTF-8")
        ) from error


def _read_bytes(file: Path, where: str, max_bytes: int) -> bytes:
    """Read one byte more than allowed, so that a growing or endless file cannot fill the memory."""
    try:
        if not file.exists():
            raise BadWorld(Problem(where, "there is no such file", "check the name and the folder"))
        if file.is_dir():
            raise BadWorld(Problem(where, "this is a folder, not a file", "name a file in it"))
        if not file.is_file():
            raise BadWorld(Problem(where, "this is not a regular file", "copy what it holds into a file and name that"))
        with file.open("rb") as stream:
            return stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadWorld(Problem(where, f"it cannot be read ({reason})", "check its name and its permissions")) from error
