"""What is a drawn tree of quarters, and which node lies beside which? Plain values, without Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class TreeNode:
    """One dot: its key, its parent's, its turn and lane; `chip` stands under it, `words` describe it."""

    key: int
    parent: int | None
    t: int
    lane: int
    chip: str = ""
    words: str = ""
    is_open: bool = False  # not played yet: the quarter that is decided next
    is_bad: bool = False  # the lab ended in it
    has_note: bool = False


@dataclass(frozen=True)
class TreeLane:
    """One branch: its name, the node at its end, and the colour of its line (of the theme)."""

    name: str
    tip: int
    color: str = "muted"
    is_active: bool = False
    is_ticked: bool = False


@dataclass(frozen=True)
class TreeData:
    """A tree: lanes from the top, and nodes with parents before their children."""

    lanes: tuple[TreeLane, ...] = ()
    nodes: tuple[TreeNode, ...] = ()

    @property
    def first(self) -> int:
        """The turn of the earliest node."""
        return min((node.t for node in self.nodes), default=0)

    @property
    def last(self) -> int:
        """The turn of the latest node."""
        return max((node.t for node in self.nodes), default=0)

    def node(self, key: int) -> TreeNode | None:
        """The node of a key."""
        return next((node for node in self.nodes if node.key == key), None)


def beside(tree: TreeData, key: int, across: int, down: int) -> int:
    """The key of the node one step along the branch (across) or on the next lane (down); the same key at an edge."""
    here = tree.node(key)
    if here is None:
        return tree.nodes[0].key if tree.nodes else key
    if across < 0:
        return key if here.parent is None else here.parent
    if across > 0:
        children = [node for node in tree.nodes if node.parent == key]
        same = [node for node in children if node.lane == here.lane]
        return (same or children or [here])[0].key
    lanes = sorted({node.lane for node in tree.nodes if (node.lane - here.lane) * down > 0}, reverse=down < 0)
    return nearest(tree.nodes, lanes[0], here.t).key if lanes else key


def nearest(nodes: Iterable[TreeNode], lane: int, t: int) -> TreeNode:
    """The node of a lane that is nearest in time."""
    return min((node for node in nodes if node.lane == lane), key=lambda node: (abs(node.t - t), node.t))
