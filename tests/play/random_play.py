"""Games in which one lab does whatever comes to mind: every order random, within what the gate lets through."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from labsim.model.laws import price_norm
from labsim.model.world import World
from labsim.play.turn import Player, TurnRecord, opening, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario
from labsim.variables import Array


def random_orders(rng: np.random.Generator, t: int, runs: int, scenario: Scenario) -> Mapping[str, Array]:
    """Orders of one seat for every run."""

    def sometimes(chance: float, value: Array) -> Array:
        return np.where(rng.random(runs) < chance, value, 0.0)

    norm = price_norm(float(t), scenario.params)
    part = {f"{name}_share": rng.random(runs) ** 2 for name in ("training", "alignment", "experiment")}
    return {
        **part,
        "inference_share": sometimes(0.95, rng.random(runs)),
        "buy_gpus": sometimes(0.3, rng.lognormal(6.0, 2.0, runs)),
        "reserve_gpus": sometimes(0.5, rng.lognormal(7.0, 2.0, runs)),
        "on_demand_gpus": sometimes(0.3, rng.lognormal(6.0, 2.0, runs)),
        "build_power": sometimes(0.2, rng.lognormal(2.0, 1.0, runs)),
        "start_run": np.ones(runs),
        "stop_run": sometimes(0.2, np.ones(runs)),
        "design_active": rng.lognormal(24.5, 1.5, runs),
        "design_sparsity": 1.0 + sometimes(0.5, 20.0 * rng.random(runs)),
        "design_tokens": rng.lognormal(1.0, 1.5, runs),
        "design_distil": 0.02 + 0.98 * rng.random(runs),
        "design_open": sometimes(0.3, np.ones(runs)),
        "thinking": 1.0 + sometimes(0.5, 10.0 * rng.random(runs)),
        "price": norm * rng.lognormal(0.0, 0.6, (4, runs)),
        "free_tier": rng.random(runs),
        "staff_target": rng.lognormal(6.0, 1.0, runs),
        "data_purchase": sometimes(0.3, rng.random(runs)),
        "evaluation_spend": rng.lognormal(1.0, 1.0, runs),
        "lobbying_spend": rng.lognormal(0.0, 1.0, runs),
        "transparency": rng.random(runs),
        "raise_amount": sometimes(0.6, rng.lognormal(6.0, 1.5, runs)),
        "borrow_change": rng.normal(0.0, 200.0, runs),
        "partner_equity": sometimes(0.1, 0.2 * rng.random(runs)),
        "sell_gpus": sometimes(0.1, 0.8 * rng.random(runs)),
    }


def random_game(scenario: Scenario, seed: int, quarters: int, runs: int, seat: int) -> tuple[World, list[TurnRecord]]:
    """A game of random orders in one seat, the others on their policies."""
    rng = np.random.default_rng(seed)
    start = opening(scenario, runs)
    world, rows, records = start, policy_rows(scenario), []
    for t in range(scenario.start, scenario.start + quarters):
        orders = {seat: random_orders(rng, t, runs, scenario)}
        quarter = quarter_of(scenario, t, seed, 0, runs)
        records.append(play_quarter(scenario, world, quarter, rows, {seat: Player(seat)}, orders))
        world = records[-1].world
    return start, records
