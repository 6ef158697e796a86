"""What becomes of the chips? A picture of the flow from chips to compute, tokens, uses and what they bring."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QHelpEvent,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from labsim.text import say
from labsim.ui.charts.items import spread
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.flowlayout import FlowLayout, FlowLink, FlowNode, Ribbon, lay_out
from labsim.ui.widgets.styled import box, focus_ring, height_of, width_of, write_haloed
from labsim.ui.widgets.tables import TableData, TableModel, TableRow

_THICK = 10.0


class TokenFlow(QWidget):
    """Ribbons between stations, exactly as wide as the values handed in; names and values beside the stations."""

    def __init__(self, theme: ThemeController, name: str = "") -> None:
        """Make an empty picture."""
        super().__init__()
        self._theme = theme
        self._nodes: tuple[FlowNode, ...] = ()
        self._links: tuple[FlowLink, ...] = ()
        self._table: TableModel | None = None
        self.setObjectName("token_flow")
        self.setAccessibleName(name or say("token_flow.name"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for a wide picture."""
        return QSize(self._theme.px(760), self._theme.px(260))

    def minimumSizeHint(self) -> QSize:
        """Ask for as much as the names need."""
        return QSize(self._theme.px(480), self._theme.px(180))

    def set_data(self, nodes: Sequence[FlowNode], links: Sequence[FlowLink]) -> None:
        """Show a flow; links name their ends by the keys of nodes."""
        self._nodes, self._links = tuple(nodes), tuple(links)
        self.setAccessibleDescription(self.summary())
        if self._table is not None:
            self._table.set_data(self.table_data())
        self.update()

    def summary(self) -> str:
        """Return the stations in words."""
        stations = ", ".join(f"{node.name} {node.value}" for node in self._nodes)
        return f"{self.accessibleName()}: {stations or say('token_flow.nothing_yet')}."

    def table_data(self) -> TableData:
        """Return the stations as rows, with where each flows to."""
        names = {node.key: node.name for node in self._nodes}
        rows = []
        for node in self._nodes:
            ends = ", ".join(names[link.target] for link in self._links if link.source == node.key and link.value > 0)
            rows.append(TableRow(node.name, (node.value, ends)))
        return TableData((say("token_flow.amount"), say("token_flow.flows")), tuple(rows))

    def table(self) -> TableModel:
        """Return the model of the table behind the picture; it follows the picture."""
        if self._table is None:
            self._table = TableModel(self._theme, self)
            self._table.set_data(self.table_data())
        return self._table

    def layout_now(self) -> FlowLayout:
        """Return where everything lies at the present size."""
        font, strong = self._theme.font("small"), self._theme.font("title")
        last = max(node.column for node in self._nodes)
        ends = [node for node in self._nodes if node.column == last]
        right = max(max(width_of(node.name, font), width_of(node.value, strong)) for node in ends) + 24
        line = height_of(font) + height_of(strong)
        area = QRectF(8, 10, max(60.0, self.width() - right - 8), max(60.0, self.height() - 20))
        return lay_out(self._nodes, self._links, area, _THICK, line + 4)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the focus."""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._links:
            QToolTip.showText(event.globalPos(), self.text_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def text_at(self, place: QPointF) -> str:
        """Return the words for the station or the ribbon at a place, or nothing."""
        found = self.layout_now()
        for node in self._nodes:
            if found.boxes[node.key].adjusted(-4, -4, 4, 4).contains(place):
                return f"{node.name}: {node.value}"
        names = {node.key: node.name for node in self._nodes}
        for ribbon in found.ribbons:
            if _path(ribbon).contains(place):
                whole = sum(link.value for link in self._links if link.source == ribbon.link.source)
                part = f"{100 * ribbon.link.value / whole:.0f} % of {names[ribbon.link.source]}"
                return f"{names[ribbon.link.source]} → {names[ribbon.link.target]}: {part}"
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ribbons, stations and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if any(link.value > 0 for link in self._links):
            found = self.layout_now()
            colors = {node.key: self._theme.color(node.color) for node in self._nodes}
            for ribbon in found.ribbons:
                self._paint_ribbon(painter, ribbon, colors[ribbon.link.source], colors[ribbon.link.target])
            for node in self._nodes:
                painter.setPen(Qt.PenStyle.NoPen)
                spot = found.boxes[node.key]
                box(painter, spot.adjusted(0, 0, 0, max(0.0, 2 - spot.height())), colors[node.key], None, 3)
            self._write_names(painter, found)
        if self.hasFocus():
            focus_ring(painter, self.rect().toRectF(), self._theme.color("accent"))
        painter.end()

    def _paint_ribbon(self, painter: QPainter, ribbon: Ribbon, source: QColor, target: QColor) -> None:
        strength = 0.42 if self._theme.tokens.name == "dark" else 0.30
        fade = QLinearGradient(ribbon.left, 0, ribbon.right, 0)
        for at, color in ((0.0, source), (1.0, target)):
            shade = QColor(color)
            shade.setAlphaF(strength)
            fade.setColorAt(at, shade)
        painter.fillPath(_path(ribbon), QBrush(fade))

    def _write_names(self, painter: QPainter, found: FlowLayout) -> None:
        theme = self._theme
        font, strong = theme.font("small"), theme.font("title")
        upper, lower = height_of(font), height_of(strong)
        for column in sorted({node.column for node in self._nodes}):
            nodes = [node for node in self._nodes if node.column == column]
            spots = [found.boxes[node.key] for node in nodes]
            half = (upper + lower) / 2
            centers = [spot.center().y() for spot in spots]
            for node, spot, y in zip(
                nodes, spots, spread(centers, upper + lower, half, self.height() - half), strict=True
            ):
                upper_line = QRectF(spot.right() + 8, y - half, 10, upper)
                lower_line = QRectF(spot.right() + 8, y - half + upper, 10, lower)
                halo = theme.color("surface")
                write_haloed(painter, upper_line, node.name, font, theme.color("text"), halo)
                write_haloed(painter, lower_line, node.value, strong, theme.color("text"), halo)


def _path(ribbon: Ribbon) -> QPainterPath:
    """Return a ribbon as a shape whose height is the same at both ends."""
    left, right, wide = ribbon.left, ribbon.right, ribbon.width
    middle = (left + right) / 2
    top, bottom = ribbon.left_top, ribbon.left_top + wide
    path = QPainterPath(QPointF(left, top))
    path.cubicTo(middle, top, middle, ribbon.right_top, right, ribbon.right_top)
    path.lineTo(right, ribbon.right_top + wide)
    path.cubicTo(middle, ribbon.right_top + wide, middle, bottom, left, bottom)
    path.closeSubpath()
    return path
