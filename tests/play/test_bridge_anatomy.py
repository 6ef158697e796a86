"""Is a value the product or the sum of the parts it is taken apart into?"""

from __future__ import annotations

import math

import pytest

from labsim.errors import BadInput
from labsim.model.anatomy import ANATOMIES
from labsim.play.bridge_anatomy import Anatomy, anatomy
from labsim.play.turn import TurnRecord, play
from labsim.scenario import Scenario, load_scenario
from labsim.text import render
from tests.play.random_play import random_game


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("token-era")


@pytest.fixture(scope="module")
def records(scenario: Scenario) -> list[TurnRecord]:
    return list(play(scenario, 3, 16))


def check(whole: Anatomy) -> None:
    """A value is what its parts make, all the way down, and every part has a name for people."""
    assert render(whole.label)
    if not whole.how:
        assert whole.parts == ()
        return
    values = [part.value for part in whole.parts]
    made = math.prod(values) if whole.how == "product" else math.fsum(values)
    assert made == pytest.approx(whole.value, rel=1e-9, abs=1e-12), whole.name
    for part in whole.parts:
        check(part)


@pytest.mark.parametrize("name", list(ANATOMIES))
def test_the_parts_make_the_value(scenario: Scenario, records: list[TurnRecord], name: str) -> None:
    for record in records:
        for seat in range(7):
            if record.world.capital.status[seat, 0] == 0.0:
                check(anatomy(name, record, seat, scenario))


@pytest.mark.parametrize("name", list(ANATOMIES))
def test_the_parts_make_the_value_whatever_a_lab_does(scenario: Scenario, name: str) -> None:
    _, played = random_game(scenario, 21, quarters=8, runs=2, seat=3)
    for record in played:
        for run in range(2):
            if record.world.capital.status[3, run] == 0.0:
                check(anatomy(name, record, 3, scenario, run))


def test_utilisation_in_the_second_quarter_of_2024_as_worked_by_hand(
    scenario: Scenario, records: list[TurnRecord]
) -> None:
    # Base 0.255; 3D parallelism 1.38, FlashAttention 1.17 and its second version 1.15 are public; H200 0.92.
    found = anatomy("mfu", records[5], scenario.seat("Meta"), scenario)
    assert [round(part.value, 9) for part in found.parts] == [0.255, 1.38, 1.17, 1.15, 0.92]
    assert found.value == pytest.approx(0.255 * 1.38 * 1.17 * 1.15 * 0.92)
    assert found.shown == "43.6 %"


def test_the_developers_price_norm_after_two_years_as_worked_by_hand(
    scenario: Scenario, records: list[TurnRecord]
) -> None:
    # 1.4 + (22 - 1.4) x 0.5^(8/3.2) = 5.04 $/M tokens.
    found = anatomy("norm_developer", records[8], 0, scenario)
    assert found.value == pytest.approx(1.4 + 20.6 * 0.5**2.5)
    assert round(found.value, 2) == 5.04


def test_what_has_no_anatomy_is_refused(scenario: Scenario, records: list[TurnRecord]) -> None:
    with pytest.raises(BadInput, match='did you mean "valuation"'):
        anatomy("valuaton", records[0], 0, scenario)
