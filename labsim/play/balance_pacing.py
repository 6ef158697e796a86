"""Does every quarter hold a real choice? One-notch changes of the par play's orders, rolled to the end on common dice.

A quarter holds a real choice when the best and the worst change differ by 3 points of score, and two that pull in
different directions lie within 2 points of the best: more of something and less of something, or more tokens for one
use and for another. Changed settings stand to the end, as a player's would; once-orders are changed in their quarter
only.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from labsim.model.decisions import SHARES, Decisions
from labsim.model.exogenous import Quarter
from labsim.model.gate import gate
from labsim.model.step import step
from labsim.model.world import World, map_stocks
from labsim.play.balance_games import repeated
from labsim.play.objectives import Tally
from labsim.play.plays import plays_of, rows_with
from labsim.play.policy_rows import Rows
from labsim.play.turn import TurnRecord, asked_by_policies, opening, quarter_of
from labsim.scenario import Scenario
from labsim.scenario_plays import Play
from labsim.variables import Array

PACING_DICE = 40
MATTERS = 3.0  # points of score between the best and the worst change
CLOSE = 2.0  # points under the best within which the choice is not obvious
DULL = 1.0  # points of spread under which nothing is to be decided
NOTCH_TOKENS, NOTCH_PRICE, NOTCH_RENT, NOTCH_THINKING, NOTCH_ROUND = 0.05, 0.15, 0.25, 2.0, 0.15
LEAD = 1.0  # points of capability from which a lead counts
_Rows = dict[str, Array]


@dataclass(frozen=True)
class Change:
    """One notch: the order, which way, and what it makes of the seat's orders (``stands``: also in later quarters)."""

    order: str
    way: int  # 1 orders more, -1 less, 0 another
    make: Callable[[_Rows, World, int, Quarter], Array]
    stands: bool = True


def _times(name: str, factor: float) -> Callable[[_Rows, World, int, Quarter], Array]:
    return lambda mine, world, seat, quarter: mine[name] * factor


def _tokens(name: str, more: float) -> Callable[[_Rows, World, int, Quarter], Array]:
    def make(mine: _Rows, world: World, seat: int, quarter: Quarter) -> Array:
        total: Array = np.add.reduce([mine[share] for share in SHARES])
        moved: Array = np.maximum(mine[name] + more * total, 0.0)
        return moved

    return make


def _round(mine: _Rows, world: World, seat: int, quarter: Quarter) -> Array:
    return np.where(mine["raise_amount"] > 0.0, 0.0, NOTCH_ROUND * world.capital.valuation[seat])


def _focus(mine: _Rows, world: World, seat: int, quarter: Quarter) -> Array:
    """Another technique: the second one missing, or the first where the focus is on another."""
    missing = (world.people.technique_progress[:, seat] < 1.0) & ~quarter.techniques_public[:, 0]
    number = np.cumsum(missing, axis=0) * missing
    first, second = (np.argmax(number == place, axis=0).astype(np.float64) for place in (1, 2))
    focus = mine["technique_focus"]
    return np.where((focus < 0.0) | (focus == first), np.where((number == 2.0).any(axis=0), second, focus), first)


CHANGES: tuple[Change, ...] = (
    *(
        Change(name, way, _tokens(name, way * NOTCH_TOKENS))
        for name in ("inference_share", "training_share", "alignment_share")
        for way in (1, -1)
    ),
    Change("price", 1, _times("price", 1.0 + NOTCH_PRICE)),
    Change("price", -1, _times("price", 1.0 - NOTCH_PRICE)),
    Change("reserve_gpus", 1, _times("reserve_gpus", 1.0 + NOTCH_RENT), stands=False),
    Change("reserve_gpus", -1, _times("reserve_gpus", 1.0 - NOTCH_RENT), stands=False),
    Change("start_run", 0, lambda mine, world, seat, quarter: 1.0 - mine["start_run"], stands=False),
    Change("raise_amount", 0, _round, stands=False),
    Change("design_open", 0, lambda mine, world, seat, quarter: 1.0 - mine["design_open"]),
    Change("thinking", 1, _times("thinking", NOTCH_THINKING)),
    Change("thinking", -1, _times("thinking", 1.0 / NOTCH_THINKING)),
    Change("technique_focus", 0, _focus, stands=False),
)
"""The one-notch changes: tokens to each use, price, rent, a run, a round, release, thinking, technique."""


@dataclass(frozen=True)
class QuarterChoice:
    """What one quarter offered on the par play's path."""

    t: int
    spread: float  # points between the best and the worst change
    best: Change
    is_real: bool


@dataclass(frozen=True)
class Pacing:
    """How much there is to decide, quarter by quarter, and whether leads last."""

    play: Play
    quarters: tuple[QuarterChoice, ...]
    half_life: float  # quarters in which a capability lead halves; infinity: it does not within the game
    kept_first: float  # part of the games in which the lab of the highest stake at half-time has it at the end

    @property
    def real(self) -> float:
        """Part of the quarters that hold a real choice."""
        return sum(quarter.is_real for quarter in self.quarters) / len(self.quarters)

    @property
    def longest_dull(self) -> int:
        """The most quarters in a row without a real choice."""
        longest = streak = 0
        for quarter in self.quarters:
            streak = 0 if quarter.is_real else streak + 1
            longest = max(longest, streak)
        return longest

    @property
    def nothing(self) -> int:
        """Quarters in which no change is worth a point."""
        return sum(quarter.spread < DULL for quarter in self.quarters)

    @property
    def most_often(self) -> tuple[str, float]:
        """The change that is best most often, and in which part of the quarters."""
        names = Counter(named(quarter.best) for quarter in self.quarters)
        name, count = names.most_common(1)[0]
        return name, count / len(self.quarters)


