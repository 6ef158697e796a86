"""What happened in a quarter, once more? Scenario, seed and orders play it again, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping

from labsim.errors import BadInput, Problem
from labsim.model.decisions import DECISIONS, SETTINGS, Decisions
from labsim.model.exogenous import quiet_quarter
from labsim.model.params import SEGMENTS
from labsim.model.world import World
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.journal import Draft, Game, Journal
from labsim.play.orders import seat_arrays
from labsim.play.tree import ROOT, Node, Orders, OrderValue, Tree, joined, standing
from labsim.play.turn import Player, SeatOrders, TurnRecord, decide, opening, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario

_SEGMENTED = frozenset(v.name for v in DECISIONS if "segment" in v.axes)


class Replay:
    """Plays the quarters of one game; remembers the worlds it has met."""

    def __init__(self, scenario: Scenario, game: Game) -> None:
        """Take the scenario and what holds for the whole game."""
        self.scenario = scenario
        self.game = game
        instead = {scenario.seat(lab): row for lab, row in game.instead.items()}
        self.rows = policy_rows(scenario, instead, game.seat)
        self._worlds: dict[int, World] = {}

    def keep(self, node: int, world: World) -> None:
        """Remember the world after a node."""
        self._worlds[node] = world

    def world(self, tree: Tree, node: int, journal: Journal) -> World:
        """The world after a node: remembered, kept in the journal, or played again from the nearest one that is.

        Raises BadInput when another model played the node and its world was not kept.
        """
        path = tree.path(node)
        missing: list[Node] = []
        world: World | None = None
        for here in reversed(path):
            world = self._worlds.get(here.id) or journal.world(here.id)
            if world is None and here.id == ROOT and here.model_version == MODEL_VERSION:
                world = opening(self.scenario)
            if world is not None:
                self._worlds[here.id] = world
                break
            missing.append(here)
        for here in reversed(missing):
            if world is None or here.model_version != MODEL_VERSION:
                raise _another_model(here)
            world = self._played(tree, here, world).world
            self._worlds[here.id] = world
        return self._worlds[node]

    def record(self, tree: Tree, node: Node, journal: Journal) -> TurnRecord:
        """The record of a node, played again. Raises BadInput for the opening and for another model's quarters."""
        if node.parent is None:
            raise BadInput(Problem("game", "nothing has been played before its first quarter", "name a later turn"))
        if node.model_version != MODEL_VERSION:
            raise _another_model(node)
        return self._played(tree, node, self.world(tree, node.parent, journal))

    def play(self, tree: Tree, after: Node, draft: Draft, world: World) -> TurnRecord:
        """The quarter after a node, played with a draft."""
        quarter = quarter_of(self.scenario, after.t + 1, self.game.seed)
        players, orders = self.seated(tree, after, draft, world)
        return play_quarter(self.scenario, world, quarter, self.rows, players, orders)

    def preview(self, tree: Tree, after: Node, draft: Draft, world: World) -> TurnRecord:
        """The quarter after a node with a draft and quiet dice: what it does if nothing strikes."""
        quarter = quiet_quarter(after.t + 1, self.scenario.calendar, self.scenario.params)
        players, orders = self.seated(tree, after, draft, world)
        return play_quarter(self.scenario, world, quarter, self.rows, players, orders)

    def before(self, tree: Tree, after: Node, draft: Draft, world: World) -> dict[str, OrderValue]:
        """What would hold in the quarter after a node without the draft's orders, for each of them."""
        if not draft.orders:
            return {}
        alone = self._without(tree, after, draft, world)
        found: dict[str, OrderValue] = {}
        for name in draft.orders:
            value = getattr(alone, name)[..., self.game.seat, 0]
            found[name] = dict(zip(SEGMENTS, value.tolist(), strict=True)) if name in _SEGMENTED else float(value)
        return found

    def _played(self, tree: Tree, node: Node, world: World) -> TurnRecord:
        after = tree.nodes[ROOT if node.parent is None else node.parent]
        return self.play(tree, after, Draft(node.orders, node.on_policy), world)

    def seated(
        self, tree: Tree, after: Node, draft: Draft, world: World
    ) -> tuple[dict[int, Player], dict[int, SeatOrders]]:
        """The player and the orders of the quarter after a node: standing settings with the draft laid over them."""
        held = self._standing(tree, after, draft)
        given = {**held, **{name: joined(held.get(name), value) for name, value in draft.orders.items()}}
        partly = any(isinstance(value, Mapping) and len(value) < len(SEGMENTS) for value in given.values())
        otherwise = self._bare(after, draft, world) if partly else None
        seat = self.game.seat
        return {seat: Player(seat, draft.on_policy)}, {seat: seat_arrays(given, otherwise, seat)}

    def _standing(self, tree: Tree, after: Node, draft: Draft) -> Orders:
        """Standing settings; a seat on its policy has none, the policy decides them every quarter."""
        return {} if draft.on_policy else standing(tree.path(after.id), SETTINGS)

    def _without(self, tree: Tree, after: Node, draft: Draft, world: World) -> Decisions:
        """Decisions of the coming quarter without the draft's orders."""
        quarter = quarter_of(self.scenario, after.t + 1, self.game.seed)
        players, orders = self.seated(tree, after, Draft(on_policy=draft.on_policy), world)
        return decide(self.scenario, world, quarter, self.rows, players, orders)

    def _bare(self, after: Node, draft: Draft, world: World) -> Decisions:
        """Decisions of the coming quarter as if the seat had never given an order."""
        quarter = quarter_of(self.scenario, after.t + 1, self.game.seed)
        players = {self.game.seat: Player(self.game.seat, draft.on_policy)}
        return decide(self.scenario, world, quarter, self.rows, players)


def _another_model(node: Node) -> BadInput:
    what = f"turn {node.id} was played by model {node.model_version} and cannot be played again by {MODEL_VERSION}"
    return BadInput(Problem("game", what, "use the labsim that played it, or read what the file keeps"))
