"""How is one quarter of the tree drawn? A dot on its line, and a chip with its orders under it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from labsim.ui.theme import ThemeController, mixed
from labsim.ui.widgets.branch_layout import TreeNode
from labsim.ui.widgets.styled import CENTER, box, width_of, write

STEP = 92
"""Pixels between quarters at 100 % text."""
RADIUS = 7.0


class Dot(QGraphicsItem):
    """A node: a dot on its line, a chip with the orders under it."""

    def __init__(self, theme: ThemeController, node: TreeNode, color: str) -> None:
        """Make the dot of a node in the colour of its branch."""
        super().__init__()
        self._theme, self.node, self._color = theme, node, color
        self.is_current = False
        self.setToolTip(node.words)
        self.setZValue(2)

    def boundingRect(self) -> QRectF:
        """Return the room of a quarter, with the chip."""
        half = self._theme.px(STEP) / 2
        return QRectF(-half, -self._theme.px(16), 2 * half, self._theme.px(46))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the ring of the current node, the dot, the mark of a note, and the chip."""
        theme, node = self._theme, self.node
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme.color("bad" if node.is_bad else self._color)
        fill = theme.color("surface") if node.is_open or not node.chip else edge
        if self.is_current:
            painter.setPen(QPen(theme.color("text"), 2))
            painter.setBrush(theme.color("selection"))
            painter.drawEllipse(QPointF(0, 0), RADIUS + 5, RADIUS + 5)
        style = Qt.PenStyle.DashLine if node.is_open else Qt.PenStyle.SolidLine
        painter.setPen(QPen(edge, 2, style))
        painter.setBrush(fill)
        painter.drawEllipse(QPointF(0, 0), RADIUS, RADIUS)
        if node.has_note:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("warn"))
            painter.drawEllipse(QPointF(RADIUS + 3, -RADIUS - 1), 3, 3)
        if node.chip:
            self._paint_chip(painter)

    def _paint_chip(self, painter: QPainter) -> None:
        theme = self._theme
        font = theme.font("small")
        wide = min(width_of(self.node.chip, font) + 16, theme.px(STEP) - 4)
        rect = QRectF(-wide / 2, theme.px(12), wide, theme.px(17))
        tokens = theme.tokens
        plain = not self.node.is_bad
        color = tokens.color("muted" if plain else "bad")
        box(painter, rect, theme.color(mixed(tokens.surface, color, 0.16)), None, rect.height() / 2)
        write(painter, rect.adjusted(4, 0, -4, 0), self.node.chip, font, theme.color("text"), CENTER)
