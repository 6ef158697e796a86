"""Where do names of points stand in a plot, so that they cover neither a point nor each other?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPaintEngine, QPainter, QPixmap, QTransform

from labsim.ui.widgets.styled import height_of, width_of, write_haloed

_RIM = 3
"""Pixels around a name that its halo takes."""
_KEPT = 200
"""Pictures of names that a chart keeps."""

_CUT = 24.0
"""Square pixels of a name that may be lost: its edges are air."""

_Edges = tuple[float, float, float, float]
"""Left, top, right and bottom of a box."""


@dataclass(frozen=True)
class PointName:
    """A name beside a point of the plot; `size` is the point's diameter in pixels."""

    x: float
    y: float
    size: float
    text: str
    color: QColor
    font: QFont


class Names(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """The names of points, each where it covers as little as possible.

    A name without room is not written: the read-out tells it under the pointer, and the table has it.
    """

    def __init__(self, names: Callable[[], Sequence[PointName]], halo: Callable[[], QColor]) -> None:
        """Take the ways to ask for the names and for the colour behind them."""
        super().__init__()
        self._names, self._halo = names, halo
        self._drawn: dict[tuple[object, ...], QPixmap] = {}
        self.setZValue(20)

    def viewRangeChanged(self) -> None:
        """Follow the view."""
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the whole view."""
        view = self.getViewBox()
        return view.viewRect() if view is not None else QRectF()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Write the names, in pixels."""
        names, to_pixels = self._names(), painter.worldTransform()
        painter.save()
        painter.setWorldTransform(QTransform())
        spots = []
        for name in names:
            place = to_pixels.map(QPointF(name.x, name.y))
            spots.append(QRectF(place.x() - name.size / 2, place.y() - name.size / 2, name.size, name.size))
        whole = to_pixels.mapRect(self.boundingRect())
        sizes = [(width_of(name.text, name.font) + 2, height_of(name.font)) for name in names]
        for name, box in zip(names, place_names(sizes, spots, whole), strict=True):
            if box is not None:
                self._write(painter, box, name)
        painter.restore()

    def _write(self, painter: QPainter, box: QRectF, name: PointName) -> None:
        """Write one name; on a screen from a picture of it, as halos take long and points move under a hand."""
        if painter.paintEngine().type() != QPaintEngine.Type.Raster:
            write_haloed(painter, box, name.text, name.font, name.color, self._halo())
            return
        dense = painter.device().devicePixelRatioF()
        key = (name.text, name.font.key(), name.color.rgba(), self._halo().rgba(), dense)
        if key not in self._drawn:
            if len(self._drawn) >= _KEPT:
                self._drawn.clear()
            self._drawn[key] = self._picture(box, name, dense)
        place = QPointF(round((box.left() - _RIM) * dense) / dense, round((box.top() - _RIM) * dense) / dense)
        painter.drawPixmap(place, self._drawn[key])

    def _picture(self, box: QRectF, name: PointName, dense: float) -> QPixmap:
        picture = QPixmap(math.ceil((box.width() + 2 * _RIM) * dense), math.ceil((box.height() + 2 * _RIM) * dense))
        picture.setDevicePixelRatio(dense)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inside = QRectF(_RIM, _RIM, box.width(), box.height())
        write_haloed(painter, inside, name.text, name.font, name.color, self._halo())
        painter.end()
        return picture


def place_names(sizes: Sequence[tuple[float, float]], spots: Sequence[QRectF], whole: QRectF) -> list[QRectF | None]:
    """Return a box for each name; None where each would be cut off or cover another name.

    It stands beside its spot or, if there is no place for it, further away; of such places where it covers least.
    """
    edges = [_edges(spot) for spot in spots]
    view = _edges(whole)
    boxes: list[QRectF | None] = []
    names: list[_Edges] = []
    for at, (size, spot) in enumerate(zip(sizes, spots, strict=True)):
        points = [*edges[:at], *edges[at + 1 :]]
        box = _best_place(_places(size, spot), points, names, view)
        box = box or _best_place(_places(size, spot, far=size[1]), points, names, view)
        boxes.append(box)
        if box is not None:
            names.append(_edges(box))
    return boxes


def _best_place(
    places: Sequence[QRectF], points: Sequence[_Edges], names: Sequence[_Edges], whole: _Edges
) -> QRectF | None:
    """Return the first of the places that cover least, if one can be read."""
    readable = [box for box in places if _is_readable(_edges(box), names, whole)]
    return min(readable, key=lambda box: _covered(_edges(box), points), default=None)


def _places(size: tuple[float, float], spot: QRectF, far: float = 0.0) -> list[QRectF]:
    """Return eight places around a spot, ``far`` pixels further up or down than close to it."""
    wide, high = size
    x, y = spot.center().x(), spot.center().y()
    above, below = spot.top() - high - 1 - far, spot.bottom() + 1 + far
    corners = [
        (spot.right() + 4, y - high / 2 - far),
        (spot.left() - 4 - wide, y - high / 2 + far),
        (x - wide / 2, above),
        (x - wide / 2, below),
        (spot.right() - 2, spot.top() - high * 0.6 - far),
        (spot.right() - 2, spot.bottom() - high * 0.4 + far),
        (spot.right() - wide, above),
        (spot.right() - wide, below),
    ]
    return [QRectF(left, top, wide, high) for left, top in corners]


def _is_readable(box: _Edges, names: Sequence[_Edges], whole: _Edges) -> bool:
    """Return whether a name is inside the plot and not over another one."""
    return _shared(box, box) - _shared(box, whole) <= _CUT and all(_shared(box, other) <= _CUT for other in names)


def _covered(box: _Edges, points: Sequence[_Edges]) -> int:
    """Return how many pixels of points a name covers; whole ones, so that equally good places keep their order."""
    return round(sum(_shared(box, point) for point in points))


def _edges(rect: QRectF) -> _Edges:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _shared(one: _Edges, other: _Edges) -> float:
    """Return the area that two boxes have in common."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    if wide <= 0.0:
        return 0.0
    return wide * max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
