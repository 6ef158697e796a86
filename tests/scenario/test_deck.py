"""The deck that comes with labsim: every rule that can be read from the file holds, and every card is reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from labsim import tables
from labsim.formats import quarter_number
from labsim.model.card_table import CHOICES
from labsim.model.cards import open_cards
from labsim.model.world import is_live
from labsim.play.turn import play
from labsim.scenario import DEFAULT, load_scenario
from labsim.scenario_cards import CardChoice, CardEffect, CardFile

DECK: Mapping[str, CardFile] = load_scenario(DEFAULT).deck
CARDS = 36
STOOD_IN_THE_LIST = 0.05  # chance a quarter from which a card may take more than little
LITTLE: Mapping[str, float] = {
    "trust": -0.05,
    "money_per_bill": -0.15,  # a quarter's compute bill is at most a third of the cash in the default era: 5 % of cash
    "money_per_revenue": -0.25,  # a quarter's revenue is at most a fifth of the cash
}
"""The most that a card may take in one quarter without having stood in the list of risks, by lever."""
LONGEST_LABEL = 120  # signs; a button is no page
NUMBER_WORDS = {2: "two", 3: "three", 4: "four", 6: "six", 8: "eight", 10: "ten", 12: "twelve"}
CHANCE_WORDS = ((0.05, "very unlikely"), (0.2, "unlikely"), (0.4, "possible"), (0.6, "even"), (0.8, "likely"),
                (0.95, "very likely"), (1.0, "almost certain"))  # fmt: skip
NOTHING = "nothing changes"
FIRMS = ("Microsoft", "NVIDIA", "Nvidia", "Amazon", "Azure", "Apple", "Tesla", "CoreWeave", "DeepSeek", "Google",
         "Meta ", "OpenAI", "Anthropic", "Mistral", "xAI", "Together", "ChatGPT", "Claude", "Llama")  # fmt: skip
HYPE = ("!", "oops", "revolution", "game-chang", "disrupt", "doom", "amazing", "incredible", "catastroph", "terrible")


def effects(card: CardFile) -> Iterator[CardEffect]:
    """What the strike and all answers of a card move."""
    yield from card.strike
    for choice in card.choices:
        yield from choice.effects


def choices() -> list[tuple[str, int, CardChoice]]:
    """Every answer of every card."""
    return [(name, number, choice) for name, card in DECK.items() for number, choice in enumerate(card.choices, 1)]


def read_aloud(card: CardFile) -> list[str]:
    """What a player reads while playing; precedents stand apart."""
    return [card.title, card.text, card.signpost, card.lowers, *(choice.label for choice in card.choices)]


def test_the_deck_has_its_cards_in_order_with_ids_that_never_change() -> None:
    assert len(DECK) == CARDS
    assert list(DECK) == list(tables.card_table())
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in DECK)
    assert len({card.title for card in DECK.values()}) == CARDS


@pytest.mark.parametrize("name", DECK)
def test_a_card_has_a_lever_before_or_a_choice_after_and_says_which(name: str) -> None:
    card = DECK[name]
    assert card.choices or any(f.times < 1.0 or f.slope < 0.0 for f in (*card.raises, *card.needs))
    assert len(card.choices) in (0, 2, CHOICES)
    assert card.lowers.endswith("."), "what a lab can do before, or that it can do nothing"
    assert card.reflects, "a precedent"
    assert 1 <= card.default <= len(card.choices)
    assert 1 <= card.usual <= len(card.choices)


@pytest.mark.parametrize("name", DECK)
def test_a_choice_moves_something_or_says_that_nothing_changes(name: str) -> None:
    for choice in DECK[name].choices:
        assert bool(choice.effects) != (NOTHING in choice.label), choice.label
        assert len(choice.label) <= LONGEST_LABEL, choice.label


def figures(effect: CardEffect) -> set[str]:
    """The sizes that a label must name: a factor as per cent, trust in points, shares as per cent, else the amount."""
    if effect.times is not None:
        return {f"{abs(100.0 * (effect.times - 1.0)):.3g} %"}
    size = abs(effect.plus or 0.0)
    if effect.on == "trust":
        return {f"{100.0 * size:.3g} point"}
    if effect.on == "round_fail":
        return {f"{100.0 * size:.3g} points"}
    if effect.on == "money":
        return {f"${size:g}M"}
    return {f"{100.0 * size:.3g} %", f"{size:g}", f"{size:,.0f}"}


PUT_OTHERWISE = {
    ("merger-offer", 1): "bought",
    ("partner-terms", 1): "six more quarters",
    ("partner-terms", 2): "free at once",
    ("eval-surprise", 1): "waits one more",
    ("regulator-asks", 2): "waits one more",
}
"""Effects that a label tells in words only: quarters of partnership and of waiting."""


@pytest.mark.parametrize(("name", "number", "choice"), choices(), ids=lambda value: str(value)[:30])
def test_a_label_names_every_effect_with_its_figure(name: str, number: int, choice: CardChoice) -> None:
    if (name, number) in PUT_OTHERWISE:
        assert PUT_OTHERWISE[name, number] in choice.label
    for effect in choice.effects:
        if effect.on not in ("partner", "partner_quarters", "hold"):
            assert any(said in choice.label for said in figures(effect)), (choice.label, effect)
        if effect.quarters > 1:
            assert NUMBER_WORDS[effect.quarters] in choice.label, (choice.label, effect)


@pytest.mark.parametrize(("name", "number", "choice"), choices(), ids=lambda value: str(value)[:30])
def test_a_chance_is_said_in_the_words_for_chances(name: str, number: int, choice: CardChoice) -> None:
    uncertain = [effect for effect in choice.effects if effect.when != "always"]
    assert bool(choice.chance) == bool(uncertain), "a chance without an effect, or an effect without a chance"
    if choice.chance:
        words = next(words for most, words in CHANCE_WORDS if choice.chance <= most)
        assert re.search(rf"(?<!very ){words}\b.*\({100 * choice.chance:.0f} %\)", choice.label), choice.label


@pytest.mark.parametrize("name", DECK)
def test_what_takes_much_must_have_stood_in_the_list_of_risks(name: str) -> None:
    card = DECK[name]
    if card.hazard >= STOOD_IN_THE_LIST:
        return
    for several in (card.strike, *(choice.effects for choice in card.choices)):
        for lever, most in LITTLE.items():
            for quarter in range(16):
                acts = (e for e in several if e.on == lever and e.after <= quarter < e.after + e.quarters)
                assert sum(e.plus or 0.0 for e in acts) >= most, (lever, quarter)


@pytest.mark.parametrize("name", DECK)
def test_a_card_speaks_plainly_and_accuses_nobody(name: str) -> None:
    for text in read_aloud(DECK[name]):
        said = text.casefold()
        assert not [word for word in HYPE if word in said], text
        assert not [firm for firm in FIRMS if firm in text], text
        assert "  " not in text
        assert not re.search(r"(?<![\w–])-\d", text), f"a minus sign, not a hyphen: {text}"
        assert not re.search(r"\d%", text), f"a space before per cent: {text}"
    assert DECK[name].text.endswith(".")


def test_precedents_from_memory_are_not_dressed_up() -> None:
    """Dates stand only where they were looked up; the rest says that it was reported, or names a period."""
    for name, card in DECK.items():
        assert re.search(r"20\d\d|reported|research|hour", card.reflects), name


def test_rivals_answer_in_character() -> None:
    labs = set(load_scenario(DEFAULT).labs)
    own = {lab: sum(lab in card.usual_of for card in DECK.values()) for lab in labs}
    assert all(set(card.usual_of) <= labs for card in DECK.values())
    assert min(own.values()) >= CARDS // 3, own
    assert DECK["loss-spike"].usual_of["xAI"] == 3, "haste carries on"
    assert DECK["misuse-report"].usual_of["Anthropic"] == 1, "safety publishes"
    assert DECK["fire-sale"].usual_of["OpenAI"] == 1, "scale buys chips"


def test_every_card_can_strike_within_the_era() -> None:
    era = load_scenario(DEFAULT)
    for name, card in DECK.items():
        assert quarter_number(card.first) < era.start + era.quarters, name
        assert card.last is None or quarter_number(card.first) < quarter_number(card.last), name
        assert card.hazard > 0.0, name


@pytest.mark.slow
def test_every_card_is_reached_and_a_lab_meets_one_every_second_or_third_quarter() -> None:
    era = load_scenario(DEFAULT)
    struck, lived = np.zeros(len(DECK)), 0
    for record in play(era, seed=11, quarters=24, runs=300):
        dealt = np.where(is_live(record.world), open_cards(record.world), -1.0)
        struck += [(dealt == row).sum() for row in range(len(DECK))]
        lived += int(is_live(record.world).sum())
    assert [name for name, times in zip(DECK, struck, strict=True) if not times] == []
    assert 0.3 <= struck.sum() / lived <= 0.5
