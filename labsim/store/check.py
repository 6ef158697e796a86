"""Is this file a whole game? Every check that needs no replay, in bounded time and memory."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from labsim.scenario import Scenario
from labsim.store import schema
from labsim.store.connect import damaged, not_a_game
from labsim.store.rows import names_of, table_keys, tables_of
from labsim.store.schema import Column

MOST_TURNS = 20_000
MOST_ROWS = {
    "turns": MOST_TURNS, "branches": 5_000, "engines": 500, "variables": 1_900, "labs": 16, "segments": 64,
    "techniques": 64, "generations": 64, "world_events": 64, "scenario_texts": 20, "game": 1, "notes": 50_000,
    "orders": 40 * MOST_TURNS, "trimmed": 500 * MOST_TURNS, "events": 200 * MOST_TURNS, "drafts": 5_000,
    "draft_orders": 200_000, "seals": 50, "forecasts": MOST_TURNS, "states": MOST_TURNS + 1,
    "explanations": 2_000 * MOST_TURNS,
}  # fmt: skip
"""Rows that a table of a good file may have; choices far above any game that people play."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_LONGEST_WORDS = 4_000  # letters of a meaning or source; a choice


def check_file(connection: sqlite3.Connection, path: Path) -> tuple[Column, ...]:
    """The file's own variables, once its tables and views are exactly those that follow from them.

    Raises BadInput naming what is wrong; sqlite3.Error when SQLite finds the file malformed.
    """
    found = check_kinds(connection, path)
    columns = _variables(connection, path, found)
    expected = schema.expected(columns)
    for name, sql in found.items():
        if expected.get(name) != sql:
            raise damaged(path, f'"{_short(name)}" in it is not of labsim')
    missing = sorted(set(expected) - set(found))
    if missing:
        raise damaged(path, f'"{missing[0]}" is missing')
    for row in connection.execute("PRAGMA quick_check(1)"):
        if row[0] != "ok":
            raise damaged(path, _short(row[0]))
    for table, most in MOST_ROWS.items():
        count = connection.execute(f'SELECT count(*) FROM (SELECT 1 FROM "{table}" LIMIT {most + 1})').fetchone()[0]
        if count > most:
            raise damaged(path, f"{table} has more than {most:,} rows")
    return columns


def check_numbers(connection: sqlite3.Connection, path: Path, columns: Sequence[Column], scenario: Scenario) -> None:
    """Refuse missing rows, gaps and numbers that are not finite in the tables of the quarters. Raises BadInput."""
    _check_names(connection, path, scenario)
    engines = [row[0] for row in connection.execute("SELECT DISTINCT engine FROM turns WHERE parent IS NOT NULL")]
    for table in tables_of(columns):
        keys = len(table_keys(table, scenario))
        rows = connection.execute(f'SELECT count(*), count(DISTINCT turn) FROM "{table}"').fetchone()
        for engine in engines:
            names = schema.in_table(columns, table, engine)
            if names:
                _check_engine(connection, path, table, names, engine, keys)
        if rows[0] != rows[1] * keys:
            raise damaged(path, f"{table} has {rows[0]} rows for {rows[1]} turns of {keys}")
    for table in ("orders", "trimmed", "states", "forecasts", "events", "notes", *tables_of(columns)):
        lost = connection.execute(f'SELECT turn FROM "{table}" WHERE turn NOT IN (SELECT id FROM turns) LIMIT 1')
        if (row := lost.fetchone()) is not None:
            raise damaged(path, f"{table} names turn {row[0]}, which was not played")


