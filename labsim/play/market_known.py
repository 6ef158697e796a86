"""What does a lab know of the market? Segments, offers and moves as published, and rivals' books as estimates.

Prices, capability and shares are public. What rivals keep to themselves leaves this room only rounded to one figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from labsim.errors import Message
from labsim.model.decisions import shares
from labsim.model.params import CONSUMER, DEVELOPER, SEGMENTS
from labsim.play.happenings import Happening, happenings
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.variables import Array

NOTED_CHANGE = 0.01
"""A price that moves less than this part is no news; game choice."""
_MOVES = {
    "run_started": "run", "model_released": "release", "open_release": "open", "round_closed": "round",
    "round_failed": "failed", "partnership_signed": "partner", "incident": "incident", "antitrust_review": "review",
    "run_held": "held", "down_round": "down", "capacity_sale": "sale", "gpus_sold": "sale", "acquired": "acquired",
    "compute_bankruptcy": "closed",
}  # fmt: skip


@dataclass(frozen=True)
class SegmentSight:
    """One segment in a quarter: what all labs earn in it, the norm, and how one lab stands; M$ a quarter, prices $."""

    name: str
    size: float
    norm: float
    price: float
    cheapest: float  # rival's price
    open_price: float
    share: float  # of customers
    revenue: float


@dataclass(frozen=True)
class Move:
    """Something that a lab did last quarter, told in the text file; a change of price has its segment."""

    message: Message
    segment: str = ""


@dataclass(frozen=True)
class LabSight:
    """What is known of a lab: its offer, its part of all revenue, what it did; estimates to one figure."""

    seat: int
    lab: str
    is_own: bool
    is_live: bool
    prices: tuple[float, ...]
    capability: float
    revenue: tuple[float, ...]  # M$ a quarter, by segment
    revenue_share: float
    moves: tuple[Move, ...]
    cash: float
    fleet: float  # H100e
    inference: float  # part of the fleet


def segments(record: TurnRecord, seat: int) -> list[SegmentSight]:
    """The segments as one lab sees them after a quarter."""
    m, prices = record.report.market, record.decisions.price[:, :, 0]
    live = record.world.capital.status[:, 0] == 0.0
    rivals = live & (np.arange(len(live)) != seat)
    found = []
    for row, name in enumerate(SEGMENTS):
        cheapest = float(np.min(prices[row][rivals])) if rivals.any() else math.nan
        found.append(
            SegmentSight(
                name,
                float(np.sum(m.revenue_segment[row, :, 0])),
                float(m.norm[row, 0]),
                float(prices[row, seat]),
                cheapest,
                float(m.open_price[row, 0]),
                float(m.share_served[row, seat, 0]),
                float(m.revenue_segment[row, seat, 0]),
            )
        )
    return found


def labs(record: TurnRecord, before: TurnRecord | None, seat: int, scenario: Scenario) -> list[LabSight]:
    """Every lab as one of them knows it; the own one first, then the others by revenue."""
    told = happenings(record, scenario, before)
    found = [_lab(record, before, other, seat, scenario, told) for other in range(len(scenario.labs))]
    return sorted(found, key=lambda lab: (not lab.is_own, not lab.is_live, -sum(lab.revenue)))


def _lab(
    record: TurnRecord, before: TurnRecord | None, seat: int, own: int, scenario: Scenario, told: Sequence[Happening]
) -> LabSight:
    report, name = record.report, scenario.labs[seat]
    is_own = seat == own
    rounded = (lambda value: value) if is_own else one_figure
    return LabSight(
        seat=seat,
        lab=name,
        is_own=is_own,
        is_live=bool(record.world.capital.status[seat, 0] == 0.0),
        prices=tuple(float(price) for price in record.decisions.price[:, seat, 0]),
        capability=float(report.alignment.capability[seat, 0]),
        revenue=tuple(float(part) for part in report.market.revenue_segment[:, seat, 0]),
        revenue_share=float(report.society.market_share[seat, 0]),
        moves=(*_news(told, name), *_price_moves(record, before, seat)),
        cash=rounded(float(record.world.capital.cash[seat, 0])),
        fleet=rounded(float(report.compute.installed_compute[seat, 0])),
        inference=rounded(float(shares(record.decisions).inference[seat, 0])),
    )


def one_figure(value: float) -> float:
    """A number rounded to its first figure: what may be guessed of a rival."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return round(value, -math.floor(math.log10(abs(value))))


