"""Why did the valuation or the runway change? Revenue, multiple and frontier value; cash and burn (model: 7.11)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labsim.model.explain_accounts import CASH_GROUPS, line_links
from labsim.model.explain_market import revenue_causes
from labsim.model.figures import runway_months
from labsim.model.flows import CapitalFlows, flows
from labsim.model.laws import clip, over, own_frontier
from labsim.model.params import Params
from labsim.model.terms import (
    Cause,
    Coalitions,
    Played,
    decisions,
    draws,
    events_behind,
    grouped,
    largest_of,
    log_change,
    log_mean,
    shapley,
)
from labsim.model.world import World
from labsim.variables import Array

YEAR = 4.0  # quarters


def valuation_causes(before: Played, after: Played, seat: int, p: Params, *, follows: bool = True) -> list[Cause]:
    """Causes of the change of the valuation in a quarter that the lab survives; M$.

    Valuation = annual revenue x multiple + frontier value: mean multiple x change of revenue, mean revenue x change of
    the multiple, and the change of the frontier value, the latter two by log-mean shares of their factors.
    """
    then, now = before.report.capital, after.report.capital
    arr = (then.arr[seat], now.arr[seat])
    multiple = (then.multiple[seat], now.multiple[seat])
    mean_multiple, mean_arr = (multiple[0] + multiple[1]) / 2.0, (arr[0] + arr[1]) / 2.0
    event = (before.report.effects.valuation_effect, after.report.effects.valuation_effect)
    growth = (_by_growth(then, seat, p), _by_growth(now, seat, p))
    weight = mean_arr * log_mean(*multiple)
    by_event, by_growth = weight * log_change(*event), weight * log_change(*growth)
    moody = draws("mood")
    mood = mean_arr * (multiple[1] - multiple[0]) - by_event - by_growth
    shocked = events_behind(after.world, p, "valuation")
    inner = [
        Cause("growth", by_growth, decisions("price", "inference_share"), text="multiple_growth"),
        Cause("mood", mood, (*moody, *events_behind(after.world, p, "mood")), text="multiple_mood"),
        Cause("event", by_event, shocked, text="multiple_event"),
    ]
    # Investors pay for a mean of quarters: the newest one moves it by its part, the others by what they were.
    newest = YEAR * mean_multiple * (1.0 - p.arr_trailing * (1.0 - 1.0 / YEAR))
    sold = [cause.scaled(newest).flat() for cause in revenue_causes(before, after, seat, p, follows=follows)]
    change = after.report.market.revenue[seat] - before.report.market.revenue[seat]
    sold.append(Cause("earlier", mean_multiple * (arr[1] - arr[0]) - newest * change, text="valuation_earlier"))
    return [
        grouped("revenue", sold, text="valuation_revenue"),
        grouped("multiple", inner),
        grouped("frontier", _frontier(before, after, seat, p)),
    ]


def _by_growth(flow: CapitalFlows, seat: int, p: Params) -> Array:
    """The multiple before mood and events."""
    return clip(p.multiple_base + p.multiple_growth * flow.revenue_growth[seat], p.multiple_min, p.multiple_max)


def _frontier(before: Played, after: Played, seat: int, p: Params) -> list[Cause]:
    """Change of the value of being near the frontier, by log-mean shares."""
    then, now = before.report.capital, after.report.capital
    option = (then.option_part[seat], now.option_part[seat])
    weight = log_mean(*option)
    by_time = weight * p.option_growth * float(after.t - before.t)
    by_gap = -weight * p.option_slope * (now.capability_gap[seat] - then.capability_gap[seat])
    # The multiple holds the same mood as the frontier value.
    mood = [
        over(m.report.capital.multiple[seat], _by_growth(m.report.capital, seat, p)) / m.report.effects.valuation_effect
        for m in (before, after)
    ]
    by_mood = weight * log_change(mood[0], mood[1])
    own = [own_frontier(m.world.training.model_tuned[seat], p) for m in (before, after)]
    by_own = weight * log_change(own[0], own[1])
    by_trust = option[1] - option[0] - by_time - by_gap - by_mood - by_own
    design = decisions("design_active", "design_tokens", "start_run")
    return [
        Cause("time", by_time, text="frontier_time"),
        Cause("gap", by_gap, design, text="frontier_gap"),
        Cause("mood", by_mood, (*draws("mood"), *events_behind(after.world, p, "mood")), text="frontier_mood"),
        Cause("own", by_own, decisions("design_base"), text="frontier_own"),
        Cause("trust", by_trust, decisions("alignment_share", "transparency"), text="frontier_trust"),
    ]


# ---- runway ---------------------------------------------------------------------------------------------------------


def runway(world: World, seat: int) -> Array:
    """Months that the cash lasts at the burn of the quarter before; 60 at most."""
    return runway_months(world.capital.cash[seat], world.capital.burn[seat])


_BURN_GROUPS = ("revenue", "compute", "people", "overhead", "investment")


def runway_causes(start: World, before: Played | None, after: Played, seat: int, p: Params) -> list[Cause]:
    """Causes of the change of the runway in a quarter that the lab survives, months: cash, and every line of the burn.

    ``before`` None is the first quarter, in which nobody knows the lines of the burn before.
    """
    cash = (start.capital.cash[seat], after.world.capital.cash[seat])
    burn = (start.capital.burn[seat], after.world.capital.burn[seat])
    if before is None:
        fair = shapley(
            lambda on: runway_months(on.pick("cash", *cash), on.pick("burn", *burn)),
            {"cash": ("cash",), "burn": ("burn",)},
        )
        return [_cash_cause(fair["cash"]), Cause("burn", fair["burn"], text="runway_burn")]
    then, now = _burn_lines(before, seat), _burn_lines(after, seat)
    groups: dict[str, Sequence[str]] = {"cash": ("cash",), **{name: (name,) for name in _BURN_GROUPS}}

    def worth(on: Coalitions) -> Array:
        spent = -sum(
            (on.pick(name, _sum(then, CASH_GROUPS[name]), _sum(now, CASH_GROUPS[name])) for name in _BURN_GROUPS),
            np.zeros(1),
        )
        return runway_months(on.pick("cash", *cash), spent)

    fair = shapley(worth, groups)
    found = [_cash_cause(fair["cash"])]
    for name in _BURN_GROUPS:
        lines = CASH_GROUPS[name]
        gross = sum((np.abs(now[line] - then[line]) for line in lines), np.zeros(1))
        change = _sum(now, lines) - _sum(then, lines)
        known = np.abs(change) > 1e-6 * gross
        # A group of lines counts by its sum; its lines share the effect as they share the sum.
        rate = np.where(known, over(fair[name], change), 0.0)
        inner = tuple(
            Cause(line, rate * (now[line] - then[line]), line_links(line, after, p), text=f"line_{line}", plain=True)
            for line in lines
        )
        shown = inner if np.all(known) else ()
        found.append(Cause(name, fair[name], largest_of(inner).links, shown, text=f"runway_{name}"))
    return found


def _cash_cause(value: Array) -> Cause:
    return Cause("cash", value, decisions("raise_amount", "borrow_change"), text="runway_cash")


def _sum(lines: dict[str, Array], names: Sequence[str]) -> Array:
    return sum((lines[name] for name in names), np.zeros(1))


def _burn_lines(played: Played, seat: int) -> dict[str, Array]:
    """Lines of the ledger that make up the burn; the sale of GPUs only where it was ordered."""
    found = flows(played.report)
    lines = {name: found[name][seat] for group in _BURN_GROUPS for name in CASH_GROUPS[group]}
    known = sum((lines[name] for name in lines if name != "disposal"), np.zeros(1))
    return {**lines, "disposal": -played.world.capital.burn[seat] - known}
