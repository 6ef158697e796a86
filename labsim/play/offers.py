"""What does compute cost by each route, when does it come, and what is on order? For the compute orders of one lab."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from labsim.model.cards import NOTHING
from labsim.model.compute import compute
from labsim.model.exogenous import generation_on_sale, quiet_quarter
from labsim.model.fleet import DELIVERY, in_service, ordered_gpus, own_and_reserved, power_needed
from labsim.model.laws import chip_price
from labsim.model.world import World
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario

SHOWN = 1.0  # GPUs and MW under this are nothing on order


@dataclass(frozen=True)
class Due:
    """Something that comes or ends at the start of a quarter."""

    t: int
    kind: str  # "chips", "sites" or "ends"
    amount: float  # GPU or MW
    generation: str  # name of the chip; empty for sites


@dataclass(frozen=True)
class ComputeOffer:
    """Compute on offer to one lab this quarter; M$ a GPU, $/h, GPU, MW, quarters since 2023Q1."""

    generation: str
    next_generation: str  # the one announced, empty when none is
    next_launch: int
    price: float
    on_demand: float
    contract: float
    owner: float  # $/h of owning, energy and operations included, if used all its life
    buy_from: int  # first quarter in which GPUs bought now work
    reserve_from: int
    contract_quarters: int
    scarcity: float
    power_free: float  # MW that own sites can feed beyond own GPUs, ordered ones included
    unit_power: float  # MW a GPU of the generation on sale
    fleet: float  # GPUs that work this quarter
    buy_wins_after: int | None  # quarters of use from which buying beats on-demand rent; None: never within a life
    due: tuple[Due, ...]


def compute_offer(scenario: Scenario, world: World, preview: TurnRecord, seat: int) -> ComputeOffer:
    """Read the offer from the world at the start of a quarter and the preview of that quarter."""
    p, t, c = scenario.params, preview.t, world.compute
    flows = preview.report.compute
    g = generation_on_sale(t, p.chips.launch)
    later = g + 1 < len(p.chips.names)
    price, on_demand = float(flows.chip_price_paid[seat, 0]), float(flows.on_demand_rent[seat, 0])
    late = 1 if float(c.scarcity[0]) > float(p.delay_scarcity[0]) else 0
    owned, _ = own_and_reserved(c, t, p)
    need = float((power_needed(owned, p) + power_needed(ordered_gpus(c, t, p), p))[seat, 0])
    running = _running_cost(scenario, g, price)
    hours = float(p.hours[0])
    return ComputeOffer(
        generation=p.chips.names[g],
        next_generation=p.chips.names[g + 1] if later else "",
        next_launch=p.chips.launch[g + 1] if later else 0,
        price=price,
        on_demand=on_demand,
        contract=float(flows.contract_rent[seat, 0]),
        owner=price * 1e6 / (p.gpu_life * hours) + running,
        buy_from=t + DELIVERY + late + 1,
        reserve_from=t + 1,
        contract_quarters=p.reserve_term,
        scarcity=float(c.scarcity[0]),
        power_free=float(c.site_power[seat, 0] + np.sum(c.site_pipeline[:, seat, 0])) - need,
        unit_power=float(p.chips.it_kw[g, 0]) / 1000.0,
        fleet=float(np.sum(flows.fleet[:, seat, 0])),
        buy_wins_after=_crossover(scenario, g, t, price, on_demand - running),
        due=orders_due(scenario, world, t, seat),
    )


def let_income(scenario: Scenario, world: World, preview: TurnRecord, seat: int, share: float) -> float:
    """What a part of the fleet would bring in a quarter if it were let now; M$."""
    p, let = scenario.params, world.compute.let_share.copy()
    let[seat] = share
    there = world.replace(compute=dataclasses.replace(world.compute, let_share=let))
    quarter = quiet_quarter(preview.t, scenario.calendar, p)
    _, flows = compute(there, preview.decisions, preview.report.effects, NOTHING, p, quarter)
    return float(flows.sublet_due[seat, 0])


def _running_cost(scenario: Scenario, generation: int, price: float) -> float:
    """$/h of power and operations of an own GPU."""
    p = scenario.params
    power = float(p.chips.it_kw[generation, 0]) * float(p.pue[0]) * float(p.power_price[0]) / 1000.0
    return power + price * 1e6 * float(p.ops_cost[0]) / (4.0 * float(p.hours[0]))


def _crossover(scenario: Scenario, generation: int, t: int, price: float, saved_per_hour: float) -> int | None:
    """Quarters of full use after which the rent saved pays the loss of value of a GPU that is sold then."""
    p = scenario.params
    listed = float(chip_price(generation, t, p)[0])
    for quarters in range(1, p.gpu_life + 1):
        falls = float(chip_price(generation, t + quarters, p)[0]) / listed
        left = price * (1.0 - quarters / p.gpu_life) * float(p.gpu_resale[0]) * falls
        if saved_per_hour * float(p.hours[0]) * quarters / 1e6 > price - left:
            return quarters
    return None


def orders_due(scenario: Scenario, world: World, t: int, seat: int) -> tuple[Due, ...]:
    """What is on order at the start of quarter ``t``, and which contracts end, soonest first."""
    p, c = scenario.params, world.compute
    found: list[Due] = []

    def chip(index: int) -> str:
        return p.chips.names[generation_on_sale(t - 1 - index, p.chips.launch)]

    working = in_service(c, p)[:, 0, 0]
    for index in range(c.bought_gpus.shape[0]):
        gpus = float(c.bought_gpus[index, seat, 0])
        first = DELIVERY + round(float(c.delivery_delay[index, 0]))
        if gpus >= SHOWN and not working[index] and index < first:
            found.append(Due(t + first - index, "chips", gpus, chip(index)))
    for index in range(c.contract_gpus.shape[0]):
        gpus = float(c.contract_gpus[index, seat, 0])
        if gpus >= SHOWN:
            found.append(Due(t + c.contract_gpus.shape[0] - index, "ends", gpus, chip(index)))
    for index in range(c.site_pipeline.shape[0]):
        megawatts = float(c.site_pipeline[index, seat, 0])
        if megawatts >= SHOWN:
            found.append(Due(t + c.site_pipeline.shape[0] - index, "sites", megawatts, ""))
    return tuple(sorted(found, key=lambda due: due.t))
