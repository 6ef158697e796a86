"""Where does a game keep what was played? In a journal: this protocol, and the one that lives in memory only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from labsim.model.world import World
from labsim.play.happenings import Happening
from labsim.play.tree import Branch, Node, Orders, OrderValue, Tree
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario


@dataclass(frozen=True)
class Game:
    """What holds for the whole game."""

    name: str
    seat: int  # row of the lab that somebody plays
    seed: int
    quarters: int
    created: str  # ISO 8601, UTC
    instead: Mapping[str, Mapping[str, float]] = dataclasses.field(default_factory=dict)
    """Lab -> numbers of another policy than the scenario gives it."""


@dataclass(frozen=True)
class Draft:
    """The orders of the quarter that is being decided."""

    orders: Orders = dataclasses.field(default_factory=dict)
    on_policy: bool = False


@dataclass(frozen=True)
class Note:
    """Something the player wrote about a turn."""

    id: int
    turn: int
    kind: str  # "note" or "reflection"
    text: str
    when: str


@dataclass(frozen=True)
class ExplainedTerm:
    """One term of the explanation of a change, as it is kept; the terms of a variable add up to its change."""

    seat: int
    variable: str
    inside: str  # the term that this one is a part of; empty at the first level
    term: str
    amount: float
    link: str = ""  # the decision, rival's move or event behind it


@dataclass(frozen=True)
class Turn:
    """All that one ended quarter leaves behind."""

    node: Node
    record: TurnRecord
    before: Orders  # for each order given: what would have held without it
    branch: Branch  # with its new tip
    forecast: str = ""  # JSON of the forecast that the player saw when committing
    events: Sequence[Happening] = ()
    terms: Sequence[ExplainedTerm] = ()


@dataclass(frozen=True)
class Stored:
    """A game as a journal holds it."""

    game: Game
    scenario: Scenario
    tree: Tree
    active: int  # id of the branch that is being played
    drafts: Mapping[int, Draft]  # branch -> draft
    notes: Sequence[Note]


class Journal(Protocol):
    """What a session writes through. Each call is whole or leaves no trace; errors are BadInput or BadWorld."""

    @property
    def can_write(self) -> bool:
        """May this journal be written?"""

    def begin(self, game: Game, scenario: Scenario, tree: Tree, world: World) -> None:
        """Write the start of a game: its root and first branch, and the opening world."""

    def load(self) -> Stored:
        """Return everything but worlds and records."""

    def append_turn(self, turn: Turn) -> None:
        """Add a turn, move its branch to it and drop the branch's draft."""

    def put_draft(self, branch: int, draft: Draft) -> None:
        """Keep the draft of a branch."""

    def put_branches(self, branches: Sequence[Branch], active: int) -> None:
        """Keep these branches, new or changed, and which one is played."""

    def put_note(self, note: Note) -> None:
        """Keep a note; an empty text removes it."""

    def put_game(self, game: Game) -> None:
        """Keep a new name of the game."""

    def world(self, node: int) -> World | None:
        """The world after a node, if it is kept."""

    def record(self, node: int) -> TurnRecord | None:
        """The record of a node, if it is kept."""

    def forecast(self, node: int) -> str:
        """The forecast seen when a node was committed; empty when there was none."""

    def close(self) -> None:
        """Let go of the file."""


class MemoryJournal:
    """A journal for a game that is not saved."""

    can_write = True

    def __init__(self) -> None:
        """Begin empty."""
        self._worlds: dict[int, World] = {}
        self._records: dict[int, TurnRecord] = {}
        self._forecasts: dict[int, str] = {}
        self._drafts: dict[int, Draft] = {}
        self._notes: dict[int, Note] = {}
        self._begun: tuple[Game, Scenario, Tree, int] | None = None

    def begin(self, game: Game, scenario: Scenario, tree: Tree, world: World) -> None:
        """Keep the start of a game."""
        self._begun = game, scenario, Tree(tree.nodes.values(), tree.branches.values()), min(tree.branches)
        self._worlds[min(tree.nodes)] = world

    def load(self) -> Stored:
        """Return the game. Raises ValueError before `begin`."""
        game, scenario, tree, active = self._game()
        copied = Tree(tree.nodes.values(), tree.branches.values())
        return Stored(game, scenario, copied, active, dict(self._drafts), tuple(self._notes.values()))

    def append_turn(self, turn: Turn) -> None:
        """Keep a turn."""
        tree = self._game()[2]
        tree.add(turn.node)
        tree.put(turn.branch)
        self._worlds[turn.node.id] = turn.record.world
        self._records[turn.node.id] = turn.record
        self._forecasts[turn.node.id] = turn.forecast
        self._drafts.pop(turn.branch.id, None)

    def put_draft(self, branch: int, draft: Draft) -> None:
        """Keep the draft of a branch."""
        self._drafts[branch] = draft

    def put_branches(self, branches: Sequence[Branch], active: int) -> None:
        """Keep branches and which one is played."""
        game, scenario, tree, _ = self._game()
        for branch in branches:
            tree.put(branch)
        self._begun = game, scenario, tree, active

    def put_note(self, note: Note) -> None:
        """Keep or remove a note."""
        self._notes.pop(note.id, None)
        if note.text:
            self._notes[note.id] = note

    def put_game(self, game: Game) -> None:
        """Keep a new name."""
        self._begun = game, *self._game()[1:]

    def world(self, node: int) -> World | None:
        """The world after a node."""
        return self._worlds.get(node)

    def record(self, node: int) -> TurnRecord | None:
        """The record of a node."""
        return self._records.get(node)

    def forecast(self, node: int) -> str:
        """The forecast seen at a node."""
        return self._forecasts.get(node, "")

    def close(self) -> None:
        """Nothing to let go of."""

    def _game(self) -> tuple[Game, Scenario, Tree, int]:
        if self._begun is None:
            raise ValueError("no game has begun")
        return self._begun


def flat(orders: Orders) -> list[tuple[str, str, float]]:
    """Orders as rows (decision, segment or "", value), in the order of their names."""
    rows: list[tuple[str, str, float]] = []
    for name in sorted(orders):
        value = orders[name]
        if isinstance(value, Mapping):
            rows.extend((name, segment, float(value[segment])) for segment in sorted(value))
        else:
            rows.append((name, "", float(value)))
    return rows


def unflat(rows: Sequence[tuple[str, str, float]]) -> dict[str, OrderValue]:
    """Orders from their rows. Raises ValueError when a decision has both one value and values by segment."""
    orders: dict[str, OrderValue] = {}
    for name, segment, value in rows:
        held = orders.setdefault(name, {} if segment else value)
        if isinstance(held, Mapping) != bool(segment):
            raise ValueError(f"{name} has one value and values by segment")
        if isinstance(held, dict):
            held[segment] = value
    return orders
