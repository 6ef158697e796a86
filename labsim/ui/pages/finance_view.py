"""How is a statement of many quarters shown quickly? A table whose columns are all as wide as the widest figure."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QAbstractItemView

from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import QuarterTable

_AROUND = 24
"""Pixels around a figure; as the style sheet pads cells."""
_LEAST, _WIDEST = 72, 150
"""Pixels of a column at normal text size; game choice."""


class StatementTable(QuarterTable):
    """A QuarterTable of even columns; measuring its texts once is much quicker than asking every cell."""

    def __init__(self, theme: ThemeController, name: str) -> None:
        """Make an empty table."""
        self._needed = 0.0
        super().__init__(theme, name)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.own_model.modelReset.connect(self._measure)
        self.own_model.dataChanged.connect(self._measure)

    def _measure(self) -> None:
        table = self.own_model.data_shown
        strong, plain = QFontMetricsF(self._theme.font("title")), QFontMetricsF(self._theme.font())
        texts = {(text, row.is_sum) for row in table.rows for text in row.cells}
        texts |= {(text, True) for text in table.columns}
        widths = ((strong if is_sum else plain).horizontalAdvance(text) for text, is_sum in texts)
        self._needed = max(widths, default=0.0) + _AROUND
        self._fit()

    def _fit(self) -> None:
        """Give every column the same width: what the widest figure needs, and an even part of what is left over."""
        columns = self.model().columnCount()
        if not columns:
            return
        needed = max(self._theme.px(_LEAST), round(self._needed))
        even = self.viewport().width() // columns
        self.horizontalHeader().setDefaultSectionSize(max(needed, min(even, self._theme.px(_WIDEST))))

    def _retheme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(30))
        if self._needed:
            self._measure()
