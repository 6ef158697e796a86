"""How is a seat played by data? A play's policy numbers, orders and rules as one function World -> Decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from labsim import tables
from labsim.errors import BadInput, Problem, did_you_mean, read_text_safely
from labsim.model.decisions import ONCE, SETTINGS, Decisions
from labsim.model.events import standing_effects
from labsim.model.exogenous import Quarter, quiet_quarter
from labsim.model.gate import defaults, merge
from labsim.model.params import SEGMENTS
from labsim.model.world import World
from labsim.play.figures import Figures
from labsim.play.orders import seat_arrays
from labsim.play.policies import autopilot
from labsim.play.policy_rows import Rows
from labsim.play.tree import Orders, OrderValue, joined
from labsim.play.turn import Player, TurnRecord, asked_by_policies, opening, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario
from labsim.scenario_bounds import policy_bounds
from labsim.scenario_figures import OTHERWISE
from labsim.scenario_orders import LARGEST_FILE, QuarterOrders
from labsim.scenario_plays import Amount, Condition, Play
from labsim.scenario_plays_check import parse_play, reference_plays
from labsim.variables import Array, Flags


def plays_of(scenario: Scenario) -> dict[str, Play]:
    """The plays of a scenario and the reference plays that every scenario has; its own win."""
    return {**reference_plays(scenario), **scenario.plays}


def find_play(text: str, scenario: Scenario) -> Play:
    """A play by name, a policy by name as a play, or a play from a file (a name that ends in .toml, or a path).

    Raises:
        BadInput, BadWorld: no such play or policy; a file that is missing or wrong, with every problem found.
    """
    if text.endswith(".toml") or "/" in text or "\\" in text:
        return parse_play(read_text_safely(Path(text), LARGEST_FILE), text, Path(text).stem, scenario)
    known = plays_of(scenario)
    if text in known:
        return known[text]
    if text in tables.policies():
        return Play(text, title=text, like=text)
    names = [*known, *tables.policies()]
    remedy = f"see `labsim list policies`, or name a .toml file;{did_you_mean(text, names)}".rstrip(";")
    raise BadInput(Problem("policy", f'no policy "{text[:60]}"', remedy))


def is_row(play: Play) -> bool:
    """Is the play nothing but a policy of another lab or other policy numbers?"""
    return play.policy == "always" and not play.orders and not play.rules


def row_of(play: Play, own: Mapping[str, float]) -> dict[str, float]:
    """The policy numbers of a play for a seat whose own numbers are given, within their bounds."""
    row = dict(tables.policies()[play.like]) if play.like else dict(own)
    row |= play.row
    row |= {name: row[name] * factor for name, factor in play.factor.items()}
    return {name: min(max(value, policy_bounds(name)[0]), policy_bounds(name)[1]) for name, value in row.items()}


def rows_with(scenario: Scenario, seat: int, play: Play | None, instead: Mapping[int, Mapping[str, float]]) -> Rows:
    """The policies of all seats with a play in one of them; ``instead`` gives other seats other policy numbers."""
    if play is None:
        return policy_rows(scenario, instead, seat)
    own = scenario.policies[seat]
    rows = policy_rows(scenario, {**instead, seat: row_of(play, own)}, seat)
    if is_row(play) and not scenario.hidden_orders:
        return rows
    return rows.with_play(seat, Acting(scenario, seat, play, policy_rows(scenario, instead, seat)))


def play_as_orders(
    scenario: Scenario,
    seed: int,
    quarters: int,
    seat: int,
    rows: Rows,
    plain: Rows,
    said: dict[int, Orders],
    orders: QuarterOrders | None = None,
) -> Iterator[TurnRecord]:
    """Play the quarters of a play, a record each, with its orders given as somebody would give them by hand.

    ``rows`` hold the play and ``plain`` the same policies without it. The orders of each quarter are put into ``said``
    before its record comes: with them a game file plays the same again and needs no play. ``orders`` of a file
    override the play in their quarters.
    """
    world = opening(scenario)
    for t in range(scenario.start, scenario.start + quarters):
        quarter = quarter_of(scenario, t, seed)
        asked = asked_by_policies(scenario, world, quarter, rows)
        over = seat_arrays((orders or {}).get(t, {}), asked, seat)
        given = merge(asked, seat, over)
        said[t] = {
            name: _plain(getattr(given, name)[..., seat, 0])
            for name in (*SETTINGS, *ONCE)
            if name not in scenario.hidden_orders
        }
        by_hand = {seat: seat_arrays(said[t], given, seat)}
        record = play_quarter(scenario, world, quarter, plain, {seat: Player(seat)}, by_hand)
        world = record.world
        yield record


def _plain(value: Array) -> OrderValue:
    return dict(zip(SEGMENTS, value.tolist(), strict=True)) if value.ndim else float(value)


class Acting:
    """A play in a seat: called with what the policies ask for, it gives the same with the seat's orders."""

    def __init__(self, scenario: Scenario, seat: int, play: Play, own: Rows) -> None:
        """``own`` are the policies without the play: they give the orders that the scenario hides from players."""
        self._scenario, self._seat, self._play = scenario, seat, play
        changed = row_of(play, scenario.policies[seat]) != dict(scenario.policies[seat])
        self._own = own if changed and scenario.hidden_orders else None
        self._stands = self._opening_settings() if play.policy == "first" else {}
        self._free = [name for name in (*SETTINGS, *ONCE) if name not in scenario.hidden_orders]

    def _opening_settings(self) -> dict[str, Array]:
        s, p = self._scenario, self._scenario.params
        world, quarter = opening(s), quiet_quarter(s.start, s.calendar, s.params)
        rows = policy_rows(s, {self._seat: row_of(self._play, s.policies[self._seat])}, self._seat)
        asked = autopilot(world, rows, standing_effects(world, p, quarter), p, quarter)
        return {name: getattr(asked, name)[..., self._seat, :] for name in SETTINGS}

    def __call__(self, asked: Decisions, world: World, quarter: Quarter) -> Decisions:
        """The decisions of all seats with the play's orders in its own."""
        given = self._base(asked, world, quarter)
        for name, value in self._held(quarter.t).items():
            given[name] = self._laid_over(name, value, given, asked)
        figures = Figures(world, quarter, self._scenario.params, self._seat)
        for rule in self._play.rules:
            if not rule.first <= quarter.t <= rule.last:
                continue
            holds = _all_hold(rule.conditions, figures)
            for name, amount in rule.orders.items():
                before = given.get(name, self._row(asked, name))
                given[name] = np.where(holds, _ordered(amount, before, figures), before)
        return merge(asked, self._seat, given)

    def _row(self, asked: Decisions, name: str) -> Array:
        row: Array = getattr(asked, name)[..., self._seat, :]
        return row

    def _base(self, asked: Decisions, world: World, quarter: Quarter) -> dict[str, Array]:
        """What holds without the play's orders and rules, where that is not what its policy asks for."""
        s, given = self._scenario, dict[str, Array]()
        if self._own is not None:
            own = autopilot(world, self._own, standing_effects(world, s.params, quarter), s.params, quarter)
            given |= {name: self._row(own, name) for name in s.hidden_orders}
        if self._play.policy == "never" or (self._play.policy == "first" and quarter.t > s.start):
            unset = defaults(world, s.params, quarter)
            given |= {name: self._stands.get(name, self._row(unset, name)) for name in self._free}
        return given

    def _held(self, t: int) -> dict[str, OrderValue]:
        """Settings ordered up to a quarter, and the once-orders of that quarter."""
        held: dict[str, OrderValue] = {}
        for when, orders in self._play.orders.items():
            if when <= t:
                held |= {n: joined(held.get(n), v) for n, v in orders.items() if n in SETTINGS or when == t}
        return held

    def _laid_over(self, name: str, value: OrderValue, given: Mapping[str, Array], asked: Decisions) -> Array:
        if not isinstance(value, Mapping):
            return np.array([float(value)])
        row = given.get(name, self._row(asked, name)).copy()
        for segment, part in value.items():
            row[SEGMENTS.index(segment)] = part
        return row


def _all_hold(conditions: tuple[Condition, ...], figures: Figures) -> Flags:
    holds: Flags = np.ones(figures.world.runs, dtype=np.bool_)
    for condition in conditions:
        value = figures[condition.figure]
        holds = holds & (value > condition.above) & (value < condition.below)
    return holds


def _ordered(amount: Amount | Mapping[str, Amount], before: Array, figures: Figures) -> Array:
    """What a rule orders, ``(run,)`` or for prices ``(segment, run)``; ``before`` is what it replaces."""
    if isinstance(amount, Amount):
        return _sum(amount, before, figures)
    row = before + np.zeros((len(SEGMENTS), figures.world.runs))
    for segment, part in amount.items():
        row[SEGMENTS.index(segment)] = _sum(part, row[SEGMENTS.index(segment)], figures)
    return row


def _sum(amount: Amount, before: Array, figures: Figures) -> Array:
    total = np.full(figures.world.runs, amount.plus)
    for figure, coefficient in amount.parts:
        total = total + coefficient * (before if figure == OTHERWISE else figures[figure])
    return total
