"""Which event cards does a lab face? The one that waits, how earlier ones were answered, and what may strike next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from labsim.model.card_table import card_of, choice_of, outcome_of
from labsim.model.cards import hazards
from labsim.model.exogenous import quiet_quarter
from labsim.model.world import World
from labsim.scenario import Scenario
from labsim.scenario_cards import CardChoice, CardFile
from labsim.scenario_orders import ANSWER, letter

LIKELY_ENOUGH = 0.05
"""Chance a quarter from which a card stands in the risk list; game choice."""
STRUCK, ANSWERED = 0, 1
"""Places of the ring of cards: what struck in the last quarter, and what was answered in it."""


@dataclass(frozen=True)
class Dealt:
    """A card that struck a lab. ``choice`` counts from 1; 0 where nothing is asked or the answer is still open."""

    name: str
    card: CardFile
    choice: int
    came_true: bool  # the chance of the choice

    @property
    def answer(self) -> CardChoice | None:
        """The choice that was made."""
        return self.card.choices[self.choice - 1] if self.choice else None


@dataclass(frozen=True)
class Risk:
    """A card that may strike in the coming quarter, with its chance if no other one does."""

    name: str
    card: CardFile
    chance: float


def dealt(world: World, scenario: Scenario, seat: int, age: int, run: int = 0) -> Dealt | None:
    """The card of a place of the ring: ``STRUCK``, ``ANSWERED``, or so many quarters ago; None for none."""
    code: np.ndarray = world.events.cards_dealt[age, seat, run : run + 1]
    if not code[0] > 0.0:
        return None
    name = scenario.params.cards.names[int(card_of(code)[0])]
    return Dealt(name, scenario.deck[name], int(choice_of(code)[0]), bool(outcome_of(code)[0]))


def open_card(world: World, scenario: Scenario, seat: int, run: int = 0) -> Dealt | None:
    """The card that wants an answer of the seat in the coming quarter; None where nothing is asked of it."""
    if ANSWER in scenario.hidden_orders or world.capital.status[seat, run] != 0.0:
        return None
    struck = dealt(world, scenario, seat, STRUCK, run)
    return struck if struck is not None and struck.card.choices else None


def outcomes(world: World, scenario: Scenario, seat: int, run: int = 0) -> Iterator[Dealt]:
    """Cards whose chance showed itself in the last quarter: its effects, or what comes instead, began."""
    for age in range(ANSWERED, len(world.events.cards_dealt)):
        found = dealt(world, scenario, seat, age, run)
        if found is None or found.answer is None or not found.answer.chance:
            continue
        begins = (effect.after for effect in found.answer.effects if effect.when != "always")
        if min(begins, default=0) == age - ANSWERED:
            yield found


def risks(world: World, scenario: Scenario, seat: int, t: int) -> list[Risk]:
    """The cards that may well strike the seat in quarter ``t``, the likeliest first."""
    quarter = quiet_quarter(t, scenario.calendar, scenario.params)
    chances = hazards(world, scenario.params, quarter)[:, seat, 0]
    found = [Risk(name, scenario.deck[name], float(chance))
             for name, chance in zip(scenario.params.cards.names, chances, strict=True)
             if chance >= LIKELY_ENOUGH]  # fmt: skip
    return sorted(found, key=lambda risk: -risk.chance)


def short_words(label: str) -> str:
    """What an answer is called in a line of text: the words before its effects, ``match the offers``."""
    words = label.partition(":")[0].strip().rstrip(".")
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"


def named_answer(found: Dealt, choice: int) -> str:
    """A card and one of its choices in a few words: ``Talent raid: match the offers``."""
    return f"{found.card.title}: {short_words(found.card.choices[choice - 1].label)}"


def answer_words(world: World, scenario: Scenario, seat: int, given: float | None) -> str:
    """What an order to answer meant in the quarter after which the world stands; its letter where no card waited.

    Without an order (None) the words of the default that stood; empty where nothing was asked.
    """
    answered = dealt(world, scenario, seat, ANSWERED)
    choice = round(given or 0.0)
    if answered is None or not answered.card.choices:
        return letter(given) if given is not None else ""
    is_one = 1 <= choice <= len(answered.card.choices)
    return named_answer(answered, choice if is_one else answered.choice)
