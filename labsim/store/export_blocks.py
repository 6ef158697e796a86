"""How do rows travel from a game to a file? As blocks: a few hundred rows at once, column by column.

A number that a game does not have is *missing*: an empty cell, null, None; never NaN.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.formats import FIRST_YEAR, quarter_number
from labsim.variables import Array

Codes = NDArray[np.int32]
FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠'"
"""Signs with which a spreadsheet may begin a formula, and the apostrophe that keeps it from that."""


@dataclass(frozen=True)
class Words:
    """A column of texts, few of them different: the entries, and for each row the number of its entry."""

    entries: Sequence[str | None]
    codes: Codes

    def values(self) -> list[str | None]:
        """The text of each row; None where it is missing."""
        return [self.entries[code] for code in self.codes.tolist()]

    def cells(self) -> list[str]:
        """The text of each row as a cell of a CSV file."""
        shown = [csv_text(entry) for entry in self.entries]
        return [shown[code] for code in self.codes.tolist()]


@dataclass(frozen=True)
class Dates(Words):
    """A column of dates, as ISO texts."""

    def day_entries(self) -> list[dt.date | None]:
        """The entries as dates."""
        return [None if entry is None else dt.date.fromisoformat(entry) for entry in self.entries]

    def dates(self) -> list[dt.date | None]:
        """The date of each row."""
        made = self.day_entries()
        return [made[code] for code in self.codes.tolist()]


@dataclass(frozen=True)
class Wholes:
    """A column of whole numbers."""

    numbers: NDArray[np.int64]

    def values(self) -> list[int]:
        """The number of each row."""
        found: list[int] = self.numbers.tolist()
        return found

    def cells(self) -> list[str]:
        """The number of each row as a cell of a CSV file."""
        return list(map(str, self.values()))


@dataclass(frozen=True)
class Floats:
    """A column of numbers. What is not finite stands for missing, and never leaves this class."""

    numbers: Array

    @property
    def missing(self) -> NDArray[np.bool_] | None:
        """Where there is no number; None when there are all."""
        where = ~np.isfinite(self.numbers)
        return where if where.any() else None

    def values(self) -> list[float | None]:
        """The number of each row; None where it is missing."""
        found: list[float] = self.numbers.tolist()
        return list(found) if self.missing is None else [x if isfinite(x) else None for x in found]

    def cells(self) -> list[str]:
        """The number of each row with as many digits as it takes to read the same number again."""
        found: list[float] = self.numbers.tolist()
        return list(map(repr, found)) if self.missing is None else [repr(x) if isfinite(x) else "" for x in found]


Column = Words | Wholes | Floats


@dataclass(frozen=True)
class Block:
    """Some rows of one table; ``columns`` may lack fields of the table, which are then missing."""

    table: str
    rows: int
    columns: Mapping[str, Column]

    def filled(self, names: Sequence[str]) -> Iterator[Column]:
        """The columns of these names, in their order; a missing one is empty."""
        for name in names:
            yield self.columns.get(name) or Words([None], np.zeros(self.rows, np.int32))

    def records(self, names: Sequence[str]) -> Iterator[dict[str, Any]]:
        """A dictionary for each row."""
        columns = [column.values() for column in self.filled(names)]
        return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def joined(columns: Sequence[Column]) -> Column:
    """Some columns of one field, one after the other."""
    if any(isinstance(column, Floats) for column in columns):
        # What a block lacks is a column of missing words.
        parts = [c.numbers if isinstance(c, Floats) else np.full(len(c.cells()), np.nan) for c in columns]
        return Floats(np.concatenate(parts))
    words = [column for column in columns if isinstance(column, Words)]
    if not words:
        return Wholes(np.concatenate([column.numbers for column in columns if isinstance(column, Wholes)]))
    entries: list[str | None] = []
    codes = []
    for column in words:
        codes.append(column.codes + np.int32(len(entries)))
        entries += column.entries
    made = Dates if any(isinstance(column, Dates) for column in words) else Words
    return made(entries, np.concatenate(codes))


def csv_text(text: str | None) -> str:
    """A text as a cell of a CSV file, which no spreadsheet takes for a formula.

    A text that begins, blanks aside, with one of `FORMULA_SIGNS` gets an apostrophe in front. To read it back, take one
    apostrophe away from every text that begins with one.
    """
    if text is None:
        return ""
    safe = f"'{text}" if text.lstrip(" ")[:1] and text.lstrip(" ")[0] in FORMULA_SIGNS else text
    # Empty, but a text: quoted, so that it differs from what is missing.
    quoted = not safe or any(sign in safe for sign in ',"\r\n;\t')
    return '"' + safe.replace('"', '""') + '"' if quoted else safe


def from_csv_text(cell: str) -> str:
    """The text that `csv_text` wrote, after a CSV reader has taken the quotes away."""
    return cell[1:] if cell.startswith("'") else cell


def as_unicode(text: str) -> str:
    """A text that every file can hold: what is no character (in a file's name, in JSON of others) becomes ?."""
    return text.encode("utf-8", "replace").decode("utf-8")


def repeated(entries: Sequence[str | None], each: int, times: int = 1) -> Words:
    """Each entry ``each`` times, and all of that ``times`` times."""
    return Words(entries, np.tile(np.repeat(np.arange(len(entries), dtype=np.int32), each), times))


def texts(found: Sequence[str | None]) -> Words:
    """A column of texts that are given row by row."""
    entries = list(dict.fromkeys(found))
    places = {entry: place for place, entry in enumerate(entries)}
    return Words(entries or [None], np.array([places[text] for text in found], dtype=np.int32))


def first_day(quarter: str) -> str:
    """The first day of a quarter such as 2023Q1, ISO 8601."""
    year, place = divmod(quarter_number(quarter), 4)
    return dt.date(FIRST_YEAR + year, 3 * place + 1, 1).isoformat()
