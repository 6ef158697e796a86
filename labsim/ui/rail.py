"""Where can I go? The rail of pages at the left of the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QSizePolicy, QToolButton, QVBoxLayout

from labsim.ui.actions import spec
from labsim.ui.theme import ThemeController

_WIDTH = 104  # pixels at normal text size, wider where a name needs it
_MARGIN = 6


class Rail(QFrame):
    """One button a page; the page in front is checked. `chosen(key)` when a button is used."""

    chosen = Signal(str)

    def __init__(self, theme: ThemeController, keys: Sequence[str]) -> None:
        """Make a rail for the pages of these action keys."""
        super().__init__()
        self._theme = theme
        self.setObjectName("rail")
        self.setProperty("kind", "rail")
        self._group = QButtonGroup(self)
        self._buttons = {key: self._button(key) for key in keys}
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 8, _MARGIN, 8)
        column.setSpacing(4)
        for button in self._buttons.values():
            column.addWidget(button)
        column.addStretch(1)
        theme.changed.connect(self._retheme)
        self._retheme()

    def show_page(self, key: str) -> None:
        """Mark the page in front."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)
            self._retheme()

    def set_reachable(self, key: str, is_reachable: bool, reason: str = "") -> None:
        """Allow a page or say why it cannot be shown."""
        self._buttons[key].setEnabled(is_reachable)
        self._buttons[key].setToolTip(reason or spec(key).help)

    def button(self, key: str) -> QToolButton:
        """The button of a page."""
        return self._buttons[key]

    def _button(self, key: str) -> QToolButton:
        action = spec(key)
        button = QToolButton()
        button.setText(action.text)
        button.setAccessibleName(action.text)
        button.setAccessibleDescription(action.help)
        button.setObjectName(f"rail_{key}")
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.chosen.emit(key))
        self._group.addButton(button)
        return button

    def _retheme(self) -> None:
        side = self._theme.px(20)
        for key, button in self._buttons.items():
            button.setIcon(self._theme.icon(spec(key).icon, "accent" if button.isChecked() else "muted", side))
            button.setIconSize(QSize(side, side))
            button.setFont(self._theme.font("small"))
        wide = max(button.sizeHint().width() for button in self._buttons.values())
        self.setFixedWidth(max(self._theme.px(_WIDTH), wide + 2 * _MARGIN))
