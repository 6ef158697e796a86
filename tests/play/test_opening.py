"""A start that a scenario states stands in the world to the last dollar: contracts, chips, model, revenue, balance."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from labsim.errors import BadInput
from labsim.model.fleet import gpus, h100e, own_and_reserved
from labsim.model.laws import sum_first
from labsim.model.market import standing_sales
from labsim.model.scaling import Run, predicted_index
from labsim.model.world import World, stocks
from labsim.play.opening_model import served_capability
from labsim.play.turn import Player, TurnRecord, opening, play
from labsim.scenario import Scenario, load_scenario, parse_scenario
from labsim.variables import LAB, REGISTRY
from tests.model.identities import assets, claims

SEATS = 'seats = ["OpenAI", "Anthropic", "Google DeepMind", "Meta", "Mistral AI", "xAI", "Meridian"]\n'
LIKE = '[labs."Meridian"]\nlike = "Together AI"\n'


def q(value: float, unit: str) -> str:
    return f'{{ value = {value}, unit = "{unit}", source = "test" }}'


def contract(gpus: float, chip: str, until: str, rent: float) -> str:
    return f'{{ gpus = {q(gpus, "GPU")}, chip = "{chip}", until = "{until}", rent = {q(rent, "$/h")} }}'


def model(tokens: float, more: str = "") -> str:
    design = f"active = {q(7e10, 'parameters')}, sparsity = {q(1, '1')}, tokens = {q(tokens, 'T')}"
    return f"model = {{ {design}{more} }}\n"


EIGHTEEN_MONTHS = (
    f"cash = {q(900, 'M$')}\nvaluation = {q(4000, 'M$')}\nstaff = {q(150, 'persons')}\narr = {q(30, 'M$/year')}\n"
    f"chips = []\ncontracts = [{contract(16000, 'H100', '2025Q3', 4.2)}]\n" + model(2, f", gap = {q(15, 'points')}")
)


@cache
def start(lines: str, when: str = "2023Q4", head: str = "") -> Scenario:
    text = (
        f'start = "{when}"\nquarters = 6\n{SEATS}default_seat = "Meridian"\n{head}{LIKE}[opening."Meridian"]\n{lines}'
    )
    return parse_scenario("mine", [*load_scenario("token-era").texts, ("mine", text)])


SEAT = 6


@cache
def eighteen_months() -> tuple[Scenario, World]:
    scenario = start(EIGHTEEN_MONTHS)
    return scenario, opening(scenario)


def test_a_new_lab_has_the_figures_and_the_policy_of_the_one_it_is_like() -> None:
    scenario, base = eighteen_months()[0], load_scenario("token-era")
    seat = base.seat("Together AI")
    assert scenario.labs[SEAT] == "Meridian"
    assert scenario.policies[SEAT] == base.policies[seat]
    for name, stock in stocks(scenario.world).items():
        if LAB in REGISTRY[name].axes:
            np.testing.assert_array_equal(stock[..., SEAT, :], stocks(base.world)[name][..., seat, :])


def test_contracts_in_hand_are_these_chips_at_this_rent_until_this_quarter() -> None:
    scenario, world = eighteen_months()
    owned, reserved = own_and_reserved(world.compute, scenario.start, scenario.params)
    assert gpus(owned)[SEAT, 0] == 0.0
    assert h100e(reserved, scenario.params)[SEAT, 0] == gpus(reserved)[SEAT, 0] == 16000.0
    # 16,000 GPUs x 4.20 $/h x 2,190 h
    assert sum_first(world.compute.contract_cost)[SEAT, 0] == pytest.approx(147.168)
    nothing_new = {SEAT: {"reserve_gpus": np.zeros(1), "on_demand_gpus": np.zeros(1)}}
    orders = dict.fromkeys(range(3, 13), nothing_new)
    due = [r.report.compute.rent_reserved_cost[SEAT, 0] for r in _played(scenario, orders, quarters=9)]
    assert due == pytest.approx([147.168] * 8 + [0.0])  # 2023Q4 to 2025Q3


def _played(scenario: Scenario, orders: object = None, **more: object) -> list[TurnRecord]:
    return list(play(scenario, 1, players={SEAT: Player(SEAT, on_policy=True)}, orders=orders, **more))  # type: ignore[arg-type]


def test_the_months_that_cash_lasts_are_those_of_the_brief() -> None:
    _, world = eighteen_months()
    money = world.capital
    # rents 147.2, 150 people at 0.2005, sales 7.5 less 16 % of their cost
    assert 165.0 < money.burn[SEAT, 0] < 180.0
    assert 15.0 < 3.0 * money.cash[SEAT, 0] / money.burn[SEAT, 0] < 16.5


def test_revenue_in_hand_is_what_the_shares_bring_at_the_last_prices() -> None:
    scenario, world = eighteen_months()
    m = world.market
    revenue, _ = standing_sales(m.share, m.prices, m.units, scenario.params)
    assert sum_first(revenue)[SEAT, 0] == pytest.approx(30.0 / 4.0)
    before = opening(start(f"cash = {q(900, 'M$')}\n")).market.share[:, SEAT, 0]
    ratio = m.share[:, SEAT, 0] / before
    assert ratio == pytest.approx(np.full(4, ratio[0]))
    history = world.capital.arr_history[:, SEAT, 0]
    guess = scenario.params.growth_unknown[0]
    assert history == pytest.approx(30.0 * np.exp(-guess * np.arange(4) / 4.0))
    np.testing.assert_array_equal(m.units, opening(start(f"cash = {q(900, 'M$')}\n")).market.units)


def test_revenue_may_be_split_and_have_a_growth_of_its_own() -> None:
    parts = {"consumer": 0.1, "developer": 0.6, "enterprise": 0.3}
    split = ", ".join(f"{name} = {q(part, '1')}" for name, part in parts.items())
    lines = f"arr = {q(60, 'M$/year')}\ngrowth = {q(0.8, 'ln/year')}\narr_split = {{ {split} }}\n"
    scenario = start(lines, "2024Q3")
    world = opening(scenario)
    revenue, _ = standing_sales(world.market.share, world.market.prices, world.market.units, scenario.params)
    assert revenue[:, SEAT, 0] == pytest.approx([1.5, 9.0, 4.5, 0.0])
    assert world.capital.arr_history[:, SEAT, 0] == pytest.approx(60.0 * np.exp(-0.8 * np.arange(4) / 4.0))


def test_others_make_room_only_where_shares_would_pass_one() -> None:
    plain = opening(start(f"cash = {q(900, 'M$')}\n")).market.share[..., 0]
    small = eighteen_months()[1].market.share[..., 0]
    np.testing.assert_array_equal(np.delete(small, SEAT, 1), np.delete(plain, SEAT, 1))
    large = opening(start(f"arr = {q(600, 'M$/year')}\n")).market.share[..., 0]
    assert large.sum(axis=1).max() == pytest.approx(1.0)
    full = large.sum(axis=1) > 1.0 - 1e-12
    others, were = np.delete(large, SEAT, 1), np.delete(plain, SEAT, 1)
    np.testing.assert_array_equal(others[~full], were[~full])
    assert np.ptp(others[full] / were[full], axis=1) == pytest.approx(0.0, abs=1e-12)


def test_a_gap_is_to_the_best_rival_with_post_training() -> None:
    scenario, world = eighteen_months()
    served = served_capability(world.training.base_capability, world.alignment.align_ratio, scenario.params)[:, 0]
    assert served[:SEAT].max() - served[SEAT] == pytest.approx(15.0)
    assert world.training.model_active[SEAT, 0] == 7e10
    assert world.training.model_flop[SEAT, 0] == pytest.approx(6 * 7e10 * 2e12)


def test_without_a_gap_the_laws_say_how_good_the_model_is_and_coverage_is_kept_or_given() -> None:
    scenario = start(model(1.5) + f"coverage = {q(0.55, '1')}\n")
    world, p = opening(scenario), scenario.params
    one = np.ones(1)
    run = Run(7e10 * one, one, 1.5 * one, one)
    algorithms = world.training.algo_public + world.training.algo_lead[SEAT]
    index = predicted_index(run, world.training.data[SEAT], algorithms, 0.0 * one, p).total
    assert world.training.base_capability[SEAT] == pytest.approx(index)
    needed = p.align_need * np.exp(p.align_need_growth * (index - p.index_zero))
    assert 1.0 - np.exp(-world.alignment.align_ratio[SEAT] / needed) == pytest.approx([0.55])


def test_a_given_capability_is_what_customers_meet_and_a_student_serves() -> None:
    scenario = start(model(1.5, f", distil = {q(0.25, '1')}, capability = {q(104, 'points')}"))
    world = opening(scenario)
    served = served_capability(world.training.base_capability, world.alignment.align_ratio, scenario.params)
    assert served[SEAT, 0] == pytest.approx(104.0)
    assert world.training.model_active[SEAT, 0] == pytest.approx(1.75e10)


def test_own_chips_work_or_are_on_order_and_stand_in_the_books() -> None:
    lines = (
        f'site_power = {q(50, "MW")}\ncontracts = []\nsites = [{{ power = {q(20, "MW")}, ready = "2024Q2" }}]\n'
        f'chips = [{{ gpus = {q(1000, "GPU")}, chip = "A100", bought = "2022Q3", price = {q(0.02, "M$")} }}, '
        f'{{ gpus = {q(500, "GPU")}, chip = "H100", bought = "2023Q3" }}]\n'
    )
    scenario = start(lines)
    world, p = opening(scenario), scenario.params
    owned, reserved = own_and_reserved(world.compute, scenario.start, p)
    assert gpus(owned)[SEAT, 0] == 1000.0
    assert gpus(reserved)[SEAT, 0] == 0.0
    paid = world.compute.bought_cost[:, SEAT, 0]
    assert paid[4] == pytest.approx(20.0)
    listed = p.chips.price[1, 0] * np.exp(-2 * p.chips.price_decline[1, 0])  # H100, two quarters after its launch
    assert paid[0] == pytest.approx(500.0 * listed)
    assert world.compute.site_gross[SEAT, 0] == pytest.approx(50.0 * p.site_cost[0])
    coming = [r.world.compute.site_power[SEAT, 0] for r in play(scenario, 1, 2)]
    assert coming[0] == 50.0  # after 2023Q4
    assert coming[1] >= 70.0


def test_a_run_in_flight_ends_when_the_rest_of_its_compute_is_done() -> None:
    design = f"active = {q(2e10, 'parameters')}, sparsity = {q(1, '1')}, tokens = {q(1, 'T')}, done = {q(0.999, '1')}"
    scenario = start(EIGHTEEN_MONTHS + f"run = {{ {design}, open = true }}\n")
    world = opening(scenario)
    t = world.training
    assert (t.run_on[SEAT, 0], t.run_open[SEAT, 0], t.run_tokens[SEAT, 0]) == (1.0, 1.0, 1.0)
    needed = 6 * 2e10 * 1e12 * scenario.params.attention_overhead[0]
    assert t.run_done[SEAT, 0] == pytest.approx(0.999 * needed)
    (first,) = play(scenario, 1, 1)
    assert first.report.training.opened[SEAT, 0] == 1.0


def test_techniques_are_as_far_as_given() -> None:
    scenario = start(f"techniques = {{ constitutional = {q(0.6, '1')} }}\n")
    row = scenario.params.techniques.index("constitutional")
    assert opening(scenario).people.technique_progress[row, SEAT, 0] == 0.6


@pytest.mark.parametrize("when", ["2023Q1", "2023Q4", "2024Q3"])
def test_the_books_balance_at_the_start_and_after_it(when: str) -> None:
    lines = (
        f"cash = {q(900, 'M$')}\nsite_power = {q(5, 'MW')}\narr = {q(9, 'M$/year')}\n"
        f'chips = [{{ gpus = {q(1000, "GPU")}, chip = "A100", bought = "2022Q3" }}]\n' + model(2)
    )
    scenario = start(lines, when)
    worlds = [opening(scenario), *(record.world for record in play(scenario, 3, 4))]
    for world in worlds:
        alive = world.capital.status == 0.0
        gap = (assets(world, scenario.params) - claims(world))[alive]
        assert gap == pytest.approx(0.0, abs=1e-6)


def test_a_batch_starts_like_its_single_runs() -> None:
    scenario, one = eighteen_months()
    for name, stock in stocks(opening(scenario, 3)).items():
        np.testing.assert_array_equal(stock, np.repeat(stocks(one)[name], 3, axis=-1))
    together = list(play(scenario, 5, 3, runs=3))
    alone = list(play(scenario, 5, 3, first_run=2))
    for batch, single in zip(together, alone, strict=True):
        np.testing.assert_array_equal(batch.world.capital.cash[:, 2], single.world.capital.cash[:, 0])


def test_a_lab_that_has_ended_cannot_start() -> None:
    poor = f"cash = {q(0, 'M$')}\n"
    scenario = start(f"cash = {q(900, 'M$')}\n", "2025Q4", "")
    text = scenario.texts[-1][1].replace(LIKE, LIKE + poor + f"staff = {q(5000, 'persons')}\n")
    broke = parse_scenario("mine", [*scenario.texts[:-1], ("mine", text)])
    with pytest.raises(BadInput, match=r"mine: opening.Meridian: the lab has ended before 2025Q4; give labs"):
        opening(broke)


def test_nobody_sells_more_than_there_is() -> None:
    with pytest.raises(BadInput, match=r"opening.Meridian.arr: more than all customers of a segment; give less"):
        opening(start(f"arr = {q(90000, 'M$/year')}\n"))


def test_a_segment_without_customers_cannot_be_scaled() -> None:
    scenario = start(f"arr = {q(30, 'M$/year')}\nquality = {q(1, '1')}\n", "2023Q1")
    share = scenario.world.market.share.copy()
    share[:, SEAT] = 0.0
    world = scenario.world.replace(market=dataclasses.replace(scenario.world.market, share=share))
    with pytest.raises(BadInput, match=r"opening.Meridian.arr: the lab has no customers to scale"):
        opening(dataclasses.replace(scenario, world=world))
