"""What can a monkey do to a window? Click, drag, turn the wheel, type and press keys, at random on what can be used."""

from __future__ import annotations

import random
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTextEdit,
    QWidget,
)

GARBAGE = ("", " ", "-", "0", "-1", "1e308", "-1e308", "1e999", "nan", "inf", "999999999999999999999", "0x10", "1,000",
           "1.5.2", "12 %", "$4.2B", "4.2T", "7e", "\u0661\u0662", "\u202etxt", "\U0001f649" * 3, "DROP TABLE game;--",
           "a" * 300, "<b>x</b>", "{cash:M$}", "%s%n", "../../etc", "\t", "4000", "0.25", "250", "80")  # fmt: skip
KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Left,
        Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F1, Qt.Key.Key_F10, Qt.Key.Key_Menu,
        *(Qt.Key(ord(letter)) for letter in "ABCDEFKLMNORTVWXYZ0123456789/+-,?"))  # fmt: skip
NO, SHIFT, CTRL, ALT = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
                        Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier)  # fmt: skip
MODIFIERS = (NO, NO, NO, SHIFT, CTRL, CTRL, ALT, CTRL | SHIFT)
USABLE = (QAbstractButton, QAbstractScrollArea, QAbstractSlider, QComboBox, QLineEdit, QMenuBar, QPlainTextEdit,
          QSpinBox, QTabBar, QTextEdit, QMenu)  # fmt: skip
TEXTS = (QLineEdit, QTextEdit, QPlainTextEdit, QSpinBox)


class Paws:
    """Random gestures; each is first said in words, with the widget that it goes to."""

    def __init__(self, dice: random.Random, say: Callable[[str, QWidget], None]) -> None:
        """``say`` keeps what is done."""
        self._dice, self._say = dice, say

    def act(self, front: QWidget) -> None:
        """Do something to a window, dialog or menu."""
        kinds = (self.click, self.click, self.click, self.click, self.type, self.key, self.key, self.drag, self.wheel)
        self._dice.choice(kinds)(front)

    def click(self, front: QWidget) -> None:
        """Click, now and then with the other button, twice or with a key held."""
        widget = self._target(front)
        button = self._dice.choice((Qt.MouseButton.LeftButton,) * 9 + (Qt.MouseButton.RightButton,))
        self._say(f"{button.name}", widget)
        if self._dice.random() < 0.08:
            QTest.mouseDClick(widget, button, NO, self._place(widget))
        else:
            QTest.mouseClick(widget, button, self._dice.choice((NO, NO, NO, SHIFT, CTRL)), self._place(widget))

    def drag(self, front: QWidget) -> None:
        """Press, move and let go."""
        widget = self._target(front)
        self._say("drag", widget)
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        moves = [(QEvent.Type.MouseMove, none, left)] * self._dice.randrange(1, 6)
        for kind, button, held in ((QEvent.Type.MouseButtonPress, left, left), *moves,
                                   (QEvent.Type.MouseButtonRelease, left, none)):  # fmt: skip
            at = QPointF(self._place(widget))  # QTest's moves let the event loop turn: the next step would come between
            QApplication.sendEvent(widget, QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, NO))

    def wheel(self, front: QWidget) -> None:
        """Turn the wheel."""
        widget = self._target(front)
        self._say("wheel", widget)
        at = QPointF(self._place(widget))
        turn = QPoint(0, self._dice.choice((-120, 120, -480)))
        QApplication.sendEvent(widget, QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), turn, Qt.MouseButton.NoButton, self._dice.choice((NO, NO, CTRL)),
            Qt.ScrollPhase.NoScrollPhase, False))  # fmt: skip

    def type(self, front: QWidget) -> None:
        """Type what nobody should, into a field if there is one."""
        fields = [widget for widget in self._usable(front) if isinstance(widget, TEXTS)]
        widget = self._dice.choice(fields) if fields else self._focused(front)
        text = self._dice.choice(GARBAGE)
        self._say(f"type {text[:20]!r}", widget)
        widget.setFocus()
        if fields and self._dice.random() < 0.7:
            QTest.keyClick(widget, Qt.Key.Key_A, CTRL)
        for letter in text:  # QTest takes ASCII only
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(widget, QKeyEvent(kind, 0, NO, letter))
        if self._dice.random() < 0.7:
            QTest.keyClick(widget, Qt.Key.Key_Return)

    def key(self, front: QWidget) -> None:
        """Press a key, or keys together."""
        widget = self._focused(front)
        key, modifier = self._dice.choice(KEYS), self._dice.choice(MODIFIERS)
        self._say(f"key {modifier.name} {key.name}", widget)
        QTest.keyClick(widget, key, modifier)

    def _usable(self, front: QWidget) -> list[QWidget]:
        found = [w for w in (front, *front.findChildren(QWidget)) if w.isVisible() and w.isEnabled()
                 and (isinstance(w, USABLE) or w.focusPolicy() & Qt.FocusPolicy.ClickFocus)
                 and not w.visibleRegion().isEmpty()]  # fmt: skip
        return found or [front]

    def _target(self, front: QWidget) -> QWidget:
        widget = self._dice.choice(self._usable(front))
        return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget

    def _place(self, widget: QWidget) -> QPoint:
        seen = widget.visibleRegion().boundingRect()
        if isinstance(widget, QAbstractButton) or seen.isEmpty():
            return (seen if not seen.isEmpty() else widget.rect()).center()
        return QPoint(self._dice.randint(seen.left(), seen.right()), self._dice.randint(seen.top(), seen.bottom()))

    def _focused(self, front: QWidget) -> QWidget:
        """What the keyboard goes to: never what is hidden or behind."""
        focus = QApplication.focusWidget()
        return focus if focus is not None and focus.isVisible() and front.isAncestorOf(focus) else front
