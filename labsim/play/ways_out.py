"""Which ways out are left when cash runs short, and what does each cost? Orders that can be tried on the spot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from labsim.errors import Message
from labsim.model.fleet import gpu_book
from labsim.model.params import SEGMENTS
from labsim.model.world import World
from labsim.play.journal import Draft
from labsim.play.session import Session
from labsim.play.standing import months_left
from labsim.play.tree import OrderValue

# How far each way goes; game choices.
STAFF_KEPT = 0.7
PRICE_RISE = 1.15
FREE_KEPT = 0.5
SOLD = 0.5
STAKE = 0.15
LEAST = 1.0  # M$ under which a way brings nothing worth showing


@dataclass(frozen=True)
class WayOut:
    """One way: its orders, what it costs in words, and the preview of the quarter with it."""

    key: str
    orders: Mapping[str, OrderValue]
    cash: float  # M$ at the end of the quarter
    runway: float  # months of it at that quarter's burn; infinite where nothing burns

    @property
    def label(self) -> Message:
        """What it is called."""
        return Message(f"way_out.{self.key}.label")

    @property
    def price(self) -> Message:
        """What it costs."""
        return Message(f"way_out.{self.key}.price")


def ways_out(session: Session) -> list[WayOut]:
    """The ways that the lab has now, laid over its draft, the longest runway first."""
    found = []
    for key, orders in _moves(session):
        draft = Draft({**session.draft_orders(), **orders}, session.on_policy)
        record = session.preview(draft)
        cash = float(record.world.capital.cash[session.seat, 0])
        found.append(WayOut(key, orders, cash, months_left(record.world, session.seat)))
    return sorted(found, key=lambda way: -way.runway)


def _moves(session: Session) -> Iterator[tuple[str, dict[str, OrderValue]]]:
    scenario, seat, world = session.scenario, session.seat, session.world()
    p, money = scenario.params, world.capital
    now = session.preview()
    allowed = set(scenario.hidden_orders)

    def may(*names: str) -> bool:
        return not allowed.intersection(names)

    if may("staff_target"):
        yield "cut_staff", {"staff_target": STAFF_KEPT * float(world.people.staff[seat, 0])}
    if may("price", "free_tier"):
        prices = {key: PRICE_RISE * float(now.decisions.price[row, seat, 0]) for row, key in enumerate(SEGMENTS)}
        yield "raise_prices", {"price": prices, "free_tier": FREE_KEPT * float(now.decisions.free_tier[seat, 0])}
    book = float(gpu_book(world.compute, p)[seat, 0])
    if may("sell_gpus") and book > LEAST:
        yield "sell_chips", {"sell_gpus": SOLD}
    limit = float(p.loan_to_value[0]) * book - float(money.debt[seat, 0])
    if may("borrow_change") and limit > LEAST:
        yield "borrow", {"borrow_change": limit}
    if may("raise_amount") and float(money.since_round[seat, 0]) >= float(p.round_gap[0]):
        yield "round", {"raise_amount": _largest_round(world, seat, float(p.dilution_max[0]))}
    if may("partner_equity") and float(money.partner_left[seat, 0]) <= 0.0:
        yield "partner", {"partner_equity": STAKE}


def _largest_round(world: World, seat: int, dilution: float) -> float:
    return dilution / (1.0 - dilution) * float(world.capital.valuation[seat, 0])
