"""What does the board say when cash runs short? Three warnings, with the ways out and what each costs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from labsim import formats
from labsim.play.ways_out import WayOut
from labsim.text import render, say
from labsim.ui.present import runway_text
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.styled import label_of

LEVELS = (3.0, 6.0, 12.0)
"""Months of runway under which the board meets, writes, and under which a line in the briefing says so."""
_TITLES = {3.0: "board.meeting", 6.0: "board.letter", 12.0: "board.short"}


def level_of(months: float) -> float | None:
    """The warning that holds for a runway; None for none."""
    return next((level for level in LEVELS if months < level), None)


class BoardDialog(QDialog):
    """The warning with the ways out. `tried(way)` when one of them is put into the draft."""

    tried = Signal(object)

    def __init__(self, theme: ThemeController, months: float, ways: Sequence[WayOut], parent: QWidget) -> None:
        """List the ways that are there now."""
        super().__init__(parent)
        self._theme = theme
        level = level_of(months) or LEVELS[-1]
        self.setWindowTitle(say(_TITLES[level]))
        self.setObjectName("board_dialog")
        head = QHBoxLayout()
        head.addWidget(IconLabel(theme, "triangle-alert", "bad" if level < LEVELS[-1] else "warn", 24))
        head.addWidget(label_of(say(_TITLES[level]), "heading"), 1)
        words = say("board.cash_lasts_quarters", months=runway_text(months))
        text = label_of(words)
        text.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(text)
        for way in ways:
            column.addWidget(self._row(way))
        later = named_button(say("board.carry"), "carry_on", self.reject)
        later.setDefault(True)  # Enter must not sell anything
        column.addWidget(later, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(theme.px(560))

    def _row(self, way: WayOut) -> QWidget:
        whole = QFrame()
        whole.setProperty("kind", "card")
        name, price = label_of(render(way.label), "title"), label_of(render(way.price), "muted")
        price.setWordWrap(True)
        effect = label_of(say("board.then", cash=formats.money(way.cash), runway=runway_text(way.runway)), "number")
        spoken = say("board.try_way", label=render(way.label))
        button = named_button(say("board.try"), f"try_{way.key}", lambda: self._try(way), spoken=spoken)
        button.setAutoDefault(False)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(name)
        words.addWidget(price)
        words.addWidget(effect)
        row = QHBoxLayout(whole)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(words, 1)
        row.addWidget(button)
        return whole

    def _try(self, way: WayOut) -> None:
        self.tried.emit(way)
        self.accept()
