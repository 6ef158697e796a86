"""Which techniques does a lab hold, and what are they worth? Shared by people, gate and policies."""

from __future__ import annotations

import numpy as np

from labsim.model.exogenous import Quarter
from labsim.model.flows import Skills
from labsim.model.params import MULTIPLIERS, Params
from labsim.model.world import World
from labsim.variables import Array


def held(world: World, quarter: Quarter) -> Array:
    """Techniques in hand: public by now or researched; flags ``(technique, lab, run)``."""
    flags = np.ones_like(world.people.technique_progress)
    for row in quarter.techniques_closed:
        flags[row] = world.people.technique_progress[row] >= 1.0
    return flags


def multiplier(name: str, flags: Array, p: Params, quarter: Quarter) -> Array:
    """Product of one multiplier over the techniques in hand; ``(lab, run)``."""
    column = getattr(p.techniques, name)
    total = np.ones(flags.shape[1:])
    for row in p.techniques.rows_that_move[name]:
        factor = np.where(flags[row] > 0.0, column[row], 1.0) if row in quarter.techniques_closed else column[row]
        total = total * factor
    return total


def skills_of(world: World, p: Params, quarter: Quarter) -> Skills:
    """Techniques in hand with all their multipliers."""
    flags = held(world, quarter)
    return Skills(flags, *(multiplier(name, flags, p, quarter) for name in MULTIPLIERS))
