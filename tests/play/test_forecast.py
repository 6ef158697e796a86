"""Is a forecast the engine itself, on dice of its own, and does it say what it keeps?"""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labsim.errors import BadInput
from labsim.model.decisions import DECISIONS
from labsim.model.params import SEGMENTS
from labsim.model.world import stocks
from labsim.play.forecast import LEVELS, Forecast, Futures, future_seed, picked
from labsim.play.forecast_terms import mean_change
from labsim.play.objectives import PAR, score
from labsim.play.plan import PLANS, plan_named
from labsim.play.turn import Player, SeatOrders, opening, play, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario, load_scenario
from labsim.variables import Array

SEAT = 1
HORIZON = 4
WATCHED = ("cash", "capability", "trust", "market_share", "valuation", "price_developer", "mood", "stake", "run_done")


@cache
def scenario(is_quiet: bool = False) -> Scenario:
    return dataclasses.replace(load_scenario("token-era"), is_quiet=is_quiet)


def futures(is_quiet: bool = False, quarters: int = HORIZON, seed: int = 7) -> Futures:
    era = scenario(is_quiet)
    return Futures(era, opening(era), era.start, seed, quarters)


def last(found: Futures, player: Player | None = None, orders: SeatOrders | None = None, **options: object) -> Forecast:
    *_, answer = found.forecast(player or Player(SEAT), orders or {}, **options)  # type: ignore[arg-type]
    return answer


def _number(low: float, high: float) -> st.SearchStrategy[Array]:
    """A number that somebody could order: four decimals."""
    high = min(high, max(1e5, 1e3 * low))
    return st.floats(max(low, -1e4), high).map(lambda x: np.array([min(max(round(x, 4), low), high)]))


def _drafts() -> st.SearchStrategy[dict[str, Array]]:
    one = {v.name: _number(v.low, v.high) for v in DECISIONS if v.name != "price"}
    price = st.lists(st.floats(0.01, 100.0), min_size=len(SEGMENTS), max_size=len(SEGMENTS))
    return st.fixed_dictionaries({}, optional={**one, "price": price.map(lambda rows: np.array(rows)[:, None])})


@settings(max_examples=25)
@given(draft=_drafts())
def test_with_quiet_dice_a_forecast_equals_playing_the_quarters_bit_for_bit(draft: dict[str, Array]) -> None:
    era = scenario(is_quiet=True)
    answer = last(futures(is_quiet=True), None, draft, plan=PLANS["standing-orders"], variables=WATCHED)
    records = list(play(era, 0, HORIZON, players={SEAT: Player(SEAT)}, orders={era.start: {SEAT: draft}}))
    assert answer.runs == 1
    for name in ("cash", "trust", "valuation", "run_done"):
        played = np.stack([stocks(record.world)[name][:, 0] for record in records])
        for level in answer.bands[name]:
            assert np.array_equal(level, played), name
    assert np.array_equal(answer.means["mood"], [record.world.capital.mood[0] for record in records])


@pytest.mark.parametrize("plan", list(PLANS))
def test_every_future_is_a_game_in_which_the_orders_and_the_plan_were_followed(plan: str) -> None:
    era, found = scenario(), futures()
    draft = {"raise_amount": np.array([300.0]), "training_share": np.array([0.5]), "start_run": np.array([1.0])}
    answer = last(found, None, draft, plan=PLANS[plan], variables=WATCHED, runs=1)
    world, rows, player, orders, course = opening(era), policy_rows(era), Player(SEAT), draft, None
    for i in range(HORIZON):
        quarter = quarter_of(era, era.start + i, future_seed(7))
        if course is not None:
            player, orders = course.player, dict(course.orders(world, quarter))
        record = play_quarter(era, world, quarter, rows, {SEAT: player}, {SEAT: orders})
        course = course or PLANS[plan].begin(era, world, record, player.after(draft))
        world = record.world
        assert np.array_equal(answer.bands["cash"][0, i], world.capital.cash[:, 0])


def test_the_first_answer_is_made_of_the_first_256_of_the_thousand_futures() -> None:
    coarse, final = futures().forecast(Player(SEAT), {}, variables=("cash",), runs=600)
    alone = last(futures(), variables=("cash",), runs=256)
    assert (coarse.runs, coarse.is_final, final.runs, final.is_final) == (256, False, 600, True)
    assert np.array_equal(coarse.bands["cash"], alone.bands["cash"])
    assert not np.array_equal(coarse.bands["cash"], final.bands["cash"])


def test_the_same_draft_gives_the_same_forecast_and_another_draft_meets_the_same_dice() -> None:
    found = futures()
    one, again = (last(found, variables=("cash", "mood"), runs=64) for _ in range(2))
    spent = last(found, None, {"data_purchase": np.array([5.0])}, variables=("cash", "mood"), runs=64)
    assert np.array_equal(one.bands["cash"], again.bands["cash"])
    assert np.array_equal(one.bands["mood"][:, 0], spent.bands["mood"][:, 0])
    # The first quarter: from then on the plan may raise money for the lab that has spent more.
    assert spent.mean("cash")[0] < one.mean("cash")[0]


def test_a_forecast_does_not_know_the_dice_of_the_game() -> None:
    assert future_seed(7) not in (7, future_seed(8))
    played = next(iter(play(scenario(), 7, 1))).world.capital.mood
    seen = last(futures(seed=7), variables=("mood",), runs=1).means["mood"]
    assert seen[0] != played[0]


