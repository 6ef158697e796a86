"""What did a lab earn, pay, own and owe? The three statements, quarters as columns, read from records.

Every line is a line of the ledger or a stock of the world; sums are sums of the lines above them.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from labsim.errors import Message
from labsim.model.explain_accounts import REVENUE
from labsim.model.fleet import gpu_book, orders_book
from labsim.model.flows import Report
from labsim.model.laws import sum_first
from labsim.model.params import Params
from labsim.model.world import World
from labsim.play.turn import TurnRecord
from labsim.variables import Array

Kind = Literal["line", "sum", "section"]
NOTHING = math.nan
"""Stands where a quarter has no such figure."""

_RUNNING = (
    "platform_paid", "sublet_income", "wages", "data_paid", "moe_setup_paid", "sales", "compliance", "fines",
    "lobbying", "evaluation", "answers_paid",
)  # fmt: skip
_INTEREST = ("interest_paid", "interest_income")
_RENT = ("rent_reserved", "rent_on_demand", "credits_used", "energy_paid", "operations")
_INVESTING = ("capex_gpu", "capex_site", "disposal")
_FINANCING = ("parent_paid", "debt_change", "equity_round", "down_round", "write_off")


@dataclass(frozen=True)
class Row:
    """One row: what it is called, its unit, a value for each quarter, and whether it is a sum or a heading."""

    name: str
    label: Message
    unit: str = "M$"
    values: tuple[float, ...] = ()
    kind: Kind = "line"
    format: str = ""


@dataclass(frozen=True)
class Statement:
    """A table of one lab: the quarters, and rows in the order in which they are read."""

    name: str
    turns: tuple[int, ...]
    rows: tuple[Row, ...]

    def row(self, name: str) -> Row:
        """The row of a name. Raises KeyError."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)


@dataclass(frozen=True)
class Books:
    """Where statements are read from: the world before the first quarter, and the quarters of one lab as played."""

    opening: World
    records: Sequence[TurnRecord]
    seat: int
    params: Params
    run: int = 0

    @property
    def turns(self) -> tuple[int, ...]:
        """The quarters."""
        return tuple(record.t for record in self.records)

    def of(self, array: Array) -> float:
        """The entry of the lab."""
        return float(array[self.seat, self.run])

    def flow(self, name: str) -> tuple[float, ...]:
        """A flow of the lab in every quarter."""
        group = _groups()[name]
        return tuple(self.of(getattr(getattr(record.report, group), name)) for record in self.records)

    def stock(self, group: str, name: str) -> tuple[float, ...]:
        """A stock of the lab at the end of every quarter."""
        return tuple(self.of(getattr(getattr(record.world, group), name)) for record in self.records)

    def decision(self, name: str) -> tuple[float, ...]:
        """A decision of the lab in every quarter, as it was carried out."""
        return tuple(self.of(getattr(record.decisions, name)) for record in self.records)


@cache
def _groups() -> dict[str, str]:
    """Flow -> the group of the report that holds it."""
    hints = typing.get_type_hints(Report)
    return {f.name: group for group, kind in hints.items() for f in dataclasses.fields(kind)}


# ---- rows -----------------------------------------------------------------------------------------------------------


def section(name: str) -> Row:
    """A heading."""
    return Row(name, Message(f"statement.{name}"), "", (), "section")


def figure(name: str, values: Iterable[float], unit: str, format: str = "", kind: Kind = "line") -> Row:
    """A row that is told in the text file under its own name."""
    return Row(name, Message(f"statement.{name}"), unit, tuple(values), kind, format)


def line(books: Books, name: str) -> Row:
    """A line of the ledger."""
    return Row(name, Message(f"explain.line_{name}.label"), "M$", books.flow(name))


def sum_row(name: str, rows: Iterable[Row]) -> Row:
    """The sum of rows, quarter by quarter."""
    columns = zip(*(row.values for row in rows), strict=True)
    return figure(name, (math.fsum(column) for column in columns), "M$", kind="sum")


def negative(values: Iterable[float]) -> tuple[float, ...]:
    """Costs, which the engine keeps above zero, as they stand in a statement."""
    return tuple(-value if value else 0.0 for value in values)


