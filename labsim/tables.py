"""What do the calendar files say? Tables of chips, techniques, segments, events and dates from ``assets/calendar``.

Files of one form: a row per quantity with unit, meaning and source, a column per chip, technique or segment.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from labsim.formats import quarter_number
from labsim.model.exogenous import DATES
from labsim.model.params import EFFECTS, Chips, Events, Segments, Techniques
from labsim.resources import asset_text
from labsim.variables import Array

ORIGIN = "origin"  # row of a table that cites each column instead of a quantity


@dataclass(frozen=True)
class TableRow:
    """One quantity of a table: unit, meaning, source and the value of each column."""

    name: str
    unit: str
    meaning: str
    source: str
    values: Mapping[str, str]


@cache
def table(name: str) -> tuple[TableRow, ...]:
    """The rows of ``assets/calendar/<name>.csv``."""
    rows = csv.DictReader(asset_text("calendar", f"{name}.csv").splitlines())
    fixed = ("quantity", "unit", "meaning", "source")
    return tuple(
        TableRow(
            row["quantity"],
            row["unit"],
            row["meaning"],
            row["source"],
            {key: value for key, value in row.items() if key not in fixed},
        )
        for row in rows
    )


def columns(name: str) -> tuple[str, ...]:
    """The chips, techniques or segments of a table."""
    return tuple(table(name)[0].values)


def numbers(name: str) -> dict[str, dict[str, float]]:
    """quantity -> column -> number; quarters become quarters since 2023Q1."""
    return {
        row.name: {
            column: float(quarter_number(text) if row.unit == "quarter" else text)
            for column, text in row.values.items()
        }
        for row in table(name)
        if row.name != ORIGIN
    }


def _column(values: Mapping[str, float]) -> Array:
    return np.array([[value] for value in values.values()], dtype=np.float64)


def chips(values: Mapping[str, Mapping[str, float]]) -> Chips:
    """The chip table from numbers of the form that ``numbers`` gives, in order of launch."""
    order = sorted(values["launch"], key=lambda chip: values["launch"][chip])
    sorted_values = {name: {chip: row[chip] for chip in order} for name, row in values.items()}
    h100 = values["fp8"]["H100"]
    return Chips(
        names=tuple(order),
        launch=tuple(round(value) for value in sorted_values["launch"].values()),
        h100e=_column({chip: value / h100 for chip, value in sorted_values["fp8"].items()}),
        **{name: _column(row) for name, row in sorted_values.items() if name != "launch"},
    )


def techniques(values: Mapping[str, Mapping[str, float]]) -> Techniques:
    """The technique table from numbers."""
    return Techniques(
        names=tuple(values["public"]),
        public=tuple(round(value) for value in values["public"].values()),
        **{name: _column(row) for name, row in values.items() if name != "public"},
    )


def segments(values: Mapping[str, Mapping[str, float]]) -> Segments:
    """The segment table from numbers."""
    return Segments(**{name: _column(row) for name, row in values.items()})


@cache
def event_table() -> dict[str, Any]:
    """``assets/calendar/events.toml`` as it stands."""
    return tomllib.loads(asset_text("calendar", "events.toml"))


def events(raw: Mapping[str, Any]) -> Events:
    """The event table from the form of ``events.toml``."""
    factors: dict[tuple[str, int], Array] = {}
    adders: dict[tuple[str, int], Array] = {}
    for row, event in enumerate(raw.values()):
        for effect in event["effects"]:
            key = (effect["on"], row)
            if effect["on"] not in EFFECTS:
                raise KeyError(f"events.toml: unknown effect {effect['on']}")
            if "times" in effect:
                factors[key] = np.array([float(effect["times"])])
            else:
                spread = float(event["length"]) if effect.get("spread") else 1.0
                adders[key] = np.array([effect["plus"] / spread])
    return Events(
        names=tuple(raw),
        first=tuple(quarter_number(event["first"]) for event in raw.values()),
        hazard=_column({name: float(event["hazard"]) for name, event in raw.items()}),
        length=_column({name: float(event["length"]) for name, event in raw.items()}),
        factors=factors,
        adders=adders,
    )


def date_rows() -> list[dict[str, str]]:
    """Named dates of the calendar: name, quarter, meaning and source of each."""
    return list(csv.DictReader(asset_text("calendar", "dates.csv").splitlines()))


def dates() -> dict[str, int]:
    """Named dates of the calendar, quarters since 2023Q1."""
    found = {row["name"]: quarter_number(row["quarter"]) for row in date_rows()}
    missing = set(DATES) - set(found)
    if missing:
        raise KeyError(f"dates.csv lacks {', '.join(sorted(missing))}")
    return found


def scarcity() -> tuple[float, ...]:
    """Rest-of-world demand for chips by quarter from 2023Q1."""
    rows = csv.DictReader(asset_text("calendar", "scarcity.csv").splitlines())
    return tuple(float(row["world_demand"]) for row in rows)


@cache
def policies() -> dict[str, dict[str, float]]:
    """The named policies of ``assets/policies.csv``: policy -> number -> value."""
    rows = list(csv.DictReader(asset_text("policies.csv").splitlines()))
    return {row.pop("name"): {key: float(text) for key, text in row.items()} for row in rows}


@cache
def card_table() -> Mapping[str, Any]:
    """``assets/calendar/cards.toml`` as it stands."""
    return tomllib.loads(asset_text("calendar", "cards.toml"))


def demand_for_chips(shift: float, instead: Mapping[int, float]) -> tuple[float, ...]:
    """Demand for chips outside the labs by quarter, shifted; ``instead`` holds from its first quarter on."""
    base = [demand + shift for demand in scarcity()]
    if not instead:
        return tuple(base)
    before = base[: min(instead)] + base[-1:] * (min(instead) - len(base))
    return (*before, *instead.values())
