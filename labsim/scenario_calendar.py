"""What comes from outside, and when? The scenario's dates, shocks, open models and later policies, checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from labsim import tables
from labsim.formats import quarter_number
from labsim.model.events import ADDERS
from labsim.model.exogenous import DATES, OpenRelease
from labsim.model.params import EFFECTS
from labsim.scenario_bounds import ADDER, POINTS, SCARCITY_SHIFT, SHOCK_FACTOR, policy_bounds
from labsim.scenario_calendar_form import LaterPolicy, OpenModel, Shock, Told
from labsim.scenario_checks import Checks
from labsim.scenario_file import ScenarioFile
from labsim.scenario_values import Number
from labsim.variables import REGISTRY

LAST = 200  # quarters since 2023Q1; after the last quarter that can be played
NEUTRAL = {True: 0.0, False: 1.0}  # by whether an effect adds


@dataclass(frozen=True)
class Notice:
    """What people hear in the news after a quarter; before the first quarter of play for what comes just then."""

    t: int
    text: str


@dataclass
class Changes:
    """The calendar's changes in the form of `labsim.model.exogenous.Calendar`."""

    dates: dict[str, int] = field(default_factory=dict)
    shift: float = 0.0
    scarcity: dict[int, float] = field(default_factory=dict)  # quarter -> demand, up to the next quarter that is given
    shocks: dict[int, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    open_models: dict[int, OpenRelease] = field(default_factory=dict)


class CalendarChecks(Checks):
    """The part of the overlay that reads the calendar."""

    def calendar(self) -> Changes:
        """Changed dates, demand for chips, shocks by quarter and open models; those of all files together."""
        found = Changes()
        for where, file in self._layers():
            given = file.calendar
            for name, when in given.dates.items():
                if name not in DATES:
                    self._unknown(f"calendar.dates.{name}", "date", name, DATES, where)
                found.dates[name] = quarter_number(when)
            if "scarcity_shift" in given.model_fields_set:
                place = "calendar.scarcity_shift"
                value = self._plain(given.scarcity_shift, "1", place, where)
                found.shift = self._within(value, SCARCITY_SHIFT, place, where)
            if given.scarcity is not None:
                since, place = quarter_number(given.scarcity.since), "calendar.scarcity"
                values = self._path(given.scarcity.values, given.scarcity.unit, "1", place, where)
                found.scarcity = {
                    since + n: self._within(value, SCARCITY_SHIFT, f"{place}.{n}", where)
                    for n, value in enumerate(values)
                }
            for number, shock in enumerate(given.shocks):
                self._add_shock(found, shock, f"calendar.shocks.{number}", where)
            for number, model in enumerate(given.open_models):
                t, release = quarter_number(model.quarter), self._release(model, number, where)
                found.open_models[t] = release
        return found

    def _add_shock(self, found: Changes, shock: Shock, place: str, where: str) -> None:
        if shock.effect not in EFFECTS:
            self._unknown(f"{place}.effect", "effect", shock.effect, EFFECTS, where)
            return
        adds = shock.effect in ADDERS
        given = [name for name in ("times", "plus", "path") if getattr(shock, name) is not None]
        wanted = "plus" if adds else "times"
        if len(given) != 1 or given[0] not in (wanted, "path"):
            remedy = f"write {wanted} for one figure, or path for one a quarter"
            self._add(place, f"{shock.effect} needs {'a shift' if adds else 'a factor'}, once", remedy, where)
            return
        unit, bounds = REGISTRY[f"{shock.effect}_effect"].unit, ADDER if adds else SHOCK_FACTOR
        if shock.path is not None:
            values = self._path(shock.path.values, shock.path.unit, unit, f"{place}.path", where)
        else:
            values = [self._plain(getattr(shock, wanted), unit, f"{place}.{wanted}", where)]
        values = [self._within(value, bounds, f"{place}.{given[0]}", where) for value in values]
        first, last = quarter_number(shock.since), quarter_number(shock.until) if shock.until else LAST
        if last < first:
            self._add(f"{place}.until", f"{shock.until} is before {shock.since}", "give a later quarter", where)
        for t in range(first, min(last, LAST) + 1):
            found.shocks[t] = (*found.shocks.get(t, ()), (shock.effect, values[min(t - first, len(values) - 1)]))

    def _release(self, model: OpenModel, number: int, where: str) -> OpenRelease:
        place = f"calendar.open_models.{number}"
        given = [name for name in ("capability", "gain") if getattr(model, name) is not None]
        if len(given) != 1:
            self._add(place, "capability or gain says how good it is", "give one of them", where)
        numbers = {
            name: np.array(
                [self._within(self._plain(getattr(model, name), "points", spot, where), POINTS, spot, where)]
            )
            for name, spot in ((name, f"{place}.{name}") for name in given[:1])
        }
        design = {
            name: np.array([self._declared(getattr(model, name), REGISTRY[f"design_{name}"], f"{place}.{name}", where)])
            for name in ("active", "sparsity", "tokens")
        }
        return OpenRelease(**design, **numbers)

    def _path(self, values: Sequence[float], unit: str, wanted: str, place: str, where: str) -> list[float]:
        if unit != wanted:
            self._add(place, f'unit "{unit}" is wrong', f'give it in "{wanted}"', where)
        return list(values)

    # ---- rivals -----------------------------------------------------------------------------------------------------

    def later_policies(self, seats: Sequence[str]) -> dict[int, dict[int, dict[str, float]]]:
        """Quarter -> seat -> numbers of its policy that change then."""
        found: dict[int, dict[int, dict[str, float]]] = {}
        for row, seat in enumerate(seats):
            self._later(found, row, seat)
        return found

    def _later(self, found: dict[int, dict[int, dict[str, float]]], row: int, seat: str) -> None:
        known = next(iter(tables.policies().values()))
        for where, file in self._layers():
            for n, later in enumerate(_later_of(file, seat)):
                numbers = found.setdefault(quarter_number(later.quarter), {}).setdefault(row, {})
                for key, number in later.numbers.items():
                    place = f"policies.{seat}.from.{n}.{key}"
                    if key not in known:
                        self._unknown(place, "number", key, known, where)
                    else:
                        numbers[key] = self._policy_number(number, key, place, where)

    def _policy_number(self, number: Number | str, key: str, place: str, where: str) -> float:
        return self._within(self._plain(number, "", place, where), policy_bounds(key), place, where)

    # ---- what people hear -------------------------------------------------------------------------------------------

    def notices(self, seats: Sequence[str], start: int) -> tuple[Notice, ...]:
        """Everything that is told of these changes from the start of play on, in order of time."""
        found = []
        for when, told in self._told(seats):
            t = quarter_number(when)
            if told.signpost and t >= start:
                found.append(Notice(max(t - told.announce, start) - 1, " ".join(told.signpost.split())))
            if told.text and t >= start:
                found.append(Notice(t, " ".join(told.text.split())))
        return tuple(sorted(found, key=lambda notice: notice.t))

    def _told(self, seats: Sequence[str]) -> Iterator[tuple[str, Told]]:
        for _, file in self._layers():
            yield from ((shock.since, shock) for shock in file.calendar.shocks)
            yield from ((model.quarter, model) for model in file.calendar.open_models)
            for lab in seats:
                yield from ((later.quarter, later) for later in _later_of(file, lab))


def _later_of(file: ScenarioFile, lab: str) -> Sequence[LaterPolicy]:
    """What changes later in a lab's policy."""
    return file.policies[lab].later if lab in file.policies else ()
