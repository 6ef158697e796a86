"""Which constants govern alignment need, incidents, trust and regulation?

Literals of the equations are declared too; a range of a game choice is its value -30 % to +30 %.
"""

from __future__ import annotations

from labsim.variables import Array, declares, parameter


@declares("society")
class SocietyParams:
    """Constants of alignment need, incidents, trust and regulation."""

    align_need: Array = parameter(
        2.0,
        "1",
        (1.0, 4.0),
        "game choice: no lab publishes alignment compute together with its effect",
        "Alignment/pre-training FLOP ratio that covers 63% at index 100.",
    )
    align_need_growth: Array = parameter(
        0.01,
        "1/point",
        (0.0, 0.03),
        "game choice: oversight of stronger models has no published dose and effect (essay, risk 4)",
        "Growth of that need per capability point (x1.20 per 20 points).",
    )
    over_align_from: Array = parameter(
        2.5,
        "x need",
        (1.5, 5.0),
        "game choice",
        "Alignment ratio over the need from which over-refusal costs capability.",
    )
    over_align_loss: Array = parameter(
        4.0,
        "points/doubling",
        (0.0, 8.0),
        "published alignment tax of 1-5 points; size a game choice",
        "Capability lost per doubling beyond it.",
    )
    align_carry: Array = parameter(
        0.65,
        "1",
        (0.4, 0.9),
        "game choice: what alignment survives a new model is not published",
        "Alignment stock (as a ratio) that carries over to the next model.",
    )
    align_decay: Array = parameter(0.03, "1/quarter", (0.0, 0.1), "game choice", "Decay of alignment by new attacks.")
    incident_base: Array = parameter(
        0.055, "1/quarter", (0.02, 0.15), "game choice", "Hazard at no coverage, index 100, reference volume."
    )
    incident_volume: Array = parameter(0.18, "1", (0.0, 0.5), "game choice", "Exponent of served tokens in the hazard.")
    incident_trust: Array = parameter(
        0.14, "trust", (0.05, 0.3), "game choice", "Trust lost in an incident of severity 1."
    )
    incident_churn: Array = parameter(
        0.12, "1", (0.05, 0.3), "game choice", "Customers lost at once in an incident of severity 1."
    )
    incident_fine: Array = parameter(
        0.03,
        "annual revenue",
        (0.0, 0.07),
        "EU AI Act Art. 101: up to 3%",
        "Fine per incident of severity 1 at pressure 1.",
    )
    trust_rate: Array = parameter(
        0.1, "1/quarter", (0.05, 0.2), "game choice", "Speed at which trust goes to its norm."
    )
    eval_width: Array = parameter(
        0.3, "1", (0.2, 0.5), "game choice", "Standard error of seen coverage with no evaluation."
    )
    eval_half: Array = parameter(
        6.0, "M$/quarter", (2.0, 20.0), "game choice", "Evaluation spend that halves the error."
    )
    pressure_decay: Array = parameter(0.06, "1/quarter", (0.02, 0.2), "game choice", "Decay of public pressure.")
    pressure_drift: Array = parameter(
        0.018, "1/quarter", (0.0, 0.05), "game choice", "Rise of pressure with frontier capability."
    )
    pressure_incident: Array = parameter(0.09, "1", (0.03, 0.2), "game choice", "Pressure per incident of severity 1.")
    pressure_hhi: Array = parameter(0.05, "1/quarter", (0.0, 0.1), "game choice", "Pressure per unit of HHI over 0.30.")
    compliance_cost: Array = parameter(
        4.0, "M$/quarter", (1.0, 20.0), "EU AI Act duties, game choice", "Cost per systemic model."
    )
    compliance_share: Array = parameter(0.012, "1", (0.0, 0.05), "game choice", "Compliance per revenue at pressure 1.")
    antitrust_share: Array = parameter(
        0.55, "1", (0.4, 0.7), "game choice", "Market or compute share that opens a review."
    )
    antitrust_hazard: Array = parameter(
        0.5, "1/quarter per excess share", (0.1, 1.0), "game choice", "Review hazard per share above the limit."
    )
    coverage_exponent: Array = parameter(
        1.5, "1", (1.05, 1.95), "game choice", "Exponent of missing coverage in the incident hazard."
    )
    hazard_exponent: Array = parameter(
        2.0, "1", (1.4, 2.6), "game choice", "Exponent of capability in the incident hazard."
    )
    hazard_volume: Array = parameter(
        30.0, "T", (21.0, 39.0), "game choice", "Served tokens at which the volume factor is one."
    )
    hazard_capability_min: Array = parameter(
        0.1, "1", (0.07, 0.13), "game choice", "Smallest capability factor of the hazard."
    )
    hazard_max: Array = parameter(0.9, "1", (0.63, 1.17), "game choice", "Largest incident hazard.")
    severity_min: Array = parameter(0.5, "1", (0.35, 0.65), "game choice", "Smallest severity of an incident.")
    severity_span: Array = parameter(1.5, "1", (1.05, 1.95), "game choice", "Range of severities.")
    trust_base: Array = parameter(
        0.4, "1", (0.28, 0.52), "game choice", "Norm of trust with no coverage and no transparency."
    )
    trust_coverage: Array = parameter(0.4, "1", (0.28, 0.52), "game choice", "Trust norm per unit of coverage.")
    trust_transparency: Array = parameter(
        0.05, "1", (0.035, 0.065), "game choice", "Trust norm per unit of transparency."
    )
    trust_service: Array = parameter(
        0.05, "1", (0.035, 0.065), "game choice", "Trust norm lost when nothing is served."
    )
    trust_min: Array = parameter(0.02, "1", (0.014, 0.026), "game choice", "Lowest trust.")
    trust_max: Array = parameter(0.98, "1", (0.686, 1.274), "game choice", "Highest trust.")
    trust_loss_max: Array = parameter(
        0.8, "1", (0.56, 1.04), "game choice", "Largest share of trust lost in an incident."
    )
    churn_max: Array = parameter(
        0.6, "1", (0.42, 0.78), "game choice", "Largest share of customers lost in an incident."
    )
    pressure_capability: Array = parameter(
        105.0, "points", (73.5, 136.5), "game choice", "Frontier capability above which pressure drifts up."
    )
    hhi_limit: Array = parameter(0.3, "1", (0.21, 0.39), "game choice", "Concentration above which pressure rises.")
    lobby_effect: Array = parameter(
        0.008, "1/quarter", (0.0056, 0.0104), "game choice", "Pressure relieved per ln of lobbying."
    )
    lobby_scale: Array = parameter(20.0, "M$/quarter", (14.0, 26.0), "game choice", "Scale of lobbying.")
    transparency_effect: Array = parameter(
        0.01, "1/quarter", (0.007, 0.013), "game choice", "Pressure relieved by transparency of all labs."
    )
    fine_base: Array = parameter(0.3, "1", (0.21, 0.39), "game choice", "Share of the fine due at zero pressure.")
    antitrust_fine: Array = parameter(
        0.02, "annual revenue", (0.014, 0.026), "game choice", "Fine of an antitrust review."
    )
    antitrust_base: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Antitrust hazard factor at zero pressure."
    )
    compliance_second: Array = parameter(
        2.0, "1", (1.4, 2.6), "game choice", "Compliance cost of the higher class over the lower."
    )
    compliance_relief: Array = parameter(
        0.4, "1", (0.28, 0.52), "game choice", "Compliance saved by full transparency."
    )
    rule_flop: Array = parameter(
        1e25, "FLOP", (7e24, 1.3e25), "EU AI Act Art. 51: 1e25", "Training compute from which a model is systemic."
    )
    rule_flop_second: Array = parameter(
        1e26, "FLOP", (7e25, 1.3e26), "SB 53, EO 14110: 1e26", "Training compute of the second class."
    )
    rule_evidence: Array = parameter(
        0.3, "1", (0.21, 0.39), "game choice", "Evidence of alignment asked of systemic models."
    )
    rule_evidence_second: Array = parameter(
        0.55, "1", (0.385, 0.715), "game choice", "Evidence asked of the second class."
    )
    rule_pressure: Array = parameter(
        0.2, "1", (0.14, 0.26), "game choice", "Public pressure above which evidence is asked."
    )
    delay_max: Array = parameter(2.0, "quarters", (1.4, 2.6), "game choice", "Longest hold of a release.")
    failure_hazard: Array = parameter(
        6.0, "1", (4.2, 7.8), "game choice", "Rise of the bankruptcy wave's hazard per share of dead labs."
    )
    centralisation_slope: Array = parameter(
        3.0, "1", (2.1, 3.9), "game choice", "Exponent of the largest revenue share in the centralisation hazard."
    )
    centralisation_share: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Revenue share at which that factor is one."
    )
    regulation_slope: Array = parameter(
        2.0, "1", (1.4, 2.6), "game choice", "Rise of the compute-regulation hazard with pressure."
    )
    environment_slope: Array = parameter(
        1.0, "1", (0.7, 1.3), "game choice", "Rise of the environment hazard with pressure."
    )
    bottleneck_capability: Array = parameter(
        140.0,
        "points",
        (98.0, 182.0),
        "game choice",
        "Base capability above which the alignment bottleneck is more likely.",
    )
    bottleneck_factor: Array = parameter(2.0, "1", (1.4, 2.6), "game choice", "Its hazard factor above that.")
    card_rate: Array = parameter(
        1.0, "1", (0.0, 2.0), "game choice", "Factor on the chance of every event card; 0 leaves the deck out."
    )
