"""What is written when? The rows of a new game, of a turn, of a branch; always inside somebody's transaction."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from labsim import __version__
from labsim.errors import BadWorld, Problem
from labsim.formats import quarter_name
from labsim.model.params import SEGMENTS
from labsim.model.world import World
from labsim.play.fingerprint import MODEL_VERSION, engine_fingerprint
from labsim.play.journal import Game, Turn, flat
from labsim.play.tree import Branch, Node, Tree
from labsim.scenario import Scenario
from labsim.store import schema
from labsim.store.connect import make_durable
from labsim.store.digests import SEALED, seal, turn_digest
from labsim.store.machine import kind_of_machine, numpy_version
from labsim.store.rows import names_of, quarter_rows, trims
from labsim.store.schema import Column
from labsim.store.state import pack, shapes_of, shapes_text
from labsim.variables import REGISTRY


def write_first(path: Path, game: Game, scenario: Scenario, tree: Tree, world: World) -> None:
    """Make a file with the start of a game. Raises sqlite3.Error."""
    columns = schema.present_columns()
    db = sqlite3.connect(path, isolation_level=None)
    try:
        make_durable(db)
        db.execute("BEGIN")
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.LAYOUT}")
        for statement in schema.statements(columns):
            db.execute(statement)
        for table, names in names_of(scenario).items():
            db.executemany(f'INSERT INTO "{table}" VALUES (?, ?)', enumerate(names))
        db.executemany("INSERT INTO scenario_texts VALUES (?, ?, ?)",
                       [(place, *text) for place, text in enumerate(scenario.texts)])  # fmt: skip
        write_variables(db, columns)
        engine, _ = engine_row(db, columns, world)
        db.execute(
            "INSERT INTO game VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (game.name, scenario.name, scenario.digest, game.seat, str(game.seed), game.quarters, game.created,
             json.dumps({lab: dict(row) for lab, row in game.instead.items()}), min(tree.branches)),
        )  # fmt: skip
        for node in tree.nodes.values():
            insert_turn(db, node, engine, turn_digest("", node, engine, ""))
        db.execute("INSERT INTO states VALUES (?, ?)", (min(tree.nodes), pack(world)))
        write_branches(db, tuple(tree.branches.values()))
        seal(db, *SEALED)
        db.execute("COMMIT")
    finally:
        db.close()


@contextmanager
def file_made_whole(path: Path) -> Iterator[Path]:
    """Where to write a file that appears under its name only when it is whole. Raises BadWorld when it cannot."""
    if path.exists():
        raise BadWorld(Problem(str(path), "there is such a file already", "choose another name"))
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield half
        _move_into_place(half, path)
    except OSError as error:
        what = f"it cannot be made ({error.strerror or error})"
        raise BadWorld(Problem(str(path), what, "check the folder, its permissions and the disk")) from error
    finally:
        for left in (half, half.with_name(half.name + "-journal")):
            with suppress(OSError):
                left.unlink()


def _move_into_place(half: Path, path: Path) -> None:
    """Give a finished file its name, unless that is taken. Raises OSError."""
    try:
        os.link(half, path)  # refuses when somebody has made the file meanwhile
        half.unlink()
    except (AttributeError, NotImplementedError, PermissionError):
        os.rename(half, path)  # a file system without links


def write_turn(
    db: sqlite3.Connection, turn: Turn, engine: int, columns: Sequence[Column], scenario: Scenario, seat: int
) -> None:
    """Add a turn with all its numbers. Raises ValueError for a number that is not finite."""
    node, record = turn.node, turn.record
    parent = db.execute("SELECT digest FROM turns WHERE id = ?", (node.parent,)).fetchone()[0]
    insert_turn(db, node, engine, turn_digest(parent, node, engine, turn.forecast))
    db.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", order_rows(turn, seat))
    db.execute("INSERT INTO states VALUES (?, ?)", (node.id, pack(record.world)))
    db.executemany("INSERT INTO trimmed VALUES (?, ?, ?, ?)", [(node.id, *trim) for trim in trims(record)])
    for table, names, keys, matrix in quarter_rows(record, scenario, columns, engine):
        axes = [column for column in schema.keys_of(table) if column != "turn"]
        shown = ", ".join(f'"{name}"' for name in ("turn", *axes, *names))
        marks = ", ".join("?" * (1 + len(axes) + len(names)))
        rows = [(node.id, *key, *row) for key, row in zip(keys, matrix.tolist(), strict=True)]
        db.executemany(f'INSERT INTO "{table}" ({shown}) VALUES ({marks})', rows)
    db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", event_rows(turn, scenario))
    terms = [(node.id, x.seat, x.variable, i, x.inside, x.term, x.amount, x.link) for i, x in enumerate(turn.terms)]
    db.executemany("INSERT INTO explanations VALUES (?, ?, ?, ?, ?, ?, ?, ?)", terms)
    if turn.forecast:
        db.execute("INSERT INTO forecasts VALUES (?, ?)", (node.id, turn.forecast))
    write_branches(db, [turn.branch])
    delete_draft(db, turn.branch.id)


def insert_turn(db: sqlite3.Connection, node: Node, engine: int, digest: str) -> None:
    """Add the row of a node."""
    quarter = quarter_name(node.t) if node.t >= 0 else ""
    db.execute(
        "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (node.id, node.parent, node.t, quarter, node.branch, node.when, engine, int(node.on_policy), digest),
    )


def order_rows(turn: Turn, seat: int) -> list[tuple[int, int, str, str, float, float, float]]:
    """The rows of ``orders`` of a turn: turn, lab, decision, segment, before, after, allowed."""
    before = {row[:2]: row[2] for row in flat(turn.before)}
    rows = []
    for name, segment, after in flat(turn.node.orders):
        row = getattr(turn.record.decisions, name)[..., seat, 0]
        several = "segment" in REGISTRY[name].axes
        # One number for all segments is one row; what held before and was allowed is then shown for the first.
        place = SEGMENTS.index(segment) if segment else 0
        allowed = float(row[place]) if several else float(row)
        held = before.get((name, segment), before.get((name, SEGMENTS[0]), after))
        rows.append((turn.node.id, seat, name, segment, held, after, allowed))
    return rows


def event_rows(turn: Turn, scenario: Scenario) -> list[tuple[int, int, str, int | None, str]]:
    """The rows of ``events`` of a turn: turn, place, event, lab, figures of its sentence as JSON."""
    return [
        (turn.node.id, place, event.event, None if event.lab is None else scenario.labs.index(event.lab),
         json.dumps(dict(event.message.values)))
        for place, event in enumerate(turn.events)
    ]  # fmt: skip


def write_branches(db: sqlite3.Connection, branches: Sequence[Branch]) -> None:
    """Add or change branches."""
    rows = [(b.id, b.name, b.tip, b.origin, b.continued_under, int(b.is_deleted)) for b in branches]
    db.executemany("INSERT OR REPLACE INTO branches VALUES (?, ?, ?, ?, ?, ?)", rows)


def delete_draft(db: sqlite3.Connection, branch: int) -> None:
    """Drop the draft of a branch."""
    db.execute("DELETE FROM drafts WHERE branch = ?", (branch,))
    db.execute("DELETE FROM draft_orders WHERE branch = ?", (branch,))


def write_variables(db: sqlite3.Connection, columns: Sequence[Column]) -> None:
    """Write the dictionary of variables anew."""
    db.execute("DELETE FROM variables")
    rows = [
        (c.name, c.kind, " ".join(c.axes), c.unit, c.label, c.meaning, c.source, c.table, int(c.is_ledger), c.since,
         c.until)
        for c in columns
    ]  # fmt: skip
    db.executemany(f"INSERT INTO variables VALUES ({', '.join('?' * 11)})", rows)


def engine_row(db: sqlite3.Connection, columns: tuple[Column, ...], world: World) -> tuple[int, tuple[Column, ...]]:
    """The row of ``engines`` for this labsim on this machine, and the file's columns with those that it brings."""
    shapes = shapes_text(shapes_of(world))
    own = (__version__, MODEL_VERSION, engine_fingerprint(), numpy_version(), kind_of_machine(), shapes)
    known = db.execute(
        "SELECT id FROM engines WHERE labsim = ? AND model_version = ? AND fingerprint = ? AND numpy = ? "
        "AND machine = ? AND stocks = ?",
        own,
    ).fetchone()
    names = {column.name for column in columns if not column.until}
    if known is not None and names == {column.name for column in schema.present_columns()}:
        return int(known[0]), columns
    engine = db.execute("SELECT coalesce(max(id), 0) + 1 FROM engines").fetchone()[0]
    db.execute("INSERT INTO engines VALUES (?, ?, ?, ?, ?, ?, ?)", (engine, *own))
    return int(engine), _learn(db, columns, engine)


def _learn(db: sqlite3.Connection, columns: tuple[Column, ...], engine: int) -> tuple[Column, ...]:
    """Bring a file to the variables of this labsim, when they are others than its own."""
    present = {column.name: column for column in schema.present_columns()}
    known = {column.name for column in columns}
    merged = schema.merge(columns, present, engine)
    if merged != columns:
        if set(present) - known:
            schema.add_columns(db, columns, merged)
        write_variables(db, merged)
    return merged
