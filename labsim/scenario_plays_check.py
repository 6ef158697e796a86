"""Are the plays of a file good? Every name, unit and bound, against the scenario in which they are to be played."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from labsim import tables
from labsim.errors import BadInput, Collector, Problem, did_you_mean
from labsim.formats import quarter_name, quarter_number
from labsim.model.params import SEGMENTS
from labsim.resources import asset_text
from labsim.scenario_bounds import policy_bounds
from labsim.scenario_figures import OTHERWISE, figures
from labsim.scenario_file import ScenarioFile, good_of
from labsim.scenario_orders import ANSWER, KNOWN, TECHNIQUE, OrdersReader
from labsim.scenario_plays import (
    LARGEST_COEFFICIENT,
    LATER,
    MOST_TERMS,
    Amount,
    Condition,
    ConditionForm,
    Play,
    PlayForm,
    Rule,
    RuleForm,
    ShowForm,
)
from labsim.scenario_shows import ShowReader
from labsim.scenario_toml import toml_table

if TYPE_CHECKING:
    from labsim.scenario import Scenario

MOST_PROBLEMS = 100
TERM = ("times", "by", "plus")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_INFINITY = float("inf")


class PlayReader:
    """Reads the plays of one file; problems gather in ``problems``."""

    def __init__(self, where: str, scenario: Scenario, prefix: str = "plays.") -> None:
        """``where`` names the file, ``prefix`` stands before the name of a play in places."""
        self.where, self.scenario, self.prefix = where, scenario, prefix
        self.problems = Collector()
        self._figures = figures(scenario)

    def read(self, name: str, form: PlayForm, prefix: str | None = None) -> Play:
        """One play; what is wrong is left out of it."""
        here = f"{self.prefix}{name}." if prefix is None else prefix
        if not name or not set(name) <= _NAME:
            self._add(here.rstrip("."), f'"{name[:60]}" is no name of a play', "use small letters, digits and hyphens")
        self._check_row(here, form)
        orders = OrdersReader(self.where, self.scenario, self.scenario.quarters, f"{here}orders.")
        given = orders.read(form.orders)
        self.problems.extend(orders.problems.problems)
        rules = tuple(self._rule(f"{here}rules.{number}.", rule) for number, rule in enumerate(form.rules))
        said = (form.title, form.role, form.text, form.policy, form.like, form.row, form.factor)
        return Play(name, *said, given, rules)

    def _check_row(self, here: str, form: PlayForm) -> None:
        known = tables.policies()
        row = dict(self.scenario.policies[self.scenario.seat(self.scenario.default_seat)])
        if form.like and form.like not in known:
            self._unknown(f"{here}like", "policy", form.like, known)
        row = dict(known.get(form.like, row))
        for key, numbers in (("row", form.row), ("factor", form.factor)):
            for number, value in numbers.items():
                place = f"{here}{key}.{number}"
                if number not in row:
                    self._unknown(place, "number", number, row)
                    continue
                row[number] = value if key == "row" else row[number] * value
                low, high = policy_bounds(number)
                if not low <= row[number] <= high:
                    what = f"the policy's {number} becomes {row[number]:g}, which is out of range"
                    self._add(place, what, f"stay within {low:g} to {high:g}")

    # ---- rules ------------------------------------------------------------------------------------------------------

    def _rule(self, here: str, form: RuleForm) -> Rule:
        first, last, conditions = self.scenario.start, LATER, []
        for number, condition in enumerate(form.when):
            place = f"{here}when.{number}"
            since, until = self._quarters(place, condition)
            first, last = max(first, since), min(last, until)
            if condition.variable or condition.below is not None or condition.above is not None:
                conditions.append(self._condition(place, condition))
            elif condition.first is None and condition.until is None:
                self._add(place, "this condition says nothing", "give a variable with below or above, from, or until")
        if first > last:
            self._add(f"{here}when", "no quarter is after from and before until", "exchange them")
        orders = OrdersReader(self.where, self.scenario, self.scenario.quarters, f"{here}set.")
        given = {name: self._order(orders, f"{here}set.", name, value) for name, value in form.set.items()}
        self.problems.extend(orders.problems.problems)
        return Rule(first, last, tuple(conditions), {name: amount for name, amount in given.items() if amount})

    def _quarters(self, place: str, condition: ConditionForm) -> tuple[int, int]:
        first = quarter_number(condition.first) if condition.first else self.scenario.start
        last = quarter_number(condition.until) if condition.until else LATER
        begins, ends = self.scenario.start, self.scenario.start + self.scenario.quarters - 1
        if first > ends or last < begins:
            remedy = f"stay within {quarter_name(begins)} to {quarter_name(ends)}"
            self._add(place, "this condition holds in no quarter of the scenario", remedy)
        return first, last

    def _condition(self, place: str, form: ConditionForm) -> Condition:
        self._known_figure(f"{place}.variable", form.variable)
        if form.below is None and form.above is None:
            self._add(place, "a condition on a variable needs a bound", "give below, above or both")
        above = -_INFINITY if form.above is None else form.above
        below = _INFINITY if form.below is None else form.below
        if not above < below:
            self._add(place, f"nothing is above {above:g} and below {below:g}", "exchange them")
        return Condition(form.variable, above, below)

    def _order(self, orders: OrdersReader, here: str, name: str, value: Any) -> Amount | Mapping[str, Amount]:
        """What a rule sets one order to."""
        parts = isinstance(value, list) or (isinstance(value, dict) and set(value) <= set(TERM))
        segments = isinstance(value, dict) and not parts
        if not parts and not segments:
            said = orders.order(self.scenario.start, name, name, value)
            return Amount(said) if isinstance(said, float) else {s: Amount(part) for s, part in said.items()}
        if name not in KNOWN or name in self.scenario.hidden_orders:
            orders.order(self.scenario.start, name, name, 0.0)  # says what is wrong with the name
            return {}
        variable = KNOWN[name]
        if variable.unit == "flag" or name in (TECHNIQUE, ANSWER):
            self._add(f"{here}{name}", "this order cannot be computed", "give one value")
            return {}
        if parts or "segment" not in variable.axes:
            return self._amount(f"{here}{name}", value)
        found: dict[str, Amount] = {}
        for segment, part in value.items():
            if segment not in SEGMENTS:
                self._unknown(f"{here}{name}.{segment}", "segment", segment, SEGMENTS)
            elif isinstance(part, list | dict):
                found[segment] = self._amount(f"{here}{name}.{segment}", part)
            else:
                said = orders.order(self.scenario.start, name, name, {segment: part})
                found[segment] = Amount(said.get(segment, 0.0) if isinstance(said, Mapping) else said)
        return found

    def _amount(self, place: str, value: Any) -> Amount:
        """A sum of terms: numbers, or tables with times, by and plus."""
        terms = value if isinstance(value, list) else [value]
        if not 1 <= len(terms) <= MOST_TERMS:
            self._add(place, f"{len(terms)} terms", f"write 1 to {MOST_TERMS}")
            return Amount()
        plus, parts = 0.0, []
        for term in terms:
            table = term if isinstance(term, dict) else {"plus": term}
            if set(table) - set(TERM):
                self._unknown(place, "key", sorted(set(table) - set(TERM))[0], TERM)
                continue
            plus += self._coefficient(f"{place}.plus", table.get("plus", 0.0))
            by = self._coefficient(f"{place}.by", table.get("by", 1.0))
            figure = table.get("times")
            if figure is not None and self._known_figure(f"{place}.times", str(figure), OTHERWISE):
                parts.append((str(figure), by))
            elif figure is None and "by" in table:
                self._add(place, "by multiplies nothing", 'name a figure: times = "burn"')
        return Amount(plus, tuple(parts))

    def _coefficient(self, place: str, value: Any) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not abs(value) <= LARGEST_COEFFICIENT:
            self._add(place, "not an ordinary number", f"stay within ±{LARGEST_COEFFICIENT:g}")
            return 0.0
        return float(value)

    def _known_figure(self, place: str, name: str, *more: str) -> bool:
        known = [*self._figures, *more]
        if name in known:
            return True
        remedy = f"see `labsim list figures`;{did_you_mean(name, known)}".rstrip(";")
        self._add(place, f'no figure "{name[:60]}" that a rule can read', remedy)
        return False

    def _unknown(self, place: str, kind: str, word: str, known: Iterable[str]) -> None:
        remedy = f"remove or correct it;{did_you_mean(word, list(known))}".rstrip(";")
        self._add(place, f'unknown {kind} "{word[:60]}"', remedy)

    def _add(self, place: str, what: str, remedy: str) -> None:
        self.problems.add(f"{self.where}: {''.join(c for c in place[:200] if c.isprintable())}", what, remedy)
        if len(self.problems.problems) >= MOST_PROBLEMS:
            self.problems.raise_if_any()


# ---- files ----------------------------------------------------------------------------------------------------------


@cache
def _reference_forms() -> Mapping[str, PlayForm]:
    raw = tomllib.loads(asset_text("plays.toml"))
    return {name: PlayForm.model_validate(table) for name, table in raw.items()}


def reference_plays(scenario: Scenario) -> dict[str, Play]:
    """The plays that every scenario is measured by, from ``assets/plays.toml``."""
    reader = PlayReader("plays.toml", scenario, "")
    return {name: reader.read(name, form) for name, form in _reference_forms().items()}


def reference_names() -> tuple[str, ...]:
    """Their names."""
    return tuple(_reference_forms())


def read_layers(
    scenario: Scenario, layers: Iterable[tuple[str, ScenarioFile]]
) -> tuple[dict[str, Play], tuple[ShowForm, ...], list[Problem]]:
    """The plays of the last file that has any, the lessons of the last that has any for them; problems.

    Plays are written for one start and one seat: those of a scenario underneath would say nothing about another game.
    """
    plays: dict[str, Play] = {}
    shows: tuple[ShowForm, ...] = ()
    problems = Collector()
    for where, file in layers:
        reader = PlayReader(where, scenario)
        if file.plays:
            plays, shows = {name: reader.read(name, form) for name, form in file.plays.items()}, ()
        problems.extend(reader.problems.problems)
        if file.shows:
            lessons = ShowReader(where, scenario, [*plays, *reference_names()])
            shows = tuple(lessons.read(number, form) for number, form in enumerate(file.shows))
            problems.extend(lessons.problems.problems)
    return plays, shows, list(problems.problems)


def parse_play(text: str, where: str, name: str, scenario: Scenario) -> Play:
    """A play from the text of a file of its own.

    Raises:
        BadInput: with every problem found.
    """
    raw = toml_table(text, where)
    if not isinstance(raw, dict) or "plays" in raw:
        what = "it holds [plays.NAME] as a scenario does"
        raise BadInput(Problem(f"{where}: plays", what, "write the keys of one play at the top of the file"))
    good, problems = good_of({"plays": {name: raw}}, where)
    reader = PlayReader(where, scenario)
    form = good.plays.get(name, PlayForm())
    play = reader.read("play", form, "")
    found = Collector()
    found.extend(Problem(p.where.replace(f"plays.{name}.", "", 1), p.what, p.remedy) for p in problems)
    found.extend(reader.problems.problems)
    found.raise_if_any()
    return dataclasses.replace(play, name=name)
