"""What does a comparison with published figures consist of? Rows, groups of rows, and how far off they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

FAR = {"training runs": 1.4, "serving": 2.5}
"""Ratio either way from which a row must name its reason; 2.5 in the groups of the era."""
ERA_FAR = 2.5


@dataclass(frozen=True)
class Row:
    """One published figure. ``counted`` rows make the group's median; the others are shown with their reason."""

    name: str
    predicted: float | None  # None: the engine has no figure; the reason says why
    published: float
    unit: str
    counted: bool
    reason: str
    source: str
    confidence: str

    @property
    def ratio(self) -> float | None:
        """Predicted over published; None without a prediction, or where one of the two is not positive."""
        if self.predicted is None or self.predicted <= 0.0 or self.published <= 0.0:
            return None
        return self.predicted / self.published

    @property
    def factor(self) -> float:
        """How far off, 1 or more whatever the side; infinite where the sign is wrong."""
        return math.inf if self.ratio is None else max(self.ratio, 1.0 / self.ratio)


@dataclass(frozen=True)
class Group:
    """Rows of one kind, and how well they are met."""

    name: str
    aim: str
    rows: Sequence[Row]
    notes: Sequence[str] = field(default=())

    @property
    def counted(self) -> list[Row]:
        """The rows that the median is of."""
        return [row for row in self.rows if row.counted]

    @property
    def median(self) -> float:
        """Median factor of the counted rows."""
        found = sorted(row.factor for row in self.counted)
        middle = len(found) // 2
        return found[middle] if len(found) % 2 else _between(found[middle - 1], found[middle])

    @property
    def worst(self) -> Row:
        """The counted row that is furthest off."""
        return max(self.counted, key=lambda row: row.factor)

    def within(self, factor: float) -> float:
        """Share of the counted rows within a factor."""
        return sum(row.factor <= factor for row in self.counted) / len(self.counted)

    @property
    def far(self) -> float:
        """The factor from which a row of this group names its reason."""
        return FAR.get(self.name, ERA_FAR)


@dataclass(frozen=True)
class Order:
    """Pairs of models whose order in a benchmark the index should give."""

    pairs: int
    wrong: Sequence[str]

    @property
    def agreement(self) -> float:
        """Share of the pairs in the right order."""
        return 1.0 - len(self.wrong) / self.pairs


@dataclass(frozen=True)
class Backtest:
    """Everything that was compared."""

    estimators: Sequence[Group]
    order: Order
    era: Sequence[Group]
    dice: int

    @property
    def era_rows(self) -> list[Row]:
        """The counted rows of the era."""
        return [row for group in self.era for row in group.counted]

    @property
    def era_median(self) -> float:
        """Median factor over all counted rows of the era."""
        found = sorted(row.factor for row in self.era_rows)
        return found[len(found) // 2]

    @property
    def era_within(self) -> float:
        """Share of the counted rows of the era within 2.5 times."""
        return sum(row.factor <= ERA_FAR for row in self.era_rows) / len(self.era_rows)


def _between(low: float, high: float) -> float:
    """Middle of two factors in logarithms."""
    return high if math.isinf(high) else math.sqrt(low * high)
