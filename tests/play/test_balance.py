"""The required behaviours, measured; the same figures that `labsim balance` prints."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.play import balance_choices as choices
from labsim.play.balance import balance
from labsim.play.balance_bots import TRICKS, Bots, random_search
from labsim.play.balance_games import by_copy, games, per_copy
from labsim.play.balance_guards import no_free_money, rivals_react
from labsim.play.balance_league import alignment, failures, league
from labsim.scenario import Scenario, load_scenario


@pytest.fixture(scope="module")
def era() -> Scenario:
    return load_scenario("token-era")


@pytest.mark.parametrize("seed", [1, 2])
def test_no_archetype_dominates_the_league(seed: int) -> None:
    found = league(400, seed)
    assert found.holds, found.rows
    assert sum(float(row[1]) for row in found.rows) == pytest.approx(1.0)


def test_some_labs_fail_and_not_all(era: Scenario) -> None:
    assert failures(era, 200, 1).holds


def test_alignment_pays_up_to_a_point() -> None:
    found = alignment(100, 1)
    assert found.holds, found.note


def test_dense_and_sparse_models_both_have_their_place(era: Scenario) -> None:
    found = choices.dense_or_sparse(era)
    assert found.holds, found.note
    assert len(found.rows) == len(choices.GRID_QUARTERS) * len(choices.BUDGETS)


def test_every_segment_has_a_best_price_between_the_extremes(era: Scenario) -> None:
    found = choices.best_prices(era, 300, 1)
    assert found.holds, found.rows


def test_use_decides_between_buying_signing_and_renting(era: Scenario) -> None:
    found = choices.buy_or_rent(era)
    assert found.holds, found.rows
    slack, tight = found.rows[0], found.rows[-1]
    assert slack[6] == 0 or int(slack[6]) > int(tight[6])  # a contract beats buying in a slack market


def test_more_cash_never_hurts_and_a_higher_price_never_wins_users(era: Scenario) -> None:
    found = no_free_money(era, 6, 2)
    assert found.holds, found.rows
    assert all(int(row[1]) > 500 for row in found.rows)


def test_rivals_notice_a_halved_price(era: Scenario) -> None:
    assert rivals_react(era, 40, 1).holds


def test_random_bots_find_no_free_money(era: Scenario) -> None:
    found = random_search(era, 1, 600)
    assert found.holds, found.note


@pytest.mark.slow
def test_no_bot_of_20000_finds_free_money(era: Scenario) -> None:
    found = random_search(era, 7, 20_000)
    assert found.holds, found.note


@pytest.mark.slow
def test_everything_holds_on_other_dice(era: Scenario) -> None:
    failed = [b.name for b in balance(era, 400, 5, 2_000) if not b.holds]
    assert failed == []


def test_every_bot_has_a_trick_and_the_same_seed_draws_the_same_bots() -> None:
    one, other = Bots.drawn(4, 50), Bots.drawn(4, 50)
    assert np.array_equal(one.uses, other.uses)
    assert (one.uses.sum(axis=0) >= 1).all()
    assert one.uses.shape == (len(TRICKS), 50)


def test_variants_meet_the_same_dice(era: Scenario) -> None:
    for record in games(era, 3, 4, copies=3, quarters=5):
        cash = by_copy(record.world.capital.cash, 4)
        assert np.array_equal(cash[:, 0], cash[:, 1])
        assert np.array_equal(cash[:, 0], cash[:, 2])
    assert per_copy([1.0, 2.0], 2).tolist() == [1.0, 1.0, 2.0, 2.0]
