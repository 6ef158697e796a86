"""How is a step told? A strip at the foot of the window: number, text, what is still to do, and buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.styled import label_of

Todo = tuple[str, bool]
"""What is waited for in words, and whether it is done."""


class CoachStrip(QFrame):
    """`went_on`, `skipped` and `left` with its buttons. It covers nothing and never takes the focus by itself."""

    went_on = Signal()
    skipped = Signal()
    left = Signal()

    def __init__(self, theme: ThemeController) -> None:
        """Make a hidden strip."""
        super().__init__()
        self._theme = theme
        self.setObjectName("coach")
        self.setProperty("kind", "coach")
        self.setAccessibleName(say("coach.name"))
        self.number, self.text, self.todo = label_of("", "title"), label_of("", "title"), label_of("", "small")
        self.text.setObjectName("coach_text")
        self.text.setWordWrap(True)
        self.todo.setWordWrap(True)
        self.next = named_button(say("coach.next"), "coach_next", self.went_on, kind="primary")
        self.skip = named_button(say("coach.skip"), "coach_skip", self.skipped)
        self.leave = named_button(say("coach.leave"), "coach_leave", self.left, kind="quiet")
        self.leave.setToolTip(say("coach.leave_name"))
        self._lay_out()
        self.hide()

    def tell(self, at: int, of: int, text: str) -> None:
        """Tell a step, to the ear as well."""
        self.number.setText(say("coach.step", at=str(at), of=str(of)))
        self.text.setText(text)
        self.setAccessibleDescription(f"{self.number.text()}. {text}")
        self.show()
        event = QAccessibleAnnouncementEvent(self, self.accessibleDescription())
        QAccessible.updateAccessibility(event)

    def show_todo(self, todo: Sequence[Todo], hint: str, can_go_on: bool) -> None:
        """Show what is done and what is not, and where to go for it."""
        marks = [f"{'✓' if done else '○'} {words}" for words, done in todo]
        self.todo.setText("    ".join([*marks, *([hint] if hint else [])]))
        self.todo.setVisible(bool(self.todo.text()))
        self.todo.setAccessibleName(
            " ".join([*(say(f"coach.{'done' if done else 'to_do'}", what=words) for words, done in todo), hint])
        )
        self.next.setVisible(can_go_on)
        self.skip.setVisible(not can_go_on)

    def take_focus(self) -> None:
        """Bring the keyboard to the strip."""
        (self.next if self.next.isVisible() else self.skip).setFocus()

    def _lay_out(self) -> None:
        words, buttons = QVBoxLayout(), QHBoxLayout()
        words.setSpacing(1)
        words.addStretch(1)
        for label in (self.text, self.todo):
            words.addWidget(label)
        words.addStretch(1)
        buttons.setSpacing(6)
        for button in (self.next, self.skip, self.leave):
            buttons.addWidget(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(12)
        row.addWidget(IconLabel(self._theme, "compass", "accent", 22))
        row.addWidget(self.number)
        row.addLayout(words, 1)
        row.addLayout(buttons)