def _check_engine(
    connection: sqlite3.Connection, path: Path, table: str, names: Sequence[str], engine: int, keys: int
) -> None:
    # A sum is empty when one of its terms is, or when infinities of both signs meet; one of them makes it infinite.
    total = " + ".join(f'"{name}"' for name in names)
    select = (
        f"SELECT turns.quarter, count({table}.turn), "
        f"coalesce(sum(({total}) BETWEEN -1e300 AND 1e300), 0) FROM turns LEFT JOIN {table} ON {table}.turn = turns.id "
        f"WHERE turns.engine = ? AND turns.parent IS NOT NULL GROUP BY turns.id HAVING count({table}.turn) <> ? "
        f"OR coalesce(sum(({total}) BETWEEN -1e300 AND 1e300), 0) <> ? LIMIT 1"
    )
    wrong = connection.execute(select, (engine, keys, keys)).fetchone()
    if wrong is not None and wrong[1] != keys:
        raise damaged(path, f"{table} has {wrong[1]} of {keys} rows for {_short(wrong[0])}")
    if wrong is not None:
        raise damaged(path, f"{table} holds what is not a finite number in {_short(wrong[0])}")


def _check_names(connection: sqlite3.Connection, path: Path, scenario: Scenario) -> None:
    for table, names in names_of(scenario).items():
        found = connection.execute(f'SELECT id, name FROM "{table}" ORDER BY id').fetchall()
        if found != list(enumerate(names)):
            raise damaged(path, f"{table} are not those of its scenario")


def check_kinds(connection: sqlite3.Connection, path: Path) -> dict[str, str]:
    """Name -> plain SQL of all that the file declares, except what SQLite makes by itself.

    Raises BadInput for triggers, indexes and other things that no game file has.
    """
    found: dict[str, str] = {}
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT 400").fetchall()
    for kind, name, table, sql in rows:
        if kind == "index" and sql is None and str(name).startswith("sqlite_autoindex_"):
            continue
        if kind not in ("table", "view") or name != table or not isinstance(sql, str):
            raise damaged(path, f'it holds the {_short(kind)} "{_short(name)}", which is not of labsim')
        found[name] = schema.plain_sql(sql)
    if "variables" not in found or "game" not in found:
        raise not_a_game(path, "there is no game in it")
    return found


def _variables(connection: sqlite3.Connection, path: Path, found: dict[str, str]) -> tuple[Column, ...]:
    """The rows of ``variables``, each checked before it names a column."""
    fixed = {name: sql for name, sql in schema.expected(()).items() if found.get(name) == sql}
    if "variables" not in fixed:
        raise damaged(path, '"variables" in it is not of labsim')
    most = MOST_ROWS["variables"]
    rows = connection.execute(
        "SELECT name, kind, axes, unit, label, meaning, source, in_table, is_ledger, since, until FROM variables "
        f"ORDER BY rowid LIMIT {most + 1}"
    ).fetchall()
    if len(rows) > most or not rows:
        raise damaged(path, "it has no variables, or absurdly many")
    try:
        return _columns(tuple(rows))
    except ValueError as error:
        raise damaged(path, str(error)) from error


@lru_cache(maxsize=4)  # the games of one labsim describe the same
def _columns(rows: tuple[tuple[object, ...], ...]) -> tuple[Column, ...]:
    return tuple(map(_column, rows))


def _column(row: Sequence[object]) -> Column:
    name, kind, axes, unit, label, meaning, source, table, is_ledger, since, until = row
    words = (name, kind, axes, unit, label, meaning, source, table)
    numbers = (is_ledger, since, until)
    if not all(isinstance(word, str) and len(word) <= _LONGEST_WORDS for word in words):
        raise ValueError("a variable is not described in words")
    if not all(isinstance(number, int) and 0 <= number <= 10_000 for number in numbers):
        raise ValueError(f"the variable {_short(name)} is numbered wrongly")
    along = tuple(str(axes).split())
    if not all(_NAME.match(word) for word in (str(name), str(kind), *along)):
        raise ValueError(f'"{_short(name)}" is no name of a variable')
    if schema.table_of(along) != table or name in ("turn", *schema.AXES, "lab"):
        raise ValueError(f'the variable "{_short(name)}" is in the wrong table')
    return Column(str(name), str(kind), along, str(unit), str(label), str(meaning), str(source), str(table),
                  bool(is_ledger), int(str(since)), int(str(until)))  # fmt: skip


def _short(text: object) -> str:
    """Some words of a file, fit for a message: one line, without control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(text)[:80])
