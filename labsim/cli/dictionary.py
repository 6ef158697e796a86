"""What does every name mean? Variables, constants and quantities of tables, and how many constants cite a source."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from labsim import tables
from labsim.cli.card_words import chance
from labsim.errors import BadInput, Problem, did_you_mean
from labsim.play.fingerprint import engine_variables
from labsim.play.series import columns
from labsim.scenario import DEFAULT, DERIVED, load_scenario
from labsim.variables import Variable

_NO_CITATION = re.compile(r"\s*(game choice|definition|practice|assum|$)", re.IGNORECASE)
_LITERAL = 0.3
"""Range either way of the constants that stand in the equations themselves (model: value -30 % to +30 %)."""


@dataclass(frozen=True)
class Entry:
    """One name. ``low``, ``high`` and ``default`` are None where there is none; ``values`` tell a table's columns."""

    name: str
    kind: str
    unit: str
    axes: tuple[str, ...]
    label: str
    meaning: str
    source: str = ""
    low: float | None = None
    high: float | None = None
    default: float | None = None
    group: str = ""
    values: str = ""

    @property
    def cites(self) -> bool:
        """Does the source name something published, instead of a choice or a definition?"""
        return not _NO_CITATION.match(self.source)

    @property
    def is_literal(self) -> bool:
        """Is this a choice within an equation rather than a calibrated parameter?"""
        if self.kind != "parameter" or self.default is None or self.low is None or self.high is None:
            return False
        around = self.default * (1.0 - _LITERAL), self.default * (1.0 + _LITERAL)
        close = (math.isclose(a, b, rel_tol=1e-6) for a, b in zip(around, (self.low, self.high), strict=True))
        return all(close) and self.source.startswith("game choice")


def dictionary() -> tuple[Entry, ...]:
    """Every declared variable, in order of declaration, then the tables, events, cards, dates and derived variables."""
    return (*map(of_variable, engine_variables()), *_tables(), *_events(), *_cards(), *_calendar(), *_derived())


def of_variable(variable: Variable) -> Entry:
    """The entry of a declaration."""

    def finite(number: float) -> float | None:
        return number if math.isfinite(number) else None

    v = variable
    bounds = finite(v.low), finite(v.high), finite(v.default)
    return Entry(v.name, v.kind, v.unit, v.axes, v.label, v.meaning, v.source, *bounds, group=v.group)


def _tables() -> Iterator[Entry]:
    for name, axis in (("chips", "generation"), ("techniques", "technique"), ("segments", "segment")):
        rows = tables.table(name)
        for row in rows:
            if row.name != tables.ORIGIN and row.source != "row origin":
                values = ", ".join(f"{column} {text}" for column, text in row.values.items())
                label = row.name.replace("_", " ").capitalize()
                yield Entry(f"{name}.{row.name}", "table", row.unit, (axis,), label, row.meaning, row.source,
                            group=name, values=values)  # fmt: skip
        yield from _origins(name, rows)


def _origins(name: str, rows: tuple[tables.TableRow, ...]) -> Iterator[Entry]:
    """Where each column has a source of its own, the effects of a column are one entry."""
    for origin in (row for row in rows if row.name == tables.ORIGIN):
        effects = [row for row in rows if row.source == "row origin"]
        for column, source in origin.values.items():
            values = ", ".join(f"{row.name} {row.values[column]}" for row in effects if row.values[column] != "1")
            yield Entry(f"{name}.{column}", "table", "1", (), column.replace("_", " ").capitalize(),
                        "Multipliers of the technique; those not named are 1.", source, group=name,
                        values=values or "none; it opens a way of working")  # fmt: skip


def _events() -> Iterator[Entry]:
    for name, event in tables.event_table().items():
        effects = [
            f"{e['on']} x {e['times']:g}" if "times" in e else f"{e['on']} {e['plus']:+g}" for e in event["effects"]
        ]
        values = f"from {event['first']}, hazard {event['hazard']:g}, {event['length']} quarters: {', '.join(effects)}"
        label = name.replace("_", " ").capitalize()
        meaning = "World event: first quarter, hazard a quarter, length and effects while it lasts."
        yield Entry(f"events.{name}", "table", "1", (), label, meaning, "game choice", group="events", values=values)


def _cards() -> Iterator[Entry]:
    for name, card in load_scenario(DEFAULT).deck.items():
        yield Entry(f"cards.{name}", "table", "1/quarter", (), card.title, f"Event card: {card.text}",
                    f"game choice; after: {card.reflects}", group="cards", values=chance(card))  # fmt: skip


def _calendar() -> Iterator[Entry]:
    for row in tables.date_rows():
        label = row["name"].replace("_", " ").capitalize()
        yield Entry(f"dates.{row['name']}", "table", "quarter", (), label, row["meaning"], row["source"],
                    group="calendar", values=row["quarter"])  # fmt: skip


def _derived() -> Iterator[Entry]:
    for v in DERIVED.values():
        yield Entry(v.name, "derived", v.unit, v.axes, v.label, v.meaning, v.source, group="score")


def find(name: str) -> Entry:
    """The entry of a name: as declared, as series show it (``price_developer``), or a table's quantity.

    Raises:
        BadInput: no such name, or a quantity that several tables have.
    """
    entries = {entry.name: entry for entry in dictionary()}
    if name in entries:
        return entries[name]
    shown = {column.name: column for column in columns(load_scenario(DEFAULT))}
    if name in shown:
        entry = of_variable(shown[name].variable)
        return dataclasses.replace(entry, name=name, meaning=f"{entry.meaning} Shown of {entry.name}.")
    if name in tables.columns("chips"):
        rows = tables.table("chips")
        values = ", ".join(f"{row.name} {row.values[name]} {row.unit}" for row in rows)
        meaning = "Chip generation; `labsim explain chips.QUANTITY` tells meaning and source of each figure."
        return Entry(f"chips.{name}", "table", "", (), name, meaning, group="chips", values=values)
    inside = [full for full in entries if full.partition(".")[2] == name]
    if len(inside) == 1:
        return entries[inside[0]]
    if inside:
        raise BadInput(Problem("labsim explain", f'"{name}" stands in several tables', f"say {' or '.join(inside)}"))
    hint = did_you_mean(name, [*entries, *shown, *(full.partition(".")[2] for full in entries)])
    remedy = f"see `labsim list variables`;{hint}".rstrip(";")
    raise BadInput(Problem("labsim explain", f'unknown name "{name[:100]}"', remedy))


def citations() -> dict[str, tuple[int, int]]:
    """Group of constants -> how many cite a source, and how many there are."""
    constants = [entry for entry in dictionary() if entry.kind in ("parameter", "table")]
    groups = {
        "parameters": [e for e in constants if e.kind == "parameter" and not e.is_literal],
        "literals of equations": [e for e in constants if e.is_literal],
        "tables": [e for e in constants if e.kind == "table"],
        "all": constants,
    }
    return {name: (sum(entry.cites for entry in group), len(group)) for name, group in groups.items()}
