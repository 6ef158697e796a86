"""What happened in a quarter that people tell each other? Events of the world and of the labs, from a record."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from labsim.errors import Message
from labsim.formats import quarter_name
from labsim.play.cards import ANSWERED, STRUCK, Dealt, dealt, outcomes, short_words
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.variables import Array

WARN_MONTHS = 6.0  # runway under which people talk about it; a threshold that the design draws
MONTHS = 3.0  # in a quarter
NOTICE = "notice"  # event of what the scenario's calendar tells


@dataclass(frozen=True)
class Happening:
    """One event: its quarter (``2023Q1``), its name, the lab that it concerns, and the sentence to be made of it."""

    quarter: str
    event: str
    lab: str | None
    message: Message


def happenings(
    record: TurnRecord, scenario: Scenario, before: TurnRecord | None = None, run: int = 0
) -> tuple[Happening, ...]:
    """What happened in one quarter of one run: the world's events first, then those of each lab in seat order.

    ``before`` is the record of the quarter before; without it, what goes on since then counts as new.
    """
    told = notices(scenario, record.t)
    return (*_world(record, scenario, run), *told, *_labs(record, scenario, before, run))


def notices(scenario: Scenario, t: int) -> tuple[Happening, ...]:
    """What people hear of the scenario's calendar after quarter ``t``; before play, after the quarter before it."""
    return tuple(
        Happening(quarter_name(t), NOTICE, None, Message(f"event.{NOTICE}", {"text": notice.text}))
        for notice in scenario.notices
        if notice.t == t
    )


def _world(record: TurnRecord, scenario: Scenario, run: int) -> Iterator[Happening]:
    struck = record.report.effects.event_struck[:, run]
    for name, flag in zip(scenario.params.events.names, struck, strict=True):
        if flag > 0.0:
            message = Message(f"event.{name}", {"quarter": record.t})
            yield Happening(quarter_name(record.t), name, None, message)


def _labs(record: TurnRecord, scenario: Scenario, before: TurnRecord | None, run: int) -> Iterator[Happening]:
    for seat, lab in enumerate(scenario.labs):
        here = _Lab(record, scenario, before, seat, run)
        for tell in (_models, _money, _trouble, _cards, _end):
            for event, values in tell(here):
                message = Message(f"lab.{event}", {"lab": lab, **values})
                yield Happening(quarter_name(record.t), event, lab, message)


@dataclass(frozen=True)
class _Lab:
    """One lab's column of a record."""

    record: TurnRecord
    scenario: Scenario
    before: TurnRecord | None
    seat: int
    run: int

    def of(self, array: Array) -> float:
        return float(array[self.seat, self.run])

    def scalar(self, parameter: Array) -> float:
        return float(parameter[min(self.run, len(parameter) - 1)])

    @property
    def valuation(self) -> float:
        """Pre-money value of this quarter; a lab that ended in it had one too."""
        c = self.record.report.capital
        return self.of(c.arr * c.multiple + c.option_part)


_Told = Iterator[tuple[str, Mapping[str, float | str]]]


def _models(lab: _Lab) -> _Told:
    flows = lab.record.report.training
    if lab.of(flows.run_started) > 0.0:
        yield "run_started", {"flop": lab.of(flows.run_needed)}
    held_before = lab.before is not None and lab.of(lab.before.report.training.run_held) > 0.0
    if lab.of(flows.run_held) > 0.0 and not held_before:
        yield "run_held", {"quarters": lab.of(lab.record.report.rules.release_delay)}
    if lab.of(flows.released) > 0.0:
        capability = {"capability": lab.of(lab.record.report.alignment.capability)}
        replaced = lab.of(flows.replaced) > 0.0
        yield ("model_released", capability) if replaced else ("run_finished", {})
        if lab.of(flows.opened) > 0.0:
            yield "open_release", capability


def _money(lab: _Lab) -> _Told:
    flows, lines = lab.record.report.capital, lab.record.report.financing
    if lab.of(flows.partner_signed) > 0.0:
        share = lab.of(lab.record.decisions.partner_equity)
        yield "partnership_signed", {"amount": lab.of(flows.credits_new), "share": share}
    if lab.of(lines.equity_round) > 0.0:
        yield "round_closed", {"amount": lab.of(lines.equity_round), "valuation": lab.valuation}
    if lab.of(flows.round_failed) > 0.0:
        yield "round_failed", {"amount": lab.of(flows.round_asked)}
    if lab.of(lines.down_round) > 0.0:
        price = lab.scalar(lab.scenario.params.rescue_price) * lab.valuation
        yield "down_round", {"amount": lab.of(lines.down_round), "valuation": price}
    if lab.of(lines.disposal) > 0.0:
        forced = lab.of(flows.sold_part) > lab.of(lab.record.decisions.sell_gpus)
        yield "capacity_sale" if forced else "gpus_sold", {"amount": lab.of(lines.disposal)}


def _trouble(lab: _Lab) -> _Told:
    flows, p = lab.record.report.society, lab.scenario.params
    reviewed = lab.of(flows.review) > 0.0
    if lab.of(flows.incident) > 0.0:
        annual = 4.0 * lab.of(lab.record.report.market.revenue_customers)
        fine = lab.of(flows.fines_due) - reviewed * lab.scalar(p.antitrust_fine) * annual
        yield "incident", {"amount": fine, "trust": lab.of(lab.record.world.society.trust)}
    if reviewed:
        yield "antitrust_review", {}
    months, last = _months(lab.record, lab), None if lab.before is None else _months(lab.before, lab)
    alive = lab.of(lab.record.world.capital.status) == 0.0
    if alive and months < WARN_MONTHS and (last is None or last >= WARN_MONTHS):
        yield "runway_warning", {"months": months}


def _months(record: TurnRecord, lab: _Lab) -> float:
    """Months that the cash lasts at the burn of the quarter; what a parent company pays is not burnt."""
    money = record.world.capital
    burnt = lab.of(money.burn) - lab.of(record.report.financing.parent_paid)
    return MONTHS * lab.of(money.cash) / burnt if burnt > 0.0 else math.inf


def _cards(lab: _Lab) -> _Told:
    """Cards that struck and how they were answered. A chance is told when its effects begin."""
    place = lab.record.world, lab.scenario, lab.seat
    answered = dealt(*place, ANSWERED, lab.run)
    if answered is not None and answered.answer is not None:
        yield "card_answered", _of_answer(answered)
    for shown in outcomes(*place, lab.run):
        assert shown.answer is not None
        event = "card_came_true" if shown.came_true else "card_came_to_nothing"
        yield event, {**_of_answer(shown), "chance": shown.answer.chance}
    struck = dealt(*place, STRUCK, lab.run)
    if struck is not None:
        yield "card_struck", {"card": struck.name, "title": struck.card.title}


def _of_answer(found: Dealt) -> dict[str, float | str]:
    assert found.answer is not None
    words = short_words(found.answer.label)
    return {"card": found.name, "title": found.card.title, "choice": found.choice, "answer": words}


def _end(lab: _Lab) -> _Told:
    flows = lab.record.report.capital
    if lab.of(flows.acquired) > 0.0:
        yield "acquired", {"amount": lab.scalar(lab.scenario.params.exit_price) * lab.valuation}
    if lab.of(flows.bankrupt) > 0.0:
        yield "compute_bankruptcy", {}