def named(change: Change) -> str:
    """A change in words: the order and which way."""
    return f"{change.order} {('other', 'more', 'less')[change.way]}"


def pacing(scenario: Scenario, dice: int = PACING_DICE, seed: int = 1) -> Pacing:
    """Measure the pacing of a scenario on the path of its par play, else of the careful one."""
    plays = plays_of(scenario)
    way = next((one for one in plays.values() if one.role == "par"), plays["careful"])
    seat = scenario.seat(scenario.default_seat)
    rows = rows_with(scenario, seat, way, {})
    usable = [change for change in CHANGES if change.order not in scenario.hidden_orders]
    world, tally, found = opening(scenario, dice), Tally(scenario, seat), []
    path: list[TurnRecord] = []
    for t in range(scenario.start, scenario.start + scenario.quarters):
        found.append(_choice(scenario, seat, rows, usable, world, tally, t, dice, seed))
        record = _quarter(scenario, rows, world, t, dice, seed, 1, lambda asked, world, quarter: asked)
        tally.add(record)
        path.append(record)
        world = record.world
    return Pacing(way, tuple(found), half_life(path), _kept_first(path))


def _choice(
    scenario: Scenario, seat: int, rows: Rows, usable: Sequence[Change], world: World, tally: Tally, t: int,
    dice: int, seed: int,
) -> QuarterChoice:  # fmt: skip
    """Every change from one quarter on, rolled to the end; run ``c * dice + d`` is change ``c`` on dice ``d``.

    The last copy is the play unchanged.
    """
    copies = len(usable) + 1
    now = map_stocks(world, lambda _, stock: np.tile(stock, copies))
    scored = tally.tiled(copies)
    for later in range(t, scenario.start + scenario.quarters):
        change = _changed(seat, usable, dice, later == t)
        record = _quarter(scenario, rows, now, later, dice, seed, copies, change)
        scored.add(record)
        now = record.world
    score = scored.score().total.reshape(copies, dice).mean(axis=1)[:-1]
    best = int(np.argmax(score))
    spread, close = float(score.max() - score.min()), score >= score.max() - CLOSE
    near = [change for change, is_near in zip(usable, close, strict=True) if is_near]
    return QuarterChoice(t, spread, usable[best], spread >= MATTERS and differ(near))


def differ(changes: Sequence[Change]) -> bool:
    """Do some of the changes pull in different directions?"""
    uses = {change.order for change in changes if change.way > 0} & set(SHARES)
    return {1, -1} <= {change.way for change in changes} or len(uses) > 1


def _changed(seat: int, usable: Sequence[Change], dice: int, is_first: bool) -> Callable[..., Decisions]:
    """One notch off what the unchanged play orders, so that a notch stays one: policies start from their last price."""

    def change(asked: Decisions, world: World, quarter: Quarter) -> Decisions:
        mine = {f.name: _unchanged(getattr(asked, f.name)[..., seat, :], dice) for f in dataclasses.fields(asked)}
        new: _Rows = {}
        for place, one in enumerate(usable):
            if is_first or one.stands:
                runs = slice(place * dice, (place + 1) * dice)
                row = new.setdefault(one.order, getattr(asked, one.order).copy())
                row[..., seat, runs] = one.make(mine, world, seat, quarter)[..., runs]
        return dataclasses.replace(asked, **new)

    return change


def _unchanged(orders: Array, dice: int) -> Array:
    """The orders of the last copy, for every copy."""
    last = orders[..., -dice:]
    return np.tile(last, orders.shape[-1] // dice)


def _quarter(
    scenario: Scenario, rows: Rows, world: World, t: int, dice: int, seed: int, copies: int,
    change: Callable[..., Decisions],
) -> TurnRecord:  # fmt: skip
    quarter = repeated(quarter_of(scenario, t, seed, 0, dice), copies)
    asked = change(asked_by_policies(scenario, world, quarter, rows), world, quarter)
    allowed, trimmed = gate(asked, world, scenario.params, quarter)
    following, report = step(world, allowed, scenario.params, quarter)
    return TurnRecord(t, allowed, trimmed, report, following)


# ---- leads ----------------------------------------------------------------------------------------------------------


def half_life(path: Sequence[TurnRecord]) -> float:
    """Quarters after which the mean lead of the lab that leads in capability has halved."""
    base = np.stack([record.report.alignment.capability for record in path])
    alive = np.stack([record.world.capital.status == 0.0 for record in path])
    lead = np.where(alive, base - _best_other(np.where(alive, base, -np.inf)), -np.inf)
    first = lead.max(axis=1, keepdims=True)
    leads = (lead == first) & (first >= LEAD) & np.isfinite(lead)
    before = 1.0
    for after in range(1, len(path)):
        then, now = lead[after:], lead[: len(path) - after]
        counted = leads[: len(path) - after] & np.isfinite(then) & np.isfinite(now)
        if not counted.any():
            break
        left = float(then[counted].mean() / now[counted].mean())
        if left <= 0.5:
            return after - 1.0 + (before - 0.5) / (before - left)
        before = left
    return float("inf")


def _best_other(capability: Array) -> Array:
    """The best of the other labs; ``(turn, lab, run)``."""
    ordered = np.sort(capability, axis=1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    found: Array = np.where(capability == best, second, best)
    return found


def _kept_first(path: Sequence[TurnRecord]) -> float:
    stakes = [record.world.capital.valuation * record.world.capital.holders for record in path]
    half, end = stakes[(len(path) - 1) // 2], stakes[-1]
    return float((np.argmax(half, axis=0) == np.argmax(end, axis=0)).mean())
