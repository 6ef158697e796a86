"""What the plays reach: kept for every scenario that has a score, and on the dice of one game."""

from __future__ import annotations

import pytest

from labsim.play.objectives import score
from labsim.play.par_results import SEED, beside, kept_results, par_results
from labsim.play.plays import plays_of
from labsim.play.turn import play, policy_rows, rival_rows
from labsim.scenario import load_scenario, parse_scenario, scenario_names

MAKE = "run `python packaging/make_par_results.py`"
SCORED = [name for name in scenario_names() if load_scenario(name).objectives]
SCORE_AGREES = 2.0  # points: other processors may turn a bankruptcy or two of 200


@pytest.mark.parametrize("name", SCORED)
def test_results_are_kept_of_every_play_of_every_scenario(name: str) -> None:
    scenario = load_scenario(name)
    assert [one.play for one in kept_results(scenario)] == list(plays_of(scenario)), MAKE
    for one in kept_results(scenario):
        assert one.score_low <= one.score_high
        assert one.alive + one.sold + one.bankrupt == pytest.approx(1.0)


def test_a_scenario_that_was_changed_has_no_kept_results() -> None:
    scenario = load_scenario("compute-bankruptcy")
    changed = parse_scenario(scenario.name, [*scenario.texts[:-1], (scenario.name, scenario.texts[-1][1] + "\n# mine")])
    assert kept_results(scenario)
    assert kept_results(changed) == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["token-era", "compute-bankruptcy", "margin-squeeze", "meta-commons"])
def test_what_is_kept_is_what_is_measured(name: str) -> None:
    scenario = load_scenario(name)
    for old, new in zip(kept_results(scenario), par_results(scenario), strict=True):
        assert (new.play, new.games) == (old.play, old.games)
        assert new.score == pytest.approx(old.score, abs=SCORE_AGREES), MAKE


def test_the_autopilot_on_the_dice_of_a_game_is_that_game_left_to_the_policy() -> None:
    scenario = load_scenario("compute-bankruptcy")
    seat = scenario.seat("Meridian")
    instead = {scenario.labs[lab]: row for lab, row in rival_rows(scenario, seat, "sharp").items()}
    found = {one.play.name: one for one in beside(scenario, "Meridian", 7, instead)}
    rows = policy_rows(scenario, {scenario.seat(lab): row for lab, row in instead.items()}, seat)
    reached = score(scenario, list(play(scenario, 7, rows=rows)), seat)
    assert found["autopilot"].score == pytest.approx(float(reached.total[0]))
    assert list(found) == [name for name, _ in sorted(found.items(), key=lambda item: -item[1].score)]
    assert {name: one.usual.score if one.usual else None for name, one in found.items()} == {
        one.play: one.score for one in kept_results(scenario)
    }


def test_from_another_seat_only_the_reference_plays_are_played() -> None:
    names = {one.play.name for one in beside(load_scenario("compute-bankruptcy"), "xAI", SEED, {})}
    assert names == {"autopilot", "standing", "careful"}
