"""Which techniques does a lab hold, and what are they worth? Shared by people, gate and policies.

A technique that is public and free to adopt is held by everybody: what follows from those alone is ``(1, 1)`` and
broadcasts.
"""

from __future__ import annotations

from functools import reduce
from operator import mul

import numpy as np

from labsim.model.exogenous import Quarter
from labsim.model.flows import Skills
from labsim.model.params import MULTIPLIERS, Params
from labsim.model.roofline import Software
from labsim.model.world import World
from labsim.variables import Array, Flags

_EVERYBODY = np.ones((1, 1))


def held(world: World, row: int, quarter: Quarter) -> Array:
    """Who holds a technique: flags ``(lab, run)``, or ``(1, 1)`` when everybody does."""
    if row not in quarter.techniques_closed:
        return _EVERYBODY
    flags: Flags = world.people.technique_progress[row] >= 1.0
    return flags.astype(np.float64)


def technique_cost(row: int, p: Params, quarter: Quarter) -> Array:
    """Engineer-quarters to research a technique, or to adopt it once it is public; ``(1,)``."""
    cost: Array = p.techniques.cost[row]
    return cost * (p.adoption_percent / 100.0) if quarter.techniques_public[row, 0, 0] else cost


def multiplier(name: str, world: World, p: Params, quarter: Quarter) -> Array:
    """Product of one multiplier over the techniques in hand; ``(lab, run)``, or smaller when all of them are public."""
    column: Array = getattr(p.techniques, name)

    def factor(row: int) -> Array:
        if row not in quarter.techniques_closed:
            return column[row : row + 1]
        return np.where(world.people.technique_progress[row] >= 1.0, column[row], 1.0)

    return reduce(mul, (factor(row) for row in p.techniques.rows_that_move[name]), _EVERYBODY)


def software_of(world: World, p: Params, quarter: Quarter) -> Software:
    """Serving software of the labs."""
    return Software(
        level=p.software_start * multiplier("serve", world, p, quarter),
        prefill=multiplier("prefill", world, p, quarter),
        moe_serve=multiplier("moe_serve", world, p, quarter),
        fp8=held(world, p.techniques.index("fp8_serving"), quarter),
        fp4=held(world, p.techniques.index("fp4_serving"), quarter),
    )


def skills_of(world: World, p: Params, quarter: Quarter) -> Skills:
    """Techniques in hand with all their multipliers, in full."""
    progress = world.people.technique_progress
    flags = np.empty_like(progress)
    for row in range(len(flags)):
        flags[row] = progress[row] >= 1.0 if row in quarter.techniques_closed else 1.0
    one = np.ones(flags.shape[1:])

    def in_full(values: Array) -> Array:
        return values if values.shape == one.shape else one * values

    return Skills(flags, *(in_full(multiplier(name, world, p, quarter)) for name in MULTIPLIERS))
