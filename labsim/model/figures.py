"""What can a lab know about itself and its market when a quarter begins? Named figures for hazards and rules.

Every stock of a lab or of the world is one under its own name; the others are made from stocks here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from labsim.model.exogenous import Quarter
from labsim.model.fleet import h100e, merged, own_and_reserved, power_needed
from labsim.model.laws import (
    MILLION,
    TRILLION,
    YEAR,
    chip_price,
    max_labs,
    over,
    owner_cost,
    positive,
    rent_on_demand,
    sum_first,
    sum_labs,
    training_flop,
)
from labsim.model.params import AGENTS, CONSUMER, DEVELOPER, ENTERPRISE, Params
from labsim.model.world import GROUPS, World, is_live
from labsim.variables import LAB, REGISTRY, RUN, Array

MONTHS = 3.0  # in a quarter
RUNWAY_MONTHS_MAX = 60.0  # stands for "never" where nothing burns


def runway_months(cash: Array, burn: Array) -> Array:
    """Cash (M$) over burn (M$ a quarter), in months; 60 at most."""
    burns = burn > 0.0
    months = MONTHS * positive(cash) / np.where(burns, burn, 1.0)
    return np.where(burns, np.minimum(months, RUNWAY_MONTHS_MAX), RUNWAY_MONTHS_MAX)


def _behind(world: World, p: Params, quarter: Quarter) -> Array:
    base = world.training.base_capability
    return max_labs(base, is_live(world)) - base


def _ahead(world: World, p: Params, quarter: Quarter) -> Array:
    """Points over the best other live lab; negative for those behind, 0 for a lab alone."""
    base = np.where(is_live(world), world.training.base_capability, -np.inf)
    nobody = np.full_like(base[:1], -np.inf)  # so that there is a second one where only one lab plays
    ranked = np.sort(np.concatenate([nobody, base]), axis=0)
    best, second = ranked[-1], ranked[-2]
    others = np.where(base >= best, second, best)
    return np.where(np.isfinite(others), world.training.base_capability - others, 0.0)


def _fleet(world: World, p: Params, quarter: Quarter) -> Array:
    return h100e(merged(*own_and_reserved(world.compute, quarter.t, p)), p) + np.zeros_like(world.capital.cash)


def _power_short(world: World, p: Params, quarter: Quarter) -> Array:
    """Part of the own chips without power, those on order left out."""
    owned, _ = own_and_reserved(world.compute, quarter.t, p)
    needed = power_needed(owned, p) + np.zeros_like(world.capital.cash)
    return positive(1.0 - over(world.compute.site_power, needed)) * (needed > 0.0)


def _rent_over_market(world: World, p: Params, quarter: Quarter) -> Array:
    """What contracts cost an H100e-hour over today's contract price; 0 without contracts."""
    c = world.compute
    _, contracts = own_and_reserved(c, quarter.t, p)
    compute = h100e(contracts, p) + np.zeros_like(world.capital.cash)
    own = over(sum_first(c.contract_cost) * MILLION / p.hours, compute)
    ratio: Array = own / (market_rent(world, p, quarter) / p.chips.h100e[quarter.generation])
    return ratio


def market_rent(world: World, p: Params, quarter: Quarter) -> Array:
    """Contract price of the generation on sale without events and mark-ups; $/h, ``(run,)``."""
    cost = owner_cost(chip_price(quarter.generation, quarter.t, p), p.chips.it_kw[quarter.generation], p)
    calm = np.zeros(1), np.ones(1)
    return rent_on_demand(cost, world.compute.scarcity, *calm, p) * p.reserve_discount


def _part_of(segment: int) -> Callable[[World, Params, Quarter], Array]:
    def part(world: World, p: Params, quarter: Quarter) -> Array:
        bills = world.market.share * (world.market.units * p.segments.tokens_per_unit)[:, None, :] * world.market.prices
        bills[CONSUMER] *= MONTHS / p.segments.tokens_per_unit[CONSUMER]
        return over(bills[segment], sum_first(bills))

    return part


def _growth(world: World, p: Params, quarter: Quarter) -> Array:
    """Revenue over that of a year ago, less one; 0 where a year ago is unknown."""
    now, then = world.capital.arr_history[0], world.capital.arr_history[-1]
    return np.where(then > 0.0, over(now, then) - 1.0, 0.0)


FIGURES: Mapping[str, tuple[str, str, Callable[[World, Params, Quarter], Array]]] = {
    "runway_months": (
        "months",
        "Cash over burn; 60 at most.",
        lambda w, p, q: runway_months(w.capital.cash, w.capital.burn),
    ),
    "revenue_last": ("M$", "Revenue of the last quarter.", lambda w, p, q: w.capital.arr_history[0] / YEAR),
    "revenue_growth_last": ("1", "Revenue of the last quarter over that of a year before, less one.", _growth),
    "rent_bill": ("M$", "Rents due for contracts.", lambda w, p, q: sum_first(w.compute.contract_cost)),
    "rent_over_market": ("1", "Own contract rent over today's contract price, by H100e.", _rent_over_market),
    "fleet_h100e": ("H100e", "Own and reserved chips.", _fleet),
    "power_short": ("1", "Part of the own chips without power.", _power_short),
    "points_behind": ("points", "Base capability behind the best live lab.", _behind),
    "points_ahead": ("points", "Base capability ahead of the best other live lab.", _ahead),
    "open_lag": (
        "points",
        "Base capability ahead of the best open weights.",
        lambda w, p, q: w.training.base_capability - w.training.open_capability,
    ),
    "run_size": (
        "FLOP",
        "Training compute of the run in progress.",
        lambda w, p, q: training_flop(w.training.run_active, w.training.run_tokens * TRILLION, p) * w.training.run_on,
    ),
    "data_repeats": (
        "1",
        "Tokens of the run in progress over unique tokens.",
        lambda w, p, q: over(w.training.run_tokens, w.training.data),
    ),
    "consumer_part": ("1", "Part of the customers' bills from consumers.", _part_of(CONSUMER)),
    "developer_part": ("1", "Part of the customers' bills from developers.", _part_of(DEVELOPER)),
    "enterprise_part": ("1", "Part of the customers' bills from enterprises.", _part_of(ENTERPRISE)),
    "agents_part": ("1", "Part of the customers' bills from agents.", _part_of(AGENTS)),
    "largest_share": ("1", "Largest share of a segment's customers.", lambda w, p, q: w.market.share.max(axis=0)),
    "labs_ended": (
        "1",
        "Part of the labs that have ended.",
        lambda w, p, q: (1.0 - sum_labs(is_live(w).astype(np.float64)) / w.labs)[None],
    ),
}
"""Name -> unit, meaning, and how it is made: ``(lab, run)`` or ``(1, run)``."""

STOCK_FIGURES: tuple[str, ...] = tuple(
    v.name for v in REGISTRY.values() if v.kind == "stock" and v.axes in ((LAB, RUN), (RUN,))
)
FIGURE_NAMES: tuple[str, ...] = (*FIGURES, *STOCK_FIGURES)


def figure(name: str, world: World, p: Params, quarter: Quarter) -> Array:
    """A named figure at the start of a quarter, ``(lab, run)`` or broadcasting to it.

    Raises:
        KeyError: no figure has this name.
    """
    if name in FIGURES:
        return FIGURES[name][2](world, p, quarter)
    for group in GROUPS:
        found = getattr(getattr(world, group), name, None)
        if found is not None:
            stock: Array = found
            return stock
    raise KeyError(name)
