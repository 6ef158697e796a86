"""Why did a lab's share of all labs' revenue change? Shapley values over eight groups of factors (model: 7.8).

A lab's revenue is potential x share x bill x served part in each segment, its share moves by inertia towards a logit
target. Every factor stands at last quarter's or at this quarter's value; a group is what one hand could have caused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.explain_market import common_moves
from labsim.model.laws import expectation, over, positive
from labsim.model.params import CONSUMER, SEGMENTS, Params
from labsim.model.terms import Cause, Coalitions, Link, Played, decisions, draws, events_behind, grouped, largest_of
from labsim.model.terms import shapley as shapley_values
from labsim.variables import Array

CAPABILITY = ("base_model", "post_training", "thinking")
PRICE = tuple(f"price_{segment}" for segment in SEGMENTS)
BRAND = ("brand", "earlier", "incident")
SERVICE = ("quality", "latency", "free_tier", "small_model", "served")
OPEN = ("open_model", "open_price", "open_effort")
MARKET = ("expectations", "price_norm", "market_size")


@dataclass(frozen=True)
class _Lab:
    """One lab in one quarter as customers met it; ``(segment, run)``. Utilities by part, ln of them adds."""

    utility: dict[str, Array]
    start: Array  # share at the start of the quarter, before churn of the quarter before
    kept: Array  # part of it that no incident drove away
    bill: Array
    served: Array


def market_share_causes(before: Played, after: Played, seat: int, p: Params, deep: bool = True) -> list[Cause]:
    """Causes of the change of ``market_share`` between two quarters in both of which the lab lives.

    ``deep`` False leaves the groups closed, which takes a tenth of the work.
    """
    rivals = [row for row in range(len(p.labs)) if row != seat]
    named = {f"rival_{row}": row for row in rivals}
    groups = {
        "capability": CAPABILITY,
        "price": PRICE,
        "trust": ("trust",),
        "brand_inertia": BRAND,
        "service": SERVICE,
        "rivals": tuple(named),
        "open_weights": OPEN,
        "market": MARKET,
    }
    game = _Game(before, after, seat, named, p)
    if deep:
        fair = shapley_values(game.share, groups)
    else:
        closed = _Closed(game, groups)
        fair = shapley_values(closed.share, {name: (name,) for name in groups})
    return [_cause(name, members, fair, before, after, p) for name, members in groups.items()]


class _Closed:
    """The same game with whole groups as its only factors."""

    def __init__(self, game: _Game, groups: dict[str, tuple[str, ...]]) -> None:
        self._game, self._groups = game, groups

    def share(self, on: Coalitions) -> Array:
        """Market share in each combination of groups."""
        return self._game.share(on.spread(self._groups))


class _Game:
    """Market share as a function of who stands at this quarter's values and who at last quarter's."""

    def __init__(self, before: Played, after: Played, seat: int, rivals: dict[str, int], p: Params) -> None:
        self.p, self.rivals = p, rivals
        self.own = (_lab(before, None, seat, p), _lab(after, before, seat, p))
        self.others = {name: (_lab(before, None, row, p), _lab(after, before, row, p)) for name, row in rivals.items()}
        self.open = (_open(before, p), _open(after, p))
        self.common = common_moves(before, after, p)
        self.units = (before.world.market.units, after.world.market.units)
        tops = [m.report.market.log_denominator for m in (before, after)]
        self.top = np.maximum(*tops)

    def share(self, on: Coalitions) -> Array:
        """Market share in each combination; ``(coalition, run)``."""
        expect = on.pick("expectations", 0.0 * self.common[0], self.common[0])
        norm = on.pick("price_norm", 0.0 * self.common[1], self.common[1])
        shift = np.exp(expect + norm)
        own = self._own_pull(on) * shift
        pulls = {name: self._pull(on, name) * shift for name in self.rivals}
        hosts = np.exp(self._open_utility(on) + expect + self.p.open_elasticity * norm - self.top)
        total = own + hosts + np.exp(-self.top)
        for pull in pulls.values():
            total = total + pull
        units = on.pick("market_size", *self.units)
        mine = (units * self._billed(on, self.own, own / total, None)).sum(axis=1)
        everyone = mine
        for name, labs in self.others.items():
            everyone = everyone + (units * self._billed(on, labs, pulls[name] / total, name)).sum(axis=1)
        return over(mine, everyone)

    def _own_pull(self, on: Coalitions) -> Array:
        then, now = self.own
        utility = on.pick("base_model", then.utility["base_model"], now.utility["base_model"])
        for name in (*CAPABILITY[1:], "trust", "brand", *SERVICE[:4]):
            utility = utility + on.pick(name, then.utility[name], now.utility[name])
        utility = utility + self._by_row(on, then.utility["price"], now.utility["price"])
        return np.exp(utility - self.top)

    def _by_row(self, on: Coalitions, then: Array, now: Array) -> Array:
        """Own prices: each segment's is a factor of its own."""
        rows = [on.pick(name, then[row], now[row]) for row, name in enumerate(PRICE)]
        return np.stack(rows, axis=1)

    def _pull(self, on: Coalitions, name: str) -> Array:
        then, now = self.others[name]
        return on.pick(name, _attraction(then, self.top), _attraction(now, self.top))

    def _open_utility(self, on: Coalitions) -> Array:
        then, now = self.open
        return sum((on.pick(name, then[name], now[name]) for name in OPEN), np.zeros(1))

    def _billed(self, on: Coalitions, labs: tuple[_Lab, _Lab], target: Array, rival: str | None) -> Array:
        """Revenue per unit of potential; a rival's factors move together, but for the customers it had."""
        then, now = labs
        start = on.pick("earlier", then.start, now.start)
        if rival is None:
            kept = on.pick("incident", then.kept, now.kept)
            bill = self._by_row(on, then.bill, now.bill) * on.pick("served", then.served, now.served)
        else:
            kept = on.pick(rival, then.kept, now.kept)
            bill = on.pick(rival, then.bill * then.served, now.bill * now.served)
        share = start * kept
        return (share + self.p.inertia * (target - share)) * bill


def _attraction(lab: _Lab, top: Array) -> Array:
    """exp(utility) of a rival; 0 for one that has ended."""
    utility = sum(lab.utility.values(), np.zeros(1))
    return np.where(lab.bill * lab.kept > 0.0, np.exp(np.minimum(utility - top, 0.0)), 0.0)
