"""Where is this heading, and how sure is that? A forecast as two bands and a median, after what has happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg

from labsim.text import say
from labsim.ui.charts.base import DASH, DOT, SOLID, Chart, limits, quarter_axis
from labsim.ui.charts.items import Array, Axis, BandItem, EndLabel, Format
from labsim.ui.charts.lines import Line, Threshold
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import TableData, TableRow

P05, P25, P50, P75, P95 = range(5)
_REACH = 0.35
"""A threshold is shown when it lies within this part of the data's span outside of it; game choice."""
_APART = 0.02
"""The ghost is named when it ends further than this part of the span from the median; game choice."""


@dataclass(frozen=True)
class FanData:
    """What a fan chart shows. `bands` is (5, turns): 5, 25, 50, 75 and 95 percent, the first column being turn `start`.

    `ghost` and `committed` are medians over the same turns; `past` ends at `start`.
    """

    start: int
    bands: Array
    past: Array | None = None
    ghost: Array | None = None
    committed: Array | None = None
    rivals: tuple[Line, ...] = ()
    thresholds: tuple[Threshold, ...] = ()

    @property
    def x(self) -> Array:
        """The turns of the forecast."""
        return np.arange(self.start, self.start + self.bands.shape[1], dtype=float)


class FanChart(Chart):
    """A forecast chart. `set_data` may be called sixty times a second: its pieces are kept and moved."""

    def __init__(
        self,
        theme: ThemeController,
        title: str,
        show: Format,
        quarter: Format,
        *,
        color: str = "accent",
        line_name: str = "",
        is_framed: bool = True,
    ) -> None:
        """Make an empty chart; `show` writes values, `quarter` writes turns, `line_name` names the median."""
        super().__init__(theme, title, quarter_axis(quarter), Axis("left", show), is_framed=is_framed)
        self._show, self._quarter, self._color, self._line_name = show, quarter, color, line_name
        self._data: FanData | None = None
        self._at: int | None = None
        self._looks: object = None
        self.wide, self.middle = BandItem(), BandItem()
        for order, band in ((-10, self.wide), (-9, self.middle)):
            band.setZValue(order)
            self.plot.addItem(band, ignoreBounds=True)
        self.committed, self.ghost = self.line(1), self.line(2)
        self.median, self.past = self.line(4), self.line(5)
        self.rivals: list[pg.PlotCurveItem] = []
        self.thresholds: list[pg.InfiniteLine] = []
        self._now = pg.InfiniteLine(angle=90)
        self._cursor = pg.InfiniteLine(angle=90)
        self._dot = pg.ScatterPlotItem(size=8)
        for order, item in ((-5, self._now), (8, self._cursor), (9, self._dot)):
            item.setZValue(order)
            self.plot.addItem(item, ignoreBounds=True)
        self._cursor.hide()
        self.retheme()

    def set_data(self, data: FanData) -> None:
        """Show a forecast."""
        self._data = data
        x, bands = data.x, data.bands
        self.wide.set_data(x, bands[P05], bands[P95])
        self.middle.set_data(x, bands[P25], bands[P75])
        self.median.setData(x, bands[P50])
        _set_line(self.ghost, x, data.ghost)
        _set_line(self.committed, x, data.committed)
        _set_line(self.past, _past_x(data), data.past)
        self._now.setPos(data.start)
        self._now.setVisible(data.past is not None and len(data.past) > 1)
        self._set_rivals(data.rivals)
        self._set_thresholds(data.thresholds)
        self._fit(data)
        looks = [(line.color, line.is_dashed) for line in data.rivals], [mark.color for mark in data.thresholds]
        if looks != self._looks:
            self._looks = looks
            self._colour_lines()
        self.ends.set_labels(self._end_labels(data))
        self._point()
        self.changed()

    def recolour(self) -> None:
        """Colour the bands, lines and marks."""
        self.wide.set_color(self.theme.color(self._color, 0.20))
        self.middle.set_color(self.theme.color(self._color, 0.32))
        self.median.setPen(self.pen(self._color, 2.25))
        self.past.setPen(self.pen(self._color, 2.25))
        self.ghost.setPen(self.pen("muted", 1.5, DASH))
        self.committed.setPen(self.pen("muted", 1.5, DOT))
        self._now.setPen(self.pen("border_strong", 1, DOT))
        self._cursor.setPen(self.pen("muted", 1))
        self._dot.setBrush(self.theme.color(self._color))
        self._dot.setPen(self.pen("surface", 2))
        self._colour_lines()
        if self._data is not None:
            self.ends.set_labels(self._end_labels(self._data))

    def summary(self) -> str:
        """Return the forecast in words."""
        data = self._data
        if data is None:
            return say("chart.no_forecast_yet", name=self.accessibleName())
        ends = [self._show(float(data.bands[row, -1])) for row in (P50, P05, P95)]
        last = self._quarter(data.start + data.bands.shape[1] - 1)
        now = self._show(float(data.bands[P50, 0]))
        if data.bands.shape[1] == 1:
            return say("chart.only_now", name=self.accessibleName(), now=now)
        text = say("chart.now", name=self.accessibleName(), bands=now) + " "
        text += say("chart.nine_chances_ten", last=last, ends=ends[0], ends2=ends[1], ends3=ends[2])
        if data.ghost is not None:
            text += " " + say("chart.orders_unchanged", ghost=self._show(float(data.ghost[-1])))
        for mark in data.thresholds:
            under = float(np.interp(mark.value, data.bands[:, -1], (0.05, 0.25, 0.5, 0.75, 0.95)))
            if 0.05 < under < 0.95:
                text += " " + say("chart.lies_inside_band", name=mark.name, value=self._show(mark.value))
        return text

    @property
    def table_from(self) -> int:
        """The forecast; the past stands before it."""
        past = self._data.past if self._data is not None else None
        return 0 if past is None else max(0, len(past) - 1)

    def table_data(self) -> TableData:
        """Return the quarters of the chart as columns."""
        data = self._data
        if data is None:
            return TableData()
        past = np.zeros(0) if data.past is None else np.asarray(data.past, float)[:-1]
        first = data.start - len(past)
        turns = range(first, data.start + data.bands.shape[1])

        def row(name: str, line: Line) -> TableRow:
            cells = [
                line.values[turn - line.start] if 0 <= turn - line.start < len(line.values) else math.nan
                for turn in turns
            ]
            return TableRow(name, tuple(self._show(cell) if math.isfinite(cell) else "—" for cell in cells))

        names = (say("chart.p5"), say("chart.p25"), say("chart.median"), say("chart.p75"), say("chart.p95"))
        rows = [row(say("chart.happened"), Line("", past, first))] if len(past) else []
        rows += [row(name, Line("", band, data.start)) for name, band in zip(names, data.bands, strict=True)]
        rows += [row(say("chart.unchanged"), Line("", data.ghost, data.start))] if data.ghost is not None else []
        rows += (
            [row(say("chart.last_forecast"), Line("", data.committed, data.start))]
            if data.committed is not None
            else []
        )
        rows += [row(line.name, line) for line in data.rivals]
        return TableData(tuple(self._quarter(turn) for turn in turns), tuple(rows))

    def point_at(self, x: float, y: float) -> None:
        """Read out the quarter nearest to the pointer."""
        if self._data is not None:
            first = self._data.start - (0 if self._data.past is None else len(self._data.past) - 1)
            self._at = min(max(round(x), first), self._data.start + self._data.bands.shape[1] - 1)
            self._point()

    def step_point(self, steps: int) -> None:
        """Read out the next quarter or the one before."""
        if self._data is not None:
            last = self._data.start + self._data.bands.shape[1] - 1
            self.point_at(last if self._at is None else self._at + steps, 0.0)

    def unpoint(self) -> None:
        """Read out the end of the forecast."""
        self._at = None
        self._point()

    def _point(self) -> None:
        data = self._data
        if data is None:
            return
        shown = self._at is not None
        if self._cursor.isVisible() != shown:
            self._cursor.setVisible(shown)
        at = data.start + data.bands.shape[1] - 1 if self._at is None else self._at
        column = at - data.start
        if column < 0 and data.past is not None:
            middle = float(data.past[len(data.past) - 1 + column])
            text = f"{self._quarter(at)}   {self._show(middle)}"
        else:
            column = min(max(column, 0), data.bands.shape[1] - 1)
            low, middle, high = (float(data.bands[row, column]) for row in (P05, P50, P95))
            band = f"{self._show(low)} – {self._show(high)}"  # the middle stands at the end of its line
            pointed = f"{self._quarter(at)}   {self._show(middle)}   ({band})"
            text = pointed if shown else say("chart.band", band=band) if data.bands.shape[1] > 1 else ""
        self.readout.setText(text)
        if shown:
            self._cursor.setPos(at)
            self._dot.setData([at], [middle])
        elif len(self._dot.points()):
            self._dot.clear()

    def _set_rivals(self, rivals: Sequence[Line]) -> None:
        while len(self.rivals) < len(rivals):
            self.rivals.append(self.line(3))
        for at, curve in enumerate(self.rivals):
            curve.setVisible(at < len(rivals))
            if at < len(rivals):
                curve.setData(rivals[at].x, rivals[at].values)

    def _set_thresholds(self, marks: Sequence[Threshold]) -> None:
        while len(self.thresholds) < len(marks):
            options = {"position": 0.01, "anchors": [(0, 1), (0, 1)], "movable": False}
            line = pg.InfiniteLine(angle=0, label="", labelOpts=options)
            line.setZValue(6)
            self.plot.addItem(line, ignoreBounds=True)
            self.thresholds.append(line)
        for line, mark in zip(self.thresholds, marks, strict=False):
            if line.value() != mark.value:
                line.setPos(mark.value)
            if line.label.format != mark.name:
                line.label.setFormat(mark.name)

    def _fit(self, data: FanData) -> None:
        low, high = limits(data.bands, data.ghost, data.committed, data.past, *(line.values for line in data.rivals))
        span = high - low
        for at, line in enumerate(self.thresholds):
            near = (
                at < len(data.thresholds) and low - _REACH * span <= data.thresholds[at].value <= high + _REACH * span
            )
            if line.isVisible() != near:
                line.setVisible(near)
            if near:
                low, high = min(low, data.thresholds[at].value), max(high, data.thresholds[at].value)
        first = data.start - (0 if data.past is None else len(data.past) - 1)
        last = data.start + data.bands.shape[1] - 1
        self.fit((first - 0.02 * (last - first), float(last)), low, high)

    def _colour_lines(self) -> None:
        if self._data is None:
            return
        for curve, line in zip(self.rivals, self._data.rivals, strict=False):
            curve.setPen(self.pen(line.color, 1.25, DASH if line.is_dashed else SOLID))
        for line, mark in zip(self.thresholds, self._data.thresholds, strict=False):
            line.setPen(self.pen(mark.color, 1.25, DASH))
            line.label.setColor(self.theme.color(mark.color))
            line.label.setFont(self.theme.font("small"))

    def _end_labels(self, data: FanData) -> list[EndLabel]:
        end = float(data.bands[P50, -1])
        name = say("chart.you", value=self._show(end)) if data.rivals else self._show(end)
        labels = [EndLabel(end, self._line_name or name, self.theme.color(self._color), is_bold=True)]
        low, high = limits(data.bands)
        if data.ghost is not None and abs(float(data.ghost[-1]) - end) > _APART * (high - low):
            labels.append(EndLabel(float(data.ghost[-1]), say("chart.unchanged_line"), self.theme.color("muted")))
        if data.committed is not None and abs(float(data.committed[-1]) - end) > _APART * (high - low):
            labels.append(
                EndLabel(float(data.committed[-1]), say("chart.last_forecast_line"), self.theme.color("muted"))
            )
        for line in data.rivals:
            labels.append(EndLabel(float(line.values[-1]), line.name, self.theme.color(line.color)))
        return labels


def _past_x(data: FanData) -> Array:
    length = 0 if data.past is None else len(data.past)
    return np.arange(data.start - length + 1, data.start + 1, dtype=float)


def _set_line(curve: pg.PlotCurveItem, x: Array, values: Array | None) -> None:
    """Move a curve, or hide it when there is nothing to show."""
    curve.setVisible(values is not None and len(values) > 1)
    if values is not None:
        curve.setData(x, np.asarray(values, float))
