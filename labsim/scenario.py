"""What is being played? A scenario: constants, first world, calendar, seats, objectives and its lesson, from a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labsim import tables
from labsim.errors import BadInput, Collector, Problem, did_you_mean, read_text_safely
from labsim.first_state import LAB_START, first_world
from labsim.formats import quarter_number
from labsim.model.decisions import DECISIONS
from labsim.model.exogenous import DATES, Calendar
from labsim.model.params import EFFECTS, PARAMETER_NAMES, Params, default_scalars, scalar
from labsim.model.world import World
from labsim.resources import data_root
from labsim.scenario_file import Number, Objective, Quantity, ScenarioFile, read
from labsim.variables import LAB, REGISTRY

LARGEST_FILE = 1_000_000  # bytes
DEFAULT = "token-era"
BASE = "_base"
DERIVED = {
    "stake": "Value of the first holders' part: valuation x holders, or the exit value; M$.",
    "runway_months": "Cash over burn, in months; 60 at most.",
}
"""Variables of objectives that are made from declared ones."""


@dataclass(frozen=True)
class Scenario:
    """A scenario ready to play. ``world`` is the first world of 2023Q1 (one run); play starts at ``start``."""

    name: str
    title: str
    lesson: str
    briefing: str
    insight: str
    difficulty: str
    minutes: int
    order: int
    start: int  # quarters since 2023Q1
    quarters: int
    labs: tuple[str, ...]
    default_seat: str
    is_quiet: bool
    questions: tuple[str, ...]
    hidden_orders: tuple[str, ...]
    objectives: tuple[Objective, ...]
    params: Params
    calendar: Calendar
    world: World
    opening: Mapping[str, Mapping[str, float]]  # lab -> stock -> value at a later start
    policies: tuple[Mapping[str, float], ...]  # one row of policy numbers a lab
    texts: tuple[tuple[str, str], ...]  # (name, text) from the base up: all that is needed to read it again

    @property
    def digest(self) -> str:
        """SHA-256 of the texts."""
        return hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in self.texts).encode()).hexdigest()

    def seat(self, lab: str) -> int:
        """Row of a lab.

        Raises:
            BadInput: no such lab in this scenario.
        """
        if lab in self.labs:
            return self.labs.index(lab)
        remedy = f"choose one of {', '.join(self.labs)};{did_you_mean(lab, self.labs)}".rstrip(";")
        raise BadInput(Problem(f"scenario {self.name}", f'no lab "{lab}"', remedy))


def scenario_names() -> list[str]:
    """The bundled scenarios by their place in lists; bases (beginning with _) are left out."""
    names = [p.name.removesuffix(".toml") for p in data_root("scenarios").iterdir() if p.name.endswith(".toml")]
    shown = [name for name in names if not name.startswith("_")]
    return sorted(shown, key=lambda name: (read(_bundled(name), name).order, name))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """A bundled scenario by name, or a scenario file by path.

    Raises:
        BadInput, BadWorld: unknown name, unreadable or wrong file; with every problem found.
    """
    name = str(name_or_path)
    if isinstance(name_or_path, str) and "/" not in name and "\\" not in name and not name.endswith(".toml"):
        return parse_scenario(name, _chain(name, _bundled(name)))
    text = read_text_safely(Path(name_or_path), LARGEST_FILE)
    return parse_scenario(Path(name_or_path).stem, _chain(name, text))


def _bundled(name: str) -> str:
    file = data_root("scenarios") / f"{name}.toml"
    if not file.is_file():
        known = [p.name.removesuffix(".toml") for p in data_root("scenarios").iterdir()]
        remedy = f"see `labsim list scenarios`, or give a path;{did_you_mean(name, known)}".rstrip(";")
        raise BadInput(Problem("scenario", f'unknown scenario "{name}"', remedy))
    return file.read_text(encoding="utf-8")


def _chain(name: str, text: str) -> tuple[tuple[str, str], ...]:
    """The file and its bases, lowest first."""
    chain = [(name, text)]
    while (below := read(chain[0][1], chain[0][0]).based_on) or chain[0][0] != BASE:
        below = below or BASE
        if below in [name for name, _ in chain]:
            raise BadInput(Problem(f"{name}: based_on", f'goes in a circle over "{below}"', "name another base"))
        chain.insert(0, (below, _bundled(below)))
    return tuple(chain)


def parse_scenario(name: str, texts: Sequence[tuple[str, str]]) -> Scenario:
    """A scenario from the texts of its bases and itself, lowest first.

    Raises:
        BadInput: with every problem found.
    """
    files = [read(text, where) for where, text in texts]
    return _Assembly(texts, files).scenario(name)


class _Assembly:
    """Lay the files over one another and check every name, unit and range."""

    def __init__(self, texts: Sequence[tuple[str, str]], files: Sequence[ScenarioFile]) -> None:
        self.texts = tuple((where, text) for where, text in texts)
        self.files = files
        self.problems = Collector()

    def latest(self, field: str) -> Any:
        """The value of the highest file that sets a field."""
        for file in reversed(self.files):
            if field in file.model_fields_set:
                return getattr(file, field)
        return ScenarioFile.model_fields[field].get_default(call_default_factory=True)

    def scenario(self, name: str) -> Scenario:
        labs = self._labs()
        seats = tuple(self.latest("seats") or labs)
        for seat in seats:
            if seat not in labs:
                self._unknown("seats", "lab", seat, labs)
        if len(set(seats)) != len(seats) or not 2 <= len(seats) <= 16:
            self._add("seats", f"{len(seats)} seats, each lab once, 2 to 16 can play", "list other labs")
        chosen = self.latest("default_seat") or seats[0]
        if chosen not in seats:
            self._unknown("default_seat", "seat", chosen, seats)
        scalars = default_scalars()
        for key, value in self._numbers("parameters", PARAMETER_NAMES, REGISTRY):
            scalars[key] = scalar(key, value)
        calendar = self._calendar()
        chips = tables.chips(self._table("chips"))
        techniques = tables.techniques(self._table("techniques"))
        segments = tables.segments(self._table("segments"))
        raw_events, forced = self._events()
        policies = self._policies(seats)
        opening = self._opening(seats)
        objectives = self._objectives()
        hidden = self._hidden()
        self.problems.raise_if_any()

        def column(key: str) -> Any:
            return np.array([[labs[seat][key]] for seat in seats])

        params = Params(
            **scalars,  # type: ignore[arg-type]
            chips=chips,
            techniques=techniques,
            segments=segments,
            events=tables.events(raw_events),
            labs=seats,
            chip_cost=column("chip_cost"),
            parent_growth=column("parent_growth"),
        )
        started = self.latest("start")
        return Scenario(
            name=name,
            start=quarter_number(started) if started else 0,
            quarters=self.latest("quarters") or 20,
            labs=seats,
            default_seat=chosen,
            is_quiet=self.latest("dice") == "quiet",
            questions=tuple(self.latest("questions")),
            hidden_orders=hidden,
            objectives=objectives,
            params=params,
            calendar=tables.calendar(*calendar, forced),
            world=first_world([labs[seat] for seat in seats], params, [t <= 0 for t in params.techniques.public]),
            opening=opening,
            policies=policies,
            texts=self.texts,
            **{f: self.latest(f) for f in ("title", "lesson", "briefing", "insight", "difficulty", "minutes", "order")},
        )

    # ---- parts ------------------------------------------------------------------------------------------------------

    def _labs(self) -> dict[str, dict[str, float]]:
        labs: dict[str, dict[str, float]] = {}
        for (where, _), file in zip(self.texts, self.files, strict=True):
            for lab, given in file.labs.items():
                found = labs.setdefault(lab, {})
                for key, number in given.items():
                    place = f"labs.{lab}.{key}"
                    if key not in LAB_START:
                        self._unknown(place, "figure", key, LAB_START, where)
                    else:
                        found[key] = self._value(number, LAB_START[key], place, where)
        for lab, found in labs.items():
            missing = [key for key in LAB_START if key not in found]
            if missing:
                self._add(f"labs.{lab}", f"lacks {', '.join(missing)}", "give each with value, unit and source")
                found.update({key: LAB_START[key].low for key in missing})
        return labs

    def _numbers(self, field: str, known: Sequence[str], declared: Mapping[str, Any]) -> list[tuple[str, float]]:
        found = []
        for (where, _), file in zip(self.texts, self.files, strict=True):
            for key, number in getattr(file, field).items():
                if key not in known:
                    self._unknown(f"{field}.{key}", "parameter", key, known, where)
                else:
                    found.append((key, self._value(number, declared[key], f"{field}.{key}", where)))
        return found

    def _table(self, name: str) -> dict[str, dict[str, float]]:
        values = tables.numbers(name)
        units = {row.name: row.unit for row in tables.table(name)}
        for (where, _), file in zip(self.texts, self.files, strict=True):
            for column, given in getattr(file, name).items():
                if column not in tables.columns(name):
                    self._unknown(f"{name}.{column}", "name", column, tables.columns(name), where)
                    continue
                for key, number in given.items():
                    place = f"{name}.{column}.{key}"
                    if key not in values:
                        self._unknown(place, "quantity", key, tuple(values), where)
                    elif units[key] == "quarter":
                        values[key][column] = self._quarter(number, place, where)
                    else:
                        values[key][column] = self._plain(number, units[key], place, where)
        return values

    def _events(self) -> tuple[dict[str, Any], dict[int, frozenset[int]]]:
        raw = {name: dict(event) for name, event in tables.event_table().items()}
        forced: dict[int, frozenset[int]] = {}
        names = list(raw)
        for (where, _), file in zip(self.texts, self.files, strict=True):
            for name, change in file.events.items():
                place = f"events.{name}"
                if name not in raw:
                    self._unknown(place, "event", name, names, where)
                    continue
                if change.first is not None:
                    raw[name]["first"] = change.first
                if change.hazard is not None:
                    raw[name]["hazard"] = self._plain(change.hazard, "1/quarter", f"{place}.hazard", where)
                if change.length is not None:
                    raw[name]["length"] = self._plain(change.length, "quarters", f"{place}.length", where)
                raw[name]["effects"] = self._effects(raw[name]["effects"], change.effects, place, where)
                for when in change.force:
                    t = quarter_number(when)
                    forced[t] = forced.get(t, frozenset()) | {names.index(name)}
        return raw, forced

    def _effects(self, effects: Any, change: Mapping[str, Number], place: str, where: str) -> list[dict[str, Any]]:
        new = [dict(effect) for effect in effects]
        for key, number in change.items():
            size = self._plain(number, "1", f"{place}.effects.{key}", where, any_unit=True)
            old = [effect for effect in new if effect["on"] == key]
            if not old:
                self._unknown(f"{place}.effects.{key}", "effect", key, [e["on"] for e in new] or EFFECTS, where)
            for effect in old:
                effect["times" if "times" in effect else "plus"] = size
        return new

    def _calendar(self) -> tuple[dict[str, int], float]:
        changed: dict[str, int] = {}
        shift = 0.0
        for (where, _), file in zip(self.texts, self.files, strict=True):
            for name, when in file.calendar.dates.items():
                if name not in DATES:
                    self._unknown(f"calendar.dates.{name}", "date", name, DATES, where)
                changed[name] = quarter_number(when)
            if "scarcity_shift" in file.calendar.model_fields_set:
                shift = self._plain(file.calendar.scarcity_shift, "1", "calendar.scarcity_shift", where)
        return changed, shift

    def _policies(self, seats: Sequence[str]) -> tuple[Mapping[str, float], ...]:
        named = tables.policies()
        rows = []
        for seat in seats:
            row = dict(named.get(seat, {}))
            for (where, _), file in zip(self.texts, self.files, strict=True):
                given = file.policies.get(seat, {})
                if "use" in given:
                    if str(given["use"]) in named:
                        row = dict(named[str(given["use"])])
                    else:
                        self._unknown(f"policies.{seat}.use", "policy", str(given["use"]), named, where)
                for key, number in given.items():
                    if key == "use":
                        continue
                    if key not in next(iter(named.values())):
                        self._unknown(f"policies.{seat}.{key}", "number", key, next(iter(named.values())), where)
                    elif not isinstance(number, str):
                        row[key] = self._plain(number, "1", f"policies.{seat}.{key}", where, any_unit=True)
            if not row:
                self._add(f"policies.{seat}", "a new lab needs a policy", 'write use = "…" with a known policy')
            rows.append(row)
        return tuple(rows)

    def _opening(self, seats: Sequence[str]) -> dict[str, dict[str, float]]:
        stocks = [v.name for v in REGISTRY.values() if v.kind == "stock" and v.axes in ((LAB, "run"), ("run",))]
        opening: dict[str, dict[str, float]] = {}
        for (where, _), file in zip(self.texts, self.files, strict=True):
            for lab, given in file.opening.items():
                if lab not in (*seats, "world"):
                    self._unknown(f"opening.{lab}", "seat", lab, (*seats, "world"), where)
                for key, number in given.items():
                    place = f"opening.{lab}.{key}"
                    if key not in stocks or (REGISTRY[key].axes == ("run",)) != (lab == "world"):
                        self._unknown(place, "stock", key, stocks, where)
                    else:
                        opening.setdefault(lab, {})[key] = self._value(number, REGISTRY[key], place, where)
        return opening

    def _objectives(self) -> tuple[Objective, ...]:
        known = [*DERIVED, *(v.name for v in REGISTRY.values() if v.kind in ("stock", "flow") and len(v.axes) < 3)]
        objectives: list[Objective] = self.latest("objectives")
        for number, objective in enumerate(objectives):
            if objective.variable not in known:
                self._unknown(f"objectives.{number}.variable", "variable", objective.variable, known)
            if not (objective.low < objective.par < objective.high or objective.low > objective.par > objective.high):
                self._add(f"objectives.{number}", "low, par and high are not in order", "order them, rising or falling")
            if objective.scale == "ln" and min(objective.low, objective.high) <= 0.0:
                self._add(f"objectives.{number}", "a logarithmic mark needs positive anchors", "use scale linear")
        if objectives and abs(sum(o.weight for o in objectives) - 1.0) > 1e-9:
            self._add("objectives", "weights do not sum to 1", "change them")
        return tuple(objectives)

    def _hidden(self) -> tuple[str, ...]:
        known = [v.name for v in DECISIONS]
        hidden: list[str] = self.latest("orders").hidden
        for name in hidden:
            if name not in known:
                self._unknown("orders.hidden", "order", name, known)
        return tuple(hidden)

    # ---- values -----------------------------------------------------------------------------------------------------

    def _value(self, number: Number, declared: Any, place: str, where: str) -> float:
        value = self._plain(number, declared.unit, place, where)
        if not declared.low <= value <= declared.high:
            self._add(place, f"{value:g} {declared.unit} is out of range",
                      f"stay within {declared.low:g} to {declared.high:g}", where)  # fmt: skip
        return value

    def _plain(self, number: Number | str, unit: str, place: str, where: str, any_unit: bool = False) -> float:
        if isinstance(number, Quantity):
            if number.unit != unit and not any_unit:
                self._add(place, f'unit "{number.unit}" is wrong', f'give it in "{unit}"', where)
            return number.value
        if isinstance(number, str):
            self._add(place, f"{number!r} is not a number", "write { value = …, unit = …, source = … }", where)
            return 1.0
        if where != BASE:
            remedy = f'write {{ value = {number:g}, unit = "{unit}", source = "…" }}'
            self._add(place, "a number without unit and source", remedy, where)
        return number

    def _quarter(self, number: Number | str, place: str, where: str) -> float:
        try:
            return float(quarter_number(str(number)))
        except ValueError:
            self._add(place, f"{number!r} is not a quarter", 'write a quarter such as "2024Q2"', where)
            return 0.0

    def _unknown(self, place: str, kind: str, word: str, known: Any, where: str = "") -> None:
        hint = did_you_mean(word, list(known))
        self._add(place, f'unknown {kind} "{word}"', f"remove or correct it;{hint}".rstrip(";"), where)

    def _add(self, place: str, what: str, remedy: str, where: str = "") -> None:
        self.problems.add(f"{where or self.texts[-1][0]}: {place}", what, remedy)
