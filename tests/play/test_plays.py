"""Does a play do what its file says, quarter by quarter, alone and in a batch, and does a game file keep it?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from labsim.cli import main
from labsim.model.decisions import DECISIONS
from labsim.model.exogenous import quiet_quarter
from labsim.model.params import SEGMENTS
from labsim.play.batch import Batch, compute_part
from labsim.play.derived import FORMULAS
from labsim.play.figures import Figures
from labsim.play.forecast import Futures
from labsim.play.plan import PLANS
from labsim.play.plays import find_play, plays_of, row_of, rows_with
from labsim.play.policy_rows import skilled, skills
from labsim.play.turn import Player, TurnRecord, opening, play, policy_rows
from labsim.scenario import DERIVED, Scenario, load_scenario, parse_scenario
from labsim.scenario_bounds import policy_bounds
from labsim.scenario_figures import figures
from labsim.scenario_plays_check import parse_play

ERA = load_scenario("token-era")
SEAT = ERA.seat("Anthropic")


def played(text: str, quarters: int = 6, runs: int = 1, scenario: Scenario = ERA) -> list[TurnRecord]:
    rows = rows_with(scenario, SEAT, parse_play(text, "file", "mine", scenario), {})
    return list(play(scenario, 3, quarters, rows, runs=runs))


def ordered(records: list[TurnRecord], name: str) -> list[float]:
    return [float(getattr(record.decisions, name)[..., SEAT, 0]) for record in records]


def plain(
    quarters: int = 6, runs: int = 1, instead: Mapping[int, Mapping[str, float]] | None = None
) -> list[TurnRecord]:
    return list(play(ERA, 3, quarters, policy_rows(ERA, instead, SEAT), runs=runs))


def same(a: TurnRecord, b: TurnRecord) -> bool:
    names = [variable.name for variable in DECISIONS]
    return all(np.array_equal(getattr(a.decisions, name), getattr(b.decisions, name)) for name in names)


def test_an_empty_play_is_the_policy_itself() -> None:
    assert all(same(a, b) for a, b in zip(played('title = "Nothing"'), plain(), strict=True))


def test_numbers_of_a_play_are_like_another_lab_then_set_then_multiplied_within_their_bounds() -> None:
    mine = parse_play('like = "Meta"\nrow = { rent = 2.0 }\nfactor = { rent = 1.5, train = 1.1 }', "f", "mine", ERA)
    row = row_of(mine, ERA.policies[SEAT])
    assert row["rent"] == 3.0
    assert row["train"] == pytest.approx(1.1 * ERA.policies[ERA.seat("Meta")]["train"])
    assert row["open"] == 1.0
    assert row_of(dataclasses.replace(mine, factor={"train": 9.0}), ERA.policies[SEAT])["train"] == 1.0


def test_settings_of_a_play_stand_from_their_quarter_and_once_orders_lapse() -> None:
    records = played(
        'orders."2023Q3" = { free_tier = 0.9, raise_amount = 77.0 }\norders."2024Q1" = { free_tier = 0.1 }'
    )
    base = plain()
    assert ordered(records, "free_tier")[2:] == [0.9, 0.9, 0.1, 0.1]
    assert ordered(records, "free_tier")[:2] == ordered(base, "free_tier")[:2]
    assert ordered(records, "raise_amount")[2] == 77.0
    assert 77.0 not in ordered(records, "raise_amount")[3:]


def test_a_rule_holds_in_its_quarters_while_its_conditions_hold_in_that_run() -> None:
    text = """
    [[rules]]
    when = [{ from = "2023Q2" }, { until = "2023Q3" }]
    set = { lobbying_spend = 3.5 }
    [[rules]]
    when = [{ variable = "cash", below = 1000.0 }]
    set = { evaluation_spend = 44.0 }
    """
    records = played(text, quarters=8, runs=40)
    lobbied = [bool((record.decisions.lobbying_spend[SEAT] == 3.5).all()) for record in records]
    assert lobbied[:4] == [False, True, True, False]
    before = [opening(ERA, 40), *(record.world for record in records[:-1])]
    seen = set()
    for world, record in zip(before, records, strict=True):
        poor = world.capital.cash[SEAT] < 1000.0
        assert np.array_equal(record.decisions.evaluation_spend[SEAT] == 44.0, poor)
        seen |= set(poor.tolist())
    assert seen == {True, False}


def test_amounts_are_sums_of_figures_and_later_rules_see_earlier_ones() -> None:
    text = """
    [[rules]]
    set.staff_target = [{ times = "staff", by = 1.1 }, 3.0]
    set.price = { developer = { times = "price_norm_developer" } }
    [[rules]]
    set = { staff_target = { times = "otherwise", by = 2.0 }, price = { times = "otherwise", by = 0.5 } }
    """
    record, world = played(text, quarters=1)[0], opening(ERA)
    assert record.decisions.staff_target[SEAT, 0] == pytest.approx(2.0 * (1.1 * world.people.staff[SEAT, 0] + 3.0))
    developer, other = SEGMENTS.index("developer"), SEGMENTS.index("agents")
    norm = record.report.market.norm[developer, 0]
    assert record.decisions.price[developer, SEAT, 0] == pytest.approx(0.5 * norm)
    assert record.decisions.price[other, SEAT, 0] == pytest.approx(0.5 * plain(1)[0].decisions.price[other, SEAT, 0])


def test_a_play_leaves_the_orders_of_other_seats_alone() -> None:
    a, b = played("rules = [{ set = { free_tier = 0.77 } }]", quarters=1)[0], plain(1)[0]
    for variable in DECISIONS:
        mine, other = getattr(a.decisions, variable.name), getattr(b.decisions, variable.name)
        assert np.array_equal(np.delete(mine, SEAT, axis=-2), np.delete(other, SEAT, axis=-2)), variable.name


def test_standing_holds_the_first_quarters_settings_and_orders_nothing_again() -> None:
    rows = rows_with(ERA, SEAT, plays_of(ERA)["standing"], {})
    first, *later = play(ERA, 3, 5, rows)
    assert same(first, plain(1)[0])
    for record in later:
        assert np.array_equal(record.decisions.price[:, SEAT], first.decisions.price[:, SEAT])
        assert record.decisions.raise_amount[SEAT, 0] == record.decisions.start_run[SEAT, 0] == 0.0


def test_never_on_policy_holds_the_declared_defaults() -> None:
    record = played('policy = "never"\norders."2023Q1" = { transparency = 0.9 }', quarters=2)[1]
    assert record.decisions.transparency[SEAT, 0] == 0.9
    assert record.decisions.inference_share[SEAT, 0] == 0.30


def test_a_run_of_a_play_is_the_same_alone_and_in_a_batch() -> None:
    mine = parse_play(
        'factor = { rent = 1.4 }\nrules = [{ set = { staff_target = { times = "revenue" } } }]', "f", "m", ERA
    )
    batch = Batch(ERA, 30, seat=SEAT, play=mine, variables=("cash", "stake"), quarters=6)
    whole, one = compute_part(batch, 0, 30), compute_part(batch, 17, 1)
    assert np.array_equal(whole.cells[:, :, 17:18], one.cells)
    assert batch.digest != dataclasses.replace(batch, play=None).digest


def test_hidden_orders_come_from_the_labs_own_policy_and_not_from_the_plays_numbers() -> None:
    text = 'based_on = "token-era"\n[orders]\nhidden = ["buy_gpus", "reserve_gpus"]'
    scenario = parse_scenario("x", [*ERA.texts, ("x", text)])
    record = played("factor = { rent = 3.0, staff = 2.0 }", 1, scenario=scenario)[0]
    assert record.decisions.reserve_gpus[SEAT, 0] == plain(1)[0].decisions.reserve_gpus[SEAT, 0]
    assert record.decisions.staff_target[SEAT, 0] > plain(1)[0].decisions.staff_target[SEAT, 0]


def test_a_forecast_follows_the_play_of_the_seat() -> None:
    rows = rows_with(ERA, SEAT, parse_play("rules = [{ set = { lobbying_spend = 0.0 } }]", "f", "m", ERA), {})
    futures = Futures(ERA, opening(ERA), 0, 1, 3, rows=rows)
    *_, answer = futures.forecast(
        Player(SEAT, on_policy=True), {}, plan=PLANS["own-policy"], runs=4, variables=("lobbying",)
    )
    assert not answer.mean("lobbying").any()


def test_every_figure_and_every_derived_variable_has_a_finite_value_for_each_run() -> None:
    world = opening(ERA, 3)
    found = Figures(world, quiet_quarter(0, ERA.calendar, ERA.params, 3), ERA.params, SEAT)
    for name in figures(ERA):
        assert found[name].shape == (3,), name
        assert np.isfinite(found[name]).all(), name
    assert set(FORMULAS) == set(DERIVED)
    record = plain(3, runs=3)[-1]
    for name, formula in FORMULAS.items():
        value = formula(record)
        assert value.shape == (len(ERA.labs), 3), name
        assert (value >= DERIVED[name].low).all(), name
        assert (value <= DERIVED[name].high).all(), name


def test_derived_variables_by_hand() -> None:
    record = plain(4)[-1]
    market, result = record.report.market, record.report.result
    assert FORMULAS["value_per_token"](record)[SEAT, 0] == pytest.approx(
        1e6 * market.revenue[SEAT, 0] / (1e12 * market.tokens_served[SEAT, 0] / 1e6)
    )
    assert FORMULAS["value_over_cost"](record)[SEAT, 0] == pytest.approx(
        1.0 / (1.0 - result.gross_margin[SEAT, 0]), rel=1e-6
    )


def test_skills_change_rivals_only_and_within_bounds() -> None:
    for skill in skills():
        for row in ERA.policies:
            for name, value in skilled(row, skill).items():
                assert policy_bounds(name)[0] <= value <= policy_bounds(name)[1]
    assert skilled(ERA.policies[0], "normal") == dict(ERA.policies[0])
    slow = parse_scenario("x", [*ERA.texts, ("x", 'rivals = "slow"')])
    rows, base = policy_rows(slow, seat=SEAT), policy_rows(ERA, seat=SEAT)
    assert rows.horizon[SEAT] == base.horizon[SEAT]
    assert (np.delete(rows.horizon, SEAT, 0) > np.delete(base.horizon, SEAT, 0)).all()
    assert np.array_equal(opening(slow).capital.cash, opening(ERA).capital.cash)


@pytest.mark.parametrize(
    "choice", ["--rivals slow", "--policy careful --rivals sharp", "--policy Meta", "--policy FILE"]
)
def test_a_game_of_a_play_or_against_other_rivals_plays_again_bit_for_bit(choice: str, tmp_path: Path) -> None:
    file, out = tmp_path / "mine.toml", tmp_path / "game.labsim"
    file.write_text('factor = { rent = 1.2 }\nrules = [{ set = { price = { times = "otherwise", by = 0.9 } } }]')
    asked = f"run token-era --quarters 5 {choice} --json --out {out}".replace("FILE", str(file))
    assert main(asked.split()) == 0
    assert main(["verify", str(out)]) == 0


def test_a_play_is_found_by_name_by_policy_and_by_file(tmp_path: Path) -> None:
    (tmp_path / "lean.toml").write_text('title = "Lean"')
    assert find_play("careful", ERA).role == "careful"
    assert find_play("Meta", ERA).like == "Meta"
    assert find_play(str(tmp_path / "lean.toml"), ERA).title == "Lean"


def test_an_unknown_policy_is_refused_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "token-era", "--policy", "carefull"]) == 2
    assert 'did you mean "careful"?' in capsys.readouterr().err
