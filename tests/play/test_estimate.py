"""The estimators: worked examples of the design, what binds, and refusals with a remedy."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.errors import BadInput
from labsim.formats import quarter_number
from labsim.play.chips import chip_names, find_chip, params
from labsim.play.estimate import estimate_optimal, estimate_serving, estimate_training
from labsim.scenario import load_scenario


@pytest.mark.parametrize(
    ("total", "active", "tokens", "loss", "effective", "index"),
    [
        (70e9, None, 1.4e12, 1.9739, 5.876e23, 64.04),
        (69e9, None, 2e12, 1.9651, 8.123e23, 66.85),
        (405.9e9, None, 15.6e12, 1.8926, 3.567e25, 99.71),
    ],
)
def test_loss_and_index_are_the_worked_examples(
    total: float, active: float | None, tokens: float, loss: float, effective: float, index: float
) -> None:
    found = estimate_training(total, tokens, "A100", active=active)
    assert found.loss == pytest.approx(loss, abs=5e-5)
    assert found.effective_flop == pytest.approx(effective, rel=1e-3)
    assert found.capability == pytest.approx(index, abs=0.01)


def test_a_sparse_run_has_the_worked_gain_once_experts_are_parallel() -> None:
    found = estimate_training(236e9, 8.1e12, "H800", active=21e9, techniques=["expert_parallel"])
    assert found.loss == pytest.approx(1.9400, abs=5e-5)
    assert found.effective_flop == pytest.approx(2.305e24, rel=1e-3)
    assert found.capability == pytest.approx(75.91, abs=0.01)


def test_gpu_hours_are_6nd_over_the_speed_of_the_chip() -> None:
    found = estimate_training(70e9, 2e12, "A100", at=quarter_number("2023Q3"))
    mfu = 0.255 * 1.38 * 1.17  # techniques public by 2023Q1
    assert found.mfu == pytest.approx(mfu)
    hours = 6 * 70e9 * 2e12 * 1.03 / (312e12 * mfu * 0.90 * 3600.0)
    assert found.gpu_hours == pytest.approx(hours)
    assert found.days == pytest.approx(hours / 1024 / 24)
    assert found.energy_mwh == pytest.approx(hours * 0.926 * 1.2 / 1000)


def test_techniques_count_two_quarters_after_they_are_public() -> None:
    before, after = (estimate_training(70e9, 2e12, "H100", at=quarter_number(q)).mfu for q in ("2023Q4", "2024Q1"))
    assert after / before == pytest.approx(1.15)


def test_without_a_quarter_the_run_ends_eight_quarters_after_the_launch_of_the_chip() -> None:
    said = estimate_training(70e9, 2e12, "H100", at=quarter_number("2024Q4"))
    assert estimate_training(70e9, 2e12, "H100").gpu_hours == said.gpu_hours


def test_the_index_counts_algorithms_only_at_a_quarter() -> None:
    plain, later = (estimate_training(70e9, 2e12, "H100", at=at, techniques=[]) for at in (None, 4))
    assert later.capability - plain.capability == pytest.approx(20 * 0.19 * 4 / np.log(10))
    assert later.effective_flop / plain.effective_flop == pytest.approx(np.exp(0.19 * 4))
    assert later.loss == plain.loss


def test_the_optimal_design_of_the_chinchilla_budget_is_theirs() -> None:
    found = estimate_optimal(5.76e23)
    assert found.params == pytest.approx(72.249e9, rel=1e-3)
    assert found.tokens == pytest.approx(1.32874e12, rel=1e-3)
    assert 6 * found.params * found.tokens == pytest.approx(5.76e23)


@pytest.mark.parametrize(
    ("total", "active", "chip", "blended"),
    [
        (70e9, None, "A100", 1217.0),
        (70e9, None, "H100", 3508.0),
        (70e9, None, "H200", 4042.0),
        (70e9, None, "GB200", 9751.0),
        (671e9, 37e9, "H100", 1876.0),
        (671e9, 37e9, "H200", 1957.0),
    ],
)
def test_serving_at_a_quarter_is_the_game_s_serving(
    total: float, active: float | None, chip: str, blended: float
) -> None:
    found = estimate_serving(
        total, chip, active=active, precision="fp8", input_tokens=1500, output_tokens=500, at=quarter_number("2024Q1")
    )
    assert found.tokens_per_second_per_gpu * 4 == pytest.approx(blended, rel=1e-3)


def test_long_prompts_bind_by_arithmetic_and_long_contexts_by_memory() -> None:
    assert estimate_serving(70e9, "H200", input_tokens=2048, output_tokens=128).binding_limit == "prefill arithmetic"
    assert estimate_serving(70e9, "H200", input_tokens=20000, output_tokens=2000).binding_limit == "memory bandwidth"
    assert estimate_serving(70e9, "H200", input_tokens=128, output_tokens=2048).binding_limit == "decode arithmetic"


def test_a_replica_holds_the_weights() -> None:
    assert estimate_serving(8e9, "H100").min_gpus_per_replica == 1
    assert estimate_serving(671e9, "H200", active=37e9).min_gpus_per_replica == 16


def test_cost_and_energy_follow_from_the_rate() -> None:
    found = estimate_serving(70e9, "H100", usd_per_hour=2.0)
    rate = found.tokens_per_second_per_gpu
    assert found.usd_per_million_tokens == pytest.approx(2.0 / 3600 / rate * 1e6)
    assert found.energy_wh_per_thousand_tokens == pytest.approx(1453 * 1.2 / 3600 / rate * 1000)


def test_chips_that_the_game_sells_are_the_game_s() -> None:
    game, published = load_scenario("token-era").params.chips, params().chips
    for name, row in (("H100", "H100"), ("GB200", "B200"), ("VR200", "VR200"), ("A100", "A100")):
        ours, theirs = find_chip(name).row, game.names.index(row)
        for figure in ("bf16", "fp8", "fp4", "hbm", "bandwidth", "it_kw", "price", "mfu_factor"):
            assert getattr(published, figure)[ours, 0] == getattr(game, figure)[theirs, 0]


def test_chips_are_found_whatever_the_case_spaces_and_dashes() -> None:
    assert find_chip("tpu v5E").name == find_chip("TPUv5e").name
    assert all(find_chip(name) for name in chip_names())


def test_what_is_not_published_is_left_out_and_not_made_up() -> None:
    found = estimate_training(70e9, 2e12, "TPUv5p")
    assert found.gpu_hours > 0
    assert found.cost_usd is None
    assert found.energy_mwh is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: estimate_training(70e9, 2e12, "V100"), 'unknown chip "V100"'),
        (lambda: estimate_training(70e9, 2e12, "Rubin Ultra"), "no BF16 speed is published"),
        (lambda: estimate_training(70e9, 2e12, "H100", active=71e9), "more parameters are active"),
        (lambda: estimate_training(70e9, 2e12, "H100", techniques=["flash"]), 'unknown technique "flash"'),
        (lambda: estimate_training(0.0, 2e12, "H100"), "outside"),
        (lambda: estimate_training(70e9, float("nan"), "H100"), "outside"),
        (lambda: estimate_serving(70e9, "H100", precision="fp4"), "no fp4 speed is published"),
        (lambda: estimate_serving(80e9, "H100", gpus=1), "no request fits"),
        (lambda: estimate_optimal(0.0), "outside"),
    ],
)
def test_what_cannot_be_estimated_is_refused_with_a_remedy(call: object, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        call()  # type: ignore[operator]
    assert all(problem.remedy for problem in caught.value.problems)
