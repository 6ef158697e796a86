"""Why did a headline figure change? Named terms that add up to the change, two levels deep, with what is behind them.

The causes are declared beside the formulas of the model; here they are chosen, summed over quarters, ordered and
rounded so that the terms shown add up to the change shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from labsim.errors import BadInput, Message, Problem
from labsim.model.terms import Cause, Link, total_of
from labsim.play.bridge_figures import (
    HEADLINES,
    Moment,
    causes_of,
    check_live,
    difference_of,
    figure_after,
    figure_before,
    headline,
    one_run,
    one_run_of,
    world_of,
)
from labsim.play.bridge_rounding import Scale, scale_of, shares_of
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.variables import Array

CHANGED, COMPARED = "explain.line", "explain.compare"
_NOISE = 1e-12  # part of the gross change under which a cause is rounding and is left out


@dataclass(frozen=True)
class Term:
    """One named part of a change.

    ``value`` is exact; ``steps`` of the explanation's scale, and ``shown`` as text, add up with its siblings'.
    """

    name: str
    label: Message
    sentence: Message
    value: float
    steps: int
    shown: str
    links: tuple[Link, ...]
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class Explanation:
    """A change from one quarter to the next, or from one branch to another, and the terms that make it up."""

    variable: str
    label: Message
    unit: str
    from_: float
    to: float
    terms: tuple[Term, ...]  # largest first
    scale: Scale  # in which its numbers are written
    shown_from: str
    shown_to: str
    shown_change: str

    @property
    def change(self) -> float:
        """What is explained."""
        return self.to - self.from_

    @property
    def gross(self) -> float:
        """Sum of the terms without their signs."""
        return sum(abs(term.value) for term in self.terms)

    @property
    def unexplained(self) -> float:
        """What the terms leave of the change; rounding of the arithmetic."""
        return self.change - sum(term.value for term in self.terms)


def explain(
    variable: str, before: Moment, after: TurnRecord, seat: int, scenario: Scenario, run: int = 0
) -> Explanation:
    """Why a lab's headline figure changed from one quarter to the next.

    Raises:
        BadInput: no such headline; the lab had ended before the quarter.
    """
    name = headline(variable)
    then, now = one_run(before, run), one_run_of(after, run)
    check_live(world_of(then), seat, scenario)
    causes = causes_of(name, then, now, seat, scenario.params)
    start, end = (
        float(figure_before(name, then, now, seat, scenario.params)[0]),
        float(figure_after(name, now, seat)[0]),
    )
    return assemble(name, start, end, causes)


def explain_arrays(
    variable: str, before: Moment, after: TurnRecord | Sequence[TurnRecord], seat: int, scenario: Scenario
) -> dict[str, Array]:
    """The first level of an explanation for every run at once: term -> ``(run,)``, with ``from`` and ``to``.

    ``after`` is the next quarter, or several in a row whose terms are added up. The mean over runs of the terms adds
    up to the change of the mean. Runs in which the lab had ended before hold 0; ``end_of_lab`` holds what an end in
    between took away.
    """
    name, p = headline(variable), scenario.params
    way = [after] if isinstance(after, TurnRecord) else list(after)
    found: dict[str, Array] = {}
    now = before
    for record in way:
        lives = world_of(now).capital.status[seat] == 0.0
        for cause in causes_of(name, now, record, seat, p, deep=False):
            found[cause.name] = found.get(cause.name, 0.0) + np.where(lives, cause.value, 0.0)
        now = record
    lived = world_of(before).capital.status[seat] == 0.0
    ended = way[-1].world.capital.status[seat] > 0.0
    start = np.where(lived, figure_before(name, before, way[0], seat, p), 0.0) + 0.0 * ended
    end = np.where(lived & (~ended | (len(way) == 1)), figure_after(name, way[-1], seat), 0.0)
    left = end - start - sum(found.values(), np.zeros(1))
    lost = np.where(ended & lived & (len(way) > 1), left, 0.0)
    if np.any(lost != 0.0):
        found["end_of_lab"] = found.get("end_of_lab", 0.0) + lost
    return {"from": start, "to": end, **found}


def explain_difference(
    variable: str,
    start: Moment,
    first: Sequence[TurnRecord],
    second: Sequence[TurnRecord],
    seat: int,
    scenario: Scenario,
    run: int = 0,
) -> Explanation:
    """Why a figure stands elsewhere in a second branch or run than in the first, after the same number of quarters.

    Both left ``start``. Figures that add up over time (cash, equity, trust, capability, alignment seen) differ by the
    sum of each term on the second way less that on the first; the others are compared factor by factor in the last
    quarter.

    Raises:
        BadInput: no such headline; ways of different length; the lab has ended on one of them.
    """
    name = headline(variable)
    if len(first) != len(second) or not first:
        what = f"{len(first)} and {len(second)} quarters since they parted"
        raise BadInput(Problem("branches", what, "compare two branches in the same quarter"))
    last = [one_run_of(way[-1], run) for way in (first, second)]
    for record in last:
        check_live(record.world, seat, scenario)
    causes = difference_of(name, last[0], last[1], seat, scenario.params)
    if causes is None:
        sums = [_along(name, start, way, seat, scenario, run) for way in (first, second)]
        causes = added([*sums[1], *(cause.scaled(np.array([-1.0])) for cause in sums[0])])
    ends = [float(figure_after(name, record, seat)[0]) for record in last]
    return assemble(name, ends[0], ends[1], causes, key=COMPARED)


def _along(name: str, start: Moment, way: Sequence[TurnRecord], seat: int, scenario: Scenario, run: int) -> list[Cause]:
    """Causes of the change along several quarters, one after the other."""
    found: list[Cause] = []
    before = one_run(start, run)
    for record in way:
        now = one_run_of(record, run)
        check_live(world_of(before), seat, scenario)
        found += causes_of(name, before, now, seat, scenario.params)
        before = now
    return added(found)


def added(causes: Iterable[Cause]) -> list[Cause]:
    """Causes of one name added up, inner ones too; links of the larger ones first."""
    by_name: dict[str, list[Cause]] = {}
    for cause in causes:
        by_name.setdefault(cause.name, []).append(cause)
    found = []
    for name, same in by_name.items():
        ordered = sorted(same, key=lambda cause: -float(np.mean(np.abs(cause.value))))
        links = tuple(dict.fromkeys(link for cause in ordered for link in cause.links))
        inner = added(part for cause in same for part in cause.causes) if all(c.causes for c in same) else []
        found.append(Cause(name, total_of(same), links, tuple(inner), same[0].text, same[0].plain))
    return found


# ---- order and rounding ---------------------------------------------------------------------------------------------


def assemble(name: str, start: float, end: float, causes: Sequence[Cause], key: str = CHANGED) -> Explanation:
    """Order causes of one run by size, drop what is rounding, and round the rest so that they add up as shown."""
    gross = sum(abs(float(cause.value[0])) for cause in causes)
    unit = HEADLINES[name].unit
    scale = scale_of(unit, max(gross, abs(end - start)), max(abs(start), abs(end)))
    first, last = scale.steps(start), scale.steps(end)
    terms = _terms(causes, gross * _NOISE, last - first, scale, key)
    return Explanation(
        name,
        Message(f"explain.figure.{name}"),
        unit,
        start,
        end,
        terms,
        scale,
        scale.show(first),
        scale.show(last),
        scale.show(last - first, signed=True),
    )


def _terms(causes: Sequence[Cause], noise: float, total: int, scale: Scale, key: str) -> tuple[Term, ...]:
    kept = [cause for cause in causes if abs(float(cause.value[0])) > noise or _moves(cause, noise)]
    kept.sort(key=lambda cause: -abs(float(cause.value[0])))
    steps = shares_of(total, [float(cause.value[0]) / scale.step for cause in kept])
    return tuple(_term(cause, noise, share, scale, key) for cause, share in zip(kept, steps, strict=True))


def _moves(cause: Cause, noise: float) -> bool:
    """Do parts of a cause move although they cancel out?"""
    return any(abs(float(part.value[0])) > noise for part in cause.causes)


def _term(cause: Cause, noise: float, share: int, scale: Scale, key: str) -> Term:
    value = float(cause.value[0])
    text = f"explain.{cause.text or cause.name}"
    label = Message(f"{text}.label", {"name": cause.name})
    way = "up" if value >= 0.0 else "down"
    own = Message(f"{text}.{way}", {"name": cause.name})
    pushed = Message(f"explain.pushed.{way}", {"what": label})
    what = label if key == COMPARED or share == 0 else pushed if cause.plain else own
    shown = scale.show(share, signed=True)
    return Term(
        name=cause.name,
        label=label,
        sentence=Message(key, {"what": what, "value": shown}),
        value=value,
        steps=share,
        shown=shown,
        links=cause.links,
        terms=_terms(cause.causes, noise, share, scale, key),
    )
