"""What does each segment pay? Prices beside the norm of the market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.fields import NumberField
from labsim.ui.widgets.styled import RIGHT, arrow, height_of, write

_REACH = 4.0
"""A slider goes from a quarter of the norm to four times it; game choice."""


@dataclass(frozen=True)
class SegmentPrice:
    """One segment: its key, name, price, norm (what customers expect to pay) and the unit of both."""

    key: str
    name: str
    price: float
    norm: float
    unit: str = "$/M tokens"


class SegmentPrices(QWidget):
    """A field for each segment, and how far each price lies from the norm.

    `changing(dict)` follows the hand and `changed(dict)` comes once when it lets go; keys are those of the segments.
    """

    changing = Signal(object)
    changed = Signal(object)

    def __init__(self, theme: ThemeController, segments: Sequence[SegmentPrice]) -> None:
        """Make the fields."""
        super().__init__()
        self.setObjectName("segment_prices")
        self.fields: dict[str, NumberField] = {}
        self._norms: dict[str, float] = {}
        self._marks: dict[str, _NormMark] = {}
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        for segment in segments:
            field = NumberField(
                theme,
                say("orders.price", name=segment.name),
                segment.price,
                low=segment.norm / _REACH,
                high=segment.norm * _REACH,
                unit=segment.unit,
                is_log=True,
                has_slider=True,
            )
            field.hide_limits()
            mark = _NormMark(theme)
            field.changing.connect(self._moved)
            field.changed.connect(self._tell)
            row = QVBoxLayout()
            row.setSpacing(0)
            row.addWidget(field)
            row.addWidget(mark)
            whole.addLayout(row)
            self.fields[segment.key], self._marks[segment.key] = field, mark
        self.set_data(segments)

    @property
    def prices(self) -> dict[str, float]:
        """The prices by segment."""
        return {key: field.value for key, field in self.fields.items()}

    def set_data(self, segments: Sequence[SegmentPrice]) -> None:
        """Show other prices and norms of the same segments, without telling anybody."""
        for segment in segments:
            self._norms[segment.key] = segment.norm
            field = self.fields[segment.key]
            field.set_limits(segment.norm / _REACH, segment.norm * _REACH)
            field.set_value(segment.price)
            self._marks[segment.key].norm_text = field.text_of(segment.norm)
        self._show()

    def _moved(self, _value: object) -> None:
        self._show()
        self.changing.emit(self.prices)

    def _tell(self, _value: object) -> None:
        self._show()
        self.changed.emit(self.prices)

    def _show(self) -> None:
        for key, field in self.fields.items():
            self._marks[key].set_ratio(field.value / self._norms[key] - 1)


class _NormMark(QWidget):
    """The norm below a slider: a tick in its middle, and how far the price lies from it."""

    def __init__(self, theme: ThemeController) -> None:
        super().__init__()
        self._theme = theme
        self._away = 0.0
        self.norm_text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(20))

    def set_ratio(self, away: float) -> None:
        """Show how far the price lies from the norm, as a part of it."""
        self._away = away
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, small = self.rect().toRectF(), theme.font("small")
        middle = rect.width() / 2
        painter.setPen(QPen(theme.color("muted"), 1.5))
        painter.drawLine(QPointF(middle, 0), QPointF(middle, 4))
        line = QRectF(0, rect.bottom() - height_of(small), rect.width(), height_of(small))
        ink = theme.color("muted")
        percent = round(self._away * 100)
        text = (
            say("orders.at_norm")
            if percent == 0
            else say(f"orders.{'above' if percent > 0 else 'below'}_norm", percent=abs(percent))
        )
        left = 0.0
        if percent:
            arrow(painter, QPointF(5, line.center().y()), theme.px(8), ink, up=percent > 0)
            left = theme.px(8) + 6
        write(painter, line.adjusted(left, 0, 0, 0), text, small, ink)
        norm = say("orders.norm", norm_text=self.norm_text)
        write(painter, line, norm, small, ink, RIGHT)
        painter.end()
