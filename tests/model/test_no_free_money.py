"""No free money: in reachable states, no order pays for nothing."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from labsim.model.fleet import orders_book
from labsim.model.laws import sum_first
from labsim.model.params import SEGMENTS
from labsim.model.step import step
from labsim.model.world import World, is_live
from labsim.variables import Array
from tests.model import era
from tests.model.test_invariants import Wild

RUNS, QUARTERS, SEED = 8, 24, 5
LABS = range(len(era.LABS))
EXACT = 1e-9


@cache
def reachable(wildness: float) -> tuple[era.Turn, ...]:
    """Turns of a batch with dice, on autopilot or under orders of which a part is wild."""
    return tuple(era.play(era.seats(), QUARTERS, seed=SEED, runs=RUNS, strategy=Wild(SEED, wildness)))


def demand(turn_report: object, segment: int, lab: int) -> Array:
    """Tokens asked for in a segment up to factors that a price does not move."""
    market = turn_report.market  # type: ignore[attr-defined]
    return market.share_served[segment, lab] * market.usage[segment, lab]


@pytest.mark.parametrize("wildness", [0.0, 0.15])
def test_a_higher_price_never_wins_own_demand(wildness: float) -> None:
    p, violations, tests = era.seats().params, [], 0
    for turn in reachable(wildness):
        live = is_live(turn.before)
        for lab in LABS:
            price = turn.decisions.price.copy()
            price[:, lab] *= 1.1  # segments do not meet before the served fraction
            _, report = step(turn.before, dataclasses.replace(turn.decisions, price=price), p, turn.quarter)
            for segment in range(len(SEGMENTS)):
                before, after = demand(turn.report, segment, lab), demand(report, segment, lab)
                tests += int(live[lab].sum())
                if (after > before * (1.0 + EXACT)).any():
                    violations.append((turn.quarter.t, era.LABS[lab], SEGMENTS[segment]))
    assert violations == []
    assert tests > 1000


def test_a_higher_price_loses_demand_in_its_own_segment_only() -> None:
    e = era.seats()
    turn = era.play(e, 6)[-1]
    price = turn.decisions.price.copy()
    price[1, 0] *= 1.1
    _, report = step(turn.before, dataclasses.replace(turn.decisions, price=price), e.params, turn.quarter)
    lost = [float(demand(report, s, 0)[0] / demand(turn.report, s, 0)[0]) for s in range(len(SEGMENTS))]
    assert lost[1] < 0.96
    assert [lost[0], *lost[2:]] == [1.0, 1.0, 1.0]


def wealth(world: World) -> Array:
    """Cash, chips on order and sites in progress; M$."""
    return world.capital.cash + orders_book(world.compute) + sum_first(world.compute.site_wip)


@pytest.mark.parametrize("wildness", [0.0, 0.15, 0.5])
def test_more_cash_with_the_same_orders_never_makes_poorer(wildness: float) -> None:
    p, violations, tests = era.seats().params, [], 0
    for turn in reachable(wildness):
        rescued = (
            (turn.report.financing.down_round > 0.0)
            | (turn.report.capital.sold_part > turn.decisions.sell_gpus)
            | ~is_live(turn.after)
        )
        for lab in LABS:
            cash = turn.before.capital.cash.copy()
            cash[lab] += 500.0
            richer = turn.before.replace(capital=dataclasses.replace(turn.before.capital, cash=cash))
            after, _ = step(richer, turn.decisions, p, turn.quarter)
            gained = (wealth(after) - wealth(turn.after))[lab]
            counts = ~rescued[lab]
            tests += int(counts.sum())
            size = np.abs(wealth(turn.after))[lab] + 1.0
            if (gained[counts] < -EXACT * size[counts]).any():
                violations.append((turn.quarter.t, era.LABS[lab], float(gained[counts].min())))
    assert violations == []
    assert tests > 150


def anthropic(cash: float = 10_000.0, row: int = 1) -> era.Era:
    return era.reseated(era.seats(), [row]).with_world("capital", cash=np.array([[cash]]))


def final_cash(e: era.Era, orders: dict[int, dict[str, float]], quarters: int) -> float:
    world = e.world
    for t in range(quarters):
        world = era.single(dataclasses.replace(e, world=world), t, **orders.get(t, {})).after
    return float(world.capital.cash[0, 0])


def test_buying_gpus_and_selling_them_loses_more_than_half_of_the_price() -> None:
    e = anthropic()
    paid = era.single(e, buy_gpus=1000.0).report.compute.capex_gpus[0, 0]
    idle = final_cash(e, {}, 8)
    sales = {t: {"sell_gpus": 0.8} for t in range(3, 8)}  # without power they earn nothing meanwhile
    traded = final_cash(e, {0: {"buy_gpus": 1000.0}, **sales}, 8)
    assert idle - traded > 0.55 * paid
    assert idle - traded < 1.05 * paid


def test_borrowing_and_depositing_costs_the_spread() -> None:
    e = anthropic(row=2)
    idle = final_cash(e, {}, 5)
    borrowed = final_cash(e, {0: {"borrow_change": 300.0}, 4: {"borrow_change": -1e6}}, 5)
    assert 0.05 * 300 < idle - borrowed < 0.09 * 300  # 11 % less 4 %, a year


def test_a_round_is_no_gift() -> None:
    e = anthropic().with_world("capital", since_round=np.array([[3.0]]))
    turn = era.single(e, raise_amount=500.0)
    value = turn.after.capital.valuation[0, 0]
    assert turn.after.capital.holders[0, 0] * (value + 500.0) == pytest.approx(value)


def test_a_partners_credits_are_worth_less_than_the_equity_sold() -> None:
    p = era.seats().params
    assert p.partner_premium[0] / p.partner_markup[0] == pytest.approx(0.982, abs=5e-4)
    e = anthropic()
    signed = final_cash(e, {0: {"partner_equity": 0.1}}, 4)
    stake = era.single(e, partner_equity=0.1).report.capital.credits_new[0, 0] / 1.1
    assert signed - final_cash(e, {}, 4) < stake


def test_closing_a_run_and_starting_it_again_gives_no_flop_back() -> None:
    e = anthropic()
    design = {"design_active": 1e11, "design_tokens": 50.0}
    done = []
    for orders in ({}, {"stop_run": 1.0}):
        world = era.single(dataclasses.replace(e, world=e.world), 0, start_run=1.0, **design).after
        world = era.single(dataclasses.replace(e, world=world), 1, **orders).after
        world = era.single(dataclasses.replace(e, world=world), 2, start_run=1.0, **design).after
        done.append(float(world.training.run_done[0, 0]))
    assert done[1] < done[0]
