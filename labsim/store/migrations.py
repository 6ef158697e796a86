"""How does an old file become a present one? One function a layout, in order; functions are only ever added.

A migration changes tables that do not follow from the variables; what follows from them needs none (writing.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING

from labsim.store import schema, sqlite_tables

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS: tuple[Callable[[Database], None], ...] = ()
"""MIGRATIONS[n - 1] turns layout n into layout n + 1. Never change one that a release has carried."""


def layout_of(db: sqlite3.Connection) -> int:
    """The layout of a file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrated_copy(db: sqlite3.Connection) -> sqlite3.Connection:
    """A copy in memory with the present layout, so that an old file can be checked before it is changed."""
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    copy.execute("PRAGMA trusted_schema = OFF")
    db.backup(copy)
    migrate(copy)
    return copy


def migrate(db: sqlite3.Connection) -> None:
    """Bring a file to the present layout in one transaction; a present one is left alone."""
    layout = layout_of(db)
    if layout >= schema.LAYOUT:
        return
    tables = sqlite_tables.database()(db, execute_plugins=False)
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in MIGRATIONS[layout - 1 :]:
            step(tables)
        db.execute(f"PRAGMA user_version = {schema.LAYOUT}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
