"""Which tables does an export have, and what is in each column? The dictionary of an export follows from here."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from labsim.store.schema import Column, table_of

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
TEXT, DATE, WHOLE, NUMBER = "text", "date", "whole number", "number"


@dataclass(frozen=True)
class Field:
    """One column of an exported table."""

    name: str
    type: str
    unit: str
    label: str
    meaning: str
    source: str = ""
    kind: str = "key"  # key, figure, or the kind of a declared variable


@dataclass(frozen=True)
class TableSpec:
    """One exported table: what a row is, and its columns."""

    name: str
    meaning: str
    fields: tuple[Field, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(field.name for field in self.fields)


def _key(name: str, type: str, label: str, meaning: str) -> Field:
    return Field(name, type, "", label, meaning)


def _figure(name: str, unit: str, label: str, meaning: str, type: str = NUMBER) -> Field:
    return Field(name, type, unit, label, meaning, kind="figure")


RUN = _key("run", TEXT, "Run", "Which game the row is of; the table runs says more about it.")
BRANCH = _key("branch", TEXT, "Branch", "Branch of the game.")
QUARTER = _key("quarter", TEXT, "Quarter", "Quarter such as 2023Q1; stocks are those at its end.")
DATE_ = _key("date", DATE, "Date", "First day of the quarter, ISO 8601.")
TURN = _key("turn", WHOLE, "Turn", "Number of the played quarter in its file; branches share the ones before a fork.")
LAB = _key("lab", TEXT, "Lab", "Name of the lab.")
WHEN = (RUN, BRANCH, QUARTER, DATE_, TURN)
_ENTRY = {
    "segment": _key("segment", TEXT, "Segment", "Segment of the market."),
    "technique": _key("technique", TEXT, "Technique", "Technique of training or serving."),
    "generation": _key("generation", TEXT, "Generation", "Generation of chips."),
    "event": _key("event", TEXT, "Event", "Event of the world."),
}
_WIDE_MEANING = {
    "quarters": "A row for each lab and quarter: all stocks, flows and decisions of a lab that are one number.",
    "world": "A row for each quarter: all that is one number for the whole world.",
}
_PLACE = _figure("place", "", "Place", "Place in the order in which they belong.", WHOLE)

DECISIONS = TableSpec("decisions", "A row for each lab, quarter and decision: what was played, and what was ordered.", (
    *WHEN, LAB,
    _key("decision", TEXT, "Decision", "Name of the decision, as in order files."),
    _key("segment", TEXT, "Segment", "Segment of a decision by segment; missing for others."),
    _figure("unit", "", "Unit", "Unit of the numbers of this row.", TEXT),
    _figure("value", "as said in unit", "Value", "What was played, after the rules had trimmed it."),
    _figure("ordered", "as said in unit", "Ordered", "What the player ordered in this quarter; missing without order."),
    _figure("before", "as said in unit", "Before", "What would have held without that order; missing without order."),
    _figure("trimmed", "flag", "Trimmed", "1 where the rules changed what was asked, else 0.", WHOLE),
))  # fmt: skip
LEDGER = TableSpec("ledger", "A row for each lab, quarter and line that is not zero; they add up to the change of "
                   "cash.", (
    *WHEN, LAB,
    _key("line", TEXT, "Line", "Name of the line, a variable of the table quarters."),
    _PLACE,
    _figure("amount", "M$", "Amount", "Money in (positive) or out (negative) in the quarter."),
))  # fmt: skip
EVENTS = TableSpec("events", "A row for each thing that happened in a quarter, to the world or to a lab.", (
    *WHEN, _PLACE,
    _key("event", TEXT, "Event", "Name of the event."),
    _key("lab", TEXT, "Lab", "Lab that it concerns; missing for events of the world."),
    _figure("text", "", "Text", "What is told about it.", TEXT),
    _figure("figures", "", "Figures", "The figures of the text as JSON, in declared units.", TEXT),
))  # fmt: skip
EXPLANATIONS = TableSpec(
    "explanations", "A row for each cause of the change of a headline figure from one quarter to the next.", (
    *WHEN, LAB,
    _key("variable", TEXT, "Variable", "The figure that changed."),
    _PLACE,
    _key("inside", TEXT, "Inside", "The cause that this one is a part of; missing at the first level. Causes with the "
         "same inside add up."),
    _key("term", TEXT, "Cause", "Name of the cause; causes without inside add up to the change."),
    _figure("label", "", "Label", "The cause in words.", TEXT),
    _figure("unit", "", "Unit", "Unit of the amount.", TEXT),
    _figure("amount", "as said in unit", "Amount", "What the cause added to the figure."),
    _figure("link", "", "Behind it", "Decision, rival, event or dice behind the cause, as kind:name, with ; between "
            "several.", TEXT),
))  # fmt: skip
BRANCHES = TableSpec("branches", "A row for each branch of a game, exported or not.", (
    RUN, BRANCH,
    _figure("is_active", "flag", "Active", "1 for the branch that was played last, else 0.", WHOLE),
    _figure("is_exported", "flag", "Exported", "1 when its quarters are in this export, else 0.", WHOLE),
    _figure("turns", "count", "Turns", "Quarters played on it, those before the fork included.", WHOLE),
    _figure("first_quarter", "", "First quarter", "Its first quarter; missing when none was played.", TEXT),
    _figure("last_quarter", "", "Last quarter", "Its last played quarter; missing when none was played.", TEXT),
    _figure("forked_from", "", "Forked from", "Branch on which the quarter before the fork was played; missing for "
            "the first branch.", TEXT),
    _figure("forked_at", "", "Forked at", "First quarter of its own; missing for the first branch.", TEXT),
    _figure("continued_under", "", "Continued under", "Version of the model that goes on where another one played; "
            "0 otherwise.", WHOLE),
))  # fmt: skip
RUNS = TableSpec("runs", "A row for each game.", (
    RUN,
    _figure("file", "", "File", "Name of its file.", TEXT),
    _figure("name", "", "Name", "Name of the game.", TEXT),
    _figure("scenario", "", "Scenario", "Name of the scenario.", TEXT),
    _figure("scenario_digest", "", "Digest", "SHA-256 of the scenario's texts.", TEXT),
    _figure("lab", "", "Lab", "The lab that was played.", TEXT),
    _figure("seed", "", "Seed", "Seed of the dice; a text, as it may be larger than spreadsheets can count.", TEXT),
    _figure("quarters", "quarters", "Quarters", "Quarters that the game lasts.", WHOLE),
    _figure("turns", "count", "Turns", "Quarters played on all branches together.", WHOLE),
    _figure("created", "", "Created", "When the game was begun, ISO 8601, UTC.", TEXT),
    _figure("last_played", "", "Last played", "When its last quarter was played, ISO 8601, UTC.", TEXT),
    _figure("labsim", "", "labsim", "Versions of labsim that played it.", TEXT),
    _figure("model_version", "", "Model", "Versions of the model that played it.", TEXT),
    _figure("numpy", "", "numpy", "Versions of numpy that played it.", TEXT),
))  # fmt: skip
_LATER = (DECISIONS, LEDGER, EVENTS, EXPLANATIONS, BRANCHES, RUNS)
OWN_NAMES = ("quarters", "world", "by_generation", "by_segment", "by_technique", "world_by_segment", "world_by_event",
             "world_by_technique", "world_by_generation", "by_event", "wide",
             *(table.name for table in _LATER))  # fmt: skip
"""Names that a table of an export can have."""


def exported_name(table: str) -> str:
    """The exported table in which the variables of a table of the file are."""
    fixed = {"lab_quarters": "quarters", "world_quarters": "world"}
    return fixed.get(table, table.removeprefix("lab_"))


def variable_fields(columns: Iterable[Column]) -> tuple[Field, ...]:
    """The fields of some variables."""
    return tuple(Field(c.name, NUMBER, c.unit, c.label, c.meaning, c.source, c.kind) for c in columns)


def table_specs(columns: Sequence[Column]) -> dict[str, TableSpec]:
    """Every table of an export of files with these variables, by name, in the order in which people want them."""
    made = {}
    for table in dict.fromkeys(column.table for column in columns if column.table):
        name, axis = exported_name(table), table.partition("_by_")[2]
        labs = (LAB,) if table.startswith("lab") else ()
        entry = (_ENTRY[axis],) if axis else ()
        whose = "each lab, quarter" if labs else "each quarter"
        meaning = _WIDE_MEANING.get(name) or f"A row for {whose} and {axis}: all that is one number for each of them."
        own = variable_fields(column for column in columns if column.table == table)
        made[name] = TableSpec(name, meaning, (*WHEN, *labs, *entry, *own))
    first = [name for name in ("quarters", "world") if name in made]
    ordered = {name: made[name] for name in (*first, *sorted(set(made) - set(first)))}
    return {**ordered, **{table.name: table for table in _LATER}}


def columns_of_all(found: Iterable[Sequence[Column]]) -> tuple[Column, ...]:
    """The variables of several files together; what two files know differently in axes is kept as the first has it."""
    merged: dict[str, Column] = {}
    for columns in found:
        for column in columns:
            merged.setdefault(column.name, column)
    return tuple(merged.values())


def described_columns(connection: sqlite3.Connection) -> tuple[Column, ...]:
    """The variables that a file describes, before it has been checked: a look for the heads of tables, no more.

    Raises sqlite3.Error, ValueError when it describes none.
    """
    rows = connection.execute(
        "SELECT name, kind, axes, unit, label, meaning, source, is_ledger FROM variables ORDER BY rowid LIMIT 2000"
    ).fetchall()
    if not rows:
        raise ValueError("no variables")
    return _columns(tuple(rows))


@lru_cache(maxsize=4)  # many files describe the same
def _columns(rows: tuple[tuple[Any, ...], ...]) -> tuple[Column, ...]:
    if not all(isinstance(cell, str) for row in rows for cell in row[:7]) or not all(
        _NAME.match(row[0]) for row in rows
    ):
        raise ValueError("no variables")
    return tuple(
        Column(name, kind, tuple(axes.split()), unit, label, meaning, source, table_of(axes.split()), bool(ledger))
        for name, kind, axes, unit, label, meaning, source, ledger in rows
    )


def of_tables(specs: Mapping[str, TableSpec], wanted: Iterable[str]) -> dict[str, TableSpec]:
    """Some of the tables, in their order."""
    kept = set(wanted)
    return {name: spec for name, spec in specs.items() if name in kept}
