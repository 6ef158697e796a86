"""When do incidents strike, and what do trust and public pressure make of them?

Student: incidents are more likely when coverage is low, capability high and volume large. They cost trust, customers,
fines and public pressure; pressure turns into compliance cost and delay.
"""

from __future__ import annotations

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import AlignmentFlows, ComputeFlows, Effects, MarketFlows, Rules, SocietyFlows
from labsim.model.laws import TINY, YEAR, clip, concentration, positive, sum_labs
from labsim.model.params import Params
from labsim.model.world import Society, World, is_live
from labsim.variables import Array, Flags


def society(
    world: World,
    d: Decisions,
    rules: Rules,
    fleet: ComputeFlows,
    aligned: AlignmentFlows,
    sales: MarketFlows,
    effects: Effects,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> tuple[Society, SocietyFlows]:
    """Roll incidents and reviews against the dice; move trust and pressure."""
    alive = is_live(world).astype(np.float64)
    trust, pressure = world.society.trust, world.society.pressure
    annual = YEAR * sales.revenue_customers
    hazard = np.minimum(cards.times("hazard_times", _hazard(aligned, sales, p) * alive), p.hazard_max)
    hit = quarter.dice.incident < hazard
    severity = (p.severity_min + p.severity_span * quarter.dice.severity) * hit
    norm = _trust_norm(d, aligned, sales, p)
    part, hhi = concentration(sales.revenue_customers)
    compute_part, _ = concentration(fleet.installed_compute * alive)
    review = _reviewed(np.maximum(part, compute_part), pressure, effects, p, quarter)
    flows = SocietyFlows(
        incident_hazard=hazard,
        incident=hit.astype(np.float64),
        severity=severity,
        review=review.astype(np.float64),
        churned=_lost_at_once(severity, cards, p),
        trust_given=cards["trust_plus"] * alive,
        trust_norm=norm,
        fines_due=annual * (p.incident_fine * (p.fine_base + pressure) * severity + p.antitrust_fine * review),
        compliance_due=_compliance(rules, sales.revenue_customers, d.transparency, pressure, p, quarter) * alive,
        market_share=part,
        compute_share=compute_part,
        hhi=hhi,
    )
    lost = np.minimum(p.incident_trust * severity, p.trust_loss_max * trust)
    moved = cards.plus("trust_plus", trust + p.trust_rate * (norm - trust) - lost)
    new_trust = clip(moved, p.trust_min, p.trust_max)
    new_pressure = _pressure(world, d, sales.best_capability, flows, effects, cards, alive, p)
    return Society(trust=new_trust, pressure=new_pressure), flows


def _lost_at_once(severity: Array, cards: Levers, p: Params) -> Array:
    """Part of the customers that incidents and answers to event cards drive away; negative where answers win some."""
    kept = 1.0 - np.minimum(p.incident_churn * severity, p.churn_max)
    return 1.0 - cards.times("customers_times", kept)


def _trust_norm(d: Decisions, aligned: AlignmentFlows, sales: MarketFlows, p: Params) -> Array:
    """Trust towards which a lab moves: safe, open and served."""
    earned = p.trust_coverage * aligned.coverage + p.trust_transparency * d.transparency
    return p.trust_base + earned - p.trust_service * (1.0 - sales.served_fraction)


def _reviewed(part: Array, pressure: Array, effects: Effects, p: Params, quarter: Quarter) -> Flags:
    """Does an antitrust review open? More likely the further a share is over the limit."""
    if not quarter.is_after("antitrust_reviews"):
        return np.zeros(part.shape, dtype=np.bool_)
    chance = positive(part - p.antitrust_share) * (
        p.antitrust_hazard * effects.antitrust_effect * (p.antitrust_base + pressure)
    )
    return quarter.dice.antitrust < chance


def _hazard(aligned: AlignmentFlows, sales: MarketFlows, p: Params) -> Array:
    """Chance of an incident: rises with what is not covered, with capability and with volume."""
    capability = np.maximum(aligned.capability / p.index_zero, p.hazard_capability_min)
    exponent = (
        p.coverage_exponent * np.log(np.maximum(1.0 - aligned.coverage, TINY))
        + p.hazard_exponent * np.log(capability)
        + p.incident_volume * np.log(np.maximum(sales.tokens_served / p.hazard_volume, TINY))
    )
    return np.minimum(p.incident_base * np.exp(exponent), p.hazard_max)


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
    flows: SocietyFlows,
    effects: Effects,
    cards: Levers,
    alive: Array,
    p: Params,
) -> Array:
    pressure = world.society.pressure
    lobbying = sum_labs(d.lobbying_spend * alive)
    openness = sum_labs(flows.market_share * d.transparency)
    return clip(
        pressure * (1.0 - p.pressure_decay)
        + np.where(best > p.pressure_capability, p.pressure_drift, 0.0)
        + p.pressure_incident * np.maximum.reduce(flows.severity, axis=0)
        + p.pressure_hhi * positive(flows.hhi - p.hhi_limit)
        + effects.pressure_effect
        + sum_labs(cards["pressure_plus"] * alive)
        - p.lobby_effect * np.log(1.0 + lobbying / p.lobby_scale)
        - p.transparency_effect * openness,
        0.0,
        1.0,
    )
