"""What would a training run of a given design give, cost and ask for? Figures from the engine's own laws."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from labsim.model.alignment import need
from labsim.model.cards import NOTHING
from labsim.model.decisions import Shares, shares
from labsim.model.exogenous import Calendar, Quarter, quiet_quarter
from labsim.model.laws import (
    moe_exponent,
    moe_training_factor,
    reducible_loss,
    sparse_gain,
    training_flop,
    unique_equivalent,
)
from labsim.model.params import Params
from labsim.model.regulation import regulation
from labsim.model.roofline import fleet_capacity, roofline, weight_bytes
from labsim.model.scaling import Index, Run, flop_needed, predicted_index, tuned_index
from labsim.model.skills import software_of
from labsim.model.world import World
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.variables import Array

PARTS = ("base", "size", "design", "data", "moe", "algorithms", "distillation")
"""Named parts of the capability index; they add up to it."""
_DAY = 86400.0  # seconds


@dataclass(frozen=True)
class Design:
    """A training run on paper; ``sparsity`` is total over active parameters, ``tokens`` are in T.

    One that tunes the best open weights has their size.
    """

    active: float
    sparsity: float
    tokens: float
    distil: float = 1.0
    tunes: bool = False

    @property
    def total(self) -> float:
        """All parameters of the trained model."""
        return self.active * self.sparsity

    def run(self) -> Run:
        """The design in the engine's form, one lab and one run."""
        return Run(*(np.array([[value]]) for value in (self.active, self.sparsity, self.tokens, self.distil)))


@dataclass(frozen=True)
class Bench:
    """Where a lab designs: its world at the start of a quarter, and that quarter as the orders stand."""

    p: Params
    calendar: Calendar
    seat: int
    world: World
    record: TurnRecord

    @classmethod
    def of(cls, scenario: Scenario, world: World, record: TurnRecord, seat: int) -> Bench:
        """The bench of a seat in a scenario."""
        return cls(scenario.params, scenario.calendar, seat, world, record)

    @cached_property
    def quarter(self) -> Quarter:
        """The quarter that is being decided, with quiet dice."""
        return quiet_quarter(self.record.t, self.calendar, self.p)

    @cached_property
    def parts(self) -> Shares:
        """How the fleet's work is divided."""
        return shares(self.record.decisions)

    @property
    def data(self) -> Array:
        """Unique tokens in hand, T."""
        return self._own(self.world.training.data)

    @property
    def algorithms(self) -> Array:
        """Algorithmic progress in use, public and private, ln."""
        total: Array = self.world.training.algo_public[0] + self._own(self.world.training.algo_lead)
        return total

    @property
    def has_experts(self) -> Array:
        """1 when the technique is in hand that makes sparse models gain more, else 0."""
        row = self.p.techniques.index("expert_parallel")
        return self._own(self.record.report.skills.technique_held[row])

    def of_seat(self, values: Array) -> float:
        """The seat's value of an array ``(lab, run)``."""
        return float(self._own(values))

    def flop_a_quarter(self, sparsity: float) -> float:
        """Training compute that the fleet does a quarter at the present share, for a model of this sparsity."""
        speed = self.record.report.training.fleet_flop * self.parts.training
        return self.of_seat(speed) * self.utilisation(sparsity)

    def utilisation(self, sparsity: float) -> float:
        """How well a run of this sparsity uses the hardware, relative to a dense one."""
        factor = moe_training_factor(np.array([[sparsity]]), self.record.report.skills.moe_train, self.p)
        return self.of_seat(factor)

    @property
    def fleet(self) -> float:
        """GPUs that work this quarter."""
        return float(self.record.report.compute.fleet[:, self.seat, 0].sum())

    def _own(self, values: Array) -> Array:
        row: Array = np.broadcast_to(values, self.world.capital.cash.shape)[self.seat, 0]
        return row


@dataclass(frozen=True)
class Memory:
    """GPUs that a replica needs on one chip generation of the fleet."""

    generation: str
    gpus: float
    is_memory_bound: bool  # writing waits for memory, not for arithmetic


