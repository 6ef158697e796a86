"""Which chips does a lab have, what do they cost, and who gets the new ones?

Student: labs compete for limited chips: the supplier divides them by order size and relationship. Owning is cheap over
years but needs cash, power and lead time; contracts are cheaper than on-demand but must be paid even if unused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import Rents, in_service, own_and_reserved, power_needed, rents
from labsim.model.flows import ComputeFlows, Effects
from labsim.model.laws import (
    clip,
    over,
    positive,
    sum_first,
    sum_labs,
    supply,
    waterfill,
)
from labsim.model.params import Params
from labsim.model.world import Compute, World, is_live
from labsim.variables import Array


def compute(world: World, d: Decisions, effects: Effects, p: Params, quarter: Quarter) -> tuple[Compute, ComputeFlows]:
    """Divide chips and on-demand pool, run the fleet, pay for it, and move deliveries on by a quarter."""
    c = world.compute
    g = quarter.generation
    price = rents(world, g, effects, p, quarter.t)
    grant = _granted(world, d, price, effects, p, quarter)
    fleet, powered, owned = _fleet(world, grant.rented, p, quarter)
    flows = _flows(world, price, grant, fleet, powered, owned, effects, p, quarter)
    taken = (grant.bought + grant.reserved) * p.chips.h100e[g]
    asked_ratio = clip(over(grant.asked, grant.supply + grant.pool), p.ask_ratio_min, p.ask_ratio_max)
    tension = np.exp(p.scarcity_exponent * np.log(asked_ratio)) * quarter.world_demand
    own_part = over(taken, sum_labs(taken) + np.zeros_like(taken))
    late = np.where(c.scarcity > p.delay_scarcity, 1.0, 0.0)
    arrived = c.site_wip[-1]
    new = Compute(
        bought_gpus=_pushed(c.bought_gpus, grant.bought),
        bought_cost=_pushed(c.bought_cost, flows.capex_gpus),
        delivery_delay=_pushed(c.delivery_delay, late),
        contract_gpus=_pushed(c.contract_gpus, grant.reserved),
        contract_cost=_pushed(c.contract_cost, grant.reserved * price.contract * p.hours / 1e6),
        site_power=c.site_power + c.site_pipeline[-1],
        site_gross=c.site_gross + arrived,
        site_net=c.site_net + arrived - flows.site_depreciation,
        site_pipeline=_pushed(c.site_pipeline, grant.sites),
        site_wip=_pushed(c.site_wip, flows.capex_sites),
        relationship=clip(p.relationship_persist * c.relationship + p.relationship_gain * own_part, 0.0, 1.0),
        scarcity=p.scarcity_persist * c.scarcity
        + (1.0 - p.scarcity_persist) * clip(tension, p.scarcity_min, p.scarcity_max),
        spot_base=p.spot_persist * c.spot_base + grant.supply,
    )
    return new, flows


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
    affordable = clip(over(p.cash_spendable * positive(world.capital.cash), want), 0.0, 1.0) * live
    wanted = d.buy_gpus * affordable
    ask = (wanted + d.reserve_gpus * live) * unit
    access = np.where(world.capital.partner_left > 0.0, p.partner_access, 0.0)
    standing = p.relationship_floor + world.compute.relationship + access
    weight = np.exp(p.ask_exponent * np.log(np.maximum(ask, 1e-300)) + p.kingmaker * np.log(standing))
    offered = supply(quarter.t, p) * np.exp(p.supply_sd * quarter.dice.supply) * effects.supply_effect
    part = over(waterfill(ask, weight, offered), ask)
    on_demand = d.on_demand_gpus * live * unit
    pool = p.spot_share * world.compute.spot_base / p.spot_quarters
    pool_part = np.minimum(over(pool, sum_labs(on_demand)), 1.0)
    return _Grant(
        bought=wanted * part,
        reserved=d.reserve_gpus * live * part,
        rented=d.on_demand_gpus * live * pool_part,
        sites=d.build_power * affordable,
        fill=np.where(ask > 0.0, part, 1.0),
        supply=offered + np.zeros_like(pool),
        pool=pool,
        asked=sum_labs(ask) + sum_labs(on_demand),
    )


def _fleet(world: World, rented: Array, p: Params, quarter: Quarter) -> tuple[Array, Array, dict[int, Array]]:
    """GPUs at work by generation ``(generation, lab, run)``, share powered, own GPUs by generation."""
    owned, contracts = own_and_reserved(world.compute, quarter.t, p)
    powered = np.minimum(over(world.compute.site_power, power_needed(owned, p)), 1.0)
    powered = np.where(power_needed(owned, p) > 0.0, powered, 1.0)
    fleet = np.zeros((len(p.chips.names), *world.capital.cash.shape))
    for g, count in owned.items():
        fleet[g] = count * powered
    for g, count in contracts.items():
        fleet[g] += count
    fleet[quarter.generation] += rented
    return fleet, powered, owned


def _flows(
    world: World,
    price: Rents,
    grant: _Grant,
    fleet: Array,
    powered: Array,
    owned: dict[int, Array],
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> ComputeFlows:
    c = world.compute
    zero = np.zeros_like(powered)
    used = range(quarter.generation + 1)
    cost_in_service = sum_first(np.where(in_service(c, p), c.bought_cost, 0.0))
    mwh = p.pue * p.hours
    own_energy = power_needed(owned, p) * powered * mwh
    all_energy = sum_first(np.stack([fleet[g] * p.chips.it_kw[g] / 1000.0 for g in used])) * mwh
    carbon = p.carbon_fee * p.carbon * all_energy * effects.carbon_fee_effect / 1e6
    return ComputeFlows(
        fleet=fleet,
        installed_compute=sum_first(np.stack([fleet[g] * p.chips.h100e[g] for g in used])),
        fleet_flops=sum_first(np.stack([fleet[g] * p.chips.bf16[g] * p.chips.mfu_factor[g] for g in used])),
        owned_gpus=sum_first(np.stack(list(owned.values()))),
        powered=powered,
        energy=all_energy,
        chip_price_paid=price.price + zero,
        on_demand_rent=price.on_demand,
        contract_rent=price.contract,
        market_rent=price.market_contract,
        bought=grant.bought,
        reserved=grant.reserved,
        rented=grant.rented,
        fill=grant.fill,
        supply_offered=grant.supply,
        rent_reserved_cost=sum_first(c.contract_cost),
        rent_on_demand_cost=grant.rented * price.on_demand * p.hours / 1e6,
        energy_cost=own_energy * p.power_price * effects.power_price_effect / 1e6,
        operations_cost=cost_in_service * p.ops_cost / 4.0 + carbon,
        gpu_depreciation=cost_in_service / p.gpu_life,
        site_depreciation=np.minimum(c.site_net, c.site_gross / p.site_life),
        capex_gpus=grant.bought * price.price,
        capex_sites=grant.sites * p.site_cost,
    )


def _pushed(ring: Array, newest: Array) -> Array:
    """The ring a quarter later: everything is a quarter older, the oldest falls out."""
    return np.concatenate([(newest + np.zeros_like(ring[0]))[None], ring[:-1]])
