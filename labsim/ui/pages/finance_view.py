"""How is a statement of many quarters shown quickly? A table whose columns are all as wide as the widest figure."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF

from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import QuarterTable

_AROUND = 32
"""Pixels around a figure; as the style sheet pads cells."""
_LEAST, _WIDEST = 72, 150
"""Pixels of a column at normal text size; game choice."""


class StatementTable(QuarterTable):
    """A QuarterTable of even columns; measuring its texts once is much quicker than asking every cell."""

    def __init__(self, theme: ThemeController, name: str) -> None:
        """Make an empty table."""
        self._needed = 0.0
        super().__init__(theme, name)
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
        """Give every column the same width, so that whole columns fill the view: a figure cut off reads as another."""
        columns = self.model().columnCount()
        room = self.viewport().width()
        if not columns or room <= 0:
            return
        needed = max(self._theme.px(_LEAST), round(self._needed))
        seen = max(1, room // needed)
        wide = room // seen if seen < columns else min(room // columns, self._theme.px(_WIDEST))
        bar = self.horizontalScrollBar()
        was_last = bar.value() == bar.maximum()
        self.horizontalHeader().setDefaultSectionSize(max(needed, wide))
        self.updateGeometries()
        bar.setSingleStep(max(needed, wide))
        if was_last:
            self.show_last()

    def show_last(self) -> None:
        """Show the last quarters."""
        bar = self.horizontalScrollBar()
        bar.setValue(bar.maximum())

    def _retheme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(30))
        if self._needed:
            self._measure()
