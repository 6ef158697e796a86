"""How was the whole divided over time? Shares stacked to one, a layer for each lab."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from labsim.text import say
from labsim.ui.charts.base import Chart, quarter_axis
from labsim.ui.charts.items import Array, Axis, BandItem, EndLabel, Format
from labsim.ui.charts.lines import Line
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import TableData, TableRow

_SLIM = 0.025
"""A layer thinner than this at its end is named only in the table and the read-out; game choice."""


class StackedShares(Chart):
    """Layers from the bottom up; all lines begin at the same turn and have the same length."""

    def __init__(
        self, theme: ThemeController, title: str, show: Format, quarter: Format, *, is_framed: bool = True
    ) -> None:
        """Make an empty chart; `show` writes a share, `quarter` a turn."""
        super().__init__(theme, title, quarter_axis(quarter), Axis("left", show), is_framed=is_framed)
        self._show, self._quarter = show, quarter
        self._lines: tuple[Line, ...] = ()
        self._at: int | None = None
        self.layers: list[BandItem] = []
        self._edges: list[pg.PlotCurveItem] = []
        self._cursor = pg.InfiniteLine(angle=90)
        self._cursor.setZValue(9)
        self._cursor.hide()
        self.plot.addItem(self._cursor, ignoreBounds=True)
        self.retheme()

    def set_data(self, lines: Sequence[Line]) -> None:
        """Show the layers."""
        self._lines = tuple(lines)
        while len(self.layers) < len(self._lines):
            layer = BandItem()
            self.plot.addItem(layer, ignoreBounds=True)
            self.layers.append(layer)
            self._edges.append(self.line(1))
        tops = self._tops()
        for at, layer in enumerate(self.layers):
            shown = at < len(self._lines)
            layer.setVisible(shown)
            self._edges[at].setVisible(shown)
            if shown:
                low = tops[at - 1] if at else np.zeros_like(tops[0])
                layer.set_data(self._lines[at].x, low, tops[at])
                self._edges[at].setData(self._lines[at].x, tops[at])
        self.recolour()
        if self._lines:
            x = self._lines[0].x
            self.plot.getViewBox().setRange(xRange=(x[0], max(x[-1], x[0] + 1)), yRange=(0.0, 1.0), padding=0)
        self._point()
        self.changed()

    def recolour(self) -> None:
        """Colour the layers and their names."""
        self._cursor.setPen(self.pen("text", 1))
        labels = []
        tops = self._tops()
        for at, (layer, line) in enumerate(zip(self.layers, self._lines, strict=False)):
            layer.set_color(self.theme.color(line.color, 0.55))
            self._edges[at].setPen(self.pen("surface", 1.5))
            end = float(line.values[-1])
            if end >= _SLIM:
                text = f"{line.name} {self._show(end)}"
                labels.append(EndLabel(float(tops[at][-1]) - end / 2, text, self.theme.color(line.color), at == 0))
        self.ends.set_labels(labels)

    def summary(self) -> str:
        """Return the shares at the end in words, the greatest first."""
        if not self._lines:
            return say("chart.nothing_yet", name=self.accessibleName())
        order = sorted(self._lines, key=lambda line: -float(line.values[-1]))
        ends = ", ".join(f"{line.name} {self._show(float(line.values[-1]))}" for line in order)
        return say("chart.shares", name=self.accessibleName(), quarter=self._quarter(order[0].x[-1]), ends=ends)

    def table_data(self) -> TableData:
        """Return the quarters as columns and the layers as rows."""
        if not self._lines:
            return TableData()
        rows = (TableRow(line.name, tuple(self._show(float(value)) for value in line.values)) for line in self._lines)
        return TableData(tuple(self._quarter(turn) for turn in self._lines[0].x), tuple(rows))

    def point_at(self, x: float, y: float) -> None:
        """Read out the quarter nearest to the pointer."""
        if self._lines:
            self._at = min(max(round(x) - self._lines[0].start, 0), len(self._lines[0].values) - 1)
            self._point()

    def step_point(self, steps: int) -> None:
        """Read out the next quarter or the one before."""
        if self._lines:
            last = len(self._lines[0].values) - 1
            self.point_at(self._lines[0].start + (last if self._at is None else self._at + steps), 0.0)

    def unpoint(self) -> None:
        """Read out nothing."""
        self._at = None
        self._point()

    def _point(self) -> None:
        at = self._at
        self._cursor.setVisible(at is not None)
        if at is None:
            self.readout.setText("")
            return
        turn = float(self._lines[0].x[at])
        self._cursor.setPos(turn)
        texts = [f"{line.name} {self._show(float(line.values[at]))}" for line in self._lines]
        self.readout.setText(f"{self._quarter(turn)}   " + "   ".join(texts))

    def _tops(self) -> Array:
        if not self._lines:
            return np.zeros((0, 0))
        return np.cumsum(np.array([np.asarray(line.values, float) for line in self._lines]), axis=0)
