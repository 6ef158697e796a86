"""What does the training run in progress learn, and when is its model served?

Student: training loss falls by a power law in parameters and tokens; the index counts factors of ten of the compute a
perfectly designed dense run would need for that loss. Sparse models act like larger ones if there are enough tokens,
but use hardware less well.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions, Shares
from labsim.model.exogenous import OpenRelease, Quarter
from labsim.model.flows import ComputeFlows, Effects, Rules, Skills, TrainingFlows
from labsim.model.laws import (
    IS_SET,
    TINY,
    TRILLION,
    clip,
    fraction,
    max_labs,
    moe_training_factor,
    over,
    positive,
    training_flop,
)
from labsim.model.params import Params
from labsim.model.scaling import Index, Run, flop_needed, predicted_index, quarter_flop, tuned_index
from labsim.model.world import Training, World, is_live
from labsim.variables import Array, Flags


def training(
    world: World,
    d: Decisions,
    parts: Shares,
    fleet: ComputeFlows,
    skills: Skills,
    rules: Rules,
    effects: Effects,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> tuple[Training, TrainingFlows]:
    """Train the run in progress, release it when done and not held, and move algorithms and data on."""
    base = quarter_flop(fleet.fleet_flops, skills.mfu, p)
    work = _worked(world, d, parts, base, skills, cards, p)
    out = _released(world, d, work, skills, rules, effects, p, quarter)
    new = dataclasses.replace(
        _runs(world.training, work, out),
        **_knowledge(world, d, work, out, effects, cards, p),
        **_open_weights(world.training, work, out, effects, p, quarter),
    )
    return new, _flows(d, parts, base, work, out, skills, p, quarter)


@dataclass(frozen=True)
class _Work:
    """The run in progress and the quarter's work on it; where none is on, its design reads 1 and its work 0."""

    on: Flags
    starts: Flags
    run: Run
    opens: Array
    tunes: Flags  # tunes the best open weights
    needed: Array  # FLOP
    spent: Array  # FLOP
    done: Array  # FLOP so far
    experiment: Array  # FLOP


def _worked(world: World, d: Decisions, parts: Shares, base: Array, skills: Skills, cards: Levers, p: Params) -> _Work:
    old = world.training
    tuning = d.design_base > IS_SET
    idle = old.run_on == 0.0
    starts = (d.start_run > IS_SET) & idle & is_live(world)
    on = ~idle | starts

    def design(new: Array, standing: Array) -> Array:
        return np.where(on, np.where(starts, new, standing), 1.0)

    run = Run(
        design(np.where(tuning, old.open_active, d.design_active), old.run_active),
        design(np.where(tuning, old.open_sparsity, d.design_sparsity), old.run_sparsity),
        design(d.design_tokens, old.run_tokens),
        design(d.design_distil, old.run_distil),
    )
    share = cards.times("training_times", base * parts.training)
    factor = moe_training_factor(run.sparsity, skills.moe_train, p)
    needed = flop_needed(run, p) * on
    before = cards.times("run_done_times", old.run_done * ~starts)
    offered = before + share * factor * on
    done = np.minimum(offered, needed)
    # What a finished run leaves over goes to research, at dense utilisation again; so does everything without a run.
    overshoot = np.where(on, (offered - done) / factor, share)
    opens = np.where(starts, d.design_open, old.run_open)
    tunes = np.where(starts, tuning, old.run_base > IS_SET) & on
    return _Work(on, starts, run, opens, tunes, needed, done - before, done, base * parts.experiment + overshoot)


@dataclass(frozen=True)
class _Release:
    """What comes out of the finished runs."""

    held: Flags
    released: Flags
    replaced: Flags
    opened: Flags
    hold: Array  # quarters held so far, this one included
    run: Run  # with the tokens that were seen
    index: Index
    luck: Array
    stalled: Array  # points lost to stagnation
    reached: Array  # points
    nominal: Array  # FLOP


