"""Which control gives which order? One control for each decision of the registry, bound to the draft."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from labsim.model.decisions import DECISIONS
from labsim.text import say, sentences
from labsim.ui.controllers.draft import DraftController
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.fields import NumberField
from labsim.ui.widgets.still import StillComboBox
from labsim.ui.widgets.styled import label_of
from labsim.variables import Variable

DECLARED = {variable.name: variable for variable in DECISIONS}
Reason = Callable[[], str]
Instead = Callable[[str], float | None]

"""Short names on controls; the registry's label elsewhere."""

# A step is a small order of a young lab, and Shift takes ten: game choice.
_LOOK: dict[str, dict[str, object]] = {
    "buy_gpus": {"unit": "GPU", "step": 100.0},
    "reserve_gpus": {"unit": "GPU", "step": 100.0},
    "on_demand_gpus": {"unit": "GPU", "step": 100.0},
    "build_power": {"unit": "MW", "step": 1.0},
    "partner_equity": {"format": "share", "has_slider": True, "step": 0.01},
    "design_active": {"format": "short", "is_log": True, "has_slider": True},
    "design_sparsity": {"format": "ratio", "is_log": True, "has_slider": True},
    "design_tokens": {"unit": "T", "is_log": True, "has_slider": True},
    "design_distil": {"format": "share", "is_log": True, "has_slider": True},
    "thinking": {"format": "ratio", "is_log": True, "has_slider": True},
    "free_tier": {"format": "share", "has_slider": True, "step": 0.01},
    "staff_target": {"unit": "persons", "step": 10.0},
    "data_purchase": {"unit": "T", "has_slider": True},
    "evaluation_spend": {"unit": "M$", "step": 1.0},
    "lobbying_spend": {"unit": "M$", "step": 1.0},
    "transparency": {"format": "share", "has_slider": True, "step": 0.01},
    "raise_amount": {"unit": "M$", "step": 50.0},
    "borrow_change": {"unit": "M$", "step": 10.0},
    "sell_gpus": {"format": "share", "has_slider": True, "step": 0.01},
    "sublet": {"format": "share", "has_slider": True, "step": 0.01},
}


def is_in_hand(widget: QWidget) -> bool:
    """Whether the keyboard's focus, and so the hand, is on a control inside of a widget."""
    focus = QApplication.focusWidget()
    return focus is not None and widget.isAncestorOf(focus)


def label_for(name: str) -> str:
    """What a control of this decision is called."""
    key = f"orders.label.{name}"
    return say(key) if key in sentences() else DECLARED[name].label


