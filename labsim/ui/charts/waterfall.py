"""Why did it change? A bridge from one value to the next, a signed bar for each named term."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from labsim.text import say
from labsim.ui.charts.items import Format
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import LEFT, RIGHT, box, focus_ring, width_of, write
from labsim.ui.widgets.tables import TableData, TableModel, TableRow

_TINY = 1e-9
"""A difference below this part of the largest figure is rounding; architecture.md, explanations."""


@dataclass(frozen=True)
class Term:
    """One named cause and what it added."""

    name: str
    value: float


@dataclass(frozen=True)
class _Bar:
    name: str
    text: str
    low: float
    high: float
    color: str
    is_sum: bool


class Waterfall(QWidget):
    """A bridge, a row a term: name, bar, signed figure. What the terms leave over is shown as a term of its own."""

    def __init__(self, theme: ThemeController, title: str, show: Format, parent: QWidget | None = None) -> None:
        """Make an empty bridge."""
        super().__init__(parent)
        self._theme, self._show = theme, show
        self._bars: tuple[_Bar, ...] = ()
        self._change = 0.0
        self._table: TableModel | None = None
        self.setObjectName(title.lower().replace(" ", "_") + "_bridge")
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for a row of comfortable height for each bar."""
        return QSize(self._theme.px(420), self._row() * max(3, len(self._bars)) + 8)

    def minimumSizeHint(self) -> QSize:
        """Ask for rows that can still be read."""
        return QSize(self._theme.px(260), self._theme.px(20) * max(3, len(self._bars)))

    def set_data(self, start: Term, terms: Sequence[Term], end: Term) -> None:
        """Show the way from one value to another; the terms keep their order."""
        left_over = end.value - start.value - math.fsum(term.value for term in terms)
        size = max(abs(start.value), abs(end.value), *(abs(term.value) for term in terms), 0.0)
        shown = [term for term in terms if term.value != 0]
        if abs(left_over) > _TINY * size:
            shown.append(Term(say("chart.not_explained"), left_over))
        bars = [self._sum(start)]
        at = start.value
        for term in shown:
            low, high = sorted((at, at + term.value))
            color = "good" if term.value > 0 else "bad"
            bars.append(_Bar(term.name, signed(term.value, self._show), low, high, color, is_sum=False))
            at += term.value
        self._bars = (*bars, self._sum(end))
        self._change = end.value - start.value
        self.setAccessibleDescription(self.summary())
        if self._table is not None:
            self._table.set_data(self.table_data())
        self.updateGeometry()
        self.update()

    def summary(self) -> str:
        """Return the change and its causes in words."""
        if not self._bars:
            return say("chart.nothing_yet", name=self.accessibleName())
        terms = ", ".join(f"{bar.name} {bar.text}" for bar in self._bars if not bar.is_sum)
        first, last = self._bars[0], self._bars[-1]
        change = signed(self._change, self._show)
        return say(
            "chart.change",
            title=self.accessibleName(),
            name=first.name,
            text=first.text,
            name2=last.name,
            text2=last.text,
            change=change,
            terms=terms,
        )

    def table_data(self) -> TableData:
        """Return the terms as rows."""
        rows = tuple(TableRow(bar.name, (bar.text,), bar.is_sum) for bar in self._bars)
        return TableData((say("chart.amount"),), rows)

    def table(self) -> TableModel:
        """Return the model of the table behind the bridge; it follows the bridge."""
        if self._table is None:
            self._table = TableModel(self._theme, self)
            self._table.set_data(self.table_data())
        return self._table

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the focus."""
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, the zero line and the steps between bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._bars:
            self._paint_rows(painter)
        if self.hasFocus():
            focus_ring(painter, self.rect().toRectF(), self._theme.color("accent"))
        painter.end()

    def _paint_rows(self, painter: QPainter) -> None:
        theme = self._theme
        font, strong = theme.font("body"), theme.font("title")
        names = min(max(width_of(bar.name, strong) for bar in self._bars) + 4, self.width() * 0.42)
        figures = max(width_of(bar.text, strong) for bar in self._bars) + 4
        area = QRectF(names + 16, 4, max(20.0, self.width() - names - figures - 40), self.height() - 8)
        row = area.height() / len(self._bars)
        low = min(0.0, *(bar.low for bar in self._bars))
        high = max(0.0, *(bar.high for bar in self._bars))
        scale = area.width() / ((high - low) or 1.0)
        zero = area.left() - low * scale
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.drawLine(QPointF(zero, area.top()), QPointF(zero, area.bottom()))
        at = 0.0
        for number, bar in enumerate(self._bars):
            top = area.top() + number * row
            x, wide = area.left() + (bar.low - low) * scale, max(2.0, (bar.high - bar.low) * scale)
            thick = min(row * 0.62, theme.px(20))
            box(painter, QRectF(x, top + (row - thick) / 2, wide, thick), theme.color(bar.color), None, 3)
            role = strong if bar.is_sum else font
            ink = theme.color("text" if bar.is_sum else bar.color)
            write(painter, QRectF(8, top, names, row), bar.name, role, theme.color("text"), LEFT)
            write(painter, QRectF(area.right() + 8, top, figures + 4, row), bar.text, strong, ink, RIGHT)
            at = self._next(at, bar)
            if number < len(self._bars) - 1:
                end = area.left() + (at - low) * scale
                painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(end, top + (row + thick) / 2), QPointF(end, top + row + (row - thick) / 2))

    def _next(self, at: float, bar: _Bar) -> float:
        """Return the value that the bridge has reached after a bar."""
        if bar.is_sum:
            return bar.high if bar.low == 0 else bar.low
        return bar.high if bar.color == "good" else bar.low

    def _sum(self, term: Term) -> _Bar:
        low, high = sorted((0.0, term.value))
        return _Bar(term.name, self._show(term.value), low, high, "info", is_sum=True)

    def _row(self) -> int:
        return self._theme.px(30)


def signed(value: float, show: Format) -> str:
    """Return a change with its sign, also when it is a gain; what is too small to be seen has none."""
    text = show(abs(value))
    if not any(digit in text for digit in "123456789"):
        return text
    return f"+{text}" if value > 0 else f"-{text}"
