"""The headline figures: value, change, sparkline and state, and the question why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from labsim.text import say
from labsim.ui.charts.sparkline import paint_sparkline
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.icons import draw_pixmap
from labsim.ui.widgets.styled import arrow, box, focus_ring, height_of, width_of, write

State = Literal["", "good", "warn", "bad"]
_SIDES = 23  # pixels beside the figure: margins and edges
_ICONS = {"warn": "triangle-alert", "bad": "octagon-alert", "good": "circle-check"}


@dataclass(frozen=True)
class Kpi:
    """What a tile shows; texts are made by the caller. `way` is the sign of the change, `is_good` its meaning."""

    value: str
    change: str = ""
    way: int = 0
    is_good: bool | None = None
    state: State = ""
    note: str = ""
    history: Sequence[float] = ()


class KpiTile(QAbstractButton):
    """A headline figure that answers why: `asked` when clicked, or with Space or Enter."""

    asked = QtSignal()

    def __init__(
        self, theme: ThemeController, label: str, asks: str = "", color: str = "accent", parent: QWidget | None = None
    ) -> None:
        """Make a tile; `asks` is its accessible name, `Why cash` by default for `Cash`."""
        super().__init__(parent)
        self._theme, self._label, self._color = theme, label, color
        self._kpi = Kpi("—")
        name = asks or say("tiles.why", label=label.lower())
        self.setAccessibleName(name)
        self.setObjectName(name.lower().replace(" ", "_"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click asks; it moves nothing, and leaves no ring
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.asked)
        theme.changed.connect(self._retheme)

    def set_data(self, kpi: Kpi) -> None:
        """Show another figure."""
        self._kpi = kpi
        words = [f"{self._label} {kpi.value}", kpi.change and say("tiles.change", change=kpi.change), kpi.note]
        self.setAccessibleDescription(". ".join(word for word in words if word))
        self.setToolTip(kpi.note)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for room for label, figure and change."""
        wide = width_of(self._kpi.value, self._theme.font("big")) + self._theme.px(76)
        return QSize(max(self._theme.px(136), round(wide)), self._theme.px(78))

    def minimumSizeHint(self) -> QSize:
        """Ask for room for label, change and the figure in smaller writing."""
        theme, kpi = self._theme, self._kpi
        small = theme.font("small")
        label = width_of(self._label, small) + (20 if kpi.state else 0)
        change = width_of(kpi.change, small) + (theme.px(8) + 6 if kpi.way else 0)
        figure = width_of(kpi.value, theme.font("heading"))
        return QSize(math.ceil(max(label, change, figure)) + _SIDES, theme.px(78))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be clicked."""
        super().enterEvent(event)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        """Paint anew when it is disabled or enabled."""
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and what is on it."""
        theme, kpi = self._theme, self._kpi
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = self.rect().toRectF()
        state_edge = kpi.state if kpi.state in ("warn", "bad") else "border"
        edge = "accent" if self.underMouse() and self.isEnabled() else state_edge
        box(painter, rect, theme.color("raised" if self.isDown() else "surface"), theme.color(edge))
        inner = rect.adjusted(12, 9, -10, -9)
        self._paint_label(painter, inner)
        big = theme.font("big")
        if width_of(kpi.value, big) > inner.width():
            big = theme.font("heading")
        middle = QRectF(
            inner.left(), inner.top() + height_of(theme.font("small")) - 1, inner.width(), height_of(theme.font("big"))
        )
        ink = kpi.state if kpi.state in ("warn", "bad") else "text"
        taken = write(painter, middle, kpi.value, big, theme.color(ink))
        self._paint_change(
            painter, QRectF(inner.left(), middle.bottom(), inner.width(), inner.bottom() - middle.bottom())
        )
        spark = QRectF(
            middle.left() + taken + 10, middle.top(), inner.right() - middle.left() - taken - 10, middle.height()
        )
        spark.setLeft(max(spark.left(), spark.right() - theme.px(64)))
        if spark.width() >= theme.px(26):
            paint_sparkline(painter, spark, kpi.history, theme.color(self._color))
        if self.hasFocus():
            focus_ring(painter, rect, theme.color("accent"))
        painter.end()

    def _paint_label(self, painter: QPainter, inner: QRectF) -> None:
        theme, state = self._theme, self._kpi.state
        small = theme.font("small")
        line = QRectF(inner.left(), inner.top(), inner.width() - (20 if state else 0), height_of(small))
        write(painter, line, self._label, small, theme.color("muted"))
        if state:
            picture = draw_pixmap(_ICONS[state], theme.color(state).name(), 16, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(inner.right() - 16, inner.top()), picture)

    def _paint_change(self, painter: QPainter, line: QRectF) -> None:
        theme, kpi = self._theme, self._kpi
        if not kpi.change:
            return
        good = kpi.is_good if kpi.is_good is not None else kpi.way > 0
        ink = theme.color("muted" if kpi.way == 0 else "good" if good else "bad")
        left = line.left()
        if kpi.way:
            arrow(painter, QPointF(left + 5, line.center().y() + 1), theme.px(8), ink, up=kpi.way > 0)
            left += theme.px(8) + 6
        write(
            painter, QRectF(left, line.top(), line.right() - left, line.height()), kpi.change, theme.font("small"), ink
        )

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()
