"""What every chart shares: a title, a read-out, fixed ranges that do not jump, the theme, and its twin as a table."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGraphicsItem, QSizePolicy, QVBoxLayout, QWidget

from labsim.ui.charts.items import Array, Axis, EndLabels, Format, Grid
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import LEFT, RIGHT, ElidedLabel, label_of, restyle, width_of
from labsim.ui.widgets.tables import TableData, TableModel

pg.setConfigOptions(antialias=True)

SLACK = 0.35
"""A range is kept until the data leave it or fill less than this part of it; platform.md section 2."""
PAD = 0.08
"""Room above and below the data, as a part of their span."""

LEAST_WIDTH, LEAST_HEIGHT, NAME_HEIGHT, READOUT_HEIGHT = 180, 120, 22, 18
"""Room that a chart needs, the name below its axis and a read-out below its title; pixels, heights at normal text size;
game choice."""

READOUT_WIDTH, IN_LINE_WIDTH = 220, 340
"""Room for a read-out beside the title, and the least width of a card in which it stands there and not below; pixels at
normal text size; game choice. The read-out itself does not decide, so that nothing jumps under the pointer."""

DASH = Qt.PenStyle.DashLine
DOT = Qt.PenStyle.DotLine
SOLID = Qt.PenStyle.SolidLine


class Chart(QWidget):
    """A card with a title, a read-out at the right of it, and a plot.

    A chart is one node for assistive tools: its description is `summary()`, its twin is `table()`. With the focus,
    the arrow keys move the read-out.
    """

    def __init__(
        self,
        theme: ThemeController,
        title: str,
        bottom: Axis,
        left: Axis,
        *,
        is_framed: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty chart with two axes."""
        super().__init__(parent)
        self.theme = theme
        self.bottom, self.left, self.ends = bottom, left, EndLabels()
        self.setObjectName(title.lower().replace(" ", "_") + "_chart")
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("kind", "card" if is_framed else "plain")
        self.title = ElidedLabel(title, "title")
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.readout = ElidedLabel("", "small", RIGHT)
        self.plot = pg.PlotWidget(axisItems={"bottom": bottom, "left": left, "right": self.ends}, enableMenu=False)
        self.grid = Grid(left.ticks)
        self._has_name = False
        self._range: tuple[float, float] | None = None
        self._table: TableModel | None = None
        self._lay_out(is_framed)
        self._set_up_plot()
        theme.changed.connect(self.retheme)

    def summary(self) -> str:
        """Return what the chart says, as a sentence or two."""
        raise NotImplementedError

    def table_data(self) -> TableData:
        """Return what the chart shows, as a table."""
        raise NotImplementedError

    @property
    def table_from(self) -> int:
        """The column from which the table is read first; those before it are scrolled away where room is short."""
        return 0

    def table(self) -> TableModel:
        """Return the model of the table behind the chart; it follows the chart."""
        if self._table is None:
            self._table = TableModel(self.theme, self)
            self._table.set_data(self.table_data())
        return self._table

    def retheme(self) -> None:
        """Take the colours and fonts of the theme; charts add those of their own pieces in `recolour`."""
        theme = self.theme
        self.plot.setBackground(theme.color("surface"))
        font = theme.font("small")
        for axis in (self.bottom, self.left):
            axis.setTickFont(font)
            axis.setTextPen(theme.color("muted"))
            axis.set_size(theme.text_percent / 100)
        self.bottom.setPen(pg.mkPen(theme.color("border"), width=1))
        self.left.setPen(pg.mkPen(None))
        self.left.setWidth(theme.px(58))
        self._arrange_head()
        self.bottom.setHeight(theme.px(24))
        self.grid.set_color(theme.color("grid"))
        self.ends.set_fonts(font, theme.font("small_bold"))
        self.recolour()

    def recolour(self) -> None:
        """Colour the pieces of this chart."""
        raise NotImplementedError

    def pen(self, color: str, width: float = 2.0, style: Qt.PenStyle = SOLID, alpha: float = 1.0) -> QPen:
        """Return a pen of the same visible width on every screen: pens of plots count device pixels."""
        return QPen(pg.mkPen(self.theme.color(color, alpha), width=width * self.devicePixelRatioF(), style=style))

    def line(self, order: float = 0.0) -> pg.PlotCurveItem:
        """Return a new curve of the plot, drawn above those of lower order."""
        curve = pg.PlotCurveItem()
        curve.setZValue(order)
        self.plot.addItem(curve, ignoreBounds=True)
        return curve

    def changed(self) -> None:
        """Tell assistive tools and the table that the data are new; called at the end of every `set_data`."""
        self.setAccessibleDescription(self.summary())
        if self._table is not None:
            self._table.set_data(self.table_data())

    def fit(self, x: tuple[float, float], low: float, high: float) -> None:
        """Show a range; heights are kept while the data stay inside and fill enough, so that axes do not jump."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return
        now = self._range
        if now is None or low < now[0] or high > now[1] or (high - low) < SLACK * (now[1] - now[0]):
            pad = PAD * ((high - low) or abs(high) or 1.0)
            self._range = (low - pad if low != 0 else low, high + pad)
        box = self.plot.getViewBox()
        wanted = [list(x), list(self._range or (0.0, 1.0))]
        if box.viewRange() != wanted:
            box.setRange(xRange=wanted[0], yRange=wanted[1], padding=0)

    def name_bottom(self, name: str) -> None:
        """Write a name below the horizontal axis."""
        label = label_of(name, "small")
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._whole.addWidget(label)
        self._has_name = True
        self._arrange_head()

    def forget_range(self) -> None:
        """Let the next data choose the range anew, as when a game is opened."""
        self._range = None

    def event(self, event: QEvent) -> bool:
        """Draw lines anew, in their width, when the window moves to another kind of screen."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.recolour()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the focus."""
        super().focusInEvent(event)
        restyle(self, focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away, and the read-out back."""
        super().focusOutEvent(event)
        restyle(self, focused=False)
        self.unpoint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the read-out with the arrows."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and not event.modifiers():
            self.step_point(steps[key])
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out back when the pointer leaves."""
        super().leaveEvent(event)
        self.unpoint()

    def point_at(self, x: float, y: float) -> None:
        """Show the read-out nearest to a place of the plot."""

    def step_point(self, steps: int) -> None:
        """Move the read-out by steps."""

    def unpoint(self) -> None:
        """Show the read-out that stands when nothing is pointed at."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the read-out where it has room."""
        super().resizeEvent(event)
        self._arrange_head()

    def _arrange_head(self) -> None:
        """Write the read-out below the title where both do not fit beside each other."""
        needed = width_of(self.title.text(), self.theme.font("title")) + self.theme.px(READOUT_WIDTH)
        is_in_line = self.width() >= max(self.theme.px(IN_LINE_WIDTH), needed)
        self._head.setDirection(QBoxLayout.Direction.LeftToRight if is_in_line else QBoxLayout.Direction.TopToBottom)
        self.readout.setAlignment(RIGHT if is_in_line else LEFT)
        lines = LEAST_HEIGHT + (NAME_HEIGHT if self._has_name else 0) + (0 if is_in_line else READOUT_HEIGHT)
        self.setMinimumSize(LEAST_WIDTH, self.theme.px(lines))

    def _lay_out(self, is_framed: bool) -> None:
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(0)
        self._head.addWidget(self.title)
        self._head.addWidget(self.readout, 1)
        self._whole = whole = QVBoxLayout(self)
        margin = 12 if is_framed else 0
        whole.setContentsMargins(margin, margin - 2 if is_framed else 0, margin, margin // 2)
        whole.setSpacing(4)
        whole.addLayout(self._head)
        whole.addWidget(self.plot, 1)

    def _set_up_plot(self) -> None:
        plot = self.plot
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.hideButtons()
        plot.setMouseEnabled(False, False)
        plot.showAxis("right")
        box = plot.getViewBox()
        box.disableAutoRange()
        box.setDefaultPadding(0)
        plot.getPlotItem().layout.setContentsMargins(0, 8, 0, 0)
        for axis in (self.bottom, self.left):
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        plot.addItem(self.grid, ignoreBounds=True)
        plot.scene().sigMouseMoved.connect(self._hovered)

    def _hovered(self, place: QPointF) -> None:
        box = self.plot.getViewBox()
        if box.sceneBoundingRect().contains(place):
            point = box.mapSceneToView(place)
            self.point_at(point.x(), point.y())
        else:
            self.unpoint()


def limits(*arrays: Array | None) -> tuple[float, float]:
    """Return the least and the greatest finite value of several arrays, or not-a-numbers when there is none."""
    parts = [np.asarray(array, float).ravel() for array in arrays if array is not None and np.size(array)]
    values = np.concatenate(parts) if parts else np.zeros(0)
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if values.size else (math.nan, math.nan)


def quarter_axis(show: Format) -> Axis:
    """Return a time axis: whole quarters, written by a callback from the turn number."""
    return Axis("bottom", show, is_whole=True, gap=62)
