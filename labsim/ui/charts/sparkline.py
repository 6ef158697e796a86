"""A tiny line of what has happened, without axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from labsim.text import say
from labsim.ui.charts.items import Array, Format
from labsim.ui.theme import ThemeController


def paint_sparkline(painter: QPainter, rect: QRectF, values: Sequence[float] | Array, color: QColor) -> None:
    """Paint a line with a faint filling and a dot at its end; not-a-numbers are left out."""
    given = np.asarray(values, float)
    given = given[np.isfinite(given)]
    if given.size < 2:
        return
    low, span = float(given.min()), float(np.ptp(given))
    inner = rect.adjusted(2, 3, -4, -3)
    x = inner.left() + np.linspace(0.0, 1.0, given.size) * inner.width()
    part = (given - low) / span if span > 0 else np.full(given.size, 0.5)
    y = inner.bottom() - part * inner.height()
    points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    fade = QLinearGradient(0, rect.top(), 0, rect.bottom())
    strong, faint = QColor(color), QColor(color)
    strong.setAlphaF(0.28)
    faint.setAlphaF(0.0)
    fade.setColorAt(0, strong)
    fade.setColorAt(1, faint)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(fade))
    painter.drawPolygon(
        QPolygonF([QPointF(points[0].x(), rect.bottom()), *points, QPointF(points[-1].x(), rect.bottom())])
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF(points))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(points[-1], 2.5, 2.5)


class Sparkline(QWidget):
    """A sparkline by itself."""

    def __init__(self, theme: ThemeController, name: str, show: Format, color: str = "accent") -> None:
        """Make an empty one."""
        super().__init__()
        self._theme, self._show, self._color = theme, show, color
        self._values: Array = np.zeros(0)
        self.setObjectName(name.lower().replace(" ", "_") + "_sparkline")
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for a little room."""
        return QSize(self._theme.px(96), self._theme.px(28))

    def set_data(self, values: Sequence[float] | Array) -> None:
        """Show other values."""
        self._values = np.asarray(values, float)
        self.setAccessibleDescription(self.summary())
        self.update()

    def summary(self) -> str:
        """Return where it began and ended, in words."""
        finite = self._values[np.isfinite(self._values)]
        if not finite.size:
            return say("chart.no_values_yet")
        return say("chart.from_to", finite=self._show(float(finite[0])), finite2=self._show(float(finite[-1])))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        paint_sparkline(painter, self.rect().toRectF(), self._values, self._theme.color(self._color))
        painter.end()
