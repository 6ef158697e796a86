"""A number that can be typed with its unit, stepped with arrows and dragged: the control behind most orders."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.line import OrderLine
from labsim.ui.widgets.quantity import Quantity, quantity
from labsim.ui.widgets.slider import STEPS, Slider
from labsim.ui.widgets.stepper import Stepper
from labsim.ui.widgets.styled import label_of, restyle

_ARROWS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
_SHIFT = 10
"""With Shift an arrow steps ten times as far; game choice."""
_LOG_STEP = 1.05
"""One step on a logarithmic field; game choice."""


class NumberField(QWidget):
    """Label, typed value and, if wanted, a slider; below it the limits, or what is wrong, or why it is disabled.

    `changing(value)` follows the hand, `changed(value)` comes once when it lets go. Setting a value tells nobody.
    """

    changing = Signal(object)
    changed = Signal(object)

    def __init__(
        self,
        theme: ThemeController,
        label: str,
        value: float = 0.0,
        *,
        low: float = 0.0,
        high: float = math.inf,
        step: float | None = None,
        unit: str = "",
        format: str | None = None,
        is_log: bool = False,
        has_slider: bool = False,
        reads: Quantity | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Make a field for a number of a declared unit between two limits."""
        super().__init__(parent)
        if is_log and low <= 0:
            raise ValueError(f"{label}: a logarithmic field needs a lower limit above zero")
        self._theme = theme
        self._reads = reads or quantity(unit, format)
        self._low, self._high, self._step, self._is_log = low, high, step, is_log
        self._value = value
        self._hint = self._reason = ""
        self._has_stepped = False
        self._has_limits_shown = has_slider
        self.setObjectName(f"{label.lower().replace(' ', '_')}_field")
        self.label = label_of(label)
        self.label.setWordWrap(True)
        self.edit = OrderLine()
        self.edit.setAccessibleName(label)
        self.edit.setObjectName(label.lower().replace(" ", "_"))
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.label.setBuddy(self.edit)
        self.slider = Slider(label, shift=_SHIFT) if has_slider else None
        self.stepper = None if has_slider else Stepper(theme, label)
        self.note = label_of("", "small")
        self.note.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._lay_out()
        self._join()
        self._retheme()
        self._show()

    @property
    def value(self) -> float:
        """The number as it stands."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show another number without telling anybody."""
        self._value = value
        self._show()

    def set_limits(self, low: float, high: float) -> None:
        """Set the limits."""
        self._low, self._high = low, high
        self._show()

    def set_hint(self, hint: str) -> None:
        """Set the words below the field, such as the budget that remains."""
        self._hint = hint
        self._show_note()

    def text_of(self, value: float) -> str:
        """Return a number as this field writes it."""
        return self._reads.show(value)

    def hide_limits(self) -> None:
        """Leave the limits out of the words below the field, where something else shows them."""
        self._has_limits_shown = False
        self._show_note()

    def set_reason(self, reason: str) -> None:
        """Disable the field and say why; an empty reason enables it."""
        self._reason = reason
        self.edit.setEnabled(not reason)
        self.label.setEnabled(not reason)
        for mover in (self.slider, self.stepper):
            if mover is not None:
                mover.setEnabled(not reason)
        self._show_note()

    def step(self, steps: int) -> None:
        """Move by so many steps, as the arrows do."""
        if self._is_log:
            moved = max(self._value, self._low, 1e-12) * _LOG_STEP**steps
        else:
            moved = self._value + steps * self._step_size()
        self._move(moved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Step with the arrows in the text field."""
        if watched is self.edit and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() in _ARROWS:
                shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._has_stepped = True
                self.step(_ARROWS[Qt.Key(event.key())] * (_SHIFT if shifted else 1))
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape and self.edit.isModified():
                self._show()
                return True
            if event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
                self._finish_steps()
        elif watched is self.edit and event.type() == QEvent.Type.FocusOut:
            self._finish_steps()
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.label, 0, 0)
        grid.addWidget(self.edit, 0, 2)
        if self.slider is not None:
            grid.addWidget(self.slider, 1, 0, 1, 3)
        if self.stepper is not None:
            grid.addWidget(self.stepper, 0, 1)
        grid.addWidget(self.note, 2, 0, 1, 3)

    def _join(self) -> None:
        self.edit.installEventFilter(self)
        self.edit.editingFinished.connect(self._typed)
        self._theme.changed.connect(self._retheme)
        if self.slider is not None:
            self.slider.moving.connect(self._slid)
            self.slider.let_go.connect(self._let_go)
        if self.stepper is not None:
            self.stepper.stepped.connect(self._clicked)
            self.stepper.let_go.connect(self._finish_steps)

    def _clicked(self, way: int) -> None:
        """Step by a button, with the field in hand as if it had been stepped with keys."""
        self.edit.setFocus(Qt.FocusReason.MouseFocusReason)
        self._has_stepped = True
        self.step(way)

    def _retheme(self) -> None:
        self.edit.setFixedWidth(self._theme.px(112))

    def _typed(self) -> None:
        if not self.edit.isModified():
            return
        try:
            number = self._reads.parse(self.edit.text())
        except ValueError as error:
            self._say(str(error), wrong=True)
            return
        if not self._low <= number <= self._high:
            self._say(say("kit.outside", number=self._reads.show(number), limits=self._limits()), wrong=True)
            return
        self.edit.setModified(False)
        if number != self._value:
            self._move(number)
            self._let_go()
        else:
            self._show()

    def _slid(self, position: int) -> None:
        part = position / STEPS
        low, high = self._low, self._high
        if not math.isfinite(high - low):
            return
        if self._is_log:
            moved = low * (high / low) ** part
        else:
            moved = low + (high - low) * part
            size = self._step_size()
            moved = high if position == STEPS else low + round((moved - low) / size) * size
        self._move(moved)

    def _move(self, value: float) -> None:
        value = min(self._high, max(self._low, value))
        if value != self._value:
            self._value = value
            self._show()
            self.changing.emit(value)

    def _finish_steps(self) -> None:
        if self._has_stepped:
            self._has_stepped = False
            self._let_go()

    def _let_go(self) -> None:
        self.changed.emit(self._value)

    def _step_size(self) -> float:
        if self._step is not None:
            return self._step
        span = self._high - self._low
        return span / 100 if math.isfinite(span) and span > 0 else 1.0

    def _position(self) -> int:
        low, high = self._low, self._high
        if not math.isfinite(high - low) or high <= low:
            return 0
        value = min(high, max(low, self._value))
        part = math.log(value / low) / math.log(high / low) if self._is_log else (value - low) / (high - low)
        return round(part * STEPS)

    def _limits(self) -> str:
        low, high = self._reads.show(self._low), self._reads.show(self._high)
        if math.isinf(self._high):
            return say("kit.least", low=low) if math.isfinite(self._low) else ""
        return f"{low} – {high}" if math.isfinite(self._low) else say("kit.most", high=high)

    def _show(self) -> None:
        self.edit.setText(self._reads.show(self._value))
        self.edit.setAccessibleDescription(self._limits())
        if self.slider is not None:
            span = self._high - self._low
            if not self._is_log and math.isfinite(span) and span > 0:
                self.slider.setSingleStep(max(1, math.ceil(STEPS * self._step_size() / span)))
            self.slider.set_quietly(self._position())
            self.slider.setAccessibleDescription(self._reads.show(self._value))
        self._show_note()

    def _show_note(self) -> None:
        limits = self._limits() if self._has_limits_shown else ""
        self._say(self._reason or self._hint or limits, wrong=False)

    def _say(self, text: str, wrong: bool) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))
        restyle(self.note, role="bad" if wrong else "warn" if self._reason else "small")
        restyle(self.edit, wrong=wrong)


class SliderField(NumberField):
    """A number field with a slider below it."""

    def __init__(
        self,
        theme: ThemeController,
        label: str,
        value: float,
        low: float,
        high: float,
        *,
        step: float | None = None,
        unit: str = "",
        format: str | None = None,
        is_log: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make a slider from `low` to `high`; a logarithmic one needs `low` above zero."""
        super().__init__(
            theme,
            label,
            value,
            low=low,
            high=high,
            step=step,
            unit=unit,
            format=format,
            is_log=is_log,
            has_slider=True,
            parent=parent,
        )
