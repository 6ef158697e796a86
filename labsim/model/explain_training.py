"""Why did capability change? The released model in its named parts, post-training and over-refusal (model: 7.5, 7.6).

Also what evaluations show of alignment. True coverage is not used: what a lab expected to see follows from its last
reading and its own work, and the rest is a reading error.
"""

from __future__ import annotations

import numpy as np

from labsim.model.laws import over
from labsim.model.params import Params
from labsim.model.terms import Cause, Coalitions, Link, Played, decisions, draws, events_behind, grouped, shapley
from labsim.model.world import World
from labsim.variables import Array

INDEX_PARTS = ("base", "size", "design", "data", "moe", "algorithms", "distillation", "luck", "stagnation")
_CLEAREST = 0.5  # standard errors under full coverage at which the best reading is taken: no work covers everything


def served_capability(world: World, need: Array, seat: int, p: Params) -> Array:
    """Capability of the model a lab serves, points; ``need`` is its alignment ratio that covers 63 %."""
    ratio = world.alignment.align_ratio[seat]
    served: Array = world.training.base_capability[seat] + _gain(ratio, p) + _refusal(ratio, need, p)
    return served


def _gain(ratio: Array, p: Params) -> Array:
    return p.posttrain_max * (1.0 - np.exp(-ratio / p.posttrain_half))


def _refusal(ratio: Array, need: Array, p: Params) -> Array:
    return -p.over_align_loss * np.log2(np.maximum(ratio / (p.over_align_from * need), 1.0))


def opening_need(start: World, after: Played, seat: int, p: Params) -> Array:
    """Alignment need of the model served before the first quarter, from the need a quarter later."""
    risen = after.world.training.base_capability[seat] - start.training.base_capability[seat]
    effect = after.report.effects.alignment_need_effect
    need: Array = after.report.alignment.align_needed[seat] * np.exp(-p.align_need_growth * risen) / effect
    return need


def capability_causes(start: World, need: Array, after: Played, seat: int, p: Params) -> list[Cause]:
    """Causes of the change of capability in a quarter that the lab survives; points.

    ``need`` is the alignment need before the quarter.
    """
    safe = after.report.alignment
    before, ratio = start.alignment.align_ratio[seat], after.world.alignment.align_ratio[seat]
    need_now = safe.align_needed[seat]

    def gain(on: Coalitions) -> Array:
        return _gain(_ratio(on, start, after, seat, p), p)

    def refusal(on: Coalitions) -> Array:
        return _refusal(on.pick("ratio", before, ratio), on.pick("need", need, need_now), p)

    fair = shapley(gain, {name: (name,) for name in _RATIO})
    tuned = [Cause(name, fair[name], _ratio_links(name), text=f"align_{name}") for name in _RATIO]
    over_done = shapley(refusal, {"ratio": ("ratio",), "need": ("need",)})
    need_links = events_behind(after.world, p, "alignment_need")
    refused = [
        Cause("ratio", over_done["ratio"], decisions("alignment_share"), text="refusal_ratio"),
        Cause("need", over_done["need"], need_links, text="refusal_need"),
    ]
    return [
        _new_model(start, after, seat, p),
        grouped("post_training", tuned, decisions("alignment_share")),
        grouped("over_refusal", refused, decisions("alignment_share")),
    ]


def _new_model(start: World, after: Played, seat: int, p: Params) -> Cause:
    """The parts of a released model's index less the index of the model that it replaced; 0 without one."""
    flows = after.report.training
    in_use = flows.replaced[seat]
    links = {
        "base": decisions("design_base", "design_tokens"),
        "size": decisions("design_active", "design_tokens", "training_share"),
        "design": decisions("design_active", "design_tokens"),
        "data": decisions("data_purchase", "design_tokens"),
        "moe": decisions("design_sparsity"),
        "algorithms": decisions("experiment_share"),
        "distillation": decisions("design_distil"),
        "luck": draws("luck"),
        "stagnation": events_behind(after.world, p, "stagnation"),
    }
    parts = [
        Cause(f"index_{part}", getattr(flows, f"index_{part}")[seat] * in_use, links[part]) for part in INDEX_PARTS
    ]
    parts.append(Cause("replaced_model", -start.training.base_capability[seat] * in_use))
    design = decisions("design_active", "design_tokens", "design_sparsity", "design_distil", "start_run")
    return grouped("new_model", parts, design)


_RATIO = ("work", "decay", "carry", "given")


def _ratio(on: Coalitions, start: World, after: Played, seat: int, p: Params, first: Array | None = None) -> Array:
    """Alignment compute over training compute of the served model, from what it was before; see 7.6."""
    was = start.alignment.align_ratio[seat] if first is None else first
    flows = after.report.training
    effort = flows.alignment_flop[seat] * after.report.skills.align[seat]
    work = over(effort, after.world.training.model_flop[seat])
    none, whole = np.zeros_like(was), np.ones_like(was)
    carried = np.where(flows.replaced[seat] > 0.0, p.align_carry, 1.0)
    kept = on.pick("decay", whole, whole - p.align_decay) * on.pick("carry", whole, carried)
    return (
        was * kept + on.pick("work", none, work) + on.pick("given", none, after.report.alignment.alignment_given[seat])
    )


def _ratio_links(name: str) -> tuple[Link, ...]:
    return {
        "work": decisions("alignment_share"),
        "carry": decisions("start_run", "design_active", "design_tokens"),
        "given": decisions("answer"),
    }.get(name, ())


def alignment_seen_causes(start: World, before: Played, after: Played, seat: int, p: Params) -> list[Cause]:
    """Causes of the change of the alignment that evaluations show, in a quarter that the lab survives; 0-1."""
    then, now = before.report.alignment, after.report.alignment
    seen = np.minimum(then.alignment_seen[seat], 1.0 - _CLEAREST * then.alignment_width[seat])
    need = (then.align_needed[seat], now.align_needed[seat])
    inferred = -np.log(1.0 - seen) * need[0]

    def worth(on: Coalitions) -> Array:
        return 1.0 - np.exp(-_ratio(on, start, after, seat, p, inferred) / on.pick("need", *need))

    fair = shapley(worth, {name: (name,) for name in (*_RATIO, "need")})
    expected = sum(fair.values(), np.zeros_like(seen))
    causes = [Cause(name, fair[name], _ratio_links(name), text=f"align_{name}") for name in _RATIO]
    new_model = _ratio_links("carry")
    change = now.alignment_seen[seat] - then.alignment_seen[seat]
    return [
        *causes,
        Cause("need", fair["need"], (*events_behind(after.world, p, "alignment_need"), *new_model), text="align_need"),
        Cause("reading_error", change - expected, (*draws("evaluation"), *decisions("evaluation_spend"))),
    ]
