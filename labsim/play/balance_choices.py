"""Do dense and sparse models, prices and contracts have their place? Grids of the laws, games on the same dice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labsim.formats import quarter_name
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter, generation_on_sale
from labsim.model.laws import chip_price, moe_training_factor, owner_cost, rent_on_demand
from labsim.model.params import SEGMENTS, Params
from labsim.model.roofline import Software, fleet_capacity
from labsim.model.scaling import Run, flop_needed, predicted_index, quarter_flop
from labsim.model.world import World
from labsim.play.balance_games import by_copy, games, per_copy, with_row
from labsim.play.balance_rows import Behaviour, Cell
from labsim.scenario import Scenario
from labsim.variables import Array, Flags

SPARSITY = 8.0  # total over active parameters of the sparse design
SERVED_QUARTERS = 4.0  # quarters for which the model is served
FIRST_DATA = 14.0  # T of unique tokens in 2023Q1; grows as every lab's does
GRID_QUARTERS = tuple(range(0, 20, 2))
BUDGETS = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)  # M$ for training and serving
VOLUMES = (0.1, 1.0, 10.0, 100.0)  # T tokens a quarter
SIZES = np.logspace(9.0, 13.0, 161)[:, None]  # active parameters tried
EACH = 0.20  # least part of the cells in which a kind is the better choice
MULTIPLIERS = (0.25, 0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 2.6, 3.5)
PRICE_DICE = 300  # profits of a segment are small beside the chances of a game
SCARCITIES = (1.0, 1.5, 2.0, 3.0, 5.0)
BOUGHT_AT = 4  # 2024Q1


def dense_or_sparse(scenario: Scenario) -> Behaviour:
    """The kind of model that reaches the higher index for a budget of training and a year of serving."""
    rows: list[tuple[Cell, ...]] = []
    dense = sparse = 0
    for t in GRID_QUARTERS:
        for budget in BUDGETS:
            cells: list[str] = []
            for volume in VOLUMES:
                plain, wide = (_best_index(t, budget, volume, s, scenario.params) for s in (1.0, SPARSITY))
                if not np.isfinite(max(plain, wide)):
                    cells.append("-")
                    continue
                dense, sparse = dense + (plain >= wide), sparse + (wide > plain)
                cells.append(f"{'dense' if plain >= wide else 'sparse'} {abs(plain - wide):.1f}")
            rows.append((quarter_name(t), budget, *cells))
    total = dense + sparse
    return Behaviour(
        "dense or sparse",
        f"each the better choice in at least {EACH:.0%} of the cells",
        bool(min(dense, sparse) >= EACH * total),
        ("quarter", "budget M$", *(f"{v:g} T/quarter" for v in VOLUMES)),
        rows,
        f"dense in {dense / total:.1%}, sparse in {sparse / total:.1%} of {total} cells; figures are points of index",
    )


def _best_index(t: int, budget: float, volume: float, sparsity: float, p: Params) -> float:
    """Largest index of a model trained and served for ``budget`` M$ on rented chips; minus infinity if none can be."""
    generation = generation_on_sale(t, p.chips.launch)
    rent = float(_rent(generation, t, np.ones(1), p)[0])
    hold = {name: float(column) for name, column in _public_multipliers(t, p).items()}
    experts = np.array([[t >= p.techniques.public[p.techniques.index("expert_parallel")]]])
    width = SIZES * 0.0 + sparsity
    software = Software(
        level=p.software_start * hold["serve"],
        prefill=np.array([[hold["prefill"]]]),
        moe_serve=np.array([[hold["moe_serve"]]]),
        fp8=np.array([[float(t >= p.techniques.public[p.techniques.index("fp8_serving")])]]),
        fp4=np.array([[float(t >= p.techniques.public[p.techniques.index("fp4_serving")])]]),
    )
    full, replica = fleet_capacity(SIZES, width, {generation: np.ones_like(SIZES)}, software, p)
    gpus = volume / np.maximum(full, 1e-30) + p.spare_replicas * replica
    serving = gpus * rent * p.hours * SERVED_QUARTERS / 1e6
    setup = p.moe_setup * np.where(experts, p.moe_setup_easy, 1.0) * (sparsity > p.sparse_from)
    left = budget - serving - setup
    speed = p.chips.bf16[generation] * p.chips.mfu_factor[generation]
    factor = moe_training_factor(width, np.array([[hold["moe_train"]]]), p)
    flop = quarter_flop(speed, np.array([[hold["mfu"]]]), p) * factor
    one = Run(SIZES, width, np.ones_like(SIZES), np.ones_like(SIZES))
    a_trillion = flop_needed(one, p) / flop * rent * p.hours / 1e6  # M$ a T tokens
    tokens = np.maximum(left / a_trillion, 1e-3)
    data = FIRST_DATA + p.data_open * t
    run = Run(SIZES, width, tokens, np.ones_like(SIZES))
    index = predicted_index(run, data, np.zeros(1), experts, p).total
    return float(np.max(np.where(left > 0.0, index, -np.inf)))


def _public_multipliers(t: int, p: Params) -> dict[str, float]:
    names = ("mfu", "serve", "prefill", "moe_train", "moe_serve")
    held = [row for row, public in enumerate(p.techniques.public) if public <= t]
    return {name: float(np.prod([getattr(p.techniques, name)[row, 0] for row in held])) for name in names}


def _rent(generation: int, t: int, scarcity: Array, p: Params) -> Array:
    cost = owner_cost(chip_price(generation, t, p), p.chips.it_kw[generation], p)
    return rent_on_demand(cost, scarcity, np.zeros(1), np.ones(1), p)


def best_prices(scenario: Scenario, runs: int, seed: int) -> Behaviour:
    """Serving profit and revenue of one lab over the price of one segment, on the same dice."""
    dice = min(runs, PRICE_DICE)
    seat = scenario.seat(scenario.default_seat)
    rows: list[tuple[Cell, ...]] = []
    holds = True
    for segment, name in enumerate(SEGMENTS):
        profit, value = _profits(scenario, seat, segment, dice, seed)
        best = int(np.argmax(profit))
        holds = holds and 0 < best < len(MULTIPLIERS) - 1
        rows.append((name, MULTIPLIERS[best], *(float(x) / 1e3 for x in profit)))
        rows.append((f"{name}: value", MULTIPLIERS[int(np.argmax(value))], *(float(x) / 1e3 for x in value)))
    return Behaviour(
        f"price of {scenario.default_seat} by segment",
        "the price of the largest serving profit is neither the lowest nor the highest",
        holds,
        ("segment", "best", *(f"x{m:g}" for m in MULTIPLIERS)),
        rows,
        "B$ of serving profit in the game; value of the first holders' part at its end",
    )


def _profits(scenario: Scenario, seat: int, segment: int, dice: int, seed: int) -> tuple[Array, Array]:
    """Mean serving profit of the game and final value to first holders, M$, by multiplier."""
    factor = per_copy(list(MULTIPLIERS), dice)
    p = scenario.params
    seen, change = _priced(seat, segment, factor)
    profit = np.zeros(factor.size)
    for record in games(scenario, seed, dice, copies=len(MULTIPLIERS), seen=seen, change=change):
        r = record.report
        earned = r.market.revenue[seat] * (1.0 - p.sales_cost) - r.result.cost_of_revenue[seat]
        profit = profit + earned
    capital = record.world.capital
    value = capital.valuation[seat] * capital.holders[seat] + capital.exit_value[seat]
    return by_copy(profit, dice).mean(axis=1), by_copy(value, dice).mean(axis=1)


def _priced(
    seat: int, segment: int, factor: Array
) -> tuple[Callable[[World], World], Callable[[Decisions, World, Quarter], Decisions]]:
    """The policy sees its own price without the multiplier, which is put on what it orders."""

    def seen(world: World) -> World:
        prices = world.market.prices.copy()
        prices[segment, seat] /= factor
        return world.replace(market=dataclasses.replace(world.market, prices=prices))

    def change(d: Decisions, world: World, quarter: Quarter) -> Decisions:
        row = d.price[:, seat].copy()
        row[segment] *= factor
        return dataclasses.replace(d, price=with_row(d.price, seat, row))

    return seen, change


def buy_or_rent(scenario: Scenario) -> Behaviour:
    """Quarters of use from which an H100 of 2024Q1 is cheaper bought, or under contract, than on demand."""
    p = scenario.params
    h100 = p.chips.names.index("H100")
    used = np.arange(1.0, p.gpu_life + 1.0)
    rows: list[tuple[Cell, ...]] = []
    found: list[int] = []
    for scarcity in SCARCITIES:
        demand = float(_rent(h100, BOUGHT_AT, np.array([scarcity]), p)[0])
        contract = demand * float(p.reserve_discount[0])
        owned = _owned(h100, scarcity, used, p) / (used * p.hours)
        signed = contract * np.maximum(used, p.reserve_term) / used
        buys, signs = _first(owned < demand), _first(signed < demand)
        long = _first((owned < signed) & (used >= p.reserve_term))
        rows.append((scarcity, demand, contract, float(owned[-1]), buys, signs, long))
        found.append(buys)
    crosses = all(1 < n <= p.gpu_life for n in found)
    return Behaviour(
        "buy, sign or rent an H100 in 2024Q1",
        "buying beats on-demand from some quarters of use on, earlier when chips are scarce; contracts win in between",
        bool(crosses and list(found) == sorted(found, reverse=True) and found[0] != found[-1]),
        ("scarcity", "on demand $/h", "contract $/h", "own $/h", "buy from", "sign from", "buy, not sign, from"),
        rows,
        "quarters of use; 0 is never; a bought GPU is sold at its resale value; owned 20 quarters in $/h",
    )


def _owned(generation: int, scarcity: float, used: Array, p: Params) -> Array:
    """Dollars of buying a GPU, running it for ``used`` quarters and selling it."""
    paid = float((chip_price(generation, BOUGHT_AT, p) * np.exp(p.chip_scarcity * np.log(scarcity)))[0]) * 1e6
    kw = float(p.chips.it_kw[generation, 0])
    resale = float(p.gpu_resale[0]) * paid * (1.0 - used / p.gpu_life)
    site = float(p.site_cost[0]) * 1e3 * kw * used / float(np.asarray(p.site_life).reshape(-1)[0])
    power = kw * float(p.pue[0] * p.power_price[0]) / 1000.0
    running = (power + paid * float(p.ops_cost[0]) / (4.0 * float(p.hours[0]))) * used * float(p.hours[0])
    total: Array = paid - resale + site + running
    return total


def _first(wins: Flags) -> int:
    """The first quarter of use from which it wins; 0 for never."""
    return int(np.argmax(wins)) + 1 if wins.any() else 0
