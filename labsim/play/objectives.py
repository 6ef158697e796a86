"""How well was it played? Marks of a scenario's objectives, the fate of the lab, and the score, for one run or many.

A lab that ends keeps the figures of its last quarter alive; `stake` and `runway_months` say by themselves what the end
was worth.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.errors import BadInput, Problem, did_you_mean
from labsim.model.decisions import Decisions
from labsim.model.flows import Report
from labsim.model.world import World
from labsim.play.derived import ACQUIRED as ACQUIRED
from labsim.play.derived import BANKRUPT as BANKRUPT
from labsim.play.derived import FORMULAS
from labsim.play.series import axis_names, columns_by
from labsim.play.turn import TurnRecord
from labsim.scenario import DERIVED, Scenario
from labsim.scenario_file import Objective
from labsim.variables import LAB, REGISTRY, Array

PAR = 60.0
"""Mark at `par`; an objective is met from here on."""
FATE_SOLD = 0.85
FATE_BANKRUPT = 0.5  # times the part of the game that was lived


@dataclass(frozen=True)
class Score:
    """A score by run. ``parts`` holds the mark of each objective, in the scenario's order; arrays ``(run,)``."""

    values: tuple[Array, ...]  # what each objective was measured at, in its variable's unit
    parts: tuple[Array, ...]  # 0-100 each
    total: Array  # 0-100: fate x sum of weight x mark; 0 in a scenario without objectives
    fate: Array  # 1 alive, 0.85 sold, up to 0.5 bankrupt


def mark(x: Array, low: float, par: float, high: float, scale: str = "linear") -> Array:
    """0 at ``low``, 60 at ``par``, 100 at ``high``, straight lines between, clipped; ``low`` may be the largest.

    ``scale`` "ln" takes the logarithm of all four; what is not positive gets 0.
    """
    anchors = np.array([low, par, high])
    if scale == "ln":
        x = np.log(np.maximum(x, np.finfo(np.float64).tiny))
        anchors = np.log(anchors)
    if low > high:
        x, anchors = -x, -anchors
    marked: Array = np.interp(x, anchors, np.array([0.0, PAR, 100.0]))
    return marked


def measure(name: str, record: TurnRecord) -> Array:
    """A declared stock, flow or decision, or a derived variable, at the end of a quarter; its declared axes.

    Raises:
        KeyError: no such variable.
    """
    if name in FORMULAS:
        return FORMULAS[name](record)
    found: object = record
    for part in _place(name):
        found = getattr(found, part)
    assert isinstance(found, np.ndarray)
    return found


@dataclass(frozen=True)
class Asked:
    """One variable that somebody asked for: its registry name (or derived one) and entry of a further axis."""

    variable: str
    entry: int | None
    has_labs: bool


def chosen_columns(scenario: Scenario, names: Sequence[str]) -> dict[str, Asked]:
    """The columns of series (``price_developer``), registry names and derived variables, by the names asked for.

    Raises:
        BadInput: with every name that is unknown.
    """
    known = _known(tuple(axis_names(scenario).items()))
    problems = [
        Problem("variables", f'no variable "{name}"',
                f"see `labsim list variables`;{did_you_mean(name, known)}".rstrip(";"))
        for name in dict.fromkeys(names) if name not in known
    ]  # fmt: skip
    if problems:
        raise BadInput(*problems)
    return {name: known[name] for name in names}


@lru_cache(maxsize=8)
def _known(axes: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, Asked]:
    """Everything that can be asked for, by the names of the entries of each further axis."""
    found = columns_by(axes)
    known = {column.name: Asked(column.variable.name, column.entry, not column.is_world) for column in found}
    known |= {column.variable.name: known[column.name] for column in found if column.entry is None}
    return known | {name: Asked(name, None, True) for name in DERIVED}


def column_value(asked: Asked, record: TurnRecord) -> Array:
    """A chosen column at the end of a quarter: ``(lab, run)``, or ``(run,)`` for the world."""
    value = measure(asked.variable, record)
    return value if asked.entry is None else value[asked.entry]


@cache
def _place(name: str) -> tuple[str, ...]:
    """Where in a record a declared variable is."""
    if name in {f.name for f in dataclasses.fields(Decisions)}:
        return ("decisions", name)
    for part, root in (("world", World), ("report", Report)):
        types = typing.get_type_hints(root)
        for group in dataclasses.fields(root):
            if name in {f.name for f in dataclasses.fields(types[group.name])}:
                return (part, group.name, name)
    raise KeyError(name)


