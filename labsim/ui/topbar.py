"""How does the lab stand? The bar at the top: lab, quarter, headline figures that answer why, two buttons."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import RIGHT, ElidedLabel, label_of, restyle
from labsim.ui.widgets.tiles import Kpi, KpiTile

HEADLINES = ("cash", "runway", "revenue", "capability", "share", "trust")
"""Figures of the bar, named by `tiles.cash` …; a tile's accessible name is "Why cash" and so on."""


class TopBar(QFrame):
    """Shown while a game is open. `asked(key)` when a figure is clicked."""

    asked = Signal(str)

    def __init__(self, theme: ThemeController, end_quarter: QPushButton, undo: QPushButton) -> None:
        """Make the bar around the two buttons, which belong to the window's actions."""
        super().__init__()
        self.setObjectName("top_bar")
        self.lab = ElidedLabel("", "heading")
        self.quarter = label_of("", "muted")
        self.tiles = {key: KpiTile(theme, say(f"tiles.{key}")) for key in HEADLINES}
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        names.addWidget(self.lab)
        names.addWidget(self.quarter)
        names.addStretch(1)
        buttons = QVBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(end_quarter)
        buttons.addWidget(undo)
        self.waiting = ElidedLabel("", "warn", RIGHT)
        self.waiting.setObjectName("waiting")
        self.waiting.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 4)
        whole.setSpacing(2)
        whole.addLayout(row)
        whole.addWidget(self.waiting)
        row.addLayout(names)
        for key, tile in self.tiles.items():
            tile.asked.connect(lambda key=key: self.asked.emit(key))
            row.addWidget(tile, 1)
        row.addLayout(buttons)
        self.lab.setMinimumWidth(theme.px(110))

    def set_waiting(self, words: str, is_answered: bool) -> None:
        """Say in one line by the buttons what an event card is answered, or what will stand; nothing hides the line."""
        self.waiting.setText(words)
        restyle(self.waiting, role="small" if is_answered else "warn")
        self.waiting.setVisible(bool(words))

    def set_data(self, lab: str, quarter: str, figures: Mapping[str, Kpi]) -> None:
        """Show another state of play; figures by key."""
        self.lab.setText(lab)
        self.quarter.setText(quarter)
        for key, tile in self.tiles.items():
            tile.set_data(figures[key])
