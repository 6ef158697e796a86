"""The same rules as plain Python objects: what alignment, customers' choice and society cost without arrays.

Twins of `alignment`, `logit`, `concentration` and `society` of the model, one object a lab, floats and `math`;
tests/play/test_bench.py holds them equal to the arrays. They are for measurement only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from labsim.model.laws import TINY
from labsim.model.params import PARAMETER_NAMES, Params
from labsim.play.turn import TurnRecord
from labsim.variables import Array

SEGMENTS = 4
YEAR = 4.0  # quarters
TRILLION = 1e12

Constants = SimpleNamespace
"""Every scalar parameter as a float attribute."""


@dataclass(slots=True)
class PlainLab:
    """One lab of one run: what the three mechanisms read, and what they write."""

    live: bool
    align_ratio: float
    replaced: float
    alignment_flop: float
    align_skill: float
    model_flop: float
    model_active: float
    base_capability: float
    evaluation_spend: float
    evaluation_draw: float
    utility: list[float]
    trust: float
    transparency: float
    lobbying: float
    tokens_served: float
    served_fraction: float
    revenue: float
    compute: float
    systemic: float
    systemic_second: float
    incident_draw: float
    severity_draw: float
    antitrust_draw: float
    capability: float = 0.0
    coverage: float = 0.0
    seen: float = 0.0
    evidence: float = 0.0
    tokens_aligned: float = 0.0
    share: list[float] | None = None
    severity: float = 0.0
    fines: float = 0.0
    compliance: float = 0.0
    churned: float = 0.0
    market_share: float = 0.0


@dataclass(slots=True)
class PlainWorld:
    """One run."""

    labs: list[PlainLab]
    open_utility: list[float]
    best_capability: float
    pressure: float
    need_effect: float
    pressure_effect: float
    antitrust_effect: float
    reviews: bool
    duties: bool
    hhi: float = 0.0


def plain_quarter(world: PlainWorld, p: Constants) -> None:
    """Alignment, choice and society of one quarter of one run, written into the objects."""
    for lab in world.labs:
        plain_alignment(lab, world.need_effect, p)
    plain_choice(world)
    plain_society(world, p)


def plain_alignment(lab: PlainLab, effect: float, p: Constants) -> None:
    """Coverage, capability after post-training, and what evaluations see."""
    kept = (1.0 - p.align_decay) * (1.0 - (1.0 - p.align_carry) * lab.replaced)
    added = lab.alignment_flop * lab.align_skill / lab.model_flop if lab.model_flop > 0.0 else 0.0
    lab.align_ratio = lab.align_ratio * kept + added
    needed = p.align_need * math.exp(p.align_need_growth * (lab.base_capability - p.index_zero)) * effect
    relative = lab.align_ratio / needed
    lab.coverage = 1.0 - math.exp(-relative)
    gain = p.posttrain_max * (1.0 - math.exp(-lab.align_ratio / p.posttrain_half))
    loss = -p.over_align_loss * math.log2(max(relative / p.over_align_from, 1.0))
    width = p.eval_width / (1.0 + lab.evaluation_spend / p.eval_half)
    lab.capability = lab.base_capability + gain + loss
    lab.seen = min(max(lab.coverage + width * lab.evaluation_draw, 0.0), 1.0)
    lab.evidence = min(max(lab.coverage - width, 0.0), 1.0)
    cost = p.flop_per_token_align * lab.model_active
    lab.tokens_aligned = lab.alignment_flop / cost / TRILLION if cost > 0.0 else 0.0


def plain_choice(world: PlainWorld) -> None:
    """Multinomial choice among live labs, open weights and the outside option, segment by segment."""
    for lab in world.labs:
        lab.share = []
    for segment in range(SEGMENTS):
        offered = [lab.utility[segment] if lab.live else -math.inf for lab in world.labs]
        top = max(*offered, world.open_utility[segment], 0.0)
        weights = [math.exp(utility - top) for utility in offered]
        total = sum(weights) + math.exp(world.open_utility[segment] - top) + math.exp(-top)
        for lab, weight in zip(world.labs, weights, strict=True):
            assert lab.share is not None
            lab.share.append(weight / total)


def plain_society(world: PlainWorld, p: Constants) -> None:
    """Incidents, reviews, fines, compliance, trust and pressure."""
    revenue = sum(lab.revenue for lab in world.labs)
    compute = sum(lab.compute for lab in world.labs if lab.live)
    pressure, openness, worst, lobbying = world.pressure, 0.0, 0.0, 0.0
    world.hhi = 0.0
    for lab in world.labs:
        lab.market_share = lab.revenue / revenue if revenue > 0.0 else 0.0
        world.hhi += lab.market_share * lab.market_share
        hit = lab.live and lab.incident_draw < _plain_hazard(lab, p)
        lab.severity = p.severity_min + p.severity_span * lab.severity_draw if hit else 0.0
        review = world.reviews and lab.antitrust_draw < _plain_review(lab, compute, world, p)
        fine = p.incident_fine * (p.fine_base + pressure) * lab.severity + p.antitrust_fine * review
        lab.fines = YEAR * lab.revenue * fine
        lab.compliance = _plain_compliance(lab, world, p) if lab.live else 0.0
        lab.churned = min(p.incident_churn * lab.severity, p.churn_max)
        earned = p.trust_coverage * lab.coverage + p.trust_transparency * lab.transparency
        norm = p.trust_base + earned - p.trust_service * (1.0 - lab.served_fraction)
        lost = min(p.incident_trust * lab.severity, p.trust_loss_max * lab.trust)
        lab.trust = min(max(lab.trust + p.trust_rate * (norm - lab.trust) - lost, p.trust_min), p.trust_max)
        openness += lab.market_share * lab.transparency
        worst = max(worst, lab.severity)
        lobbying += lab.lobbying if lab.live else 0.0
    moved = (
        pressure * (1.0 - p.pressure_decay)
        + (p.pressure_drift if world.best_capability > p.pressure_capability else 0.0)
        + p.pressure_incident * worst
        + p.pressure_hhi * max(world.hhi - p.hhi_limit, 0.0)
        + world.pressure_effect
        - p.lobby_effect * math.log(1.0 + lobbying / p.lobby_scale)
        - p.transparency_effect * openness
    )
    world.pressure = min(max(moved, 0.0), 1.0)


def _plain_hazard(lab: PlainLab, p: Constants) -> float:
    capability = max(lab.capability / p.index_zero, p.hazard_capability_min)
    exponent = (
        p.coverage_exponent * math.log(max(1.0 - lab.coverage, TINY))
        + p.hazard_exponent * math.log(capability)
        + p.incident_volume * math.log(max(lab.tokens_served / p.hazard_volume, TINY))
    )
    return float(min(p.incident_base * math.exp(exponent), p.hazard_max))


def _plain_review(lab: PlainLab, compute: float, world: PlainWorld, p: Constants) -> float:
    part = lab.compute / compute if lab.live and compute > 0.0 else 0.0
    over = max(max(lab.market_share, part) - p.antitrust_share, 0.0)
    return float(over * p.antitrust_hazard * world.antitrust_effect * (p.antitrust_base + world.pressure))


def _plain_compliance(lab: PlainLab, world: PlainWorld, p: Constants) -> float:
    models = (lab.systemic + lab.systemic_second * p.compliance_second) * p.compliance_cost
    relief = 1.0 - p.compliance_relief * lab.transparency
    return float(models + world.duties * p.compliance_share * lab.revenue * world.pressure * relief)


def constants(p: Params) -> Constants:
    """The scalar parameters as floats."""
    return SimpleNamespace(**{name: float(getattr(p, name).item()) for name in PARAMETER_NAMES
                              if hasattr(getattr(p, name), "item")})  # fmt: skip


def plain_worlds(before: Any, record: TurnRecord, quarter: Any, runs: int) -> list[PlainWorld]:
    """The first runs of a quarter as objects: ``before`` is the world that the quarter met."""
    report, d, dice = record.report, record.decisions, quarter.dice
    m = report.market
    utility = m.utility_capability + m.utility_price + m.utility_trust + m.utility_brand + m.utility_service
    columns: Sequence[Array] = (
        before.capital.status == 0.0, before.alignment.align_ratio, report.training.replaced,
        report.training.alignment_flop, report.skills.align, record.world.training.model_flop,
        record.world.training.model_active, record.world.training.base_capability, d.evaluation_spend,
        dice.evaluation, utility, before.society.trust, d.transparency, d.lobbying_spend, m.tokens_served,
        m.served_fraction, m.revenue_customers, report.compute.installed_compute, report.rules.systemic,
        report.rules.systemic_second, dice.incident, dice.severity, dice.antitrust,
    )  # fmt: skip
    e = report.effects

    def one(array: Array, run: int) -> float:
        return float(array[min(run, len(array) - 1)])

    def lab(row: int, run: int) -> PlainLab:
        return PlainLab(*(column[..., row, min(run, column.shape[-1] - 1)].tolist() for column in columns))

    return [
        PlainWorld(
            labs=[lab(row, run) for row in range(before.labs)],
            open_utility=m.log_denominator[:, min(run, m.log_denominator.shape[-1] - 1)].tolist(),
            best_capability=one(m.best_capability, run),
            pressure=one(before.society.pressure, run),
            need_effect=one(e.alignment_need_effect, run),
            pressure_effect=one(e.pressure_effect, run),
            antitrust_effect=one(e.antitrust_effect, run),
            reviews=quarter.is_after("antitrust_reviews"),
            duties=quarter.is_after("compliance_duties"),
        )
        for run in range(runs)
    ]
