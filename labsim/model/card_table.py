"""What is an event card? Cards strike one lab, most of them want an answer; the deck as arrays, made from data.

A card struck or answered is one number, its *code*, so that a ring of codes by quarter is all that a lab must remember.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import accumulate, pairwise
from operator import mul

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labsim.variables import REGISTRY, Array

CHOICES = 3
"""Most answers of a card."""
OUTCOMES = 2
HAZARD_MAX = 0.95  # per quarter; under 1, so that quiet dice strike nobody (game choice)
DRAWS = 65536.0
"""Values of a card's draw: sixteen bits are enough for hazards in hundredths."""
_SPAN = (CHOICES + 1) * OUTCOMES  # codes of a card: unanswered and each choice, each with either outcome
NEUTRAL: Mapping[str, float] = {
    # people
    "staff_times": 1.0,
    "wage_times": 1.0,
    "technique_times": 1.0,
    # compute
    "fleet_off": 0.0,
    "rent_times": 1.0,
    "energy_times": 1.0,
    "chip_cost_times": 1.0,
    "contracts_times": 1.0,
    "fill_times": 1.0,
    "hosted_compute": 0.0,
    "site_power_plus": 0.0,
    "relationship_plus": 0.0,
    # training and alignment
    "run_done_times": 1.0,
    "training_times": 1.0,
    "data_times": 1.0,
    "data_plus": 0.0,
    "algo_lead_plus": 0.0,
    "hold_plus": 0.0,
    "alignment_plus": 0.0,
    "evidence_plus": 0.0,
    # serving and market
    "serving_times": 1.0,
    "customers_times": 1.0,
    "traffic_times": 1.0,
    "bill_times": 1.0,
    "brand_plus": 0.0,
    "brand_b2b_plus": 0.0,
    # society
    "trust_plus": 0.0,
    "hazard_times": 1.0,
    "pressure_plus": 0.0,
    # money
    "money": 0.0,
    "money_per_bill": 0.0,
    "money_per_revenue": 0.0,
    "credits_per_bill": 0.0,
    "partner_times": 1.0,
    "partner_quarters": 0.0,
    "holders_times": 1.0,
    "parent_times": 1.0,
    "round_fail_plus": 0.0,
    "mood_plus": 0.0,
    "exit_part": 0.0,
}
"""What a card may move in its lab, with the value that moves nothing: factors (``…_times``) multiply, the rest adds."""
LEVERS = tuple(NEUTRAL)


def code_of(card: ArrayLike, choice: ArrayLike, outcome: ArrayLike = 0) -> Array:
    """The code of a card with an answer (0 is unanswered) and the outcome of its chance (0 or 1)."""
    code = 1.0 + np.asarray(card) * _SPAN + np.asarray(choice) * OUTCOMES + np.asarray(outcome)
    return np.asarray(code, dtype=np.float64)


def card_of(code: Array) -> Array:
    """Row of the card of a code; -1 for no card."""
    return np.floor((code - 1.0) / _SPAN)


def choice_of(code: Array) -> Array:
    """The answer in a code; 0 where it is open or there is no card."""
    choice: Array = np.floor(np.mod(code - 1.0, _SPAN) / OUTCOMES) * (code > 0.0)
    return choice


def outcome_of(code: Array) -> Array:
    """The outcome of the chance in a code, 0 or 1; 0 where there is no card."""
    outcome: Array = np.mod(code - 1.0, OUTCOMES) * (code > 0.0)
    return outcome


@dataclass(frozen=True)
class Factor:
    """How a figure of the lab moves the chance of a card.

    The hazard is multiplied by ``times`` where the figure is ``above`` or ``below`` a bound, or by
    1 + ``slope`` x figure; a card with a ``needed`` bound that is not met cannot strike.
    """

    figure: str
    above: float = -np.inf
    below: float = np.inf
    times: float = 1.0
    slope: float = 0.0
    needed: bool = False

    @property
    def largest(self) -> float:
        """The most that it can be; infinite where it rises with a figure that has no declared bound."""
        if not self.slope:
            return max(self.times, 0.0 if self.needed else 1.0)
        declared = REGISTRY.get(self.figure)
        low, high = (declared.low, declared.high) if declared else (-np.inf, np.inf)
        return max(1.0 + self.slope * low, 1.0 + self.slope * high, 0.0)


@dataclass(frozen=True)
class Card:
    """One card: dates in quarters since 2023Q1, hazard a quarter before its factors."""

    name: str
    first: int
    last: int
    hazard: float
    cooldown: int  # quarters before it can strike the same lab again
    factors: tuple[Factor, ...]
    choices: int  # answers; 0 where nothing is asked

    @property
    def largest_factor(self) -> float:
        """The most that its factors can make together, within the declared ranges of what they read."""
        return reduce(mul, (factor.largest for factor in self.factors), 1.0)


