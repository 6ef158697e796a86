"""How fast and how large is labsim, against what it must and aims to be? A registry of measured rows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Measure = Callable[[], float]
"""A measurement: no arguments, the value in the unit of its row."""


@dataclass(frozen=True)
class BenchRow:
    """One figure. ``must`` and ``aim`` are NaN where there is none; larger is better only where ``more_is_better``."""

    name: str
    unit: str
    must: float
    aim: float
    more_is_better: bool
    is_slow: bool
    measure: Measure


@dataclass(frozen=True)
class Measured:
    """A row with its value, and whether it is what it must be."""

    row: BenchRow
    value: float

    @property
    def ok(self) -> bool:
        """Does the value meet the must? True where there is none."""
        return meets(self.value, self.row.must, self.row.more_is_better)

    @property
    def meets_aim(self) -> bool:
        """Does the value meet the aim? False where there is none."""
        return not math.isnan(self.row.aim) and meets(self.value, self.row.aim, self.row.more_is_better)


ROWS: dict[str, BenchRow] = {}
"""Every row by name, in the order of entry."""


def row(
    name: str, unit: str, *, must: float = math.nan, aim: float = math.nan, more_is_better: bool = False,
    slow: bool = False,
) -> Callable[[Measure], Measure]:  # fmt: skip
    """Decorator that enters a measurement. A slow row (over about 10 s) is measured only when it is asked for."""

    def enter(measure: Measure) -> Measure:
        if name in ROWS:
            raise ValueError(f"the row {name} stands twice")
        ROWS[name] = BenchRow(name, unit, must, aim, more_is_better, slow, measure)
        return measure

    return enter


def meets(value: float, bound: float, more_is_better: bool) -> bool:
    """Is a value on the right side of a bound? A bound of NaN is always met, a value of NaN never."""
    if math.isnan(bound):
        return True
    return value >= bound if more_is_better else value <= bound


def chosen(pattern: str = "", slow: bool = False) -> list[BenchRow]:
    """Rows whose name holds the pattern, slow ones only when asked for or named by a pattern."""
    return [r for r in ROWS.values() if pattern.casefold() in r.name.casefold() and (slow or pattern or not r.is_slow)]


def measured(rows: list[BenchRow]) -> Iterator[Measured]:
    """Measure rows one after the other."""
    for each in rows:
        yield Measured(each, each.measure())


def median_seconds(work: Callable[[], object], repeats: int, warm: int = 1) -> float:
    """Median wall time of a piece of work, in seconds, after some runs that do not count."""
    for _ in range(warm):
        work()
    times = sorted(_seconds(work) for _ in range(repeats))
    middle = len(times) // 2
    return times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2.0


def least_seconds(work: Callable[[], object], repeats: int) -> float:
    """Least wall time of a short piece of work, in seconds: what it costs when nothing disturbs it."""
    return min(_seconds(work) for _ in range(repeats))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
