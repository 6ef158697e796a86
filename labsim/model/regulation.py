"""Which rules bind a lab this quarter, and how long is a release held?

Student: above a training-compute threshold a lab must show evidence of alignment or wait. Evidence comes from real
alignment and from paid evaluation.
"""

from __future__ import annotations

import numpy as np

from labsim.model.cards import Levers
from labsim.model.exogenous import Quarter
from labsim.model.flows import Effects, Rules
from labsim.model.laws import TRILLION, training_flop
from labsim.model.params import Params
from labsim.model.world import World


def regulation(world: World, effects: Effects, cards: Levers, p: Params, quarter: Quarter) -> Rules:
    """Thresholds passed by the run in progress (else the served model) and the hold of its release."""
    run = world.training
    size = np.where(run.run_on > 0.0, training_flop(run.run_active, run.run_tokens * TRILLION, p), run.model_flop)
    in_force = 1.0 if quarter.is_after("evidence_rules") else 0.0
    first = np.where(size > p.rule_flop, in_force, 0.0)
    second = np.where(size > p.rule_flop_second, in_force, 0.0)
    evidence = world.alignment.evidence
    short = second * (evidence < p.rule_evidence_second) + first * (evidence < p.rule_evidence)
    asked = np.where(world.society.pressure > p.rule_pressure, np.minimum(short, p.delay_max), 0.0)
    delay = cards.plus("hold_plus", asked + first * effects.hold_effect)
    return Rules(first, second, np.minimum(delay, p.delay_max))
