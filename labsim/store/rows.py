"""How does one played quarter become rows, and rows a record again?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from labsim.model.decisions import Decisions
from labsim.model.flows import Report
from labsim.model.params import SEGMENTS
from labsim.model.world import World
from labsim.play.series import axis_names, values
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.store.schema import AXES, NAMES, Column, in_table
from labsim.variables import REGISTRY, RUN, Array

Trim = tuple[int, str, str]
"""Lab, decision, segment (or "") of an order that the gate changed."""


def names_of(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Table of names -> the entries of its axis."""
    further = axis_names(scenario)
    return {"labs": scenario.labs, **{NAMES[axis]: tuple(further[axis]) for axis in AXES}}


def tables_of(columns: Sequence[Column]) -> tuple[str, ...]:
    """The tables that hold numbers of a quarter."""
    return tuple(dict.fromkeys(column.table for column in columns if column.table))


def matrix(found: Mapping[str, Array], table: str, names: Sequence[str]) -> Array:
    """The numbers of one table of a game: a row for each lab, entry or both, a column for each variable.

    Raises ValueError naming the first variable that is not a finite number.
    """
    stacked = np.stack([found[name][..., 0] for name in names], axis=-1)  # ([entry], [lab], variable)
    if not np.isfinite(stacked).all():
        wrong = next(name for name in names if not np.isfinite(found[name]).all())
        raise ValueError(f"{wrong} is not a finite number")
    if table.startswith("lab_by_"):
        stacked = np.swapaxes(stacked, 0, 1)
    return stacked.reshape(-1, len(names))


def keys(table: str, labs: int, entries: int) -> list[tuple[int, ...]]:
    """The keys after the turn, in the order of the rows of `matrix`."""
    lab_range = range(labs) if table.startswith("lab") else None
    entry_range = range(entries) if "_by_" in table else None
    if lab_range is None:
        return [()] if entry_range is None else [(entry,) for entry in entry_range]
    return [(lab,) if entry is None else (lab, entry) for lab in lab_range for entry in (entry_range or [None])]


def table_keys(table: str, scenario: Scenario) -> list[tuple[int, ...]]:
    """The keys after the turn that a whole quarter of this scenario has in a table."""
    axis = table.partition("_by_")[2]
    entries = len(names_of(scenario)[NAMES[axis]]) if axis else 0
    return keys(table, len(scenario.labs), entries)


def quarter_rows(
    record: TurnRecord, scenario: Scenario, columns: Sequence[Column], engine: int
) -> Iterator[tuple[str, tuple[str, ...], list[tuple[int, ...]], Array]]:
    """For each table: its name, its variables, the keys of its rows and the numbers."""
    found = values(record)
    for table in tables_of(columns):
        names = in_table(columns, table, engine)
        if names:
            yield table, names, table_keys(table, scenario), matrix(found, table, names)


def arrays(table: str, names: Sequence[str], numbers: Array, labs: int) -> dict[str, Array]:
    """The variables of one table from its numbers, each with its axes and one run."""
    rows = numbers.shape[0]
    if table.startswith("lab_by_"):
        shaped = np.swapaxes(numbers.reshape(labs, rows // labs, -1), 0, 1)
    else:
        shaped = numbers[0] if table == "world_quarters" else numbers
    return {name: np.ascontiguousarray(shaped[..., i, None]) for i, name in enumerate(names)}


def trims(record: TurnRecord) -> Iterator[Trim]:
    """Where the gate changed an order of a quarter."""
    for decision, where in record.trimmed.items():
        changed = where[..., 0]
        for place in np.argwhere(changed):
            segment = SEGMENTS[place[0]] if changed.ndim == 2 else ""
            yield int(place[-1]), decision, segment


def record_of(
    t: int, found: Mapping[str, Array], trimmed: Sequence[Trim], world: World, scenario: Scenario
) -> TurnRecord:
    """A record from kept numbers; what an older model did not have is NaN, which people see as a dash.

    Raises:
        AttributeError, IndexError, TypeError, ValueError: ``trimmed`` names what is no order, as in a damaged file.
    """
    shape = _shape(scenario)

    def group(cls: type) -> dict[str, Any]:
        return {
            f.name: found[f.name] if f.name in found else np.full(shape(REGISTRY[f.name].axes), np.nan)
            for f in dataclasses.fields(cls)
        }

    groups = {name: cls(**group(cls)) for name, cls in get_type_hints(Report).items()}
    decisions = Decisions(**group(Decisions))
    return TurnRecord(t, decisions, _flags(decisions, trimmed), Report(**groups), world)


def _shape(scenario: Scenario) -> Callable[[Sequence[str]], tuple[int, ...]]:
    entries = {axis: len(names_of(scenario)[table]) for axis, table in NAMES.items()} | {RUN: 1}
    return lambda axes: tuple(entries[axis] for axis in axes)


def _flags(decisions: Decisions, trimmed: Sequence[Trim]) -> dict[str, NDArray[np.bool_]]:
    flags: dict[str, NDArray[np.bool_]] = {}
    for lab, decision, segment in trimmed:
        shape = getattr(decisions, decision).shape
        where = flags.setdefault(decision, np.zeros(shape, dtype=np.bool_))
        where[(SEGMENTS.index(segment), lab, 0) if segment else (lab, 0)] = True
    return flags
