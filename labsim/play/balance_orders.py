"""Do single orders pay somewhere and not without end? One order of one lab varied, the same dice for every value."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.world import World
from labsim.play.balance_games import by_copy, games, per_copy, with_row
from labsim.play.balance_rows import Behaviour, Cell
from labsim.play.derived import stake
from labsim.scenario import Scenario
from labsim.variables import Array

DICE = 200
LEADER, OPENER = "OpenAI", "Meta"
PRICES = (0.8, 0.9, 1.0, 1.1, 1.3, 1.6, 2.0)  # the policy goes on from last quarter's price, so that these add up
THOUGHT = (1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
THOUGHTLESS = 3
OPENING = (0.0, 1.0)


def price_of_the_leader(scenario: Scenario, runs: int, seed: int) -> Behaviour:
    """Value of the leader's first holders over a multiplier on all its prices."""
    values = _values(scenario, LEADER, "price", PRICES, runs, seed, is_factor=True)
    best = int(np.argmax(values))
    return Behaviour(
        f"price of {LEADER}",
        "the price of the largest value to first holders is neither the lowest nor the highest",
        0 < best < len(PRICES) - 1,
        ("lab", "best", *(f"x{m:g}" for m in PRICES)),
        [(LEADER, PRICES[best], *_billions(values))],
        "mean value to first holders at the end, B$",
    )


def thinking_pays(scenario: Scenario, runs: int, seed: int) -> Behaviour:
    """Value of each lab's first holders over the tokens of thought that it gives an answer."""
    values = np.array([_values(scenario, lab, "thinking", THOUGHT, runs, seed) for lab in scenario.labs])
    best = np.argmax(values, axis=1)
    rows: list[tuple[Cell, ...]] = [
        (lab, THOUGHT[best[seat]], *_billions(values[seat])) for seat, lab in enumerate(scenario.labs)
    ]
    none, most = values.sum(axis=0)[[0, -1]]
    return Behaviour(
        "tokens of thought",
        f"some thought pays for a lab, none is best for at least {THOUGHTLESS}, and all labs together lose by the most",
        bool((best > 0).any() and (best == 0).sum() >= THOUGHTLESS and most < none),
        ("lab", "best", *(f"{m:g}" for m in THOUGHT)),
        rows,
        "mean value to first holders at the end, B$",
    )


def opening_weights(scenario: Scenario, runs: int, seed: int) -> Behaviour:
    """Value of the first holders of the lab that opens its weights, with them closed and opened."""
    values = _values(scenario, OPENER, "design_open", OPENING, runs, seed)
    return Behaviour(
        f"open weights of {OPENER}",
        "the lab that lives by open weights loses at least a twentieth of its value when it closes them",
        bool(values[0] <= 0.95 * values[1]),
        ("lab", "closed", "open"),
        [(OPENER, *_billions(values))],
        "mean value to first holders at the end, B$",
    )


def _values(
    scenario: Scenario, lab: str, order: str, levels: Sequence[float], runs: int, seed: int, is_factor: bool = False
) -> Array:
    """Mean value of a lab's first holders at the end for each level of one of its orders, M$."""
    seat, dice = scenario.seat(lab), min(runs, DICE)
    level = per_copy(list(levels), dice)

    def change(d: Decisions, world: World, quarter: Quarter) -> Decisions:
        ordered: Array = getattr(d, order)
        row = ordered[..., seat, :] * level if is_factor else level + np.zeros_like(ordered[..., seat, :])
        return dataclasses.replace(d, **{order: with_row(ordered, seat, row)})

    *_, last = games(scenario, seed, dice, copies=len(levels), change=change)
    mean: Array = by_copy(stake(last.world.capital)[seat], dice).mean(axis=1)
    return mean


def _billions(values: Array) -> list[float]:
    return [float(value) / 1e3 for value in values]
