"""How well is the served model aligned, and what does the lab see of it?

Student: safe behaviour needs alignment compute in proportion to the model, and more of it as capability rises. Coverage
has diminishing returns, too much makes the model refuse, and the player sees coverage only through evaluations.
"""

from __future__ import annotations

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import AlignmentFlows, Effects, Skills, TrainingFlows
from labsim.model.laws import TRILLION, clip, over
from labsim.model.params import Params
from labsim.model.world import Alignment, Training, World
from labsim.variables import Array


def need(base_capability: Array, effect: Array, p: Params) -> Array:
    """Alignment over training compute that covers 63 %: grows with capability."""
    return p.align_need * np.exp(p.align_need_growth * (base_capability - p.index_zero)) * effect


def post_training(ratio: Array, relative: Array, p: Params) -> tuple[Array, Array]:
    """Points that alignment work adds, and those that too much of it takes; ``relative`` is the ratio over the need."""
    gain = p.posttrain_max * (1.0 - np.exp(-ratio / p.posttrain_half))
    loss = -p.over_align_loss * np.log2(np.maximum(relative / p.over_align_from, 1.0))
    return gain, loss


def alignment(
    world: World,
    d: Decisions,
    trained: Training,
    work: TrainingFlows,
    skills: Skills,
    effects: Effects,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> tuple[Alignment, AlignmentFlows]:
    """Carry, decay and add to the alignment of the model now served; evaluate it."""
    kept = (1.0 - p.align_decay) * (1.0 - (1.0 - p.align_carry) * work.replaced)
    carried = world.alignment.align_ratio * kept
    ratio = carried + over(work.alignment_flop * skills.align, trained.model_flop)
    needed = need(trained.base_capability, effects.alignment_need_effect, p)
    given = np.maximum(cards["alignment_plus"] * needed, -ratio)
    ratio = ratio + given
    relative = ratio / needed
    coverage = 1.0 - np.exp(-relative)
    gain, loss = post_training(ratio, relative, p)
    width = p.eval_width / (1.0 + d.evaluation_spend / p.eval_half)
    flows = AlignmentFlows(
        capability=trained.base_capability + gain + loss,
        post_training=gain,
        over_refusal=loss,
        align_needed=needed,
        coverage=coverage,
        alignment_seen=clip(coverage + width * quarter.dice.evaluation, 0.0, 1.0),
        alignment_width=width,
        alignment_given=given + np.zeros_like(ratio),
        tokens_aligned=over(work.alignment_flop, p.flop_per_token_align * trained.model_active) / TRILLION,
    )
    evidence = clip(cards.plus("evidence_plus", coverage - width), 0.0, 1.0)
    return Alignment(align_ratio=ratio, evidence=evidence), flows
