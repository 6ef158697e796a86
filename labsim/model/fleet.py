"""Which chips stand where in the rings of orders, and what do new ones cost? Shared by verbs and policies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from labsim.model.exogenous import generation_on_sale
from labsim.model.flows import Effects
from labsim.model.laws import chip_price, clip, owner_cost, rent_on_demand, sum_first
from labsim.model.params import Params
from labsim.model.world import Compute, World
from labsim.variables import Array

DELIVERY = 2  # full quarters between the quarter of an order and the first quarter of work, without extra delay


@dataclass(frozen=True)
class Rents:
    """Prices of compute this quarter; M$ a GPU, $/h."""

    price: Array
    on_demand: Array
    contract: Array
    market_contract: Array  # (run,)


def in_service(c: Compute, p: Params) -> Array:
    """Which orders of own GPUs work this quarter; ``(age, 1, run)``. Index 0 was ordered last quarter."""
    index = np.arange(c.bought_gpus.shape[0])[:, None]
    first = DELIVERY + c.delivery_delay
    return ((index >= first) & (index < first + p.gpu_life))[:, None, :]


def owned_by_age(c: Compute, p: Params) -> Array:
    """Own GPUs that are delivered and not retired, by age of the order; ``(age, lab, run)``."""
    return np.where(in_service(c, p), c.bought_gpus, 0.0)


def life_left(c: Compute, p: Params) -> Array:
    """Part of its price at which an order is in the books: 1 until it works, then straight down; ``(age, 1, run)``."""
    index = np.arange(c.bought_gpus.shape[0])[:, None]
    return clip((DELIVERY + p.gpu_life + c.delivery_delay - index) / p.gpu_life, 0.0, 1.0)[:, None, :]


def gpu_book(c: Compute, p: Params) -> Array:
    """Book value of own GPUs, delivered ones; M$."""
    return sum_first(np.where(in_service(c, p), c.bought_cost * life_left(c, p), 0.0))


def _waiting(c: Compute) -> Array:
    """Which orders of GPUs are not delivered yet; ``(age, 1, run)``."""
    index = np.arange(c.bought_gpus.shape[0])[:, None]
    return (index < DELIVERY + c.delivery_delay)[:, None, :]


def orders_book(c: Compute) -> Array:
    """Prepaid GPUs not yet delivered; M$."""
    return sum_first(np.where(_waiting(c), c.bought_cost, 0.0))


def ordered_gpus(c: Compute, t: int, p: Params) -> dict[int, Array]:
    """GPUs bought and not yet delivered, by generation."""
    return by_generation(np.where(_waiting(c), c.bought_gpus, 0.0), t, p)


def by_generation(rows: Array, t: int, p: Params) -> dict[int, Array]:
    """Sum a ring by the chip generation of the quarter of the order: {generation: ``(lab, run)``}."""
    found: dict[int, Array] = {}
    for index in range(rows.shape[0]):
        generation = generation_on_sale(t - 1 - index, p.chips.launch)
        found[generation] = found[generation] + rows[index] if generation in found else rows[index]
    return found


def own_and_reserved(c: Compute, t: int, p: Params) -> tuple[dict[int, Array], dict[int, Array]]:
    """Own and reserved GPUs by generation at the start of quarter ``t``."""
    return by_generation(owned_by_age(c, p), t, p), by_generation(c.contract_gpus, t, p)


def power_needed(owned: dict[int, Array], p: Params) -> Array:
    """IT power of GPUs by generation; MW."""
    return sum_first(np.stack([count * p.chips.it_kw[g] / 1000.0 for g, count in owned.items()]))


def fleet_speed(fleets: Iterable[Mapping[int, Array]], p: Params) -> Array:
    """Training speed at full utilisation of GPUs by generation, all of them powered; FLOP/s."""
    return sum_first(
        np.stack([n * p.chips.bf16[g] * p.chips.mfu_factor[g] for fleet in fleets for g, n in fleet.items()])
    )


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
