"""What does the wheel do over a list or a number? Nothing: scrolling past it must not change an order."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QSpinBox


class StillComboBox(QComboBox):
    """A list of choices that lets the wheel scroll what it stands in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()


class StillSpinBox(QSpinBox):
    """A whole number that lets the wheel scroll what it stands in."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()
