"""Why did a lab's share of all labs' revenue change? Shapley values over eight groups of factors (model: 7.8).

A lab's revenue is potential x share x bill x served part in each segment; its share moves by inertia towards a logit
target. Every factor stands at last quarter's or at this quarter's value; a group is what one hand could have caused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labsim.model.explain_market import capacity_links, common_moves
from labsim.model.laws import expectation, over, positive
from labsim.model.params import CONSUMER, ENTERPRISE, SEGMENTS, Params
from labsim.model.terms import (
    Cause,
    Coalitions,
    Link,
    Played,
    decisions,
    draws,
    events_behind,
    largest_of,
    shapley,
)
from labsim.variables import Array

GROUPS = {
    "capability": ("base_model", "post_training", "thinking"),
    "price": tuple(f"price_{segment}" for segment in SEGMENTS),
    "trust": ("trust",),
    "brand_inertia": ("brand", "earlier", "incident"),
    "service": ("quality", "latency", "free_tier", "small_model", "served"),
    "rivals": (),  # one factor a rival, by seat
    "open_weights": ("open_model", "open_price", "open_effort"),
    "market": ("expectations", "price_norm", "market_size"),
}


def market_share_causes(
    before: Played, after: Played, seat: int, p: Params, *, deep: bool = True, follows: bool = True
) -> list[Cause]:
    """Causes of the change of ``market_share`` between two quarters in both of which the lab lives.

    ``deep`` False leaves the groups closed, for batches: far less work. ``follows`` False compares two branches or
    runs, in which the second quarter does not follow the first.
    """
    rivals = {f"rival_{row}": row for row in range(len(p.labs)) if row != seat}
    groups = {**GROUPS, "rivals": tuple(rivals)}
    game = _Game(before, after, seat, rivals, p, follows)
    if deep:
        fair = shapley(game.share, groups)
    else:
        fair = shapley(lambda on: game.share(on.spread(groups)), {name: (name,) for name in groups})
    links = _links(after, p)
    found = []
    for name, members in groups.items():
        keys = [(member, f"{name}.{member}") for member in members]
        inner = tuple(_member(member, fair[key], rivals, links, p) for member, key in keys if key in fair)
        if name == "rivals" and not inner and deep:  # a single rival
            inner = (_member(members[0], fair[name], rivals, links, p),)
        behind = largest_of(inner).links if inner and name == "rivals" else links.get(name, ())
        found.append(Cause(name, fair[name], behind, inner, text=f"market_share_{name}"))
    return found


def _member(
    name: str, value: Array, rivals: Mapping[str, int], links: Mapping[str, tuple[Link, ...]], p: Params
) -> Cause:
    if name in rivals:
        lab = p.labs[rivals[name]]
        return Cause(lab, value, (Link("rival", lab),), text="rival")
    if name in GROUPS["price"]:
        return Cause(name, value, links[name], text=name.replace("price_", "segment_"), plain=True)
    return Cause(name, value, links.get(name, ()), text=f"market_share_{name}")


def _links(after: Played, p: Params) -> dict[str, tuple[Link, ...]]:
    design = decisions("design_active", "design_tokens", "design_sparsity", "design_distil")
    demand = events_behind(after.world, p, "agents_ceiling", "consumer_ceiling")
    return {
        "capability": (*design, *decisions("alignment_share", "thinking")),
        "base_model": (*design, *draws("luck"), *events_behind(after.world, p, "stagnation", "algorithms")),
        "post_training": decisions("alignment_share"),
        "thinking": decisions("thinking"),
        "price": decisions("price"),
        **{name: decisions("price") for name in GROUPS["price"]},
        "trust": decisions("alignment_share", "transparency"),
        "brand": (*decisions("design_open"), *draws("brand")),
        "incident": draws("incident"),
        "service": decisions("inference_share", "free_tier", "thinking"),
        "latency": decisions("thinking"),
        "free_tier": decisions("free_tier"),
        "quality": decisions("inference_share"),
        "served": capacity_links(after, p),
        "small_model": events_behind(after.world, p, "small_models"),
        "open_weights": events_behind(after.world, p, "open_discount", "open_capability"),
        "open_effort": events_behind(after.world, p, "open_discount"),
        "open_model": events_behind(after.world, p, "open_capability"),
        "market": demand,
        "market_size": (*demand, *draws("demand")),
    }


@dataclass(frozen=True)
class _Lab:
    """One lab in one quarter as customers met it; ``(segment, run)``. The parts of its utility add up."""

    utility: dict[str, Array]
    is_live: Array
    start: Array  # share before the quarter's churn
    kept: Array  # part of it that no incident, and no end of the lab, drove away
    bill: Array
    served: Array

    def attraction(self, top: Array) -> Array:
        """exp(utility) against a reference; 0 for a lab that has ended."""
        utility = sum(self.utility.values(), np.zeros(1))
        return np.where(self.is_live > 0.0, np.exp(np.where(self.is_live > 0.0, utility - top, 0.0)), 0.0)


@dataclass(frozen=True)
class _Rivals:
    """All rivals at once, ``(rival, segment, run)``."""

    attraction: Array
    billed_attraction: Array
    billed_start: Array

    @staticmethod
    def of(labs: Sequence[_Lab], starts: Sequence[_Lab], top: Array) -> _Rivals:
        """Labs as they meet customers, with the customers that other versions of them started from."""
        pull = np.stack([lab.attraction(top) for lab in labs])
        bill = np.stack([lab.is_live * lab.bill * lab.served for lab in labs])
        kept = np.stack([start.start * lab.kept for lab, start in zip(labs, starts, strict=True)])
        return _Rivals(pull, pull * bill, kept * bill)


class _Game:
    """Market share as a function of who stands at this quarter's values and who at last quarter's."""

    def __init__(
        self, before: Played, after: Played, seat: int, rivals: Mapping[str, int], p: Params, follows: bool
    ) -> None:
        self.p, self.follows = p, follows
        self.common = common_moves(before, after, p)
        self.top = np.maximum(before.report.market.log_denominator, after.report.market.log_denominator)
        self.own = (_lab(before, seat, p), self._later(before, after, seat))
        then = [_lab(before, row, p) for row in rivals.values()]
        now = [self._later(before, after, row) for row in rivals.values()]
        self.rivals = tuple(rivals)
        self.others = (_Rivals.of(then, then, self.top), _Rivals.of(now, now, self.top))
        # A rival's factors move together, except for the customers that it had won before: those are inertia.
        self.crossed = (_Rivals.of(then, now, self.top), _Rivals.of(now, then, self.top))
        self.hosts = (_hosts(before, p), _hosts(after, p))
        self.hosts[1]["open_model"] = self.hosts[1]["open_model"] - self.common[0]
        self.hosts[1]["open_price"] = self.hosts[1]["open_price"] - p.open_elasticity * self.common[1]
        self.units = (before.world.market.units, after.world.market.units)

    def _later(self, before: Played, after: Played, row: int) -> _Lab:
        """A lab this quarter, freed of what moves all labs alike, and told apart from whom it had before."""
        lab = _lab(after, row, self.p)
        had = before.report.market.share_served[:, row]
        utility = dict(lab.utility)
        utility["base_model"] = utility["base_model"] - self.common[0]
        utility["price"] = utility["price"] - self.common[1]
        if not self.follows:
            return dataclasses.replace(lab, utility=utility)
        return dataclasses.replace(lab, utility=utility, start=had, kept=over(before.world.market.share[:, row], had))

    def share(self, on: Coalitions) -> Array:
        """Market share in each combination; ``(coalition, run)``."""
        expect = on.pick("expectations", 0.0 * self.common[0], self.common[0])
        norm = on.pick("price_norm", 0.0 * self.common[1], self.common[1])
        shift = np.exp(expect + norm)
        own = self._own_attraction(on) * shift
        rivals = self._rivals(on, "attraction") * shift
        parts = (on.pick(name, self.hosts[0][name], self.hosts[1][name]) for name in GROUPS["open_weights"])
        hosts = np.exp(sum(parts, expect + self.p.open_elasticity * norm) - self.top)
        total = own + rivals + hosts + np.exp(-self.top)
        units = on.pick("market_size", *self.units)
        mine = (units * self._own_billed(on, own / total)).sum(axis=1)
        held = on.pick("earlier", np.zeros(1), np.ones(1)).reshape(-1, 1, 1)
        kept = self._billed(on, 0) + held * (self._billed(on, 1) - self._billed(on, 0))
        won = self._rivals(on, "billed_attraction") * shift / total
        others = (units * ((1.0 - self.p.inertia) * kept + self.p.inertia * won)).sum(axis=1)
        return over(mine, mine + others)

    def _rivals(self, on: Coalitions, what: str) -> Array:
        """Sum over rivals, each as it was or as it is."""
        return on.pick_sum(self.rivals, getattr(self.others[0], what), getattr(self.others[1], what))

    def _billed(self, on: Coalitions, held: int) -> Array:
        """What rivals bill to the customers they had before the last quarter (0) or before this one (1)."""
        start = (self.others[0], self.crossed[1]) if held == 0 else (self.crossed[0], self.others[1])
        return on.pick_sum(self.rivals, start[0].billed_start, start[1].billed_start)

    def _own_attraction(self, on: Coalitions) -> Array:
        then, now = self.own
        utility = _by_row(on, then.utility["price"], now.utility["price"])
        for name in then.utility:
            if name != "price":
                utility = utility + on.pick(name, then.utility[name], now.utility[name])
        return np.exp(utility - self.top)

    def _own_billed(self, on: Coalitions, target: Array) -> Array:
        """Own revenue per unit of potential."""
        then, now = self.own
        share = on.pick("earlier", then.start, now.start) * on.pick("incident", then.kept, now.kept)
        bill = _by_row(on, then.bill, now.bill) * on.pick("served", then.served, now.served)
        return (share + self.p.inertia * (target - share)) * bill


def _by_row(on: Coalitions, then: Array, now: Array) -> Array:
    """Own prices: each segment's is a factor of its own."""
    return np.stack([on.pick(name, then[row], now[row]) for row, name in enumerate(GROUPS["price"])], axis=1)


