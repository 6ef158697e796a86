"""In what do two branches differ? In orders of the player, and in what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from labsim.play.journal import flat
from labsim.play.series import HEADLINES, RENAMED, WORLD_HEADLINES, values
from labsim.play.tree import Node
from labsim.play.turn import TurnRecord
from labsim.variables import LAB, REGISTRY

_DECLARED = {shown: name for name, shown in RENAMED.items()}


@dataclass(frozen=True)
class OrderDifference:
    """An order of the player that two branches do not share; None: not given."""

    t: int
    decision: str
    segment: str  # empty when the decision has no segments
    a: float | None
    b: float | None


@dataclass(frozen=True)
class OutcomeDifference:
    """A figure that differs in a quarter that both branches have played: of the player's lab, or of the world."""

    t: int
    variable: str
    a: float
    b: float


@dataclass(frozen=True)
class Difference:
    """All that differs after the last quarter that two branches share."""

    common: Node
    orders: tuple[OrderDifference, ...]
    outcomes: tuple[OutcomeDifference, ...]


def difference(
    common: Node, a: Sequence[Node], b: Sequence[Node], record: Callable[[int], TurnRecord], seat: int
) -> Difference:
    """What differs between two lines of quarters after a common one; ``record`` gives the record of a node."""
    outcomes = (
        found
        for left, right in zip(a, b, strict=False)
        for found in outcome_differences(record(left.id), record(right.id), seat)
    )
    return Difference(common, tuple(order_differences(a, b)), tuple(outcomes))


def order_differences(a: Sequence[Node], b: Sequence[Node]) -> Iterator[OrderDifference]:
    """Differences of the orders as given, by quarter and name."""
    one, other = (
        {(node.t, name, segment): value for node in path for name, segment, value in flat(node.orders)}
        for path in (a, b)
    )
    for t, name, segment in sorted(set(one) | set(other)):
        pair = one.get((t, name, segment)), other.get((t, name, segment))
        if pair[0] != pair[1]:
            yield OrderDifference(t, name, segment, *pair)


def outcome_differences(
    a: TurnRecord, b: TurnRecord, seat: int, variables: Sequence[str] = HEADLINES + WORLD_HEADLINES
) -> Iterator[OutcomeDifference]:
    """Differences of two records of one quarter in headline variables; exact, however small."""
    one, other = values(a), values(b)
    for shown in variables:
        name = _DECLARED.get(shown, shown)
        place = (..., seat, 0) if LAB in REGISTRY[name].axes else (..., 0)
        pair = float(one[name][place]), float(other[name][place])
        if pair[0] != pair[1]:
            yield OutcomeDifference(a.t, shown, *pair)
