"""How do several charts share a place? Side by side, or in fewer columns where they would be too narrow to read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from labsim.ui.theme import ThemeController
from labsim.ui.widgets.scroll import scroll_of

NARROW = 220
"""Pixels at normal text size under which a chart reads badly; game choice."""
LOW = 140
"""The same for its height, where charts stand below each other and the place scrolls."""


class ChartGrid(QWidget):
    """Charts in as many columns as there is room for."""

    def __init__(self, theme: ThemeController, most: int = 2, narrow: int = NARROW, gap: int = 8) -> None:
        """Make an empty grid of at most so many columns; ``narrow`` is the least width of one, in pixels at 100 %."""
        super().__init__()
        self._theme, self._most, self._narrow, self._gap = theme, most, narrow, gap
        self._charts: tuple[QWidget, ...] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(gap)
        theme.changed.connect(self._follow)

    def set_charts(self, charts: Sequence[QWidget]) -> None:
        """Show other charts, in the order of reading; those that were there go."""
        for old in self._charts:
            if old not in charts:
                old.hide()
                old.deleteLater()
        self._charts, self._columns = tuple(charts), 0
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the room."""
        super().resizeEvent(event)
        self._follow()

    def _follow(self) -> None:
        room = (self.width() + self._gap) // (self._theme.px(self._narrow) + self._gap)
        columns = min(max(room, 1), self._most)
        for chart in self._charts:
            chart.setMinimumHeight(self._theme.px(LOW))
        if columns == self._columns:
            return
        self._columns = columns
        for number, chart in enumerate(self._charts):
            self._grid.addWidget(chart, number // columns, number % columns)
        for row in range(len(self._charts)):
            self._grid.setRowStretch(row, 1 if row * columns < len(self._charts) else 0)
        for column in range(self._most):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


def chart_grid(theme: ThemeController, charts: Sequence[QWidget]) -> QScrollArea:
    """Charts that share a place and scroll where it is too small for all of them."""
    grid = ChartGrid(theme)
    grid.set_charts(charts)
    return scroll_of(grid)
