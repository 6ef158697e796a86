"""What may a list of orders say? Orders of one seat by quarter, from TOML, every name, unit and bound checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labsim.errors import Collector, did_you_mean
from labsim.formats import parse_size, quarter_name, quarter_number
from labsim.model.decisions import DECISIONS
from labsim.model.gate import PRICE_LIMIT
from labsim.model.laws import price_norm
from labsim.model.params import SEGMENTS, Params
from labsim.scenario_toml import toml_table
from labsim.variables import Variable

if TYPE_CHECKING:
    from labsim.scenario import Scenario

OrderValue = float | Mapping[str, float]
"""One order: a number, or a number for some of the segments."""
Orders = Mapping[str, OrderValue]
"""Orders of one seat by the name of the decision."""
QuarterOrders = Mapping[int, Orders]
"""Orders of one seat: quarter (counted from 2023Q1) -> decision -> number, or numbers of some segments."""

LARGEST_FILE = 1_000_000
"""Bytes of an orders file; a choice, 80 quarters of every order need 100 kB."""
MOST_PROBLEMS = 100
SIZED = {"parameters": 1.0, "T": 1e12, "T/quarter": 1e12, "GPU": 1.0, "persons": 1.0, "M$": 1e6, "M$/quarter": 1e6}
"""Unit -> what one of it is, for orders that may be written as a size such as "70B"."""
TECHNIQUE = "technique_focus"
ANSWER = "answer"
LETTERS = "abc"
"""What the choices 1, 2 and 3 of an event card are called."""
KNOWN: Mapping[str, Variable] = {v.name: v for v in DECISIONS}


def parse_orders(text: str, where: str, scenario: Scenario, quarters: int | None = None) -> dict[int, dict[str, Any]]:
    """The orders of a file for one seat of a scenario, or of its first ``quarters`` quarters.

    Sizes may be written as "70B", flags as true or false, a technique by its name, an answer as "b".
    Raises BadInput with every problem: no TOML, unknown quarter, order, segment or technique, wrong type, out of
    bounds.
    """
    return orders_of(toml_table(text, where), where, scenario, quarters)


def orders_of(
    table: Mapping[str, Any], where: str, scenario: Scenario, quarters: int | None = None
) -> dict[int, dict[str, Any]]:
    """The orders that a file says, from what it says by quarter. Raises BadInput as `parse_orders` does."""
    reader = OrdersReader(where, scenario, quarters or scenario.quarters)
    found = reader.read(table)
    reader.problems.raise_if_any()
    return found


class OrdersReader:
    """Reads orders for one seat; problems gather in ``problems``. Places in messages begin with ``prefix``."""

    def __init__(self, where: str, scenario: Scenario, quarters: int, prefix: str = "") -> None:
        """Orders may be for the first ``quarters`` quarters of the scenario."""
        self.where, self.scenario, self.prefix = where, scenario, prefix
        self.range = range(scenario.start, scenario.start + quarters)
        self.problems = Collector()

    def read(self, raw: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
        """Orders by quarter; what is wrong is left at a harmless value."""
        found: dict[int, dict[str, Any]] = {}
        for key, table in raw.items():
            if not isinstance(table, dict):
                hint = f" under [{quarter_name(self.range.start)}]" if key in KNOWN else ""
                self.add(key, "an order that belongs to no quarter", f"write it in the table of a quarter{hint}")
                continue
            t = self.quarter(key)
            if t is None:
                continue
            if t in found:
                self.add(key, "this quarter stands twice", "join the two tables")
            found[t] = {name: self.order(t, f"{key}.{name}", name, value) for name, value in table.items()}
        return dict(sorted(found.items()))

    def quarter(self, key: str) -> int | None:
        """The quarter that a table is for, None where it is none."""
        first, last = quarter_name(self.range.start), quarter_name(self.range.stop - 1)
        try:
            t = quarter_number(key)
        except ValueError:
            self.add(key, f'"{key[:60]}" is not a quarter', f"write quarters from {first} to {last}, like [{first}]")
            return None
        if t not in self.range:
            self.add(key, "this quarter is not played", f"stay within {first} to {last}")
        return t

    def order(self, t: int, place: str, name: str, value: object) -> OrderValue:
        """One order."""
        if name not in KNOWN:
            hint = did_you_mean(name, KNOWN)
            self.add(place, f'unknown order "{name[:60]}"', f"see `labsim list orders`;{hint}".rstrip(";"))
        elif name in self.scenario.hidden_orders:
            self.add(place, "this scenario leaves this order to the lab's policy", "remove it")
        elif "segment" in KNOWN[name].axes:
            return self._segments(t, place, KNOWN[name], value)
        else:
            return self._number(t, place, KNOWN[name], value)
        return 0.0

    def _segments(self, t: int, place: str, variable: Variable, value: object) -> OrderValue:
        if not isinstance(value, dict) or not value:
            example = f"write {variable.name} = {{ {SEGMENTS[1]} = 18.0 }}; segments are {', '.join(SEGMENTS)}"
            self.add(place, f"{_shown(value)} does not say which segment", example)
            return {}
        found = {}
        for segment, part in value.items():
            if segment in SEGMENTS:
                found[segment] = self._number(t, f"{place}.{segment}", variable, part, SEGMENTS.index(segment))
            else:
                remedy = f"segments are {', '.join(SEGMENTS)};{did_you_mean(segment, SEGMENTS)}".rstrip(";")
                self.add(f"{place}.{segment}", f'unknown segment "{segment[:60]}"', remedy)
        return found

    def _number(self, t: int, place: str, variable: Variable, value: object, row: int = 0) -> float:
        number = self._plain(place, variable, value)
        if number is None:
            return variable.low
        if not math.isfinite(number):
            self.add(place, f"{number} is not a finite number", "write an ordinary number")
            return variable.low
        low, high = order_bounds(variable, self.scenario.params, t, row)
        if not low <= number <= high:
            self.add(place, f"{number:g}{_unit(variable)} is out of bounds", f"stay within {low:g} to {high:.6g}")
        return number

    def _plain(self, place: str, variable: Variable, value: object) -> float | None:
        """The number that a value means, None where it means none."""
        if variable.name == TECHNIQUE:
            return self._technique(place, value)
        if variable.name == ANSWER:
            return self._answer(place, value)
        if variable.unit == "flag":
            if isinstance(value, bool) or (isinstance(value, int) and value in (0, 1)):
                return float(value)
            self.add(place, f"{_shown(value)} is neither yes nor no", "write true or false")
            return None
        if isinstance(value, str) and variable.unit in SIZED:
            try:
                return parse_size(value[:60]) / SIZED[variable.unit]
            except ValueError:
                self.add(place, f"{_shown(value)} is not a size", 'write a number, or a size such as "70B"')
                return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.add(place, f"{_shown(value)} is not a number", f"write a number{_unit(variable, ' of')}")
            return None
        return _float(value)

    def _technique(self, place: str, value: object) -> float | None:
        names = self.scenario.params.techniques.names
        if isinstance(value, str):
            if value in names:
                return float(names.index(value))
            remedy = f"techniques are {', '.join(names)};{did_you_mean(value[:60], names)}".rstrip(";")
            self.add(place, f"unknown technique {_shown(value)}", remedy)
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or _float(value) % 1.0:
            self.add(place, f"{_shown(value)} is not a technique", 'write a name such as "thinking", or -1')
            return None
        return _float(value)

    def _answer(self, place: str, value: object) -> float | None:
        if isinstance(value, str) and len(value) == 1 and value.lower() in LETTERS:
            return 1.0 + LETTERS.index(value.lower())
        if isinstance(value, bool) or not isinstance(value, int | float) or _float(value) % 1.0:
            self.add(place, f"{_shown(value)} is not an answer", 'write the letter of a choice, such as "b", or 2')
            return None
        return _float(value)

    def add(self, place: str, what: str, remedy: str) -> None:
        """Note a problem at a place of the table."""
        place = "".join(letter for letter in f"{self.prefix}{place}"[:160] if letter.isprintable())
        self.problems.add(f"{self.where}: {place}", what, remedy)
        if len(self.problems.problems) >= MOST_PROBLEMS:
            self.problems.raise_if_any()


def order_bounds(variable: Variable, p: Params, t: int, row: int = 0) -> tuple[float, float]:
    """Lowest and highest value that a file may order in a quarter, whatever the state; ``row`` is a segment.

    What else limits an order (debt, cash, valuation) is known only in play; the gate trims it there.
    """
    if "segment" in variable.axes:
        return variable.low, min(variable.high, float(PRICE_LIMIT * price_norm(float(t), p)[row, 0]))
    if variable.name == TECHNIQUE:
        return variable.low, float(len(p.techniques.names) - 1)
    return variable.low, variable.high


def letter(value: float) -> str:
    """The letter of an answer; empty for 0, which answers nothing."""
    choice = round(value)
    return LETTERS[choice - 1] if 1 <= choice <= len(LETTERS) else ""


def _unit(variable: Variable, before: str = "") -> str:
    return "" if variable.unit in ("1", "flag", "index", "choice") else f"{before} {variable.unit}"


def _float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 300 digits
        return math.inf


def _shown(value: object) -> str:
    kinds = {dict: "a table", list: "a list", bool: str(value).lower()}
    return kinds.get(type(value)) or repr(value[:60] if isinstance(value, str) else value)[:80]
