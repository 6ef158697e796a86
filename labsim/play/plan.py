"""Who acts for the player after the coming quarter? Named plans; a forecast says which one it assumes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labsim.errors import BadInput, Message, Problem, did_you_mean
from labsim.model.decisions import SETTINGS
from labsim.model.exogenous import Quarter, generation_on_sale
from labsim.model.fleet import fleet_speed, merged, own_and_reserved
from labsim.model.laws import chip_price, clip, over, positive
from labsim.model.params import Params
from labsim.model.world import Compute, World
from labsim.play.turn import Player, SeatOrders, TurnRecord
from labsim.scenario import Scenario
from labsim.variables import Array

# Game choices of "keep and renew".
RUNWAY_LOW = 4.0  # quarters of net burn in cash under which it raises: a year
RUNWAY_GOAL = 8.0  # quarters of net burn that it raises up to
REPLACE_CASH = 0.5  # part of the cash that replacing own GPUs may take
FLEET_GROWTH_MAX = 16.0  # bound on the fleet's growth that designs follow, either way
TRAINS_FROM = 0.01  # training share under which no run is started


@dataclass(frozen=True)
class Course:
    """What a plan does from the second quarter on: who sits there, and the orders of each quarter."""

    player: Player
    orders: Callable[[World, Quarter], SeatOrders]


@dataclass(frozen=True)
class Plan:
    """A named plan. ``begin`` gets the scenario, the world before the coming quarter, that quarter's record, and the
    player with the orders given so far standing."""

    name: str
    label: Message
    begin: Callable[[Scenario, World, TurnRecord, Player], Course]


def _nothing(world: World, quarter: Quarter) -> SeatOrders:
    return {}


def _standing_orders_only(scenario: Scenario, before: World, first: TurnRecord, player: Player) -> Course:
    return Course(_kept(scenario, first, player), _nothing)


def _own_policy(scenario: Scenario, before: World, first: TurnRecord, player: Player) -> Course:
    return Course(Player(player.seat, on_policy=True), _nothing)


def _keep_and_renew(scenario: Scenario, before: World, first: TurnRecord, player: Player) -> Course:
    kept = _kept(scenario, first, player)
    speed = _speed(before, first.t, scenario.params, kept.seat)

    def orders(world: World, quarter: Quarter) -> SeatOrders:
        given = {**_next_run(world, quarter, scenario.params, kept, speed),
                 **_renewed(world, quarter, scenario.params, kept.seat),
                 "raise_amount": _round(world, kept.seat)}  # fmt: skip
        return {name: value for name, value in given.items() if name not in scenario.hidden_orders}

    return Course(kept, orders)


def _kept(scenario: Scenario, first: TurnRecord, player: Player) -> Player:
    """The player whose settings stand; of a seat on its policy, the settings that the policy chose just now."""
    if not player.on_policy:
        return player
    chosen = {
        name: getattr(first.decisions, name)[..., player.seat, :]
        for name in SETTINGS
        if name not in scenario.hidden_orders
    }
    return Player(player.seat, settings={**chosen, **player.settings})


def _speed(world: World, t: int, p: Params, seat: int) -> Array:
    """Training speed of a lab's own and reserved GPUs at the start of quarter ``t``; FLOP/s."""
    speed: Array = fleet_speed(merged(*own_and_reserved(_compute_of(world, seat), t, p)), p)[0]
    return speed


def _compute_of(world: World, seat: int) -> Compute:
    """The rings of GPUs of one lab alone; the other labs' need not be summed."""
    c, row = world.compute, slice(seat, seat + 1)
    return dataclasses.replace(c, bought_gpus=c.bought_gpus[:, row], contract_gpus=c.contract_gpus[:, row])


def _next_run(world: World, quarter: Quarter, p: Params, player: Player, speed: Array) -> dict[str, Array]:
    """Start the same design again, its compute scaled as the fleet has grown; half of it in size, half in tokens."""
    settings = player.settings
    idle = world.training.run_on[player.seat] == 0.0
    trains = settings.get("training_share", np.ones(1)) > TRAINS_FROM
    orders = {"start_run": np.where(idle & trains, 1.0, 0.0)}
    if "design_active" in settings and "design_tokens" in settings:
        growth = over(_speed(world, quarter.t, p, player.seat), speed)
        factor = np.sqrt(clip(growth, 1.0 / FLEET_GROWTH_MAX, FLEET_GROWTH_MAX))
        orders |= {name: settings[name] * factor for name in ("design_active", "design_tokens")}
    return orders


def _renewed(world: World, quarter: Quarter, p: Params, seat: int) -> dict[str, Array]:
    """Replace contracts that end and own GPUs that retire by as much speed of the generation on sale."""
    c = world.compute
    last = c.contract_gpus.shape[0] - 1
    reserve = _as_new(c.contract_gpus[last, seat], last, quarter, p)
    # What is ordered now works when an order of gpu_life - 1 quarters ago (one more if it came late) has retired.
    on_time, late = p.gpu_life - 1, p.gpu_life
    wanted = _as_new(c.bought_gpus[on_time, seat] * (1.0 - c.delivery_delay[on_time]), on_time, quarter, p)
    wanted = wanted + _as_new(c.bought_gpus[late, seat] * c.delivery_delay[late], late, quarter, p)
    price = chip_price(quarter.generation, quarter.t, p) * p.chip_cost[seat]
    affordable = REPLACE_CASH * positive(world.capital.cash[seat]) / price
    return {"reserve_gpus": reserve, "buy_gpus": np.minimum(wanted, affordable)}


def _as_new(count: Array, age: int, quarter: Quarter, p: Params) -> Array:
    """GPUs of the generation on sale that are as fast as ``count`` ordered ``age`` + 1 quarters ago."""
    speed = p.chips.bf16 * p.chips.mfu_factor
    as_fast: Array = count * (
        speed[generation_on_sale(quarter.t - 1 - age, p.chips.launch)] / speed[quarter.generation]
    )
    return as_fast


def _round(world: World, seat: int) -> Array:
    """Money asked for when less than a year of runway is left; the market's own limits apply."""
    cash = world.capital.cash[seat]
    burn = positive(world.capital.burn[seat] - world.capital.parent_funding[seat])
    return np.where(cash < RUNWAY_LOW * burn, positive(RUNWAY_GOAL * burn - cash), 0.0)


PLANS: dict[str, Plan] = {
    name: Plan(name, Message(f"plan.{name.replace('-', '_')}"), begin)
    for name, begin in (
        ("keep-and-renew", _keep_and_renew),
        ("standing-orders", _standing_orders_only),
        ("own-policy", _own_policy),
    )
}
"""The plans by name; the first is the default."""
DEFAULT_PLAN = "keep-and-renew"


def plan_named(name: str) -> Plan:
    """A plan by its name.

    Raises:
        BadInput: no such plan.
    """
    if name in PLANS:
        return PLANS[name]
    remedy = f"choose one of {', '.join(PLANS)};{did_you_mean(name, PLANS)}".rstrip(";")
    raise BadInput(Problem("plan", f'no plan "{name}"', remedy))
