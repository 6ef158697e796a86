"""Why did revenue change? Causes of the market's money, per segment by log-mean shares (model: 7.8).

Revenue = market potential x share of customers x served part x bill. The share moves by inertia towards a target,
whose logarithm is a sum of utilities less the logarithm of all attractions; so every cause of it adds up too.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from labsim.model.laws import expectation, over, sum_first, sum_labs
from labsim.model.params import CONSUMER, SEGMENTS, Params
from labsim.model.terms import (
    Cause,
    Coalitions,
    Link,
    Played,
    decisions,
    draws,
    events_behind,
    grouped,
    log_change,
    log_mean,
    product_shares,
    shapley,
)
from labsim.variables import Array

UTILITIES = ("capability", "price", "trust", "brand", "service")
SHARE_CAUSES = ("incident", "earlier", *UTILITIES, "rivals", "open_weights", "expectations")


def revenue_causes(before: Played, after: Played, seat: int, p: Params, *, follows: bool = True) -> list[Cause]:
    """Causes of the change of revenue between two quarters in both of which the lab lives; M$.

    ``follows`` False compares two branches or runs, in which the second quarter does not follow the first.
    """
    then, now = before.report.market, after.report.market
    units = (before.world.market.units, after.world.market.units)
    share = (then.share_served[:, seat], now.share_served[:, seat])
    served = tuple(m.served_fraction[seat] + 0.0 * share[0] for m in (then, now))
    bill = (then.bill[:, seat], now.bill[:, seat])
    by_units, by_share, by_served, by_bill = product_shares([units, share, (served[0], served[1]), bill])
    growth = _market_growth(*units, p)
    mean = log_mean(then.revenue_segment[:, seat], now.revenue_segment[:, seat])
    size = np.where(mean > 0.0, mean * growth, by_units)
    weight = np.where(mean > 0.0, over(mean, log_mean(*share)), over(by_share, share[1] - share[0]))
    parts = share_parts(before, after, seat, p, follows)
    of_share = [Cause(name, sum_first(weight * part), _share_links(name, before, after, seat, p), text=f"share_{name}")
                for name, part in parts.items()]  # fmt: skip
    fraction = np.where(mean > 0.0, over(mean, log_mean(served[0], served[1])), over(by_served, served[1] - served[0]))
    hosts = now.revenue_open[seat] - then.revenue_open[seat]
    demand = (*events_behind(after.world, p, "agents_ceiling", "consumer_ceiling"), *draws("demand"))
    return [
        _by_segment("market_size", size, demand),
        _by_segment("mix", by_units - size, demand),
        grouped("customers", of_share),
        _by_segment("price", by_bill, decisions("price")),
        grouped("served", _served_causes(before, after, seat, sum_first(fraction), p)),
        Cause("hosts", hosts, decisions("design_open")),
    ]


def first_revenue_causes(after: Played, seat: int) -> list[Cause]:
    """Revenue of a first quarter, which has none before it to compare with: by segment, and from hosts; M$."""
    market, price = after.report.market, decisions("price")
    sold = [
        Cause(segment, market.revenue_segment[row, seat], price, text=f"line_revenue_{segment}")
        for row, segment in enumerate(SEGMENTS)
    ]
    return [*sold, Cause("hosts", market.revenue_open[seat], decisions("design_open"))]


def _market_growth(before: Array, after: Array, p: Params) -> Array:
    """ln growth of all segments together, each unit at the reference price; ``(run,)``."""
    s = p.segments
    reference = s.price_reference * s.tokens_per_unit
    reference = np.where(np.arange(len(SEGMENTS))[:, None] == CONSUMER, s.price_reference * p.months, reference)
    return log_change(sum_first(before * reference), sum_first(after * reference))


def _by_segment(name: str, values: Array, links: tuple[Link, ...]) -> Cause:
    inner = [Cause(f"{name}_{segment}", values[row], links, text=f"segment_{segment}", plain=True)
             for row, segment in enumerate(SEGMENTS)]  # fmt: skip
    return grouped(name, inner, links)


def _served_causes(before: Played, after: Played, seat: int, weight: Array, p: Params) -> list[Cause]:
    """What capacity and demand did to the served part of the demand, times a weight."""
    need = [m.report.market.tokens_needed[seat] for m in (before, after)]
    capacity = [m.report.serving.capacity[seat] for m in (before, after)]

    def worth(on: Coalitions) -> Array:
        asked = on.pick("demand", *need)
        return np.where(asked > 0.0, np.minimum(over(on.pick("capacity", *capacity), asked), 1.0), 1.0)

    fair = shapley(worth, {"capacity": ("capacity",), "demand": ("demand",)})
    return [
        Cause("capacity", weight * fair["capacity"], capacity_links(after, p)),
        Cause("demand", weight * fair["demand"], decisions("price", "free_tier", "thinking")),
    ]


def capacity_links(after: Played, p: Params) -> tuple[Link, ...]:
    """What moves serving capacity."""
    ordered = decisions("inference_share", "reserve_gpus", "buy_gpus", "on_demand_gpus", "design_distil")
    return (*ordered, *events_behind(after.world, p, "supply"))


def share_parts(before: Played, after: Played, seat: int, p: Params, follows: bool = True) -> Mapping[str, Array]:
    """What moved a lab's share of customers since last quarter's sales, by cause; ``(segment, run)`` each."""
    then, now = before.report.market, after.report.market
    target = (then.target_share[:, seat], now.target_share[:, seat])
    served = (then.share_served[:, seat], now.share_served[:, seat])
    if follows:
        start = before.world.market.share[:, seat]
        lost, earlier = start - served[0], p.inertia * (target[0] - start)
    else:
        lost = 0.0 * served[0]
        earlier = served[1] - served[0] - p.inertia * (target[1] - target[0])
    weight = p.inertia * log_mean(*target)
    moves = _utility_moves(before, after, p)
    pull = {name: weight * value for name, value in _attraction(before, after, seat, moves, p).items()}
    return {
        "incident": lost,
        "earlier": earlier,
        **pull,
    }


def _utility_moves(before: Played, after: Played, p: Params) -> dict[str, Array]:
    """Change of each utility of every lab, ``(segment, lab, run)``, freed of what moves all labs alike."""
    then, now = before.report.market, after.report.market
    found = {name: getattr(now, f"utility_{name}") - getattr(then, f"utility_{name}") for name in UTILITIES}
    expect, norm = common_moves(before, after, p)
    found["capability"] = found["capability"] - expect[:, None]
    found["price"] = found["price"] - norm[:, None]
    return found


def common_moves(before: Played, after: Played, p: Params) -> tuple[Array, Array]:
    """Change of every lab's utility by rising expectations and by the moving price norm; ``(segment, run)`` each."""
    s = p.segments
    risen = expectation(float(after.t), p) - expectation(float(before.t), p)
    norm = log_change(before.report.market.norm, after.report.market.norm)
    return -s.cap_weight * risen / 10.0 + 0.0 * norm, s.choice_elasticity * norm


