"""Which headline figures explain their change, what are they, and which causes has each?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from labsim.errors import BadInput, Problem, did_you_mean
from labsim.model.explain_accounts import (
    cash_causes,
    equity,
    equity_causes,
    gross_margin_causes,
    unit_cost,
    unit_cost_causes,
)
from labsim.model.explain_capital import runway, runway_causes, valuation_causes
from labsim.model.explain_market import first_revenue_causes, revenue_causes
from labsim.model.explain_market_share import market_share_causes
from labsim.model.explain_society import trust_causes
from labsim.model.explain_training import (
    alignment_seen_causes,
    capability_causes,
    opening_need,
    served_capability,
)
from labsim.model.params import Params
from labsim.model.terms import Cause, grouped
from labsim.model.world import World, take_runs
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.variables import Array

Moment = TurnRecord | World
"""A quarter as it was played, or the opening world before any."""


@dataclass(frozen=True)
class Headline:
    """A figure that explains its change. ``unit`` is that of the values; a share is 0-1."""

    unit: str
    value: Callable[[TurnRecord, int], Array]
    opening: Callable[[World, int], Array] | None  # None: the figure has no value before the first quarter


def _flow(group: str, name: str) -> Callable[[TurnRecord, int], Array]:
    def read(record: TurnRecord, seat: int) -> Array:
        found: Array = getattr(getattr(record.report, group), name)[seat]
        return found

    return read


def _stock(group: str, name: str) -> Callable[[World, int], Array]:
    def read(world: World, seat: int) -> Array:
        found: Array = getattr(getattr(world, group), name)[seat]
        return found

    return read


def _at_end(read: Callable[[World, int], Array]) -> Callable[[TurnRecord, int], Array]:
    return lambda record, seat: read(record.world, seat)


def _of_stock(unit: str, read: Callable[[World, int], Array]) -> Headline:
    return Headline(unit, _at_end(read), read)


HEADLINES: Mapping[str, Headline] = {
    "cash": _of_stock("M$", _stock("capital", "cash")),
    "equity": _of_stock("M$", equity),
    "revenue": Headline("M$", _flow("market", "revenue"), None),
    "gross_margin": Headline("share", _flow("result", "gross_margin"), None),
    "market_share": Headline("share", _flow("society", "market_share"), None),
    "capability": Headline("points", _flow("alignment", "capability"), None),
    "trust": _of_stock("0-1", _stock("society", "trust")),
    "valuation": _of_stock("M$", _stock("capital", "valuation")),
    "alignment_seen": Headline("0-1", _flow("alignment", "alignment_seen"), None),
    "unit_cost": Headline("$/M tokens", unit_cost, None),
    "runway": _of_stock("months", runway),
}
"""Figures that ``explain`` knows, by name."""
_ALIASES = {"alignment": "alignment_seen", "runway_months": "runway", "cost_per_million_tokens": "unit_cost"}
_UNTIL_THE_END = ("capability", "trust", "valuation", "alignment_seen", "runway", "equity")
"""Figures that are gone with the lab, in the quarter in which it ends."""


def headline_name(name: str) -> str | None:
    """The headline meant by a name, if it is one."""
    known = _ALIASES.get(name, name)
    return known if known in HEADLINES else None


def headline(name: str) -> str:
    """The headline meant by a name.

    Raises:
        BadInput: no headline of this name.
    """
    known = headline_name(name)
    if known is None:
        remedy = f"choose one of {', '.join(HEADLINES)};{did_you_mean(name, (*HEADLINES, *_ALIASES))}".rstrip(";")
        raise BadInput(Problem("variable", f'"{name}" is no headline figure', remedy))
    return known


# ---- causes ---------------------------------------------------------------------------------------------------------


def causes_of(name: str, before: Moment, after: TurnRecord, seat: int, p: Params, *, deep: bool = True) -> list[Cause]:
    """Causes of a headline's change, ``(run,)`` each; ``deep`` False leaves expensive second levels out."""
    found = _while_living(name, before, after, seat, p, deep)
    ended = after.world.capital.status[seat] > 0.0
    if name not in _UNTIL_THE_END or not np.any(ended):
        return found
    change = figure_after(name, after, seat) - figure_before(name, before, after, seat, p)
    kept = [cause.scaled(np.where(ended, 0.0, 1.0)) for cause in found]
    return [*kept, Cause("end_of_lab", np.where(ended, change, 0.0))]


