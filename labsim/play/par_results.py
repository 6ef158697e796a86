"""How do others play this? Reference plays and the scenario's own: over many dice, as kept, and on those of a game."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from labsim.play.balance_plays import LESSON_RUNS, PlayResult, exits, result_of
from labsim.play.plays import plays_of
from labsim.resources import asset_text
from labsim.scenario import Scenario
from labsim.scenario_plays import Play

FILE = "par_results.csv"
SEED = 1  # of the dice on which the kept results are measured


@dataclass(frozen=True)
class ParResult:
    """What a play reaches over many dice; scores of 0 to 100, the last three parts of the games."""

    scenario: str
    digest: str  # of the scenario's texts: its first DIGEST letters
    play: str
    games: int
    score: float  # mean
    score_low: float  # a tenth of the games is below
    score_high: float  # a tenth is above
    alive: float
    sold: float
    bankrupt: float


NUMBERS = tuple(f.name for f in dataclasses.fields(ParResult) if f.type == "float")
DIGEST = 12


@dataclass(frozen=True)
class Beside:
    """A play on the dice of one game, and what it reaches over many; ``usual`` is None where that was not measured."""

    play: Play
    score: float
    status: int  # 0 alive, 1 acquired, 2 bankrupt
    usual: ParResult | None


@cache
def _kept() -> tuple[ParResult, ...]:
    rows = csv.DictReader(asset_text(FILE).splitlines())
    return tuple(
        ParResult(row["scenario"], row["digest"], row["play"], int(row["games"]), *(float(row[n]) for n in NUMBERS))
        for row in rows
    )


def kept_results(scenario: Scenario) -> tuple[ParResult, ...]:
    """The results of ``assets/par_results.csv``, measured in the default seat; none of a scenario that was changed."""
    key = _key(scenario)
    return tuple(one for one in _kept() if (one.scenario, one.digest) == key)


def par_results(scenario: Scenario, games: int = LESSON_RUNS) -> Iterator[ParResult]:
    """Measure every play of a scenario in its default seat."""
    key = _key(scenario)
    for name, way in plays_of(scenario).items():
        result = result_of(scenario, way, [], games, SEED)
        mean, (low, high) = result.score.mean(), np.quantile(result.score, [0.1, 0.9])
        yield ParResult(*key, name, games, _point(mean), _point(low), _point(high), *exits(result))


def _key(scenario: Scenario) -> tuple[str, str]:
    return scenario.name, scenario.digest[:DIGEST]


def _point(score: float) -> float:
    return round(float(score), 1)


def beside(scenario: Scenario, lab: str, seed: int, instead: Mapping[str, Mapping[str, float]]) -> list[Beside]:
    """Every play in a lab's seat on the dice of a game, the best one first.

    ``instead`` are the policy numbers that the game gives other labs. From another seat than the scenario's only the
    reference plays count: the scenario's own are written for its seat.
    """
    seated = dataclasses.replace(scenario, default_seat=lab)
    is_own = lab == scenario.default_seat
    usual = {one.play: one for one in kept_results(scenario)} if is_own else {}
    ways = plays_of(scenario if is_own else dataclasses.replace(scenario, plays={}))
    found = [_beside(way, result_of(seated, way, [], 1, seed, instead), usual.get(name)) for name, way in ways.items()]
    return sorted(found, key=lambda one: -one.score)


def _beside(way: Play, result: PlayResult, usual: ParResult | None) -> Beside:
    return Beside(way, float(result.score[0]), round(float(result.status[0])), usual)
