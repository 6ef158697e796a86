"""How is the next run designed? The form bound to the draft, and the run in progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from labsim.errors import Message
from labsim.play.design import Design, Figures
from labsim.play.design_curves import SPARSE
from labsim.play.design_models import KnownModel
from labsim.play.design_run import Progress
from labsim.play.open_base import open_base
from labsim.text import render, say
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.game import GameController
from labsim.ui.orders.base import BaseOrder, size_instead
from labsim.ui.orders.fields import NumberOrder, OrderField, order_field
from labsim.ui.pages.model_lab_rows import progress_text, stop_text
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import Card, IconLabel
from labsim.ui.widgets.scroll import scroll_of
from labsim.ui.widgets.still import StillComboBox
from labsim.ui.widgets.styled import ElidedLabel, label_of

DESIGN = ("design_active", "design_sparsity", "design_tokens", "design_distil")
"""Decisions of a design, in the order of the fields of ``Design``."""
_BAR, _FULL = 180, 1000  # width and steps of the progress bar


def design_of(draft: DraftController, game: GameController) -> Design:
    """The design of the draft; the size of one that tunes is that of the open weights."""
    active, sparsity, tokens, distil = (draft.value(name) for name in DESIGN)
    if draft.value("design_base") <= 0.5:
        return Design(active, sparsity, tokens, distil)
    base = open_base(game.world, game.scenario)
    return Design(base.active, base.sparsity, tokens, distil, tunes=True)


def orders_of(design: Design) -> dict[str, float]:
    """A design as orders; one made here is trained from nothing."""
    sizes = (design.active, design.sparsity, design.tokens, design.distil)
    return {**dict(zip(DESIGN, sizes, strict=True)), "design_base": 0.0}


class DesignForm(Card):
    """The next run. `known_chosen(name)` from the list of known models, `best_asked` for the best size."""

    known_chosen = Signal(str)
    best_asked = Signal()

    def __init__(
        self, theme: ThemeController, game: GameController, draft: DraftController, why_not: Callable[[str], str]
    ) -> None:
        """Make the form; ``why_not`` says why an order cannot be given, empty if it can."""
        super().__init__(theme, say("model_lab.next_training_run"), "brain-circuit")
        self.base = BaseOrder(theme, game, draft, lambda: why_not("design_base"))
        self._draft, self._why_not = draft, why_not
        self._sparse = SPARSE
        self.dense, self.mixture = QRadioButton(say("model_lab.dense")), QRadioButton(say("model_lab.mixture_experts"))
        self.fields: Mapping[str, OrderField] = {
            name: order_field(theme, draft, name, lambda name=name: why_not(name))  # type: ignore[misc]
            for name in (*DESIGN, "design_open", "start_run")
        }
        for field in self.fields.values():
            if isinstance(field, NumberOrder):
                field.instead = lambda name: size_instead(name, game, draft)
        self.known, self.best = StillComboBox(), QPushButton(say("model_lab.best_size_budget"))
        self.note = label_of("", "small")
        self.note.setWordWrap(True)
        self._lay_out()
        self._join()

    def show_design(self, one: Figures, sparse_from: float) -> None:
        """Show what kind of model the draft is, and what can be changed."""
        is_sparse = one.design.sparsity > sparse_from
        if is_sparse:
            self._sparse = one.design.sparsity
        with QSignalBlocker(self.dense), QSignalBlocker(self.mixture):
            (self.mixture if is_sparse else self.dense).setChecked(True)
        reason = next((self._why_not(name) for name in DESIGN if self._why_not(name)), "")
        self.base.refresh()
        for control in (self.dense, self.mixture, self.known, self.best):
            control.setEnabled(not reason)
            control.setToolTip(reason)

    def say(self, text: str) -> None:
        """Say what will happen to the design."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def set_known(self, models: Sequence[KnownModel], notes: Sequence[str]) -> None:
        """Offer known models; ``notes`` are told as tool tips."""
        with QSignalBlocker(self.known):
            self.known.clear()
            self.known.addItem(say("model_lab.load_known_model"), "")
            for model, note in zip(models, notes, strict=True):
                self.known.addItem(model.name, model.name)
                self.known.setItemData(self.known.count() - 1, note, Qt.ItemDataRole.ToolTipRole)

    def _lay_out(self) -> None:
        kinds = QHBoxLayout()
        kinds.setSpacing(8)
        group = QButtonGroup(self)
        for button, key in ((self.dense, "dense"), (self.mixture, "mixture")):
            button.setAccessibleName(button.text())
            button.setObjectName(f"design_{key}")
            group.addButton(button)
            kinds.addWidget(button)
        kinds.addStretch(1)
        self.body.addWidget(self.base)
        self.body.addLayout(kinds)
        for name in DESIGN:
            field = self.fields[name]
            if isinstance(field, NumberOrder):
                field.field.hide_limits()
            self.body.addWidget(field)
        self.body.addWidget(self.fields["design_open"])
        for control, key in ((self.known, "known_model"), (self.best, "best_size")):
            control.setObjectName(key)
            self.body.addWidget(control)
        self.known.setAccessibleName(say("model_lab.known_name"))
        self.known.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.best.setAccessibleName(self.best.text())
        self.body.addWidget(self.fields["start_run"])
        self.body.addWidget(self.note)

    def _join(self) -> None:
        self.dense.clicked.connect(lambda: self._order_sparsity(1.0, say("model_lab.dense")))
        self.mixture.clicked.connect(lambda: self._order_sparsity(self._sparse, say("model_lab.mixture_experts")))
        self.best.clicked.connect(self.best_asked)
        self.known.activated.connect(self._choose)

    def _order_sparsity(self, sparsity: float, text: str) -> None:
        self._draft.order({"design_sparsity": sparsity}, text)

    def _choose(self, place: int) -> None:
        name = self.known.itemData(place)
        self.known.setCurrentIndex(0)
        if name:
            self.known_chosen.emit(name)


