"""How is a game file opened? Carefully: it may come from anywhere, and what it says is data, never an instruction."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from labsim.errors import BadInput, BadWorld, Problem
from labsim.store.schema import APPLICATION_ID, LAYOUT

LARGEST_FILE = 512 * 2**20
"""Bytes of a game file; a choice, twenty times a long game with many branches."""
LONGEST_VALUE = 4 * 2**20
"""Bytes of one text or state; a choice above the longest scenario text."""
PATIENCE = 20.0
"""Seconds that the checks of one file may take; a choice, forty times what a long game needs."""
_MAGIC = b"SQLite format 3\0"
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 200_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_DAMAGED = "recover what can be with `labsim salvage`"


class Damaged(BadInput):
    """A game file that is not whole."""


def not_a_game(path: Path, what: str) -> BadInput:
    """The error for a file that is no game at all."""
    return BadInput(Problem(str(path), what, "choose a file that labsim has saved (.labsim)"))


def damaged(path: Path, what: str) -> Damaged:
    """The error for a game that is damaged."""
    return Damaged(Problem(str(path), f"the game is damaged: {what}", _DAMAGED))


def check_header(path: Path) -> None:
    """Refuse what is no game file, before SQLite sees it. Raises BadInput, BadWorld."""
    where = str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise BadWorld(Problem(where, "this is a folder, not a file", "name a file in it"))
        if not stat.S_ISREG(found.st_mode):
            raise not_a_game(path, "this is not a regular file")
        with path.open("rb") as stream:
            head = stream.read(100)
    except FileNotFoundError as error:
        raise BadWorld(Problem(where, "there is no such file", "check the name and the folder")) from error
    except (OSError, ValueError) as error:
        raise BadWorld(Problem(where, f"it cannot be read ({error})", "check its name and permissions")) from error
    if not head:
        raise not_a_game(path, "the file is empty")
    if not head.startswith(_MAGIC) or len(head) < 100:
        kind = "a zip archive" if head.startswith(b"PK") else "not a game file"
        raise not_a_game(path, f"this is {kind}")
    if found.st_size > LARGEST_FILE:
        raise not_a_game(path, f"the file is larger than {LARGEST_FILE // 2**20} MiB")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise not_a_game(path, "this is a database of another program")
    layout = int.from_bytes(head[60:64], "big")
    if layout > LAYOUT:
        remedy = "install that version of labsim or a later one"
        raise BadInput(Problem(where, f"a newer labsim has saved it (layout {layout}, known is {LAYOUT})", remedy))
    if layout < 1:
        raise damaged(path, "the version of its layout is missing")


def connect(path: Path, *, write: bool, bears_schema: bool = False) -> sqlite3.Connection:
    """A connection with limits that no good game meets. Raises sqlite3.Error.

    With ``bears_schema`` a garbled declaration hides itself and those after it, not the tables before.
    """
    uri = path.resolve().as_uri() + ("?mode=rw" if write else "?mode=ro")
    # Threads take turns: a session writes from the worker, reads from the interface, behind one lock.
    connection = sqlite3.connect(uri, uri=True, timeout=5.0, isolation_level=None, check_same_thread=False)
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    if bears_schema:
        with suppress(sqlite3.Error, UnicodeDecodeError):
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("SELECT 1 FROM game")  # the first reading fails; later ones use what was understood
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "recursive_triggers = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA cache_size = -65536")  # KiB: a turn is written to the file at its end, not before
    return connection


def make_durable(connection: sqlite3.Connection) -> None:
    """Ask for a whole file at every commit, and make sure that it was granted. Raises sqlite3.OperationalError."""
    mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
    connection.execute("PRAGMA synchronous = FULL")
    if mode != "delete" or connection.execute("PRAGMA synchronous").fetchone()[0] != 2:
        raise sqlite3.OperationalError(f"the file cannot be written safely (journal mode {mode})")


def finish_interrupted_write(path: Path) -> None:
    """Let SQLite take back a turn that a crash left half written, as the journal beside the file says.

    Raises BadInput for a journal that is not of this file alone; sqlite3.Error when it cannot be done.
    """
    journal = path.with_name(path.name + "-journal")
    try:
        if not journal.is_file() or journal.stat().st_size <= 512:
            return
        with journal.open("rb") as stream:
            stream.seek(-8, os.SEEK_END)
            tail = stream.read(8)
    except OSError:
        return
    if tail == _JOURNAL_MAGIC:
        # It would make SQLite look for, and perhaps delete, another file that the journal names.
        raise BadInput(Problem(str(journal), "this journal belongs to several databases", "remove it"))
    connection = connect(path, write=True)
    try:
        connection.execute("PRAGMA user_version").fetchone()
    finally:
        connection.close()


@contextmanager
def patience(connection: sqlite3.Connection, seconds: float = PATIENCE) -> Iterator[None]:
    """Interrupt whatever takes longer."""
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: int(time.monotonic() > end), 20_000)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


@contextmanager
def known_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into known ones."""
    try:
        yield
    except sqlite3.Error as error:
        raise _known(path, error) from error
    except UnicodeDecodeError as error:  # a text, or a name within a message of SQLite
        raise damaged(path, "a text in it is not UTF-8") from error


def _known(path: Path, error: sqlite3.Error) -> BadInput | BadWorld:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    where, reason = str(path), str(error)
    if code == sqlite3.SQLITE_NOTADB:
        return not_a_game(path, "this is not a game file")
    if code == sqlite3.SQLITE_INTERRUPT:
        return not_a_game(path, f"reading it takes longer than {PATIENCE:.0f} seconds")
    if code in _WORLD:
        what, remedy = _WORLD[code]
        return BadWorld(Problem(where, f"{what} ({reason})", remedy))
    return damaged(path, reason)


_KEPT = "nothing was lost: the turns saved before are whole"
_WORLD = {
    sqlite3.SQLITE_FULL: ("the disk is full", f"make room and try again; {_KEPT}"),
    sqlite3.SQLITE_IOERR: ("the disk could not be written or read", f"check the disk and try again; {_KEPT}"),
    sqlite3.SQLITE_READONLY: ("it cannot be written", "copy it to a folder of your own"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened or written", "check the folder and its permissions"),
    sqlite3.SQLITE_PERM: ("it cannot be written", "check its permissions"),
    sqlite3.SQLITE_BUSY: ("another program is using it", "close that program and try again"),
    sqlite3.SQLITE_LOCKED: ("another program is using it", "close that program and try again"),
    sqlite3.SQLITE_NOMEM: ("there is not enough memory", "close other programs"),
}
