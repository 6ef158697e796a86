"""What shall be trained next? The Model lab: a design, where it stands among others, and everything it would give."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from labsim.errors import Message
from labsim.play.design import Bench, Design, Figures, figures
from labsim.play.design_curves import SPARSE, at_budget, best_design
from labsim.play.design_models import known_model, known_models
from labsim.play.design_run import progress
from labsim.text import render, say
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.game import GameController
from labsim.ui.orders.base import size_reason
from labsim.ui.pages.model_lab_charts import DesignCharts, best_name
from labsim.ui.pages.model_lab_form import DESIGN, DesignForm, RunStrip, design_of, orders_of, scrolling, start_note
from labsim.ui.pages.model_lab_rows import known_note, rows, title_of
from labsim.ui.pages.model_lab_table import FigureTable
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import Card, EmptyState
from labsim.ui.widgets.styled import label_of
from labsim.ui.window import Page

FORM_WIDTH, FIGURES_WIDTH = 344, 450
_CHARTS_WIDTH, _GAPS = 300, 50  # least width of the charts beside the figures; margins and splitters
_FIGURES_LEAST = 428  # of the figures below the charts
_TABLE_HEIGHT = 120  # of the figures, in pixels at normal text size
_EQUAL = 500
_WHY_LINES = 4
_PINS = ("A", "B")


@dataclass
class Rival:
    """A design to compare with: A dense, B sparse, on the draft's budget until it is pinned."""

    name: str
    pin: QPushButton
    use: QPushButton
    pinned: Design | None = None
    design: Design | None = None


