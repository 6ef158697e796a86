"""Every bundled scenario with plays is whole: it can be played to its end, and its lessons hold."""

from __future__ import annotations

import pytest

from labsim.play.balance_plays import lessons
from labsim.play.plays import plays_of, rows_with
from labsim.play.turn import play
from labsim.scenario import Scenario, load_scenario, scenario_names

WRITTEN = [name for name in scenario_names() if load_scenario(name).plays]
SCORED = [name for name in WRITTEN if load_scenario(name).objectives]
BRIEFING_WORDS = 90
HEAVIEST = 0.45  # weight of one objective
LESSON_DICE, LESSON_SEED = 100, 1
ALIVE = 0.5  # least part of the games that par survives


def par(scenario: Scenario) -> str:
    return next(way.name for way in plays_of(scenario).values() if way.role == "par")


@pytest.mark.parametrize("name", WRITTEN)
def test_a_scenario_has_every_part(name: str) -> None:
    scenario = load_scenario(name)
    assert all((scenario.title, scenario.lesson, scenario.briefing, scenario.insight, scenario.difficulty))
    assert len(scenario.briefing.split()) <= BRIEFING_WORDS
    assert len(scenario.questions) == 3
    assert scenario.shows
    assert {"par", "trap"} <= {way.role for way in scenario.plays.values()}
    assert all(way.title and way.text for way in scenario.plays.values())


@pytest.mark.parametrize("name", SCORED)
def test_a_score_has_no_overwhelming_part_and_knows_an_insight(name: str) -> None:
    scenario = load_scenario(name)
    assert "insight" in {way.role for way in scenario.plays.values()}
    assert max(objective.weight for objective in scenario.objectives) <= HEAVIEST
    assert sum(objective.weight for objective in scenario.objectives) == pytest.approx(1.0)


@pytest.mark.parametrize("name", WRITTEN)
def test_par_is_played_to_the_end_in_most_games(name: str) -> None:
    scenario = load_scenario(name)
    seat = scenario.seat(scenario.default_seat)
    rows = rows_with(scenario, seat, plays_of(scenario)[par(scenario)], {})
    *_, last = play(scenario, 1, rows=rows, runs=20)
    assert last.t == scenario.start + scenario.quarters - 1
    assert (last.world.capital.status[seat] == 0.0).mean() >= ALIVE


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITTEN)
def test_the_stated_lessons_hold(name: str) -> None:
    found = lessons(load_scenario(name), LESSON_DICE, LESSON_SEED)
    assert not [(shown.form, shown.failed, shown.better, shown.worse) for shown in found.shown if not shown.holds]
