"""How is an order typed? A line that leaves undo and redo to the orders, and is read before a quarter ends."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit

_OF_ORDERS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class OrderLine(QLineEdit):
    """A line for one order."""

    def event(self, event: QEvent) -> bool:
        """Undo and redo letters only while something is being typed; else they take back and give orders."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and self._leaves(event):
            event.ignore()
            return True
        return super().event(event)

    def _leaves(self, event: QKeyEvent) -> bool:
        return not self.isModified() and any(event.matches(key) for key in _OF_ORDERS)


def read_typed() -> bool:
    """Read the order that is being typed, for a shortcut does not take the focus away; False if it is no number."""
    line = QApplication.focusWidget()
    if not isinstance(line, OrderLine):
        return True
    if line.isModified():
        line.editingFinished.emit()
    return not line.isModified()
