"""How is what a lab knows of its market told? Sentences, table rows, layers and bubbles; no economics here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labsim import formats
from labsim.errors import Message
from labsim.model.params import SEGMENTS
from labsim.play import market_known
from labsim.play.market_known import PRICE_UNITS, LabSight, Move, SegmentSight, Standing
from labsim.play.turn import TurnRecord
from labsim.text import render, say
from labsim.ui.charts.bubble import Bubble
from labsim.ui.charts.lines import Line
from labsim.ui.widgets.tables import TableData, TableRow

_NAMED = 3  # cheaper rivals told by name
_SEGMENT_COLUMNS = ("all_labs_earn", "price_norm", "your_price", "against_norm", "cheapest_rival", "open_weights",
                    "customers", "revenue")  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """Who leads, who undercuts, and how far the open floor is."""

    lead: str
    cheaper: str
    floor: str


def segment_names() -> tuple[str, ...]:
    """What the segments are called, in their order."""
    return tuple(say(f"segment.{key}") for key in SEGMENTS)


def price_text(value: float, segment: int) -> str:
    """A price in the unit of its segment."""
    return formats.show(value, PRICE_UNITS[segment])


def offers_title(segment: int) -> str:
    """What the chart of offers is called, with the unit of its prices."""
    unit = price_text(1.0, segment).removeprefix(formats.dollars(1.0)).strip(" /")
    return say("market_page.price_capability", segment_names=segment_names()[segment].lower(), unit=unit)


def answers(standing: Standing, own: LabSight, segment: int) -> Answers:
    """The three answers in words."""
    who = segment_names()[segment].lower()
    price = price_text(own.prices[segment], segment)
    return Answers(_lead(standing, own), _cheaper(standing, who, price), _floor(standing, who, segment))


def _lead(s: Standing, own: LabSight) -> str:
    if s.leader == own.lab:
        values = {"lab": own.lab, "capability": own.capability, "ahead": s.ahead, "second": s.second}
        lead = _say("lead_own", **values)
    else:
        capability = own.capability + s.ahead
        lead = _say("lead_other", lab=s.leader, capability=capability, rank=s.rank, behind=s.ahead)
    key = "revenue_own" if s.top_seller == own.lab else "revenue_other"
    return f"{lead} {_say(key, lab=s.top_seller, share=s.top_share, own=own.revenue_share)}"


def _cheaper(s: Standing, who: str, price: str) -> str:
    if not s.cheaper:
        return _say("cheaper_none", segment=who, price=price)
    count = formats.count(len(s.cheaper))
    found = _say("cheaper_some", count=count, rivals=s.rivals, segment=who, price=price, names=_list(s.cheaper))
    if not s.better:
        return f"{found} {_say('cheaper_worse')}"
    return f"{found} {_say('cheaper_all') if s.better == s.cheaper else _say('cheaper_better', names=_list(s.better))}"


def _list(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (" " + say("market_page.more", more=more) if more > 0 else "")


def _floor(s: Standing, who: str, segment: int) -> str:
    way = _say("floor_behind" if s.floor_gap >= 0.0 else "floor_ahead")
    key = "floor_under" if s.floor_part > 0.0 else "floor_over"
    price = price_text(s.floor_price, segment)
    return _say(key, segment=who, price=price, part=s.floor_part, gap=abs(s.floor_gap), way=way)


# ---- tables ---------------------------------------------------------------------------------------------------------


def rivals_table(known: Sequence[LabSight], segment: int) -> TableData:
    """Labs as rows: what is published, what is estimated, and what they did."""
    estimates = (say("market_page.cash_est"), say("market_page.h100e_est"), say("market_page.serving_est"))
    columns = (
        say("market_page.price"),
        say("market_page.against"),
        say("market_page.capability"),
        say("market_page.share"),
        *estimates,
        say("market_page.last_quarter"),
    )
    own = known[0]
    return TableData(columns, tuple(_lab_row(lab, own, segment) for lab in known))


def _lab_row(lab: LabSight, own: LabSight, segment: int) -> TableRow:
    if not lab.is_live:
        return TableRow(lab.lab, (*[formats.NOTHING] * 7, moves_text(lab.moves, segment, "move_closed")))
    price = lab.prices[segment]
    against = say("market_page.you") if lab.is_own else percent(price / own.prices[segment] - 1.0)
    cells = (
        price_text(price, segment),
        against,
        formats.show(lab.capability, "points"),
        formats.share(lab.revenue_share),
        _about(formats.money(lab.cash), lab),
        _about(formats.short(lab.fleet), lab),
        _about(f"{formats.plain(100.0 * lab.inference)} %", lab),
        moves_text(lab.moves, segment, "move_none"),
    )
    return TableRow(lab.lab, cells, lab.is_own)


def _about(text: str, lab: LabSight) -> str:
    return text if lab.is_own else _say("about", value=text)


def percent(change: float) -> str:
    """A relative change with its sign, in whole per cent."""
    text = formats.plain(100.0 * abs(change))
    return say("market_page.same") if text == "0" else f"{'+' if change > 0.0 else '−'}{text} %"


def moves_text(moves: Sequence[Move], segment: int, otherwise: str) -> str:
    """What a lab did last quarter, in a few words, and what its price in a segment did."""
    texts = [render(move.message) for move in moves if not move.segment]
    for move in moves:
        if move.segment == SEGMENTS[segment]:
            texts.append(_say("move_price", change=percent(float(move.message.values["change"]))))  # type: ignore[arg-type]
    return "; ".join(dict.fromkeys(texts)) or _say(otherwise)


def segments_table(sights: Sequence[SegmentSight]) -> TableData:
    """Segments as rows."""
    columns = tuple(say(f"market_page.{key}") for key in _SEGMENT_COLUMNS)
    rows = []
    for row, seen in enumerate(sights):
        prices = [price_text(p, row) for p in (seen.norm, seen.price)]
        cells = (
            f"{formats.money(seen.size)}/qtr",
            *prices,
            percent(seen.price / seen.norm - 1.0),
            price_text(seen.cheapest, row),
            price_text(seen.open_price, row),
            formats.share(seen.share),
            f"{formats.money(seen.revenue)}/qtr",
        )
        rows.append(TableRow(segment_names()[row], cells))
    return TableData(columns, tuple(rows))


# ---- charts ---------------------------------------------------------------------------------------------------------


def share_lines(records: Sequence[TurnRecord], names: Sequence[str], seat: int, segment: int | None) -> list[Line]:
    """Layers of shares, the own lab at the bottom; of revenue, or of the customers of a segment."""
    start = records[0].t
    order = [seat, *(row for row in range(len(names)) if row != seat)]
    if segment is None:
        held = market_known.revenue_shares(records)
        return [Line(names[row], held[row], start, f"lab{row}") for row in order]
    held, hosted, nobody = market_known.customer_shares(records, segment)
    lines = [Line(names[row], held[row], start, f"lab{row}") for row in order]
    return [*lines, Line(_say("open"), hosted, start, "info"), Line(_say("nobody"), nobody, start, "border_strong")]


def bubbles(known: Sequence[LabSight], record: TurnRecord, segment: int) -> list[Bubble]:
    """Every live lab, and the best open-weights model at hosts, which sells nothing of its own."""
    found = [
        Bubble(lab.lab, lab.prices[segment], lab.capability, lab.revenue[segment], f"lab{lab.seat}", is_own=lab.is_own)
        for lab in known if lab.is_live
    ]  # fmt: skip
    price, capability = float(record.report.market.open_price[segment, 0]), record.world.training.open_capability[0]
    return [*found, Bubble(_say("open"), price, float(capability), 0.0, "muted")]


def _say(key: str, **values: object) -> str:
    return render(Message(f"market_page.{key}", values))