def _released(
    world: World,
    d: Decisions,
    work: _Work,
    skills: Skills,
    rules: Rules,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> _Release:
    """Release a run when it is done (or stopped) and no longer held; its model serves when it is good enough."""
    old = world.training
    finished = work.on & ((work.done >= work.needed) | (d.stop_run > IS_SET))
    waited = old.run_hold * ~work.starts
    held = finished & (waited < rules.release_delay - p.hold_margin)
    released = finished & ~held
    seen = np.where(released, clip(fraction(work.done, work.needed), p.tokens_seen_min, 1.0), 1.0)
    run = dataclasses.replace(work.run, tokens=work.run.tokens * seen)
    experts = skills.technique_held[p.techniques.index("expert_parallel")]
    index = predicted_index(run, np.where(work.on, old.data, 1.0), old.algo_public + old.algo_lead, experts, p)
    if work.tunes.any():
        index = tuned_index(index, work.tunes, run, old.open_capability, p)
    luck = p.luck_sd * quarter.dice.luck
    raw = index.total + luck
    stalled = -positive(raw - old.base_capability) * (1.0 - effects.stagnation_effect)
    reached = raw + stalled
    replaced = released & (reached > old.base_capability - p.release_margin)
    # Tuned weights stay their owner's: only a model trained from nothing can become the one that others build on.
    opened = released & (work.opens > IS_SET) & ~work.tunes
    own = training_flop(run.active, run.tokens * TRILLION, p)
    nominal = np.where(work.tunes, old.open_flop, own)
    return _Release(
        held, released, replaced, opened, (waited + 1.0) * held, run, index, luck, stalled, reached, nominal
    )


def _runs(old: Training, work: _Work, out: _Release) -> Training:
    """The served model, and the run that goes on."""
    on = (work.on & ~out.released).astype(np.float64)
    better, run = out.replaced, work.run
    return dataclasses.replace(
        old,
        model_active=np.where(better, run.active * run.distil, old.model_active),
        model_sparsity=np.where(better, run.sparsity, old.model_sparsity),
        model_flop=np.where(better, out.nominal, old.model_flop),
        base_capability=np.where(better, out.reached, old.base_capability),
        model_tuned=np.where(better, work.tunes, old.model_tuned),
        run_on=on,
        run_active=run.active * on,
        run_sparsity=run.sparsity * on,
        run_tokens=run.tokens * on,
        run_distil=run.distil * on,
        run_open=work.opens * on,
        run_base=work.tunes * on,
        run_done=work.done * on,
        run_hold=out.hold,
    )


def _knowledge(
    world: World, d: Decisions, work: _Work, out: _Release, effects: Effects, cards: Levers, p: Params
) -> dict[str, Array]:
    """Data and algorithms. A private lead leaks, and grows with research compute and staff over the largest ones."""
    old, live = world.training, is_live(world)
    largest = positive(max_labs(work.experiment, live))
    most_staff = positive(max_labs(world.people.staff, live))
    experiment, staff = over(work.experiment, largest), over(world.people.staff, most_staff)
    log_experiment, log_staff = np.log(np.maximum(experiment, TINY)), np.log(np.maximum(staff, TINY))
    effort = np.exp(p.experiment_exponent * log_experiment + p.staff_exponent * log_staff)
    own = p.algo_own * effects.algorithms_effect * effort + p.open_community * out.opened
    shared = p.algo_public_rate * effects.algorithms_effect + p.public_from_lead * positive(
        max_labs(old.algo_lead, live)
    )
    kept = cards.times("data_times", old.data)
    return {
        "data": np.where(live, cards.plus("data_plus", kept + p.data_open + d.data_purchase), old.data),
        "algo_lead": positive(cards.plus("algo_lead_plus", old.algo_lead * (1.0 - p.algo_leak) + own)),
        "algo_public": old.algo_public + shared,
    }


def _from_outside(old: Training, drifted: Array, given: OpenRelease, p: Params) -> Training:
    """The best open-weights model after a release from outside the labs; nobody's, if it is better."""
    reached = drifted if given.gain is None else drifted + given.gain
    reached = reached if given.capability is None else np.maximum(reached, given.capability)
    takes = reached > drifted
    return dataclasses.replace(
        old,
        open_capability=reached,
        open_active=np.where(takes, given.active, old.open_active),
        open_sparsity=np.where(takes, given.sparsity, old.open_sparsity),
        open_flop=np.where(takes, training_flop(given.active, given.tokens * TRILLION, p), old.open_flop),
        open_owner=np.where(takes, 0.0, old.open_owner),
    )


def _open_weights(
    old: Training, work: _Work, out: _Release, effects: Effects, p: Params, quarter: Quarter
) -> dict[str, Array]:
    """The best open-weights model: tuned by its users every quarter, replaced by a better open release."""
    drifted = old.open_capability + p.open_drift + effects.open_capability_effect
    if (given := quarter.calendar.open_models.get(quarter.t)) is not None:
        old = _from_outside(old, drifted, given, p)
        drifted = old.open_capability
    if not out.opened.any():
        kept = ("open_active", "open_sparsity", "open_flop", "open_owner")
        return {"open_capability": drifted, **{name: getattr(old, name).copy() for name in kept}}
    candidate = np.where(out.opened, out.index.total + out.luck, -np.inf)
    best = np.maximum.reduce(candidate, axis=0)
    takes = best > drifted
    winner = (np.arange(candidate.shape[0])[:, None] == np.argmax(candidate, axis=0)) & takes

    def of_winner(values: Array, otherwise: Array) -> Array:
        return np.where(takes, np.maximum.reduce(np.where(winner, values, 0.0), axis=0), otherwise)

    served = out.replaced & winner
    active = np.where(served, work.run.active * work.run.distil, old.model_active)
    return {
        "open_capability": np.where(takes, best, drifted),
        "open_active": of_winner(active, old.open_active),
        "open_flop": of_winner(out.nominal, old.open_flop),
        "open_sparsity": of_winner(np.where(served, work.run.sparsity, old.model_sparsity), old.open_sparsity),
        "open_owner": np.where(takes, winner, old.open_owner),
    }


def _flows(
    d: Decisions, parts: Shares, base: Array, work: _Work, out: _Release, skills: Skills, p: Params, quarter: Quarter
) -> TrainingFlows:
    released = out.released.astype(np.float64)
    experts = skills.technique_held[p.techniques.index("expert_parallel")]
    sparse_start = work.starts & (work.run.sparsity > p.sparse_from)
    index = out.index
    return TrainingFlows(
        fleet_flop=base,
        mfu_achieved=p.mfu_base * skills.mfu * p.chips.mfu_factor[quarter.generation],
        pretraining_flop=work.spent,
        alignment_flop=base * parts.alignment * p.align_mfu,
        experiment_flop=work.experiment,
        run_needed=work.needed,
        run_started=work.starts.astype(np.float64),
        run_held=out.held.astype(np.float64),
        released=released,
        replaced=out.replaced.astype(np.float64),
        opened=out.opened.astype(np.float64),
        released_flop=out.nominal * released,
        tokens_trained=work.run.tokens * fraction(work.spent, work.needed),
        index_base=index.base * released,
        index_size=index.size * released,
        index_design=index.design * released,
        index_data=index.data * released,
        index_moe=index.moe * released,
        index_algorithms=index.algorithms * released,
        index_distillation=index.distillation * released,
        index_luck=out.luck * released,
        index_stagnation=out.stalled * released,
        moe_setup_cost=p.moe_setup * (1.0 - (1.0 - p.moe_setup_easy) * experts) * sparse_start,
        data_cost=d.data_purchase * p.data_price,
    )
