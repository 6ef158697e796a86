"""Is there money for nothing, and do rivals notice? Single quarters played twice from states that games reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from labsim.model.decisions import DECISIONS, Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import orders_book
from labsim.model.laws import sum_first
from labsim.model.params import SEGMENTS
from labsim.model.step import step
from labsim.model.world import World, is_live
from labsim.play.balance_games import by_copy, games, per_copy, with_row
from labsim.play.balance_rows import Behaviour
from labsim.play.turn import opening, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario
from labsim.variables import Array, Flags

MORE_CASH = 500.0  # M$
HIGHER = 1.1
EXACT = 1e-9
HALVED_AT = 8  # quarter in which a price is halved
WITHIN = 2  # quarters in which rivals should react
MOVED = 0.01  # relative change of an order that counts
RIVALS = 3
STATE_RUNS = 40  # games whose quarters are played again; a choice that takes seconds


def _states(scenario: Scenario, seed: int, runs: int) -> Iterator[tuple[World, Decisions, Quarter]]:
    """Every quarter of some games: the world before, the orders and the dice."""
    world, rows = opening(scenario, runs), policy_rows(scenario)
    for t in range(scenario.start, scenario.start + scenario.quarters):
        quarter = quarter_of(scenario, t, seed, 0, runs)
        record = play_quarter(scenario, world, quarter, rows)
        yield world, record.decisions, quarter
        world = record.world


def no_free_money(scenario: Scenario, runs: int, seed: int) -> Behaviour:
    """More cash under the same orders, and higher prices, in every lab and quarter of some games."""
    p, runs = scenario.params, min(runs, STATE_RUNS)
    tests, cash_lost, price_tests, won = 0, 0, 0, 0
    for world, d, quarter in _states(scenario, seed, runs):
        after, report = step(world, d, p, quarter)
        for lab in range(len(scenario.labs)):
            live = is_live(world)[lab]
            richer = dataclasses.replace(world.capital, cash=world.capital.cash.copy())
            richer.cash[lab] += MORE_CASH
            then, _ = step(world.replace(capital=richer), d, p, quarter)
            # A rescue, by a down-round or a sale of GPUs, brings money that the richer lab does not need.
            rescued = (after.capital.rescues[lab] != world.capital.rescues[lab]) | (
                after.capital.sold_capacity[lab] != world.capital.sold_capacity[lab]
            )
            counted = live & ~rescued & is_live(after)[lab]
            less = _liquid(then, lab) < _liquid(after, lab) * (1.0 - EXACT)
            tests += int(counted.sum())
            cash_lost += int((less & counted).sum())
            price = d.price.copy()
            price[:, lab] *= HIGHER
            _, dearer = step(world, dataclasses.replace(d, price=price), p, quarter)
            asked = report.market.share_served[:, lab] * report.market.usage[:, lab]
            dear = dearer.market.share_served[:, lab] * dearer.market.usage[:, lab]
            price_tests += int(live.sum()) * len(SEGMENTS)
            won += int(((dear > asked * (1.0 + EXACT)) & live).sum())
    return Behaviour(
        "no free money in a quarter",
        "500 M$ more cash never lowers cash and orders, rescues excepted; a 10 % higher price never raises own demand",
        cash_lost == 0 and won == 0,
        ("test", "cases", "violations"),
        [("500 M$ more cash, same orders", tests, cash_lost), ("own price 10 % higher", price_tests, won)],
    )


def _liquid(world: World, lab: int) -> Array:
    """Cash, GPUs paid for and sites in progress; M$."""
    paid = orders_book(world.compute)[lab] + sum_first(world.compute.site_wip)[lab]
    total: Array = world.capital.cash[lab] + paid
    return total


def rivals_react(scenario: Scenario, runs: int, seed: int) -> Behaviour:
    """Orders of the rivals after one lab halves its prices, against the same games without it."""
    dice = min(runs, 100)
    seat = scenario.seat(scenario.default_seat)
    factor = per_copy([1.0, 0.5], dice)
    start = scenario.start + HALVED_AT

    def halved(d: Decisions, world: World, quarter: Quarter) -> Decisions:
        cut = np.where(quarter.t >= start, factor, 1.0)
        return dataclasses.replace(d, price=with_row(d.price, seat, d.price[:, seat] * cut))

    moved: dict[str, Flags] = {}
    for record in games(scenario, seed, dice, copies=2, quarters=HALVED_AT + WITHIN + 1, change=halved):
        if record.t <= start:
            continue
        live = np.logical_and.reduce(by_copy((record.world.capital.status == 0.0) + 0.0, dice) > 0.0, axis=1)
        for variable in DECISIONS:
            orders = by_copy(getattr(record.decisions, variable.name), dice)
            base, other = orders[..., 0, :], orders[..., 1, :]
            differs = np.abs(other - base) > MOVED * np.maximum(np.abs(base), 1e-9)
            flags: Flags = np.logical_or.reduce(np.atleast_3d(differs.T).T, axis=0) & live
            moved[variable.name] = moved.get(variable.name, flags) | flags
    rivals = [lab for lab in range(len(scenario.labs)) if lab != seat]
    any_order = np.logical_or.reduce(list(moved.values()))[rivals]
    count = any_order.sum(axis=0)
    rows = sorted(
        ((name, float(flags[rivals].sum(axis=0).mean())) for name, flags in moved.items()), key=lambda row: -row[1]
    )
    return Behaviour(
        f"rivals after {scenario.default_seat} halves its prices",
        f"at least {RIVALS} rivals change an order by more than {MOVED:.0%} within {WITHIN} quarters",
        bool(np.median(count) >= RIVALS),
        ("order", "rivals that change it, mean"),
        [("any", float(count.mean())), *(row for row in rows if row[1] > 0.0)],
    )
