"""What is the fleet used for this quarter? One bar split four ways, and the same four shares as sliders and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from labsim import formats
from labsim.text import say
from labsim.ui.theme import USES, ThemeController
from labsim.ui.widgets.line import OrderLine
from labsim.ui.widgets.quantity import quantity
from labsim.ui.widgets.sharebar import ShareBar
from labsim.ui.widgets.shares import Shares, exact, with_part
from labsim.ui.widgets.slider import Slider
from labsim.ui.widgets.styled import box, label_of, restyle

_WIDE = 620
"""From this width on, in pixels at normal text size, the details stand beside the sliders."""
PERCENT = 100
"""Positions of a share's slider: assistive tools read and set it in percent."""
_SHIFT = 5
"""With Shift an arrow moves five percent; experience.md, tokens."""


@dataclass(frozen=True)
class PartDetail:
    """What a part of the fleet does this quarter, in words made by the caller."""

    flop: str = ""
    tokens: str = ""
    price: str = ""

    def line(self) -> str:
        """Return the details as one line."""
        return "  ·  ".join(text for text in (self.flop, self.tokens, self.price) if text)


class TokenBar(QWidget):
    """The shares of training, alignment, inference and research: they always add to one.

    `changing(dict)` follows the hand and `changed(dict)` comes once when it lets go; keys are the four uses.
    """

    changing = Signal(object)
    changed = Signal(object)

    def __init__(self, theme: ThemeController, parent: QWidget | None = None) -> None:
        """Make a bar of four equal parts."""
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("token_shares")
        self.bar = ShareBar(theme)
        self.rows = {use: _Row(theme, use) for use in USES}
        self._reads = quantity("share")
        self._grid = QGridLayout()
        self._is_wide: bool | None = None
        self._lay_out()
        self._join()
        self.set_shares(dict.fromkeys(USES, 0.25))

    @property
    def shares(self) -> dict[str, float]:
        """The four shares; their sum is one."""
        return dict(zip(USES, self.bar.shares, strict=True))

    def set_shares(self, shares: Mapping[str, float]) -> None:
        """Show other shares without telling anybody; they are brought to a sum of one."""
        given = tuple(float(shares[use]) for use in USES)
        self._show(given if sum(given) == 1.0 else exact(given))

    def set_details(self, details: Mapping[str, PartDetail]) -> None:
        """Show under each part its FLOP, its tokens this quarter and what a million of them costs."""
        for use, detail in details.items():
            row = self.rows[use]
            row.detail.setText(detail.line())
            row.slider.setAccessibleDescription(f"{formats.share(self.shares[use])}. {detail.line()}")

    def set_reason(self, reason: str) -> None:
        """Disable the bar and say why; an empty reason enables it."""
        for widget in (
            self.bar,
            *(row.slider for row in self.rows.values()),
            *(row.edit for row in self.rows.values()),
        ):
            widget.setEnabled(not reason)
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the details beside the sliders when there is room."""
        super().resizeEvent(event)
        self._place_details(self.width() >= self._theme.px(_WIDE))

    def _lay_out(self) -> None:
        self._reason = label_of("", "warn")
        self._reason.setWordWrap(True)
        self._reason.hide()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        for at, row in enumerate(self.rows.values()):
            self._grid.addWidget(row.swatch, 2 * at, 0)
            self._grid.addWidget(row.name, 2 * at, 1)
            self._grid.addWidget(row.slider, 2 * at, 2)
            self._grid.addWidget(row.edit, 2 * at, 3)
        self._grid.setColumnStretch(2, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self.bar)
        whole.addLayout(self._grid)
        whole.addWidget(self._reason)
        self._place_details(wide=False)
        self._theme.changed.connect(self._retheme)
        self._retheme()

    def _place_details(self, wide: bool) -> None:
        if wide == self._is_wide:
            return
        self._is_wide = wide
        self._grid.setVerticalSpacing(8 if wide else 0)
        for at, row in enumerate(self.rows.values()):
            self._grid.removeWidget(row.detail)
            if wide:
                self._grid.addWidget(row.detail, 2 * at, 4)
            else:
                self._grid.addWidget(row.detail, 2 * at + 1, 1, 1, 3)
            across = QSizePolicy.Policy.Preferred if wide else QSizePolicy.Policy.Ignored
            row.detail.setSizePolicy(across, QSizePolicy.Policy.Preferred)
            row.detail.setContentsMargins(8 if wide else 0, 0, 0, 0 if wide else 6)

    def _retheme(self) -> None:
        for row in self.rows.values():
            row.edit.setFixedWidth(self._theme.px(72))

    def _join(self) -> None:
        self.bar.dragging.connect(self._dragged)
        self.bar.dropped.connect(self._tell)
        for at, row in enumerate(self.rows.values()):
            row.slider.moving.connect(lambda place, which=at: self._set_part(which, place / PERCENT))
            row.slider.let_go.connect(self._tell)
            row.edit.editingFinished.connect(lambda which=at: self._typed(which))

    def _dragged(self, shares: Shares) -> None:
        self._show(shares)
        self.changing.emit(self.shares)

    def _set_part(self, which: int, value: float) -> None:
        self._show(with_part(self.bar.shares, which, value))
        self.changing.emit(self.shares)

    def _typed(self, which: int) -> None:
        edit = self.rows[USES[which]].edit
        if not edit.isModified():
            return
        try:
            value = self._reads.parse(edit.text())
            if not 0.0 <= value <= 1.0:
                raise ValueError(say("orders.share_lies_between"))
        except ValueError as error:
            restyle(edit, wrong=True)
            edit.setToolTip(str(error))
            return
        self._set_part(which, value)
        self._tell()

    def _tell(self) -> None:
        self.changed.emit(self.shares)

    def _show(self, shares: Shares) -> None:
        self.bar.set_shares(shares)
        for share, row in zip(shares, self.rows.values(), strict=True):
            row.slider.set_quietly(round(share * PERCENT))
            row.slider.setAccessibleDescription(f"{formats.share(share)}. {row.detail.text()}")
            row.edit.setText(formats.share(share))
            restyle(row.edit, wrong=False)
            row.edit.setToolTip("")


class _Row:
    """The controls of one part."""

    def __init__(self, theme: ThemeController, use: str) -> None:
        """Make them for a use of the fleet."""
        name = say(f"use.{use}")
        self.swatch = _Swatch(theme, use)
        self.name = label_of(name, "title")
        self.slider = Slider(say("orders.share", name=name), step=1, shift=_SHIFT)
        self.slider.setRange(0, PERCENT)
        self.slider.setProperty("use", use)
        self.edit = OrderLine()
        self.edit.setAccessibleName(say("orders.percent", name=name))
        self.edit.setObjectName(f"{use}_percent")
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.detail = label_of("", "small")
        self.detail.setWordWrap(True)


class _Swatch(QWidget):
    """A dot in the colour of a use."""

    def __init__(self, theme: ThemeController, use: str) -> None:
        """Make it."""
        super().__init__()
        self._theme = theme
        self._use = use
        self.setFixedSize(10, 10)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box(painter, self.rect().toRectF(), self._theme.color(self._use), None, 3)
        painter.end()
