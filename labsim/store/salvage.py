"""What can be saved of a damaged game? Scenario, seed and the orders that can still be read are played again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labsim.errors import BadInput, LabsimError, Problem
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.journal import Draft, Game, Note
from labsim.play.session import Session
from labsim.play.tree import ROOT, Branch, Node
from labsim.scenario import Scenario, load_scenario
from labsim.store.connect import LARGEST_FILE, connect, known_errors
from labsim.store.digests import turn_digest
from labsim.store.loading import read_drafts, read_game, read_orders, read_scenario
from labsim.store.saves import new_save
from labsim.store.state import read_shapes, unpack
from labsim.store.verify import same_world

_MAGIC = b"SQLite format 3\0"
_PAGE_SIZES = [512, 1024, 2048, 4096, 8192, 16384, 32768]
_USUAL_PAGE = 4096
_MOST_IDS = 20_000


@dataclass(frozen=True)
class Salvage:
    """What was recovered."""

    turns: int
    known: int  # turns of which something could be read
    missed: int  # turns that a branch names, after the last one that was recovered
    branches: int
    notes: int
    lost_notes: int
    lost: tuple[str, ...] = field(default_factory=tuple)  # what could not be recovered, in words


def salvage(
    path: str | os.PathLike[str],
    to: str | os.PathLike[str],
    seconds: float = 600.0,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Salvage:
    """Recover what can be read of a game into a new file; the old one is not touched.

    Raises BadInput when neither scenario nor seed can be read, no game is in the file, it takes too long or somebody
    stops it; then there is no new file.
    """
    source = Path(path)
    _check_size(source)
    with tempfile.TemporaryDirectory(prefix="labsim-salvage-") as folder:
        copy = Path(folder) / "game.labsim"
        shutil.copyfile(source, copy)
        _mend_header(copy)
        with known_errors(source), closing(connect(copy, write=True, bears_schema=True)) as db:
            return _Salvage(db, source, time.monotonic() + seconds, is_stopped).into(Path(to))


def _check_size(source: Path) -> None:
    where = str(source)
    if not source.is_file():
        raise BadInput(Problem(where, "there is no such file", "check the name and the folder"))
    if not 512 <= source.stat().st_size <= LARGEST_FILE:
        raise BadInput(Problem(where, "there is no game in it", "take a backup"))


def _mend_header(copy: Path) -> None:
    """Make the first page say what SQLite insists on: its magic word, a page size, and the size that the file has."""
    with copy.open("r+b") as stream:
        head = bytearray(stream.read(100))
        head[:16] = _MAGIC
        size = int.from_bytes(head[16:18], "big")
        if size not in _PAGE_SIZES:
            size = _USUAL_PAGE
            head[16:18] = size.to_bytes(2, "big")
        head[18:24] = bytes([1, 1, 0, 64, 32, 32])  # rollback journal, no reserved bytes, the fixed fractions
        pages = copy.stat().st_size // size
        head[28:32] = pages.to_bytes(4, "big")
        head[92:96] = head[24:28]  # the size just written is valid
        stream.seek(0)
        stream.write(head)
        stream.truncate(pages * size)


class _Salvage:
    def __init__(self, db: sqlite3.Connection, source: Path, end: float, is_stopped: Callable[[], bool]) -> None:
        self.db = db
        self.is_stopped = is_stopped
        self.end = end  # of the time allowed, on the monotonic clock
        self.source = source
        self.lost: list[str] = []
        self.when = ""  # of what is being written again

    def into(self, to: Path) -> Salvage:
        scenario, game = self._start()
        self.when = game.created
        nodes = self._nodes()
        branches = self._branches()
        session = Session.new(scenario, game.seat, game.seed, new_save(to), name=game.name, quarters=game.quarters,
                              instead=game.instead, clock=lambda: self.when)  # fmt: skip
        try:
            found = self._play(session, nodes, branches)
        except BaseException:
            session.close()
            to.unlink(missing_ok=True)
            raise
        session.close()
        return found

    def _start(self) -> tuple[Scenario, Game]:
        try:
            scenario = read_scenario(self.db)
        except (sqlite3.Error, LabsimError, ValueError, TypeError):
            scenario = self._bundled()
        try:
            return scenario, read_game(self.db, scenario)[0]
        except (sqlite3.Error, LabsimError, ValueError, TypeError, AttributeError) as error:
            raise self._hopeless("its seed or seat cannot be read") from error

    def _bundled(self) -> Scenario:
        """The scenario of that name that comes with labsim, if it is the one that was played."""
        rows = self._rows("SELECT scenario, scenario_digest FROM game")
        if not rows:
            raise self._hopeless("neither its scenario nor its seed can be read")
        try:
            scenario = load_scenario(str(rows[0][0]))
        except LabsimError as error:
            raise self._hopeless("its scenario cannot be read") from error
        if scenario.digest != rows[0][1]:
            raise self._hopeless("the text of its scenario is damaged")
        self.lost.append("the text of the scenario, replaced by the one that comes with labsim")
        return scenario

    def _hopeless(self, what: str) -> BadInput:
        return BadInput(Problem(str(self.source), f"nothing can be recovered: {what}", "take a backup"))

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self.db.execute(sql, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError, OverflowError):
            return []

    def _nodes(self) -> dict[int, Node]:
        """The turns that can be read, one by one: a damaged page costs its own rows only."""
        found: dict[int, Node] = {}
        misses = 0
        for id in range(1, _MOST_IDS):
            rows = self._rows("SELECT parent, t, branch, played_at, on_policy FROM turns WHERE id = ?", (id,))
            misses = 0 if rows else misses + 1
            if misses > 200:  # past the last page that can be read
                break
            if rows and (node := self._node(id, rows[0])) is not None:
                found[id] = node
        return found

    def _node(self, id: int, row: Sequence[Any]) -> Node | None:
        parent, t, branch, when, on_policy = row
        if not all(isinstance(value, int) for value in (parent, t, branch, on_policy)):
            return None
        try:
            given = self.db.execute("SELECT decision, segment, after FROM orders WHERE turn = ?", (id,)).fetchall()
            orders = read_orders(given)
        except (sqlite3.Error, ValueError, TypeError, UnicodeDecodeError):
            return None
        return Node(id, parent, t, branch, str(when)[:40], MODEL_VERSION, bool(on_policy), orders)

    def _branches(self) -> list[Branch]:
        rows = self._rows("SELECT id, name, tip, origin, is_deleted FROM branches ORDER BY id")
        return [Branch(i, str(name), tip, origin, 0, bool(gone)) for i, name, tip, origin, gone in rows
                if isinstance(tip, int) and isinstance(origin, int)]  # fmt: skip

    # ---- playing ----------------------------------------------------------------------------------------------------

    def _play(self, session: Session, nodes: dict[int, Node], branches: Sequence[Branch]) -> Salvage:
        played = {ROOT: ROOT}  # old turn -> new turn
        names = {branch.id: branch for branch in branches}
        made: dict[int, str] = {}  # old branch -> new name
        for node in nodes.values():
            if time.monotonic() > self.end:
                raise self._hopeless("playing it again takes too long")
            if self.is_stopped():
                raise self._hopeless("it was stopped")
            if node.parent not in played or session.path(played[node.parent])[-1].t + 1 != node.t:
                continue
            self._stand(session, node, played[node.parent], made, names)
            if session.quarters_left == 0:
                continue
            session.put_draft(Draft(node.orders, node.on_policy), keep=False)
            if self._belongs(session, node):
                forecast = self._rows("SELECT forecast FROM forecasts WHERE turn = ?", (node.id,))
                self.when = node.when
                played[node.id] = session.end_quarter(str(forecast[0][0]) if forecast else "").id
            else:
                session.put_draft(Draft(), keep=False)
        self._count(nodes, played)
        notes = self._notes(session, played)
        self._drafts(session, made)
        lost_notes = sum(line.startswith("note ") for line in self.lost)
        missed, shown = self._missed(branches, played), len(session.branches())
        return Salvage(len(played) - 1, len(nodes), missed, shown, notes, lost_notes, tuple(self.lost))

    def _stand(self, session: Session, node: Node, parent: int, made: dict[int, str], old: dict[int, Branch]) -> None:
        """Bring the session to the end of the branch on which the turn was played."""
        if not made:
            made[node.branch] = session.branch.name
        if node.branch not in made or session.tip(made[node.branch]).id != parent:
            name = old[node.branch].name if node.branch in old else f"branch {node.branch}"
            taken = [branch.name for branch in session.branches()]
            made[node.branch] = _fit_name(name, taken)
            session.fork(parent, made[node.branch])
        elif session.branch.name != made[node.branch]:
            session.switch(made[node.branch])

    def _belongs(self, session: Session, node: Node) -> bool:
        """Are these the orders that were given: by their digest, or because they lead to the kept state?"""
        rows = self._rows(
            "SELECT turns.digest, turns.engine, parents.digest FROM turns JOIN turns AS parents "
            "ON parents.id = turns.parent WHERE turns.id = ?", (node.id,))  # fmt: skip
        forecast = self._rows("SELECT forecast FROM forecasts WHERE turn = ?", (node.id,))
        if rows:
            expected = turn_digest(str(rows[0][2]), node, rows[0][1], str(forecast[0][0]) if forecast else "")
            if rows[0][0] == expected:
                return True
        kept = self._rows(
            "SELECT state, stocks FROM states JOIN turns ON turns.id = states.turn JOIN engines "
            "ON engines.id = turns.engine WHERE turn = ?", (node.id,))  # fmt: skip
        try:
            return bool(kept) and same_world(unpack(kept[0][0], read_shapes(kept[0][1])), session.try_quarter().world)
        except (ValueError, TypeError):
            return False

    def _count(self, nodes: dict[int, Node], played: dict[int, int]) -> None:
        lost = sorted(set(nodes) - set(played))
        if lost:
            self.lost.append(f"{len(lost)} turns whose orders or earlier turns are damaged, the first is {lost[0]}")
        others = self._rows("SELECT count(*) FROM turns JOIN engines ON engines.id = turns.engine "
                            "WHERE model_version <> ?", (MODEL_VERSION,))  # fmt: skip
        if others and others[0][0]:
            self.lost.append(f"figures of {others[0][0]} turns of another model, played again by {MODEL_VERSION}")
        total = self._rows("SELECT max(id) FROM turns")
        if not total:
            self.lost.append("all that stood after the last turn that can be read")

    def _missed(self, branches: Sequence[Branch], played: dict[int, int]) -> int:
        return max(0, max((branch.tip for branch in branches), default=0) - max(played))

    def _notes(self, session: Session, played: dict[int, int]) -> int:
        for id, turn, kind, text, when in self._rows("SELECT id, turn, kind, text, written_at FROM notes ORDER BY id"):
            note = Note(0, played.get(turn, -1), str(kind), str(text), str(when))
            if note.turn >= 0 and note.text:
                self.when = note.when
                session.write_note(note.turn, note.text[:20_000].replace("\0", ""), note.kind)
            else:
                self.lost.append(f"note {id}")
        return len(session.notes)

    def _drafts(self, session: Session, made: dict[int, str]) -> None:
        try:
            drafts = read_drafts(self.db)
        except (sqlite3.Error, ValueError, TypeError):
            self.lost.append("drafts")
            return
        active = self._rows("SELECT active_branch FROM game")
        for branch, draft in drafts.items():
            if branch in made and draft.orders:
                session.switch(made[branch])
                session.put_draft(draft)
        if active and active[0][0] in made:
            session.switch(made[active[0][0]])


def _fit_name(name: str, taken: Sequence[str]) -> str:
    clean = "".join(letter for letter in name if letter.isprintable()).strip()[:60] or "branch"
    return next(n for n in _numbered(clean) if n not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in range(2, _MOST_IDS))
