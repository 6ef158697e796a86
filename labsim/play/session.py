"""How is one game played by somebody? A tree of quarters, a draft of orders, forks; a journal keeps it.

Undo works on the draft. Ending the quarter is its boundary: from there on, going back is a fork.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from labsim.errors import BadInput, Problem
from labsim.model.decisions import SETTINGS
from labsim.play.drafts import checked_order
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.happenings import happenings
from labsim.play.journal import Draft, ExplainedTerm, Game, Journal, MemoryJournal, Note, Turn
from labsim.play.policy_rows import Rows
from labsim.play.timeline import Timeline
from labsim.play.tree import ROOT, Branch, Node, Orders, OrderValue, Tree, checked_name, joined, standing
from labsim.play.turn import Player, SeatOrders, TurnRecord, opening
from labsim.scenario import Scenario

FIRST_BRANCH = "main"
CHANGES = ("draft", "turn", "branches", "notes", "name")
"""What a listener is told has changed."""
Explainer = Callable[[TurnRecord, TurnRecord], Iterable[ExplainedTerm]]
"""Explains the changes of a quarter from the record before it and its own; its terms are kept with the turn."""
LARGEST_FORECAST = 200_000
"""Letters of JSON of a forecast seen when committing; a choice that keeps a file small."""
LONGEST_NOTE = 20_000
"""Letters of a note; a choice."""


def now() -> str:
    """The time as it is written beside turns and notes: ISO 8601, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Session(Timeline):
    """One game in memory. Everything that changes is written through the journal before it holds here."""

    def __init__(self, journal: Journal, clock: Callable[[], str] = now) -> None:
        """Take up the game that a journal holds. Raises BadInput, BadWorld as the journal does."""
        super().__init__(journal)
        self._drafts = dict(self._stored.drafts)
        self._notes = {note.id: note for note in self._stored.notes}
        self._clock = clock
        self.explainer: Explainer | None = None

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

    def seated(self, draft: Draft | None = None) -> tuple[dict[int, Player], dict[int, SeatOrders]]:
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
        last = self._record_before()
        events = happenings(record, self.scenario, last)
        terms = tuple(self.explainer(last, record)) if self.explainer is not None and last is not None else ()
        self.journal.append_turn(Turn(node, record, before, moved, forecast, events, terms))
        self._tree.add(node)
        self._tree.put(moved)
        self._records[node.id] = record
        self._replay.keep(node.id, record.world)
        self._drafts.pop(self._active, None)
        self._tell("turn")
        return node

    def _record_before(self) -> TurnRecord | None:
        """The record of the quarter before; None before the first and where another model played it."""
        own = self.current.id != ROOT and self.current.model_version == MODEL_VERSION
        return self.record() if own else None

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
