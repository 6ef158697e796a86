"""How are many variants of a game played on the same dice? Copies of a batch side by side, each with its own change."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.gate import gate
from labsim.model.step import step
from labsim.model.world import World
from labsim.play.policy_rows import Rows
from labsim.play.turn import TurnRecord, asked_by_policies, opening, policy_rows, quarter_of
from labsim.scenario import Scenario
from labsim.variables import Array

Change = Callable[[Decisions, World, Quarter], Decisions]
"""What a variant orders instead of the autopilots' orders."""


def unchanged(decisions: Decisions, world: World, quarter: Quarter) -> Decisions:
    """The autopilots' orders as they are."""
    return decisions


def games(
    scenario: Scenario,
    seed: int,
    dice: int,
    *,
    copies: int = 1,
    quarters: int | None = None,
    rows: Rows | None = None,
    seen: Callable[[World], World] = lambda world: world,
    change: Change = unchanged,
) -> Iterator[TurnRecord]:
    """Play ``copies`` variants on the same ``dice`` games; run ``c * dice + d`` is variant ``c`` on dice ``d``.

    The autopilots decide on the world as ``seen``; ``change`` then replaces orders. Everything passes the gate.
    """
    world = opening(scenario, copies * dice)
    p = scenario.params
    chosen = rows or policy_rows(scenario)
    for t in range(scenario.start, scenario.start + (quarters or scenario.quarters)):
        quarter = repeated(quarter_of(scenario, t, seed, 0, dice), copies)
        asked = asked_by_policies(scenario, seen(world), quarter, chosen)
        allowed, trimmed = gate(change(asked, world, quarter), world, p, quarter)
        world, report = step(world, allowed, p, quarter)
        yield TurnRecord(t, allowed, trimmed, report, world)


def repeated(quarter: Quarter, copies: int) -> Quarter:
    """The quarter with its dice copied side by side."""
    if copies == 1:
        return quarter
    drawn = quarter.dice
    tiled = {f.name: np.concatenate([getattr(drawn, f.name)] * copies, -1) for f in dataclasses.fields(drawn)}
    return dataclasses.replace(quarter, dice=dataclasses.replace(drawn, **tiled))


def per_copy(values: Array | list[float], dice: int) -> Array:
    """One value a variant, laid out over its runs; ``(run,)``."""
    return np.repeat(np.asarray(values, dtype=np.float64), dice)


def by_copy(x: Array, dice: int) -> Array:
    """The last axis split into variants and dice; ``(…, copy, dice)``."""
    return x.reshape(*x.shape[:-1], -1, dice)


def with_row(array: Array, seat: int, row: Array) -> Array:
    """A copy of ``(…, lab, run)`` with other values for one lab."""
    new = array.copy()
    new[..., seat, :] = row
    return new
