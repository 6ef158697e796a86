"""The ledger by hand: wages, interest, tax, credits; the statements as views of it."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.model.flows import LEDGER_LINES
from tests.model import era
from tests.model.identities import ledger_sum


def lab(**capital: float) -> era.Era:
    e = era.reseated(era.seats(), [1])
    return e.with_world("capital", **{name: np.array([[value]]) for name, value in capital.items()})


def test_every_cost_is_a_line_of_the_ledger() -> None:
    lines = era.single(
        lab(debt=1000.0), 4, data_purchase=1.0, evaluation_spend=3.0, lobbying_spend=2.0, staff_target=160.0
    )
    o, revenue = lines.report.operating, lines.report.market.revenue[0, 0]
    assert o.wages[0, 0] == pytest.approx(-160 * 0.19 * (1 + 0.012 * 4))
    assert o.sales[0, 0] == pytest.approx(-0.17 * revenue)
    assert o.fees[0, 0] == pytest.approx(-0.03 * revenue)
    assert (o.data_paid[0, 0], o.evaluation[0, 0], o.lobbying[0, 0]) == (-60.0, -3.0, -2.0)
    assert o.interest_paid[0, 0] == pytest.approx(-1000 * 0.11 / 4)
    assert o.interest_income[0, 0] == pytest.approx(900 * 0.04 / 4)
    assert o.rent_reserved[0, 0] == pytest.approx(-9000 * 1.25 * 2190 / 1e6)
    assert len(LEDGER_LINES) == 33


def test_cash_ends_where_the_ledger_says() -> None:
    turn = era.single(lab(since_round=3.0), 0, raise_amount=500.0)
    assert turn.after.capital.cash[0, 0] == pytest.approx(900.0 + ledger_sum(turn)[0, 0])
    assert turn.report.financing.equity_round[0, 0] == 500.0


def test_profit_is_taxed_after_old_losses_are_used() -> None:
    rich = {"cash": 1e6}  # interest of 10,000 M$ a quarter
    free, taxed = era.single(lab(**rich, losses_forward=4000.0)), era.single(lab(**rich))
    profit = taxed.report.result.profit_before_tax[0, 0]
    assert profit > 9000
    assert taxed.report.operating.tax_paid[0, 0] == pytest.approx(-0.21 * profit)
    assert free.report.operating.tax_paid[0, 0] == pytest.approx(-0.21 * (profit - 4000))
    assert free.after.capital.losses_forward[0, 0] == 0.0
    assert taxed.after.capital.retained[0, 0] == pytest.approx(0.79 * profit)


def test_a_loss_pays_no_tax_and_is_carried_forward() -> None:
    turn = era.single(lab(losses_forward=50.0))
    loss = turn.report.result.profit_before_tax[0, 0]
    assert loss < 0
    assert turn.report.operating.tax_paid[0, 0] == 0.0
    assert turn.after.capital.losses_forward[0, 0] == pytest.approx(50.0 - loss)


def test_credits_pay_rent_in_a_partnership_only_and_are_no_cash() -> None:
    rent = 9000 * 1.25 * 2190 / 1e6
    for left, credits, used in ((4.0, 1000.0, rent), (4.0, 10.0, 10.0), (0.0, 1000.0, 0.0)):
        turn = era.single(lab(credits=credits, partner_left=left))
        assert turn.report.operating.credits_used[0, 0] == pytest.approx(used)
        assert turn.after.capital.credits[0, 0] == pytest.approx(credits - used)
        assert turn.report.result.profit_before_tax[0, 0] == pytest.approx(
            era.single(lab()).report.result.profit_before_tax[0, 0]
        )


def test_the_cost_of_revenue_is_the_serving_part_of_compute_and_fees() -> None:
    r = era.single(lab(), inference_share=0.3).report
    rent = 9000 * 1.25 * 2190 / 1e6
    assert r.result.compute_pool[0, 0] == pytest.approx(rent)
    assert r.result.cost_of_revenue[0, 0] == pytest.approx(0.3 * rent + 0.03 * r.market.revenue[0, 0])
    assert r.result.gross_margin[0, 0] == pytest.approx(1 - r.result.cost_of_revenue[0, 0] / r.market.revenue[0, 0])
