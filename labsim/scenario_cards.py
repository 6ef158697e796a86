"""What may a deck of event cards say? The format of a card, checked, and the deck in the form that the model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from labsim.formats import quarter_number
from labsim.model.card_table import CHOICES, LEVERS, Card, Cards, Factor, code_of, no_cards
from labsim.model.figures import FIGURE_NAMES
from labsim.scenario_values import Number, QuarterName, Strict

LONGEST = 16
"""Quarters for which a lab remembers a card; no effect and no cooldown lasts longer."""
FOR_EVER = 200  # quarters; stands for a card without a last quarter
Sentence = Annotated[str, Field(min_length=1, max_length=400)]


class CardEffect(Strict):
    """One lever that an answer moves, by a factor or an amount, for some quarters from the answer on.

    ``when`` says with which outcome of the choice's chance: "luck" if it comes true, "else" if not.
    """

    on: str
    times: float | None = Field(default=None, gt=0.0, le=100.0)
    plus: float | None = Field(default=None, ge=-1e5, le=1e5)
    quarters: int = Field(default=1, ge=1, le=LONGEST)
    after: int = Field(default=0, ge=0, lt=LONGEST)
    when: Literal["always", "luck", "else"] = "always"

    @property
    def lever(self) -> str:
        """The lever's own name: ``wage`` with a factor is ``wage_times``."""
        names = [f"{self.on}_times"] if self.times is not None else [f"{self.on}_plus", self.on]
        return next((name for name in names if name in LEVERS), "")

    @model_validator(mode="after")
    def _moves_something(self) -> CardEffect:
        if (self.times is None) == (self.plus is None):
            raise ValueError(f'"{self.on}" needs either times or plus')
        if not self.lever:
            how = "times" if self.times is not None else "plus"
            known = [name.removesuffix("_plus") for name in LEVERS if not name.endswith("_times")]
            if how == "times":
                known = [name.removesuffix("_times") for name in LEVERS if name.endswith("_times")]
            raise ValueError(f'no lever "{self.on}" that {how} moves; these are {", ".join(known)}')
        if self.after + self.quarters > LONGEST:
            raise ValueError(f'"{self.on}" lasts beyond {LONGEST} quarters')
        return self


class CardFactor(Strict):
    """How a figure of the lab raises (factor over 1) or lowers (under 1) the chance of a card."""

    figure: str
    above: float | None = None
    below: float | None = None
    times: float = Field(default=1.0, ge=0.0, le=100.0)
    slope: float = 0.0

    @model_validator(mode="after")
    def _reads_a_figure(self) -> CardFactor:
        if self.figure not in FIGURE_NAMES:
            raise ValueError(f'no figure "{self.figure}"; figures are {", ".join(FIGURE_NAMES)}')
        return self

    def made(self, needed: bool) -> Factor:
        """The factor as the model reads it."""
        above = -np.inf if self.above is None else self.above
        below = np.inf if self.below is None else self.below
        return Factor(self.figure, above, below, self.times, self.slope, needed)


class CardChoice(Strict):
    """One answer: what its button says, and what it does. ``chance`` is that of the outcome "luck"."""

    label: Sentence
    effects: list[CardEffect] = Field(default=[], max_length=20)
    chance: float = Field(default=0.0, ge=0.0, le=1.0)


class CardFile(Strict):
    """One card, as written. Choices count from 1; without choices nothing is asked."""

    title: Sentence
    text: Sentence
    reflects: Sentence
    signpost: str = Field(default="", max_length=400)
    lowers: str = Field(default="", max_length=400, description="What a lab can order to make it less likely.")
    first: QuarterName = "2023Q1"
    last: QuarterName | None = None
    hazard: float = Field(ge=0.0, le=1.0)
    cooldown: int = Field(default=4, ge=1, le=LONGEST)
    needs: list[CardFactor] = Field(default=[], max_length=10)
    raises: list[CardFactor] = Field(default=[], max_length=10)
    strike: list[CardEffect] = Field(default=[], max_length=10)
    choices: list[CardChoice] = Field(default=[], max_length=CHOICES)
    default: int = Field(default=0, ge=0, le=CHOICES)
    usual: int = Field(default=0, ge=0, le=CHOICES)
    usual_of: dict[str, int] = Field(default={})

    @model_validator(mode="after")
    def _can_be_met(self) -> CardFile:
        answers = [self.default, self.usual, *self.usual_of.values()]
        if any(not 0 <= answer <= len(self.choices) for answer in answers):
            raise ValueError(f"an answer is none of the {len(self.choices)} choices")
        if self.choices and self.default == 0:
            raise ValueError("a card with choices needs a default")
        if not self.choices and not any(f.times < 1.0 or f.slope < 0.0 for f in (*self.raises, *self.needs)):
            raise ValueError("a card needs a choice after it or an order that lowers its chance")
        return self


