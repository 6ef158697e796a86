"""What covers the things that no replay can produce? Digests: a chain over the turns, a seal for each other table.

They find carelessness: who changes a file and computes the digests again is found by the replay as far as numbers
go, and not at all where names, notes and times are concerned.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence

from labsim.play.journal import flat
from labsim.play.tree import Node

SEALED: dict[str, tuple[str, ...]] = {
    "game": ("game",),
    "scenario_texts": ("scenario_texts",),
    "engines": ("engines",),
    "names": ("labs", "segments", "techniques", "generations", "world_events"),
    "branches": ("branches",),
    "notes": ("notes",),
    "drafts": ("drafts", "draft_orders"),
    "variables": ("variables",),
}
"""Part -> its tables; the turns have the chain instead."""


def turn_digest(parent: str, node: Node, engine: int, forecast: str) -> str:
    """The digest of a turn: over its parent's, and all of it that no replay can produce."""
    orders = [[name, segment, value.hex()] for name, segment, value in flat(node.orders)]
    own = [node.id, node.parent, node.t, node.branch, node.when, engine, node.on_policy, orders, forecast]
    return _sha([parent, *own])


def table_digest(connection: sqlite3.Connection, tables: Sequence[str]) -> str:
    """The digest of every row of some tables."""
    content = []
    for table in tables:
        cursor = connection.execute(f'SELECT * FROM "{table}"')
        # Sorted here, as text: the order of rows in a file means nothing.
        content.append([table, sorted(json.dumps(row) for row in cursor)])
    return _sha(content)


def seal(connection: sqlite3.Connection, *parts: str) -> None:
    """Write the digests of some parts, inside the transaction that changes them."""
    for part in parts:
        connection.execute("INSERT OR REPLACE INTO seals VALUES (?, ?)", (part, table_digest(connection, SEALED[part])))


def broken_seals(connection: sqlite3.Connection) -> list[str]:
    """The parts whose digest does not match their rows, or is missing."""
    kept = dict(connection.execute("SELECT part, digest FROM seals").fetchall())
    return [part for part, tables in SEALED.items() if kept.get(part) != table_digest(connection, tables)]


def _sha(content: object) -> str:
    return hashlib.sha256(json.dumps(content, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()
