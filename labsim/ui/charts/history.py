"""How did this go, for several labs or several branches? Named lines over the quarters."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from labsim.text import say
from labsim.ui.charts.base import DASH, SOLID, Chart, limits, quarter_axis
from labsim.ui.charts.items import Axis, EndLabel, Format
from labsim.ui.charts.lines import Line
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import TableData, TableRow


class HistoryChart(Chart):
    """Several lines over time, each named at its end; the first may be set apart as one's own."""

    def __init__(
        self, theme: ThemeController, title: str, show: Format, quarter: Format, *, is_framed: bool = True
    ) -> None:
        """Make an empty chart; `show` writes values, `quarter` writes turns."""
        super().__init__(theme, title, quarter_axis(quarter), Axis("left", show), is_framed=is_framed)
        self._show, self._quarter = show, quarter
        self._lines: tuple[Line, ...] = ()
        self._own = 0
        self._at: int | None = None
        self._near = 0.0
        self.curves: list[pg.PlotCurveItem] = []
        self._cursor = pg.InfiniteLine(angle=90)
        self._dots = pg.ScatterPlotItem(size=7)
        for item in (self._cursor, self._dots):
            item.setZValue(9)
            self.plot.addItem(item, ignoreBounds=True)
        self._cursor.hide()
        self.retheme()

    def set_data(self, lines: Sequence[Line], own: int = 0) -> None:
        """Show lines; line `own` is drawn strong."""
        self._lines, self._own = tuple(lines), own
        while len(self.curves) < len(self._lines):
            self.curves.append(self.line(1))
        for at, curve in enumerate(self.curves):
            curve.setVisible(at < len(self._lines))
            if at < len(self._lines):
                curve.setData(self._lines[at].x, np.asarray(self._lines[at].values, float), connect="finite")
        self.recolour()
        low, high = limits(*(line.values for line in self._lines))
        first, last = self._span()
        self.fit((first - 0.02 * (last - first), max(last, first + 1)), low, high)
        self._point()
        self.changed()

    def recolour(self) -> None:
        """Colour the lines and their names."""
        self._cursor.setPen(self.pen("muted", 1))
        labels = []
        for at, (curve, line) in enumerate(zip(self.curves, self._lines, strict=False)):
            curve.setPen(self.pen(line.color, 2.25 if at == self._own else 1.5, DASH if line.is_dashed else SOLID))
            curve.setZValue(2 if at == self._own else 1)
            end = _last(line)
            if math.isfinite(end):
                labels.append(EndLabel(end, line.name, self.theme.color(line.color), at == self._own))
        self.ends.set_labels(labels)

    def summary(self) -> str:
        """Return the ends of the lines in words."""
        if not self._lines:
            return say("chart.nothing_yet", name=self.accessibleName())
        first, last = self._span()
        ends = ", ".join(f"{line.name} {self._text(_last(line))}" for line in self._lines)
        return say(
            "chart.end", name=self.accessibleName(), first=self._quarter(first), last=self._quarter(last), ends=ends
        )

    def table_data(self) -> TableData:
        """Return the quarters as columns and the lines as rows."""
        if not self._lines:
            return TableData()
        first, last = self._span()
        turns = range(int(first), int(last) + 1)
        rows = [TableRow(line.name, tuple(self._text(_value(line, turn)) for turn in turns)) for line in self._lines]
        return TableData(tuple(self._quarter(turn) for turn in turns), tuple(rows))

    def point_at(self, x: float, y: float) -> None:
        """Read out the quarter nearest to the pointer, beginning with the line nearest to it."""
        if self._lines:
            self._near = y
            first, last = self._span()
            self._at = int(min(max(round(x), first), last))
            self._point()

    def step_point(self, steps: int) -> None:
        """Read out the next quarter or the one before, beginning with one's own line."""
        if not self._lines:
            return
        self.point_at(self._span()[1] if self._at is None else self._at + steps, _last(self._lines[self._own]))

    def unpoint(self) -> None:
        """Read out nothing."""
        self._at = None
        self._point()

    def _point(self) -> None:
        at = self._at
        self._cursor.setVisible(at is not None)
        if at is None:
            self.readout.setText("")
            self._dots.clear()
            return
        self._cursor.setPos(at)
        found = [(line, _value(line, at)) for line in self._lines if math.isfinite(_value(line, at))]
        found.sort(key=lambda pair: abs(pair[1] - self._near))
        texts = [f"{line.name} {self._text(value)}" for line, value in found]
        self.readout.setText(f"{self._quarter(at)}   " + "   ".join(texts))
        spots = [{"pos": (at, value), "brush": self.theme.color(line.color), "pen": None} for line, value in found]
        self._dots.setData(spots=spots)

    def _span(self) -> tuple[float, float]:
        if not self._lines:
            return 0.0, 1.0
        return min(float(line.start) for line in self._lines), max(
            float(line.start + len(line.values) - 1) for line in self._lines
        )

    def _text(self, value: float) -> str:
        return self._show(value) if math.isfinite(value) else "—"


def _value(line: Line, turn: int) -> float:
    at = turn - line.start
    return float(line.values[at]) if 0 <= at < len(line.values) else math.nan


def _last(line: Line) -> float:
    finite = np.asarray(line.values, float)
    finite = finite[np.isfinite(finite)]
    return float(finite[-1]) if finite.size else math.nan
