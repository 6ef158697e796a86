"""Which buttons stand at the foot of a window? Qt's own, with the names that people and programs find them by."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

Deed = Callable[..., object] | SignalInstance
"""What a click does: a function, or a signal that it sends on."""


def named_button(text: str, name: str, does: Deed | None = None, *, kind: str = "", spoken: str = "") -> QPushButton:
    """A button that is found by its object name, and by its text or what is ``spoken`` instead.

    ``kind`` is its look in the style sheet.
    """
    button = QPushButton(text)
    _name(button, name)
    if spoken:
        button.setAccessibleName(spoken)
    if kind:
        button.setProperty("kind", kind)
    if does is not None:
        button.clicked.connect(does)
    return button


def foot_buttons(leave: QDialogButtonBox.StandardButton, does: str = "", name: str = "") -> QDialogButtonBox:
    """A button that leaves the window, and one that does what the window is for, if that has a text."""
    buttons = QDialogButtonBox(leave)
    kind = leave.name.lower() if leave.name else ""
    _name(buttons.button(leave), f"dialog_{kind}")
    if does:
        work = buttons.addButton(does, QDialogButtonBox.ButtonRole.AcceptRole)
        _name(work, name)
        work.setProperty("kind", "primary")
        work.setDefault(True)
    return buttons


def _name(button: QPushButton, name: str) -> None:
    button.setAccessibleName(button.text().replace("&", ""))
    button.setObjectName(name)


def in_order(widgets: Sequence[QWidget]) -> None:
    """Let Tab go through widgets in this order; those made late would come last otherwise."""
    for one, other in itertools.pairwise(widgets):
        QWidget.setTabOrder(one, other)
