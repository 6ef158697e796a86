"""A chart and the table behind it, in one place: T shows the one or the other."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from labsim.text import say
from labsim.ui.charts.base import Chart
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import QuarterTable, TableModel


class HasTable(Protocol):
    """What can be shown as a table: every chart of this package, the token flow and the delivery calendar."""

    def table(self) -> TableModel:
        """Return the model of the table."""


class ChartTwin(QStackedWidget):
    """Holds a chart; its table is made when it is first asked for. `flipped(is_table)` tells of a change."""

    flipped = Signal(bool)

    def __init__(self, theme: ThemeController, chart: QWidget) -> None:
        """Take a chart that has a `table()`."""
        super().__init__()
        self._theme = theme
        self.chart = chart
        self.view: QuarterTable | None = None
        self.setObjectName(f"{chart.objectName()}_twin")
        self.addWidget(chart)

    @property
    def is_table(self) -> bool:
        """Whether the table is shown."""
        return self.currentWidget() is not self.chart

    def flip(self) -> None:
        """Show the table instead of the chart, or the chart instead of the table; the focus goes along."""
        old, new = (self.view, self.chart) if self.is_table else (self.chart, self._table())
        had_focus = old is not None and old.hasFocus()
        self.setCurrentWidget(new)
        if isinstance(self.chart, Chart) and self.view is not None and self.is_table:
            self.view.show_from(self.chart.table_from)
        if had_focus:
            new.setFocus(Qt.FocusReason.OtherFocusReason)
        self.flipped.emit(self.is_table)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Flip with T."""
        if event.key() == Qt.Key.Key_T and not event.modifiers():
            self.flip()
        else:
            super().keyPressEvent(event)

    def _table(self) -> QuarterTable:
        if self.view is None:
            self.view = QuarterTable(self._theme, say("chart.table", name=self.chart.accessibleName()))
            source: HasTable = self.chart  # type: ignore[assignment]  # told by the constructor
            self.view.show_model(source.table())
            self.addWidget(self.view)
            QWidget.setTabOrder(self.chart, self.view)  # made late, it would come last
        return self.view