def _lab(played: Played, row: int, p: Params) -> _Lab:
    m, safe, s = played.report.market, played.report.alignment, p.segments
    held = played.report.skills.technique_held[p.techniques.index("thinking"), row]
    think = np.where(held > 0.0, played.decisions.thinking[row], 1.0)
    full = m.utility_capability[:, row]
    tuned = safe.post_training[row] + safe.over_refusal[row]
    ahead = safe.capability[row] - tuned - expectation(float(played.t), p)
    base, post = s.cap_weight * ahead / 10.0, s.cap_weight * tuned / 10.0
    service = m.utility_service[:, row]
    latency = -s.latency_weight * np.log(think)
    quality = (service - latency)[ENTERPRISE] + 0.0 * service
    is_consumer = np.arange(len(SEGMENTS))[:, None] == CONSUMER
    free = np.where(is_consumer, p.free_weight * played.decisions.free_tier[row], 0.0)
    live = (m.target_share[:, row] > 0.0).astype(np.float64)
    moved = m.share_served[:, row] - p.inertia * m.target_share[:, row]
    return _Lab(
        utility={
            "base_model": base,
            "post_training": post,
            "thinking": full - base - post,
            "price": m.utility_price[:, row],
            "trust": m.utility_trust[:, row],
            "brand": m.utility_brand[:, row],
            "quality": quality,
            "latency": latency,
            "free_tier": free,
            "small_model": service - latency - quality - free,
        },
        is_live=live,
        start=over(moved, 1.0 - p.inertia + 0.0 * moved),
        kept=np.ones_like(live),
        bill=m.bill[:, row],
        served=m.served_fraction[row] + 0.0 * live,
    )


def _hosts(played: Played, p: Params) -> dict[str, Array]:
    """Utility of hosted open weights in parts; ``(segment, run)``."""
    m, s = played.report.market, p.segments
    utility = np.log(np.maximum(m.open_share, 1e-300)) + m.log_denominator
    price = -p.open_elasticity * s.choice_elasticity * np.log(m.open_price / m.norm)
    effort = -s.cap_weight * positive(p.open_discount + played.report.effects.open_discount_effect) / 10.0
    return {"open_model": utility - price - effort, "open_price": price, "open_effort": effort + 0.0 * price}
