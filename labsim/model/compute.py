"""Which chips does a lab have, what do they cost, and who gets the new ones?

Student: labs compete for limited chips: the supplier divides them by order size and relationship. Owning is cheap over
years but needs cash, power and lead time; contracts are cheaper than on-demand but must be paid even if unused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import Fleet, Rents, gpus, own_and_reserved, power_needed, rents, sum_in_service
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


def compute(world: World, d: Decisions, effects: Effects, p: Params, quarter: Quarter) -> tuple[Compute, ComputeFlows]:
    """Divide chips and on-demand pool, run the fleet, pay for it, and move deliveries on by a quarter."""
    price = rents(world, quarter.generation, effects, p, quarter.t)
    grant = _granted(world, d, price, effects, p, quarter)
    works = _working(world, grant.rented, p, quarter)
    flows = _flows(world, price, grant, works, effects, p)
    return _next(world, grant, price, flows, p, quarter), flows


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


def _granted(world: World, d: Decisions, price: Rents, effects: Effects, p: Params, quarter: Quarter) -> _Grant:
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
    fill = fraction(waterfill(ask, weight, offered), ask)
    pool = p.spot_share * world.compute.spot_base / p.spot_quarters
    asked_on_demand = sum_labs(on_demand) * unit
    return _Grant(
        bought=wanted * fill,
        reserved=reserve * fill,
        rented=on_demand * np.minimum(over(pool, asked_on_demand), 1.0),
        sites=d.build_power * affordable,
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
    owned: Fleet
    own_power: Array  # MW that own GPUs need

    def sum_of(self, figure: Array) -> Array:
        """Sum of the GPUs times a figure of their generation."""
        return sum_up(self.fleet[g] * figure[g] for g in self.used)


def _working(world: World, rented: Array, p: Params, quarter: Quarter) -> _Works:
    owned, contracts = own_and_reserved(world.compute, quarter.t, p)
    needed = power_needed(owned, p)
    powered = np.minimum(over(world.compute.site_power, needed), 1.0) + (needed == 0.0)
    fleet = np.zeros((len(p.chips.names), *rented.shape))
    for g, count in owned.items():
        np.multiply(count, powered, out=fleet[g])
    for g, count in contracts.items():
        fleet[g] += count
    fleet[quarter.generation] += rented
    used = tuple(sorted({*owned, *contracts, quarter.generation}))
    return _Works(fleet, used, powered, owned, needed)


def _flows(world: World, price: Rents, grant: _Grant, works: _Works, effects: Effects, p: Params) -> ComputeFlows:
    c, chips = world.compute, p.chips
    cost_in_service = sum_in_service(c.bought_cost, c, p)
    mwh = p.pue * p.hours
    energy = works.sum_of(chips.it_kw * (mwh / KILO))
    carbon = p.carbon_fee * p.carbon * effects.carbon_fee_effect / MILLION * energy
    return ComputeFlows(
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
        rent_reserved_cost=sum_first(c.contract_cost),
        rent_on_demand_cost=grant.rented * price.on_demand * (p.hours / MILLION),
        energy_cost=works.own_power * works.powered * (mwh * p.power_price * effects.power_price_effect / MILLION),
        operations_cost=cost_in_service * (p.ops_cost / YEAR) + carbon,
        gpu_depreciation=cost_in_service / p.gpu_life,
        site_depreciation=np.minimum(c.site_net, c.site_gross / p.site_life),
        capex_gpus=grant.bought * price.price,
        capex_sites=grant.sites * p.site_cost,
    )


def _next(world: World, grant: _Grant, price: Rents, flows: ComputeFlows, p: Params, quarter: Quarter) -> Compute:
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
        contract_gpus=_pushed(c.contract_gpus, grant.reserved),
        contract_cost=_pushed(c.contract_cost, grant.reserved * price.contract * (p.hours / MILLION)),
        site_power=c.site_power + c.site_pipeline[-1],
        site_gross=c.site_gross + arrived,
        site_net=c.site_net + arrived - flows.site_depreciation,
        site_pipeline=_pushed(c.site_pipeline, grant.sites),
        site_wip=_pushed(c.site_wip, flows.capex_sites),
        relationship=np.minimum(standing, 1.0),
        scarcity=p.scarcity_persist * c.scarcity + (1.0 - p.scarcity_persist) * target,
        spot_base=p.spot_persist * c.spot_base + grant.supply,
    )


def _pushed(ring: Array, newest: Array) -> Array:
    """The ring a quarter later: everything is a quarter older, the oldest falls out."""
    return np.concatenate([newest[None], ring[:-1]])
