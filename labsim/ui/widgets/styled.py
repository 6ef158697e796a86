"""Small things that every widget needs: styled labels, painted rounded boxes, elided text."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


def label_of(text: str, role: str = "body") -> QLabel:
    """Return a plain-text label in a role of the style sheet."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def wrapped(text: str, role: str = "body") -> QLabel:
    """Words in as many lines as they need."""
    words = label_of(text, role)
    words.setWordWrap(True)
    return words


class ElidedLabel(QLabel):
    """One line of text that ends in dots where there is no room, and tells the whole of it as a tool tip."""

    def __init__(self, text: str = "", role: str = "body", align: Qt.AlignmentFlag = LEFT) -> None:
        """Make a label in a role of the style sheet."""
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setAlignment(align)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Ask for the dots at least."""
        return QSize(math.ceil(width_of("…", self.font())), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what there is room for."""
        painter = QPainter(self)
        role = self.palette().ColorRole.WindowText
        write(
            painter,
            self.contentsRect().toRectF(),
            self.text(),
            self.font(),
            self.palette().color(role),
            self.alignment(),
        )
        painter.end()

    def setText(self, text: str) -> None:
        """Write something else."""
        super().setText(text)
        self._offer()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the room."""
        super().resizeEvent(event)
        self._offer()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of writing."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._offer()

    def _offer(self) -> None:
        """Offer the tool tip only where something is hidden."""
        self.setToolTip(self.text() if width_of(self.text(), self.font()) > self.width() else "")


def rule() -> QFrame:
    """Return a hairline."""
    line = QFrame()
    line.setProperty("kind", "rule")
    return line


def restyle(widget: QWidget, **properties: object) -> None:
    """Set properties that the style sheet asks for, and apply it again only if one changed."""
    if all(widget.property(key) == value for key, value in properties.items()):
        return
    for key, value in properties.items():
        widget.setProperty(key, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def box(painter: QPainter, rect: QRectF, fill: QColor, edge: QColor | None = None, radius: float = 8.0) -> None:
    """Paint a rounded box with a hairline edge that stays inside it."""
    painter.setBrush(fill)
    painter.setPen(QPen(edge, 1) if edge is not None else Qt.PenStyle.NoPen)
    half = 0.5 if edge is not None else 0.0
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)


def focus_ring(painter: QPainter, rect: QRectF, color: QColor, radius: float = 8.0) -> None:
    """Paint the ring of the focus, two pixels wide."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


def write(
    painter: QPainter, rect: QRectF, text: str, font: QFont, color: QColor, align: Qt.AlignmentFlag = LEFT
) -> float:
    """Paint one line of text, elided to its box; return the width it took."""
    painter.setFont(font)
    painter.setPen(color)
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width() + 0.5)
    painter.drawText(rect, align, shown)
    return metrics.horizontalAdvance(shown)


def write_haloed(painter: QPainter, rect: QRectF, text: str, font: QFont, color: QColor, halo: QColor) -> None:
    """Paint one line of text, left in its box, that stays readable over lines and fillings."""
    path = QPainterPath()
    metrics = QFontMetricsF(font)
    base = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
    path.addText(QPointF(rect.left(), base), font, text)
    rim = QColor(halo)
    rim.setAlphaF(0.85)
    painter.strokePath(path, QPen(rim, 4.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QPointF(rect.left(), base), text)


def arrow(painter: QPainter, center: QPointF, size: float, color: QColor, up: bool) -> None:
    """Paint a filled triangle that points up or down."""
    half, way = size / 2, -1.0 if up else 1.0
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    x, y = center.x(), center.y()
    tip = QPointF(x, y + way * half)
    painter.drawPolygon([tip, QPointF(x - half, y - way * half * 0.8), QPointF(x + half, y - way * half * 0.8)])


def width_of(text: str, font: QFont) -> float:
    """Return how wide a text is."""
    return QFontMetricsF(font).horizontalAdvance(text)


def height_of(font: QFont) -> float:
    """Return how high a line of text is."""
    return QFontMetricsF(font).height()
