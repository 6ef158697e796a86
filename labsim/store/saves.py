"""How is a game kept in a file? One transaction a change; the file is whole at every instant but inside one."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from labsim.errors import BadWorld, Problem
from labsim.model.world import World
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.journal import Draft, Game, Note, Stored, Turn, flat
from labsim.play.tree import ROOT, Branch, Tree
from labsim.play.turn import TurnRecord, opening
from labsim.scenario import Scenario
from labsim.store import loading, migrations, schema
from labsim.store.check import check_file, check_kinds, check_numbers
from labsim.store.connect import (
    Damaged,
    check_header,
    connect,
    damaged,
    finish_interrupted_write,
    known_errors,
    make_durable,
    patience,
)
from labsim.store.digests import seal
from labsim.store.locks import Lock, folder_is_writable, identity
from labsim.store.rows import arrays, record_of, tables_of
from labsim.store.schema import Column
from labsim.store.state import as_world, shapes_of, unpack
from labsim.store.writing import delete_draft, engine_row, file_made_whole, write_branches, write_first, write_turn
from labsim.variables import Array

SUFFIX = ".labsim"


class Save:
    """A journal (labsim.play.journal) in a file. `new_save` and `open_save` make one."""

    def __init__(self, path: Path) -> None:
        """Hold the path; nothing is opened yet."""
        self.path = path
        self.why_read_only = ""  # why nothing can be written; empty when it can
        self.mended = ""  # what was done to open a copy that was taken in the middle of a write; empty: nothing
        self._connection: sqlite3.Connection | None = None
        self._lock: Lock | None = None
        self._identity = (0, 0)
        self._version = 0  # of the data, as this connection last saw it
        self._guard = threading.RLock()
        self._columns: tuple[Column, ...] = ()
        self._shapes: loading.EngineShapes = {}
        self._stored: Stored | None = None

    # ---- opening ----------------------------------------------------------------------------------------------------

    def open(self, *, write: bool = True) -> None:
        """Check the file and take hold of it; without a claim to write it, or when another program has it, to read.

        Raises BadInput, BadWorld naming what is wrong.
        """
        check_header(self.path)
        self._claim(write)
        try:
            with known_errors(self.path):
                finish_interrupted_write(self.path)
                self._check()
                if self.can_write:
                    self._take_for_writing()
        except BaseException:
            self.close()
            raise

    def open_copy(self, copy: Path, mended: str) -> None:
        """Read a mended copy, held in memory, in place of the file. Raises BadInput, BadWorld."""
        self.mended = mended
        self.why_read_only = "it is damaged; what is shown is a mended copy"
        with known_errors(copy):
            source = connect(copy, write=False)
            try:
                self._check(migrations.migrated_copy(source))
            finally:
                source.close()

    def _check(self, connection: sqlite3.Connection | None = None) -> None:
        """Read the file, and change nothing, until all of it is known to be good."""
        self._connection = connection or self._in_present_layout(connect(self.path, write=False))
        with patience(self._connection):
            self._columns = check_file(self._connection, self.path)
            self._stored, self._shapes = loading.load(self._connection, self.path)
            check_numbers(self._connection, self.path, self._columns, self._stored.scenario)

    def _in_present_layout(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """The connection, or one to a migrated copy in memory when the file is of an older layout."""
        if migrations.layout_of(connection) >= schema.LAYOUT:
            return connection
        try:
            check_kinds(connection, self.path)
            return migrations.migrated_copy(connection)
        finally:
            connection.close()

    def _take_for_writing(self) -> None:
        checked, seen = self.connection, self._data_version()
        self._connection = connect(self.path, write=True)
        make_durable(self._connection)
        same = int(checked.execute("PRAGMA data_version").fetchone()[0]) == seen
        checked.close()
        if not same:
            raise BadWorld(Problem(str(self.path), "another program has just changed it", "open it again"))
        migrations.migrate(self._connection)
        self._version = self._data_version()

    def _claim(self, write: bool) -> None:
        try:
            self._identity = identity(self.path)
            self._lock = Lock(self.path) if write else None
        except OSError as error:
            raise BadWorld(Problem(str(self.path), "it has just been removed", "choose another file")) from error
        if self._lock is None:
            self.why_read_only = "it was opened to be read only"
        elif not self._lock.is_held:
            self.why_read_only = "it is open in another window or program"
        elif not folder_is_writable(self.path):
            self.why_read_only = "its folder or the file itself does not allow writing"

    @property
    def can_write(self) -> bool:
        """May this game be changed? `why_read_only` tells why not."""
        return not self.why_read_only

    @property
    def columns(self) -> tuple[Column, ...]:
        """The variables that the file keeps."""
        return self._columns

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection, for reading. Raises ValueError when the file has been closed."""
        if self._connection is None:
            raise ValueError("the game file is closed")
        return self._connection

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        with self._guard:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            if self._lock is not None:
                self._lock.release()

    # ---- journal: reading -------------------------------------------------------------------------------------------

    def load(self) -> Stored:
        """Return the game as it was when the file was opened or begun."""
        if self._stored is None:
            raise ValueError("no game has begun")
        return self._stored

    def world(self, node: int) -> World | None:
        """The world after a node, from its kept state. Raises BadInput when the state is damaged or does not fit."""
        found = self.state(node)
        if found is None:
            return None
        return as_world(found, opening(self.load().scenario) if self._is_foreign(node) else self.load().scenario.world)

    def state(self, node: int) -> dict[str, Array] | None:
        """The stocks after a node as they were kept, whatever model they belong to."""
        with self._guard, known_errors(self.path):
            row = self.connection.execute(
                "SELECT states.state, turns.engine FROM states JOIN turns ON turns.id = states.turn WHERE turn = ?",
                (node,),
            ).fetchone()
        if row is None:
            return None
        try:
            return unpack(row[0], self._shapes[row[1]])
        except ValueError as error:
            raise damaged(self.path, f"turn {node}: {error}") from error

    def record(self, node: int) -> TurnRecord | None:
        """The record of a node from its kept numbers; what an older model did not have is NaN. None for the opening."""
        world = self.world(node)
        if world is None or node == ROOT:
            return None
        found = self.numbers(node)
        with self._guard, known_errors(self.path):
            changed = self.connection.execute(
                "SELECT lab, decision, segment FROM trimmed WHERE turn = ?", (node,)
            ).fetchall()
            t = self.connection.execute("SELECT t FROM turns WHERE id = ?", (node,)).fetchone()[0]
        try:
            return record_of(t, found, changed, world, self.load().scenario)
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise damaged(self.path, f"turn {node} has orders that cannot be") from error

    def numbers(self, node: int) -> dict[str, Array]:
        """Every kept number of a node by variable, with its axes and one run."""
        found: dict[str, Array] = {}
        labs = len(self.load().scenario.labs)
        with self._guard, known_errors(self.path):
            engine = self.connection.execute("SELECT engine FROM turns WHERE id = ?", (node,)).fetchone()[0]
            for table in tables_of(self._columns):
                names = schema.in_table(self._columns, table, engine)
                if names:
                    shown = ", ".join(f'"{name}"' for name in names)
                    order = ", ".join(f'"{key}"' for key in schema.keys_of(table))
                    rows = self.connection.execute(
                        f'SELECT {shown} FROM "{table}" WHERE turn = ? ORDER BY {order}', (node,)
                    ).fetchall()
                    found |= arrays(table, names, np.array(rows, dtype=np.float64), labs)
        return found

    def forecast(self, node: int) -> str:
        """The forecast seen when a node was committed; empty when there was none."""
        with self._guard, known_errors(self.path):
            row = self.connection.execute("SELECT forecast FROM forecasts WHERE turn = ?", (node,)).fetchone()
        return str(row[0]) if row else ""

    def engines(self) -> list[dict[str, str | int]]:
        """Who played: labsim, model, fingerprint, numpy, machine, and how many turns."""
        names = ("labsim", "model_version", "fingerprint", "numpy", "machine", "turns")
        with self._guard, known_errors(self.path):
            rows = self.connection.execute(
                "SELECT labsim, model_version, fingerprint, numpy, machine, (SELECT count(*) FROM turns "
                "WHERE turns.engine = engines.id AND parent IS NOT NULL) FROM engines ORDER BY id"
            ).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _is_foreign(self, node: int) -> bool:
        return self.load().tree.nodes[node].model_version != MODEL_VERSION

    # ---- journal: writing -------------------------------------------------------------------------------------------

    def begin(self, game: Game, scenario: Scenario, tree: Tree, world: World) -> None:
        """Make the file. It appears under its name only when it is whole. Raises BadWorld when there is one already."""
        with file_made_whole(self.path) as half, known_errors(self.path):
            write_first(half, game, scenario, tree, world)
        self.open()

    def append_turn(self, turn: Turn) -> None:
        """Add a turn with all its numbers in one transaction. Raises BadWorld; ValueError for a number not finite."""
        stored = self.load()
        with self._change() as db:
            engine, columns = engine_row(db, self._columns, turn.record.world)
            write_turn(db, turn, engine, columns, stored.scenario, stored.game.seat)
            seal(db, "branches", "drafts")
            if engine not in self._shapes:
                seal(db, "engines", "variables")
        self._columns = columns
        self._shapes = {**self._shapes, engine: shapes_of(turn.record.world)}

    def put_draft(self, branch: int, draft: Draft) -> None:
        """Keep the draft of a branch."""
        with self._change() as db:
            delete_draft(db, branch)
            db.execute("INSERT INTO drafts VALUES (?, ?)", (branch, int(draft.on_policy)))
            db.executemany("INSERT INTO draft_orders VALUES (?, ?, ?, ?)", [(branch, *r) for r in flat(draft.orders)])
            seal(db, "drafts")

    def put_branches(self, branches: Sequence[Branch], active: int) -> None:
        """Keep branches, and which one is played."""
        with self._change() as db:
            write_branches(db, branches)
            db.execute("UPDATE game SET active_branch = ?", (active,))
            seal(db, "branches", "game")

    def put_note(self, note: Note) -> None:
        """Keep a note; an empty text removes it."""
        with self._change() as db:
            db.execute("DELETE FROM notes WHERE id = ?", (note.id,))
            if note.text:
                db.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?)",
                           (note.id, note.turn, note.kind, note.text, note.when))  # fmt: skip
            seal(db, "notes")

    def put_game(self, game: Game) -> None:
        """Keep the name of the game."""
        with self._change() as db:
            db.execute("UPDATE game SET name = ?", (game.name,))
            seal(db, "game")

    def rename(self, name: str) -> None:
        """Give the game another name."""
        self.put_game(dataclasses.replace(self.load().game, name=name))

    def copy_to(self, path: Path) -> None:
        """Write a whole copy, also when the file itself has been removed. Raises BadWorld when there is a file."""
        with file_made_whole(path) as half, self._guard, known_errors(path), closing(sqlite3.connect(half)) as target:
            self.connection.backup(target)

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the file that was opened and that nobody else has changed."""
        with self._guard, known_errors(self.path):
            self._check_ours()
            db = self.connection
            db.execute("BEGIN IMMEDIATE")
            try:
                if self._data_version() != self._version:
                    what = "another program has changed it while it was open"
                    raise BadWorld(Problem(str(self.path), what, "open it again; your last step was not saved"))
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _check_ours(self) -> None:
        if not self.can_write:
            remedy = "close it there, or save a copy under another name"
            raise BadWorld(Problem(str(self.path), f"it can only be read: {self.why_read_only}", remedy))
        try:
            same = identity(self.path) == self._identity
        except OSError:
            same = False
        if not same:
            what = "it was removed, moved or replaced while it was open"
            raise BadWorld(Problem(str(self.path), what, "save the game under another name"))

    def _data_version(self) -> int:
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])


def new_save(path: str | os.PathLike[str]) -> Save:
    """A journal that makes a file when a session begins in it."""
    return Save(Path(path))


def open_save(path: str | os.PathLike[str], *, write: bool = True, mend: bool = True) -> Save:
    """The journal in a file, checked. ``mend`` also opens a copy that was taken in the middle of a write.

    Raises BadInput, BadWorld naming what is wrong.
    """
    save = Save(Path(path))
    try:
        save.open(write=write)
    except Damaged as error:
        if not mend:
            raise
        # Imported here: mending plays the game again into another save.
        from labsim.store.mending import mended

        return mended(save.path, error, write=write)
    return save
