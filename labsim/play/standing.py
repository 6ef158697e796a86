"""How does a lab stand? The headline figures that the top bar and the end of a game show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.world import World
from labsim.play.derived import BANKRUPT
from labsim.play.turn import TurnRecord

NO_END = float("inf")
"""Runway of a lab that burns nothing, months."""


@dataclass(frozen=True)
class Standing:
    """How a lab stands after a turn; money in M$, runway in months."""

    cash: float
    runway: float
    revenue: float  # M$ a year
    capability: float
    rank: int
    share: float
    trust: float


def standing(record: TurnRecord, seat: int) -> Standing:
    """Read one lab's headline figures; the last run of the record."""
    money, report = record.world.capital, record.report
    live = money.status[:, 0] == 0.0
    capability = np.where(live, report.alignment.capability[:, 0], -np.inf)
    return Standing(
        cash=float(money.cash[seat, 0]),
        runway=months_left(record.world, seat),
        revenue=4.0 * float(report.market.revenue[seat, 0]),
        capability=float(report.alignment.capability[seat, 0]),
        rank=1 + int(np.sum(capability > capability[seat])),
        share=float(report.society.market_share[seat, 0]),
        trust=float(record.world.society.trust[seat, 0]),
    )


def opening_standing(world: World, seat: int) -> Standing:
    """The same before the first quarter, when nothing has been sold: the model without its post-training."""
    money, base = world.capital, world.training.base_capability[:, 0]
    return Standing(
        cash=float(money.cash[seat, 0]),
        runway=months_left(world, seat),
        revenue=float(money.arr_history[0, seat, 0]),
        capability=float(base[seat]),
        rank=1 + int(np.sum(base > base[seat])),
        share=0.0,
        trust=float(world.society.trust[seat, 0]),
    )


def months_left(world: World, seat: int) -> float:
    """Runway: months that the cash lasts at the last quarter's burn; ``NO_END`` where nothing burns, 0 if bankrupt."""
    if world.capital.status[seat, 0] == BANKRUPT:
        return 0.0
    cash, burn = float(world.capital.cash[seat, 0]), float(world.capital.burn[seat, 0])
    return 3.0 * max(cash, 0.0) / burn if burn > 0.0 else NO_END
