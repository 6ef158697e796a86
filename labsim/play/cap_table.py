"""Who owns the lab, and how did each round dilute the others? A table over the quarters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from labsim.errors import Message
from labsim.play.statements import NOTHING, Books, Row, Statement, figure, section
from labsim.play.turn import TurnRecord

SaleKind = Literal["round", "partner", "rescue"]
_TINY = 1e-12  # part of a company under which an earlier owner is rounding


@dataclass(frozen=True)
class Sale:
    """Equity sold in a quarter: to whom, for how much, at which value before the money, and which part that is."""

    t: int
    kind: SaleKind
    paid: float
    valuation: float

    @property
    def part(self) -> float:
        """Part of the company after the sale that the buyer holds."""
        whole = self.valuation + self.paid
        return self.paid / whole if whole > 0.0 else 0.0


def sales(books: Books) -> tuple[Sale, ...]:
    """Every sale of equity, in the order in which a quarter makes them: round, partner, rescue."""
    return tuple(sale for record in books.records for sale in _of_quarter(books, record))


def _of_quarter(books: Books, record: TurnRecord) -> Iterator[Sale]:
    of, money, paid = books.of, record.report.capital, record.report.financing
    value = of(money.arr) * of(money.multiple) + of(money.option_part)
    if of(paid.equity_round) > 0.0:
        yield Sale(record.t, "round", of(paid.equity_round), value)
    if of(money.partner_signed) > 0.0:
        yield Sale(record.t, "partner", of(record.decisions.partner_equity) * value, value)
    if of(paid.down_round) > 0.0:
        price = float(books.params.rescue_price[min(books.run, len(books.params.rescue_price) - 1)])
        yield Sale(record.t, "rescue", of(paid.down_round), price * value)


def cap_table(books: Books) -> Statement:
    """Owners and their parts at the end of each quarter; what was sold, and the value of the first holders' part."""
    sold = sales(books)
    turns = books.turns
    rows = [section("owners_section"), *_owners(books, sold), section("sales_section")]
    paid = [sum(s.paid for s in sold if s.t == t) for t in turns]
    kept = [_kept([s for s in sold if s.t == t]) for t in turns]
    rows.append(figure("equity_sold", (x or NOTHING for x in paid), "M$"))
    rows.append(figure("dilution", (1.0 - x if x < 1.0 else NOTHING for x in kept), "1", "share"))
    value = [books.of(r.report.capital.arr) * books.of(r.report.capital.multiple)
             + books.of(r.report.capital.option_part) for r in books.records]  # fmt: skip
    rows.append(figure("valuation", value, "M$"))
    after = [a + b for a, b in zip(value, paid, strict=True)]
    holders = books.stock("capital", "holders")
    rows.append(figure("holders_value", (a * b for a, b in zip(after, holders, strict=True)), "M$", kind="sum"))
    return Statement("owners", turns, tuple(rows))


def _owners(books: Books, sold: tuple[Sale, ...]) -> Iterator[Row]:
    """A row for each owner; later sales dilute all earlier owners alike, so the parts add up to one."""
    first = books.of(books.opening.capital.holders)
    rows = [figure("first_holders", books.stock("capital", "holders"), "1", "share")]
    if 1.0 - first > _TINY:
        rows.append(figure("earlier_investors", _held(books, sold, None, 1.0 - first), "1", "share"))
    for sale in sold:
        label = Message(f"statement.owner_{sale.kind}", {"quarter": sale.t})
        values = _held(books, sold, sale, sale.part)
        rows.append(Row(f"{sale.kind}_{sale.t}", label, "1", tuple(values), format="share"))
    yield from rows
    whole = (sum(v for v in column if v == v) for column in zip(*(row.values for row in rows), strict=True))
    yield figure("all_owners", whole, "1", "share", kind="sum")


def _held(books: Books, sold: tuple[Sale, ...], since: Sale | None, part: float) -> Iterator[float]:
    """What an owner holds at the end of each quarter; nothing before the purchase."""
    later = sold if since is None else sold[sold.index(since) + 1 :]
    for t in books.turns:
        if since is not None and t < since.t:
            yield NOTHING
        else:
            yield part * _kept([sale for sale in later if sale.t <= t])


def _kept(sold: list[Sale]) -> float:
    kept = 1.0
    for sale in sold:
        kept *= 1.0 - sale.part
    return kept