@dataclass(frozen=True)
class Figures:
    """Everything that follows from a design. Infinite times mean that no compute is set aside for it."""

    design: Design
    flop: float  # FLOP, 6ND
    needed: float  # FLOP
    quarters: float
    days: float
    ready: int | None  # the quarter in which it would be released; None when never
    gpus: float
    training_share: float
    cost: float  # M$
    setup: float  # M$
    energy: float  # MWh
    loss: float  # nats a token
    parts: Mapping[str, float]  # points
    luck: float  # points, one standard deviation
    gain: float  # points over the model now served
    is_replacing: bool
    tokens_per_parameter: float
    epochs: float
    data: float  # T
    weights: float  # bytes of the served model
    memory: tuple[Memory, ...]
    capacity: float  # T a quarter at the present inference share
    volume: float  # T a quarter, asked for at present
    volume_share: float  # part of the fleet that the present volume takes
    serving_cost: float  # $ a million tokens
    align_flop: float
    align_quarters: float
    rules: RuleCheck

    @property
    def capability(self) -> float:
        """Predicted index without luck, before post-training."""
        return sum(self.parts.values())


@dataclass(frozen=True)
class RuleCheck:
    """What compute thresholds ask of a run that is released when the design says."""

    is_over: tuple[bool, bool]  # whatever the date
    thresholds: tuple[float, float]  # FLOP
    in_force_from: int  # quarter since 2023Q1
    is_in_force: bool  # at release
    evidence: float
    evidence_asked: float  # 0 when nothing is asked
    hold: float  # quarters


def figures(design: Design, bench: Bench) -> Figures:
    """Every derived number of a design, as the fleet, the shares, data, algorithms and rules stand."""
    p, run, report = bench.p, design.run(), bench.record.report
    flop = float(training_flop(run.active, run.tokens * 1e12, p)[0, 0])
    needed = float(flop_needed(run, p)[0, 0])
    quarters = ratio(needed, bench.flop_a_quarter(design.sparsity))
    ready = bench.record.t + max(math.ceil(quarters), 1) - 1 if math.isfinite(quarters) else None
    share = bench.of_seat(bench.parts.training)
    spent = quarters * share if share > 0.0 else math.inf  # quarters of the whole fleet
    index = index_of(run, bench, tunes=design.tunes)
    parts = {name: float(np.squeeze(getattr(index, name))) for name in PARTS}
    served = bench.of_seat(bench.world.training.base_capability)
    gain = sum(parts.values()) - served
    setup = p.moe_setup * (1.0 - (1.0 - p.moe_setup_easy) * bench.has_experts) * (design.sparsity > p.sparse_from)
    return Figures(
        design=design,
        flop=flop,
        needed=needed,
        quarters=quarters,
        days=quarters * float(p.seconds[0]) / _DAY,
        ready=ready,
        gpus=bench.fleet * share,
        training_share=share,
        cost=bench.of_seat(report.result.compute_pool) * spent,
        setup=float(setup[0]),
        energy=bench.of_seat(report.compute.energy) * spent,
        loss=loss_of_design(design, bench),
        parts=parts,
        luck=float(p.luck_sd[0]),
        gain=gain,
        is_replacing=gain > -float(p.release_margin[0]),
        tokens_per_parameter=design.tokens * 1e12 / design.active,
        epochs=ratio(design.tokens, float(bench.data)),
        data=float(bench.data),
        rules=rules_of(design, flop, ready, bench),
        **_serving(design, bench),
        **_alignment(sum(parts.values()), flop, bench),
    )


def index_of(run: Run, bench: Bench, *, tunes: bool = False) -> Index:
    """The predicted index of runs with the lab's data and algorithms of today, or on today's best open weights."""
    index = predicted_index(run, bench.data, bench.algorithms, bench.has_experts, bench.p)
    if not tunes:
        return index
    return tuned_index(index, np.array([[True]]), run, bench.world.training.open_capability, bench.p)


