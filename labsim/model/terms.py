"""How is a change split into named causes? What the explanations beside every verb's formulas share.

Two methods, both exact: log-mean shares (Divisia, Ang 2004) for products, Shapley values over few factors for the
rest; with factors in groups, Owen's extension, so that the parts of a group add up to the group.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from labsim.model.decisions import Decisions
from labsim.model.flows import Report
from labsim.model.params import Params
from labsim.model.world import World
from labsim.variables import Array

LinkKind = Literal["decision", "rival", "event", "draw"]
MOST_EXACT = 7
"""Factors of a group over which Owen's value is exact; the rivals of eight labs."""
_NEAR = 1e-6  # relative difference under which a log mean is summed as a series: its error is then below 1e-18


class Played(Protocol):
    """One quarter as it was played; ``world`` is the world after it. A record of a turn is one."""

    @property
    def t(self) -> int: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def report(self) -> Report: ...
    @property
    def world(self) -> World: ...


@dataclass(frozen=True)
class Link:
    """What stands behind a cause: a decision, a rival lab, a world event or a stream of the dice, by name."""

    kind: LinkKind
    name: str


@dataclass(frozen=True)
class Cause:
    """One named part of a change, ``(run,)``, in the unit of what changed. Its own causes add up to it.

    ``text`` is the name under which its sentences stand in the text file; the name itself when it is left empty. A
    ``plain`` cause has no sentence of its own: it pushed the figure up or down.
    """

    name: str
    value: Array
    links: tuple[Link, ...] = ()
    causes: tuple[Cause, ...] = ()
    text: str = ""
    plain: bool = False

    def scaled(self, factor: Array) -> Cause:
        """The same cause of something that moves ``factor`` times as much."""
        inner = tuple(cause.scaled(factor) for cause in self.causes)
        return dataclasses.replace(self, value=self.value * factor, causes=inner)

    def flat(self) -> Cause:
        """The same cause without its own causes."""
        return dataclasses.replace(self, causes=())


def decisions(*names: str) -> tuple[Link, ...]:
    """Links to decisions."""
    return tuple(Link("decision", name) for name in names)


def draws(*names: str) -> tuple[Link, ...]:
    """Links to streams of the dice."""
    return tuple(Link("draw", name) for name in names)


def events_behind(world: World, p: Params, *effects: str) -> tuple[Link, ...]:
    """Links to the world events in force that move one of these coefficients."""
    moved = {row for effect, row in (*p.events.factors, *p.events.adders) if effect in effects}
    on = [row for row in sorted(moved) if np.any(world.events.event_left[row] > 0.0)]
    return tuple(Link("event", p.events.names[row]) for row in on)


def grouped(name: str, causes: Sequence[Cause], links: tuple[Link, ...] = (), text: str = "") -> Cause:
    """A cause made of others; behind it stands what is behind the largest, unless something else is named."""
    return Cause(name, total_of(causes), links or largest_of(causes).links, tuple(causes), text)


def total_of(causes: Iterable[Cause]) -> Array:
    """The sum of causes."""
    first, *rest = causes
    value = first.value
    for cause in rest:
        value = value + cause.value
    return value


def largest_of(causes: Sequence[Cause]) -> Cause:
    """The cause that moved most, on average over the runs."""
    return max(causes, key=lambda cause: float(np.mean(np.abs(cause.value))))


# ---- log-mean shares ------------------------------------------------------------------------------------------------


def log_mean(a: Array, b: Array) -> Array:
    """Logarithmic mean of two positive numbers, (a - b)/ln(a/b); 0 where one of them is not positive."""
    good = (a > 0.0) & (b > 0.0)
    low, high = np.where(good, a, 1.0), np.where(good, b, 1.0)
    apart = (high - low) / low
    near = np.abs(apart) < _NEAR
    logarithm = np.log(high) - np.log(low)
    series = low * (1.0 + apart / 2.0 - apart * apart / 12.0)
    mean = np.where(near, series, (high - low) / np.where(near, 1.0, logarithm))
    return np.where(good, mean, 0.0)


def log_change(a: Array, b: Array) -> Array:
    """ln(b/a); 0 where one of them is not positive."""
    good = (a > 0.0) & (b > 0.0)
    return np.where(good, np.log(np.where(good, b, 1.0)) - np.log(np.where(good, a, 1.0)), 0.0)


def product_shares(factors: Sequence[tuple[Array, Array]]) -> list[Array]:
    """What each factor did to a product, from ``(before, after)`` of every factor.

    Log-mean shares; Shapley values where a factor is 0 before or after, for which there is no logarithm.
    """
    before = _product([pair[0] for pair in factors])
    after = _product([pair[1] for pair in factors])
    mean = log_mean(before, after)
    found = [mean * log_change(*pair) for pair in factors]
    if np.all(mean > 0.0):
        return found
    names = [str(i) for i in range(len(factors))]

    def worth(on: Coalitions) -> Array:
        return _product([on.pick(name, *pair) for name, pair in zip(names, factors, strict=True)])

    fair = shapley(worth, {name: (name,) for name in names})
    return [np.where(mean > 0.0, share, fair[name]) for name, share in zip(names, found, strict=True)]


def _product(factors: Sequence[Array]) -> Array:
    value = factors[0]
    for factor in factors[1:]:
        value = value * factor
    return value