class RunStrip(QFrame):
    """The run in progress across the page: how far it is, what it would give, and the order that stops it."""

    def __init__(self, theme: ThemeController, draft: DraftController, why_not: Callable[[str], str]) -> None:
        """Make the strip; it is hidden while there is no run."""
        super().__init__()
        self.setProperty("kind", "card")
        self.setObjectName("run_in_progress")
        self.bar = QProgressBar()
        self.bar.setRange(0, _FULL)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(say("model_lab.progress_run"))
        self.bar.setObjectName("run_progress")
        self.bar.setMaximumWidth(theme.px(_BAR))
        self.text, self.gives = ElidedLabel("", "body"), ElidedLabel("", "small")
        self.stop = order_field(theme, draft, "stop_run", lambda: why_not("stop_run"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.text)
        words.addWidget(self.gives)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(IconLabel(theme, "chart-line"))
        row.addWidget(label_of(say("model_lab.run_progress"), "title"))
        row.addWidget(self.bar, 1)
        row.addLayout(words, 4)
        row.addWidget(self.stop)

    def show_run(self, run: Progress | None) -> None:
        """Show the run; without one there is nothing to show."""
        self.setVisible(run is not None)
        if run is not None:
            self.bar.setValue(round(run.part * _FULL))
            words, gives = progress_text(run), stop_text(run)
            self.bar.setAccessibleDescription(words)
            self.stop.setToolTip(gives)
            self.text.setText(words)
            self.gives.setText(gives)


def start_note(one: Figures, is_on: bool, starts: bool, kept: float) -> str:
    """What becomes of the design: it starts, it never ends, it is too weak; and what stagnation takes."""
    said = []
    if one.ready is None:
        said.append(Message("model_lab.never"))
    elif not is_on:
        said.append(Message(f"model_lab.{'starts' if starts else 'start_idle'}", {"ready": one.ready}))
    if not one.is_replacing:
        said.append(Message("model_lab.weaker", {"capability": one.capability}))
    if kept < 1.0:
        said.append(Message("model_lab.stagnation", {"kept": kept}))
    return " ".join(render(message) for message in said)


def scrolling(*widgets: QWidget) -> QScrollArea:
    """A column of widgets that scrolls where there is no room."""
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 6, 0)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return scroll_of(inner)
