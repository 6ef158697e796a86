"""What does the coach point at? A double ring around a control, with the step's number; it takes no click."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import CENTER, write

_ROOM = 6  # pixels between the control and the outside of the ring
_BADGE = 18


class Ring(QWidget):
    """It stands still: nothing in it moves, so there is nothing to switch off."""

    def __init__(self, theme: ThemeController, over: QWidget) -> None:
        """Make a hidden ring over a window."""
        super().__init__(over)
        self._theme = theme
        self._number = ""
        self.setObjectName("coach_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self.update)
        self.hide()

    def point_at(self, rect: QRect, number: str) -> None:
        """Go around a part of the window; an empty one hides the ring."""
        if rect.isEmpty():
            self.hide()
            return
        self._number = number
        out = _ROOM + self._theme.px(_BADGE) // 2
        over = self.parentWidget()
        whole = over.rect() if over is not None else rect
        wanted = rect.adjusted(-_ROOM, -out, out, _ROOM).intersected(whole)
        if wanted != self.geometry():
            self.setGeometry(wanted)
        if not self.isVisible():
            self.show()
            self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two lines, light and dark, so that it is seen on any ground, and the number in a corner."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(_BADGE)
        outer = self.rect().toRectF().adjusted(1.5, side / 2, -side / 2, -1.5)
        painter.setPen(QPen(theme.color("bg"), 3))
        painter.drawRoundedRect(outer.adjusted(1.5, 1.5, -1.5, -1.5), 8, 8)
        painter.setPen(QPen(theme.color("accent"), 3))
        painter.drawRoundedRect(outer, 9, 9)
        badge = QRectF(self.width() - side, 0, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(badge)
        write(painter, badge, self._number, theme.font("small_bold"), theme.color("on_accent"), CENTER)
        painter.end()
