"""What do the tests of the model play with? The base era, its quarters, and worlds that differ in one thing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from labsim.model.decisions import Decisions
from labsim.model.events import events
from labsim.model.exogenous import Calendar, Quarter, quiet_quarter, throw_quarter
from labsim.model.flows import Report
from labsim.model.gate import defaults, gate
from labsim.model.params import Params
from labsim.model.step import step
from labsim.model.world import World, map_stocks, repeat_run
from labsim.play.policies import Rows, autopilot
from labsim.play.turn import policy_rows
from labsim.scenario import load_scenario
from labsim.variables import LAB, REGISTRY, Array

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "reference_constants.toml"
LABS = ("OpenAI", "Anthropic", "Google DeepMind", "Meta", "Mistral AI", "xAI", "Together AI")
QUARTERS = 20


@dataclass(frozen=True)
class Era:
    """What a game needs before its first quarter."""

    params: Params
    calendar: Calendar
    world: World  # one run
    rows: Rows

    def with_params(self, **changes: object) -> Era:
        """The same start under other constants."""
        return dataclasses.replace(self, params=self.params.replace(**changes))

    def with_world(self, group: str, **stocks: Array) -> Era:
        """The same constants from another start."""
        part = dataclasses.replace(getattr(self.world, group), **stocks)
        return dataclasses.replace(self, world=self.world.replace(**{group: part}))


@dataclass(frozen=True)
class Turn:
    """One quarter that was played."""

    quarter: Quarter
    before: World
    decisions: Decisions
    after: World
    report: Report


Strategy = Callable[[World, Era, Quarter], Decisions]


@cache
def seats() -> Era:
    """The seven labs of 2023Q1 under the constants of the reference implementation, which the hand-made cases use."""
    scenario = load_scenario(REFERENCE)
    assert scenario.labs == LABS
    return Era(scenario.params, scenario.calendar, scenario.world, policy_rows(scenario))


def reseated(era: Era, rows: Sequence[int]) -> Era:
    """An era whose seats are these rows of another one; a row may sit twice. The labs still have 75 % of customers."""
    take = list(rows)
    p = era.params.replace(
        labs=tuple(f"{era.params.labs[row]} {seat}" for seat, row in enumerate(take)),
        chip_cost=era.params.chip_cost[take],
        parent_growth=era.params.parent_growth[take],
        fame=era.params.fame[take],
        platform=era.params.platform[take],
    )

    def pick(name: str, stock: Array) -> Array:
        return stock[..., take, :] if LAB in REGISTRY[name].axes else stock

    world = map_stocks(era.world, pick)
    share = world.market.share
    again = Era(p, era.calendar, world, Rows({name: column[take] for name, column in era.rows.columns.items()}))
    return again.with_world("market", share=0.75 * share / share.sum(axis=1, keepdims=True))


def autopilots(world: World, era: Era, quarter: Quarter) -> Decisions:
    """Every seat follows its policy."""
    _, effects, _ = events(world, defaults(world, era.params, quarter), era.params, quarter)
    return autopilot(world, era.rows, effects, era.params, quarter)


def ordering(**orders: float | Array) -> Strategy:
    """Autopilots whose named decisions are set to a value for every seat."""

    def decide(world: World, era: Era, quarter: Quarter) -> Decisions:
        d = autopilots(world, era, quarter)
        return dataclasses.replace(d, **{k: getattr(d, k) * 0.0 + v for k, v in orders.items()})

    return decide


def standing(**orders: float | Array) -> Strategy:
    """What stands when nothing was ever said, with some decisions set for every seat."""

    def decide(world: World, era: Era, quarter: Quarter) -> Decisions:
        d = defaults(world, era.params, quarter)
        return dataclasses.replace(d, **{k: getattr(d, k) * 0.0 + v for k, v in orders.items()})

    return decide


def single(era: Era, t: int = 0, draws: Mapping[str, float] | None = None, **orders: float | Array) -> Turn:
    """Quarter ``t`` from the era's world under standing orders; quiet dice but for some draws."""
    quarter = quiet_quarter(t, era.calendar, era.params, era.world.runs)
    dice = {name: getattr(quarter.dice, name) * 0.0 + value for name, value in (draws or {}).items()}
    loaded = dataclasses.replace(quarter, dice=dataclasses.replace(quarter.dice, **dice))
    return turn(era.world, era, loaded, standing(**orders))


def turn(world: World, era: Era, quarter: Quarter, strategy: Strategy = autopilots) -> Turn:
    """One quarter through the gate."""
    allowed, _ = gate(strategy(world, era, quarter), world, era.params, quarter)
    after, report = step(world, allowed, era.params, quarter)
    return Turn(quarter, world, allowed, after, report)


def play(
    era: Era,
    quarters: int = QUARTERS,
    *,
    seed: int | None = None,
    runs: int = 1,
    first_run: int = 0,
    strategy: Strategy = autopilots,
) -> list[Turn]:
    """A game from the start of the era: quiet, or with the dice of a seed."""
    world = era.world if era.world.runs == runs else repeat_run(era.world, runs)
    record = []
    for t in range(quarters):
        quarter = (
            quiet_quarter(t, era.calendar, era.params, runs)
            if seed is None
            else throw_quarter(t, era.calendar, era.params, seed, first_run, runs)
        )
        record.append(turn(world, era, quarter, strategy))
        world = record[-1].after
    return record


def with_segments(era: Era, **columns: Array) -> Era:
    """Other columns of the table of segments."""
    return era.with_params(segments=dataclasses.replace(era.params.segments, **columns))


def with_events(era: Era, hazard: Array) -> Era:
    """Other hazards of the world events."""
    return era.with_params(events=dataclasses.replace(era.params.events, hazard=hazard))


def with_dates(era: Era, dates: Mapping[str, int], forced: Mapping[int, frozenset[int]] | None = None) -> Era:
    """Other dates of the calendar, and events that strike in a quarter whatever the dice."""
    calendar = era.calendar
    changed = dataclasses.replace(calendar, dates={**calendar.dates, **dates}, forced=forced or calendar.forced)
    return dataclasses.replace(era, calendar=changed)
