"""Do the named plans do what their names say?"""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from labsim.model.exogenous import quiet_quarter
from labsim.model.world import World
from labsim.play.plan import PLANS, Course
from labsim.play.turn import Player, SeatOrders, opening, play_quarter, policy_rows
from labsim.scenario import Scenario, load_scenario
from labsim.text import sentences

SEAT = 1
DESIGN = {"design_active": np.array([4e10]), "design_tokens": np.array([2.0])}


@cache
def era() -> Scenario:
    return dataclasses.replace(load_scenario("token-era"), is_quiet=True)


def course(plan: str, player: Player | None = None, orders: SeatOrders | None = None) -> tuple[Course, World]:
    """The plan's course and the world in which it takes over."""
    s, seated, given = era(), player or Player(SEAT), orders or {}
    quarter = quiet_quarter(0, s.calendar, s.params)
    record = play_quarter(s, opening(s), quarter, policy_rows(s), {SEAT: seated}, {SEAT: given})
    return PLANS[plan].begin(s, opening(s), record, seated.after(given)), record.world


def ordered(found: Course, world: World, t: int = 1) -> SeatOrders:
    return found.orders(world, quiet_quarter(t, era().calendar, era().params))


def with_capital(world: World, **values: float) -> World:
    capital = world.capital
    changed = {name: np.full_like(getattr(capital, name), value) for name, value in values.items()}
    return world.replace(capital=dataclasses.replace(capital, **changed))


def with_training(world: World, **values: float) -> World:
    training = world.training
    changed = {name: np.full_like(getattr(training, name), value) for name, value in values.items()}
    return world.replace(training=dataclasses.replace(training, **changed))


def test_every_plan_has_its_sentence() -> None:
    for plan in PLANS.values():
        assert plan.label.key in sentences()


def test_standing_orders_give_no_order_and_keep_the_settings() -> None:
    found, world = course("standing-orders", orders={"free_tier": np.array([0.1]), "buy_gpus": np.array([5.0])})
    assert ordered(found, world) == {}
    assert set(found.player.settings) == {"free_tier"}


def test_the_own_policy_forgets_the_settings() -> None:
    found, world = course("own-policy", orders={"free_tier": np.array([0.1])})
    assert found.player == Player(SEAT, on_policy=True)
    assert ordered(found, world) == {}


def test_keep_and_renew_starts_a_run_only_when_none_is_on_and_the_lab_trains() -> None:
    found, world = course("keep-and-renew")
    assert ordered(found, with_training(world, run_on=0.0))["start_run"] == 1.0
    assert ordered(found, with_training(world, run_on=1.0))["start_run"] == 0.0
    serving, world = course("keep-and-renew", orders={"training_share": np.array([0.0])})
    assert ordered(serving, with_training(world, run_on=0.0))["start_run"] == 0.0


def test_the_next_run_of_a_design_grows_with_the_fleet_half_in_size_half_in_tokens() -> None:
    found, world = course("keep-and-renew", orders=DESIGN)
    same = ordered(found, world)
    assert same["design_active"] == pytest.approx(DESIGN["design_active"], rel=0.2)
    compute = world.compute
    larger = dataclasses.replace(
        compute, bought_gpus=4.0 * compute.bought_gpus, contract_gpus=4.0 * compute.contract_gpus
    )
    grown = ordered(found, world.replace(compute=larger))
    for name in DESIGN:
        assert grown[name] == pytest.approx(2.0 * same[name])


def test_a_design_left_open_stays_with_the_engines_default() -> None:
    found, world = course("keep-and-renew")
    assert "design_active" not in ordered(found, world)


def test_ending_contracts_and_retiring_hardware_are_replaced_by_as_much_speed() -> None:
    found, world = course("keep-and-renew")
    c, p = world.compute, era().params
    contracts, bought = np.zeros_like(c.contract_gpus), np.zeros_like(c.bought_gpus)
    contracts[-1], contracts[0] = 1000.0, 500.0
    bought[p.gpu_life - 1], bought[p.gpu_life - 2] = 100.0, 77.0
    rings = dataclasses.replace(c, contract_gpus=contracts, bought_gpus=bought, delivery_delay=0.0 * c.delivery_delay)
    rich = with_capital(world.replace(compute=rings), cash=1e6)
    orders = ordered(found, rich)
    speed = p.chips.bf16 * p.chips.mfu_factor
    a100, h100 = p.chips.names.index("A100"), p.chips.names.index("H100")
    factor = speed[a100] / speed[h100]
    assert orders["reserve_gpus"] == pytest.approx(1000.0 * factor)
    assert orders["buy_gpus"] == pytest.approx(100.0 * factor)
    poor = ordered(found, with_capital(rich, cash=0.001))
    assert poor["buy_gpus"] < 1.0


def test_money_is_raised_when_less_than_a_year_is_left() -> None:
    found, world = course("keep-and-renew")
    burning = {"burn": 100.0, "parent_funding": 0.0}
    assert ordered(found, with_capital(world, cash=399.0, **burning))["raise_amount"] == 401.0
    assert ordered(found, with_capital(world, cash=401.0, **burning))["raise_amount"] == 0.0
    assert ordered(found, with_capital(world, cash=10.0, burn=-5.0, parent_funding=0.0))["raise_amount"] == 0.0
    assert ordered(found, with_capital(world, cash=10.0, burn=100.0, parent_funding=200.0))["raise_amount"] == 0.0


def test_a_seat_on_its_policy_keeps_what_the_policy_chose() -> None:
    found, _ = course("keep-and-renew", Player(SEAT, on_policy=True))
    assert not found.player.on_policy
    assert found.player.settings["price"].shape == (4, 1)
    assert "buy_gpus" not in found.player.settings


def test_orders_that_the_scenario_hides_are_left_to_the_policy() -> None:
    hidden = dataclasses.replace(era(), hidden_orders=("raise_amount", "free_tier"))
    first = play_quarter(
        hidden, opening(hidden), quiet_quarter(0, hidden.calendar, hidden.params), policy_rows(hidden),
        {SEAT: Player(SEAT, on_policy=True)},
    )  # fmt: skip
    found = PLANS["keep-and-renew"].begin(hidden, opening(hidden), first, Player(SEAT, on_policy=True))
    assert "free_tier" not in found.player.settings
    assert "raise_amount" not in ordered(found, first.world)
