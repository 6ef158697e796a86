"""How do branches differ? Their charts laid over each other, and a table of outcomes, orders and reasons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from labsim import formats
from labsim.play.session import Session
from labsim.text import say
from labsim.ui.charts.history import HistoryChart
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.controllers.forecast import CHARTS
from labsim.ui.pages import timeline_compare_rows as rows
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.still import StillComboBox
from labsim.ui.widgets.styled import label_of
from labsim.ui.widgets.tables import QuarterTable


class ComparePane(QWidget):
    """Up to four branches; the first one ticked is the one that the others are held against."""

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty pane."""
        super().__init__()
        self._theme = theme
        self._session: Session | None = None
        self._compared: rows.Compared | None = None
        self.charts = {chart.key: HistoryChart(theme, chart.title, chart.show, formats.quarter_title)
                       for chart in CHARTS}  # fmt: skip
        for key, chart in self.charts.items():
            chart.setObjectName(f"compare_{key}_chart")
        self.twins = [ChartTwin(theme, chart) for chart in self.charts.values()]
        self.why = StillComboBox()
        self.why.setAccessibleName(say("timeline.explain_difference"))
        self.why.setObjectName("compare_why")
        for key in rows.EXPLAINED:
            self.why.addItem(say(f"timeline.figure.{key}"), key)
        self.table = QuarterTable(theme, say("timeline.differences"))
        self.table.setProperty("kind", "figures")
        self.copy_button = named_button(say("timeline.copy"), "compare_copy", self.table.copy)
        self.why.activated.connect(lambda _: self._show_table())
        self._lay_out()

    def show_branches(self, session: Session, compared: rows.Compared) -> None:
        """Show branches whose quarters have been read."""
        self._session, self._compared = session, compared
        for key, lines in rows.lines(session, compared).items():
            self.charts[key].forget_range()
            self.charts[key].set_data(lines)
        self._show_table()

    def forget(self) -> None:
        """Let go of a game that was closed."""
        self._session = self._compared = None

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        for twin in self.twins:
            twin.flip()

    def _show_table(self) -> None:
        if self._session is not None and self._compared is not None:
            self.table.set_data(rows.difference_table(self._session, self._compared, self.why.currentData()))

    def _lay_out(self) -> None:
        left = QWidget()
        grid = QGridLayout(left)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for at, twin in enumerate(self.twins):
            grid.addWidget(twin, at // 2, at % 2)
        card = Card(self._theme, say("timeline.differences"), "scale")
        head = QHBoxLayout()
        head.setSpacing(8)
        label = label_of(say("timeline.explain_difference"))
        label.setBuddy(self.why)
        head.addWidget(label)
        head.addWidget(self.why)
        head.addStretch(1)
        head.addWidget(self.copy_button)
        card.body.addLayout(head)
        card.body.addWidget(self.table, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("compare_split")
        split.addWidget(left)
        split.addWidget(card)
        split.setSizes([600, 530])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
