"""A card that strikes waits for one quarter, what it was answered is told in words, and what may strike is known."""

from __future__ import annotations

from functools import cache

import pytest

from labsim.errors import BadInput
from labsim.play.cards import ANSWERED, answer_words, dealt, open_card, risks, short_words
from labsim.play.happenings import happenings
from labsim.play.orders import format_orders, order_text, parse_orders, play_orders
from labsim.play.stops import Moment, reason_to_stop
from labsim.play.turn import TurnRecord, opening
from labsim.scenario import parse_scenario
from labsim.text import render
from tests.carded import FILE, STRIKES, carded

SEAT = carded().seat("Anthropic")


@cache
def played(answer: str = "") -> tuple[TurnRecord, ...]:
    """Six quarters with an answer in 2023Q3, and the chip designed in 2023Q4."""
    text = f'[2023Q3]\nanswer = "{answer}"\n[2023Q4]\nanswer = "a"' if answer else ""
    return tuple(play_orders(carded(), 1, 6, SEAT, parse_orders(text, "file", carded())))


def test_a_card_waits_in_the_quarter_after_it_struck_and_no_longer() -> None:
    assert open_card(opening(carded()), carded(), SEAT) is None
    waits = [open_card(record.world, carded(), SEAT) for record in played("b")[:4]]
    assert [found and found.name for found in waits] == [None, "talent-raid", "own-chip", None]


def test_an_answer_is_known_by_its_card_and_its_words() -> None:
    after = played("b")[STRIKES + 1].world
    found = dealt(after, carded(), SEAT, ANSWERED)
    assert found is not None
    assert (found.name, found.choice) == ("talent-raid", 2)
    assert answer_words(after, carded(), SEAT, 2.0) == "Talent raid: let them go"


def test_without_an_answer_the_default_stands_and_is_named() -> None:
    after = played()[STRIKES + 1].world
    assert answer_words(after, carded(), SEAT, None) == "Talent raid: give founders' stock"
    assert answer_words(played()[0].world, carded(), SEAT, None) == ""


def test_the_first_letter_of_an_answer_stays_large_in_a_name() -> None:
    assert short_words("GPUs are bought: money goes.") == "GPUs are bought"
    assert short_words("No.") == "no"


def test_cards_are_told_of_every_lab_when_they_strike_and_when_they_are_answered() -> None:
    told: dict[str, list[str]] = {}
    records = played("b")
    for before, record in zip([None, *records], records, strict=False):
        for found in happenings(record, carded(), before):
            if found.event.startswith("card_"):
                told.setdefault(str(found.lab), []).append(f"{found.quarter} {render(found.message)}")
    assert told["Anthropic"][:2] == ["2023Q2 Anthropic: Talent raid.", "2023Q3 Anthropic, Talent raid: let them go."]
    assert "2023Q3 xAI, Talent raid: match the offers." in told["xAI"]


def test_what_a_chance_brought_is_told_when_it_begins_to_work() -> None:
    answered = STRIKES + 2
    told = {
        record.t: [h.event for h in happenings(record, carded()) if h.lab == "Anthropic" and "came" in h.event]
        for record in played("b")
    }
    assert told == {t: ["card_came_true"] if t == answered + 2 else [] for t in told}


def test_the_risk_list_holds_what_is_likely_enough() -> None:
    found = risks(opening(carded()), carded(), SEAT, 0)
    assert [(risk.name, risk.chance) for risk in found] == [("outage", 0.12)]


def test_quarters_stop_before_one_in_which_a_card_waits_whatever_is_ticked() -> None:
    records = played("b")
    before, after = records[STRIKES - 1], records[STRIKES]
    reason = reason_to_stop(Moment(before, after, carded(), SEAT), ())
    assert reason is not None
    assert render(reason) == "Talent raid: an answer is asked for."


def test_where_the_policy_answers_nothing_waits() -> None:
    text = FILE.replace('based_on = "token-era"', 'orders.hidden = ["answer"]')
    hiding = parse_scenario("x", [*carded().texts[:-1], ("x", text)])
    record = list(play_orders(hiding, 1, STRIKES + 1, SEAT, {}))[-1]
    assert dealt(record.world, hiding, SEAT, 0) is not None
    assert open_card(record.world, hiding, SEAT) is None


def test_an_answer_is_written_as_a_letter_or_a_number() -> None:
    for written in ('"b"', '"B"', "2", "2.0"):
        assert parse_orders(f"[2023Q3]\nanswer = {written}", "file", carded()) == {2: {"answer": 2.0}}
    assert order_text("answer", 3.0, ()) == '"c"'
    assert order_text("answer", 0.0, ()) == "0"


@pytest.mark.parametrize("written", ['"d"', '"match"', "1.5", "true"])
def test_what_is_no_answer_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match='write the letter of a choice, such as "b", or 2'):
        parse_orders(f"[2023Q3]\nanswer = {written}", "file", carded())


def test_an_orders_file_says_what_an_answer_means() -> None:
    orders = parse_orders('[2023Q3]\nanswer = "a"', "file", carded())
    text = format_orders(orders, carded(), {2: "Talent raid: match the offers"})
    assert text == '[2023Q3]\nanswer = "a"  # Talent raid: match the offers\n'
    assert parse_orders(text, "file", carded()) == orders
