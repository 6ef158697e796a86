"""Which chips does a lab have, what do they cost, and who gets the new ones?

Student: labs compete for limited chips: the supplier divides them by order size and relationship. Owning is cheap over
years but needs cash, power and lead time; contracts are cheaper than on-demand but must be paid even if unused.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import (
    Fleet,
    Rents,
    gpus,
    h100e,
    merged,
    own_and_reserved,
    power_needed,
    rents,
    sum_in_service,
)
from labsim.model.flows import ComputeFlows, Effects
from labsim.model.laws import (
    KILO,
    MILLION,
    TINY,
    YEAR,
    clip,
    fraction,
    over,
    positive,
    sum_first,
    sum_labs,
    sum_up,
    supply,
    waterfill,
)
from labsim.model.params import Params
from labsim.model.world import Compute, World, is_live
from labsim.variables import Array


def compute(
    world: World, d: Decisions, effects: Effects, cards: Levers, p: Params, quarter: Quarter
) -> tuple[Compute, ComputeFlows]:
    """Divide chips and on-demand pool, run the fleet, pay for it, and move deliveries on by a quarter."""
    price = _moved(rents(world, quarter.generation, effects, p, quarter.t), cards)
    grant = _granted(world, d, price, effects, cards, p, quarter)
    works = _working(world, grant.rented, cards, p, quarter)
    flows = _flows(world, price, grant, works, effects, cards, p, quarter)
    return _next(world, d, grant, price, flows, cards, p, quarter), flows


def _moved(price: Rents, cards: Levers) -> Rents:
    """Prices as a lab's answers to event cards left them; contracts keep the price of their signature."""
    return dataclasses.replace(
        price,
        price=cards.times("chip_cost_times", price.price),
        on_demand=cards.times("rent_times", price.on_demand),
    )


@dataclass(frozen=True)
class _Grant:
    bought: Array
    reserved: Array
    rented: Array
    sites: Array
    fill: Array
    supply: Array  # (run,)
    pool: Array  # (run,)
    asked: Array  # (run,)


def _granted(
    world: World, d: Decisions, price: Rents, effects: Effects, cards: Levers, p: Params, quarter: Quarter
) -> _Grant:
    """Scale purchases to the cash, then divide the supply by order size and relationship."""
    live = is_live(world).astype(np.float64)
    unit = p.chips.h100e[quarter.generation]
    want = d.buy_gpus * price.price + d.build_power * p.site_cost
    affordable = np.minimum(over(p.cash_spendable * positive(world.capital.cash), want), 1.0) * live
    wanted = d.buy_gpus * affordable
    reserve, on_demand = d.reserve_gpus * live, d.on_demand_gpus * live
    ask = (wanted + reserve) * unit
    standing = p.relationship_floor + world.compute.relationship + p.partner_access * (world.capital.partner_left > 0.0)
    weight = np.exp(p.ask_exponent * np.log(np.maximum(ask, TINY)) + p.kingmaker * np.log(standing))
    offered = supply(quarter.t, p) * np.exp(p.supply_sd * quarter.dice.supply) * effects.supply_effect
    fill = np.minimum(cards.times("fill_times", fraction(waterfill(ask, weight, offered), ask)), 1.0)
    pool = p.spot_share * world.compute.spot_base / p.spot_quarters
    asked_on_demand = sum_labs(on_demand) * unit
    return _Grant(
        bought=wanted * fill,
        reserved=reserve * fill,
        rented=on_demand * np.minimum(over(pool, asked_on_demand), 1.0),
        sites=d.build_power * affordable * effects.sites_effect,
        fill=fill + (ask == 0.0),
        supply=offered,
        pool=pool,
        asked=sum_labs(ask) + asked_on_demand,
    )


@dataclass(frozen=True)
class _Works:
    """What works this quarter."""

    fleet: Array  # GPUs (generation, lab, run)
    used: tuple[int, ...]  # generations that anybody may have
    powered: Array
    hosted: Array  # GPUs of the generation on sale placed with a state
    owned: Fleet
    own_power: Array  # MW that own GPUs need

    def sum_of(self, figure: Array) -> Array:
        """Sum of the GPUs times a figure of their generation."""
        return sum_up(self.fleet[g] * figure[g] for g in self.used)


def _working(world: World, rented: Array, cards: Levers, p: Params, quarter: Quarter) -> _Works:
    """The fleet of the quarter: own and reserved chips less what is let or out of order, and those rented now."""
    owned, contracts = own_and_reserved(world.compute, quarter.t, p)
    needed = power_needed(owned, p)
    powered = np.minimum(over(world.compute.site_power, needed), 1.0) + (needed == 0.0)
    fleet = np.zeros((len(p.chips.names), *rented.shape))
    for g, count in owned.items():
        np.multiply(count, powered, out=fleet[g])
    for g, count in contracts.items():
        fleet[g] += count
    hosted = cards["hosted_compute"] / p.chips.h100e[quarter.generation] * is_live(world)
    let = world.compute.let_share
    if let.any() or "fleet_off" in cards.moved:
        fleet *= (1.0 - let) * (1.0 - clip(cards["fleet_off"], 0.0, 1.0))
    fleet[quarter.generation] += rented + hosted
    used = tuple(sorted({*owned, *contracts, quarter.generation}))
    return _Works(fleet, used, powered, hosted, owned, needed)


