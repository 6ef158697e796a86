"""How does play start where a scenario says so? A lab's contracts, chips, model, customers and accounts laid over.

The world is that of one run, at the first quarter of play. Equity paid in takes up the difference of the balance.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from labsim.errors import BadInput, Problem
from labsim.first_state import SITE_BOOK
from labsim.formats import quarter_name
from labsim.model.exogenous import generation_on_sale, quiet_quarter
from labsim.model.fleet import gpu_book, orders_book
from labsim.model.laws import MILLION, chip_price, sum_first
from labsim.model.params import Params
from labsim.model.world import World, map_stocks, stocks
from labsim.play.opening_accounts import lay_burn, lay_customers
from labsim.play.opening_model import lay_model, lay_run
from labsim.play.opening_place import Place, Stocks
from labsim.scenario import Scenario
from labsim.scenario_opening import WORLD, Lot
from labsim.variables import LAB, REGISTRY, Array


def laid_over(scenario: Scenario, world: World) -> World:
    """The world with the scenario's openings laid over it.

    Raises:
        BadInput: a lab that should start has ended on autopilot, or sells more than there is.
    """
    if not scenario.opening:
        return world
    found = {name: stock.copy() for name, stock in stocks(world).items()}
    _write_stocks(found, scenario)
    quarter = quiet_quarter(scenario.start, scenario.calendar, scenario.params)
    places = [
        Place(lab, scenario.labs.index(lab), given, found, scenario.params, quarter)
        for lab, given in scenario.opening.items()
        if lab != WORLD
    ]
    _refuse_the_dead(places, scenario)
    for place in places:
        _hardware(place)
        for row, progress in place.opening.techniques.items():
            found["technique_progress"][row, place.seat] = progress
    for place in sorted(places, key=lambda place: "gap" in (place.opening.model or {})):
        lay_model(place)
        lay_run(place)
    lay_customers(places, found, scenario)
    opened = map_stocks(world, lambda name, _: found[name])
    for place in places:
        lay_burn(place, opened)
    return _balanced(opened, world, scenario.params)


def _write_stocks(found: Stocks, scenario: Scenario) -> None:
    for lab, given in scenario.opening.items():
        for name, value in given.stocks.items():
            row = (Ellipsis, scenario.labs.index(lab), slice(None)) if LAB in REGISTRY[name].axes else Ellipsis
            found[name][row] = value


def _refuse_the_dead(places: Sequence[Place], scenario: Scenario) -> None:
    ended = [place.lab for place in places if place.get("status").any()]
    if ended:
        when = quarter_name(scenario.start)
        where = f"{scenario.name}: opening.{ended[0]}"
        raise BadInput(Problem(where, f"the lab has ended before {when}", f'give labs."{ended[0]}" more cash in 2023'))


# ---- chips ----------------------------------------------------------------------------------------------------------


def _hardware(place: Place) -> None:
    given, p, stocks = place.opening, place.p, place.stocks
    if given.contracts is not None:
        hourly = p.hours / MILLION
        _fill(place, "contract_gpus", given.contracts)
        rents = [
            dataclasses.replace(lot, amount=lot.amount * (lot.price or 0.0) * hourly[0]) for lot in given.contracts
        ]
        _fill(place, "contract_cost", tuple(rents))
    if given.chips is not None:
        _fill(place, "bought_gpus", given.chips)
        paid = [dataclasses.replace(lot, amount=lot.amount * _price(place, lot)) for lot in given.chips]
        _fill(place, "bought_cost", tuple(paid))
    if given.sites is not None:
        _fill(place, "site_pipeline", given.sites)
        stocks["site_wip"][:, place.seat] = stocks["site_pipeline"][:, place.seat] * p.site_cost
    if "site_power" in given.stocks and not {"site_gross", "site_net"} & set(given.stocks):
        cost = place.get("site_power") * p.site_cost
        place.put(site_gross=cost, site_net=SITE_BOOK * cost)


def _fill(place: Place, ring: str, lots: tuple[Lot, ...]) -> None:
    """Empty the lab's row of a ring and lay the lots into it."""
    row = place.stocks[ring][:, place.seat]
    row[:] = 0.0
    for lot in lots:
        row[lot.slot] += lot.amount


def _price(place: Place, lot: Lot) -> float:
    """Price paid for a GPU, M$: as given, else the list price of its quarter and what the lab pays over that."""
    if lot.price is not None:
        return lot.price
    bought = place.quarter.t - 1 - lot.slot
    generation = generation_on_sale(bought, place.p.chips.launch)
    return float((chip_price(generation, max(bought, 0), place.p) * place.p.chip_cost[place.seat])[0])


# ---- the balance ----------------------------------------------------------------------------------------------------


def _balanced(opened: World, world: World, p: Params) -> World:
    """Equity paid in takes up what assets less debt and results have changed by."""
    assets = opened.capital.cash - world.capital.cash + opened.capital.credits - world.capital.credits
    claims = opened.capital.debt - world.capital.debt + opened.capital.retained - world.capital.retained
    chips = _hardware_book(opened, p) - _hardware_book(world, p)
    capital = dataclasses.replace(opened.capital, paid_in=world.capital.paid_in + assets + chips - claims)
    return opened.replace(capital=capital)


def _hardware_book(world: World, p: Params) -> Array:
    """Book value of chips, orders and sites; M$."""
    c = world.compute
    return gpu_book(c, p) + orders_book(c) + c.site_net + sum_first(c.site_wip)