class CardOverlay(Strict):
    """Changes of one card; ``force`` lists "2024Q3" or "2024Q3 lab": it strikes then whatever the dice."""

    first: QuarterName | None = None
    last: QuarterName | None = None
    hazard: Number | None = None
    force: list[Annotated[str, Field(pattern=r"^\d{4}Q[1-4]( .+)?$", max_length=80)]] = Field(default=[])


def keys_of_card(steps: Sequence[str]) -> list[str]:
    """What may stand at a place inside a card."""
    inside: dict[str, type[Strict]] = {
        "choices": CardChoice,
        "effects": CardEffect,
        "strike": CardEffect,
        "needs": CardFactor,
        "raises": CardFactor,
    }
    lists = [step for step in steps if step in inside]
    return list((inside[lists[-1]] if lists else CardFile).model_fields)


def cards_of(deck: Mapping[str, CardFile], labs: Sequence[str]) -> Cards:
    """The deck as arrays, in the order in which the cards stand, which is that of their stakes."""
    if not deck:
        return no_cards(len(labs))
    rows: list[list[tuple[int, float, int, int]]] = [[] for _ in range(int(code_of(len(deck), 0)))]
    for number, card in enumerate(deck.values()):
        for effect in card.strike:
            rows[int(code_of(number, 0))].append(_row(effect))
        for choice, answer in enumerate(card.choices, start=1):
            for outcome, left_out in enumerate(("luck", "else")):
                code = int(code_of(number, choice, outcome))
                rows[code].extend(_row(effect) for effect in answer.effects if effect.when != left_out)
    flat = [row for several in rows for row in several]
    counts = [len(several) for several in rows]
    lever, size, start, end = zip(*flat, strict=True) if flat else ((), (), (), ())
    return Cards(
        deck=tuple(_card(name, card) for name, card in deck.items()),
        lever=np.array(lever, dtype=np.intp),
        size=np.array(size, dtype=np.float64),
        start=np.array(start, dtype=np.float64),
        end=np.array(end, dtype=np.float64),
        first_row=np.concatenate([[0], np.cumsum(counts)]).astype(np.intp),
        chance=np.array([_chances(card) for card in deck.values()]),
        default=np.array([float(card.default) for card in deck.values()]),
        usual=np.array([[float(card.usual_of.get(lab, card.usual)) for lab in labs] for card in deck.values()]),
    )


def _row(effect: CardEffect) -> tuple[int, float, int, int]:
    size = float(np.log(effect.times)) if effect.times is not None else float(effect.plus or 0.0)
    return LEVERS.index(effect.lever), size, effect.after, effect.after + effect.quarters


def _card(name: str, card: CardFile) -> Card:
    needs = (factor.made(needed=True) for factor in card.needs)
    raises = (factor.made(needed=False) for factor in card.raises)
    return Card(
        name=name,
        first=quarter_number(card.first),
        last=quarter_number(card.last) if card.last else FOR_EVER,
        hazard=card.hazard,
        cooldown=card.cooldown,
        factors=(*needs, *raises),
        choices=len(card.choices),
    )


def _chances(card: CardFile) -> list[float]:
    """Chance of outcome 1 by choice; the first entry stands for no answer."""
    return [0.0, *(choice.chance for choice in card.choices), *[0.0] * (CHOICES - len(card.choices))]
