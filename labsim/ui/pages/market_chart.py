"""Where does every lab stand between price and capability? The chart with the open-weights floor, and low holders."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QSize

from labsim import formats
from labsim.ui.charts.base import DOT
from labsim.ui.charts.bubble import Bubble, BubbleChart
from labsim.ui.charts.items import Format
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import QuarterTable

_ROOM = 0.24
"""Room around the bubbles' centres, as a part of their spread; game choice."""

CHART_HEIGHT, TABLE_HEIGHT = 184, 160
"""Pixels at normal text size under which the page scrolls instead."""
_WORDS = 140
"""Pixels of a column of words at least; game choice."""


class LowTwin(ChartTwin):
    """A chart that is content with little height: plots would ask for more than a small window has."""

    def sizeHint(self) -> QSize:
        """Ask for enough to read the chart."""
        return QSize(super().sizeHint().width(), self._theme.px(CHART_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Ask for the same at least."""
        return QSize(super().minimumSizeHint().width(), self._theme.px(CHART_HEIGHT))


class LowTable(QuarterTable):
    """A table of few rows that scrolls in itself."""

    def sizeHint(self) -> QSize:
        """Ask for a few rows."""
        return QSize(super().sizeHint().width(), self._theme.px(TABLE_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Ask for the same at least."""
        return QSize(super().minimumSizeHint().width(), self._theme.px(TABLE_HEIGHT))

    def _fit(self) -> None:
        """Let the last column, which holds words, take what the figures leave, so that nothing has to be scrolled."""
        super()._fit()
        last = self.model().columnCount() - 1
        if last > 0:
            others = sum(self.columnWidth(column) for column in range(last))
            room = self.viewport().width() - others
            if room < self.columnWidth(last):
                least = max(self._theme.px(_WORDS), self.horizontalHeader().sectionSizeHint(last))
                self.setColumnWidth(last, max(room, least))


class OfferChart(BubbleChart):
    """Price against capability, with a line at the price of hosted open weights."""

    def __init__(self, theme: ThemeController, title: str, capability: Format, revenue: Format) -> None:
        """Make an empty chart."""
        self._price: Format = str
        self._line = pg.InfiniteLine(angle=90)
        super().__init__(theme, title, formats.dollars, capability, revenue)
        self._formats = (self._price_text, capability, revenue)  # the axis has no room for units, sentences have
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
