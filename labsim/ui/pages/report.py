"""What changed in the quarter, and why? One page: figures, the biggest reasons, what happened, forecast and result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from labsim import formats
from labsim.text import say
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.charts.waterfall import Term, Waterfall
from labsim.ui.pages.control_room import Briefing, Item
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import in_order, named_button
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.chartgrid import ChartGrid
from labsim.ui.widgets.scroll import scroll_of
from labsim.ui.widgets.styled import label_of
from labsim.ui.window import Page

BRIDGES = 3
_NARROW = 300  # pixels of a bridge at normal text size


@dataclass(frozen=True)
class Bridge:
    """Why one figure changed: its title, the two ends and the terms between them, in M$ or points."""

    title: str
    start: Term
    terms: Sequence[Term]
    end: Term
    unit: str


class ReportPage(Page):
    """Shown after a quarter. `finished` when the reader goes on, with Enter or the button."""

    finished = Signal()

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty report."""
        super().__init__()
        self._theme = theme
        self.title = label_of("", "heading")
        self.intro = label_of("", "muted")
        self.intro.setWordWrap(True)
        self.go_on = named_button(say("report.go"), "report_continue", self.finished, kind="primary")
        self.news = Briefing(theme, "")
        self._bridges = ChartGrid(theme, BRIDGES, _NARROW, 12)
        self.twins: list[ChartTwin] = []
        self._lay_out()

    def set_data(self, title: str, intro: str, bridges: Sequence[Bridge], news: Sequence[Item]) -> None:
        """Show another quarter."""
        self.title.setText(title)
        self.intro.setText(intro)
        self.twins = []
        self._bridges.set_charts([self._card(bridge) for bridge in bridges[:BRIDGES]])
        in_order([self.go_on, *(twin.chart for twin in self.twins), self._told])
        self.news.set_items("", news)

    def arrive(self) -> None:
        """Let Enter go on."""
        self.go_on.setFocus(Qt.FocusReason.OtherFocusReason)

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        for twin in self.twins:
            twin.flip()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape go on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def _card(self, bridge: Bridge) -> Card:
        card = Card(self._theme, bridge.title)
        picture = Waterfall(self._theme, bridge.title, lambda value: formats.show(value, bridge.unit))
        picture.set_data(bridge.start, list(bridge.terms), bridge.end)
        self.twins.append(ChartTwin(self._theme, picture))
        card.body.addWidget(self.twins[-1], 1)
        return card

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.intro)
        head.addLayout(words, 1)
        head.addWidget(self.go_on, 0, Qt.AlignmentFlag.AlignTop)
        news = Card(self._theme, say("report.what_happened"), "newspaper")
        told = self._told = scroll_of(self.news)  # many things happen in some quarters; the page stays one page
        told.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        told.setAccessibleName(say("report.what_happened"))
        told.setObjectName("report_told")
        news.body.addWidget(told)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 16)
        grid.setSpacing(12)
        grid.addLayout(head, 0, 0)
        grid.addWidget(self._bridges, 1, 0)
        grid.addWidget(news, 2, 0)
        grid.setRowStretch(1, 1)
        grid.setRowStretch(2, 1)
