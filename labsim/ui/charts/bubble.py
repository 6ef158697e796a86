"""Who sells how good a model at what price? Every lab as a bubble: price across, capability up, revenue as its area."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal

from labsim.text import say
from labsim.ui.charts.base import Chart
from labsim.ui.charts.items import Axis, Format
from labsim.ui.charts.names import Names, PointName
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import TableData, TableRow

_LARGEST = 56.0
"""Diameter of the largest bubble in pixels at normal text size; game choice."""
_SMALLEST = 8.0


@dataclass(frozen=True)
class Bubble:
    """One lab: price (above zero), capability, revenue, its colour, whether the figures are estimates."""

    name: str
    price: float
    capability: float
    revenue: float
    color: str
    is_estimate: bool = False
    is_own: bool = False


class BubbleChart(Chart):
    """Price against capability; a click or the arrows choose a lab: `picked(name)`."""

    picked = Signal(str)

    def __init__(self, theme: ThemeController, title: str, price: Format, capability: Format, revenue: Format) -> None:
        """Make an empty chart with the three ways of writing its values."""
        super().__init__(theme, title, Axis("bottom", price, is_log=True, gap=88), Axis("left", capability))
        self._formats = (price, capability, revenue)
        self.bubbles: tuple[Bubble, ...] = ()
        self._at: int | None = None
        self._spots = pg.ScatterPlotItem(pxMode=True)
        self._spots.sigClicked.connect(self._clicked)
        self._names = Names(self._point_names, lambda: theme.color("surface"))
        for item in (self._spots, self._names):
            self.plot.addItem(item, ignoreBounds=True)
        self.retheme()

    def set_data(self, bubbles: Sequence[Bubble]) -> None:
        """Show the labs; large bubbles lie below small ones."""
        self.bubbles = tuple(sorted((b for b in bubbles if b.price > 0), key=lambda bubble: -bubble.revenue))
        self.recolour()
        if self.bubbles:
            self._fit()
        self.unpoint()
        self.changed()

    def sizes(self) -> list[float]:
        """Return the diameters in pixels: areas are in proportion to revenue."""
        most = max((bubble.revenue for bubble in self.bubbles), default=1.0) or 1.0
        scale = self.theme.px(_LARGEST)
        return [max(_SMALLEST, scale * math.sqrt(max(0.0, bubble.revenue) / most)) for bubble in self.bubbles]

    def name_of(self, bubble: Bubble) -> str:
        """Return the name as it is written in the chart: an estimate says so."""
        return say("chart.est", name=bubble.name) if bubble.is_estimate else bubble.name

    def recolour(self) -> None:
        """Colour the bubbles; estimates are hollow."""
        spots = []
        for bubble, size in zip(self.bubbles, self.sizes(), strict=True):
            fill = self.theme.color(bubble.color, 0.14 if bubble.is_estimate else 0.45)
            pen = self.pen(bubble.color, 2.5 if bubble.is_own else 1.25)
            place = (math.log10(bubble.price), bubble.capability)
            spots.append({"pos": place, "size": size, "brush": fill, "pen": pen, "data": bubble.name})
        self._spots.setData(spots=spots)
        self._names.update()

    def summary(self) -> str:
        """Return every lab in words, the largest first."""
        if not self.bubbles:
            return say("chart.nothing_yet", name=self.accessibleName())
        return f"{self.accessibleName()}. " + " ".join(self._sentence(bubble) for bubble in self.bubbles)

    def table_data(self) -> TableData:
        """Return the labs as rows."""
        price, capability, revenue = self._formats
        rows = tuple(
            TableRow(self.name_of(b), (price(b.price), capability(b.capability), revenue(b.revenue)))
            for b in self.bubbles
        )
        return TableData((say("chart.price"), say("chart.capability_head"), say("chart.revenue")), rows)

    def point_at(self, x: float, y: float) -> None:
        """Read out the bubble under the pointer."""
        found = self._spots.pointsAt(pg.Point(x, y))
        names = [bubble.name for bubble in self.bubbles]
        self._at = names.index(found[0].data()) if len(found) else None
        self._point()

    def step_point(self, steps: int) -> None:
        """Read out the next lab or the one before."""
        if self.bubbles:
            self._at = (0 if self._at is None else self._at + steps) % len(self.bubbles)
            self._point()

    def unpoint(self) -> None:
        """Say what the size of a bubble means."""
        self._at = None
        self._point()

    def _point_names(self) -> list[PointName]:
        theme, names = self.theme, []
        own_first = sorted(zip(self.bubbles, self.sizes(), strict=True), key=lambda one: not one[0].is_own)
        for bubble, size in own_first:
            font = theme.font("small_bold" if bubble.is_own else "small")
            x, text = math.log10(bubble.price), self.name_of(bubble)
            names.append(PointName(x, bubble.capability, size, text, theme.color(bubble.color), font))
        return names

    def _point(self) -> None:
        meaning = say("chart.across_price_up")
        text = meaning if self._at is None else self._sentence(self.bubbles[self._at])
        self.readout.setText(text)

    def _sentence(self, bubble: Bubble) -> str:
        price, capability, revenue = self._formats
        figures = say(
            "chart.offer",
            price=price(bubble.price),
            capability=capability(bubble.capability),
            revenue=revenue(bubble.revenue),
        )
        return f"{self.name_of(bubble)}: {figures}."

    def _fit(self) -> None:
        x = np.log10([bubble.price for bubble in self.bubbles])
        y = np.array([bubble.capability for bubble in self.bubbles])
        wide, high = max(float(np.ptp(x)), 0.3), max(float(np.ptp(y)), 1.0)
        across = (float(x.min()) - 0.14 * wide, float(x.max()) + 0.22 * wide)
        self.fit(across, float(y.min()) - 0.12 * high, float(y.max()) + 0.12 * high)

    def _clicked(self, _item: object, points: Sequence[pg.SpotItem], *_: object) -> None:
        if len(points):
            self.picked.emit(points[0].data())
