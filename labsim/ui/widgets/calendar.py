"""What is on its way, and what ends? Deliveries and contracts by quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from labsim.text import say
from labsim.ui.charts.items import Format
from labsim.ui.theme import ThemeController, mixed
from labsim.ui.widgets.icons import draw_pixmap
from labsim.ui.widgets.styled import CENTER, LEFT, box, focus_ring, height_of, width_of, write
from labsim.ui.widgets.tables import TableData, TableModel, TableRow


@dataclass(frozen=True)
class Lane:
    """One row of the calendar: key, icon and colour."""

    key: str
    icon: str
    color: str

    @property
    def name(self) -> str:
        """What the row is called."""
        return say(f"orders.lane.{self.key}")


@dataclass(frozen=True)
class Delivery:
    """What happens in a quarter: short text for the pill, longer words for the tool tip."""

    turn: int
    lane: str
    text: str
    words: str = ""


LANES = (
    Lane("chips", "cpu", "accent"),
    Lane("sites", "zap", "good"),
    Lane("ends", "file-text", "warn"),
)


class DeliveryCalendar(QWidget):
    """Quarters across, a lane for each kind, a pill for each delivery."""

    def __init__(self, theme: ThemeController, quarter: Format, lanes: Sequence[Lane] = LANES) -> None:
        """Make an empty calendar; `quarter` writes turns."""
        super().__init__()
        self._theme, self._quarter, self._lanes = theme, quarter, tuple(lanes)
        self._first, self._count = 0, 8
        self._items: tuple[Delivery, ...] = ()
        self._table: TableModel | None = None
        self.setObjectName("delivery_calendar")
        self.setAccessibleName(say("orders.order"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._retheme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for more height where pills no longer fit beside each other."""
        super().resizeEvent(event)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for the height that the fullest quarter of each lane needs."""
        rows = sum(self._depth(lane) for lane in self._lanes)
        return QSize(self._theme.px(520), round(self._head() + rows * self._pill() + len(self._lanes) * 10))

    def set_data(self, first: int, count: int, items: Sequence[Delivery]) -> None:
        """Show `count` quarters from turn `first` on; what lies outside is left out."""
        self._first, self._count = first, max(1, count)
        self._items = tuple(item for item in items if first <= item.turn < first + count)
        self.setAccessibleDescription(self.summary())
        if self._table is not None:
            self._table.set_data(self.table_data())
        self.updateGeometry()
        self.update()

    def summary(self) -> str:
        """Return what is on its way in words."""
        order = sorted(self._items, key=lambda item: item.turn)
        words = "; ".join(f"{self._quarter(item.turn)}: {item.words or item.text}" for item in order)
        return words or say("orders.nothing_order")

    def table_data(self) -> TableData:
        """Return the quarters as columns and the lanes as rows."""
        turns = range(self._first, self._first + self._count)
        rows = tuple(
            TableRow(lane.name, tuple(", ".join(item.text for item in self._at(lane, turn)) for turn in turns))
            for lane in self._lanes
        )
        return TableData(tuple(self._quarter(turn) for turn in turns), rows)

    def table(self) -> TableModel:
        """Return the model of the table behind the calendar; it follows the calendar."""
        if self._table is None:
            self._table = TableModel(self._theme, self)
            self._table.set_data(self.table_data())
        return self._table

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the focus."""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell more about the pill under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = [item for rect, item, _ in self._pills() if rect.contains(QPointF(event.pos()))]
            QToolTip.showText(event.globalPos(), (found[0].words or found[0].text) if found else "", self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint quarters, lanes and pills."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_quarters(painter)
        self._paint_lanes(painter)
        theme, small = self._theme, self._theme.font("small")
        for rect, item, lane in self._pills():
            color = theme.tokens.color(lane.color)
            fill, edge = mixed(theme.tokens.surface, color, 0.18), mixed(theme.tokens.surface, color, 0.5)
            box(painter, rect, theme.color(fill), theme.color(edge), 6)
            write(painter, rect.adjusted(4, 0, -4, 0), item.text, small, theme.color("text"), CENTER)
        if self.hasFocus():
            focus_ring(painter, self.rect().toRectF(), theme.color("accent"))
        painter.end()

    def _paint_quarters(self, painter: QPainter) -> None:
        theme, small = self._theme, self._theme.font("small")
        wide = self._column()
        every = 1
        while every * wide < width_of(self._quarter(self._first), small) + 8 and every < self._count:
            every += 1
        for at in range(self._count):
            left = self._margin() + at * wide
            painter.setPen(QPen(theme.color("grid"), 1))
            painter.drawLine(QPointF(left, self._head() - 2), QPointF(left, self.height()))
            if at % every == 0:
                place = QRectF(left, 0, every * wide, self._head() - 4)
                ink = theme.color("text" if at == 0 else "muted")
                write(painter, place, self._quarter(self._first + at), small, ink, CENTER if every == 1 else LEFT)

    def _paint_lanes(self, painter: QPainter) -> None:
        theme = self._theme
        top = self._head()
        for number, lane in enumerate(self._lanes):
            high = self._depth(lane) * self._pill() + 10
            if number:
                painter.setPen(QPen(theme.color("grid"), 1))
                painter.drawLine(QPointF(0, top), QPointF(self.width(), top))
            size = theme.px(16)
            picture = draw_pixmap(lane.icon, theme.color(lane.color).name(), size, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(4, top + (high - size) / 2), picture)
            place = QRectF(size + 12, top, self._margin() - size - 16, high)
            write(painter, place, lane.name, theme.font("small"), theme.color("text"), LEFT)
            top += high

    def _pills(self) -> list[tuple[QRectF, Delivery, Lane]]:
        found = []
        top = self._head()
        for lane in self._lanes:
            rows = self._rows(lane)
            for row, placed in enumerate(rows):
                for left, right, item in placed:
                    place = QRectF(left + 3, top + 6 + row * self._pill(), right - left - 6, self._pill() - 2)
                    found.append((place, item, lane))
            top += max(1, len(rows)) * self._pill() + 10
        return found

    def _rows(self, lane: Lane) -> list[list[tuple[float, float, Delivery]]]:
        """Place the pills of a lane: each begins in its quarter, is as wide as its text, and covers none before it."""
        rows: list[list[tuple[float, float, Delivery]]] = []
        small, wide = self._theme.font("small"), self._column()
        for item in sorted((item for item in self._items if item.lane == lane.key), key=lambda item: item.turn):
            left = self._margin() + (item.turn - self._first) * wide
            right = left + max(wide, width_of(item.text, small) + 22)
            if right > self.width():
                left, right = min(left, max(self._margin(), self.width() - (right - left))), float(self.width())
            row = next((row for row in rows if row[-1][1] <= left + 1), None)
            if row is None:
                rows.append(row := [])
            row.append((left, right, item))
        return rows

    def _at(self, lane: Lane, turn: int) -> list[Delivery]:
        return [item for item in self._items if item.lane == lane.key and item.turn == turn]

    def _depth(self, lane: Lane) -> int:
        return max(1, len(self._rows(lane)))

    def _margin(self) -> float:
        small = self._theme.font("small")
        return max(width_of(lane.name, small) for lane in self._lanes) + self._theme.px(16) + 24

    def _column(self) -> float:
        return max(1.0, (self.width() - self._margin()) / self._count)

    def _head(self) -> float:
        return height_of(self._theme.font("small")) + 8

    def _pill(self) -> float:
        return height_of(self._theme.font("small")) + 8

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()
