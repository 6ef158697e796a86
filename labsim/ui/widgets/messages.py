"""What the program says: banners that stay, and toasts that go and can be undone."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPropertyAnimation, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from labsim.text import say
from labsim.ui.theme import ThemeController, mixed
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.styled import box, label_of

Kind = Literal["info", "good", "warn", "bad"]
_ICONS: dict[Kind, str] = {"info": "info", "good": "circle-check", "warn": "triangle-alert", "bad": "octagon-alert"}
_STAY_MS = 6000
"""How long a toast stays: enough to read it and reach for Undo; game choice."""
_FADE_MS = 150


class Banner(QFrame):
    """A message across a page: `acted` when its button is used, `other` its second one, `dismissed` when closed."""

    acted = Signal()
    other = Signal()
    dismissed = Signal()

    def __init__(
        self,
        theme: ThemeController,
        kind: Kind,
        title: str,
        text: str = "",
        action: str = "",
        second: str = "",
        *,
        can_dismiss: bool = True,
    ) -> None:
        """Make a banner; without names for the actions there are no buttons."""
        super().__init__()
        self._theme, self._kind = theme, kind
        self.setObjectName(f"{kind}_banner")
        self._icon = IconLabel(theme, _ICONS[kind], kind, 20)
        self.title, self.text = label_of(title, "title"), label_of(text, "muted")
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.button = named_button(action, "banner_action", self.acted)
        self.second = named_button(second, "banner_second", self.other)
        self.close_button = QToolButton()
        self.close_button.setAccessibleName(say("kit.dismiss"))
        self.close_button.setObjectName("banner_dismiss")
        self.close_button.clicked.connect(self._dismiss)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 10, 10)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self.button)
        if second:
            row.addWidget(self.second)
        row.addWidget(self.close_button)
        self.button.setVisible(bool(action))
        self.close_button.setVisible(can_dismiss)
        theme.changed.connect(self._retheme)
        self.set_message(kind, title, text)

    def set_message(self, kind: Kind, title: str, text: str = "") -> None:
        """Say something else."""
        self._kind = kind
        self._icon.set_icon(_ICONS[kind], kind)
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._retheme()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box with a strong edge at the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        color = tokens.color(self._kind)
        rect = self.rect().toRectF()
        fill, edge = mixed(tokens.surface, color, 0.10), mixed(tokens.surface, color, 0.45)
        box(painter, rect, self._theme.color(fill), self._theme.color(edge))
        box(painter, rect.adjusted(1, 8, -rect.width() + 4, -8), self._theme.color(color), None, 1.5)
        painter.end()

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()

    def _retheme(self) -> None:
        self.close_button.setIcon(self._theme.icon("x"))
        self.update()


class Toast(QFrame):
    """A short message at the foot of a window, with Undo: `undone` when that is used. It waits while pointed at."""

    undone = Signal()

    def __init__(self, theme: ThemeController, over: QWidget) -> None:
        """Make a hidden toast over a widget."""
        super().__init__(over)
        self._theme, self._over = theme, over
        self.foot = 0  # pixels at the foot of the window that stay free
        self.setObjectName("toast")
        self.setProperty("kind", "toast")
        self.text = label_of("")
        undo = say("kit.undo_this")
        self.button = named_button(say("kit.undo"), "toast_undo", self._undo, kind="quiet", spoken=undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(self.text)
        row.addWidget(self.button)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_STAY_MS)
        self._clock.timeout.connect(self.hide)
        self._motion = self._fade()
        over.installEventFilter(self)
        theme.changed.connect(self.update)
        self.hide()

    def say(self, text: str, can_undo: bool = True) -> None:
        """Show a message in place of the one before."""
        self.text.setText(text)
        self.setAccessibleName(text)
        self.button.setVisible(can_undo)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._clock.start()
        if not self._theme.reduced_motion:
            self._motion.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while it is pointed at."""
        super().enterEvent(event)
        self._clock.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go on waiting."""
        super().leaveEvent(event)
        self._clock.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the foot of the window."""
        if event.type() == QEvent.Type.Resize and not self.isHidden():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box(painter, self.rect().toRectF(), self._theme.color("raised"), self._theme.color("border_strong"))
        painter.end()

    def _fade(self) -> QPropertyAnimation:
        effect = QGraphicsOpacityEffect(self)
        effect.setOpacity(1.0)
        self.setGraphicsEffect(effect)
        motion = QPropertyAnimation(effect, b"opacity", self)
        motion.setDuration(_FADE_MS)
        motion.setStartValue(0.0)
        motion.setEndValue(1.0)
        motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        return motion

    def _place(self) -> None:
        over = self._over
        self.move((over.width() - self.width()) // 2, over.height() - self.height() - 24 - self.foot)

    def _undo(self) -> None:
        self.hide()
        self.undone.emit()
