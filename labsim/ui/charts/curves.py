"""What if it were larger or smaller? Curves with reference points and the design that is being made, on log axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from labsim.text import say
from labsim.ui.charts.base import DASH, SOLID, Chart, limits
from labsim.ui.charts.items import Array, Axis, EndLabel, Format
from labsim.ui.charts.names import Names, PointName
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import TableData, TableRow

_STEP = 1.02
"""One arrow key moves the design by two percent; game choice."""
_SPOT = 9.0


@dataclass(frozen=True)
class Curve:
    """One curve; `y` may hold not-a-number where there is nothing to draw."""

    name: str
    x: Array
    y: Array
    color: str = "muted"
    is_dashed: bool = False
    is_strong: bool = False


@dataclass(frozen=True)
class Reference:
    """A known point; a star marks an optimum. Only those that can be loaded are clickable.

    Where there are many, some are named only by the read-out and in the table.
    """

    name: str
    x: float
    y: float
    color: str = "muted"
    is_star: bool = False
    is_clickable: bool = True
    is_named: bool = True


class CurveChart(Chart):
    """Curves over an axis that is usually logarithmic, such as loss over parameters at a fixed budget of FLOP.

    `picked(name)` tells of a click on a reference point. The design is moved by hand or with the arrow keys:
    `moving((x, y))` while, `moved((x, y))` when the hand lets go.
    """

    picked = Signal(str)
    moving = Signal(object)
    moved = Signal(object)

    def __init__(
        self,
        theme: ThemeController,
        title: str,
        show_x: Format,
        show_y: Format,
        *,
        x_name: str = "",
        y_name: str = "",
        is_log_x: bool = True,
        is_log_y: bool = False,
        is_framed: bool = True,
    ) -> None:
        """Make an empty chart with the ways of writing its two axes and their names."""
        bottom, left = Axis("bottom", show_x, is_log_x, gap=72), Axis("left", show_y, is_log_y)
        super().__init__(theme, title, bottom, left, is_framed=is_framed)
        self._show_x, self._show_y, self._x_name, self._y_name = show_x, show_y, x_name, y_name
        self._is_log = (is_log_x, is_log_y)
        self._curves: tuple[Curve, ...] = ()
        self._references: tuple[Reference, ...] = ()
        self._design: tuple[float, float] | None = None
        self._design_name = say("chart.design")
        self.lines: list[pg.PlotCurveItem] = []
        self._spots = pg.ScatterPlotItem(pxMode=True)
        self._spots.sigClicked.connect(self._clicked)
        self.marker = pg.TargetItem(size=14, movable=True, symbol="o")
        self.marker.sigPositionChanged.connect(self._dragging)
        self.marker.sigPositionChangeFinished.connect(self._dropped)
        self._names = Names(self._point_names, lambda: theme.color("surface"))
        for item in (self._spots, self.marker, self._names):
            self.plot.addItem(item, ignoreBounds=True)
        self.marker.hide()
        if x_name:
            self.name_bottom(x_name)
        self.retheme()

    def set_data(self, curves: Sequence[Curve], references: Sequence[Reference] = ()) -> None:
        """Show curves and reference points."""
        self._curves, self._references = tuple(curves), tuple(references)
        while len(self.lines) < len(self._curves):
            self.lines.append(self.line(1))
        for at, line in enumerate(self.lines):
            line.setVisible(at < len(self._curves))
            if at < len(self._curves):
                curve = self._curves[at]
                line.setData(self._to_plot(0, curve.x), self._to_plot(1, curve.y), connect="finite")
        self.recolour()
        self._fit()
        self.unpoint()
        self.changed()

    def set_design(self, x: float, y: float, name: str = "", is_movable: bool = True) -> None:
        """Put the mark of the design somewhere, without telling anybody."""
        self._design, self._design_name = (x, y), name or say("chart.design")
        was = self.marker.blockSignals(True)
        self.marker.setPos(float(self._to_plot(0, x)), float(self._to_plot(1, y)))
        self.marker.blockSignals(was)
        self.marker.movable = is_movable
        self.marker.show()
        self._names.update()
        self._fit()
        self.unpoint()
        self.changed()

    def recolour(self) -> None:
        """Colour curves, points and the mark of the design."""
        labels = []
        for line, curve in zip(self.lines, self._curves, strict=False):
            line.setPen(self.pen(curve.color, 2.25 if curve.is_strong else 1.5, DASH if curve.is_dashed else SOLID))
            finite = np.flatnonzero(np.isfinite(curve.y))
            if finite.size and curve.name:
                end = float(self._to_plot(1, float(curve.y[finite[-1]])))
                labels.append(EndLabel(end, curve.name, self.theme.color(curve.color), curve.is_strong))
        self.ends.set_labels(labels)
        spots = []
        for point in self._references:
            place = (float(self._to_plot(0, point.x)), float(self._to_plot(1, point.y)))
            look = {"symbol": "star" if point.is_star else "o", "size": _SPOT * (2.0 if point.is_star else 1)}
            fill = self.theme.color(point.color)
            spots.append({"pos": place, "brush": fill, "pen": self.pen("surface", 1.5), "data": point.name} | look)
        self._spots.setData(spots=spots)
        self.marker.setPen(self.pen("surface", 2))
        self.marker.setBrush(self.theme.color("accent"))
        self.marker.setHoverPen(self.pen("text", 2))
        self.marker.setHoverBrush(self.theme.color("accent_hover"))
        self._names.update()

    def summary(self) -> str:
        """Return the design and the least of each curve in words."""
        parts = []
        if self._design is not None:
            parts.append(f"{self._design_name}: {self._place(*self._design)}.")
        for curve in self._curves:
            if curve.name and np.isfinite(curve.y).any():
                least = int(np.nanargmin(curve.y))
                parts.append(
                    say("chart.lowest", name=curve.name, x=self._place(float(curve.x[least]), float(curve.y[least])))
                )
        return f"{self.accessibleName()}. " + (" ".join(parts) or say("chart.nothing"))

    def table_data(self) -> TableData:
        """Return the design and the reference points as rows."""
        rows = [TableRow(p.name, (self._show_x(p.x), self._show_y(p.y))) for p in self._references]
        if self._design is not None:
            cells = (self._show_x(self._design[0]), self._show_y(self._design[1]))
            rows.insert(0, TableRow(self._design_name, cells, is_sum=True))
        return TableData((self._x_name or say("chart.across"), self._y_name or say("chart.up")), tuple(rows))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the design with the arrows; Shift goes ten steps."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and self._design is not None and self.marker.movable:
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            x = self._design[0] * _STEP ** (steps[key] * (10 if shifted else 1))
            self.set_design(x, self._design[1], self._design_name)
            self.moving.emit(self._design)
            self.moved.emit(self._design)
        else:
            super().keyPressEvent(event)

    def point_at(self, x: float, y: float) -> None:
        """Read out the reference point under the pointer, or the place itself."""
        found = self._spots.pointsAt(pg.Point(x, y))
        name = found[0].data() if len(found) else ""
        point = next((point for point in self._references if point.name == name), None)
        if point is not None:
            self.readout.setText(f"{point.name}: {self._brief(point.x, point.y)}")
            hint = Qt.CursorShape.PointingHandCursor if point.is_clickable else Qt.CursorShape.ArrowCursor
            self.plot.setCursor(hint)
        else:
            self.plot.setCursor(Qt.CursorShape.ArrowCursor)
            self.readout.setText(self._brief(self._from_plot(0, x), self._from_plot(1, y)))

    def unpoint(self) -> None:
        """Read out the design."""
        text = "" if self._design is None else f"{self._design_name}: {self._brief(*self._design)}"
        self.readout.setText(text)

    def _brief(self, x: float, y: float) -> str:
        """A place in few words, as there is little room; what lies across is named below the axis."""
        return f"{self._show_x(x)}, {f'{self._y_name} '.lstrip().lower()}{self._show_y(y)}"

    def _place(self, x: float, y: float) -> str:
        names = [f"{name} " if name else "" for name in (self._x_name, self._y_name)]
        return f"{names[0].lower()}{self._show_x(x)}, {names[1].lower()}{self._show_y(y)}"

    def _to_plot(self, axis: int, value: float | Array) -> Array:
        given = np.asarray(value, float)
        return np.log10(given) if self._is_log[axis] else given

    def _from_plot(self, axis: int, value: float) -> float:
        return 10.0**value if self._is_log[axis] else value

    def _fit(self) -> None:
        points = [(point.x, point.y) for point in self._references] + ([self._design] if self._design else [])
        across = [self._to_plot(0, curve.x) for curve in self._curves]
        up = [self._to_plot(1, curve.y) for curve in self._curves]
        if points:
            across.append(self._to_plot(0, np.array([x for x, _ in points])))
            up.append(self._to_plot(1, np.array([y for _, y in points])))
        left, right = limits(*across)
        if math.isfinite(left):
            pad = 0.03 * ((right - left) or 1.0)
            self.fit((left - pad, right + (0.0 if self._curves else pad)), *limits(*up))

    def _point_names(self) -> list[PointName]:
        names = []
        for point in (point for point in self._references if point.is_named):
            x, y = float(self._to_plot(0, point.x)), float(self._to_plot(1, point.y))
            ink = self.theme.color("text" if point.is_star else "muted")
            names.append(PointName(x, y, _SPOT + 3, point.name, ink, self.theme.font("small")))
        if self._design is not None:
            x, y = (float(self._to_plot(axis, self._design[axis])) for axis in (0, 1))
            font = self.theme.font("small_bold")
            names.insert(0, PointName(x, y, 18, self._design_name, self.theme.color("accent"), font))
        return names

    def _dragging(self, marker: pg.TargetItem) -> None:
        place = marker.pos()
        self._design = (self._from_plot(0, place.x()), self._from_plot(1, place.y()))
        self._names.update()
        self.unpoint()
        self.moving.emit(self._design)

    def _dropped(self, _marker: pg.TargetItem) -> None:
        self.moved.emit(self._design)

    def _clicked(self, _item: object, points: Sequence[pg.SpotItem], *_: object) -> None:
        names = {point.name for point in self._references if point.is_clickable}
        if len(points) and points[0].data() in names:
            self.picked.emit(points[0].data())