class OrderField(QWidget):
    """A control for one decision. It follows the draft, and says why it is off when ``reason`` gives a sentence."""

    def __init__(self, theme: ThemeController, draft: DraftController, name: str, reason: Reason | None = None) -> None:
        """Make the control that fits the decision."""
        super().__init__()
        self.name = name
        self._draft, self._reason = draft, reason
        self._declared: Variable = DECLARED[name]
        self.setObjectName(f"order_{name}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._inner = self._make(theme)
        column.addWidget(self._inner)
        draft.changed.connect(self._follow)

    def refresh(self) -> None:
        """Show the draft's value, its limits, and whether the control is on."""
        raise NotImplementedError

    def set_hint(self, text: str) -> None:
        """Say something small under the control."""

    def _follow(self) -> None:
        """Show the draft; while a hand moves another control this one waits until it lets go."""
        if not self._draft.is_moving or is_in_hand(self):
            self.refresh()

    def _make(self, theme: ThemeController) -> QWidget:
        raise NotImplementedError

    def _off_reason(self) -> str:
        return self._reason() if self._reason is not None else ""


class NumberOrder(OrderField):
    """A number with a unit: typed, stepped or slid. ``instead`` gives what is shown while another number counts."""

    instead: Instead | None = None

    def refresh(self) -> None:
        """Follow the draft."""
        low, high = self._draft.limits(self.name)
        shown = self.instead(self.name) if self.instead is not None else None
        self.field.set_limits(low, high)
        self.field.set_value(self._draft.value(self.name) if shown is None else shown)
        self.field.set_reason(self._off_reason())

    def set_hint(self, text: str) -> None:
        """Say something small under the control, such as a price."""
        self.field.set_hint(text)

    def _make(self, theme: ThemeController) -> QWidget:
        said = self._declared
        look = {"low": said.low, "high": said.high, **_LOOK[self.name]}
        self.field = NumberField(theme, label_for(self.name), said.low, **look)  # type: ignore[arg-type]
        self.field.edit.setAccessibleDescription(say("orders.unit", meaning=said.meaning, unit=said.unit))
        self.field.setToolTip(said.meaning)
        self.field.changing.connect(lambda value: self._order(value, True))
        self.field.changed.connect(lambda value: self._order(value, False))
        return self.field

    def _order(self, value: float, is_moving: bool) -> None:
        self._draft.order({self.name: float(value)}, label_for(self.name), is_moving)


class FlagOrder(OrderField):
    """Yes or no."""

    def refresh(self) -> None:
        """Follow the draft."""
        reason = self._off_reason()
        with QSignalBlocker(self.box):
            self.box.setChecked(self._draft.value(self.name) > 0.5)
        self.box.setEnabled(not reason)
        self.note.setText(reason)
        self.note.setVisible(bool(reason))

    def _make(self, theme: ThemeController) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.box = QCheckBox(label_for(self.name))
        self.box.setAccessibleName(label_for(self.name))
        self.box.setAccessibleDescription(self._declared.meaning)
        self.box.setObjectName(self.name)
        self.box.setToolTip(self._declared.meaning)
        self.note = label_of("", "warn")
        self.note.setWordWrap(True)
        self.note.hide()
        self.box.toggled.connect(self._order)
        column.addWidget(self.box)
        column.addWidget(self.note)
        return whole

    def _order(self, is_on: bool) -> None:
        if not is_on and self._declared.kind == "once":
            self._draft.take_back(self.name, label_for(self.name))
        else:
            self._draft.order({self.name: 1.0 if is_on else 0.0}, label_for(self.name))


class TechniqueOrder(OrderField):
    """A technique to research, from those not in hand."""

    def __init__(
        self, theme: ThemeController, draft: DraftController, names: Callable[[], list[tuple[str, int, str]]]
    ) -> None:
        """``names`` gives (words, index, why not) of every technique; index −1 is the first one missing."""
        self._names = names
        super().__init__(theme, draft, "technique_focus")

    def refresh(self) -> None:
        """Follow the draft and the techniques in hand."""
        chosen = round(self._draft.value(self.name))
        with QSignalBlocker(self.box):
            self.box.clear()
            self.box.addItem(say("orders.first_one_missing"), -1)
            for words, index, why_not in self._names():
                self.box.addItem(words, index)
                item = self.box.model().index(self.box.count() - 1, 0)
                if why_not:
                    self.box.model().setData(item, 0, _ITEM_FLAGS)
                    self.box.setItemData(self.box.count() - 1, why_not, _TOOL_TIP)
            self.box.setCurrentIndex(max(self.box.findData(chosen), 0))
            self.box.setToolTip(self.box.currentText())

    def _make(self, theme: ThemeController) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        self.box = StillComboBox()
        # Long entries show whole in the list; they must not widen the card.
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(_LETTERS)
        self.box.setAccessibleName(label_for(self.name))
        self.box.setAccessibleDescription(self._declared.meaning)
        self.box.setObjectName(self.name)
        label = label_of(label_for(self.name))
        label.setBuddy(self.box)
        row.addWidget(label)
        row.addWidget(self.box, 1)
        self.box.activated.connect(self._order)
        return whole

    def _order(self, place: int) -> None:
        self._draft.order({self.name: float(self.box.itemData(place))}, label_for(self.name))


_LETTERS = 10  # of a combo box at its narrowest
_ITEM_FLAGS = 0x0100 - 1  # Qt.ItemDataRole.UserRole − 1: enabled flags of a combo box item
_TOOL_TIP = 3  # Qt.ItemDataRole.ToolTipRole


def order_field(theme: ThemeController, draft: DraftController, name: str, reason: Reason | None = None) -> OrderField:
    """The plain control of a decision: a number field, or a check box for a flag."""
    kind = FlagOrder if DECLARED[name].unit == "flag" else NumberOrder
    return kind(theme, draft, name, reason)
