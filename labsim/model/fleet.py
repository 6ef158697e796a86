"""Which chips stand where in the rings of orders, and what do new ones cost? Shared by verbs and policies.

A ring runs over the quarters of the orders: index 0 was ordered last quarter. GPUs work from index ``DELIVERY`` on for
``gpu_life`` quarters; where the delivery took a quarter more, from one index later on and one index longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import add

import numpy as np

from labsim.model.exogenous import generation_on_sale
from labsim.model.flows import Effects
from labsim.model.laws import KILO, chip_price, owner_cost, rent_on_demand, sum_first, sum_up, weighted_sum
from labsim.model.params import Params
from labsim.model.world import Compute, World
from labsim.variables import Array

DELIVERY = 2  # full quarters between the quarter of an order and the first quarter of work, without extra delay

Fleet = Mapping[int, Array]
"""GPUs by generation: {generation: ``(lab, run)``}."""


@dataclass(frozen=True)
class Rents:
    """Prices of compute this quarter; M$ a GPU, $/h."""

    price: Array
    on_demand: Array
    contract: Array
    market_contract: Array  # (run,)


def in_service(c: Compute, p: Params) -> Array:
    """Do the orders of own GPUs work this quarter? Flags ``(age, 1, run)``."""
    index = np.arange(c.bought_gpus.shape[0], dtype=np.float64)[:, None]
    first = DELIVERY + c.delivery_delay
    return ((index >= first) & (index < first + p.gpu_life)).astype(np.float64)[:, None, :]


def _ages(p: Params) -> tuple[int, int]:
    """Youngest and oldest index that may work: there the delay of the delivery decides; all between them work."""
    return DELIVERY, DELIVERY + p.gpu_life


def _youngest(ring: Array, c: Compute) -> Array:
    row: Array = ring[DELIVERY] * (1.0 - c.delivery_delay[DELIVERY])
    return row


def _oldest(ring: Array, c: Compute, p: Params) -> Array:
    last = DELIVERY + p.gpu_life
    row: Array = ring[last] * c.delivery_delay[last]
    return row


def sum_in_service(ring: Array, c: Compute, p: Params) -> Array:
    """Sum of a ring of own GPUs over the orders that work this quarter; ``(lab, run)``."""
    young, old = _ages(p)
    return _youngest(ring, c) + sum_first(ring[young + 1 : old]) + _oldest(ring, c, p)


def gpu_book(c: Compute, p: Params) -> Array:
    """Book value of own GPUs, delivered ones: straight down over their life; M$."""
    young, old = _ages(p)
    left = np.arange(p.gpu_life, 0.0, -1.0)[:, None] / p.gpu_life
    between = left[1:] + c.delivery_delay[young + 1 : old] / p.gpu_life
    worn = weighted_sum(c.bought_cost[young + 1 : old], between)
    return _youngest(c.bought_cost, c) + worn + _oldest(c.bought_cost, c, p) / p.gpu_life


def orders_book(c: Compute) -> Array:
    """Prepaid GPUs not yet delivered; M$."""
    late: Array = c.bought_cost[DELIVERY] * c.delivery_delay[DELIVERY]
    return sum_first(c.bought_cost[:DELIVERY]) + late


def ordered_gpus(c: Compute, t: int, p: Params) -> Fleet:
    """GPUs bought and not yet delivered, by generation."""
    late = c.bought_gpus[DELIVERY] * c.delivery_delay[DELIVERY]
    return _together(*_sums(c.bought_gpus, t, 0, DELIVERY, p), _of_age(late, t, DELIVERY, p))


def own_and_reserved(c: Compute, t: int, p: Params) -> tuple[Fleet, Fleet]:
    """Own and reserved GPUs by generation at the start of quarter ``t``."""
    young, old = _ages(p)
    owned = _together(
        _of_age(_youngest(c.bought_gpus, c), t, young, p),
        *_sums(c.bought_gpus, t, young + 1, old, p),
        _of_age(_oldest(c.bought_gpus, c, p), t, old, p),
    )
    return owned, _together(*_sums(c.contract_gpus, t, 0, c.contract_gpus.shape[0], p))


def _sums(ring: Array, t: int, first: int, end: int, p: Params) -> Iterable[tuple[int, Array]]:
    """Sums of the ages ``first`` to ``end - 1`` of a ring by generation."""
    for generation, start, stop in _stretches(t, first, end, p.chips.launch):
        yield generation, sum_first(ring[start:stop])


@cache
def _stretches(t: int, first: int, end: int, launches: tuple[int, ...]) -> tuple[tuple[int, int, int], ...]:
    """(generation, first age, end) of the stretches of a ring in which one generation was on sale."""
    generations = [generation_on_sale(t - 1 - age, launches) for age in range(first, end)]
    starts = [i for i, g in enumerate(generations) if i == 0 or generations[i - 1] != g]
    stops = [*starts[1:], len(generations)]
    return tuple((generations[a], first + a, first + b) for a, b in zip(starts, stops, strict=True))


def _of_age(row: Array, t: int, age: int, p: Params) -> tuple[int, Array]:
    return generation_on_sale(t - 1 - age, p.chips.launch), row


def _together(*parts: tuple[int, Array]) -> Fleet:
    """Add up what belongs to the same generation, in order of age."""
    found: dict[int, Array] = {}
    for generation, count in parts:
        found[generation] = found[generation] + count if generation in found else count
    return found


def _weighted(fleet: Fleet, weight: Array) -> Array:
    """Sum of GPUs times a figure of their generation."""
    return sum_up(count * weight[g] for g, count in fleet.items())


def merged(*fleets: Fleet) -> Fleet:
    """Fleets put together, oldest generation first; what nobody has is left out.

    The order is fixed, so that a run adds up in the same order whoever plays beside it.
    """
    parts = [(g, count) for fleet in fleets for g, count in fleet.items()]
    used = [part for part in parts if part[1].any()] or parts[:1]
    return _together(*sorted(used, key=lambda part: part[0]))


def gpus(fleet: Fleet) -> Array:
    """All GPUs of a fleet."""
    return reduce(add, fleet.values())


def h100e(fleet: Fleet, p: Params) -> Array:
    """A fleet in H100 equivalents."""
    return _weighted(fleet, p.chips.h100e)


def power_needed(fleet: Fleet, p: Params) -> Array:
    """IT power of GPUs by generation; MW."""
    return _weighted(fleet, p.chips.it_kw / KILO)


def fleet_speed(fleet: Fleet, p: Params) -> Array:
    """Training speed at full utilisation of GPUs by generation, all of them powered; FLOP/s."""
    return _weighted(fleet, p.chips.bf16 * p.chips.mfu_factor)


def rents(world: World, generation: int, effects: Effects, p: Params, t: int) -> Rents:
    """Price and rents of the generation on sale; a lab in a partnership pays its partner's mark-up on rents."""
    listed = chip_price(generation, t, p)
    scarcity = world.compute.scarcity
    paid = listed * np.exp(p.chip_scarcity * np.log(scarcity)) * effects.chip_price_effect * p.chip_cost
    cost = owner_cost(listed, p.chips.it_kw[generation], p)
    market = rent_on_demand(cost, scarcity, effects.rent_markup_effect, effects.power_price_effect, p)
    markup = np.where(world.capital.partner_left > 0.0, p.partner_markup, 1.0)
    on_demand = market * markup
    return Rents(paid, on_demand, on_demand * p.reserve_discount, market * p.reserve_discount)
