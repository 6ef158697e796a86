"""The statements tie: to each other, to the ledger and to the engine's own sums."""

from __future__ import annotations

import math
from functools import cache

import pytest

from labsim.model.flows import LEDGER_LINES
from labsim.play.cap_table import cap_table, sales
from labsim.play.series import ledger
from labsim.play.statements import Books, Row, Statement, balance_sheet, cash_flow, income_statement
from labsim.play.token_ledger import token_ledger
from labsim.play.turn import opening, play
from labsim.scenario import load_scenario
from labsim.text import render

SEATS = range(7)
MAKERS = (income_statement, cash_flow, balance_sheet, token_ledger, cap_table)


@cache
def books(seat: int) -> Books:
    return Books(opening(_scenario()), _records(), seat, _scenario().params)


@cache
def _scenario():  # type: ignore[no-untyped-def]
    return load_scenario("token-era")


@cache
def _records():  # type: ignore[no-untyped-def]
    return tuple(play(_scenario(), 3, 20))


def near(one: Row, other: tuple[float, ...], size: float = 1e-9) -> bool:
    scale = max(1.0, *(abs(v) for v in (*one.values, *other)))
    return all(abs(a - b) <= size * scale for a, b in zip(one.values, other, strict=True))


def live(seat: int) -> int:
    """Quarters at whose end the lab still lives."""
    return sum(status == 0.0 for status in books(seat).stock("capital", "status"))


def cut(statement: Statement, name: str, quarters: int) -> tuple[float, ...]:
    return statement.row(name).values[:quarters]


@pytest.mark.parametrize("seat", SEATS)
def test_the_change_of_cash_is_the_sum_of_the_lines_and_leads_from_start_to_end(seat: int) -> None:
    table = cash_flow(books(seat))
    lines = [row for row in table.rows if row.kind == "line" and row.name not in ("cash_start", "cash_end")]
    summed = tuple(math.fsum(column) for column in zip(*(row.values for row in lines), strict=True))
    assert near(table.row("cash_change"), summed, 1e-12)
    ends = zip(table.row("cash_start").values, table.row("cash_end").values, strict=True)
    assert near(table.row("cash_change"), tuple(end - start for start, end in ends))


def test_every_line_of_the_ledger_is_in_the_cash_flow_once() -> None:
    rows = cash_flow(books(1)).rows
    assert all(row.values == books(1).flow(name) for row, name in ((r, _ledger_name(r)) for r in rows) if name)
    assert sorted(filter(None, map(_ledger_name, rows))) == sorted(LEDGER_LINES)
    assert set(ledger(books(1).records[0], 1)) == set(LEDGER_LINES)


def _ledger_name(row: Row) -> str:
    key = row.label.key
    return key.removeprefix("explain.line_").removesuffix(".label") if key.startswith("explain.line_") else ""


@pytest.mark.parametrize("seat", SEATS)
def test_the_balance_sheet_balances_and_carries_the_cash_and_the_result(seat: int) -> None:
    sheet, flow, income, quarters = (
        balance_sheet(books(seat)), cash_flow(books(seat)), income_statement(books(seat)), live(seat)
    )  # fmt: skip
    for assets, claims in zip(cut(sheet, "assets", quarters), cut(sheet, "claims", quarters), strict=True):
        assert assets == pytest.approx(claims, rel=1e-9, abs=1e-6)
    assert sheet.row("cash").values == flow.row("cash_end").values
    kept = cut(income, "result_kept", quarters)
    retained = (books(seat).of(books(seat).opening.capital.retained), *cut(sheet, "retained", quarters))
    for before, after, change in zip(retained, retained[1:], kept, strict=False):
        assert after - before == pytest.approx(change, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seat", SEATS)
def test_the_income_statement_ends_in_the_engines_result(seat: int) -> None:
    income, b, quarters = income_statement(books(seat)), books(seat), live(seat)
    pairs = {"revenue": "revenue", "profit_before_tax": "profit_before_tax", "net_result": "net_result"}
    for row, flow in pairs.items():
        assert cut(income, row, quarters) == pytest.approx(b.flow(flow)[:quarters], rel=1e-9, abs=1e-6)


def test_gross_profit_over_revenue_is_the_gross_margin() -> None:
    income = income_statement(books(1))
    rows = (income.row(name).values for name in ("gross_profit", "revenue", "gross_margin"))
    for profit, revenue, margin in zip(*rows, strict=True):
        assert profit == pytest.approx(margin * revenue, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seat", SEATS)
def test_owners_add_up_to_the_whole_and_first_holders_are_the_engines(seat: int) -> None:
    table, b = cap_table(books(seat)), books(seat)
    assert table.row("all_owners").values == pytest.approx([1.0] * len(b.records), rel=1e-9)
    kept, opened = 1.0, b.of(b.opening.capital.holders)
    for sale in sales(b):
        kept *= 1.0 - sale.part
    assert table.row("first_holders").values[-1] == pytest.approx(opened * kept, rel=1e-9)


def test_an_earlier_round_is_diluted_by_a_later_one() -> None:
    seat = next(s for s in SEATS if len(sales(books(s))) > 1)
    first, second = sales(books(seat))[:2]
    row = cap_table(books(seat)).row(f"{first.kind}_{first.t}")
    held = {t: v for t, v in zip(books(seat).turns, row.values, strict=True) if v == v}
    assert held[first.t] == pytest.approx(first.part)
    assert held[second.t] == pytest.approx(first.part * (1.0 - second.part))


def test_margin_per_million_tokens_is_revenue_less_cost() -> None:
    table = token_ledger(books(1))
    rows = (table.row(f"{name}_per_million").values for name in ("revenue", "cost", "margin"))
    assert all(a - b == c or a != a for a, b, c in zip(*rows, strict=True))
    served, revenue = table.row("tokens_served").values[0], books(1).flow("revenue_customers")[0]
    assert table.row("revenue_per_million").values[0] == pytest.approx(revenue * 1e6 / (served * 1e12 / 1e6))


def test_effective_compute_is_useful_compute_times_algorithms() -> None:
    table = token_ledger(books(1))
    rows = (table.row(name).values for name in ("flop_per_dollar", "algorithmic_gain", "effective_per_dollar"))
    assert all(plain * gain == effective for plain, gain, effective in zip(*rows, strict=True))
    assert all(value >= 1.0 for value in table.row("algorithmic_gain").values)


def test_research_has_compute_and_no_tokens() -> None:
    table = token_ledger(books(1))
    assert all(value != value for value in table.row("tokens_research").values)
    assert table.row("experiment_flop").values == books(1).flow("experiment_flop")


@pytest.mark.parametrize("make", MAKERS)
def test_every_row_is_told_and_has_a_value_for_each_quarter(make) -> None:  # type: ignore[no-untyped-def]
    table = make(books(2))
    for row in table.rows:
        assert render(row.label)
        assert len(row.values) == (0 if row.kind == "section" else len(table.turns))
