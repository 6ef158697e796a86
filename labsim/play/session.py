"""How is one game played by somebody? A tree of quarters, a draft of orders, forks; a journal keeps it.

Undo works on the draft. Ending the quarter is its boundary: from there on, going back is a fork.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from labsim.errors import BadInput, Problem
from labsim.model.decisions import DECISIONS, SETTINGS
from labsim.model.params import SEGMENTS
from labsim.model.world import World
from labsim.play.differences import Difference, order_differences, outcome_differences
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.journal import Draft, Game, Journal, MemoryJournal, Note, Turn
from labsim.play.policy_rows import Rows
from labsim.play.replay import Replay
from labsim.play.tree import ROOT, Branch, Node, Orders, OrderValue, Tree, checked_name, joined, standing
from labsim.play.turn import Player, TurnRecord, opening
from labsim.scenario import Scenario
from labsim.variables import Array

FIRST_BRANCH = "main"
CHANGES = ("draft", "turn", "branches", "notes", "name")
"""What a listener is told has changed."""
LARGEST_FORECAST = 200_000
"""Letters of JSON of a forecast seen when committing; a choice that keeps a file small."""
LONGEST_NOTE = 20_000
"""Letters of a note; a choice."""
_SEGMENTED = frozenset(v.name for v in DECISIONS if "segment" in v.axes)


def now() -> str:
    """The time as it is written beside turns and notes: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Session:
    """One game in memory. Everything that changes is written through the journal before it holds here."""

    def __init__(self, journal: Journal, clock: Callable[[], str] = now) -> None:
        """Take up the game that a journal holds. Raises BadInput, BadWorld as the journal does."""
        stored = journal.load()
        self.journal = journal
        self.game = stored.game
        self.scenario = stored.scenario
        self.seat = stored.game.seat
        self._tree = stored.tree
        self._active = stored.active
        self._drafts = dict(stored.drafts)
        self._notes = {note.id: note for note in stored.notes}
        self._clock = clock
        self._listeners: list[Callable[[str], None]] = []
        self._records: dict[int, TurnRecord] = {}
        self._replay = Replay(stored.scenario, stored.game)

    @classmethod
    def new(
        cls,
        scenario: Scenario,
        seat: int,
        seed: int,
        journal: Journal | None = None,
        *,
        name: str = "",
        quarters: int | None = None,
        on_policy: bool = False,
        instead: Mapping[str, Mapping[str, float]] | None = None,
        clock: Callable[[], str] = now,
    ) -> Session:
        """Begin a game in a journal, or in memory without one.

        ``instead`` gives labs other policy numbers; with ``on_policy`` the seat's policy fills in what is not ordered.
        """
        created = clock()
        title = checked_name(name or scenario.title or scenario.name, "game")
        game = Game(title, seat, seed, quarters or scenario.quarters, created, dict(instead or {}))
        root = Node(ROOT, None, scenario.start - 1, 1, created, MODEL_VERSION)
        kept = journal or MemoryJournal()
        kept.begin(game, scenario, Tree([root], [Branch(1, FIRST_BRANCH, ROOT, ROOT)]), opening(scenario))
        session = cls(kept, clock)
        session._drafts[1] = Draft(on_policy=on_policy)
        return session

    # ---- where the game stands --------------------------------------------------------------------------------------

    @property
    def can_write(self) -> bool:
        """May this game be played on? False when it was opened to be read only."""
        return self.journal.can_write

    @property
    def branch(self) -> Branch:
        """The branch that is being played."""
        return self._tree.branches[self._active]

    @property
    def current(self) -> Node:
        """The last played quarter of the branch that is being played."""
        return self._tree.nodes[self.branch.tip]

    @property
    def t(self) -> int:
        """The quarter that is being decided, counted from 2023Q1."""
        return self.current.t + 1

    @property
    def quarters_left(self) -> int:
        """Quarters that can still be played on this branch."""
        return max(0, self.scenario.start + self.game.quarters - self.t)

    @property
    def is_live(self) -> bool:
        """Does the player's lab still live?"""
        return bool(self.world().capital.status[self.seat, 0] == 0.0)

    @property
    def is_over(self) -> bool:
        """Is there nothing left to decide: all quarters played, or the lab ended?"""
        return self.quarters_left == 0 or not self.is_live

    def path(self, node: int | None = None) -> tuple[Node, ...]:
        """The nodes from the opening to a node (default: the current one)."""
        return self._tree.path(self.current.id if node is None else node)

    def nodes(self) -> tuple[Node, ...]:
        """Every node of the tree, oldest first."""
        return tuple(self._tree.nodes.values())

    def node_at(self, t: int, branch: str | None = None) -> Node:
        """The node on a branch after which quarter ``t`` is decided. Raises BadInput when the branch has none."""
        tip = (self.branch if branch is None else self._tree.named(branch)).tip
        found = [node for node in self._tree.path(tip) if node.t == t - 1]
        if not found:
            raise BadInput(Problem("quarter", "this branch has not come to it", "see `labsim tree` for its quarters"))
        return found[0]

    def world(self, node: int | None = None) -> World:
        """The world after a node (default: now). Raises BadInput when it was played by another model and not kept."""
        here = self.current.id if node is None else node
        return self._replay.world(self._tree, here, self.journal)

    def record(self, node: int | None = None) -> TurnRecord:
        """The record of a played node (default: the last one). Raises BadInput for the opening."""
        here = self.current if node is None else self.path(node)[-1]
        if here.id not in self._records:
            kept = self.journal.record(here.id)
            self._records[here.id] = kept or self._replay.record(self._tree, here, self.journal)
        return self._records[here.id]

    def forecast(self, node: int) -> str:
        """The forecast (JSON) that the player saw when committing a node; empty when there was none."""
        return self.journal.forecast(node)

    # ---- the draft --------------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """The orders of the quarter that is being decided."""
        last = self.current.on_policy if self.current.id != ROOT else False
        return self._drafts.get(self._active, Draft(on_policy=last))

    @property
    def on_policy(self) -> bool:
        """Does the seat's policy decide what the draft leaves open?"""
        return self.draft.on_policy

    @property
    def standing(self) -> dict[str, OrderValue]:
        """The settings ordered so far on this branch, which hold until they are changed."""
        return standing(self.path(), SETTINGS)

    def draft_orders(self) -> dict[str, OrderValue]:
        """A copy of the draft's orders."""
        return dict(self.draft.orders)

    def set_order(self, name: str, value: OrderValue, *, keep: bool = True) -> None:
        """Put an order into the draft; ``keep`` writes it at once (the hand has let go).

        Raises BadInput for a decision, segment or number that cannot be.
        """
        checked = checked_order(name, value)
        if name in self.scenario.hidden_orders:
            raise BadInput(Problem(f"orders: {name}", "this scenario leaves it to the lab's policy", "remove it"))
        orders = {**self.draft.orders, name: joined(self.draft.orders.get(name), checked)}
        self.put_draft(Draft(orders, self.on_policy), keep=keep)

    def clear_order(self, name: str, *, keep: bool = True) -> None:
        """Take an order out of the draft."""
        orders = {other: value for other, value in self.draft.orders.items() if other != name}
        self.put_draft(Draft(orders, self.on_policy), keep=keep)

    def set_on_policy(self, on_policy: bool) -> None:
        """Hand what is not ordered to the seat's policy, or take it back."""
        self.put_draft(Draft(self.draft.orders, on_policy))

    def put_draft(self, draft: Draft, *, keep: bool = True) -> None:
        """Replace the whole draft, as undo does."""
        if keep:
            self.journal.put_draft(self._active, draft)
        self._drafts[self._active] = draft
        self._tell("draft")

    def preview(self, draft: Draft | None = None) -> TurnRecord:
        """The coming quarter with a draft and quiet dice: what it does if nothing strikes."""
        return self._replay.preview(self._tree, self.current, draft or self.draft, self.world())

    @property
    def rows(self) -> Rows:
        """The policies of all seats in this game."""
        return self._replay.rows

    def seated(self, draft: Draft | None = None) -> tuple[dict[int, Player], dict[int, dict[str, Array]]]:
        """The player and the orders of the coming quarter in the engine's form, for forecasts."""
        return self._replay.seated(self._tree, self.current, draft or self.draft, self.world())

    def try_quarter(self, draft: Draft | None = None) -> TurnRecord:
        """Play the coming quarter with a draft on its true dice, and keep nothing (tests, commands; no preview)."""
        return self._replay.play(self._tree, self.current, draft or self.draft, self.world())

    # ---- playing ----------------------------------------------------------------------------------------------------

    def end_quarter(self, forecast: str = "") -> Node:
        """Play the quarter with the draft; the node that it became. ``forecast`` is JSON of what the player saw.

        Raises BadInput when the game is at its end or another model has played this branch.
        """
        self._check_playable()
        if len(forecast) > LARGEST_FORECAST:
            raise BadInput(Problem("forecast", f"longer than {LARGEST_FORECAST:,} letters", "keep fewer bands"))
        draft = self.draft
        record = self._replay.play(self._tree, self.current, draft, self.world())
        return self._append(draft, record, forecast)

    def take(self, record: TurnRecord, orders: Orders) -> Node:
        """Keep a quarter that was played elsewhere with the same scenario, seed and orders.

        ``orders`` are those of the seat in that quarter. It is for `labsim run`, which plays by itself.
        """
        return self._append(Draft(orders, self.on_policy), record, "")

    def _append(self, draft: Draft, record: TurnRecord, forecast: str) -> Node:
        before = self._replay.before(self._tree, self.current, draft, self.world())
        node = Node(
            id=self._tree.next_node(),
            parent=self.current.id,
            t=self.t,
            branch=self._active,
            when=self._clock(),
            model_version=MODEL_VERSION,
            on_policy=draft.on_policy,
            orders=dict(draft.orders),
        )
        moved = dataclasses.replace(self.branch, tip=node.id)
        self.journal.append_turn(Turn(node, record, before, moved, forecast))
        self._tree.add(node)
        self._tree.put(moved)
        self._records[node.id] = record
        self._replay.keep(node.id, record.world)
        self._drafts.pop(self._active, None)
        self._tell("turn")
        return node

    def _check_playable(self) -> None:
        if self.quarters_left == 0:
            raise BadInput(Problem("game", "its last quarter has been played", "fork it from an earlier quarter"))
        if self.current.model_version != MODEL_VERSION and self.branch.continued_under != MODEL_VERSION:
            raise BadInput(
                Problem(
                    f'branch "{self.branch.name}"',
                    f"it was played by model {self.current.model_version}, this labsim has model {MODEL_VERSION}",
                    "fork it; the new branch is marked as continued under another model",
                )
            )

    # ---- branches ---------------------------------------------------------------------------------------------------

    def branches(self) -> tuple[Branch, ...]:
        """The branches, oldest first; deleted ones are left out."""
        return self._tree.shown()

    def fork(self, node: int, name: str) -> Branch:
        """Begin a branch after a node, with the same dice, and play it from now on. Nothing else changes."""
        origin = self.path(node)[-1]
        under = 0 if origin.model_version == MODEL_VERSION else MODEL_VERSION
        if under:
            self.world(node)  # refuses now what could not be played later
        made = Branch(self._tree.next_branch(), self._tree.free_name(name), node, node, under)
        self._put_branches((made,), made.id)
        return made

    def switch(self, name: str) -> None:
        """Play another branch; the draft of each stays with it."""
        self._put_branches((), self._tree.named(name).id)

    def rename(self, old: str, new: str) -> None:
        """Give a branch another name. Raises BadInput when it is taken."""
        branch = self._tree.named(old)
        if old != new:
            self._put_branches((dataclasses.replace(branch, name=self._tree.free_name(new)),), self._active)

    def delete_branch(self, name: str) -> None:
        """Take a branch out of sight; its quarters stay in the file. Raises BadInput for the one being played."""
        branch = self._tree.named(name)
        if branch.id == self._active:
            raise BadInput(Problem(f'branch "{name}"', "it is being played", "switch to another branch first"))
        self._put_branches((dataclasses.replace(branch, is_deleted=True),), self._active)

    def restore_branch(self, branch: int) -> None:
        """Bring a deleted branch back. Raises BadInput when its name has been taken meanwhile or it never was."""
        found = self._tree.branches.get(branch)
        if found is None:
            raise BadInput(Problem("branch", f"there is no branch {branch}", "see `labsim tree`"))
        if found.is_deleted:
            name = self._tree.free_name(found.name)
            self._put_branches((dataclasses.replace(found, name=name, is_deleted=False),), self._active)

    def difference(self, a: str, b: str) -> Difference:
        """What differs between two branches: orders, and outcomes of the player's lab."""
        common = self._tree.common(self.tip(a).id, self.tip(b).id)
        one, other = ([node for node in self.path(self.tip(name).id) if node.t > common.t] for name in (a, b))
        outcomes = (
            found
            for left, right in zip(one, other, strict=False)
            for found in outcome_differences(self.record(left.id), self.record(right.id), self.seat)
        )
        return Difference(common, tuple(order_differences(one, other)), tuple(outcomes))

    def tip(self, branch: str) -> Node:
        """The last node of a branch."""
        return self._tree.nodes[self._tree.named(branch).tip]

    def _put_branches(self, changed: tuple[Branch, ...], active: int) -> None:
        self.journal.put_branches(changed, active)
        for branch in changed:
            self._tree.put(branch)
        self._active = active
        self._tell("branches")

    # ---- words ------------------------------------------------------------------------------------------------------

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes and reflections, oldest first."""
        return tuple(self._notes.values())

    def write_note(self, turn: int, text: str, kind: str = "note", note: int | None = None) -> Note:
        """Write a note on a turn, or another text for an old one (``note``); an empty text removes it."""
        if len(text) > LONGEST_NOTE or "\0" in text:
            raise BadInput(Problem("note", f"over {LONGEST_NOTE:,} letters, or not text", "shorten it"))
        written = Note(note or max(self._notes, default=0) + 1, self.path(turn)[-1].id, kind, text, self._clock())
        self.journal.put_note(written)
        self._notes.pop(written.id, None)
        if text:
            self._notes[written.id] = written
        self._tell("notes")
        return written

    def rename_game(self, name: str) -> None:
        """Give the game another name."""
        game = dataclasses.replace(self.game, name=checked_name(name, "game"))
        self.journal.put_game(game)
        self.game = game
        self._tell("name")

    # ---- listeners --------------------------------------------------------------------------------------------------

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call ``listener`` with one of ``CHANGES`` after each change; the function returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, change: str) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    def close(self) -> None:
        """Let go of the file."""
        self.journal.close()


def checked_order(name: str, value: OrderValue) -> OrderValue:
    """An order that the engine can take; the gate brings it within its limits. Raises BadInput."""
    declared = {v.name: v for v in DECISIONS}
    if name not in declared:
        raise BadInput(Problem("orders", f'no decision "{name}"', "see `labsim list orders`"))
    given = value if isinstance(value, Mapping) else {"": value}
    if isinstance(value, Mapping) and name not in _SEGMENTED:
        raise BadInput(Problem(f"orders: {name}", "it has one value, not one by segment", "give a number"))
    for segment, number in given.items():
        if segment and segment not in SEGMENTS:
            raise BadInput(Problem(f"orders: {name}", f'no segment "{segment}"', f"known are {', '.join(SEGMENTS)}"))
        # The engine's numbers stay below 1e100; this also refuses NaN and infinities.
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < 1e100:
            raise BadInput(Problem(f"orders: {name}", "not an ordinary number", "give a finite number"))
    return {s: float(v) for s, v in value.items()} if isinstance(value, Mapping) else float(value)
