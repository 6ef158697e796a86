"""What has been played in this game, and on which branches? All that can be asked and done without a draft."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from labsim.errors import BadInput, Problem
from labsim.model.world import World
from labsim.play.differences import Difference, difference
from labsim.play.fingerprint import MODEL_VERSION
from labsim.play.journal import Journal
from labsim.play.replay import Replay
from labsim.play.tree import Branch, Node
from labsim.play.turn import TurnRecord


class Timeline:
    """The tree of one game; what changes is written through the journal before it holds here."""

    def __init__(self, journal: Journal) -> None:
        """Take up the game that a journal holds. Raises BadInput, BadWorld as the journal does."""
        stored = journal.load()
        self.journal = journal
        self.game = stored.game
        self.scenario = stored.scenario
        self.seat = stored.game.seat
        self._stored = stored
        self._tree = stored.tree
        self._active = stored.active
        self._records: dict[int, TurnRecord] = {}
        self._replay = Replay(stored.scenario, stored.game)
        self._listeners: list[Callable[[str], None]] = []

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

    # ---- branches ---------------------------------------------------------------------------------------------------

    def branches(self) -> tuple[Branch, ...]:
        """The branches, oldest first; deleted ones are left out."""
        return self._tree.shown()

    def branches_by_id(self) -> dict[int, Branch]:
        """Every branch by its id, deleted ones included."""
        return dict(self._tree.branches)

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
        return difference(common, one, other, self.record, self.seat)

    def tip(self, branch: str) -> Node:
        """The last node of a branch."""
        return self._tree.nodes[self._tree.named(branch).tip]

    def _put_branches(self, changed: tuple[Branch, ...], active: int) -> None:
        self.journal.put_branches(changed, active)
        for branch in changed:
            self._tree.put(branch)
        self._active = active
        self._tell("branches")

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
