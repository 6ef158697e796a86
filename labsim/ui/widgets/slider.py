"""A slider that says when the hand lets go, with a mouse, with keys and with assistive tools alike."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

STEPS = 1000
"""Positions of every slider: tenths of a percent of its way."""

_BACK = (Qt.Key.Key_Left, Qt.Key.Key_Down)
_FORTH = (Qt.Key.Key_Right, Qt.Key.Key_Up)


class Slider(QSlider):
    """`moving` while the hand is on it, `let_go` once when it leaves; a click on the groove jumps there."""

    moving = Signal(int)
    let_go = Signal()

    def __init__(self, name: str, step: int = 10, shift: int = 5, parent: QWidget | None = None) -> None:
        """Make a slider with an accessible name; arrows move it by `step`, with Shift `shift` times as far."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setObjectName(name.lower().replace(" ", "_") + "_slider")
        self.setRange(0, STEPS)
        self.setSingleStep(step)
        self.setPageStep(step * 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._shift = shift
        self._is_key_down = False
        self._has_moved = False
        self.valueChanged.connect(self._moved)
        self.sliderReleased.connect(self._finish)

    def set_quietly(self, value: int) -> None:
        """Move it without telling anybody but assistive tools."""
        was = self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(was)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by a step; with Shift by several."""
        self._is_key_down = True
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in _BACK + _FORTH:
            way = 1 if event.key() in _FORTH else -1
            self.setValue(self.value() + way * self.singleStep() * (self._shift if shifted else 1))
            event.accept()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go when the key is really up."""
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self._is_key_down = False
            self._finish()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go when the focus leaves with a key held down."""
        super().focusOutEvent(event)
        self._is_key_down = False
        self._finish()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to a click on the groove, so that the drag begins there."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_SliderHandle
        knob = self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)
        if event.button() == Qt.MouseButton.LeftButton and not knob.contains(event.position().toPoint()):
            span = max(1, self.width() - knob.width())
            x = round(event.position().x() - knob.width() / 2)
            self.setSliderDown(True)
            self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), x, span))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        super().mouseReleaseEvent(event)
        self.setSliderDown(False)
        self._finish()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page: scrolling past a slider must not change an order."""
        event.ignore()

    def changeEvent(self, event: QEvent) -> None:
        """Show the hand only where something can be moved."""
        super().changeEvent(event)
        shape = Qt.CursorShape.PointingHandCursor if self.isEnabled() else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _moved(self, value: int) -> None:
        self._has_moved = True
        self.moving.emit(value)
        if not self.isSliderDown() and not self._is_key_down:
            self._finish()

    def _finish(self) -> None:
        if self._has_moved and not self.isSliderDown():
            self._has_moved = False
            self.let_go.emit()
