"""Valuation, rounds, loans, partnerships and the four steps of failure, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model import era


def lab(*rows: int, **capital: float) -> era.Era:
    e = era.reseated(era.seats(), rows or (1,))
    zero = np.zeros((e.world.labs, 1))
    return e.with_world("capital", **{name: zero + value for name, value in capital.items()})


def test_value_is_a_multiple_of_revenue_and_an_option_on_the_frontier() -> None:
    turn = era.single(lab(0, 1))
    r = turn.report
    arr = 4 * r.market.revenue[:, 0]
    gap = r.alignment.capability[0, 0] - r.alignment.capability[1, 0]
    option = 18_000 * np.exp(-0.075 * np.array([0.0, gap])) * (0.5 + np.array([0.60, 0.62]))
    assert turn.after.capital.valuation[:, 0] == pytest.approx(arr * (13 + 22 * 1.0) + option)


def test_investors_grant_a_lab_without_a_name_a_part_of_the_option_only() -> None:
    known, unknown = (era.single(lab().with_params(fame=np.array([[part]]))) for part in (1.0, 0.3))
    assert unknown.report.capital.option_part == pytest.approx(0.3 * known.report.capital.option_part)


def test_investors_read_growth_over_a_year_once_there_is_one() -> None:
    e = lab()
    revenue = era.single(e, 4).report.market.revenue[0, 0]
    for factor, multiple in ((1.0, 13.0), (1.5, 13 + 22 * np.log(1.5)), (100.0, 13 + 22 * 1.4), (0.1, 4.0)):
        history = e.world.capital.arr_history + 4 * revenue / factor
        turn = era.single(e.with_world("capital", arr_history=history), 4)
        assert turn.report.capital.multiple[0, 0] == pytest.approx(min(multiple, 45.0))


def test_a_round_brings_money_for_a_part_of_the_company() -> None:
    turn = era.single(lab(since_round=3.0), raise_amount=400.0)
    value = turn.after.capital.valuation[0, 0]
    assert turn.report.financing.equity_round[0, 0] == pytest.approx(400.0)
    assert turn.after.capital.holders[0, 0] == pytest.approx(1 - 400 / (value + 400))
    assert turn.after.capital.since_round[0, 0] == 1.0
    greedy = era.single(lab(since_round=3.0, valuation=1.0), raise_amount=1e7)
    assert greedy.report.capital.round_asked[0, 0] == pytest.approx(0.25 * value)
    early = era.single(lab(since_round=2.0), raise_amount=400.0)
    assert early.report.financing.equity_round[0, 0] == 0.0
    assert early.after.capital.since_round[0, 0] == 3.0


@pytest.mark.parametrize(("mood", "burn", "chance"), [(1.0, 0.0, 0.20), (0.8, 0.0, 0.38), (1.0, 600.0, 0.45)])
def test_a_round_fails_below_its_chance(mood: float, burn: float, chance: float) -> None:
    e = lab(since_round=3.0, burn=burn).with_world("capital", mood=np.array([mood]))
    for draw, failed in ((chance - 1e-6, 1.0), (chance + 1e-6, 0.0)):
        turn = era.single(e, 0, {"round": draw}, raise_amount=400.0)
        assert turn.report.capital.round_failed[0, 0] == failed
        assert (turn.report.financing.equity_round[0, 0] > 0) == (failed == 0.0)


def test_labs_share_the_capital_that_there_is() -> None:
    e = lab(1, 1, since_round=3.0).with_params(vc_pool=np.array([1000.0]), strategic_pool=np.array([0.0]))
    turn = era.single(e, raise_amount=900.0)
    assert turn.report.capital.equity_pool[0] == pytest.approx(260.0)
    assert turn.report.financing.equity_round[:, 0] == pytest.approx([130.0, 130.0])


def test_a_partnership_sells_equity_for_credits() -> None:
    turn = era.single(lab(), partner_equity=0.15)
    value = turn.after.capital.valuation[0, 0]
    assert turn.after.capital.credits[0, 0] == pytest.approx(1.1 * 0.15 * value)
    assert turn.after.capital.holders[0, 0] == pytest.approx(1 - 0.15 / 1.15)
    assert turn.after.capital.partner_left[0, 0] == 16.0
    bound = era.single(lab(partner_left=3.0), partner_equity=0.15)
    assert bound.after.capital.credits[0, 0] == 0.0
    assert bound.after.capital.partner_left[0, 0] == 2.0


def test_loans_are_limited_by_the_gpus_and_run_off_slowly() -> None:
    book = 110_000 * 0.021 * sum(slot / 20 for slot in range(1, 17)) / 16
    after = 110_000 / 16 * 0.021 * sum(slot / 20 for slot in range(1, 16))  # a quarter later
    assert book > after
    turn = era.single(lab(2), borrow_change=1e6)
    assert turn.after.capital.debt[0, 0] == pytest.approx(0.6 * after)
    assert turn.report.financing.debt_change[0, 0] == pytest.approx(0.6 * after)
    stuck = era.single(lab(debt=1000.0))
    assert stuck.after.capital.debt[0, 0] == pytest.approx(900.0)
    repaid = era.single(lab(debt=1000.0), borrow_change=-1e6)
    assert repaid.after.capital.debt[0, 0] == 0.0


def test_selling_gpus_brings_part_of_their_book_value() -> None:
    kept, sold = era.single(lab(2)), era.single(lab(2), sell_gpus=0.5)
    after = 110_000 / 16 * 0.021 * sum(slot / 20 for slot in range(1, 16))
    assert sold.report.financing.disposal[0, 0] == pytest.approx(0.45 * 0.5 * after)
    assert sold.report.capital.disposal_loss[0, 0] == pytest.approx(0.55 * 0.5 * after)
    assert (sold.after.capital.cash - kept.after.capital.cash)[0, 0] == pytest.approx(0.225 * after)
    next_fleet = [turn.after.compute.bought_gpus[2:22].sum() for turn in (kept, sold)]
    assert next_fleet[1] == pytest.approx(0.5 * next_fleet[0])


def test_mood_returns_to_normal_and_follows_its_shock() -> None:
    e = lab().with_world("capital", mood=np.array([0.6]))
    assert era.single(e).after.capital.mood[0] == pytest.approx(0.66)
    assert era.single(e, 0, {"mood": 1.0}).after.capital.mood[0] == pytest.approx(0.75)
    assert era.single(e, 0, {"mood": -9.0}).after.capital.mood[0] == 0.35


def test_a_short_lab_gets_one_down_round_at_half_its_value() -> None:
    e = lab(cash=0.0)
    turn = era.single(e)
    f, burn = turn.report.financing, turn.after.capital.burn[0, 0]
    value = turn.after.capital.valuation[0, 0]
    wanted = burn + 1.5 * burn
    cap = min(0.6 * 0.5 * value, 0.15 * turn.report.capital.equity_pool[0])
    assert f.down_round[0, 0] == pytest.approx(min(wanted, cap))
    assert turn.after.capital.holders[0, 0] == pytest.approx(
        1 - f.down_round[0, 0] / (0.5 * value + f.down_round[0, 0])
    )
    assert (turn.after.capital.rescues[0, 0], turn.after.capital.since_round[0, 0]) == (1.0, 1.0)
    assert turn.after.capital.status[0, 0] == 0.0


def test_a_lab_that_had_its_rescue_sells_capacity() -> None:
    e = lab(2, cash=0.0, rescues=1.0, parent_funding=0.0)
    turn = era.single(e)
    book = 110_000 / 16 * 0.021 * sum(slot / 20 for slot in range(1, 16))
    short = turn.after.capital.burn[0, 0]
    assert turn.report.capital.sold_part[0, 0] == pytest.approx(1.5 * short / (0.45 * book))
    assert turn.after.capital.cash[0, 0] == pytest.approx(0.5 * short)
    assert (turn.report.financing.down_round[0, 0], turn.after.capital.sold_capacity[0, 0]) == (0.0, 1.0)


@pytest.mark.parametrize(("rival", "status"), [(1, 1.0), (0, 2.0)])
def test_a_lab_without_help_is_bought_near_the_frontier_and_bankrupt_behind_it(rival: int, status: float) -> None:
    e = lab(1, rival)  # the OpenAI of 2023Q1 is more than 12 points ahead
    two = np.array([[1.0], [0.0]])
    e = e.with_world("capital", cash=np.array([[0.0], [1e4]]), rescues=two, sold_capacity=two)
    turn = era.single(e)
    assert turn.after.capital.status[:, 0].tolist() == [status, 0.0]
    assert turn.report.financing.write_off[0, 0] > 0.0
    assert turn.after.capital.cash[0, 0] == 0.0
    assert turn.after.market.share[:, 0].max() == 0.0
    assert turn.after.people.staff[0, 0] == 0.0
    assert turn.after.capital.mood[0] == pytest.approx(0.95)
    value = turn.report.capital.arr[0, 0] * turn.report.capital.multiple[0, 0] + turn.report.capital.option_part[0, 0]
    assert turn.after.capital.exit_value[0, 0] == pytest.approx(0.35 * value if status == 1.0 else 0.0)


def test_a_parent_pays_and_pays_more_every_quarter() -> None:
    turn = era.single(lab(2), 5)
    assert turn.report.financing.parent_paid[0, 0] == 2300.0
    assert turn.after.capital.parent_funding[0, 0] == pytest.approx(2300 * np.exp(0.16 * np.exp(-0.5)))