class ModelLabPage(Page):
    """The page. It follows the draft while it is in front, and catches up when it arrives."""

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the page of a game and its draft."""
        super().__init__()
        self._theme, self._game, self._draft = theme, game, draft
        self._quarter: tuple[object, ...] = ()
        self._is_narrow: bool | None = None
        self.shown: Figures | None = None
        self.form = DesignForm(theme, game, draft, self._why_not)
        self.run = RunStrip(theme, draft, self._why_not)
        self.charts = DesignCharts(theme)
        self.table = FigureTable(theme)
        self.why = label_of("", "small")
        self.known_text = label_of(render(Message("model_lab.known_hint")), "small")
        self.rivals = tuple(self._rival(name) for name in _PINS)
        self.empty = EmptyState(
            theme, "brain-circuit", say("model_lab.no_design_yet"), render(Message("model_lab.no_game"))
        )
        self.ended = EmptyState(theme, "brain-circuit", say("model_lab.lab_ended"), render(Message("model_lab.ended")))
        self._lay_out()
        self._join()
        self._retheme()

    # ---- showing ----------------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        """Show the draft as it stands."""
        self.refresh()

    def refresh(self) -> None:
        """Show the design, where it stands and what it gives."""
        bench = self._bench()
        if bench is None:
            self.stack.setCurrentWidget(self.ended if self._game.is_open else self.empty)
            return
        self.stack.setCurrentWidget(self._lab)
        one = self.shown = figures(design_of(self._draft, self._game), bench)
        self._show_quarter(bench)
        self.form.show_design(one, float(bench.p.sparse_from[0]))
        self.run.show_run(progress(bench))
        is_on = bench.of_seat(bench.world.training.run_on) > 0.0
        kept = float(bench.record.report.effects.stagnation_effect[0])
        self.form.say(start_note(one, is_on, self._draft.value("start_run") > 0.5, kept))
        self.charts.show_design(one, bench, not self._why_not_design())
        self._show_table(one, bench)

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        self.charts.flip()

    def _show_quarter(self, bench: Bench) -> None:
        """Bring up to date what changes once a quarter, not while a design is moved."""
        now = (id(bench.world), bench.seat, bench.data.tobytes(), bench.algorithms.tobytes())
        if now != self._quarter:
            self._quarter = now
            models = known_models()
            self.form.set_known(models, [known_note(m.name, m.note, m.source, m.confidence) for m in models])
            self.charts.set_quarter(bench, models, self._game.scenario.labs)

    def _show_table(self, one: Figures, bench: Bench) -> None:
        others, names = [], []
        for rival, sparsity in zip(self.rivals, (1.0, self._sparsity(one, bench)), strict=True):
            rival.design = rival.pinned or best_design(one.flop, sparsity, bench, one.design.distil)
            others.append(figures(rival.design, bench))
            key = "model_lab.pinned_column" if rival.pinned else "model_lab.column"
            names.append(say(key, name=rival.name, design=title_of(rival.design)))
        is_first = not self.table.figures.rows
        self.table.show_rows((say("model_lab.yours", design=title_of(one.design)), *names), rows([one, *others], bench))
        if is_first:
            self.table.explain("capability")
        reason = self._why_not_design()
        for rival in self.rivals:
            rival.use.setEnabled(not reason)
            rival.use.setToolTip(reason or say("model_lab.make_draft_like", name=rival.name))

    def _sparsity(self, one: Figures, bench: Bench) -> float:
        return one.design.sparsity if one.design.sparsity > float(bench.p.sparse_from[0]) else SPARSE

    # ---- ordering ---------------------------------------------------------------------------------------------------

    def load(self, name: str) -> None:
        """Make the draft like a known model, or give it the best size for its budget."""
        if self._why_not_design():
            return
        if name == best_name():
            self._use_best()
            return
        model = known_model(name)
        self._draft.order(orders_of(model.design), say("model_lab.load", name=model.name))
        self.known_text.setText(known_note(model.name, model.note, model.source, model.confidence))

    def _use_best(self) -> None:
        bench = self._bench()
        if bench is not None and self.shown is not None:
            own = self.shown.design
            best = best_design(self.shown.flop, own.sparsity, bench, own.distil)
            self._draft.order({"design_active": best.active, "design_tokens": best.tokens}, say("model_lab.best_size"))

    def _move(self, active: float, is_moving: bool) -> None:
        """Another size on the same budget."""
        bench = self._bench()
        if bench is not None and self.shown is not None and not self._why_not_design():
            moved = at_budget(active, self.shown.flop, self.shown.design, bench)
            self._draft.order(
                {"design_active": moved.active, "design_tokens": moved.tokens}, say("model_lab.your_design"), is_moving
            )

    def _pin(self, rival: Rival) -> None:
        """Hold the draft's design in a column, or let the column follow the budget again."""
        rival.pinned = None if rival.pinned is not None or self.shown is None else self.shown.design
        rival.pin.setText(
            say("model_lab.unpin", name=rival.name) if rival.pinned else say("model_lab.pin", name=rival.name)
        )
        rival.pin.setAccessibleName(rival.pin.text())
        self.refresh()

    def _use(self, rival: Rival) -> None:
        if rival.design is not None:
            self._draft.order(orders_of(rival.design), say("model_lab.use_design", name=rival.name))

    def _why_not(self, name: str) -> str:
        """Why an order cannot be given now."""
        if not self._game.is_open:
            return ""
        if name in self._game.scenario.hidden_orders:
            return render(Message("model_lab.hidden"))
        is_on = float(self._game.world.training.run_on[self._game.seat, 0]) > 0.0
        if reason := size_reason(name, self._draft):
            return reason
        if name == "start_run" and is_on:
            return render(Message("model_lab.run_on"))
        if name == "stop_run" and not is_on:
            return render(Message("model_lab.no_run"))
        return ""

    def _why_not_design(self) -> str:
        return next((reason for reason in map(self._why_not, DESIGN) if reason), "")

    def _bench(self) -> Bench | None:
        """The bench of the draft; None without a game or after the lab's end."""
        game = self._game
        if not game.is_open or float(game.world.capital.status[game.seat, 0]) != 0.0:
            return None
        return Bench.of(game.scenario, game.world, self._draft.preview, game.seat)

    # ---- making -----------------------------------------------------------------------------------------------------

    def _rival(self, name: str) -> Rival:
        pin, use = (named_button(say(f"model_lab.{key}", name=name), f"{key}_{name.lower()}") for key in ("pin", "use"))
        rival = Rival(name, pin, use)
        pin.setToolTip(say("model_lab.hold_design_draft"))
        pin.clicked.connect(lambda: self._pin(rival))
        use.clicked.connect(lambda: self._use(rival))
        return rival

    def _join(self) -> None:
        self._draft.changed.connect(self._refresh_if_shown)
        self._game.opened.connect(self._unpin_all)
        self._theme.changed.connect(self._retheme)
        self.form.known_chosen.connect(self.load)
        self.form.best_asked.connect(lambda: self.load(best_name()))
        self.charts.picked.connect(self.load)
        self.charts.moving.connect(lambda active: self._move(active, True))
        self.charts.moved.connect(lambda active: self._move(active, False))
        self.table.explained.connect(self.why.setText)

    def _refresh_if_shown(self) -> None:
        if self.isVisible():
            self.refresh()

    def _unpin_all(self) -> None:
        for rival in self.rivals:
            if rival.pinned is not None:
                self._pin(rival)

    def _lay_out(self) -> None:
        self._split, self._right = (QSplitter(Qt.Orientation.Horizontal) for _ in range(2))
        for split, key in ((self._split, "model_lab_split"), (self._right, "model_lab_right_split")):
            split.setObjectName(key)
            split.setChildrenCollapsible(False)
        self._form_area = scrolling(self.form, self.known_text)
        self.known_text.setWordWrap(True)
        self._figures = self._figures_card()
        self._right.addWidget(self.charts)
        self._right.addWidget(self._figures)
        self._right.setStretchFactor(0, 1)
        self._split.addWidget(self._form_area)
        self._split.addWidget(self._right)
        self._split.setStretchFactor(1, 1)
        self.stack = QStackedWidget()
        self._lab = QWidget()
        lab = QVBoxLayout(self._lab)
        lab.setContentsMargins(0, 0, 0, 0)
        lab.setSpacing(8)
        lab.addWidget(self.run)
        lab.addWidget(self._split, 1)
        for widget in (self.empty, self.ended, self._lab):
            self.stack.addWidget(widget)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 12)
        whole.addWidget(self.stack)

    def _figures_card(self) -> Card:
        card = Card(self._theme, say("model_lab.what_gives"), "layers")
        self.why.setWordWrap(True)
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.why.setAccessibleName(say("model_lab.why_figure"))
        buttons = QGridLayout()
        buttons.setSpacing(6)
        for at, rival in enumerate(self.rivals):
            buttons.addWidget(rival.pin, 0, 2 * at)
            buttons.addWidget(rival.use, 0, 2 * at + 1)
        card.body.setSpacing(6)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self.why)
        card.body.addLayout(buttons)
        return card

    def _retheme(self) -> None:
        px = self._theme.px
        self.why.setMinimumHeight(px(15 * _WHY_LINES + 2))
        self.table.setMinimumHeight(px(_TABLE_HEIGHT))
        self._form_area.setMinimumWidth(self._form_area.minimumSizeHint().width())
        self._is_narrow = None
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the figures below the charts where both do not fit beside the form."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        px = self._theme.px
        left = self.width() - px(FORM_WIDTH) - px(FIGURES_WIDTH) - _GAPS
        is_narrow = left < px(_CHARTS_WIDTH)
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        self._figures.setMinimumWidth(px(_FIGURES_LEAST if is_narrow else FIGURES_WIDTH))
        self._right.setOrientation(Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal)
        self.charts.set_beside(is_narrow)
        self._split.setSizes([px(FORM_WIDTH), max(self.width() - px(FORM_WIDTH), 1)])
        self._right.setSizes([_EQUAL, _EQUAL + 1] if is_narrow else [max(left, 1), px(FIGURES_WIDTH)])
