"""What do scenario files say together? Overlays laid over their base, every name, unit and range checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from labsim import tables
from labsim.first_state import LAB_START, NOT_GIVEN
from labsim.formats import quarter_number
from labsim.model.decisions import DECISIONS
from labsim.model.params import EFFECTS, PARAMETER_NAMES, default_scalars, scalar
from labsim.scenario_bounds import (
    ADDER,
    EVENT_LENGTH,
    FACTOR,
    HAZARD,
    quantity_bounds,
)
from labsim.scenario_calendar import CalendarChecks
from labsim.scenario_card_checks import CardChecks
from labsim.scenario_derived import DERIVED
from labsim.scenario_file import Anchors, EventOverlay, Objective
from labsim.scenario_opening import OpeningChecks
from labsim.scenario_values import Number
from labsim.variables import REGISTRY, Array

LIKE = "like"
"""Key of a lab's figures: the lab whose figures and policy it has but for what it says itself."""


class Overlay(OpeningChecks, CardChecks, CalendarChecks):
    """Files laid over one another, lowest first. Each method gives one part; problems gather in ``problems``."""

    # ---- seats and labs ---------------------------------------------------------------------------------------------

    def labs(self) -> dict[str, dict[str, float]]:
        """Every lab that a file knows -> its published figures of 2023Q1; what it lacks is of the lab it is like."""
        labs: dict[str, dict[str, float]] = {}
        for where, file in self._layers():
            for lab, given in file.labs.items():
                found = labs.setdefault(lab, {})
                for key, number in given.items():
                    place = f"labs.{lab}.{key}"
                    if key == LIKE:
                        self._likes[lab] = str(number)
                    elif key not in LAB_START:
                        self._unknown(place, "figure", key, LAB_START, where)
                    else:
                        found[key] = self._declared(number, LAB_START[key], place, where)
        for lab, other in self._likes.items():
            if other not in labs:
                self._unknown(f"labs.{lab}.{LIKE}", "lab", other, labs)
            elif other in self._likes:
                self._add(f"labs.{lab}.{LIKE}", f"{other} is itself like another lab", "name that one")
            labs[lab] = {**labs.get(other, {}), **labs[lab]}
        for lab, found in labs.items():
            found.update({key: value for key, value in NOT_GIVEN.items() if key not in found})
            missing = [key for key in LAB_START if key not in found]
            if missing:
                self._add(f"labs.{lab}", f"lacks {', '.join(missing)}", "give each with value, unit and source")
                found.update({key: LAB_START[key].low for key in missing})
        return labs

    def seats(self, labs: Collection[str]) -> tuple[str, ...]:
        """The labs that play, in their order."""
        seats = tuple(self.latest("seats") or labs)
        for seat in seats:
            if seat not in labs:
                self._unknown("seats", "lab", seat, labs)
        if len(set(seats)) != len(seats) or not 2 <= len(seats) <= 16:
            self._add("seats", f"{len(seats)} seats, each lab once, 2 to 16 can play", "list other labs")
        return seats

    def default_seat(self, seats: Sequence[str]) -> str:
        """The seat that a person takes."""
        chosen: str = self.latest("default_seat") or next(iter(seats), "")
        if chosen not in seats:
            self._unknown("default_seat", "seat", chosen, seats)
        return chosen

    def policies(self, seats: Sequence[str], labs: Collection[str]) -> tuple[Mapping[str, float], ...]:
        """One row of policy numbers a seat."""
        for where, file in self._layers():
            for lab in file.policies:
                if lab not in labs:
                    self._unknown(f"policies.{lab}", "lab", lab, labs, where)
        return tuple(self._policy(seat) for seat in seats)

    def _policy(self, seat: str) -> Mapping[str, float]:
        named = tables.policies()
        known = next(iter(named.values()))
        row = dict(self._policy(self._likes[seat]) if self._is_like_another(seat) else named.get(seat, {}))
        for where, file in self._layers():
            given = dict(file.policies[seat].numbers) if seat in file.policies else {}
            if "use" in given:
                used = str(given.pop("use"))
                row = dict(named.get(used, row))
                if used not in named:
                    self._unknown(f"policies.{seat}.use", "policy", used, named, where)
            for key, number in given.items():
                place = f"policies.{seat}.{key}"
                if key not in known:
                    self._unknown(place, "number", key, known, where)
                else:
                    row[key] = self._policy_number(number, key, place, where)
        if set(row) != set(known):
            self._add(f"policies.{seat}", "a new lab needs a policy", 'write use = "…" with a known policy')
        return row

    def _is_like_another(self, lab: str) -> bool:
        return lab in self._likes and self._likes[lab] not in (lab, *self._likes)

    # ---- constants and tables ---------------------------------------------------------------------------------------

    def scalars(self) -> dict[str, Array | int]:
        """Every scalar parameter in the form that ``Params`` holds it."""
        scalars = default_scalars()
        for where, file in self._layers():
            for key, number in file.parameters.items():
                if key not in PARAMETER_NAMES:
                    self._unknown(f"parameters.{key}", "parameter", key, PARAMETER_NAMES, where)
                else:
                    scalars[key] = scalar(key, self._declared(number, REGISTRY[key], f"parameters.{key}", where))
        return scalars

    def table(self, name: str) -> dict[str, dict[str, float]]:
        """Quantity -> column -> number of the table ``chips``, ``techniques`` or ``segments``."""
        values = tables.numbers(name)
        rows = {row.name: row for row in tables.table(name)}
        for where, file in self._layers():
            for column, given in getattr(file, name).items():
                if column not in tables.columns(name):
                    self._unknown(f"{name}.{column}", "name", column, tables.columns(name), where)
                    continue
                for key, number in given.items():
                    place = f"{name}.{column}.{key}"
                    if key in values:
                        values[key][column] = self._cell(number, rows[key], place, where)
                    else:
                        self._unknown(place, "quantity", key, values, where)
        return values

    def _cell(self, number: Number | str, row: tables.TableRow, place: str, where: str) -> float:
        if row.unit != "quarter":
            value = self._plain(number, row.unit, place, where)
        else:
            try:
                value = float(quarter_number(str(number)))
            except ValueError:
                self._add(place, f"{str(number)!r} is not a quarter", 'write a quarter such as "2024Q2"', where)
                return 0.0
        return self._within(value, quantity_bounds(row), place, where)

    # ---- events -----------------------------------------------------------------------------------------------------

    def events(self) -> tuple[dict[str, Any], dict[int, frozenset[int]]]:
        """The event table in the form of ``events.toml``, and quarter -> rows of events that strike then."""
        raw = {name: dict(event) for name, event in tables.event_table().items()}
        forced: dict[int, frozenset[int]] = {}
        for where, file in self._layers():
            for name, change in file.events.items():
                if name not in raw:
                    self._unknown(f"events.{name}", "event", name, raw, where)
                    continue
                raw[name] = self._event(raw[name], change, f"events.{name}", where)
                for when in change.force:
                    t = quarter_number(when)
                    forced[t] = forced.get(t, frozenset()) | {list(raw).index(name)}
        return raw, forced

    def _event(self, event: dict[str, Any], change: EventOverlay, place: str, where: str) -> dict[str, Any]:
        new = dict(event)
        if change.first is not None:
            new["first"] = change.first
        for key, unit, bounds in (("hazard", "1/quarter", HAZARD), ("length", "quarters", EVENT_LENGTH)):
            number = getattr(change, key)
            if number is not None:
                value = self._plain(number, unit, f"{place}.{key}", where)
                new[key] = self._within(value, bounds, f"{place}.{key}", where)
        new["effects"] = [dict(effect) for effect in event["effects"]]
        known = [effect["on"] for effect in new["effects"]]
        for key, number in change.effects.items():
            spot = f"{place}.effects.{key}"
            size = self._plain(number, "", spot, where)
            if key not in known:
                self._unknown(spot, "effect", key, known or EFFECTS, where)
            for effect in (effect for effect in new["effects"] if effect["on"] == key):
                how = "times" if "times" in effect else "plus"
                effect[how] = self._within(size, FACTOR if how == "times" else ADDER, spot, where)
        return new

    # ---- lesson -----------------------------------------------------------------------------------------------------

    def objectives(self, labs: Collection[str]) -> tuple[Objective, ...]:
        """The parts of the score."""
        known = [*DERIVED, *(v.name for v in REGISTRY.values() if v.kind in ("stock", "flow") and len(v.axes) < 3)]
        objectives: list[Objective] = self.latest("objectives")
        for number, objective in enumerate(objectives):
            place = f"objectives.{number}"
            if objective.variable not in known:
                self._unknown(f"{place}.variable", "variable", objective.variable, known)
            self._anchors(objective, objective.scale, place)
            for lab, anchors in objective.by_seat.items():
                if lab not in labs:  # one that is not seated here may have come from the scenario underneath
                    self._unknown(f"{place}.by_seat.{lab}", "lab", lab, labs)
                self._anchors(anchors, objective.scale, f"{place}.by_seat.{lab}")
        if objectives and abs(sum(o.weight for o in objectives) - 1.0) > 1e-9:
            self._add("objectives", "weights do not sum to 1", "change them")
        return tuple(objectives)

    def _anchors(self, given: Anchors, scale: str, place: str) -> None:
        if not (given.low < given.par < given.high or given.low > given.par > given.high):
            self._add(place, "low, par and high are not in order", "order them, rising or falling")
        if scale == "ln" and min(given.low, given.high) <= 0.0:
            self._add(place, "a logarithmic mark needs positive anchors", "use scale linear")

    def hidden(self) -> tuple[str, ...]:
        """Orders that the player does not get."""
        known = [v.name for v in DECISIONS]
        hidden: list[str] = self.latest("orders").hidden
        for name in hidden:
            if name not in known:
                self._unknown("orders.hidden", "order", name, known)
        return tuple(hidden)
