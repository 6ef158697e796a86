"""When do incidents strike, and what do trust and public pressure make of them?

Student: incidents are more likely when coverage is low, capability high and volume large. They cost trust, customers,
fines and public pressure; pressure turns into compliance cost and delay.
"""

from __future__ import annotations

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import AlignmentFlows, ComputeFlows, Effects, MarketFlows, Rules, SocietyFlows
from labsim.model.laws import clip, concentration, over, positive, sum_labs
from labsim.model.params import Params
from labsim.model.world import Society, World, is_live
from labsim.variables import Array


def society(
    world: World,
    d: Decisions,
    rules: Rules,
    fleet: ComputeFlows,
    aligned: AlignmentFlows,
    sales: MarketFlows,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> tuple[Society, SocietyFlows]:
    """Roll incidents and reviews against the dice; move trust and pressure."""
    live = is_live(world)
    alive = live.astype(np.float64)
    pressure = world.society.pressure
    revenue = sales.revenue_customers
    hazard = _hazard(aligned, sales, p) * alive
    hit = quarter.dice.incident < hazard
    severity = np.where(hit, p.severity_min + p.severity_span * quarter.dice.severity, 0.0)

    norm = (
        p.trust_base
        + p.trust_coverage * aligned.coverage
        + p.trust_transparency * d.transparency
        - p.trust_service * (1.0 - sales.served_fraction)
    )
    trust = world.society.trust
    lost = np.minimum(p.incident_trust * severity, p.trust_loss_max * trust)
    part, hhi = concentration(revenue)
    used = np.where(live, fleet.installed_compute, 0.0)
    compute_part = over(used, sum_labs(used) + np.zeros_like(used))
    excess = positive(np.maximum(part, compute_part) - p.antitrust_share)
    chance = p.antitrust_hazard * excess * effects.antitrust_effect * (p.antitrust_base + pressure)
    review = (quarter.dice.antitrust < chance) & quarter.is_after("antitrust_reviews")
    annual = 4.0 * revenue
    flows = SocietyFlows(
        incident_hazard=hazard,
        incident=hit.astype(np.float64),
        severity=severity,
        review=review.astype(np.float64),
        churned=clip(p.incident_churn * severity, 0.0, p.churn_max),
        trust_norm=norm,
        fines_due=p.incident_fine * annual * severity * (p.fine_base + pressure)
        + np.where(review, p.antitrust_fine * annual, 0.0),
        compliance_due=_compliance(rules, revenue, d.transparency, pressure, p, quarter) * alive,
        market_share=part,
        compute_share=compute_part,
        hhi=hhi,
    )
    new_pressure = _pressure(world, d, sales.best_capability, part, flows, effects, alive, p)
    new_trust = clip(trust + p.trust_rate * (norm - trust) - lost, p.trust_min, p.trust_max)
    return Society(trust=new_trust, pressure=new_pressure), flows


def _hazard(aligned: AlignmentFlows, sales: MarketFlows, p: Params) -> Array:
    capability = np.maximum(aligned.capability / p.index_zero, p.hazard_capability_min)
    uncovered = 1.0 - aligned.coverage
    volume = sales.tokens_served / p.hazard_volume

    def power(x: Array, exponent: Array) -> Array:
        return np.where(x > 0.0, np.exp(exponent * np.log(np.where(x > 0.0, x, 1.0))), 0.0)

    raw = p.incident_base * power(uncovered, p.coverage_exponent) * power(capability, p.hazard_exponent)
    return clip(raw * np.where(p.incident_volume == 0.0, 1.0, power(volume, p.incident_volume)), 0.0, p.hazard_max)


def _compliance(
    rules: Rules, revenue: Array, transparency: Array, pressure: Array, p: Params, quarter: Quarter
) -> Array:
    models = rules.systemic * p.compliance_cost + rules.systemic_second * p.compliance_second * p.compliance_cost
    duties = 1.0 if quarter.is_after("compliance_duties") else 0.0
    return models + duties * p.compliance_share * revenue * pressure * (1.0 - p.compliance_relief * transparency)


def _pressure(
    world: World,
    d: Decisions,
    best: Array,
    revenue_part: Array,
    flows: SocietyFlows,
    effects: Effects,
    alive: Array,
    p: Params,
) -> Array:
    pressure = world.society.pressure
    lobbying = sum_labs(d.lobbying_spend * alive)
    openness = sum_labs(revenue_part * d.transparency)
    return clip(
        pressure * (1.0 - p.pressure_decay)
        + np.where(best > p.pressure_capability, p.pressure_drift, 0.0)
        + p.pressure_incident * np.max(flows.severity, axis=0)
        + p.pressure_hhi * positive(flows.hhi - p.hhi_limit)
        + effects.pressure_effect
        - p.lobby_effect * np.log(1.0 + lobbying / p.lobby_scale)
        - p.transparency_effect * openness,
        0.0,
        1.0,
    )
