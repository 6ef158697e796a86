"""Which cards of orders are there? One for each group of the registry; a decision without a control fails a test."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from labsim import formats
from labsim.model.params import SEGMENTS
from labsim.text import say
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.game import GameController
from labsim.ui.orders import figures
from labsim.ui.orders.base import BaseOrder, size_instead, size_reason
from labsim.ui.orders.fields import (
    NumberOrder,
    OrderField,
    Reason,
    TechniqueOrder,
    is_in_hand,
    label_for,
    order_field,
)
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.calendar import DeliveryCalendar
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.prices import SegmentPrice, SegmentPrices
from labsim.ui.widgets.styled import label_of
from labsim.ui.widgets.tokenbar import TokenBar

SHARES = {
    "training": "training_share",
    "alignment": "alignment_share",
    "inference": "inference_share",
    "research": "experiment_share",
}
"""Parts of the token bar and the decisions they give."""
CALENDAR_QUARTERS = 8


class OrderCard(Card):
    """A card of orders. ``gives`` lists the decisions that it has a control for."""

    def __init__(
        self, theme: ThemeController, game: GameController, draft: DraftController, title: str, icon: str
    ) -> None:
        """Make an empty card that follows the draft."""
        super().__init__(theme, title, icon, can_fold=True)
        self._theme_, self._game, self._draft = theme, game, draft
        self.gives: tuple[str, ...] = ()
        self.sum_up = label_of("", "small")
        self.sum_up.setWordWrap(True)
        self._fields: list[OrderField] = []
        draft.changed.connect(self._refresh_if_open)

    def add(self, names: Sequence[str], reasons: dict[str, Reason] | None = None) -> None:
        """Add the plain controls of some decisions."""
        for name in names:
            self.add_field(order_field(self._theme_, self._draft, name, (reasons or {}).get(name)))

    def add_field(self, field: OrderField) -> None:
        """Add one control."""
        self._fields.append(field)
        self.gives = (*self.gives, field.name)
        self.body.addWidget(field)

    def hide_orders(self, names: Sequence[str]) -> None:
        """Hide the controls of orders that the scenario does not give to the player."""
        for field in self._fields:
            field.setVisible(field.name not in names)

    def refresh(self) -> None:
        """Bring what the card itself shows up to date."""

    def _refresh_if_open(self) -> None:
        """Follow the draft; while a hand moves a control, only the card that it is on does."""
        if not self._game.is_open or (self._draft.is_moving and not self._is_in_hand()):
            return
        self.refresh()

    def _is_in_hand(self) -> bool:
        return is_in_hand(self)


class TokensCard(OrderCard):
    """The split of the fleet: the token bar. It always follows: what a token costs hangs on every order."""

    def _is_in_hand(self) -> bool:
        return True

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the card."""
        super().__init__(theme, game, draft, say("orders.tokens"), "coins")
        self.gives = tuple(SHARES.values())
        self.bar = TokenBar(theme)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.sum_up)
        self.bar.changing.connect(lambda shares: self._order(shares, True))
        self.bar.changed.connect(lambda shares: self._order(shares, False))

    def refresh(self) -> None:
        """Show the shares and what each part does this quarter."""
        view = figures.tokens(self._draft.preview, self._game.seat)
        self.bar.set_shares(view.shares)
        self.bar.set_details(view.details)
        self.sum_up.setText(view.sentence)

    def _order(self, shares: dict[str, float], is_moving: bool) -> None:
        self._draft.order({SHARES[use]: part for use, part in shares.items()}, say("orders.tokens"), is_moving)