# ---- the statements -------------------------------------------------------------------------------------------------


def income_statement(books: Books) -> Statement:
    """What was earned and what it cost, wear of chips included; ends in what is added to the retained result."""
    return Statement("income", books.turns, tuple(_income(books)))


def _income(books: Books) -> Iterator[Row]:
    revenue = [line(books, name) for name in REVENUE]
    total = sum_row("revenue", revenue)
    yield from (section("revenue_section"), *revenue, total)
    fees = line(books, "fees")
    cost = books.flow("cost_of_revenue")
    compute = negative(whole + fee for whole, fee in zip(cost, fees.values, strict=True))
    serving = figure("serving_compute", compute, "M$")
    gross = sum_row("gross_profit", (total, serving, fees))
    yield from (section("cost_section"), serving, fees, gross)
    research = figure("research_compute", negative(books.flow("research_compute")), "M$")
    running = [research, *(line(books, name) for name in _RUNNING)]
    operating = sum_row("operating_result", (gross, *running))
    yield from (section("running_section"), *running, operating)
    interest = [line(books, name) for name in _INTEREST]
    profit = sum_row("profit_before_tax", (operating, *interest))
    tax = line(books, "tax_paid")
    net = sum_row("net_result", (profit, tax))
    yield from (section("below_section"), *interest, profit, tax, net)
    lost = Row("disposal_loss", Message("explain.line_disposal_loss.label"), "M$",
               negative(books.flow("disposal_loss")))  # fmt: skip
    yield from (lost, sum_row("result_kept", (net, lost)))
    yield section("memo_section")
    yield figure("gross_margin", books.flow("gross_margin"), "1", "share")
    yield figure("depreciation", books.flow("depreciation"), "M$")


def cash_flow(books: Books) -> Statement:
    """Where cash came from and where it went; every line of the ledger once."""
    return Statement("cash_flow", books.turns, tuple(_cash(books)))


def _cash(books: Books) -> Iterator[Row]:
    paid = [line(books, name) for name in (*REVENUE, *_RENT, "fees", *_RUNNING, *_INTEREST, "tax_paid")]
    operating = sum_row("operating_cash", paid)
    yield from (section("operating_section"), *paid, operating)
    invested = [line(books, name) for name in _INVESTING]
    investing = sum_row("investing_cash", invested)
    yield from (section("investing_section"), *invested, investing)
    financed = [line(books, name) for name in _FINANCING]
    financing = sum_row("financing_cash", financed)
    yield from (section("financing_section"), *financed, financing)
    yield sum_row("cash_change", (operating, investing, financing))
    end = books.stock("capital", "cash")
    yield section("cash_section")
    yield figure("cash_start", (books.of(books.opening.capital.cash), *end)[: len(end)], "M$")
    yield figure("cash_end", end, "M$", kind="sum")


def balance_sheet(books: Books) -> Statement:
    """What the lab owns at the end of each quarter, and who paid for it."""
    return Statement("balance", books.turns, tuple(_balance(books)))


def _balance(books: Books) -> Iterator[Row]:
    compute = [record.world.compute for record in books.records]
    p, of = books.params, books.of
    assets = [
        figure("cash", books.stock("capital", "cash"), "M$"),
        figure("credits", books.stock("capital", "credits"), "M$"),
        figure("chips", (of(gpu_book(c, p)) for c in compute), "M$"),
        figure("chips_on_order", (of(orders_book(c)) for c in compute), "M$"),
        figure("sites", books.stock("compute", "site_net"), "M$"),
        figure("sites_in_work", (of(sum_first(c.site_wip)) for c in compute), "M$"),
    ]
    yield from (section("assets_section"), *assets, sum_row("assets", assets))
    equity = [figure(name, books.stock("capital", name), "M$") for name in ("paid_in", "retained")]
    debt = figure("debt", books.stock("capital", "debt"), "M$")
    yield from (section("claims_section"), debt, *equity, sum_row("claims", (debt, *equity)))
    yield section("memo_section")
    yield sum_row("equity", equity)
    yield figure("losses_forward", books.stock("capital", "losses_forward"), "M$")
