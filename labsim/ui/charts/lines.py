"""What a line and a threshold of a chart are: plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.ui.charts.items import Array


@dataclass(frozen=True)
class Line:
    """One named line, from a turn on, in a colour of the theme (`lab3`, `muted`, …)."""

    name: str
    values: Array
    start: int = 0
    color: str = "muted"
    is_dashed: bool = False

    @property
    def x(self) -> Array:
        """The turns of the values."""
        return np.arange(self.start, self.start + len(self.values), dtype=float)


@dataclass(frozen=True)
class Threshold:
    """A value that matters: a horizontal line with a name."""

    value: float
    name: str
    color: str = "bad"
