"""What does a required behaviour consist of? A requirement, whether it holds, and the figures that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | float | int


@dataclass(frozen=True)
class Behaviour:
    """One required behaviour, measured: a small table, and the requirement that it is held against."""

    name: str
    requirement: str
    holds: bool
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
