"""How is what scenario files say checked? Names, units and ranges; every problem with its place and a remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from labsim.errors import Collector, did_you_mean
from labsim.scenario_bounds import STOCK_LIMIT, Bounds
from labsim.scenario_file import ScenarioFile
from labsim.scenario_values import Number, Quantity
from labsim.variables import Variable

BASE = "_base"
MOST_PROBLEMS = 100
"""A file with more problems than this is refused without looking further; a choice."""


class Checks:
    """Files laid over one another, lowest first; problems gather in ``problems``."""

    def __init__(self, texts: Sequence[tuple[str, str]], files: Sequence[ScenarioFile]) -> None:
        """Take the texts, whose names are places in messages, and what was read from them; the base comes first."""
        self.names = [where for where, _ in texts]
        self.files = files
        self.problems = Collector()
        self._likes: dict[str, str] = {}  # lab -> the lab that it is like

    def latest(self, field: str) -> Any:
        """The value of the highest file that sets a field."""
        for file in reversed(self.files):
            if field in file.model_fields_set:
                return getattr(file, field)
        return ScenarioFile.model_fields[field].get_default(call_default_factory=True)

    def _layers(self) -> Iterator[tuple[str, ScenarioFile]]:
        return zip(self.names, self.files, strict=True)

    def _declared(self, number: Number | str, variable: Variable, place: str, where: str) -> float:
        bounds = max(variable.low, -STOCK_LIMIT), min(variable.high, STOCK_LIMIT)
        return self._within(self._plain(number, variable.unit, place, where), bounds, place, where, variable.unit)

    def _within(self, value: float, bounds: Bounds, place: str, where: str, unit: str = "") -> float:
        if not bounds[0] <= value <= bounds[1]:
            shown = f"{value:g} {unit}".removesuffix(" 1").strip()
            self._add(place, f"{shown} is out of range", f"stay within {bounds[0]:g} to {bounds[1]:g}", where)
        return value

    def _plain(self, number: Number | str, unit: str, place: str, where: str) -> float:
        """The value of a number as written; an empty ``unit`` takes any."""
        if isinstance(number, Quantity):
            if unit and number.unit != unit:
                self._add(place, f'unit "{number.unit}" is wrong', f'give it in "{unit}"', where)
            return number.value
        if isinstance(number, str):
            self._add(place, f"{number[:60]!r} is not a number", "write { value = …, unit = …, source = … }", where)
            return 1.0
        if where != BASE:
            remedy = f'write {{ value = {number:g}, unit = "{unit or "…"}", source = "…" }}'
            self._add(place, "a number without unit and source", remedy, where)
        return number

    def _unknown(self, place: str, kind: str, word: str, known: Iterable[str], where: str = "") -> None:
        remedy = f"remove or correct it;{did_you_mean(word, list(known))}".rstrip(";")
        self._add(place, f'unknown {kind} "{word[:60]}"', remedy, where)

    def _add(self, place: str, what: str, remedy: str, where: str = "") -> None:
        self.problems.add(f"{where or self.names[-1]}: {place[:200]}", what, remedy)
        if len(self.problems.problems) >= MOST_PROBLEMS:
            self.problems.raise_if_any()
