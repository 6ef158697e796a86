"""How many tokens can a lab serve this quarter?

Student: reading the prompt is limited by arithmetic, writing by memory bandwidth; all weights must fit, so sparse
models need many GPUs per replica. What is not served is lost and drives customers away.
"""

from __future__ import annotations

import numpy as np

from labsim.model.decisions import Shares
from labsim.model.exogenous import Quarter
from labsim.model.flows import ComputeFlows, ServingFlows, Skills
from labsim.model.laws import over, positive, sum_first
from labsim.model.params import Params, Techniques
from labsim.model.roofline import Software, fleet_capacity, roofline
from labsim.model.world import Training
from labsim.variables import Array


def software_of(skills: Skills, techniques: Techniques, p: Params) -> Software:
    """Serving software of the labs."""
    flags = skills.technique_held
    return Software(
        level=p.software_start * skills.serve,
        prefill=skills.prefill,
        moe_serve=skills.moe_serve,
        fp8=flags[techniques.index("fp8_serving")],
        fp4=flags[techniques.index("fp4_serving")],
    )


def public_software(quarter: Quarter, p: Params) -> Software:
    """Serving software that every host has: the public techniques; FP8 and FP4 from dates of their own."""
    on = np.array([[1.0 if row else 0.0] for row in quarter.techniques_public[:, 0, 0]])

    def product(column: Array) -> Array:
        value = np.ones(column.shape[-1])
        for row in range(len(p.techniques.names)):
            value = value * np.where(on[row] > 0.0, column[row], 1.0)
        return value

    one = np.ones(1)
    return Software(
        level=p.software_start * product(p.techniques.serve),
        prefill=product(p.techniques.prefill),
        moe_serve=product(p.techniques.moe_serve),
        fp8=one if quarter.is_after("fp8_at_hosts") else 0.0 * one,
        fp4=one if quarter.is_after("fp4_at_hosts") else 0.0 * one,
    )


def gpus_by_generation(fleet: Array, newest: int) -> list[tuple[int, Array]]:
    """(generation, GPUs) of the generations that somebody uses."""
    return [(g, fleet[g]) for g in range(newest + 1) if np.any(fleet[g])]


def serving(
    before: Training, trained: Training, parts: Shares, fleet: ComputeFlows, skills: Skills, p: Params, quarter: Quarter
) -> ServingFlows:
    """Capacity of the model now served on the fleet, and what hosts pay to serve the best open model."""
    software = software_of(skills, p.techniques, p)
    used = gpus_by_generation(fleet.fleet, quarter.generation)
    full, replica = fleet_capacity(
        np.maximum(trained.model_active, 1.0), np.maximum(trained.model_sparsity, 1.0), used, software, p
    )
    gpus = sum_first(fleet.fleet)
    spare = over(p.spare_replicas * replica, gpus)
    return ServingFlows(
        capacity=full * positive(parts.inference - spare),
        full_capacity=full,
        mean_replica=replica,
        open_cost=_open_cost(before, fleet.market_rent, p, quarter),
    )


def _open_cost(models: Training, rent: Array, p: Params, quarter: Quarter) -> Array:
    """Dollars per million tokens of the best open model on rented GPUs of the generation on sale; ``(run,)``."""
    software = public_software(quarter, p)
    one = roofline(models.open_active, models.open_sparsity, quarter.generation, software, p)
    return rent / (one.blended_rate * p.load_factor * p.latency_derate * 3600.0) * 1e6
