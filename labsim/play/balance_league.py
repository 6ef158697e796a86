"""Does any strategy dominate, do labs fail, and does alignment pay? Measured in a league from one identical start."""

from __future__ import annotations

import dataclasses

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.world import World
from labsim.play.balance_games import Change, by_copy, games, per_copy, with_row
from labsim.play.balance_rows import Behaviour, Cell
from labsim.play.scorecard import Scorecard, first_places
from labsim.scenario import Scenario, load_scenario
from labsim.variables import Array

LEAGUE = "_league"
OFTEN, SELDOM = 0.50, 0.08  # largest and smallest share of first places
LONG_GAME = 24  # quarters over which failures are counted
ERA_FAILURES, LEAGUE_FAILURES = (0.01, 0.20), (0.03, 0.25)  # part of the labs
ALIGNER = "OpenAI"  # archetype whose alignment share is varied
PAR = 0.13  # alignment share of what serving leaves that covers the need of a frontier model
SHARES = (0.0, 0.005, 0.02, 0.05, 0.09, PAR, 0.17, 0.22, 0.30, 3.0 * PAR, 0.50)
STANDARD_ERRORS = 2.0


def league(runs: int, seed: int) -> Behaviour:
    """First places and mean scores of five archetypes from one start."""
    scenario = load_scenario(LEAGUE)
    card = Scorecard()
    for record in games(scenario, seed, runs):
        card.add(record)
    scores = card.scores()
    first = first_places(scores.total)
    parts = (scores.total, scores.value, scores.reach, scores.frontier, scores.trust)
    rows: list[tuple[Cell, ...]] = []
    for seat, lab in enumerate(scenario.labs):
        rows.append((lab, float(first[seat]), *(float(part[seat].mean()) for part in parts)))
    return Behaviour(
        "league of five archetypes",
        f"none first in more than {OFTEN:.0%} or less than {SELDOM:.0%} of the games",
        bool(first.max() <= OFTEN and first.min() >= SELDOM),
        ("archetype", "first", "score", "value", "reach", "frontier", "trust"),
        rows,
    )


def failures(scenario: Scenario, runs: int, seed: int) -> Behaviour:
    """Labs that go bankrupt or are bought in 24 quarters, in the era and in the league."""
    rows: list[tuple[Cell, ...]] = []
    holds = True
    for chosen, (low, high) in ((scenario, ERA_FAILURES), (load_scenario(LEAGUE), LEAGUE_FAILURES)):
        *_, last = games(chosen, seed, runs, quarters=LONG_GAME)
        status = last.world.capital.status
        ended = float((status > 0.0).mean())
        holds = holds and low <= ended <= high
        rows.append(
            (chosen.title, "all", _part(status == 2.0), _part(status == 1.0), _part(last.world.capital.rescues))
        )
        rows.extend(
            (chosen.title, lab, _part(status[i] == 2.0), _part(status[i] == 1.0), _part(last.world.capital.rescues[i]))
            for i, lab in enumerate(chosen.labs)
        )
    return Behaviour(
        "failures in 24 quarters",
        "1-20 % of the labs of the era end, 3-25 % of those of the league",
        holds,
        ("scenario", "lab", "bankrupt", "acquired", "rescued"),
        rows,
    )


def _part(flags: Array) -> float:
    return float((np.asarray(flags) > 0.0).mean())


def alignment(runs: int, seed: int) -> Behaviour:
    """Score and value of one archetype under fixed alignment shares, on the same dice."""
    scenario = load_scenario(LEAGUE)
    seat = scenario.seat(ALIGNER)
    share = per_copy(list(SHARES), runs)
    card = Scorecard()
    incidents = np.zeros(len(SHARES) * runs)
    for record in games(scenario, seed, runs, copies=len(SHARES), change=_aligning(seat, share)):
        card.add(record)
        incidents = incidents + record.report.society.incident[seat]
    world = record.world.capital
    score, happened = (by_copy(x, runs) for x in (card.scores().total[seat], incidents))
    value = by_copy(world.valuation[seat] * world.holders[seat] + world.exit_value[seat], runs)
    none, par, thrice = (score[SHARES.index(s)] for s in (0.0, PAR, 3.0 * PAR))
    over_none, over_thrice = _errors(par - none), _errors(par - thrice)
    best = int(np.argmax(score.mean(axis=1)))
    return Behaviour(
        f"alignment share of {ALIGNER} in the league",
        "par over 0 and over 3 x par by more than two standard errors; the best share is no extreme",
        bool(min(over_none, over_thrice) > STANDARD_ERRORS and 0 < best < len(SHARES) - 1),
        ("share", "score", "value M$", "incidents a game"),
        [(s, *(float(x[i].mean()) for x in (score, value, happened))) for i, s in enumerate(SHARES)],
        f"par {PAR}: over 0 by {over_none:.1f}, over 3 x par by {over_thrice:.1f} standard errors",
    )


def _aligning(seat: int, share: Array) -> Change:
    def change(d: Decisions, world: World, quarter: Quarter) -> Decisions:
        rest = 1.0 - d.inference_share[seat]
        training, research = d.training_share[seat], d.experiment_share[seat]
        left = rest * (1.0 - share)
        training_part = training / (training + research)
        return dataclasses.replace(
            d,
            alignment_share=with_row(d.alignment_share, seat, rest * share),
            training_share=with_row(d.training_share, seat, left * training_part),
            experiment_share=with_row(d.experiment_share, seat, np.maximum(left * (1.0 - training_part), 1e-6)),
        )

    return change


def _errors(difference: Array) -> float:
    """Mean of paired differences in standard errors."""
    return float(difference.mean() / (difference.std(ddof=1) / np.sqrt(difference.size)))