def _attraction(before: Played, after: Played, seat: int, moves: Mapping[str, Array], p: Params) -> dict[str, Array]:
    """Change of ln(target share) by cause: own utilities less the change of ln of all attractions."""
    then, now = before.report.market, after.report.market
    top = np.maximum(then.log_denominator, now.log_denominator)
    totals = (np.exp(then.log_denominator - top), np.exp(now.log_denominator - top))
    bottom = log_mean(*totals)
    labs = (then.target_share * totals[0][:, None], now.target_share * totals[1][:, None])
    hosts = (then.open_share * totals[0], now.open_share * totals[1])
    mean, open_mean = log_mean(*labs) / bottom[:, None], log_mean(*hosts) / bottom
    expect, norm = common_moves(before, after, p)
    own = {name: moves[name][:, seat] * (1.0 - mean[:, seat]) for name in UTILITIES}
    others = (labs[1] - labs[0]) / bottom[:, None] - mean * (expect + norm)[:, None]
    rivals = np.delete(others, seat, axis=1)
    open_norm = p.open_elasticity * norm
    opened = (hosts[1] - hosts[0]) / bottom - open_mean * (expect + open_norm)
    all_labs = sum_labs(mean)
    return {
        **own,
        "rivals": -sum_labs(rivals),
        "open_weights": -opened,
        "expectations": expect * (1.0 - all_labs - open_mean) + norm * (1.0 - all_labs) - open_norm * open_mean,
    }


def _share_links(name: str, before: Played, after: Played, seat: int, p: Params) -> tuple[Link, ...]:
    """What stands behind a cause of a lab's share."""
    if name == "rivals":
        return (Link("rival", p.labs[_most_moved_rival(before, after, seat)]),)
    if name == "open_weights":
        return events_behind(after.world, p, "open_discount", "open_capability")
    return {
        "incident": draws("incident"),
        "capability": decisions("design_active", "design_tokens", "alignment_share", "thinking"),
        "price": decisions("price"),
        "trust": decisions("alignment_share", "transparency"),
        "brand": draws("brand"),
        "service": decisions("inference_share", "free_tier"),
    }.get(name, ())


def _most_moved_rival(before: Played, after: Played, seat: int) -> int:
    moved = np.abs(after.report.market.target_share - before.report.market.target_share).sum(axis=0).mean(axis=-1)
    moved[seat] = -1.0
    return int(np.argmax(moved))
