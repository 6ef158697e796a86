"""The pieces charts are made of: bands, gridlines, axes with our numbers, and names at the ends of lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

Array = NDArray[np.float64]
Format = Callable[[float], str]

_STRIDES = (1, 2, 4, 8, 12, 16, 20, 40)
"""Quarters between the names of a time axis: from four on they are whole years."""


class BandItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """A band between two lines, drawn as one polygon: cheaper than two curves and the space between."""

    def __init__(self) -> None:
        """Make an empty band."""
        super().__init__()
        self._polygon = QPolygonF()
        self._rect = QRectF()
        self._brush = QBrush()

    def set_color(self, color: QColor) -> None:
        """Fill it with a colour."""
        self._brush = QBrush(color)
        self.update()

    def set_data(self, x: Array, low: Array, high: Array) -> None:
        """Set the two lines."""
        self.prepareGeometryChange()
        xs = np.concatenate([x, x[::-1]]).tolist()
        ys = np.concatenate([high, low[::-1]]).tolist()
        self._polygon = QPolygonF([QPointF(a, b) for a, b in zip(xs, ys, strict=True)])
        self._rect = self._polygon.boundingRect()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the box around the band."""
        return self._rect

    def paint(self, painter: QPainter, *_: object) -> None:
        """Fill the polygon."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._brush)
        painter.drawPolygon(self._polygon)


class Grid(pg.GraphicsObject):  # type: ignore[misc]
    """Faint horizontal lines at the ticks of the value axis."""

    def __init__(self, ticks: Callable[[], Sequence[float]]) -> None:
        """Take the way to ask for the ticks."""
        super().__init__()
        self._ticks = ticks
        self._pen = QPen()
        self.setZValue(-20)

    def set_color(self, color: QColor) -> None:
        """Draw the lines in a colour."""
        self._pen = pg.mkPen(color, width=1)
        self.update()

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the whole view."""
        view = self.getViewBox()
        return view.viewRect() if view is not None else QRectF()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draw the lines."""
        rect = self.boundingRect()
        painter.setPen(self._pen)
        for value in self._ticks():
            painter.drawLine(QPointF(rect.left(), value), QPointF(rect.right(), value))


def nice_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return round numbers between two limits, about as many as wanted."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return []
    rough = span / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def log_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Return powers of ten between two exponents; with 2 and 5 between them when they are few."""
    first, last = math.floor(low), math.ceil(high)
    steps = (1.0,) if high - low >= wanted / 2 else (1.0, 2.0, 5.0)
    every = max(1, math.ceil((last - first) / max(1, wanted)))
    found = [power + math.log10(step) for power in range(first, last + 1, every) for step in steps]
    return [tick for tick in found if low - 1e-9 <= tick <= high + 1e-9]


class Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose numbers are written by our formats, on round values, without tick marks."""

    def __init__(self, side: str, show: Format, is_log: bool = False, is_whole: bool = False, gap: int = 48) -> None:
        """Make an axis; `is_whole` allows whole numbers only (quarters), `gap` is the room of one number in pixels."""
        super().__init__(side)
        self._show = show
        self._is_log, self._is_whole, self._gap, self._scale = is_log, is_whole, gap, 1.0
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=0, tickTextOffset=8, hideOverlappingLabels=False)

    def set_size(self, scale: float) -> None:
        """Set how much larger than normal the numbers are."""
        self._scale = scale
        self.picture = None
        self.update()

    def ticks(self) -> list[float]:
        """Return where the numbers stand now."""
        size = self.height() if self.orientation in ("left", "right") else self.width()
        low, high = self.range
        return self._places(low, high, size)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return one level of ticks."""
        return [(1.0, self._places(low, high, size))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the texts of ticks."""
        return [self._show(10.0**value if self._is_log else value) for value in values]

    def generateDrawSpecs(self, painter: QPainter) -> object:
        """Leave out tick marks: gridlines and numbers say enough."""
        specs = super().generateDrawSpecs(painter)
        return None if specs is None else (specs[0], [], specs[2])

    def _places(self, low: float, high: float, size: float) -> list[float]:
        wanted = max(2, int(size / (self._gap * self._scale)))
        if self._is_whole:
            room = self._gap * self._scale * (high - low) / max(1.0, size)
            every = next((step for step in _STRIDES if step >= room), math.ceil(room))
            first = math.ceil((low + 0.25) / every) * every
            return [float(number) for number in range(first, math.floor(high + 0.001) + 1, every)]
        return log_ticks(low, high, wanted) if self._is_log else nice_ticks(low, high, wanted)


@dataclass(frozen=True)
class EndLabel:
    """A name that stands at a height of the value axis."""

    value: float
    text: str
    color: QColor
    is_bold: bool = False


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places at least a gap apart, as near to the wished ones as a simple sweep gets, within the limits."""
    order = sorted(range(len(places)), key=places.__getitem__)
    room = min(gap, (high - low) / max(1, len(places) - 1)) if len(places) > 1 else gap
    found = [min(max(place, low), high) for place in places]
    for before, here in pairwise(order):
        found[here] = max(found[here], found[before] + room)
    if order and found[order[-1]] > high:
        found[order[-1]] = high
        for after, here in pairwise(reversed(order)):
            found[here] = min(found[here], found[after] - room)
    return found


class EndLabels(pg.AxisItem):  # type: ignore[misc]
    """Names at the right of a plot, each beside the end of its line and none upon another."""

    def __init__(self) -> None:
        """Make an empty column."""
        super().__init__("right")
        self.setStyle(tickLength=0, showValues=False)
        self._labels: tuple[EndLabel, ...] = ()
        self._font = QFont()
        self._bold = QFont()
        self._wide = 0
        self.setWidth(8)

    def set_fonts(self, font: QFont, bold: QFont) -> None:
        """Set the two fonts."""
        self._font, self._bold = font, bold
        self._wide = 0
        self.set_labels(self._labels)

    def set_labels(self, labels: Sequence[EndLabel]) -> None:
        """Show names; the column grows to the longest and does not shrink, so that the plot stays where it is."""
        self._labels = tuple(labels)
        needed = max((self._width(label) for label in labels), default=0.0)
        if needed and not self._wide - 24 < needed + 16 <= self._wide:
            self._wide = math.ceil(needed) + 16
            self.setWidth(self._wide)
        self.update()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Write the names, with a thin line to the end of a line that is not beside its name."""
        rect = self.mapRectFromParent(self.geometry())
        low, high = self.range
        if not self._labels or high <= low:
            return
        real = [rect.bottom() - (label.value - low) / (high - low) * rect.height() for label in self._labels]
        line = QFontMetricsF(self._font).height()
        places = spread(real, line, rect.top() + line / 2, rect.bottom() - line / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for label, at, place in zip(self._labels, real, places, strict=True):
            painter.setPen(pg.mkPen(label.color, width=1))
            if abs(place - at) > 3 and rect.top() <= at <= rect.bottom():
                painter.drawLine(QPointF(rect.left() + 1, at), QPointF(rect.left() + 8, place))
            painter.setFont(self._bold if label.is_bold else self._font)
            box = QRectF(rect.left() + 10, place - line / 2, rect.width() - 10, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label.text)

    def _width(self, label: EndLabel) -> float:
        return float(QFontMetricsF(self._bold if label.is_bold else self._font).horizontalAdvance(label.text))
