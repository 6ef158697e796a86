"""What must the plays of a scenario show? Its stated lessons, checked: plays, measures and controls that exist."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from labsim.errors import BadInput, Collector, Problem, did_you_mean
from labsim.model.params import PARAMETER_NAMES, scalar
from labsim.scenario_cards import cards_of
from labsim.scenario_derived import DERIVED
from labsim.scenario_opening import Opening
from labsim.scenario_plays import ShowForm
from labsim.variables import LAB, REGISTRY, RUN, Variable

if TYPE_CHECKING:
    from labsim.scenario import Scenario

SCORE, BANKRUPT, EXITS = "score", "bankrupt", "exits"
FATES = (SCORE, BANKRUPT, EXITS)
SWITCHES = ("events", "shocks", "open_models")
"""What a control may switch off: world events and cards, dated shocks, open models from outside the labs."""
"""Measures that are no variables: the mean score, the part of games that end bankrupt, and that end at all."""


def measured_variable(name: str) -> Variable | None:
    """The variable that an objective or a lesson may measure; None when there is none of that name."""
    declared = REGISTRY.get(name)
    if declared is not None and declared.kind in ("stock", "flow") and len(declared.axes) < 3:
        return declared
    return DERIVED.get(name)


class ShowReader:
    """Reads the lessons of one file; problems gather in ``problems``."""

    def __init__(self, where: str, scenario: Scenario, plays: Iterable[str]) -> None:
        """``plays`` are the names that a lesson may use."""
        self.where, self.scenario, self.plays = where, scenario, tuple(plays)
        self.problems = Collector()

    def read(self, number: int, form: ShowForm) -> ShowForm:
        """One lesson, the same that was given."""
        here = f"shows.{number}"
        for key in ("better", "worse"):
            if getattr(form, key) not in self.plays:
                self._unknown(f"{here}.{key}", "play", getattr(form, key), self.plays)
        if form.measure not in FATES and measured_variable(form.measure) is None:
            known = [*FATES, *DERIVED, *(name for name in REGISTRY if measured_variable(name))]
            self._unknown(f"{here}.measure", "measure", form.measure, known)
        bounds = (form.by, form.times, form.at_least, form.at_most, form.worse_at_least, form.worse_at_most, form.part)
        if all(bound is None for bound in bounds):
            self._add(here, "it states nothing", "give by, times, part, or a bound such as at_most")
        for problem in control_problems(self.scenario, form.scenario_changes):
            self._add(f"{here}.scenario_changes.{problem.where}", problem.what, problem.remedy)
        return form

    def _unknown(self, place: str, kind: str, word: str, known: Iterable[str]) -> None:
        remedy = f"remove or correct it;{did_you_mean(word, list(known))}".rstrip(";")
        self._add(place, f'unknown {kind} "{word[:60]}"', remedy)

    def _add(self, place: str, what: str, remedy: str) -> None:
        self.problems.add(f"{self.where}: {''.join(c for c in place[:200] if c.isprintable())}", what, remedy)


# ---- controls -------------------------------------------------------------------------------------------------------


def control_problems(scenario: Scenario, changes: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the changes of a control; places are its keys."""
    found = Collector()
    for key, value in changes.items():
        if key in SWITCHES:
            if value is not False:
                found.add(key, f"a control can only switch the {key} off", f"write {key} = false")
        elif key == "opening":
            _check_opening(found, scenario, value)
        elif key not in PARAMETER_NAMES:
            remedy = f"name a parameter, {', '.join(SWITCHES)} or opening;{did_you_mean(key, PARAMETER_NAMES)}".rstrip(
                ";"
            )
            found.add(key, f'unknown parameter "{key[:60]}"', remedy)
        else:
            _check_number(found, key, value, REGISTRY[key])
    return list(found.problems)


def _check_opening(found: Collector, scenario: Scenario, labs: Any) -> None:
    for lab, stocks in labs.items() if isinstance(labs, dict) else [("", None)]:
        if not isinstance(stocks, dict) or lab not in (*scenario.labs, "world"):
            found.add(f"opening.{lab}", "not the stocks of a seat", "write opening = { LAB = { cash = 500.0 } }")
            continue
        known = [v.name for v in REGISTRY.values() if v.kind == "stock" and v.axes in ((LAB, RUN), (RUN,))]
        for name, value in stocks.items():
            if name not in known or (LAB not in REGISTRY[name].axes) != (lab == "world"):
                remedy = f"remove or correct it;{did_you_mean(name, known)}".rstrip(";")
                found.add(f"opening.{lab}.{name}", f'unknown stock "{name[:60]}"', remedy)
            else:
                _check_number(found, f"opening.{lab}.{name}", value, REGISTRY[name])


def _check_number(found: Collector, place: str, value: Any, variable: Variable) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    low, high = max(variable.low, -1e30), min(variable.high, 1e30)
    if not is_number or not low <= value <= high:
        found.add(place, "not a number within its range", f"stay within {low:g} to {high:g}")


def controlled(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The scenario with the changes of a control.

    Raises:
        BadInput: with everything that is wrong with the changes.
    """
    problems = control_problems(scenario, changes)
    if problems:
        raise BadInput(*problems)
    constants = {name: scalar(name, float(value)) for name, value in changes.items() if name in PARAMETER_NAMES}
    params = dataclasses.replace(scenario.params, **constants)  # type: ignore[arg-type]
    calendar, deck = scenario.calendar, scenario.deck
    if changes.get("events") is False:
        calm, deck = dataclasses.replace(params.events, hazard=0.0 * params.events.hazard), {}
        params = dataclasses.replace(params, events=calm, cards=cards_of(deck, scenario.labs))
        calendar = dataclasses.replace(calendar, forced={}, forced_cards={})
    if changes.get("shocks") is False:
        calendar = dataclasses.replace(calendar, shocks={})
    if changes.get("open_models") is False:
        calendar = dataclasses.replace(calendar, open_models={})
    opening = dict(scenario.opening)
    for lab, stocks in changes.get("opening", {}).items():
        old = opening.get(lab, Opening())
        new = {**old.stocks, **{name: float(value) for name, value in stocks.items()}}
        opening[lab] = dataclasses.replace(old, stocks=new)
    return dataclasses.replace(scenario, params=params, calendar=calendar, deck=deck, opening=opening)
