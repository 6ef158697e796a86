"""What is a figure made of? Base, modifiers and result: named parts whose product or sum is the value itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from labsim.model.cards import levers_of
from labsim.model.explain_accounts import POOL, inference_part, unit_cost
from labsim.model.flows import flows
from labsim.model.laws import clip, over
from labsim.model.params import CONSUMER, SEGMENTS, Params
from labsim.model.terms import Link, Played, decisions, draws, events_behind
from labsim.variables import Array

How = Literal["", "product", "sum"]


@dataclass(frozen=True)
class Part:
    """One part of a value, ``(run,)``: a number, or the product or sum of parts of its own."""

    name: str
    value: Array
    unit: str = "1"
    how: How = ""
    parts: tuple[Part, ...] = ()
    links: tuple[Link, ...] = ()


def made_by(how: How, name: str, value: Array, unit: str, parts: Sequence[Part]) -> Part:
    """A value with its parts."""
    return Part(name, value, unit, how, tuple(parts))


def _mfu(played: Played, seat: int, p: Params) -> Part:
    """Utilisation of a dense training run on the newest chips: base, techniques in hand, chip."""
    achieved = played.report.training.mfu_achieved[seat]
    held = played.report.skills.technique_held[:, seat]
    ones = np.ones_like(achieved)
    inner = [Part("mfu_base", p.mfu_base * ones)]
    base = p.mfu_base * ones
    for row, name in enumerate(p.techniques.names):
        factor = np.where(held[row] > 0.0, p.techniques.mfu[row], 1.0)
        if np.any(factor != 1.0):
            inner.append(Part(f"technique_{name}", factor, links=decisions("technique_focus")))
            base = base * factor
    inner.append(Part("chip_factor", over(achieved, base)))
    return made_by("product", "mfu_achieved", achieved, "share", inner)


def _unit_cost(played: Played, seat: int, p: Params) -> Part:
    """Cost of a million tokens: each line of the compute pool for the part that served, and fees."""
    found, tokens = flows(played.report), played.report.market.tokens_served[seat]
    part = inference_part(played, seat)
    costs = {name: np.abs(found[name][seat]) * part for name in POOL}
    inner = [Part(name, over(cost, tokens), "$/M tokens") for name, cost in costs.items()]
    inner.append(Part("fees", over(-found["fees"][seat], tokens), "$/M tokens"))
    return made_by("sum", "unit_cost", unit_cost(played, seat), "$/M tokens", inner)


def _valuation(played: Played, seat: int, p: Params) -> Part:
    """Annual revenue x multiple, and the value of being near the frontier."""
    money, world, effects = played.report.capital, played.world, played.report.effects
    growth = clip(p.multiple_base + p.multiple_growth * money.revenue_growth[seat], p.multiple_min, p.multiple_max)
    event = effects.valuation_effect + 0.0 * growth
    mood = over(money.multiple[seat], growth * event)
    shocked = events_behind(world, p, "mood")
    multiple = made_by(
        "product",
        "multiple",
        money.multiple[seat],
        "1",
        [
            Part("multiple_growth", growth),
            Part("mood", mood, links=(*draws("mood"), *shocked)),
            Part("event", event, links=events_behind(world, p, "valuation")),
        ],
    )
    sold = made_by(
        "product", "revenue_value", money.arr[seat] * money.multiple[seat], "M$",
        [Part("arr", money.arr[seat], "M$/year"), multiple],
    )  # fmt: skip
    time = p.option_value * np.exp(p.option_growth * float(played.t)) + 0.0 * growth
    gap = np.exp(-p.option_slope * money.capability_gap[seat])
    trust = over(money.option_part[seat], time * gap * mood)
    parts = [
        Part("frontier_time", time, "M$"), Part("frontier_gap", gap), Part("mood", mood), Part("frontier_trust", trust),
    ]  # fmt: skip
    frontier = made_by("product", "frontier", money.option_part[seat], "M$", parts)
    return made_by("sum", "valuation", sold.value + frontier.value, "M$", [sold, frontier])


def _demand(played: Played, seat: int, p: Params) -> Part:
    """Tokens asked for: by segment potential x share x tokens a unit x use x thought x answers, and free ones."""
    m, s, d = played.report.market, p.segments, played.decisions
    held = played.report.skills.technique_held[p.techniques.index("thinking"), seat]
    cards = levers_of(played.world, p)["traffic_times"]
    answers = np.broadcast_to(cards, played.world.capital.cash.shape)[seat]
    think = np.where(held > 0.0, d.thinking[seat], 1.0)
    inner = []
    for row, segment in enumerate(SEGMENTS):
        thought = 1.0 + p.think_demand * s.think_weight[row] * (think - 1.0)
        factors = [
            Part("units", played.world.market.units[row], "units"),
            Part("share", m.share_served[row, seat], "share"),
            Part("tokens_per_unit", s.tokens_per_unit[row] + 0.0 * think, "T"),
            Part("usage", m.usage[row, seat], links=decisions("price")),
            Part("thought", thought, links=decisions("thinking")),
            Part("card_answers", answers, links=decisions("answer")),
        ]
        asked = factors[0].value
        for factor in factors[1:]:
            asked = asked * factor.value
        inner.append(made_by("product", f"segment_{segment}", asked, "T", factors))
    inner.append(Part("tokens_free", m.tokens_free[seat], "T", links=decisions("free_tier")))
    return made_by("sum", "tokens_needed", m.tokens_needed[seat], "T", inner)


def _revenue(played: Played, seat: int, p: Params) -> Part:
    """Revenue: by segment potential x share x bill x served part, and money from hosts."""
    m = played.report.market
    inner = []
    for row, segment in enumerate(SEGMENTS):
        factors = [
            Part("units", played.world.market.units[row], "units"),
            Part("share", m.share_served[row, seat], "share"),
            Part("bill", m.bill[row, seat], "$", links=decisions("price")),
            Part("served", m.served_fraction[seat], "share", links=decisions("inference_share")),
        ]
        inner.append(made_by("product", f"segment_{segment}", m.revenue_segment[row, seat], "M$", factors))
    inner.append(Part("hosts", m.revenue_open[seat], "M$", links=decisions("design_open")))
    return made_by("sum", "revenue", m.revenue[seat], "M$", inner)


def _capability(played: Played, seat: int, p: Params) -> Part:
    """Capability: base model, post-training, over-refusal."""
    safe = played.report.alignment
    base = safe.capability[seat] - safe.post_training[seat] - safe.over_refusal[seat]
    inner = [
        Part("base_model", base, "points"),
        Part("post_training", safe.post_training[seat], "points", links=decisions("alignment_share")),
        Part("over_refusal", safe.over_refusal[seat], "points", links=decisions("alignment_share")),
    ]
    return made_by("sum", "capability", safe.capability[seat], "points", inner)


def _norm(row: int) -> Callable[[Played, int, Params], Part]:
    def norm(played: Played, seat: int, p: Params) -> Part:
        """Price norm: its floor, and what is left of the gap to it."""
        s, value = p.segments, played.report.market.norm[row]
        floor, gap = s.norm_floor[row] + 0.0 * value, s.norm_start[row] - s.norm_floor[row] + 0.0 * value
        left = np.exp2(-float(played.t) / s.norm_half[row]) + 0.0 * value
        unit = "$/month" if row == CONSUMER else "$/M tokens"
        above = made_by(
            "product", "norm_gap", gap * left, unit, [Part("norm_start", gap, unit), Part("norm_left", left)]
        )
        return made_by("sum", f"norm_{SEGMENTS[row]}", value, unit, [Part("norm_floor", floor, unit), above])

    return norm


ANATOMIES: Mapping[str, Callable[[Played, int, Params], Part]] = {
    "mfu_achieved": _mfu,
    "unit_cost": _unit_cost,
    "valuation": _valuation,
    "tokens_needed": _demand,
    "revenue": _revenue,
    "capability": _capability,
    **{f"norm_{segment}": _norm(row) for row, segment in enumerate(SEGMENTS)},
}
"""Figures that open into base, modifiers and result."""