def loss_of_design(design: Design, bench: Bench) -> float:
    """Predicted loss of a design; of one that tunes, that of the open weights as they were trained."""
    run = design.run()
    if design.tunes:
        tokens = bench.world.training.open_flop / (bench.p.flop_per_token_train * run.active) / 1e12
        run = dataclasses.replace(run, tokens=tokens)
    return float(loss_of(run, bench)[0, 0])


def loss_of(run: Run, bench: Bench) -> Array:
    """Predicted loss of runs on the lab's data, the irreducible part included; nats a token."""
    p = bench.p
    fresh = unique_equivalent(run.tokens * 1e12, bench.data * 1e12, p)
    gain = sparse_gain(run.active, run.sparsity, fresh, moe_exponent(bench.has_experts > 0.0, p), p)
    return p.loss_floor + reducible_loss(run.active * gain, fresh, p)


def rules_of(design: Design, flop: float, ready: int | None, bench: Bench) -> RuleCheck:
    """The rules that the design meets at its release, with today's evidence and public pressure."""
    p, world = bench.p, bench.world
    when = bench.record.t if ready is None else ready
    there = np.ones_like(world.training.run_on)
    run = dataclasses.replace(
        world.training, run_on=there, run_active=design.active * there, run_tokens=design.tokens * there
    )
    quarter = quiet_quarter(when, bench.calendar, p)
    found = regulation(world.replace(training=run), bench.record.report.effects, NOTHING, p, quarter)
    asked = [
        bench.of_seat(found.systemic) * p.rule_evidence,
        bench.of_seat(found.systemic_second) * p.rule_evidence_second,
    ]
    return RuleCheck(
        is_over=(flop > float(p.rule_flop[0]), flop > float(p.rule_flop_second[0])),
        thresholds=(float(p.rule_flop[0]), float(p.rule_flop_second[0])),
        in_force_from=bench.calendar.dates["evidence_rules"],
        is_in_force=quarter.is_after("evidence_rules"),
        evidence=bench.of_seat(world.alignment.evidence),
        evidence_asked=float(max(asked)[0]),
        hold=bench.of_seat(found.release_delay),
    )


def _serving(design: Design, bench: Bench) -> dict[str, Any]:
    """Memory, throughput and unit cost of serving the student at the present volume."""
    p, report = bench.p, bench.record.report
    software = software_of(bench.world, p, bench.quarter)
    active, sparsity = np.array([[design.active * design.distil]]), np.array([[design.sparsity]])
    fleet = report.compute.fleet
    used = {row: fleet[row] for row in range(bench.quarter.generation + 1) if fleet[row, bench.seat, 0] > 0.0}
    full, replica = (bench.of_seat(x) for x in fleet_capacity(active, sparsity, used, software, p))
    memory = []
    for row in used:
        one = roofline(active, sparsity, row, software, p)
        waits = bench.of_seat(one.step_memory) > bench.of_seat(one.step_compute)
        memory.append(Memory(p.chips.names[row], bench.of_seat(one.replica), waits))
    gpus = bench.fleet
    spare = ratio(float(p.spare_replicas[0]) * replica, gpus)
    volume = bench.of_seat(report.market.tokens_needed)
    share = ratio(volume, full) + spare
    return {
        "weights": bench.of_seat(active * sparsity * weight_bytes(software, p)),
        "memory": tuple(memory),
        "capacity": full * max(bench.of_seat(bench.parts.inference) - spare, 0.0) if gpus > 0.0 else 0.0,
        "volume": volume,
        "volume_share": share,
        "serving_cost": ratio(bench.of_seat(report.result.compute_pool) * share, volume),
    }


def _alignment(capability: float, flop: float, bench: Bench) -> dict[str, Any]:
    """Alignment that covers 63 % of a model of this capability, and how long the present share needs for it."""
    report = bench.record.report
    part = need(np.array([[capability]]), report.effects.alignment_need_effect, bench.p)
    asked = float(part[0, 0]) * flop
    return {
        "align_flop": asked,
        "align_quarters": ratio(asked, bench.of_seat(report.training.alignment_flop * report.skills.align)),
    }


def ratio(top: float, bottom: float) -> float:
    """``top / bottom``, infinite where there is nothing below."""
    return top / bottom if bottom > 0.0 else math.inf
