"""Is the next model trained from nothing, or the best open weights tuned? Two buttons, and what there is to tune."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from labsim import formats
from labsim.play.open_base import OpenBase, open_base
from labsim.text import say
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.game import GameController
from labsim.ui.orders.fields import OrderField, Reason
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import label_of

SIZES = {"design_active": "active", "design_sparsity": "sparsity"}
"""Orders of a design that the open weights answer when they are tuned."""


class BaseOrder(OrderField):
    """From nothing, or from open weights."""

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController, reason: Reason) -> None:
        """Follow the draft; ``reason`` says why it cannot be chosen, empty if it can."""
        self._game = game
        super().__init__(theme, draft, "design_base", reason)

    def refresh(self) -> None:
        """Show which it is, and the weights there are."""
        tunes = self._draft.value(self.name) > 0.5
        with QSignalBlocker(self.scratch), QSignalBlocker(self.tune):
            (self.tune if tunes else self.scratch).setChecked(True)
        reason = self._off_reason()
        for button in (self.scratch, self.tune):
            button.setEnabled(not reason)
        self.note.setText(reason or base_words(open_base(self._game.world, self._game.scenario)))

    def _make(self, theme: ThemeController) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.scratch, self.tune = QRadioButton(say("orders.from_nothing")), QRadioButton(say("orders.tune_open"))
        self._group = QButtonGroup(self)
        for button, key in ((self.scratch, "base_own"), (self.tune, "base_open")):
            button.setAccessibleName(button.text())
            button.setAccessibleDescription(self._declared.meaning)
            button.setToolTip(self._declared.meaning)
            button.setObjectName(key)
            self._group.addButton(button)
            column.addWidget(button)
        self.note = label_of("", "small")
        self.note.setWordWrap(True)
        column.addWidget(self.note)
        self.scratch.clicked.connect(lambda: self._order(0.0))
        self.tune.clicked.connect(lambda: self._order(1.0))
        return whole

    def _order(self, value: float) -> None:
        if value != self._draft.value(self.name):
            self._draft.order({self.name: value}, say("orders.tune_open" if value else "orders.from_nothing"))


def base_words(found: OpenBase) -> str:
    """The best open weights in a sentence."""
    sizes = {"active": formats.short(found.active), "total": formats.short(found.total)}
    size = say("orders.open_dense" if sizes["active"] == sizes["total"] else "orders.open_sparse", **sizes)
    key = "orders.open_weights_by" if found.owner else "orders.open_weights"
    return say(key, owner=found.owner, capability=f"{found.capability:.0f}", size=size)


def size_reason(name: str, draft: DraftController) -> str:
    """Why a part of the design cannot be chosen while open weights are tuned; empty if it can."""
    if name not in (*SIZES, "design_open") or draft.value("design_base") <= 0.5:
        return ""
    return say("orders.size_of_open" if name in SIZES else "orders.open_stays")


def size_instead(name: str, game: GameController, draft: DraftController) -> float | None:
    """The size of the open weights while they are tuned; None where the draft's own counts."""
    if name not in SIZES or not size_reason(name, draft):
        return None
    return float(getattr(open_base(game.world, game.scenario), SIZES[name]))
