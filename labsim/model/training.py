"""What does the training run in progress learn, and when is its model served?

Student: training loss falls by a power law in parameters and tokens; the index counts factors of ten of the compute a
perfectly designed dense run would need for that loss. Sparse models act like larger ones if there are enough tokens,
but use hardware less well.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from labsim.model.decisions import Decisions, Shares
from labsim.model.exogenous import Quarter
from labsim.model.flows import ComputeFlows, Effects, Rules, Skills, TrainingFlows
from labsim.model.laws import (
    clip,
    max_labs,
    moe_training_factor,
    over,
    positive,
    training_flop,
)
from labsim.model.params import Params
from labsim.model.scaling import Run, flop_needed, predicted_index, quarter_flop
from labsim.model.world import Training, World, is_live
from labsim.variables import Array


def training(
    world: World,
    d: Decisions,
    parts: Shares,
    fleet: ComputeFlows,
    skills: Skills,
    rules: Rules,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> tuple[Training, TrainingFlows]:
    """Train the run in progress, release it when done and not held, and move algorithms and data on."""
    old = world.training
    live = is_live(world)
    start = (d.start_run > 0.5) & (old.run_on == 0.0) & live
    run_on = (old.run_on > 0.0) | start
    run = Run(
        np.where(start, d.design_active, old.run_active),
        np.where(start, d.design_sparsity, old.run_sparsity),
        np.where(start, d.design_tokens, old.run_tokens),
        np.where(start, d.design_distil, old.run_distil),
    )
    opens = np.where(start, d.design_open, old.run_open)
    run = Run(*(np.where(run_on, value, 1.0) for value in (run.active, run.sparsity, run.tokens, run.distil)))

    base = quarter_flop(fleet.fleet_flops, skills.mfu, p)
    factor = moe_training_factor(run.sparsity, skills.moe_train, p)
    spent = np.where(run_on, base * parts.training * factor, 0.0)
    needed = np.where(run_on, flop_needed(run, p), 0.0)
    before = np.where(start, 0.0, old.run_done)
    done = np.where(run_on, np.minimum(before + spent, needed), 0.0)
    # What a finished run leaves over goes to research, at dense utilisation again.
    overshoot = np.where(run_on, (before + spent - done) / factor, base * parts.training)
    experiment = base * parts.experiment + overshoot

    finished = run_on & ((done >= needed) | (d.stop_run > 0.5))
    held = finished & (np.where(start, 0.0, old.run_hold) < rules.release_delay - p.hold_margin)
    released = finished & ~held
    seen_part = clip(over(done, needed), p.tokens_seen_min, 1.0)
    finished_run = Run(run.active, run.sparsity, run.tokens * np.where(released, seen_part, 1.0), run.distil)

    has_experts = skills.technique_held[p.techniques.index("expert_parallel")] > 0.0
    index = predicted_index(
        finished_run, np.where(run_on, old.data, 1.0), old.algo_public + old.algo_lead, has_experts, p
    )
    luck = p.luck_sd * quarter.dice.luck
    raw = index.total + luck
    gain = positive(raw - old.base_capability)
    stalled = -gain * (1.0 - effects.stagnation_effect)
    reached = raw + stalled
    replaced = released & (reached > old.base_capability - p.release_margin)
    opened = released & (opens > 0.5)

    def if_released(value: Array) -> Array:
        return np.where(released, value, 0.0)

    nominal = training_flop(finished_run.active, finished_run.tokens * 1e12, p)
    sparse_start = start & (run.sparsity > p.sparse_from)
    new = Training(
        model_active=np.where(replaced, run.active * run.distil, old.model_active),
        model_sparsity=np.where(replaced, run.sparsity, old.model_sparsity),
        model_flop=np.where(replaced, nominal, old.model_flop),
        base_capability=np.where(replaced, reached, old.base_capability),
        run_on=np.where(run_on & ~released, 1.0, 0.0),
        run_active=np.where(run_on & ~released, run.active, 0.0),
        run_sparsity=np.where(run_on & ~released, run.sparsity, 0.0),
        run_tokens=np.where(run_on & ~released, run.tokens, 0.0),
        run_distil=np.where(run_on & ~released, run.distil, 0.0),
        run_open=np.where(run_on & ~released, opens, 0.0),
        run_done=np.where(released, 0.0, done),
        run_hold=np.where(held, np.where(start, 0.0, old.run_hold) + 1.0, 0.0),
        data=np.where(live, old.data + p.data_open + d.data_purchase, old.data),
        algo_lead=_lead(world, experiment, opened, effects, p),
        algo_public=old.algo_public
        + p.algo_public_rate * effects.algorithms_effect
        + p.public_from_lead * positive(max_labs(old.algo_lead, live)),
        open_capability=old.open_capability,
        open_active=old.open_active,
        open_sparsity=old.open_sparsity,
        open_owner=old.open_owner,
    )
    flows = TrainingFlows(
        fleet_flop=base,
        mfu_achieved=p.mfu_base * skills.mfu * p.chips.mfu_factor[quarter.generation],
        pretraining_flop=done - before,
        alignment_flop=base * parts.alignment * p.align_mfu,
        experiment_flop=experiment,
        run_needed=needed,
        run_started=start.astype(np.float64),
        run_held=held.astype(np.float64),
        released=released.astype(np.float64),
        replaced=replaced.astype(np.float64),
        opened=opened.astype(np.float64),
        released_flop=if_released(nominal),
        tokens_trained=np.where(run_on, run.tokens * over(done - before, needed), 0.0),
        index_size=if_released(index.size),
        index_design=if_released(index.design),
        index_data=if_released(index.data),
        index_moe=if_released(index.moe),
        index_algorithms=if_released(index.algorithms + np.zeros_like(base)),
        index_distillation=if_released(index.distillation),
        index_luck=if_released(luck),
        index_stagnation=if_released(stalled),
        moe_setup_cost=np.where(sparse_start, p.moe_setup * np.where(has_experts, p.moe_setup_easy, 1.0), 0.0),
        data_cost=d.data_purchase * p.data_price * live,
    )
    return _with_open_weights(new, flows, effects, p), flows


def _lead(world: World, experiment: Array, opened: Array, effects: Effects, p: Params) -> Array:
    """Private algorithmic lead: leaks, and grows with research compute and staff relative to the largest."""
    live = is_live(world)
    largest = np.maximum(max_labs(experiment, live), 0.0) + np.zeros_like(experiment)
    most_staff = np.maximum(max_labs(world.people.staff, live), 0.0) + np.zeros_like(experiment)
    effort = _power(over(experiment, largest), p.experiment_exponent) * _power(
        over(world.people.staff, most_staff), p.staff_exponent
    )
    kept = world.training.algo_lead * (1.0 - p.algo_leak)
    return kept + p.algo_own * effects.algorithms_effect * effort + np.where(opened, p.open_community, 0.0)


def _power(x: Array, exponent: Array) -> Array:
    return np.where(x > 0.0, np.exp(exponent * np.log(np.where(x > 0.0, x, 1.0))), 0.0)


def _with_open_weights(new: Training, flows: TrainingFlows, effects: Effects, p: Params) -> Training:
    """The best open-weights model: tuned by its users every quarter, replaced by a better open release."""
    drifted = new.open_capability + p.open_drift + effects.open_capability_effect
    raw = sum((getattr(flows, f"index_{part}") for part in _OPEN_PARTS), start=np.zeros_like(flows.released))
    candidate = np.where(flows.opened > 0.0, raw, -np.inf)
    best = np.max(candidate, axis=0)
    takes = best > drifted
    winner = (np.arange(candidate.shape[0])[:, None] == np.argmax(candidate, axis=0)) & takes

    def of_winner(values: Array, otherwise: Array) -> Array:
        return np.where(takes, np.max(np.where(winner, values, -np.inf), axis=0), otherwise)

    return dataclasses.replace(
        new,
        open_capability=np.where(takes, best, drifted),
        open_active=of_winner(new.model_active, new.open_active),
        open_sparsity=of_winner(new.model_sparsity, new.open_sparsity),
        open_owner=np.where(takes, winner.astype(np.float64), new.open_owner),
    )


_OPEN_PARTS = ("size", "design", "data", "moe", "algorithms", "distillation", "luck")
