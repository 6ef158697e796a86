"""Serving capacity by hand: roofline times fleet, spare replicas, what is not served."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.model.roofline import Software, roofline
from tests.model import era


def lab() -> era.Era:
    return era.reseated(era.seats(), [1])  # 9,000 A100 under contract, 80e9 dense


def test_capacity_is_the_roofline_of_the_fleet_less_the_spare_replicas() -> None:
    e = lab()
    p = e.params
    flows = era.single(e, inference_share=0.3).report.serving
    software = Software(p.software_start, np.ones(1), np.ones(1), np.zeros(1), np.zeros(1))
    one = roofline(np.array([[80e9]]), np.ones((1, 1)), 0, software, p)
    full = 9000 * one.blended_rate[0, 0] * 7.884e6 * 0.90 * 0.40 * 0.55 / 1e12
    assert flows.full_capacity[0, 0] == pytest.approx(full)
    assert flows.mean_replica[0, 0] == 4.0  # 160 GB of weights in 55 % of 80 GB
    assert flows.capacity[0, 0] == pytest.approx(full * (0.3 - 4 * 4 / 9000))


def test_a_fleet_smaller_than_its_spare_replicas_serves_nothing() -> None:
    e = lab()
    e = e.with_world("compute", contract_gpus=e.world.compute.contract_gpus * 16.0 / 9000.0)
    assert era.single(e).report.serving.capacity[0, 0] == 0.0
    turn = era.single(e)
    assert turn.report.market.served_fraction[0, 0] == 0.0
    assert turn.report.market.revenue_customers[0, 0] == 0.0
    assert turn.after.market.quality[0, 0] == 0.5


def test_a_model_of_half_the_size_serves_more_tokens() -> None:
    e = lab()
    small = e.with_world("training", model_active=e.world.training.model_active / 2)
    ratio = era.single(small).report.serving.full_capacity / era.single(e).report.serving.full_capacity
    assert 1.5 < ratio[0, 0] < 3.0


def test_serving_techniques_raise_capacity_in_the_quarter_in_which_they_are_public() -> None:
    early, late = (era.single(lab(), t).report.serving.full_capacity[0, 0] for t in (1, 2))
    assert late == pytest.approx(2.0 * early)  # paged attention


def test_hosts_of_open_weights_pay_rent_for_their_tokens() -> None:
    e = lab()
    p = e.params
    flows = era.single(e).report
    software = Software(p.software_start, np.ones(1), np.ones(1), np.zeros(1), np.zeros(1))
    rate = roofline(np.array([13e9]), np.ones(1), 1, software, p).blended_rate[0]  # on the H100 of 2023Q1
    cost = flows.compute.market_rent[0] / (rate * 0.40 * 0.55 * 3600) * 1e6
    assert flows.serving.open_cost[0] == pytest.approx(cost)
