"""Which customers and accounts does a lab start with? Shares that bring its revenue, and what a quarter takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labsim.errors import BadInput, Problem
from labsim.model.fleet import own_and_reserved, power_needed, sum_in_service
from labsim.model.laws import MILLION, YEAR, over, sum_first, wage
from labsim.model.market import standing_sales
from labsim.model.world import World
from labsim.play.opening_place import Place, Stocks
from labsim.scenario import Scenario


def lay_customers(places: Sequence[Place], s: Stocks, scenario: Scenario) -> None:
    """Shares that bring the revenue in hand at the last prices; others make room only where the market is too small."""
    selling = [place for place in places if "arr" in place.opening.figures]
    for place in selling:
        _sell(place, scenario)
    seats = [place.seat for place in selling]
    own = s["share"][:, seats].sum(axis=1)
    if (own > 1.0).any():
        where = f"{scenario.name}: opening.{selling[0].lab}.arr"
        raise BadInput(
            Problem(where, "more than all customers of a segment", "give less revenue, or another arr_split")
        )
    if seats:
        others = s["share"].sum(axis=1) - own
        room = np.minimum(over(1.0 - own, others), 1.0) + (others == 0.0)
        shrunk = s["share"] * room[:, None]
        shrunk[:, seats] = s["share"][:, seats]
        s["share"][:] = np.where((own + others > 1.0)[:, None], shrunk, s["share"])


def _sell(place: Place, scenario: Scenario) -> None:
    s, p, figures = place.stocks, place.p, place.opening.figures
    arr, split = figures["arr"], place.opening.arr_split
    revenue, tokens = (part[:, place.seat] for part in standing_sales(s["share"], s["prices"], s["units"], p))
    wanted = np.zeros_like(revenue)
    if split:
        for segment, part in split.items():
            wanted[segment] = arr / YEAR * part
    else:
        wanted = revenue * over(arr / YEAR, sum_first(revenue))
    if ((wanted > 0.0) & (revenue == 0.0)).any() or (arr > 0.0 and not sum_first(wanted).all()):
        where = f"{scenario.name}: opening.{place.lab}.arr"
        raise BadInput(Problem(where, "the lab has no customers to scale", "give labs figures with which it sells"))
    factor = over(wanted, revenue)
    place.put(share=place.get("share") * factor)
    if "demand_last" not in place.opening.stocks:
        place.put(demand_last=place.get("demand_last") * over(sum_first(tokens * factor), sum_first(tokens)))
    if "quality" not in place.opening.stocks:
        place.put(quality=1.0)
    growth = figures.get("growth", float(p.growth_unknown[0]))
    for age in range(len(s["arr_history"])):
        s["arr_history"][age, place.seat] = arr * np.exp(-growth * age / YEAR)


def lay_burn(place: Place, world: World) -> None:
    """Cash that a quarter of standing sales, contracts and staff takes, nothing new bought or ordered."""
    given = place.opening
    if "burn" in given.stocks or all(part is None for part in (given.contracts, given.chips, given.figures.get("arr"))):
        return
    p, c, seat = place.p, world.compute, place.seat
    owned, _ = own_and_reserved(c, place.quarter.t, p)
    power = power_needed(owned, p) + np.zeros_like(c.site_power)
    fed = np.minimum(power, c.site_power)[seat]
    rent = sum_first(c.contract_cost)[seat]
    costs = (
        rent
        - np.minimum(rent, place.get("credits")) * (place.get("partner_left") > 0.0)
        + place.get("staff") * wage(place.quarter.t, p)
        + fed * (p.pue * p.hours * p.power_price / MILLION)
        + sum_in_service(c.bought_cost, c, p)[seat] * (p.ops_cost / YEAR)
        + place.get("debt") * (p.interest / YEAR)
    )
    sales = world.capital.arr_history[0, seat] / YEAR * (1.0 - p.sales_cost - p.payment_cost)
    place.put(burn=costs - sales)
