"""What `labsim balance --cards` measures: on decks whose best answers are known, it finds them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from labsim.play import balance_cards
from labsim.play.balance_cards import best_parts, cards
from labsim.play.objectives import Tally
from labsim.play.turn import play
from labsim.scenario import DEFAULT, Scenario, load_scenario
from labsim.scenario_cards import CardFile, cards_of

DICE, SEED = 40, 3
ERA = load_scenario(DEFAULT)
GOOD: Mapping[str, Any] = {"label": "Good", "effects": [{"on": "trust", "plus": 0.1, "quarters": 16}]}
BAD: Mapping[str, Any] = {"label": "Bad", "effects": [{"on": "trust", "plus": -0.1, "quarters": 16}]}


def with_deck(**deck: Mapping[str, Any]) -> Scenario:
    """The default era with another deck."""
    plain = {"title": "A card", "text": "It comes.", "reflects": "a test", "hazard": 0.2, "cooldown": 16, "default": 2}
    made = {name: CardFile.model_validate({**plain, **card}) for name, card in deck.items()}
    return dataclasses.replace(ERA, deck=made, params=dataclasses.replace(ERA.params, cards=cards_of(made, ERA.labs)))


def test_the_better_answer_is_found_with_its_worth_and_called_obvious(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance_cards, "ENOUGH", 20)
    reached, pace, answers, deck = cards(with_deck(letter={"choices": [BAD, GOOD], "default": 1}), DICE, SEED)
    ((name, draws, bad, good, *_, spread, effect),) = answers.rows
    assert (name, bad, good) == ("letter", 0.0, 1.0)
    assert isinstance(draws, int)
    assert 20 <= draws <= DICE, "the first draw of a game counts"
    assert spread > 2.0
    assert effect > 1.0
    assert not answers.holds
    assert "obvious: letter" in answers.note
    assert reached.holds
    assert pace.holds
    assert not deck.holds, "so good a card is worth more than two points"


def test_a_card_that_only_harms_is_dire_and_one_without_effect_is_worth_nothing() -> None:
    harms = {"choices": [BAD, BAD]}
    measured = list(cards(with_deck(harms=harms), 80, SEED))
    assert "dire: harms" in measured[2].note
    assert "obvious" not in measured[2].note, "equal answers share their draws"
    idle = {"choices": [{"label": "One"}, {"label": "Other"}]}
    *_, answers, deck = cards(with_deck(idle=idle), DICE, SEED)
    assert answers.rows[0][-2:] == [0.0, 0.0]
    assert answers.holds
    assert [row[2] for row in deck.rows] == [0.0, 0.0, 0.0]


def test_a_card_that_nobody_draws_fails() -> None:
    deck = {"met": {"choices": [GOOD, BAD]}, "never": {"choices": [GOOD, BAD], "first": "2099Q1"}}
    reached, *_ = cards(with_deck(**deck), 4, SEED)
    assert not reached.holds
    assert reached.note == "never drawn: never"


def test_equally_good_answers_share_a_draw() -> None:
    scores = np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0]])
    assert best_parts(scores) == pytest.approx([0.25, 0.75, 0.0])


def test_the_tally_of_some_runs_is_theirs() -> None:
    records = list(play(ERA, SEED, quarters=3, runs=4))
    whole, seat = Tally(ERA, 1), np.array([3, 0, 3])
    empty = whole.take(seat)
    for record in records[:2]:
        whole.add(record)
    some = whole.take(seat)
    assert some.score().total == pytest.approx(whole.score().total[seat])
    assert (empty.score().total == 0.0).all()
    whole.add(records[2])
    assert some.score().total.shape == (3,), "the tally that was taken goes its own way"


@pytest.mark.slow
def test_the_deck_that_comes_with_labsim_keeps_its_gates() -> None:
    for behaviour in cards(ERA, balance_cards.CARD_GAMES, SEED):
        assert behaviour.holds, f"{behaviour.name}: {behaviour.note}"
