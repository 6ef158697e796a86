"""Who works at a lab, and which engineering techniques does it have?

Student: better engineering raises utilisation. A lab gets a technique when it becomes public, or earlier by its own
research.
"""

from __future__ import annotations

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import Effects, Skills
from labsim.model.laws import clip
from labsim.model.params import Params
from labsim.model.skills import MULTIPLIERS, held, multiplier
from labsim.model.world import People, World
from labsim.variables import Array


def people(world: World, d: Decisions, effects: Effects, p: Params, quarter: Quarter) -> tuple[People, Skills]:
    """Hire or cut towards the target; research the technique in focus (else the first one missing)."""
    staff = world.people.staff
    progress = world.people.technique_progress
    flags = held(p.techniques, progress, quarter.techniques_public)
    skills = Skills(flags, *(multiplier(p.techniques, name, flags) for name in MULTIPLIERS))
    hired = clip(d.staff_target - staff, -p.cut_limit * staff, p.hire_limit * staff + p.hire_base)
    learned = _learned(staff, d.technique_focus, flags, effects, p)
    return People(staff=staff + hired, technique_progress=np.minimum(progress + learned, 1.0)), skills


def _learned(staff: Array, focus: Array, flags: Array, effects: Effects, p: Params) -> Array:
    """Progress of a quarter on one technique; ``(technique, lab, run)``. A focus already in hand earns nothing."""
    rows = np.arange(flags.shape[0], dtype=np.float64)[:, None, None]
    first_missing = np.argmin(flags, axis=0).astype(np.float64)
    on = (rows == np.where(focus < 0.0, first_missing, focus)) & (flags == 0.0)
    effort = p.technique_speed * staff * effects.technique_speed_effect
    return np.where(on, np.minimum(effort / p.techniques.cost[:, :, None], p.technique_fastest), 0.0)