class Tally:
    """Objectives of one seat, folded quarter by quarter, so that no game has to be kept."""

    def __init__(self, scenario: Scenario, seat: int) -> None:
        """Begin before the first quarter."""
        self._scenario = scenario
        self._seat = seat
        self._now: list[Array] = []
        self._last: list[Array] = []  # the quarter before the last one that counts, for `last2`
        self._status = np.zeros(1)
        self._lived = np.zeros(1)  # quarters that began alive
        self._ended_alive = np.zeros(1)  # quarters that ended alive
        self._quarters = 0

    def copy(self) -> Tally:
        """The same tally, to be carried on along another path."""
        other = Tally(self._scenario, self._seat)
        other.__dict__.update(self.__dict__)
        other._now, other._last = list(self._now), list(self._last)
        return other

    def tiled(self, copies: int) -> Tally:
        """The same tally for ``copies`` variants of every run, side by side."""
        other = Tally(self._scenario, self._seat)
        if self._quarters:
            other.__dict__.update(
                {name: _by_run(value, lambda x: np.tile(x, copies)) for name, value in self.__dict__.items()}
            )
        return other

    def take(self, runs: NDArray[np.intp]) -> Tally:
        """The tally of some of the runs, in that order."""
        other = Tally(self._scenario, self._seat)
        other.__dict__.update({name: _by_run(value, lambda x: x[runs]) for name, value in self.__dict__.items()})
        return other

    def add(self, record: TurnRecord) -> None:
        """Fold in the next quarter; its runs may be one for the past and many from then on."""
        was_live = self._status == 0.0
        self._status = record.world.capital.status[self._seat]
        live = self._status == 0.0
        self._lived = self._lived + np.where(was_live, 1.0, 0.0)
        self._ended_alive = self._ended_alive + np.where(live, 1.0, 0.0)
        self._quarters += 1
        fresh = [self._read(objective, record) for objective in self._scenario.objectives]
        if not self._now:
            self._now, self._last = fresh, fresh
            return
        counted = [live | was_live if o.variable in DERIVED else live for o in self._scenario.objectives]
        moved = zip(counted, self._now, self._last, strict=True)
        self._last = [np.where(counts, now, last) for counts, now, last in moved]
        folded = zip(self._scenario.objectives, self._now, fresh, strict=True)
        self._now = [self._fold(o, old, new, live, was_live) for o, old, new in folded]

    def _read(self, objective: Objective, record: TurnRecord) -> Array:
        value = measure(objective.variable, record)
        has_labs = objective.variable in DERIVED or LAB in REGISTRY[objective.variable].axes
        return (value[self._seat] if has_labs else value) + np.zeros_like(self._status)

    @staticmethod
    def _fold(objective: Objective, old: Array, new: Array, live: NDArray[np.bool_], was: NDArray[np.bool_]) -> Array:
        # Declared stocks of a lab that has ended are 0 and would say nothing about how it was played.
        counts = (live | was) if objective.variable in DERIVED else live
        if objective.over in ("end", "last2"):
            return np.where(counts, new, old)
        if objective.over == "min":
            return np.where(counts, np.minimum(old, new), old)
        if objective.over == "max":
            return np.where(counts, np.maximum(old, new), old)
        return np.where(counts, old + new, old)  # sum, and mean until it is divided

    def score(self) -> Score:
        """The score as if the game ended now."""
        alive, sold = self._status == 0.0, self._status == ACQUIRED
        length = max(self._scenario.quarters, self._quarters)
        fate = np.where(alive, 1.0, np.where(sold, FATE_SOLD, FATE_BANKRUPT * self._lived / length))
        values, parts, total = [], [], np.zeros_like(fate)
        for objective, value, last in zip(self._scenario.objectives, self._now, self._last, strict=False):
            if objective.over == "mean":
                counted = self._lived if objective.variable in DERIVED else self._ended_alive
                value = value / np.maximum(counted, 1.0)
            elif objective.over == "last2":
                value = 0.5 * (last + value)
            at = objective.anchors(self._scenario.labs[self._seat])
            part = mark(value, at.low, at.par, at.high, objective.scale)
            values.append(value)
            parts.append(part)
            total = total + objective.weight * part
        return Score(tuple(values), tuple(parts), fate * total, fate)


def _by_run(value: Any, change: Callable[[Array], Array]) -> Any:
    if isinstance(value, list):
        return [_by_run(one, change) for one in value]
    is_by_run = isinstance(value, np.ndarray) and value.size > 1  # what is the same for every run broadcasts
    return change(value) if is_by_run else value


def tally(scenario: Scenario, records: Iterable[TurnRecord], seat: int) -> Tally:
    """A tally of the quarters played so far."""
    found = Tally(scenario, seat)
    for record in records:
        found.add(record)
    return found


def score(scenario: Scenario, records: Sequence[TurnRecord], seat: int) -> Score:
    """The score of a seat over the quarters of a game or of a batch."""
    return tally(scenario, records, seat).score()
