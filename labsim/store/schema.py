"""What does a game file look like inside? Its tables and views, made from the declared variables.

One column for each variable without further axes; long tables for those by segment, technique, generation or event.
Rings by age (orders on their way) are in the state only. Everything here follows from the rows of ``variables``, so
the tables of an older file follow from its own rows.
"""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from labsim.model.flows import LEDGER_LINES
from labsim.play.fingerprint import engine_variables
from labsim.store import sqlite_tables, views
from labsim.variables import LAB, RUN, Variable

APPLICATION_ID = 0x4C425331
"""Bytes 68 to 71 of a game file: "LBS1"."""
LAYOUT = 1
"""`user_version`: the layout of the tables that do not follow from the variables. migrations.py raises it."""
AXES = ("segment", "technique", "generation", "event")
"""Further axes with a long table; each names its entries in a table of its own."""
NAMES = {"lab": "labs", "segment": "segments", "technique": "techniques", "generation": "generations",
         "event": "world_events"}  # fmt: skip
"""Axis -> table that names its entries."""


@dataclass(frozen=True)
class Column:
    """A declared variable as a file keeps it. ``table`` is empty for what only the state holds."""

    name: str
    kind: str
    axes: tuple[str, ...]
    unit: str
    label: str
    meaning: str
    source: str
    table: str
    is_ledger: bool
    since: int = 1  # first engine of this file that has it
    until: int = 0  # first engine of this file that no longer has it; 0: all have it

    def held_by(self, engine: int) -> bool:
        """Did this engine of the file write the variable?"""
        return self.since <= engine and not 0 < self.until <= engine


@dataclass(frozen=True)
class Table:
    """One table: columns with their types, primary key, columns that may be empty, references."""

    name: str
    columns: Mapping[str, type]
    key: tuple[str, ...]
    empty: frozenset[str] = frozenset()
    references: Mapping[str, str] = dataclasses.field(default_factory=dict)


def _table(name: str, key: str, columns: Mapping[str, type], empty: str = "", **references: str) -> Table:
    return Table(name, columns, tuple(key.split()), frozenset(empty.split()), references)


_ORDER = {"turn": int, "lab": int, "decision": str, "segment": str}
FIXED: tuple[Table, ...] = (
    *(_table(table, "id", {"id": int, "name": str}) for table in NAMES.values()),
    _table("engines", "id", {"id": int, "labsim": str, "model_version": int, "fingerprint": str, "numpy": str,
                             "machine": str, "stocks": str}),
    _table("branches", "id", {"id": int, "name": str, "tip": int, "origin": int, "continued_under": int,
                              "is_deleted": int}),
    _table("game", "id", {"id": int, "name": str, "scenario": str, "scenario_digest": str, "seat": int, "seed": str,
                          "quarters": int, "created": str, "instead": str, "active_branch": int},
           seat="labs", active_branch="branches"),
    _table("scenario_texts", "place", {"place": int, "name": str, "text": str}),
    _table("turns", "id", {"id": int, "parent": int, "t": int, "quarter": str, "branch": int, "played_at": str,
                           "engine": int, "on_policy": int, "digest": str},
           "parent", parent="turns", branch="branches", engine="engines"),
    _table("orders", "turn lab decision segment", {**_ORDER, "before": float, "after": float, "allowed": float},
           turn="turns", lab="labs"),
    _table("trimmed", "turn lab decision segment", _ORDER, turn="turns", lab="labs"),
    _table("states", "turn", {"turn": int, "state": bytes}, turn="turns"),
    _table("events", "turn place", {"turn": int, "place": int, "event": str, "lab": int, "figures": str}, "lab",
           turn="turns", lab="labs"),
    _table("explanations", "turn lab variable place",
           {"turn": int, "lab": int, "variable": str, "place": int, "inside": str, "term": str, "amount": float,
            "link": str}, turn="turns", lab="labs"),
    _table("forecasts", "turn", {"turn": int, "forecast": str}, turn="turns"),
    _table("notes", "id", {"id": int, "turn": int, "kind": str, "text": str, "written_at": str}, turn="turns"),
    _table("drafts", "branch", {"branch": int, "on_policy": int}, branch="branches"),
    _table("draft_orders", "branch decision segment", {"branch": int, "decision": str, "segment": str,
                                                       "after": float}, branch="branches"),
    _table("variables", "name", {"name": str, "kind": str, "axes": str, "unit": str, "label": str, "meaning": str,
                                 "source": str, "in_table": str, "is_ledger": int, "since": int, "until": int}),
    _table("seals", "part", {"part": str, "digest": str}),
)  # fmt: skip
"""Tables that every game file has, whatever its variables."""


def table_of(axes: Sequence[str]) -> str:
    """The table of a variable with these axes; empty when only the state keeps it."""
    further = [axis for axis in axes if axis not in (LAB, RUN)]
    whose = "lab" if LAB in axes else "world"
    if not further:
        return f"{whose}_quarters"
    return f"{whose}_by_{further[0]}" if further[0] in AXES and len(further) == 1 else ""


def column_of(variable: Variable) -> Column:
    """How a file of this labsim keeps a declared variable."""
    v = variable
    ledger = v.name in LEDGER_LINES
    return Column(v.name, v.kind, v.axes, v.unit, v.label, v.meaning, v.source, table_of(v.axes), ledger)


