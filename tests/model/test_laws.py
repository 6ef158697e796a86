"""The worked examples of the model's design, one by one: laws, prices, divisions, roofline."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.model import laws
from labsim.model.alignment import need
from labsim.model.params import Params
from labsim.model.roofline import Software, roofline
from labsim.model.scaling import Index, Run, predicted_index
from labsim.variables import Array
from tests.model import era

PLENTY = 1e9  # T of data; no token is seen twice
IRREDUCIBLE = 1.8172  # nats a token, Besiroglu 2024


@pytest.fixture
def p() -> Params:
    return era.seats().params


def one(x: float) -> Array:
    return np.array([[x]])


def index(p: Params, active: float, sparsity: float, tokens: float, *, experts: bool, data: float = PLENTY) -> Index:
    run = Run(one(active), one(sparsity), one(tokens / 1e12), one(1.0))
    return predicted_index(run, one(data), one(0.0), one(float(experts)) > 0.0, p)


def equivalent(p: Params, found: Index) -> float:
    """The compute equivalent that an index stands for."""
    return float(p.capability_ref_flop[0] * 10.0 ** ((found.total[0, 0] - 100.0) / 20.0))


@pytest.mark.parametrize(
    ("active", "tokens", "loss", "flop", "points"),
    [
        (70e9, 1.4e12, 1.9739, 5.876e23, 64.04),
        (69e9, 2e12, 1.9651, 8.123e23, 66.85),
        (405.9e9, 15.6e12, 1.8926, 3.567e25, 99.71),
    ],
)
def test_a_dense_run_has_its_loss_compute_equivalent_and_index(
    p: Params, active: float, tokens: float, loss: float, flop: float, points: float
) -> None:
    reducible = laws.reducible_loss(one(active), one(tokens), p)
    assert reducible[0, 0] + IRREDUCIBLE == pytest.approx(loss, abs=5e-5)
    assert laws.compute_equivalent(reducible, p)[0, 0] == pytest.approx(flop, rel=5e-4)
    assert index(p, active, 1.0, tokens, experts=True).total[0, 0] == pytest.approx(points, abs=5e-3)


def test_a_sparse_run_has_its_gain_loss_and_index(p: Params) -> None:
    sparsity, tokens = 236 / 21, 8.1e12
    gain = laws.sparse_gain(one(21e9), one(sparsity), one(tokens), p.moe_exponent, p)
    assert gain[0, 0] == pytest.approx(3.136, abs=5e-4)
    loss = laws.reducible_loss(21e9 * gain, one(tokens), p)
    assert loss[0, 0] + IRREDUCIBLE == pytest.approx(1.9400, abs=5e-5)
    found = index(p, 21e9, sparsity, tokens, experts=True)
    assert equivalent(p, found) == pytest.approx(2.305e24, rel=5e-4)
    assert found.total[0, 0] == pytest.approx(75.91, abs=5e-3)


@pytest.mark.parametrize(("experts", "gain", "flop"), [(False, 1.664, 3.548e25), (True, 2.070, 4.483e25)])
def test_the_gain_of_sparsity_is_larger_once_experts_run_in_parallel(
    p: Params, experts: bool, gain: float, flop: float
) -> None:
    found = laws.sparse_gain(one(280e9), one(6.4), one(13e12), laws.moe_exponent(np.array(experts), p), p)
    assert found[0, 0] == pytest.approx(gain, abs=5e-4)
    assert equivalent(p, index(p, 280e9, 6.4, 13e12, experts=experts)) == pytest.approx(flop, rel=5e-4)


def test_the_gain_of_sparsity_is_capped_and_is_one_for_a_dense_run(p: Params) -> None:
    free = p.replace(moe_exponent=np.array([3.0]))
    assert laws.sparse_gain(one(1e9), one(32.0), one(1e15), free.moe_exponent, free)[0, 0] == p.moe_cap[0]
    assert laws.sparse_gain(one(1e9), one(1.0), one(1e13), p.moe_exponent, p)[0, 0] == 1.0


def test_the_compute_optimal_design_is_the_closed_form(p: Params) -> None:
    active, tokens = laws.optimal_design(one(5.76e23), p)
    assert active[0, 0] == pytest.approx(7.2249e10, rel=5e-5)
    assert tokens[0, 0] == pytest.approx(1.32874e12, rel=5e-5)
    best = laws.reducible_loss(active, tokens, p)
    for larger in (0.9, 0.99, 1.01, 1.1):
        assert laws.reducible_loss(active * larger, tokens / larger, p)[0, 0] > best[0, 0]
    assert laws.compute_equivalent(best, p)[0, 0] == pytest.approx(5.76e23, rel=1e-9)


def test_repeated_tokens_are_worth_less_than_fresh_ones(p: Params) -> None:
    assert laws.unique_equivalent(one(15e12), one(4e12), p)[0, 0] == pytest.approx(14.0738e12, rel=5e-6)
    assert laws.unique_equivalent(one(3e12), one(4e12), p)[0, 0] == 3e12
    scarce = index(p, 70e9, 1.0, 1.5e13, experts=True, data=1.0)
    assert scarce.data[0, 0] < -1.0
    assert scarce.size[0, 0] == index(p, 70e9, 1.0, 1.5e13, experts=True).size[0, 0]


def test_the_parts_of_an_index_have_their_signs(p: Params) -> None:
    run = Run(one(1e11), one(4.0), one(5.0), one(0.1))
    found = predicted_index(run, one(2.0), one(0.7), np.array([[True]]), p)
    assert found.design[0, 0] < 0.0 < found.moe[0, 0]
    assert found.data[0, 0] < 0.0
    assert found.distillation[0, 0] == pytest.approx(-p.distil_loss[0])
    assert found.algorithms[0, 0] == pytest.approx(20.0 * 0.7 / np.log(10.0))


def test_a_chip_gets_cheaper_from_its_launch_on(p: Params) -> None:
    assert laws.chip_price(1, 10, p)[0] == pytest.approx(0.0324157, abs=5e-8)
    assert laws.chip_price(1, 0, p)[0] == 0.046
    assert laws.chip_price(3, 8, p)[0] == 0.056


def test_owning_a_gpu_costs_what_capital_power_and_operations_cost(p: Params) -> None:
    for generation, dollars in ((0, 0.791), (1, 1.680)):
        cost = laws.owner_cost(laws.chip_price(generation, 0, p), p.chips.it_kw[generation], p)
        assert cost[0] == pytest.approx(dollars, abs=5e-4)


def test_rents_follow_scarcity_sovereign_mark_up_and_power(p: Params) -> None:
    cost, neutral = np.array([2.0]), np.ones(1)
    base = laws.rent_on_demand(cost, neutral, 0.0 * neutral, neutral, p)[0]
    assert base == pytest.approx(2.0 * 1.32)
    assert laws.rent_on_demand(cost, 3.0 * neutral, 0.04 * neutral, 1.45 * neutral, p)[0] == pytest.approx(
        base * 3.0**0.55 * 1.04 * 1.45**0.15
    )


def test_the_supply_of_chips_grows_and_its_growth_fades(p: Params) -> None:
    expected = {0: 60_000, 4: 249_708, 8: 621_659, 12: 1_133_226, 16: 1_709_951, 19: 2_153_146}
    assert {t: round(float(laws.supply(t, p)[0])) for t in expected} == expected


def test_price_norms_halve_their_gap_to_the_floor(p: Params) -> None:
    assert laws.price_norm(8.0, p)[:, 0] == pytest.approx([19.74, 5.04, 9.33, 7.14], abs=5e-3)
    assert laws.price_norm(0.0, p)[:, 0] == pytest.approx([20.0, 22.0, 34.0, 26.0])


def test_more_capable_models_need_more_alignment(p: Params) -> None:
    needs = need(np.array([100.0, 140.0, 180.0]), np.ones(1), p)
    assert needs == pytest.approx([2.0, 2.984, 4.451], abs=5e-4)


def test_a_waterfill_divides_by_weight_and_gives_nobody_more_than_asked() -> None:
    asks, weights = np.array([[10.0], [4.0], [1.0]]), np.array([[3.0], [2.0], [1.0]])
    assert laws.waterfill(asks, weights, np.array([9.0]))[:, 0] == pytest.approx([4.8, 3.2, 1.0])
    assert laws.waterfill(asks, weights, np.array([99.0]))[:, 0] == pytest.approx([10.0, 4.0, 1.0])
    assert laws.waterfill(asks, weights, np.array([0.0]))[:, 0] == pytest.approx([0.0, 0.0, 0.0])


def test_a_waterfill_of_a_run_is_the_same_beside_runs_that_take_more_rounds() -> None:
    random = np.random.default_rng(3)
    asks, weights, pool = random.exponential(1.0, (7, 64)), random.exponential(1.0, (7, 64)), np.full(64, 3.0)
    together = laws.waterfill(asks, weights, pool)
    for run in range(64):
        one = slice(run, run + 1)
        assert np.array_equal(laws.waterfill(asks[:, one], weights[:, one], pool[one]), together[:, one])
    assert together.sum(axis=0) == pytest.approx(np.minimum(asks.sum(axis=0), pool), rel=1e-13)


def test_the_logit_leaves_room_for_open_weights_and_for_staying_out() -> None:
    utilities, live = np.array([[1.0], [0.5]]), np.array([[True], [True]])
    shares, open_share, log_total = laws.logit(utilities, np.array([-0.2]), live)
    assert shares[:, 0] == pytest.approx([0.43944, 0.26653], abs=1e-5)
    outside = np.exp(-log_total[0])
    assert shares.sum() + open_share[0] + outside == pytest.approx(1.0, abs=1e-12)


def test_the_logit_gives_the_dead_nothing_and_survives_any_utility() -> None:
    live = np.array([[True], [False]])
    shares, open_share, log_total = laws.logit(np.array([[2000.0], [9000.0]]), np.array([-5.0]), live)
    assert shares[:, 0].tolist() == [1.0, 0.0]
    assert log_total[0] == 2000.0
    nobody, hosts, _ = laws.logit(np.array([[1.0], [1.0]]), np.array([0.0]), ~live & live)
    assert nobody.tolist() == [[0.0], [0.0]]
    assert hosts[0] == pytest.approx(0.5)
    assert open_share[0] == 0.0


def tuned(p: Params, moe_serve: float = 1.0) -> Software:
    """Serving software of 2024Q1: paged attention and FP8."""
    return Software(p.software_start * 2.0, np.ones(1), np.full(1, moe_serve), np.ones(1), np.zeros(1))


def test_a_dense_model_is_served_at_the_published_rates(p: Params) -> None:
    rates = [roofline(one(70e9), one(1.0), g, tuned(p), p).blended_rate[0, 0] for g in range(4)]
    assert rates == pytest.approx([1217, 3508, 4042, 9751], abs=0.5)


def test_a_sparse_model_is_served_at_the_published_rates_on_its_replicas(p: Params) -> None:
    found = [roofline(one(37e9), one(671 / 37), g, tuned(p), p) for g in range(4)]
    assert [one_chip.blended_rate[0, 0] for one_chip in found] == pytest.approx([621, 1876, 1957, 5255], abs=0.5)
    assert [one_chip.replica[0, 0] for one_chip in found] == [16, 16, 16, 8]


def test_a_model_that_does_not_fit_is_not_served(p: Params) -> None:
    cramped = roofline(one(70e9), one(1.0), 0, tuned(p), p, replica=one(0.5))
    assert cramped.output_rate[0, 0] == 0.0
