"""Incidents, trust, pressure, fines and reviews by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model import era


def lab(*rows: int) -> era.Era:
    return era.reseated(era.seats(), rows or (1,))


def hazard_of(turn: era.Turn) -> float:
    capability, coverage = turn.report.alignment.capability[0, 0], turn.report.alignment.coverage[0, 0]
    served = turn.report.market.tokens_served[0, 0]
    return float(0.055 * (1 - coverage) ** 1.5 * (capability / 100) ** 2 * (served / 30) ** 0.18)


def test_the_hazard_rises_with_capability_and_volume_and_falls_with_coverage() -> None:
    turn = era.single(lab())
    assert turn.report.society.incident_hazard[0, 0] == pytest.approx(hazard_of(turn))
    unaligned = lab().with_world("alignment", align_ratio=np.zeros((1, 1)))
    bare = era.single(unaligned, alignment_share=0.0)
    assert bare.report.society.incident_hazard[0, 0] > 5 * turn.report.society.incident_hazard[0, 0]


def test_an_incident_strikes_below_the_hazard_and_costs_trust_customers_and_money() -> None:
    e = lab()
    calm = era.single(e)
    hazard = hazard_of(calm)
    assert era.single(e, 0, {"incident": hazard * 1.001}).report.society.incident[0, 0] == 0.0
    hit = era.single(e, 0, {"incident": hazard * 0.999, "severity": 1.0})
    flows = hit.report.society
    assert (flows.incident[0, 0], flows.severity[0, 0]) == (1.0, 2.0)
    assert (calm.after.society.trust - hit.after.society.trust)[0, 0] == pytest.approx(0.14 * 2.0)
    assert hit.after.market.share == pytest.approx(calm.after.market.share * (1 - 0.12 * 2.0))
    assert hit.report.market.revenue == pytest.approx(calm.report.market.revenue)  # they leave after the quarter
    annual = 4.0 * hit.report.market.revenue_customers[0, 0]
    assert hit.report.operating.fines[0, 0] == pytest.approx(-0.03 * annual * 2.0 * (0.3 + 0.1))
    assert (hit.after.society.pressure - calm.after.society.pressure)[0] == pytest.approx(0.09 * 2.0)


def test_trust_goes_to_its_norm() -> None:
    turn = era.single(lab(), transparency=0.4)
    coverage, served = turn.report.alignment.coverage[0, 0], turn.report.market.served_fraction[0, 0]
    norm = 0.40 + 0.40 * coverage + 0.05 * 0.4 - 0.05 * (1 - served)
    assert turn.after.society.trust[0, 0] == pytest.approx(0.62 + 0.1 * (norm - 0.62))


def test_pressure_has_its_sources_and_its_reliefs() -> None:
    e = lab(1, 1)
    turn = era.single(e, lobbying_spend=20.0, transparency=0.5)
    assert turn.report.society.hhi[0] == pytest.approx(0.5)
    best = float(turn.report.market.best_capability[0])
    drift = 0.018 if best > 105 else 0.0
    expected = 0.1 * 0.94 + drift + 0.05 * 0.2 - 0.008 * np.log(1 + 40 / 20) - 0.01 * 0.5
    assert turn.after.society.pressure[0] == pytest.approx(expected)


def test_a_monopolist_is_reviewed_from_the_calendar_on_and_fined() -> None:
    e = lab(1)
    chance = 0.5 * 0.45 * (0.5 + 0.1)
    before = era.single(e, 5, {"antitrust": 0.0}).report.society
    assert before.review[0, 0] == 0.0
    assert era.single(e, 6, {"antitrust": chance * 1.001}).report.society.review[0, 0] == 0.0
    hit = era.single(e, 6, {"antitrust": chance * 0.999})
    assert hit.report.society.review[0, 0] == 1.0
    assert hit.report.operating.fines[0, 0] == pytest.approx(-0.02 * 4 * hit.report.market.revenue_customers[0, 0])


def test_duties_cost_by_class_and_by_revenue() -> None:
    e = lab(1).with_world("training", model_flop=np.array([[2e26]]))
    turn = era.single(e, 10, transparency=0.5)
    revenue = turn.report.market.revenue_customers[0, 0]
    assert turn.report.operating.compliance[0, 0] == pytest.approx(-(4 + 8 + 0.012 * revenue * 0.1 * (1 - 0.2)))
    assert era.single(e, 5).report.operating.compliance[0, 0] == 0.0