@cache
def present_columns() -> tuple[Column, ...]:
    """The columns of every stock, flow and decision that this labsim declares, in order of declaration."""
    return tuple(column_of(v) for v in engine_variables() if v.kind != "parameter")


def in_table(columns: Iterable[Column], table: str, engine: int | None = None) -> tuple[str, ...]:
    """Names of the variables of a table; of one engine, or of all."""
    return tuple(c.name for c in columns if c.table == table and (engine is None or c.held_by(engine)))


def wide_tables(columns: Sequence[Column]) -> tuple[Table, ...]:
    """The tables that follow from the variables."""
    found = []
    for name in dict.fromkeys(column.table for column in columns if column.table):
        keys = keys_of(name)
        inside = in_table(columns, name)
        references = {"turn": "turns", **{key: NAMES[key] for key in keys[1:]}}
        types: dict[str, type] = {**dict.fromkeys(keys, int), **dict.fromkeys(inside, float)}
        # A column that another engine of the file does not have stays empty; save and check refuse other gaps.
        found.append(Table(name, types, keys, frozenset(inside), references))
    return tuple(found)


def all_tables(columns: Sequence[Column]) -> tuple[Table, ...]:
    """Every table of a file, in an order in which they can be made."""
    return (*FIXED, *wide_tables(columns))


def all_views(columns: Sequence[Column]) -> dict[str, str]:
    """Every view of a file: name -> its SELECT."""
    wide = {table.name: (table.key, in_table(columns, table.name)) for table in wide_tables(columns)}
    return views.selects(wide, [c.name for c in columns if c.is_ledger], NAMES)


@lru_cache(maxsize=4)
def statements(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """The SQL that makes an empty game file; tables by sqlite-utils, strict about types."""
    # sqlite-utils is imported here: a game that is only opened does without it.
    database = sqlite_tables.database()(memory=True)
    for table in all_tables(columns):
        database.table(table.name).create(
            dict(table.columns),
            pk=table.key if len(table.key) > 1 else table.key[0],
            foreign_keys=[(column, other, _key(other)) for column, other in table.references.items()],
            not_null=[name for name in table.columns if name not in table.empty and (name,) != table.key],
            strict=True,
        )
    for name, select in all_views(columns).items():
        database.create_view(name, select)
    made = [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    database.close()
    return tuple(made)


def expected(columns: Sequence[Column]) -> Mapping[str, str]:
    """What `sqlite_master` of a good file says, by name, without blanks that mean nothing."""
    return _expected(tuple(columns))


@lru_cache(maxsize=4)
def _expected(columns: tuple[Column, ...]) -> Mapping[str, str]:
    tables = {table.name: plain_sql(_create(table)) for table in all_tables(columns)}
    return tables | {n: plain_sql(f'CREATE VIEW "{n}" AS {select}') for n, select in all_views(columns).items()}


@lru_cache(maxsize=256)  # many files say the same
def plain_sql(sql: str) -> str:
    """SQL with single blanks, and none beside brackets and commas."""
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"\s+", " ", sql)).strip()


def _key(table: str) -> str:
    return next(t.key[0] for t in FIXED if t.name == table)


_TYPES = {int: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB"}


def _create(table: Table) -> str:
    lines = []
    for name, kind in table.columns.items():
        single = (name,) == table.key
        constraint = " PRIMARY KEY" if single else "" if name in table.empty else " NOT NULL"
        other = table.references.get(name, "")
        reference = f' REFERENCES "{other}"("{_key(other)}")' if other else ""
        lines.append(f'"{name}" {_TYPES[kind]}{constraint}{reference}')
    if len(table.key) > 1:
        lines.append("PRIMARY KEY (" + ", ".join(f'"{name}"' for name in table.key) + ")")
    return f'CREATE TABLE "{table.name}" ({", ".join(lines)}) STRICT'


def merge(columns: Sequence[Column], present: Mapping[str, Column], engine: int) -> tuple[Column, ...]:
    """A file's columns together with those that another engine, from its row ``engine`` on, writes into it."""
    merged = []
    for old in columns:
        new = present.get(old.name)
        if new is None or new.axes != old.axes:
            merged.append(old if old.until else dataclasses.replace(old, until=engine))
        else:
            merged.append(dataclasses.replace(old, until=0))
    known = {column.name for column in columns}
    added = [dataclasses.replace(c, since=engine) for c in present.values() if c.name not in known and known]
    return (*merged, *added)


def keys_of(table: str) -> tuple[str, ...]:
    """The key of a table that follows from the variables."""
    axis = table.partition("_by_")[2]
    return ("turn", *([LAB] if table.startswith(LAB) else []), *([axis] if axis else []))


def add_columns(connection: sqlite3.Connection, old: Sequence[Column], new: Sequence[Column]) -> None:
    """Bring the tables of a file to more variables: added columns, new tables, views made again."""
    before = {table.name: table for table in wide_tables(old)}
    for name in all_views(old):
        connection.execute(f'DROP VIEW "{name}"')
    for table in wide_tables(new):
        if table.name not in before:
            connection.execute(_create(table))
            continue
        for column in table.columns:
            if column not in before[table.name].columns:
                connection.execute(f'ALTER TABLE "{table.name}" ADD COLUMN "{column}" REAL')
    for name, select in all_views(new).items():
        connection.execute(f'CREATE VIEW "{name}" AS {select}')