class ComputeCard(OrderCard):
    """Chips by route, power, and what is on order."""

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the card."""
        super().__init__(theme, game, draft, say("orders.compute"), "cpu")
        self.body.addWidget(self.sum_up)
        self.add(("buy_gpus", "reserve_gpus", "on_demand_gpus", "build_power", "sell_gpus", "sublet"))
        self.crossover = label_of("", "small")
        self.crossover.setWordWrap(True)
        self.body.addWidget(self.crossover)
        self.calendar = DeliveryCalendar(theme, formats.quarter_title)
        self.calendar_twin = ChartTwin(theme, self.calendar)
        self.body.addWidget(self.calendar_twin)

    def refresh(self) -> None:
        """Show prices, lead times, power and the calendar."""
        view = figures.chips(self._game.scenario, self._game.world, self._draft.preview, self._game.seat)
        self.sum_up.setText(view.sentence)
        self.crossover.setText(view.crossover)
        for field in self._fields:
            field.set_hint(view.hints.get(field.name, ""))
        self.calendar.set_data(self._game.t, CALENDAR_QUARTERS, view.deliveries)


class ModelCard(OrderCard):
    """The run in progress and the next one; the design itself is made in the Model lab."""

    asked_for_lab = Signal()

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the card."""
        super().__init__(theme, game, draft, say("orders.model"), "brain-circuit")
        self.body.addWidget(self.sum_up)
        self.body.addWidget(named_button(say("orders.design_model_lab"), "to_model_lab", self.asked_for_lab))
        runs = {"start_run": lambda: self._why("start_run"), "stop_run": lambda: self._why("stop_run")}
        self.add(("start_run", "stop_run"), runs)
        self.add_field(BaseOrder(theme, game, draft, lambda: ""))
        design = ("design_active", "design_sparsity", "design_tokens", "design_distil", "design_open")
        self.add(design, {name: partial(self._why_size, name) for name in design})
        for field in self._fields:
            if isinstance(field, NumberOrder):
                field.instead = lambda name: size_instead(name, game, draft)

    def refresh(self) -> None:
        """Show the run in progress."""
        self.sum_up.setText(figures.run_sentence(self._draft.preview, self._game.world, self._game.seat))

    def _why_size(self, name: str) -> str:
        return size_reason(name, self._draft) if self._game.is_open else ""

    def _why(self, name: str) -> str:
        return figures.run_reason(name, self._game.world, self._game.seat) if self._game.is_open else ""


class MarketCard(OrderCard):
    """Prices by segment, free tier, thinking."""

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the card."""
        super().__init__(theme, game, draft, say("orders.market"), "store")
        self.prices = SegmentPrices(theme, self._price_rows())
        self.prices.changing.connect(lambda prices: self._order(prices, True))
        self.prices.changed.connect(lambda prices: self._order(prices, False))
        self.body.addWidget(self.prices)
        self.body.addWidget(self.sum_up)
        self.gives = ("price",)
        self.add(("free_tier", "thinking"), {"thinking": self._why_thinking})

    def refresh(self) -> None:
        """Show prices against the norm, and what is served."""
        self.prices.set_data(self._price_rows())
        self.sum_up.setText(figures.sales_sentence(self._draft.preview, self._game.seat))

    def _price_rows(self) -> list[SegmentPrice]:
        is_open = self._game.is_open
        norm = self._draft.preview.report.market.norm[:, 0] if is_open else [1.0] * len(SEGMENTS)
        prices = self._draft.prices() if is_open else dict.fromkeys(SEGMENTS, 1.0)
        return [
            SegmentPrice(
                key,
                say(f"segment.{key}"),
                prices[key],
                float(norm[row]),
                "$/month" if row == 0 else "$/M tokens",
            )
            for row, key in enumerate(SEGMENTS)
        ]

    def _order(self, prices: dict[str, float], is_moving: bool) -> None:
        self._draft.order({"price": dict(prices)}, say("orders.prices"), is_moving)

    def _why_thinking(self) -> str:
        if not self._game.is_open:
            return ""
        return figures.thinking_reason(self._game.scenario, self._draft.preview, self._game.seat)


class PeopleCard(OrderCard):
    """Staff, techniques and data."""

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the card."""
        super().__init__(theme, game, draft, say("orders.research_people"), "graduation-cap")
        self.add(("staff_target",))
        self.add_field(TechniqueOrder(theme, draft, self._techniques))
        self.add(("data_purchase",))
        self.body.addWidget(self.sum_up)

    def refresh(self) -> None:
        """Show hiring and the research under way."""
        self.sum_up.setText(
            figures.people_sentence(self._game.scenario, self._draft.preview, self._game.world, self._game.seat)
        )

    def _techniques(self) -> list[tuple[str, int, str]]:
        return figures.techniques(self._game.scenario, self._draft.preview, self._game.world, self._game.seat)