@dataclass(frozen=True)
class FactorTable:
    """Factors as columns: 1 + ``slope`` x figure where there is a slope, else ``times`` inside the bounds, ``outside``.

    The factors of card ``i`` are the rows from ``first[i]`` to before ``first[i + 1]``.
    """

    figure: NDArray[np.intp]
    above: Array
    below: Array
    times: Array
    outside: Array
    slope: Array
    first: NDArray[np.intp]


@dataclass(frozen=True)
class Cards:
    """The deck in order of stakes: of several cards that would strike a lab the first one does.

    The effects are rows of one table sorted by code: row ``i`` moves lever ``lever[i]`` by ``size[i]`` (the logarithm
    of a factor) from quarter ``start[i]`` to before ``end[i]``, counted from the quarter of the answer.
    """

    deck: tuple[Card, ...]
    lever: NDArray[np.intp]
    size: Array
    start: Array
    end: Array
    first_row: NDArray[np.intp]  # by code, one more than there are codes
    chance: Array  # (card, choice + 1): chance of outcome 1
    default: Array  # (card,): the choice that stands when nothing is said
    usual: Array  # (card, lab): the choice of each lab's policy

    def possible(self, t: int) -> list[int]:
        """Rows of the cards that may strike in quarter ``t``."""
        return [row for row, card in enumerate(self.deck) if card.first <= t <= card.last]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names in order of stakes."""
        return tuple(card.name for card in self.deck)

    def index(self, name: str) -> int:
        """Row of a card."""
        return self.names.index(name)

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """Figures that hazards read."""
        return tuple(dict.fromkeys(factor.figure for card in self.deck for factor in card.factors))

    @cached_property
    def factors(self) -> FactorTable:
        """The factors of all cards, card after card; a card without any has one that is always 1."""
        rows: list[tuple[float, ...]] = []
        counts = []
        for card in self.deck:
            own = [
                (self.figures.index(f.figure), f.above, f.below, f.times, 0.0 if f.needed else 1.0, f.slope)
                for f in card.factors
            ] or [(0, -np.inf, np.inf, 1.0, 1.0, 0.0)]
            rows += own
            counts.append(len(own))
        figure, above, below, times, outside, slope = (np.array(column) for column in zip(*rows, strict=True))
        first = np.array([0, *accumulate(counts)], dtype=np.intp)
        return FactorTable(figure.astype(np.intp), above, below, times, outside, slope, first)

    @cached_property
    def base(self) -> Array:
        """By card: hazard a quarter before its factors."""
        return np.array([card.hazard for card in self.deck])

    @cached_property
    def most(self) -> Array:
        """By card: the largest hazard that its factors allow at a rate of 1."""
        return np.array([card.hazard * card.largest_factor for card in self.deck])

    @cached_property
    def cooldown(self) -> NDArray[np.intp]:
        """By card: quarters before it can strike the same lab again."""
        return np.array([card.cooldown for card in self.deck], dtype=np.intp)

    @cached_property
    def choices(self) -> Array:
        """By card: answers; 0 where nothing is asked."""
        return np.array([card.choices for card in self.deck], dtype=np.float64)

    @cached_property
    def last(self) -> Array:
        """By code: the quarter from which none of its effects acts any more."""
        ends = [self.end[first:after] for first, after in pairwise(self.first_row.tolist())]
        return np.array([float(rows.max()) if rows.size else 0.0 for rows in ends])

    @cached_property
    def is_answer(self) -> NDArray[np.intp]:
        """By code: 1 for an answered card, 0 for one that has only struck."""
        return (choice_of(np.arange(len(self.first_row) - 1, dtype=np.float64)) > 0.0).astype(np.intp)


@dataclass(frozen=True)
class CardDraws:
    """Draws of a quarter that lie under the largest hazard that their card can have, sorted by card."""

    rows: NDArray[np.intp]  # the card
    cells: NDArray[np.intp]  # lab and run, laid out in a row
    draws: NDArray[np.uint16]


def drawn_cards(cards: Cards, t: int, drawn: NDArray[np.uint16], rate: Array) -> CardDraws:
    """The draws that may strike in quarter ``t``, of ``drawn (card, lab, run)``; most fall out here."""
    count, labs, runs = drawn.shape
    highest = np.zeros(count, dtype=np.uint16)
    possible = cards.possible(t)
    most = np.minimum(cards.most[possible] * np.maximum.reduce(rate), HAZARD_MAX)
    highest[possible] = np.ceil(most * DRAWS).astype(np.uint16)
    places = np.flatnonzero(drawn < highest[:, None, None])
    rows, cells = np.divmod(places, labs * runs)
    return CardDraws(rows, cells, drawn.reshape(-1)[places])


def no_cards(labs: int) -> Cards:
    """An empty deck."""
    none = np.zeros(0)
    rows = np.zeros(2, dtype=np.intp)
    return Cards(
        (), none.astype(np.intp), none, none, none, rows, np.zeros((0, CHOICES + 1)), none, np.zeros((0, labs))
    )
