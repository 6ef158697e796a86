"""Where do names of points stand in a plot, so that they cover neither a point nor each other?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QPainter, QTransform

from labsim.ui.widgets.styled import height_of, width_of, write_haloed


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
    """The names of points, each where it covers as little as possible."""

    def __init__(self, names: Callable[[], Sequence[PointName]], halo: Callable[[], QColor]) -> None:
        """Take the ways to ask for the names and for the colour behind them."""
        super().__init__()
        self._names, self._halo = names, halo
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
            write_haloed(painter, box, name.text, name.font, name.color, self._halo())
        painter.restore()


def place_names(sizes: Sequence[tuple[float, float]], spots: Sequence[QRectF], whole: QRectF) -> list[QRectF]:
    """Return a box for each name beside its spot: the first of eight places that covers least."""
    taken: list[QRectF] = []
    for size, spot in zip(sizes, spots, strict=True):
        others = [*taken, *(other for other in spots if other is not spot)]
        taken.append(min(_places(size, spot), key=lambda box: _cost(box, others, whole)))
    return taken


def _places(size: tuple[float, float], spot: QRectF) -> list[QRectF]:
    wide, high = size
    x, y = spot.center().x(), spot.center().y()
    corners = [
        (spot.right() + 4, y - high / 2),
        (spot.left() - 4 - wide, y - high / 2),
        (x - wide / 2, spot.top() - high - 1),
        (x - wide / 2, spot.bottom() + 1),
        (spot.right() - 2, spot.top() - high * 0.6),
        (spot.right() - 2, spot.bottom() - high * 0.4),
        (spot.right() - wide, spot.top() - high - 1),
        (spot.right() - wide, spot.bottom() + 1),
    ]
    return [QRectF(left, top, wide, high) for left, top in corners]


def _cost(box: QRectF, others: Sequence[QRectF], whole: QRectF) -> int:
    """Return how many pixels a name would cover; whole ones, so that equally good places keep their order."""
    covered = sum(_area(box.intersected(other)) for other in others)
    return round(covered + 4 * (_area(box) - _area(box.intersected(whole))))


def _area(rect: QRectF) -> float:
    return max(0.0, rect.width()) * max(0.0, rect.height())
