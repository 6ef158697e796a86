"""How is an icon drawn in a colour? The vendored pictures say `currentColor`, which Qt would draw in black."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from labsim.resources import asset_bytes


@cache
def _source(name: str) -> bytes:
    return asset_bytes("icons", f"{name}.svg")


def recoloured(name: str, color: str) -> bytes:
    """Return the picture of an icon with its lines in a `#RRGGBB` colour."""
    return _source(name).replace(b"currentColor", color.encode("ascii"))


def draw_icon(name: str, color: str, size: int, ratio: float) -> QIcon:
    """Return an icon of so many pixels, sharp at a device pixel ratio."""
    icon = QIcon()
    icon.addPixmap(draw_pixmap(name, color, size, ratio))
    return icon


def draw_pixmap(name: str, color: str, size: int, ratio: float) -> QPixmap:
    """Return the picture of an icon of so many pixels, sharp at a device pixel ratio."""
    pixels = round(size * ratio)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(recoloured(name, color))).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
