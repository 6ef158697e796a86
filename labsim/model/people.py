"""Who works at a lab, and which engineering techniques does it have?

Student: better engineering raises utilisation. A lab gets a technique when it becomes public, or earlier by its own
research.
"""

from __future__ import annotations

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import Effects, Skills
from labsim.model.laws import clip
from labsim.model.params import Params
from labsim.model.skills import skills_of, technique_cost
from labsim.model.world import People, World
from labsim.variables import Array


def people(
    world: World, d: Decisions, effects: Effects, cards: Levers, p: Params, quarter: Quarter
) -> tuple[People, Skills]:
    """Hire or cut towards the target; research the technique in focus (else the first one missing)."""
    staff = world.people.staff
    hired = clip(d.staff_target - staff, -p.cut_limit * staff, p.hire_limit * staff + p.hire_base)
    learned = _learned(world, d.technique_focus, effects, cards, p, quarter)
    return People(staff=cards.times("staff_times", staff + hired), technique_progress=learned), skills_of(
        world, p, quarter
    )


def _learned(world: World, focus: Array, effects: Effects, cards: Levers, p: Params, quarter: Quarter) -> Array:
    """Progress on techniques after a quarter's work; ``(technique, lab, run)``. A focus in hand earns nothing.

    A technique that is public takes only the cost of adopting it.
    """
    before = world.people.technique_progress
    after = np.empty_like(before)
    effort = p.technique_speed * world.people.staff * effects.technique_speed_effect
    effort = cards.times("technique_times", effort)
    looks = focus < 0.0  # for the first technique missing
    for row in range(len(before)):
        if row not in quarter.techniques_closed:
            after[row] = before[row]
            continue
        missing = before[row] < 1.0
        on = missing & (looks | (focus == row))
        looks = looks & ~missing
        step = np.minimum(effort / technique_cost(row, p, quarter), p.technique_fastest)
        np.minimum(before[row] + step * on, 1.0, out=after[row])
    return after
