"""What has been played? The quarters of one game as a tree: a fork is a second child, a branch a name on a tip."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from labsim.errors import BadInput, Problem, did_you_mean
from labsim.scenario_orders import Orders as Orders
from labsim.scenario_orders import OrderValue as OrderValue

ROOT = 0
"""The node before the first quarter: nothing has been played, the world is the scenario's opening."""
LONGEST_NAME = 80
"""Letters of the name of a branch or a game; a choice that fits a list."""


@dataclass(frozen=True)
class Node:
    """One played quarter. Its world is the one at the end of quarter ``t``, counted from 2023Q1."""

    id: int
    parent: int | None  # None for the root
    t: int
    branch: int  # the branch on which it was played
    when: str  # ISO 8601, UTC
    model_version: int
    on_policy: bool = False  # the seat's policy decided what the orders left open
    orders: Orders = dataclasses.field(default_factory=dict)  # of the player, as given


@dataclass(frozen=True)
class Branch:
    """A name on a line of quarters. ``origin`` is the node from which it was forked."""

    id: int
    name: str
    tip: int
    origin: int
    continued_under: int = 0  # the model version that goes on where another one played; 0: none does
    is_deleted: bool = False


class Tree:
    """Nodes and branches; nodes are only ever added."""

    def __init__(self, nodes: Iterable[Node], branches: Iterable[Branch]) -> None:
        """Hold the nodes (parents before children) and the branches.

        Raises:
            ValueError: an id twice, a missing parent, a quarter that does not follow its parent's.
        """
        self.nodes: dict[int, Node] = {}
        self.branches: dict[int, Branch] = {}
        for node in nodes:
            self.add(node)
        for branch in branches:
            self.put(branch)

    def add(self, node: Node) -> None:
        """Add a node below its parent. Raises ValueError when it does not fit there."""
        if node.id in self.nodes:
            raise ValueError(f"turn {node.id} is there twice")
        if (node.id == ROOT) != (node.parent is None):
            raise ValueError(f"turn {node.id} has no place in the tree")
        if node.parent is not None:
            # A parent is older than its children, which also rules circles out.
            if node.parent not in self.nodes or node.parent >= node.id:
                raise ValueError(f"turn {node.id} follows turn {node.parent}, which was not played before it")
            if node.t != self.nodes[node.parent].t + 1:
                raise ValueError(f"turn {node.id} plays quarter {node.t} after quarter {self.nodes[node.parent].t}")
        self.nodes[node.id] = node

    def put(self, branch: Branch) -> None:
        """Add or replace a branch. Raises ValueError when its nodes do not exist."""
        if branch.tip not in self.nodes or branch.origin not in {node.id for node in self.path(branch.tip)}:
            raise ValueError(f'branch "{branch.name}" names turns that do not exist')
        self.branches[branch.id] = branch

    def next_node(self) -> int:
        """The id of the next node."""
        return max(self.nodes, default=-1) + 1

    def next_branch(self) -> int:
        """The id of the next branch."""
        return max(self.branches, default=0) + 1

    def path(self, node: int) -> tuple[Node, ...]:
        """The nodes from the root to a node, both included. Raises BadInput for an unknown node."""
        here: int | None = node
        found: list[Node] = []
        while here is not None:
            if here not in self.nodes:
                raise BadInput(Problem("game", f"turn {here} does not exist", "see `labsim tree`"))
            found.append(self.nodes[here])
            here = self.nodes[here].parent
        return tuple(reversed(found))

    def children(self, node: int) -> Iterator[Node]:
        """The nodes that follow a node, in the order in which they were played."""
        return (other for other in self.nodes.values() if other.parent == node)

    def common(self, a: int, b: int) -> Node:
        """The last node that the paths to two nodes share."""
        shared = [one for one, other in zip(self.path(a), self.path(b), strict=False) if one.id == other.id]
        return shared[-1]

    def shown(self) -> tuple[Branch, ...]:
        """The branches that have not been deleted, oldest first."""
        return tuple(branch for branch in self.branches.values() if not branch.is_deleted)

    def named(self, name: str) -> Branch:
        """The branch of that name. Raises BadInput naming the ones there are."""
        found = [branch for branch in self.shown() if branch.name == name]
        if found:
            return found[0]
        names = [branch.name for branch in self.shown()]
        remedy = f"choose one of {', '.join(names)};{did_you_mean(name, names)}".rstrip(";")
        raise BadInput(Problem("game", f'no branch "{name}"', remedy))

    def free_name(self, name: str) -> str:
        """``name`` made fit for a new branch. Raises BadInput when it is taken, empty, too long or not one line."""
        clean = checked_name(name, "branch")
        if clean in [branch.name for branch in self.shown()]:
            raise BadInput(Problem("branch", f'there is a branch "{clean}" already', "choose another name"))
        return clean


def checked_name(name: str, what: str) -> str:
    """A name without blanks around it. Raises BadInput when it is empty, too long or holds control characters."""
    clean = name.strip()
    if not clean or len(clean) > LONGEST_NAME or not clean.isprintable():
        raise BadInput(Problem(what, "the name is empty, too long or not one line", f"use 1 to {LONGEST_NAME} letters"))
    return clean


def standing(path: Iterable[Node], settings: Iterable[str]) -> dict[str, OrderValue]:
    """The settings that stand after the nodes of a path; a later price of a segment joins those of the others."""
    kept: dict[str, OrderValue] = {}
    names = frozenset(settings)
    for node in path:
        for name, value in node.orders.items():
            if name in names:
                kept[name] = joined(kept.get(name), value)
    return kept


def joined(old: OrderValue | None, new: OrderValue) -> OrderValue:
    """A new value laid over an old one: segments that the new one does not name keep theirs."""
    if isinstance(new, Mapping):
        return {**(old if isinstance(old, Mapping) else {}), **new}
    return new