def _flows(
    world: World,
    price: Rents,
    grant: _Grant,
    works: _Works,
    effects: Effects,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> ComputeFlows:
    c, chips = world.compute, p.chips
    placed = works.hosted * (p.hosted_price * price.market_contract * (p.hours / MILLION))
    cost_in_service = sum_in_service(c.bought_cost, c, p)
    mwh = p.pue * p.hours
    energy = works.sum_of(chips.it_kw * (mwh / KILO))
    carbon = p.carbon_fee * p.carbon * effects.carbon_fee_effect / MILLION * energy
    powered_cost = works.own_power * works.powered * (mwh * p.power_price * effects.power_price_effect / MILLION)
    made = ComputeFlows(
        fleet=works.fleet,
        installed_compute=works.sum_of(chips.h100e),
        fleet_flops=works.sum_of(chips.bf16 * chips.mfu_factor),
        owned_gpus=gpus(works.owned),
        powered=works.powered,
        energy=energy,
        chip_price_paid=price.price,
        on_demand_rent=price.on_demand,
        contract_rent=price.contract,
        market_rent=price.market_contract,
        bought=grant.bought,
        reserved=grant.reserved,
        rented=grant.rented,
        fill=grant.fill,
        supply_offered=grant.supply,
        hosted=works.hosted,
        rent_reserved_cost=cards.times("rent_times", sum_first(c.contract_cost)) + placed,
        rent_on_demand_cost=grant.rented * price.on_demand * (p.hours / MILLION),
        energy_cost=cards.times("energy_times", powered_cost),
        operations_cost=cost_in_service * (p.ops_cost / YEAR) + carbon,
        sublet_due=np.zeros_like(powered_cost),
        gpu_depreciation=cost_in_service / p.gpu_life,
        site_depreciation=np.minimum(c.site_net, c.site_gross / p.site_life),
        capex_gpus=grant.bought * price.price,
        capex_sites=grant.sites * p.site_cost,
    )
    if not c.let_share.any():
        return made
    return dataclasses.replace(made, sublet_due=_let(world, made, placed, p, quarter))


def _let(world: World, fleet: ComputeFlows, placed: Array, p: Params, quarter: Quarter) -> Array:
    """Rent from the part of the fleet that is let; M$.

    The contract price of the day for its H100e, or what the fleet itself costs where that is less: nobody earns by
    reserving or buying in order to let.
    """
    owned, contracts = own_and_reserved(world.compute, quarter.t, p)
    size = h100e(merged(owned, contracts), p)
    market = size * (fleet.market_rent / p.chips.h100e[quarter.generation]) * (p.hours / MILLION)
    running = fleet.rent_reserved_cost - placed + fleet.energy_cost + fleet.operations_cost
    own = running + fleet.gpu_depreciation + fleet.site_depreciation
    rent: Array = p.sublet_price * world.compute.let_share * np.minimum(market, own)
    return rent


def _next(
    world: World,
    d: Decisions,
    grant: _Grant,
    price: Rents,
    flows: ComputeFlows,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> Compute:
    """Orders a quarter older, new ones at their heads; scarcity and standing move."""
    c = world.compute
    taken = (grant.bought + grant.reserved) * p.chips.h100e[quarter.generation]
    asked_ratio = clip(over(grant.asked, grant.supply + grant.pool), p.ask_ratio_min, p.ask_ratio_max)
    tension = np.exp(p.scarcity_exponent * np.log(asked_ratio)) * quarter.world_demand
    target = clip(tension, p.scarcity_min, p.scarcity_max)
    standing = p.relationship_persist * c.relationship + p.relationship_gain * fraction(taken, sum_labs(taken))
    arrived = c.site_wip[-1]
    return Compute(
        bought_gpus=_pushed(c.bought_gpus, grant.bought),
        bought_cost=_pushed(c.bought_cost, flows.capex_gpus),
        delivery_delay=_pushed(c.delivery_delay, np.where(c.scarcity > p.delay_scarcity, 1.0, 0.0)),
        contract_gpus=_pushed(cards.times("contracts_times", c.contract_gpus), grant.reserved),
        contract_cost=_pushed(
            cards.times("contracts_times", c.contract_cost), grant.reserved * price.contract * (p.hours / MILLION)
        ),
        site_power=cards.plus("site_power_plus", c.site_power + c.site_pipeline[-1]),
        site_gross=c.site_gross + arrived,
        site_net=c.site_net + arrived - flows.site_depreciation,
        site_pipeline=_pushed(c.site_pipeline, grant.sites),
        site_wip=_pushed(c.site_wip, flows.capex_sites),
        relationship=clip(cards.plus("relationship_plus", standing), 0.0, 1.0),
        let_share=d.sublet * is_live(world),
        scarcity=p.scarcity_persist * c.scarcity + (1.0 - p.scarcity_persist) * target,
        spot_base=p.spot_persist * c.spot_base + grant.supply,
    )


def _pushed(ring: Array, newest: Array) -> Array:
    """The ring a quarter later: everything is a quarter older, the oldest falls out."""
    return np.concatenate([newest[None], ring[:-1]])
