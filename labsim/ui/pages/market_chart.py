"""Where does every lab stand between price and capability, and where does the open-weights floor lie?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg

from labsim.ui.charts.base import DOT
from labsim.ui.charts.bubble import Bubble, BubbleChart
from labsim.ui.charts.items import Format
from labsim.ui.theme import ThemeController

_ROOM = 0.24
"""Room around the bubbles' centres, as a part of their spread; game choice."""


class OfferChart(BubbleChart):
    """Price against capability, with a line at the price of hosted open weights."""

    def __init__(self, theme: ThemeController, title: str, capability: Format, revenue: Format) -> None:
        """Make an empty chart."""
        self._price: Format = str
        self._line = pg.InfiniteLine(angle=90)
        super().__init__(theme, title, self._price_text, capability, revenue)
        self.plot.addItem(self._line, ignoreBounds=True)
        self._line.setZValue(-1)

    def set_offers(self, bubbles: Sequence[Bubble], floor: float, price: Format) -> None:
        """Show other offers, prices written in their own way."""
        self._price = price
        self.forget_range()
        self._line.setVisible(floor > 0.0)
        if floor > 0.0:
            self._line.setPos(math.log10(floor))
        self.set_data(bubbles)

    def set_title(self, title: str) -> None:
        """Say what the prices are of."""
        self.title.setText(title)
        self.setAccessibleName(title)

    def recolour(self) -> None:
        """Colour the bubbles and the floor."""
        self._line.setPen(self.pen("muted", 1.5, DOT))
        super().recolour()

    def _fit(self) -> None:
        """Leave room for whole bubbles, which are as large as what their labs sell."""
        x = [math.log10(bubble.price) for bubble in self.bubbles]
        y = [bubble.capability for bubble in self.bubbles]
        wide, high = max(max(x) - min(x), 0.3), max(max(y) - min(y), 1.0)
        across = (min(x) - _ROOM * wide, max(x) + _ROOM * wide)
        self.fit(across, min(y) - _ROOM * high, max(y) + _ROOM * high)

    def _price_text(self, value: float) -> str:
        return self._price(value)
