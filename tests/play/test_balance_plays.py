"""Are the lessons of a scenario measured as they are stated, and is a choice found where there is one?"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from labsim.cli import main
from labsim.play.balance_pacing import CHANGES, differ, half_life, named, pacing
from labsim.play.balance_plays import Lessons, anchors, lessons, ranking, result_of, stated
from labsim.play.balance_rivals import rivals_by_skill
from labsim.play.balance_scenarios import moved, twins
from labsim.play.plays import plays_of
from labsim.play.turn import play, policy_rows
from labsim.scenario import Scenario, load_scenario, parse_scenario

ERA = load_scenario("token-era")
TEXT = """
based_on = "token-era"
quarters = 6
start = "2023Q3"
default_seat = "Mistral AI"
[plays.borrowed-time]
role = "trap"
factor = { rent = 3.0, spend = 1.5 }
rules = [{ set = { raise_amount = 0.0 } }]
[plays.steady]
role = "par"
factor = { rent = 0.8 }
[plays.gated]
role = "insight"
factor = { rent = 0.6 }
"""
GOOD = '[[shows]]\nbetter = "gated"\nworse = "borrowed-time"\nby = 5.0\npart = 0.6\n'
BAD = '[[shows]]\nbetter = "gated"\nworse = "borrowed-time"\nmeasure = "bankrupt"\nby = -1.5\nworse_at_most = 0.0\n'


def trial(more: str = "") -> Scenario:
    return parse_scenario("trial", [*ERA.texts, ("trial", TEXT + more)])


@pytest.fixture(scope="module")
def measured() -> Lessons:
    return lessons(trial(GOOD + BAD), runs=24)


def test_every_play_is_measured_on_the_same_dice(measured: Lessons) -> None:
    names = [result.play.name for result in measured.results]
    assert names == ["autopilot", "standing", "careful", "borrowed-time", "steady", "gated"]
    alone = result_of(trial(), plays_of(trial())["gated"], [], 24, 1)
    assert np.array_equal(measured.results[-1].score, alone.score)


def test_a_lesson_that_shows_holds_and_one_that_does_not_says_what_fails(measured: Lessons) -> None:
    good, bad = measured.shown
    assert good.holds
    assert good.better - good.worse >= 5.0
    assert not bad.holds
    assert bad.failed[0] == "by -1.5"
    assert stated(bad.form) == "gated against borrowed-time: bankrupt by -1.5, worse_at_most 0"
    assert not measured.hold


def test_a_control_is_measured_in_the_changed_scenario() -> None:
    rich = trial(f'{GOOD}scenario_changes = {{ opening = {{ "Mistral AI" = {{ cash = 90000.0 }} }} }}\n')
    plain, control = lessons(trial(GOOD), runs=12).shown[0], lessons(rich, runs=12).shown[0]
    assert plain.worse != control.worse


def test_anchors_are_the_trap_the_par_and_the_best_of_the_insight(measured: Lessons) -> None:
    made = {a.objective.variable: a for a in anchors(measured)}
    trap, par, gated = (measured.with_role(role) for role in ("trap", "par", "insight"))
    assert trap is not None
    assert par is not None
    assert gated is not None
    stake = made["stake"]
    assert stake.low == np.median(trap.values[0])
    assert stake.par == np.median(par.values[0])
    assert stake.high == np.quantile(gated.values[0], 0.9)
    hhi = made["hhi"]
    assert hhi.high == pytest.approx(np.quantile(gated.values[4], 0.1))
    assert lessons_without("insight", measured)[0].problem == "a play of the role is missing"


def lessons_without(role: str, found: Lessons) -> list:  # type: ignore[type-arg]
    return anchors(dataclasses.replace(found, results=tuple(r for r in found.results if r.play.role != role)))


def test_two_scenarios_that_rank_alike_and_change_the_same_are_twins(measured: Lessons) -> None:
    twin = dataclasses.replace(measured, scenario=dataclasses.replace(measured.scenario, name="twin"))
    assert twins([measured, twin]) == [("trial", "twin")]
    texts = [*measured.scenario.texts, ("more", "[calendar]\nscarcity_shift = 0.5")]
    other = dataclasses.replace(
        measured, scenario=dataclasses.replace(measured.scenario, name="more", texts=tuple(texts))
    )
    assert twins([measured, other]) == []
    assert "calendar.scarcity_shift = 0.5" in moved(other.scenario)
    assert set(ranking(measured)) == {"trap", "par", "insight", "careful", "autopilot", "standing"}


def test_pacing_finds_the_quarters_that_matter_less_towards_the_end() -> None:
    found = pacing(trial(), dice=6)
    assert found.play.name == "steady"
    assert len(found.quarters) == 6
    assert found.quarters[0].spread > found.quarters[-1].spread > 0.0
    assert 0.0 <= found.real <= 1.0
    assert 0 <= found.longest_dull <= 6
    assert found.most_often[0] in {named(change) for change in CHANGES}


@pytest.mark.parametrize(
    ("near", "is_choice"),
    [
        (["price more"], False),
        (["price more", "thinking more"], False),
        (["price more", "price less"], True),
        (["price more", "reserve_gpus less"], True),
        (["training_share more", "alignment_share more"], True),
        (["training_share more", "price more"], False),
        (["training_share less", "alignment_share less"], False),
    ],
)
def test_changes_differ_by_their_sign_or_by_the_tokens_that_they_want(near: list[str], is_choice: bool) -> None:
    assert differ([change for change in CHANGES if named(change) in near]) == is_choice


def test_hidden_orders_are_no_choice() -> None:
    names = [change.order for change in CHANGES]
    only = [name for name in dict.fromkeys(names) if name != "price"]
    hidden = f"[orders]\nhidden = {json.dumps(only)}\n"
    text = TEXT.replace("rules = [{ set = { raise_amount = 0.0 } }]", "")
    found = pacing(parse_scenario("trial", [*ERA.texts, ("trial", text + hidden)]), dice=4)
    assert {quarter.best.order for quarter in found.quarters} == {"price"}


def test_a_lead_that_halves_in_a_quarter_has_a_half_life_of_one() -> None:
    path = list(play(ERA, 1, 4, policy_rows(ERA), runs=1))
    steps = [16.0, 8.0, 4.0, 2.0]
    made = []
    for record, step in zip(path, steps, strict=True):
        capability = np.zeros_like(record.report.alignment.capability)
        capability[0] = step
        seen = dataclasses.replace(record.report.alignment, capability=capability)
        made.append(dataclasses.replace(record, report=dataclasses.replace(record.report, alignment=seen)))
    assert half_life(made) == pytest.approx(1.0)


def test_slow_rivals_are_weaker_and_sharp_ones_stronger() -> None:
    slow, normal, sharp = rivals_by_skill(ERA, 60, 1)
    assert slow["score of rivals"] < normal["score of rivals"] < sharp["score of rivals"]
    assert slow["value of rivals B$"] < normal["value of rivals B$"] < sharp["value of rivals B$"]
    assert slow["value of the seat B$"] > normal["value of the seat B$"] > sharp["value of the seat B$"]


@pytest.mark.parametrize(
    ("options", "says", "answer"),
    [
        ("", "1 of 2 lessons hold", 1),
        ("--json", '"failed"', 1),
        ("--anchors", "[[objectives]]", 1),
        ("--pacing", "of the quarters hold a real choice", 0),
        ("--rivals", "score of rivals", 0),
    ],
)
def test_the_command_prints_lessons(
    options: str, says: str, answer: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "trial.toml"
    file.write_text(TEXT + GOOD + BAD)
    assert main(f"balance --scenario {file} --runs 12 {options}".split()) == answer
    assert says in capsys.readouterr().out


def test_all_scenarios_are_held_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["balance", "--all-scenarios", "--runs", "4"]) in (0, 1)
    assert "no two scenarios share" in capsys.readouterr().out
