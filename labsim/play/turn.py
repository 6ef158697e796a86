"""How is a quarter played? Decide for every seat, pass the gate, step; the record is read-only from then on.

A game is a batch with one run; a batch plays the same turns with more runs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.model.decisions import SETTINGS, Decisions
from labsim.model.events import standing_effects
from labsim.model.exogenous import Quarter, quiet_quarter, throw_quarter
from labsim.model.flows import Report
from labsim.model.gate import defaults_of, gate, merge
from labsim.model.step import step
from labsim.model.world import World, repeat_run
from labsim.play.opening import laid_over
from labsim.play.policies import autopilot
from labsim.play.policy_rows import PolicyRow, Rows, skilled, skills
from labsim.scenario import Scenario
from labsim.variables import Array

SeatOrders = Mapping[str, Array]
"""Orders of one seat: decision -> value that broadcasts to ``(run,)``, prices to ``(segment, run)``."""


@dataclass(frozen=True)
class Player:
    """A seat that somebody plays.

    ``settings`` are the standing orders given so far. With ``on_policy`` the seat's policy decides whatever the orders
    of the quarter leave open; otherwise standing settings and the declared defaults hold, and once-orders lapse.
    """

    seat: int
    on_policy: bool = False
    settings: SeatOrders = dataclasses.field(default_factory=dict)

    def after(self, orders: SeatOrders) -> Player:
        """The player a quarter later: new settings stand, once-orders are gone."""
        kept = {name: value for name, value in orders.items() if name in SETTINGS}
        return dataclasses.replace(self, settings={**self.settings, **kept})


@dataclass(frozen=True)
class TurnRecord:
    """One quarter as it was played; ``world`` is the world after it."""

    t: int
    decisions: Decisions  # of every lab, as the gate left them
    trimmed: Mapping[str, NDArray[np.bool_]]  # decision -> where the gate changed what was asked
    report: Report
    world: World


def policy_rows(
    scenario: Scenario, instead: Mapping[int, Mapping[str, float]] | None = None, seat: int | None = None
) -> Rows:
    """The policies of all seats; ``instead`` gives some seats other policy numbers.

    All but ``seat`` (else the default seat) are rivals and play at the scenario's skill. What the scenario changes
    later is as written at any skill; a seat with another policy of its own has none of it.
    """
    own = scenario.labs.index(scenario.default_seat) if seat is None else seat
    rows = [dict(row) if lab == own else skilled(row, scenario.rivals) for lab, row in enumerate(scenario.policies)]
    for lab, numbers in (instead or {}).items():
        rows[lab] = dict(numbers)
    without = {own} & set(instead or {})
    later = {t: {lab: row for lab, row in changes.items() if lab not in without}
             for t, changes in scenario.later_policies.items()}  # fmt: skip
    return Rows.of([PolicyRow(**row) for row in rows], later)


def rival_rows(scenario: Scenario, seat: int, skill: str) -> dict[int, dict[str, float]]:
    """The policy numbers of all labs but ``seat`` at a skill, whatever skill the scenario says."""
    return {lab: skilled(row, skill) for lab, row in enumerate(scenario.policies) if lab != seat}


def skill_of_rivals(scenario: Scenario, seat: int, instead: Mapping[str, Mapping[str, float]]) -> str:
    """The skill that a game's other policies, by lab, give its rivals; the scenario's own where they give none."""
    for skill in skills():
        rows = rival_rows(scenario, seat, skill)
        if all(instead.get(scenario.labs[lab]) == row for lab, row in rows.items()):
            return skill
    return scenario.rivals


def asked_by_policies(scenario: Scenario, world: World, quarter: Quarter, rows: Rows) -> Decisions:
    """What the policies, and the plays of seats that have one, ask for; not yet gated."""
    p = scenario.params
    decisions = autopilot(world, rows, standing_effects(world, p, quarter), p, quarter)
    for play_seat in rows.plays.values():
        decisions = play_seat(decisions, world, quarter)
    return decisions


def quarter_of(scenario: Scenario, t: int, seed: int, first_run: int = 0, runs: int = 1) -> Quarter:
    """Quarter ``t`` of a scenario: its calendar, and dice thrown from the seed (none in a quiet scenario)."""
    if scenario.is_quiet:
        return quiet_quarter(t, scenario.calendar, scenario.params, runs)
    return throw_quarter(t, scenario.calendar, scenario.params, seed, first_run, runs)


def opening(scenario: Scenario, runs: int = 1) -> World:
    """The world in which play starts, copied to ``runs`` runs.

    A scenario that starts after 2023Q1 begins in the autopilot's quiet world of that quarter, with the stocks that the
    scenario gives laid over it: see `labsim.play.opening`.
    """
    world, rows = scenario.world, Rows.of([PolicyRow(**row) for row in scenario.policies])
    for t in range(scenario.start):
        quarter = quiet_quarter(t, scenario.calendar, scenario.params)
        world = play_quarter(scenario, world, quarter, rows).world
    return repeat_run(laid_over(scenario, world), runs)


def decide(
    scenario: Scenario,
    world: World,
    quarter: Quarter,
    rows: Rows,
    players: Mapping[int, Player] | None = None,
    orders: Mapping[int, SeatOrders] | None = None,
) -> Decisions:
    """What every seat asks for this quarter: policies, and players' orders in their seats. Not yet gated."""
    p = scenario.params
    decisions = asked_by_policies(scenario, world, quarter, rows)
    for seat, player in (players or {}).items():
        given = dict((orders or {}).get(seat, {}))
        if not player.on_policy:
            unset = defaults_of(seat, world, p, quarter)
            shown = {name: value for name, value in unset.items() if name not in scenario.hidden_orders}
            given = {**shown, **player.settings, **given}
        decisions = merge(decisions, seat, given)
    return decisions


def play_quarter(
    scenario: Scenario,
    world: World,
    quarter: Quarter,
    rows: Rows,
    players: Mapping[int, Player] | None = None,
    orders: Mapping[int, SeatOrders] | None = None,
) -> TurnRecord:
    """Play one quarter for every run of ``world``."""
    asked = decide(scenario, world, quarter, rows, players, orders)
    allowed, trimmed = gate(asked, world, scenario.params, quarter)
    following, report = step(world, allowed, scenario.params, quarter)
    return TurnRecord(quarter.t, allowed, trimmed, report, following)


def play(
    scenario: Scenario,
    seed: int,
    quarters: int | None = None,
    rows: Rows | None = None,
    players: Mapping[int, Player] | None = None,
    orders: Mapping[int, Mapping[int, SeatOrders]] | None = None,
    first_run: int = 0,
    runs: int = 1,
) -> Iterator[TurnRecord]:
    """Play a scenario from its opening, a record a quarter. ``orders`` are ``{t: {seat: orders}}``."""
    world = opening(scenario, runs)
    rows = rows or policy_rows(scenario)
    seated = dict(players or {})
    for t in range(scenario.start, scenario.start + (quarters or scenario.quarters)):
        now = (orders or {}).get(t, {})
        quarter = quarter_of(scenario, t, seed, first_run, runs)
        record = play_quarter(scenario, world, quarter, rows, seated, now)
        seated = {seat: player.after(now.get(seat, {})) for seat, player in seated.items()}
        world = record.world
        yield record