class CapitalCard(OrderCard):
    """Rounds, debt and a partner."""

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the card."""
        super().__init__(theme, game, draft, say("orders.capital"), "landmark")
        reasons = {name: self._reason(name) for name in ("raise_amount", "partner_equity")}
        self.add(("raise_amount", "borrow_change", "partner_equity"), reasons)
        self.body.addWidget(self.sum_up)

    def refresh(self) -> None:
        """Show valuation, the cap of a round and the debt limit."""
        self.sum_up.setText(figures.capital_sentence(self._game.scenario, self._draft.preview, self._game.world,
                                                     self._game.seat))  # fmt: skip

    def _reason(self, name: str) -> Reason:
        def why() -> str:
            if not self._game.is_open:
                return ""
            return figures.capital_reason(name, self._game.scenario, self._game.world, self._game.seat)

        return why


class PolicyCard(OrderCard):
    """Evaluation, lobbying, transparency."""

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make the card."""
        super().__init__(theme, game, draft, say("orders.policy"), "scale")
        self.add(("evaluation_spend", "lobbying_spend", "transparency"))
        self.body.addWidget(self.sum_up)

    def refresh(self) -> None:
        """Show what evaluations see and what rules ask."""
        self.sum_up.setText(figures.policy_sentence(self._game.scenario, self._draft.preview, self._game.seat))


class OrderCards(QWidget):
    """All cards, in the order of the control room, with the money that is left at the top."""

    asked_for_lab = Signal()

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Make every card."""
        super().__init__()
        self._game, self._draft = game, draft
        model = ModelCard(theme, game, draft)
        model.asked_for_lab.connect(self.asked_for_lab)
        compute = ComputeCard(theme, game, draft)
        self.calendar_twin = compute.calendar_twin
        self.cards: tuple[OrderCard, ...] = (
            TokensCard(theme, game, draft),
            compute,
            model,
            MarketCard(theme, game, draft),
            PeopleCard(theme, game, draft),
            CapitalCard(theme, game, draft),
            PolicyCard(theme, game, draft),
        )
        self.budget = label_of("", "title")
        self.warning = label_of("", "warn")
        self.warning.setWordWrap(True)
        self.on_policy = QCheckBox(say("orders.labs_policy_decides"))
        self.on_policy.setAccessibleName(self.on_policy.text())
        self.on_policy.setObjectName("on_policy")
        self.on_policy.setToolTip(say("orders.what_do_not"))
        self.on_policy.toggled.connect(draft.set_on_policy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 8)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(label_of(say("orders.orders"), "heading"))
        head.addStretch(1)
        head.addWidget(self.budget)
        column.addLayout(head)
        column.addWidget(self.on_policy)
        column.addWidget(self.warning)
        for card in self.cards:
            column.addWidget(card)
        column.addStretch(1)
        draft.changed.connect(self.refresh)
        game.opened.connect(self._hide_hidden)

    @property
    def gives(self) -> tuple[str, ...]:
        """Every decision that a control gives."""
        return tuple(name for card in self.cards for name in card.gives)

    def refresh(self) -> None:
        """Show the money left and what the gate would trim."""
        if not self._game.is_open:
            return
        game, preview = self._game, self._draft.preview
        with QSignalBlocker(self.on_policy):
            self.on_policy.setChecked(game.session.on_policy)
        left = figures.money_left(game.scenario, game.world, preview, game.seat)
        self.budget.setText(say("orders.left_spend", left=formats.money(left)))
        self.budget.setToolTip(say("orders.what_cash_may"))
        remarks = figures.remarks(game.scenario, game.world, preview, game.seat, label_for)
        self.warning.setText("\n".join(remarks))
        self.warning.setVisible(bool(remarks))

    def _hide_hidden(self) -> None:
        if self._game.is_open:
            for card in self.cards:
                card.hide_orders(self._game.scenario.hidden_orders)
