"""Did this game happen as its file says? Scenario, seed and orders are played again and every number is compared.

It finds carelessness: numbers that were changed, by hand or by a failing disk, also when every digest in the file was
computed again. It does not find a forger who plays other orders and writes the file that belongs to them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labsim.formats import quarter_name
from labsim.model.world import World, stocks
from labsim.play.fingerprint import MODEL_VERSION, engine_fingerprint
from labsim.play.happenings import happenings
from labsim.play.journal import Draft, MemoryJournal, Turn
from labsim.play.replay import Replay
from labsim.play.series import values
from labsim.play.tree import ROOT, Node
from labsim.play.turn import TurnRecord, opening
from labsim.store import schema
from labsim.store.connect import known_errors
from labsim.store.digests import broken_seals, turn_digest
from labsim.store.machine import kind_of_machine, numpy_version
from labsim.store.rows import matrix, names_of, table_keys, tables_of, trims
from labsim.store.saves import Save, open_save
from labsim.store.writing import event_rows, order_rows
from labsim.variables import LAB, REGISTRY, Array

TOLERANCE = 1e-9
"""Relative difference allowed between machines of different kinds (architecture.md §1.8 promises bits on one)."""
DIGESTS_ONLY = ("names", "notes", "times", "forecasts seen")
"""What no replay can produce: it is under digests only."""


@dataclass(frozen=True)
class FirstDifference:
    """The first number that a replay does not produce; ``lab`` is empty for the world."""

    turn: int
    quarter: str
    lab: str
    variable: str
    kept: float | str
    replayed: float | str


@dataclass(frozen=True)
class Verdict:
    """What a check of one file found."""

    path: str
    turns: int  # in the file
    replayed: int
    is_exact: bool  # compared bit for bit; else within TOLERANCE
    difference: FirstDifference | None = None
    broken: tuple[str, ...] = ()  # what does not match its digest
    unchecked: tuple[str, ...] = field(default_factory=tuple)  # what could not be replayed, and why

    @property
    def is_good(self) -> bool:
        """Did everything that could be checked agree?"""
        return self.difference is None and not self.broken


def verify(path: str | os.PathLike[str], progress: Callable[[int, int], None] | None = None) -> Verdict:
    """Play a file again and compare. ``progress`` is told how many of how many turns are done.

    Raises BadInput, BadWorld when the file cannot be opened at all.
    """
    save = open_save(path, write=False, mend=False)
    try:
        return _Check(save).verdict(progress)
    finally:
        save.close()


class _Check:
    def __init__(self, save: Save) -> None:
        self.save = save
        self.stored = save.load()
        self.replay = Replay(self.stored.scenario, self.stored.game)
        # Same engine, same kind of machine: every bit. A changed source of one model version keeps TOLERANCE only.
        own = (numpy_version(), kind_of_machine(), engine_fingerprint())
        rows = save.connection.execute("SELECT id, numpy, machine, fingerprint, labsim FROM engines").fetchall()
        self.records: dict[int, TurnRecord] = {}
        self.exact_engines = {row[0] for row in rows if row[1:4] == own}
        self.strange = sorted({row[4] for row in rows if row[3] != engine_fingerprint()})
        self.engines: dict[int, int] = dict(save.connection.execute("SELECT id, engine FROM turns").fetchall())

    def verdict(self, progress: Callable[[int, int], None] | None) -> Verdict:
        nodes = sorted(self.stored.tree.nodes.values(), key=lambda node: (node.t, node.id))
        difference, unchecked, replayed = None, [], 0
        for done, node in enumerate(nodes):
            if node.model_version != MODEL_VERSION:
                unchecked.append(node)
            elif difference is None:
                difference = next(self._differences(node), None)
                replayed += node.parent is not None
            if progress is not None:
                progress(done + 1, len(nodes))
        exact = {self.engines[node.id] for node in nodes} <= self.exact_engines
        return Verdict(str(self.save.path), len(nodes) - 1, replayed, exact, difference, self._broken(),
                       self._unchecked(unchecked))  # fmt: skip

    def _unchecked(self, nodes: list[Node]) -> tuple[str, ...]:
        found = []
        for version in sorted({node.model_version for node in nodes}):
            count = sum(node.model_version == version for node in nodes)
            found.append(f"{count} turns of model {version}; this labsim has model {MODEL_VERSION}")
        if self.strange:
            found.append(f"the engine's sources differ from those that played it (labsim {', '.join(self.strange)})")
        if self.save.connection.execute("SELECT 1 FROM explanations LIMIT 1").fetchone():
            found.append("explanation terms")
        return tuple(found)

    def _broken(self) -> tuple[str, ...]:
        with known_errors(Path(self.save.path)):
            broken = broken_seals(self.save.connection)
            digests = dict(self.save.connection.execute("SELECT id, digest FROM turns").fetchall())
        for node in self.stored.tree.nodes.values():
            parent = "" if node.parent is None else digests[node.parent]
            if digests[node.id] != turn_digest(parent, node, self.engines[node.id], self.save.forecast(node.id)):
                broken.append(f"turn {node.id} ({_quarter(node)})")
                break  # the ones after it are over its digest
        return tuple(broken)

    def _differences(self, node: Node) -> Iterator[FirstDifference]:
        if node.parent is None:
            world = opening(self.stored.scenario)
            self.replay.keep(ROOT, world)
            yield from self._in_state(node, world)
            return
        before = self._parent_world(node)
        after = self.stored.tree.nodes[node.parent]
        draft = Draft(node.orders, node.on_policy)
        record = self.replay.play(self.stored.tree, after, draft, before)
        self.replay.keep(node.id, record.world)
        yield from self._in_tables(node, record)
        yield from self._in_state(node, record.world)
        self.records[node.id] = record
        held = self.replay.before(self.stored.tree, after, draft, before)
        events = happenings(record, self.stored.scenario, self.records.get(node.parent))
        turn = Turn(node, record, held, self.stored.tree.branches[node.branch], events=events)
        yield from self._in_orders(node, turn)
        yield from self._in_events(node, turn)

    def _parent_world(self, node: Node) -> World:
        """The replayed world before a turn; after another model's turn the one that was kept."""
        parent = self.stored.tree.nodes[ROOT if node.parent is None else node.parent]
        is_own = parent.model_version == MODEL_VERSION
        return self.replay.world(self.stored.tree, parent.id, MemoryJournal() if is_own else self.save)

    def _in_tables(self, node: Node, record: TurnRecord) -> Iterator[FirstDifference]:
        kept, found = self.save.numbers(node.id), values(record)
        engine, scenario = self.engines[node.id], self.stored.scenario
        for table in tables_of(self.save.columns):
            names = [name for name in schema.in_table(self.save.columns, table, engine) if name in found]
            pair = matrix(kept, table, names), matrix(found, table, names)
            for column, row in np.argwhere(self._unlike(engine, *pair).T):
                key = table_keys(table, scenario)[row]
                lab, entry = self._place(table, key)
                name = f"{names[column]}_{entry}" if entry else names[column]
                yield FirstDifference(node.id, _quarter(node), lab, name, *(float(m[row, column]) for m in pair))

    def _place(self, table: str, key: tuple[int, ...]) -> tuple[str, str]:
        named = names_of(self.stored.scenario)
        axes = schema.keys_of(table)[1:]
        words = {axis: named[schema.NAMES[axis]][index] for axis, index in zip(axes, key, strict=True)}
        lab = words.pop(LAB, "")
        return lab, next(iter(words.values()), "")

    def _in_state(self, node: Node, world: World) -> Iterator[FirstDifference]:
        kept = self.save.state(node.id)
        if kept is None:
            yield FirstDifference(node.id, _quarter(node), "", "state", "missing", "present")
            return
        for name, replayed in stocks(world).items():
            if name not in kept or kept[name].shape != replayed.shape:
                yield FirstDifference(node.id, _quarter(node), "", name, "another shape", str(replayed.shape))
                continue
            for place in np.argwhere(self._unlike(self.engines[node.id], kept[name], replayed)):
                axes = REGISTRY[name].axes
                lab = self.stored.scenario.labs[place[axes.index(LAB)]] if LAB in axes else ""
                where = tuple(place)
                yield FirstDifference(node.id, _quarter(node), lab, name, float(kept[name][where]),
                                      float(replayed[where]))  # fmt: skip

    def _in_orders(self, node: Node, turn: Turn) -> Iterator[FirstDifference]:
        seat = self.stored.game.seat
        lab = self.stored.scenario.labs[seat]
        shown = '"turn", "lab", "decision", "segment", "before", "after", "allowed"'
        with known_errors(Path(self.save.path)):
            kept = self.save.connection.execute(
                f"SELECT {shown} FROM orders WHERE turn = ? ORDER BY decision, segment", (node.id,)
            ).fetchall()
            changed = self.save.connection.execute(
                "SELECT lab, decision, segment FROM trimmed WHERE turn = ?", (node.id,)
            ).fetchall()
        for old, new in zip(kept, order_rows(turn, seat), strict=False):
            pair = np.array([old[4:]]), np.array([new[4:]])
            if old[:4] != new[:4] or self._unlike(self.engines[node.id], *pair).any():
                yield FirstDifference(node.id, _quarter(node), lab, f"order {old[2]}", str(old[4:]), str(new[4:]))
        if set(changed) ^ set(trims(turn.record)):
            yield FirstDifference(node.id, _quarter(node), lab, "trimmed orders", str(len(changed)),
                                  str(len(set(trims(turn.record)))))  # fmt: skip

    def _in_events(self, node: Node, turn: Turn) -> Iterator[FirstDifference]:
        select = 'SELECT "turn", "place", "event", "lab", "figures" FROM events WHERE turn = ? ORDER BY place'
        with known_errors(Path(self.save.path)):
            kept = self.save.connection.execute(select, (node.id,)).fetchall()
        replayed = event_rows(turn, self.stored.scenario)
        is_exact = self.engines[node.id] in self.exact_engines
        # Elsewhere the figures of a sentence may differ in their last digits; its event and lab may not.
        shown = [[row if is_exact else row[:4] for row in rows] for rows in (kept, replayed)]
        if shown[0] != shown[1]:
            yield FirstDifference(node.id, _quarter(node), "", "events", *(str([r[2] for r in rows]) for rows in shown))

    def _unlike(self, engine: int, kept: Array, replayed: Array) -> NDArray[np.bool_]:
        if engine in self.exact_engines:
            return np.not_equal(kept, replayed)
        near: NDArray[np.bool_] = np.isclose(kept, replayed, rtol=TOLERANCE, atol=1e-12)
        return ~near


def same_world(kept: Mapping[str, Array], world: World) -> bool:
    """Is a kept state the one of this world, within the tolerance between machines?"""
    found = stocks(world)
    return set(kept) == set(found) and all(
        kept[name].shape == found[name].shape and np.allclose(kept[name], found[name], rtol=TOLERANCE, atol=1e-12)
        for name in found
    )


def _quarter(node: Node) -> str:
    return quarter_name(node.t) if node.parent is not None else "opening"