def test_a_newer_question_stops_the_refinement_but_never_the_first_answer() -> None:
    answers = list(futures().forecast(Player(SEAT), {}, runs=1000, cancelled=lambda: True))
    assert [answer.runs for answer in answers] == [256]


def test_bands_are_ordered_and_hold_the_mean_of_rivals_too() -> None:
    answer = last(futures(), variables=("cash", "hhi"), runs=128)
    assert answer.bands["cash"].shape == (len(LEVELS), HORIZON, 7)
    assert answer.bands["hhi"].shape == (len(LEVELS), HORIZON)
    assert (np.diff(answer.bands["cash"], axis=0) >= 0.0).all()
    assert answer.band("cash", 3).shape == answer.band("hhi").shape == (len(LEVELS), HORIZON)
    assert (answer.mean("cash", 0) <= answer.bands["cash"][-1, :, 0].max()).all()


def test_picked_levels_are_members_of_the_sample() -> None:
    assert picked(np.arange(101.0)[::-1]).tolist() == [5.0, 25.0, 50.0, 75.0, 95.0]
    assert picked(np.array([[3.0]])).tolist() == [[3.0]] * 5


def test_the_difference_of_mean_cash_is_the_sum_of_ledger_lines() -> None:
    found = futures()
    plain = last(found, ledger=True, runs=200)
    other = last(found, None, {"data_purchase": np.array([3.0]), "free_tier": np.array([0.0])}, ledger=True, runs=200)
    change = mean_change("ledger", other, plain)
    assert sum(change.values()) == pytest.approx(other.mean("cash") - plain.mean("cash"), rel=1e-9, abs=1e-7)
    assert change["data_paid"][0] < 0.0
    with pytest.raises(ValueError, match="compared"):
        mean_change("ledger", other, last(found, runs=200))


@pytest.mark.parametrize("is_on", [False, True])
def test_the_terms_of_a_headline_add_up_to_the_difference_of_the_means(is_on: bool) -> None:
    era = scenario()
    past = list(play(era, 7, 2)) if is_on else []
    found = Futures(era, past[-1].world if past else opening(era), len(past), 7, 6, past=past)
    figures = ("cash", "revenue", "capability", "trust", "market_share", "valuation")
    other_orders = {"alignment_share": np.array([0.3]), "price": np.array([[10.0], [5.0], [5.0], [9.0]])}
    plain = last(found, explain=figures, runs=300)
    other = last(found, None, other_orders, explain=figures, runs=300)
    for figure in figures:
        change = mean_change(figure, other, plain)
        expected = other.mean(figure) - plain.mean(figure)
        assert sum(change.values()) == pytest.approx(expected, rel=1e-9, abs=1e-9 * np.abs(plain.mean(figure)).max())
    with pytest.raises(BadInput, match="no headline figure"):
        last(found, explain=("carsh",))


def test_a_lab_that_spends_what_it_lacks_is_seen_to_fail() -> None:
    ruin = {"evaluation_spend": np.array([500.0]), "lobbying_spend": np.array([500.0])}
    found, standing = futures(quarters=8), PLANS["standing-orders"]
    wild, calm = (last(found, None, orders, plan=standing, runs=64).chances for orders in (ruin, {}))
    assert wild.bankrupt[-1, SEAT] + wild.acquired[-1, SEAT] > 0.9
    assert calm.bankrupt[-1, SEAT] + calm.acquired[-1, SEAT] < 0.1
    assert (np.diff(wild.bankrupt[:, SEAT]) >= 0.0).all()


def test_chances_of_capability_and_objectives_agree_with_the_games_themselves() -> None:
    era = scenario(is_quiet=True)
    answer = last(futures(is_quiet=True, quarters=6), Player(SEAT, on_policy=True), plan=PLANS["own-policy"])
    records = list(play(era, 0, 6, players={SEAT: Player(SEAT, on_policy=True)}))
    capability = np.stack([record.report.alignment.capability[:, 0] for record in records])
    ahead = capability[:, [SEAT]] > capability
    assert np.array_equal(answer.chances.ahead, ahead.astype(float))
    assert np.array_equal(answer.chances.overtakes, ahead.any(axis=0).astype(float))
    marks = [float(part[0]) >= PAR for part in score(era, records, SEAT).parts]
    assert answer.chances.objectives.tolist() == [float(met) for met in marks]


def test_quarters_already_played_count_for_the_objectives() -> None:
    era = scenario(is_quiet=True)
    records = list(play(era, 0, 4))
    found = Futures(era, records[1].world, era.start + 2, 0, 2, past=records[:2])
    answer = last(found, Player(SEAT, on_policy=True), plan=PLANS["own-policy"])
    assert answer.score[2] == score(era, records, SEAT).total[0]


def test_wrong_questions_are_refused_with_a_remedy() -> None:
    found = futures()
    with pytest.raises(BadInput, match=r"1 to 100,000"):
        last(found, runs=0)
    with pytest.raises(BadInput, match=r"1 to 100,000"):
        last(found, runs=10**12)
    with pytest.raises(BadInput, match=r'no variable "cahs".*did you mean "cash"'):
        last(found, variables=("cahs",))
    with pytest.raises(BadInput, match="1 to 40"):
        futures(quarters=0)
    with pytest.raises(BadInput, match=r'no plan "keep".*keep-and-renew'):
        plan_named("keep")