def _news(told: Sequence[Happening], lab: str) -> Iterator[Move]:
    for happening in told:
        if happening.lab == lab and happening.event in _MOVES:
            key = f"market_page.move_{_MOVES[happening.event]}"
            yield Move(Message(key, happening.message.values))


def _price_moves(record: TurnRecord, before: TurnRecord | None, seat: int) -> Iterator[Move]:
    if before is None:
        return
    for row, name in enumerate(SEGMENTS):
        now, then = (float(r.decisions.price[row, seat, 0]) for r in (record, before))
        change = now / then - 1.0 if then > 0.0 else 0.0
        if abs(change) >= NOTED_CHANGE:
            yield Move(Message("market_page.move_price", {"change": change}), name)


# ---- over time ------------------------------------------------------------------------------------------------------


def revenue_shares(records: Sequence[TurnRecord]) -> Array:
    """Each lab's part of the revenue of all labs, ``(lab, quarter)``."""
    return np.stack([record.report.society.market_share[:, 0] for record in records], axis=1)


def customer_shares(records: Sequence[TurnRecord], segment: int) -> tuple[Array, Array, Array]:
    """Customers of a segment by lab ``(lab, quarter)``, with hosts of open weights, and with nobody; together 1.

    Customers of labs move slowly, those of hosts are where they are drawn to: hosts get at most what labs leave.
    """
    held = np.stack([record.report.market.share_served[segment, :, 0] for record in records], axis=1)
    left = np.maximum(1.0 - held.sum(axis=0), 0.0)
    drawn = np.array([float(record.report.market.open_share[segment, 0]) for record in records])
    hosted = np.minimum(drawn, left)
    return held, hosted, left - hosted


# ---- answers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Who leads, who is cheaper, and how far the open floor is, for one segment."""

    rank: int
    leader: str
    ahead: float  # points of the leader, or of the own lab, over the next that matters
    second: str
    top_seller: str
    top_share: float
    cheaper: tuple[str, ...]
    better: tuple[str, ...]  # cheaper and at least as capable
    rivals: int
    floor_price: float
    floor_part: float  # of the own price that hosts ask less
    floor_gap: float  # points that the open model is behind the own one


def standing(known: Sequence[LabSight], record: TurnRecord, segment: int) -> Standing:
    """How the own lab stands against rivals and open weights in a segment."""
    own, *others = known
    live = [lab for lab in others if lab.is_live]
    order = sorted([own, *live], key=lambda lab: -lab.capability)
    leader, rival = order[0], order[1] if len(order) > 1 else order[0]
    seller = max([own, *live], key=lambda lab: lab.revenue_share)
    price = own.prices[segment]
    cheaper = sorted((lab for lab in live if lab.prices[segment] < price), key=lambda lab: lab.prices[segment])
    floor = float(record.report.market.open_price[segment, 0])
    return Standing(
        rank=1 + order.index(own),
        leader=leader.lab,
        ahead=leader.capability - (rival.capability if leader is own else own.capability),
        second=rival.lab,
        top_seller=seller.lab,
        top_share=seller.revenue_share,
        cheaper=tuple(lab.lab for lab in cheaper),
        better=tuple(lab.lab for lab in cheaper if lab.capability >= own.capability),
        rivals=len(live),
        floor_price=floor,
        floor_part=1.0 - floor / price if price > 0.0 else 0.0,
        floor_gap=own.capability - float(record.world.training.open_capability[0]),
    )


PRICE_UNITS = tuple("$/month" if row == CONSUMER else "$/M tokens" for row in range(len(SEGMENTS)))
"""Units of the segments' prices."""
DEFAULT_SEGMENT = DEVELOPER
