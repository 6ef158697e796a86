"""The bar of fleet capacity: four coloured parts with a handle between each two."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from labsim import formats
from labsim.text import say
from labsim.ui.theme import USES, ThemeController, mixed, readable_on
from labsim.ui.widgets.shares import Shares, exact, with_border
from labsim.ui.widgets.styled import CENTER, box, width_of, write

_REACH = 10
"""Pixels on either side of a handle where a press takes hold of it; platform: targets of at least 24 px."""


class ShareBar(QWidget):
    """Paints the parts and moves the borders between them: `dragging(shares)` while, `dropped()` at the end."""

    dragging = Signal(object)
    dropped = Signal()

    def __init__(self, theme: ThemeController, parent: QWidget | None = None) -> None:
        """Make a bar of four equal parts."""
        super().__init__(parent)
        self._theme = theme
        self._held: int | None = None
        self._near: int | None = None
        self._has_moved = False
        self.shares: Shares = exact([1.0] * len(USES))
        self.setObjectName("token_bar")
        self.setAccessibleName(say("orders.fleet_capacity"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for a bar that is easy to grasp."""
        return QSize(self._theme.px(320), self._theme.px(48))

    def minimumSizeHint(self) -> QSize:
        """Ask for the same height in a narrow column."""
        return QSize(self._theme.px(200), self._theme.px(48))

    def set_shares(self, shares: Shares) -> None:
        """Show other shares."""
        self.shares = shares
        words = ", ".join(
            f"{say(f'use.{use}')} {formats.share(share)}" for use, share in zip(USES, shares, strict=True)
        )
        self.setAccessibleDescription(words)
        self.update()

    def handle_x(self, border: int) -> float:
        """Return where the handle after part `border` stands, in pixels from the left."""
        return self.width() * math.fsum(self.shares[: border + 1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the nearest handle."""
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self._held = self._handle_at(event.position().x())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the border that is held, or show which one would be."""
        x = event.position().x()
        if self._held is None:
            self._show_near(self._handle_at(x))
            return
        moved = with_border(self.shares, self._held, x / max(1, self.width()))
        if moved != self.shares:
            self._has_moved = True
            self.set_shares(moved)
            self.dragging.emit(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; say so if anything moved."""
        if event.button() == Qt.MouseButton.LeftButton and self._held is not None:
            self._held = None
            self.update()
            if self._has_moved:
                self._has_moved = False
                self.dropped.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget which handle was near."""
        super().leaveEvent(event)
        self._show_near(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the four parts, their names and the three handles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        outline = QPainterPath()
        outline.addRoundedRect(whole, 8, 8)
        painter.setClipPath(outline)
        left = 0.0
        for use, share in zip(USES, self.shares, strict=True):
            part = QRectF(left, 0, share * whole.width(), whole.height())
            left = part.right()
            self._paint_part(painter, part, use, share)
        painter.setClipping(False)
        for border in range(len(USES) - 1):
            self._paint_handle(painter, border)
        painter.end()

    def _paint_part(self, painter: QPainter, part: QRectF, use: str, share: float) -> None:
        tokens = self._theme.tokens
        fill = tokens.color(use) if self.isEnabled() else mixed(tokens.color(use), tokens.surface, 0.6)
        painter.fillRect(part, self._theme.color(fill))
        ink = self._theme.color(readable_on(fill, tokens))
        name, number = self._theme.font("small"), self._theme.font("title")
        inner = part.adjusted(10, 0, -10, 0)
        text = f"{formats.plain(share * 100)} %"
        upper = QRectF(inner.left(), part.top() + part.height() * 0.12, inner.width(), part.height() * 0.4)
        lower = upper.translated(0, part.height() * 0.38)
        if inner.width() >= width_of(say(f"use.{use}"), name):
            write(painter, upper, say(f"use.{use}"), name, ink, CENTER)
            write(painter, lower, text, number, ink, CENTER)
        elif part.width() >= width_of(text, name) + 14:
            write(painter, part, text, name, ink, CENTER)

    def _paint_handle(self, painter: QPainter, border: int) -> None:
        active = border in (self._held, self._near)
        x, height = self.handle_x(border), float(self.height())
        x = min(max(x, 4.0), self.width() - 4.0)
        painter.fillRect(QRectF(x - 1.5, 0, 3, height), self._theme.color("surface"))
        grip = QRectF(x - 4, height / 2 - 11, 8, 22)
        knob = "text" if self._theme.tokens.name == "dark" else "surface"
        edge = self._theme.color("accent" if active else "border_strong")
        box(painter, grip, self._theme.color(knob), edge, 4)
        painter.setPen(edge)
        painter.drawLine(QPointF(x, height / 2 - 4), QPointF(x, height / 2 + 4))

    def _handle_at(self, x: float) -> int | None:
        borders = range(len(USES) - 1)
        nearest = min(borders, key=lambda border: (abs(self.handle_x(border) - x), self._stuck(border, x)))
        return nearest if abs(self.handle_x(nearest) - x) <= _REACH else None

    def _stuck(self, border: int, x: float) -> int:
        """Prefer, among handles at one place, the one that can move towards the pointer."""
        rightwards = x >= self.handle_x(border)
        return -border if rightwards else border

    def _show_near(self, border: int | None) -> None:
        if border != self._near:
            self._near = border
            self.setCursor(Qt.CursorShape.ArrowCursor if border is None else Qt.CursorShape.SplitHCursor)
            self.update()
