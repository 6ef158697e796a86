"""How many tokens can a lab serve this quarter?

Student: reading the prompt is limited by arithmetic, writing by memory bandwidth; all weights must fit, so sparse
models need many GPUs per replica. What is not served is lost and drives customers away.
"""

from __future__ import annotations

from functools import reduce
from operator import mul

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Shares
from labsim.model.exogenous import Quarter
from labsim.model.flows import ComputeFlows, ServingFlows
from labsim.model.laws import HOUR, MILLION, over, positive, sum_first
from labsim.model.params import Params
from labsim.model.roofline import Software, fleet_capacity, roofline
from labsim.model.skills import software_of
from labsim.model.world import Training, World
from labsim.variables import Array


def serving(
    world: World, trained: Training, parts: Shares, fleet: ComputeFlows, cards: Levers, p: Params, quarter: Quarter
) -> ServingFlows:
    """Capacity of the model now served on the fleet, and what hosts pay to serve the best open model."""
    used = {g: fleet.fleet[g] for g in range(quarter.generation + 1) if fleet.fleet[g].any()}
    active, sparsity = np.maximum(trained.model_active, 1.0), np.maximum(trained.model_sparsity, 1.0)
    full, replica = fleet_capacity(active, sparsity, used, software_of(world, p, quarter), p)
    full = cards.times("serving_times", full)
    spare = over(p.spare_replicas * replica, sum_first(fleet.fleet))
    return ServingFlows(
        capacity=full * positive(parts.inference - spare),
        full_capacity=full,
        mean_replica=replica,
        open_cost=_open_cost(world.training, fleet.market_rent, p, quarter),
    )


def public_software(quarter: Quarter, p: Params) -> Software:
    """Serving software that every host has: the public techniques; FP8 and FP4 from dates of their own."""
    t, one = p.techniques, np.ones(1)

    def product(name: str) -> Array:
        public = (getattr(t, name)[row] for row in t.rows_that_move[name] if quarter.techniques_public[row, 0, 0])
        return reduce(mul, public, one)

    return Software(
        level=p.software_start * product("serve"),
        prefill=product("prefill"),
        moe_serve=product("moe_serve"),
        fp8=one if quarter.is_after("fp8_at_hosts") else 0.0 * one,
        fp4=one if quarter.is_after("fp4_at_hosts") else 0.0 * one,
    )


def _open_cost(models: Training, rent: Array, p: Params, quarter: Quarter) -> Array:
    """Dollars per million tokens of the best open model on rented GPUs of the generation on sale; ``(run,)``."""
    software = public_software(quarter, p)
    one = roofline(models.open_active, models.open_sparsity, quarter.generation, software, p)
    return rent / (one.blended_rate * (p.load_factor * p.latency_derate * HOUR)) * MILLION
