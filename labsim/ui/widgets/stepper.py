"""How is a number changed by pointer alone? Two buttons that step it, again and again while they are held."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from labsim.text import say
from labsim.ui.theme import ThemeController

_WAYS = ((-1, "minus", "kit.less"), (1, "plus", "kit.more"))
_SIDE = 26  # pixels at normal text size; platform: targets of at least 24 px


class Stepper(QWidget):
    """`stepped(way)` with −1 or 1 for every step, `let_go` once when the pointer leaves the button."""

    stepped = Signal(int)
    let_go = Signal()

    def __init__(self, theme: ThemeController, label: str) -> None:
        """Make the buttons for a number of this name. The keyboard has the arrows of the field, so Tab passes by."""
        super().__init__()
        self._theme = theme
        self.buttons: dict[int, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for way, icon, key in _WAYS:
            button = self.buttons[way] = QToolButton()
            button.setProperty("icon_name", icon)
            button.setAccessibleName(say(key, label=label))
            button.setObjectName(f"{label.lower().replace(' ', '_')}_{icon}")
            button.setToolTip(button.accessibleName())
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoRepeat(True)
            button.pressed.connect(lambda way=way: self.stepped.emit(way))
            button.released.connect(self._released)
            row.addWidget(button)
        theme.changed.connect(self._retheme)
        self._retheme()

    def _released(self) -> None:
        """Say when the pointer is up: a button that repeats is released many times and stays down."""
        if not any(button.isDown() for button in self.buttons.values()):
            self.let_go.emit()

    def _retheme(self) -> None:
        side = self._theme.px(_SIDE)
        for button in self.buttons.values():
            button.setIcon(self._theme.icon(button.property("icon_name"), "text"))
            button.setIconSize(QSize(side // 2, side // 2))
            button.setFixedSize(side, side)
