"""What can a lab know about itself and its market when a quarter begins? Named figures for hazards and rules.

Every stock of a lab or of the world is one under its own name; the others are made from stocks here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labsim.model.exogenous import Quarter
from labsim.model.fleet import Fleet, h100e, merged, own_and_reserved, power_needed
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


@dataclass(frozen=True)
class Known:
    """What is known when a quarter begins; what several figures need is worked out once."""

    world: World
    p: Params
    quarter: Quarter

    @cached_property
    def owned_and_reserved(self) -> tuple[Fleet, Fleet]:
        """Own and reserved GPUs by generation."""
        return own_and_reserved(self.world.compute, self.quarter.t, self.p)

    @cached_property
    def bills(self) -> Array:
        """Bills of the customers at their last prices, ``(segment, lab, run)``; M$ a quarter up to a common factor."""
        market, s = self.world.market, self.p.segments
        bills: Array = market.share * (market.units * s.tokens_per_unit)[:, None, :] * market.prices
        bills[CONSUMER] *= MONTHS / s.tokens_per_unit[CONSUMER]
        return bills

    @cached_property
    def all_bills(self) -> Array:
        """The bills of all segments, ``(lab, run)``."""
        return sum_first(self.bills)

    def full(self, value: Array) -> Array:
        """The value in the shape ``(lab, run)``."""
        return value + np.zeros_like(self.world.capital.cash)


def _behind(k: Known) -> Array:
    base = k.world.training.base_capability
    return max_labs(base, is_live(k.world)) - base


def _ahead(k: Known) -> Array:
    """Points over the best other live lab; negative for those behind, 0 for a lab alone."""
    base = np.where(is_live(k.world), k.world.training.base_capability, -np.inf)
    nobody = np.full_like(base[:1], -np.inf)  # so that there is a second one where only one lab plays
    ranked = np.sort(np.concatenate([nobody, base]), axis=0)
    best, second = ranked[-1], ranked[-2]
    others = np.where(base >= best, second, best)
    return np.where(np.isfinite(others), k.world.training.base_capability - others, 0.0)


def _power_short(k: Known) -> Array:
    """Part of the own chips without power, those on order left out."""
    needed = k.full(power_needed(k.owned_and_reserved[0], k.p))
    return positive(1.0 - over(k.world.compute.site_power, needed)) * (needed > 0.0)


def _rent_over_market(k: Known) -> Array:
    """What contracts cost an H100e-hour over today's contract price; 0 without contracts."""
    compute = k.full(h100e(k.owned_and_reserved[1], k.p))
    own = over(sum_first(k.world.compute.contract_cost) * MILLION / k.p.hours, compute)
    ratio: Array = own / (market_rent(k.world, k.p, k.quarter) / k.p.chips.h100e[k.quarter.generation])
    return ratio


def market_rent(world: World, p: Params, quarter: Quarter) -> Array:
    """Contract price of the generation on sale without events and mark-ups; $/h, ``(run,)``."""
    cost = owner_cost(chip_price(quarter.generation, quarter.t, p), p.chips.it_kw[quarter.generation], p)
    calm = np.zeros(1), np.ones(1)
    return rent_on_demand(cost, world.compute.scarcity, *calm, p) * p.reserve_discount


def _part_of(segment: int) -> Callable[[Known], Array]:
    return lambda k: over(k.bills[segment], k.all_bills)


def _run_size(k: Known) -> Array:
    t = k.world.training
    return training_flop(t.run_active, t.run_tokens * TRILLION, k.p) * t.run_on


def _growth(k: Known) -> Array:
    """Revenue over that of a year ago, less one; 0 where a year ago is unknown."""
    now, then = k.world.capital.arr_history[0], k.world.capital.arr_history[-1]
    return np.where(then > 0.0, over(now, then) - 1.0, 0.0)


FIGURES: Mapping[str, tuple[str, str, Callable[[Known], Array]]] = {
    "runway_months": (
        "months",
        "Cash over burn; 60 at most.",
        lambda k: runway_months(k.world.capital.cash, k.world.capital.burn),
    ),
    "revenue_last": ("M$", "Revenue of the last quarter.", lambda k: k.world.capital.arr_history[0] / YEAR),
    "revenue_growth_last": ("1", "Revenue of the last quarter over that of a year before, less one.", _growth),
    "rent_bill": ("M$", "Rents due for contracts.", lambda k: sum_first(k.world.compute.contract_cost)),
    "rent_over_market": ("1", "Own contract rent over today's contract price, by H100e.", _rent_over_market),
    "fleet_h100e": ("H100e", "Own and reserved chips.", lambda k: k.full(h100e(merged(*k.owned_and_reserved), k.p))),
    "power_short": ("1", "Part of the own chips without power.", _power_short),
    "points_behind": ("points", "Base capability behind the best live lab.", _behind),
    "points_ahead": ("points", "Base capability ahead of the best other live lab.", _ahead),
    "open_lag": (
        "points",
        "Base capability ahead of the best open weights.",
        lambda k: k.world.training.base_capability - k.world.training.open_capability,
    ),
    "run_size": (
        "FLOP",
        "Training compute of the run in progress.",
        _run_size,
    ),
    "data_repeats": (
        "1",
        "Tokens of the run in progress over unique tokens.",
        lambda k: over(k.world.training.run_tokens, k.world.training.data),
    ),
    "consumer_part": ("1", "Part of the customers' bills from consumers.", _part_of(CONSUMER)),
    "developer_part": ("1", "Part of the customers' bills from developers.", _part_of(DEVELOPER)),
    "enterprise_part": ("1", "Part of the customers' bills from enterprises.", _part_of(ENTERPRISE)),
    "agents_part": ("1", "Part of the customers' bills from agents.", _part_of(AGENTS)),
    "largest_share": ("1", "Largest share of a segment's customers.", lambda k: k.world.market.share.max(axis=0)),
    "labs_ended": (
        "1",
        "Part of the labs that have ended.",
        lambda k: (1.0 - sum_labs(is_live(k.world).astype(np.float64)) / k.world.labs)[None],
    ),
}
"""Name -> unit, meaning, and how it is made: ``(lab, run)`` or ``(1, run)``."""

STOCK_FIGURES: tuple[str, ...] = tuple(
    v.name for v in REGISTRY.values() if v.kind == "stock" and v.axes in ((LAB, RUN), (RUN,))
)
FIGURE_NAMES: tuple[str, ...] = (*FIGURES, *STOCK_FIGURES)


def figure(name: str, known: Known) -> Array:
    """A named figure at the start of a quarter, ``(lab, run)`` or broadcasting to it.

    Raises:
        KeyError: no figure has this name.
    """
    if name in FIGURES:
        return FIGURES[name][2](known)
    for group in GROUPS:
        found = getattr(getattr(known.world, group), name, None)
        if found is not None:
            stock: Array = found
            return stock
    raise KeyError(name)