def _while_living(name: str, before: Moment, after: TurnRecord, seat: int, p: Params, deep: bool) -> list[Cause]:
    start = world_of(before)
    record = before if isinstance(before, TurnRecord) else None
    if name == "cash":
        return cash_causes(after, seat, p)
    if name == "equity":
        return equity_causes(after, seat, p)
    if name == "trust":
        return trust_causes(start, after, seat, p)
    if name == "capability":
        return capability_causes(start, _need(before, after, seat, p), after, seat, p)
    if name == "runway":
        return runway_causes(start, record, after, seat, p)
    if record is None and name == "revenue":
        return [grouped("first_quarter", first_revenue_causes(after, seat))]
    if record is None:
        change = figure_after(name, after, seat) - figure_before(name, before, after, seat, p)
        return [Cause("first_quarter", change)]
    if name == "market_share":
        return market_share_causes(record, after, seat, p, deep=deep)
    if name == "alignment_seen":
        return alignment_seen_causes(start, record, after, seat, p)
    return _BETWEEN[name](record, after, seat, p)


_BETWEEN: Mapping[str, Callable[[TurnRecord, TurnRecord, int, Params], list[Cause]]] = {
    "revenue": revenue_causes,
    "gross_margin": gross_margin_causes,
    "valuation": valuation_causes,
    "unit_cost": unit_cost_causes,
}


def difference_of(name: str, first: TurnRecord, second: TurnRecord, seat: int, p: Params) -> list[Cause] | None:
    """Causes of the difference of a figure between two branches in one quarter; None for what adds up over time."""
    if name == "market_share":
        return market_share_causes(first, second, seat, p, follows=False)
    if name == "runway":
        return runway_causes(first.world, first, second, seat, p)
    if name == "unit_cost":
        return unit_cost_causes(first, second, seat, p)
    compare = {"revenue": revenue_causes, "gross_margin": gross_margin_causes, "valuation": valuation_causes}.get(name)
    return compare(first, second, seat, p, follows=False) if compare else None


def _need(before: Moment, after: TurnRecord, seat: int, p: Params) -> Array:
    if isinstance(before, TurnRecord):
        need: Array = before.report.alignment.align_needed[seat]
        return need
    return opening_need(before, after, seat, p)


def figure_before(name: str, before: Moment, after: TurnRecord, seat: int, p: Params) -> Array:
    """The figure before the quarter; 0 where the first quarter made the first one."""
    if isinstance(before, TurnRecord):
        return HEADLINES[name].value(before, seat)
    if name == "capability":
        return served_capability(before, _need(before, after, seat, p), seat, p)
    read = HEADLINES[name].opening
    return np.zeros(before.runs) if read is None else read(before, seat)


def figure_after(name: str, after: TurnRecord, seat: int) -> Array:
    value = HEADLINES[name].value(after, seat)
    return np.where(after.world.capital.status[seat] > 0.0, 0.0, value) if name in _UNTIL_THE_END else value


def world_of(moment: Moment) -> World:
    return moment.world if isinstance(moment, TurnRecord) else moment


def check_live(world: World, seat: int, scenario: Scenario) -> None:
    """Raises BadInput when a lab has ended in a world of one run."""
    if world.capital.status[seat, 0] > 0.0:
        lab = scenario.labs[seat]
        raise BadInput(Problem("quarter", f"{lab} had ended before it", "choose an earlier quarter or another lab"))


def one_run(moment: Moment, run: int) -> Moment:
    """One run of a quarter or an opening world."""
    if isinstance(moment, TurnRecord):
        return one_run_of(moment, run)
    return moment if moment.runs == 1 else take_runs(moment, slice(run, run + 1))


def one_run_of(record: TurnRecord, run: int) -> TurnRecord:
    """One run of a quarter as it was played."""
    if record.world.runs == 1:
        return record

    def cut(group: object) -> dict[str, Array]:
        return {f.name: getattr(group, f.name)[..., run : run + 1] for f in dataclasses.fields(group)}  # type: ignore[arg-type]

    parts = {f.name: getattr(record.report, f.name) for f in dataclasses.fields(record.report)}
    report = dataclasses.replace(
        record.report, **{name: dataclasses.replace(part, **cut(part)) for name, part in parts.items()}
    )
    ordered = dataclasses.replace(record.decisions, **cut(record.decisions))
    world = take_runs(record.world, slice(run, run + 1))
    return dataclasses.replace(record, decisions=ordered, report=report, world=world)