# ---- Shapley values -------------------------------------------------------------------------------------------------


class Coalitions:
    """Many combinations of factors at once, along a new first axis: which stand at their later value?"""

    def __init__(self, flags: Mapping[str, NDArray[np.bool_]]) -> None:
        """Hold for each factor whether it is later, ``(coalition,)``."""
        self._flags = flags

    def pick(self, factor: str, before: Array, after: Array) -> Array:
        """The factor's value in each combination: ``(coalition, *shape)``."""
        flag = self._flags[factor]
        return np.where(flag.reshape(-1, *([1] * max(np.ndim(before), np.ndim(after)))), after, before)

    def pick_sum(self, factors: Sequence[str], before: Array, after: Array) -> Array:
        """Sum over factors, the first axis of both arrays, of each factor's value: ``(coalition, *shape)``."""
        flags = np.stack([self._flags[factor] for factor in factors], axis=1).astype(np.float64)
        total: Array = before.sum(axis=0) + np.tensordot(flags, after - before, axes=1)
        return total

    def spread(self, groups: Mapping[str, Sequence[str]]) -> Coalitions:
        """The same combinations in which every member does what its group does."""
        return Coalitions({member: self._flags[name] for name, members in groups.items() for member in members})


def shapley(worth: Callable[[Coalitions], Array], groups: Mapping[str, Sequence[str]]) -> dict[str, Array]:
    """What each factor, and each group of factors, did to ``worth``: Shapley values of the groups, Owen's inside.

    ``worth`` gets combinations of factors and returns ``(coalition, *shape)``. The result holds ``group`` and, for
    groups of several factors, ``group.factor``; the groups add up to the change of the worth, factors to their group.
    Work grows with 2 to the number of groups times 2 to the size of the largest; groups of more than ``MOST_EXACT``
    factors take the mean over some orders in which every factor holds every place equally often.
    """
    found: dict[str, Array] = {}
    names = list(groups)
    if all(len(members) == 1 for members in groups.values()):
        every = _subsets(len(names))
        value = worth(Coalitions({groups[name][0]: every[:, column] for column, name in enumerate(names)}))
        return dict(zip(names, _exact_shares(value, every), strict=True))
    for name in names:
        others = [other for other in names if other != name]
        members = list(groups[name])
        exact = len(members) <= MOST_EXACT
        outer, inner = _subsets(len(others)), _subsets(len(members)) if exact else _prefixes(len(members))
        flags: dict[str, NDArray[np.bool_]] = {}
        for column, other in enumerate(others):
            flags.update(dict.fromkeys(groups[other], np.repeat(outer[:, column], len(inner))))
        for column, member in enumerate(members):
            flags[member] = np.tile(inner[:, column], len(outer))
        value = worth(Coalitions(flags))
        table = value.reshape(len(outer), len(inner), *value.shape[1:])
        mean = np.tensordot(_weights(outer, len(names)), table, axes=1)
        found[name] = mean[-1] - mean[0]
        if len(members) > 1:
            shares = _exact_shares(mean, inner) if exact else _ordered_shares(mean, inner)
            found.update({f"{name}.{member}": share for member, share in zip(members, shares, strict=True)})
    return found


def _exact_shares(worth: Array, subsets: NDArray[np.bool_]) -> list[Array]:
    """Shapley value of each member from the worth of every subset."""
    members = subsets.shape[1]
    weight = _weights(subsets, members)
    found = []
    for column in range(members):
        without = np.flatnonzero(~subsets[:, column])
        gain = worth[without + (1 << column)] - worth[without]
        found.append(np.tensordot(weight[without], gain, axes=1))
    return found


def _ordered_shares(worth: Array, prefixes: NDArray[np.bool_]) -> list[Array]:
    """Mean gain of each member over the orders whose prefixes these are."""
    members = prefixes.shape[1]
    orders = len(prefixes) // (members + 1)
    steps = np.diff(worth.reshape(orders, members + 1, *worth.shape[1:]), axis=1)
    joined = np.diff(prefixes.reshape(orders, members + 1, members).astype(np.float64), axis=1)
    return list(np.einsum("okm,ok...->m...", joined, steps) / orders)


def _prefixes(count: int) -> NDArray[np.bool_]:
    """First 0, 1, … members of every rotation of the line-up, forwards and backwards; the last one is all."""
    line = np.arange(count)
    orders = [np.roll(way, -turn) for turn in range(count) for way in (line, line[::-1])]
    place = np.stack([np.argsort(order) for order in orders])
    found: NDArray[np.bool_] = place[:, None, :] < np.arange(count + 1)[None, :, None]
    return found.reshape(-1, count)


def _subsets(count: int) -> NDArray[np.bool_]:
    """All subsets of ``count`` things, ``(2**count, count)``; the first is empty, the last is all."""
    return (np.arange(1 << count)[:, None] >> np.arange(count)[None, :] & 1).astype(np.bool_)


def _weights(subsets: NDArray[np.bool_], players: int) -> Array:
    """Shapley's weight of joining each subset of the other players."""
    sizes = subsets.sum(axis=1)
    by_size = [
        math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players) for size in range(players)
    ]
    return np.array([by_size[min(size, players - 1)] for size in sizes])
