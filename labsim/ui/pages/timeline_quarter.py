"""How did the world stand after one quarter, what was ordered in it, and what became of the forecast? Read-only."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from labsim.errors import LabsimError, Message
from labsim.play.session import Session
from labsim.play.tree import ROOT, Node
from labsim.text import render, say
from labsim.ui.pages import timeline_rows as rows
from labsim.ui.pages.control_room import Briefing, Item
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.scroll import scroll_of
from labsim.ui.widgets.styled import label_of
from labsim.ui.widgets.tables import QuarterTable, TableData

_NARROW = 860  # pixels at normal text size
_REST_MS = 800
"""A note is kept so long after the last key; game choice."""


class NoteEdit(QPlainTextEdit):
    """Words on a quarter. `rested` when the hand rests or the focus goes elsewhere."""

    rested = Signal()

    def __init__(self) -> None:
        """Make an empty one."""
        super().__init__()
        self.setAccessibleName(say("timeline.note"))
        self.setObjectName("timeline_note")
        self.setTabChangesFocus(True)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_REST_MS)
        self._clock.timeout.connect(self.rested)
        self.textChanged.connect(self._clock.start)

    def show_text(self, text: str) -> None:
        """Show other words without telling."""
        if text != self.toPlainText():
            self.setPlainText(text)
        self._clock.stop()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keep what was written."""
        super().focusOutEvent(event)
        self._clock.stop()
        self.rested.emit()


class QuarterPane(QWidget):
    """One quarter as it was. `noted` when a note was written or taken away, `unkept` why it could not be."""

    noted = Signal()
    unkept = Signal(str)

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty pane."""
        super().__init__()
        self._theme = theme
        self._session: Session | None = None
        self._node: Node | None = None
        self._is_narrow: bool | None = None
        self.figures = QuarterTable(theme, say("timeline.figures_then"))
        self.checks = QuarterTable(theme, say("timeline.forecast_result"))
        self.no_checks = label_of("", "muted")
        self.orders, self.events = Briefing(theme, ""), Briefing(theme, "")
        self.note = NoteEdit()
        self.note.setPlaceholderText(say("timeline.why_did_decide"))
        self.note.rested.connect(self._try_note)
        for table in (self.figures, self.checks):
            table.setProperty("kind", "figures")
            table.setMinimumHeight(theme.px(150))
        self.note.setMinimumHeight(theme.px(44))
        self._lay_out()

    def show_node(self, session: Session, node: Node) -> None:
        """Show a played quarter, or the opening."""
        self.keep_note()
        self._session, self._node = session, node
        self.figures.set_data(rows.figures(session, node))
        found = rows.checks(session, node)
        self.checks.set_data(rows.check_table(found))
        self._show_checks(bool(found), "" if found else render(Message("timeline.no_forecast")))
        self.orders.set_items("", _order_items(session, node))
        own = session.scenario.labs[session.seat]
        items = [Item("newspaper", "accent" if event.lab == own else "muted", render(event.message))
                 for event in rows.events(session, node)]  # fmt: skip
        self.events.set_items("", items or [_plain(render(Message("timeline.nothing")))])
        self.note.setReadOnly(not session.can_write)
        self.note.setEnabled(True)
        self.note.show_text(self._kept())

    def show_open(self, words: str) -> None:
        """Say that there is nothing to see of a quarter that has not been played."""
        self.keep_note()
        self._node = None
        self.figures.set_data(TableData((say("timeline.value"), say("timeline.change"))))
        self._show_checks(False, "")
        self.orders.set_items("", [_plain(words)])
        self.events.set_items("", [])
        self.note.show_text("")
        self.note.setEnabled(False)

    def keep_note(self) -> None:
        """Write the note down, if it is another one than before."""
        if self._session is None or self._node is None or not self._session.can_write:
            return
        text = self.note.toPlainText().strip()
        if text != self._kept():
            old = self._note_id()
            self._session.write_note(self._node.id, text, note=old)
            self.noted.emit()

    def _try_note(self) -> None:
        """Write the note down while it is being written; where that fails, in passing, the words stay in the field."""
        try:
            self.keep_note()
        except LabsimError as error:
            self.unkept.emit(say("trouble.note", what=error.problems[0].what))

    def forget(self) -> None:
        """Let go of a game that was closed."""
        self._session = self._node = None

    def _note_id(self) -> int | None:
        assert self._session is not None
        assert self._node is not None
        here = self._node.id
        return next((note.id for note in self._session.notes if note.turn == here and note.kind == "note"), None)

    def _kept(self) -> str:
        assert self._session is not None
        found = self._note_id()
        return next((note.text for note in self._session.notes if note.id == found), "")

    def _show_checks(self, is_shown: bool, words: str) -> None:
        self.checks.setVisible(is_shown)
        self.no_checks.setText(words)
        self.no_checks.setVisible(bool(words))

    def _lay_out(self) -> None:
        figures = Card(self._theme, say("timeline.was"), "history")
        figures.body.addWidget(self.figures)
        orders = Card(self._theme, say("timeline.orders_events"), "newspaper")
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(label_of(say("timeline.orders_given"), "title"))
        column.addWidget(self.orders)
        column.addWidget(label_of(say("timeline.what_happened"), "title"))
        column.addWidget(self.events)
        column.addStretch(1)
        area = scroll_of(told)
        area.setAccessibleName(say("timeline.orders_events"))
        area.setObjectName("timeline_told")
        orders.body.addWidget(area)
        seen = Card(self._theme, say("timeline.forecast_seen_what"), "compass")
        self.no_checks.setWordWrap(True)
        seen.body.addWidget(self.checks, 3)
        seen.body.addWidget(self.no_checks)
        label = label_of(say("timeline.note"), "title")
        label.setBuddy(self.note)
        seen.body.addWidget(label)
        seen.body.addWidget(self.note, 2)
        self._cards = (figures, orders, seen)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what was ordered below, where three cards beside each other are too narrow."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_narrow = self.width() < self._theme.px(_NARROW)
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        places = ((0, 0, 1, 1), (1, 0, 1, 2), (0, 1, 1, 1)) if is_narrow else ((0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1))
        for card, place in zip(self._cards, places, strict=True):
            self._grid.addWidget(card, *place)
        for column, stretch in enumerate((8, 9, 0) if is_narrow else (8, 5, 9)):
            self._grid.setColumnStretch(column, stretch)


def _plain(words: str) -> Item:
    return Item("minus", "muted", words)


def _order_items(session: Session, node: Node) -> list[Item]:
    if node.id == ROOT:
        return [_plain(render(Message("timeline.opening")))]
    items = [Item("check", "accent", line) for line in rows.order_lines(session, node)]
    if not items:
        items = [_plain(render(Message("timeline.no_orders")))]
    if node.on_policy:
        items.append(_plain(render(Message("timeline.policy"))))
    return items
