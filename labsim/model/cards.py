"""Which event card strikes which lab, how was the last one answered, and what do answers move?

Student: a card strikes a lab when a number drawn before the game is below a hazard that depends on the lab's state. It
asks for an answer in the next quarter's orders; the answer moves named levers of that lab, for a while or for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import mul

import numpy as np

from labsim.model.card_table import NEUTRAL, Card, card_of, code_of
from labsim.model.exogenous import Quarter
from labsim.model.figures import figure
from labsim.model.params import Params
from labsim.model.world import World, is_live
from labsim.variables import Array, Flags

WORDS = 65536.0
"""Values of a card's draw: sixteen bits are enough for hazards in hundredths."""
HAZARD_MAX = 0.95  # per quarter; under 1, so that quiet dice strike nobody (game choice)


@dataclass(frozen=True)
class Levers:
    """What answers move this quarter: only the levers that are moved anywhere, ``(lab, run)``."""

    moved: dict[str, Array]

    def times(self, name: str, value: Array) -> Array:
        """``value`` times the lever; unchanged where nothing moves it."""
        return value * self.moved[name] if name in self.moved else value

    def plus(self, name: str, value: Array) -> Array:
        """``value`` plus the lever; unchanged where nothing moves it."""
        return value + self.moved[name] if name in self.moved else value

    def __getitem__(self, name: str) -> Array:
        """The lever itself; ``(1, 1)`` where nothing moves it."""
        return self.moved[name] if name in self.moved else np.full((1, 1), NEUTRAL[name])


NOTHING = Levers({})
"""What no card moves."""


def cards(world: World, answer: Array, p: Params, quarter: Quarter) -> tuple[Array, Levers]:
    """The ring of cards a quarter later, and the levers of this quarter.

    The card that struck last quarter takes its answer; then new ones strike, at most one a lab.
    """
    ring = world.events.cards_dealt
    if not p.cards.deck:
        return ring.copy(), NOTHING
    answered = ring.copy()
    answered[0] = _answered(ring[0], answer, p, quarter)
    struck = _struck(world, answered, p, quarter)
    following = np.concatenate([struck[None], answered[:-1]])
    return following, _levers(answered, struck, p)


def levers_of(after: World, p: Params) -> Levers:
    """The levers of the quarter that ended in this world: what struck in it, and the answers in force."""
    ring = after.events.cards_dealt
    return _levers(ring[1:], ring[0], p)


def open_cards(world: World) -> Array:
    """Row of the card that waits for each lab's answer; -1 for none; ``(lab, run)``."""
    return card_of(world.events.cards_dealt[0])


def usual_answers(world: World, p: Params) -> Array:
    """What each lab's policy answers to its open card; 0 without one; ``(lab, run)``."""
    card = open_cards(world)
    if not p.cards.deck or not (card >= 0.0).any():
        return np.zeros_like(card)
    labs = np.arange(card.shape[0])[:, None]
    return np.where(card >= 0.0, p.cards.usual[np.maximum(card, 0.0).astype(np.intp), labs], 0.0)


def hazards(world: World, p: Params, quarter: Quarter) -> Array:
    """Chance of each card this quarter if no other struck first, ``(card, lab, run)``; cooldowns included."""
    shape = world.capital.cash.shape
    known: dict[str, Array] = {}
    found = np.zeros((len(p.cards.deck), *shape))
    for row in _possible(p, quarter):
        found[row] = _hazard(p.cards.deck[row], known, world, p, quarter)
        found[row] *= ~_cooling(world.events.cards_dealt, row, p)
    return found * is_live(world)


def _possible(p: Params, quarter: Quarter) -> list[int]:
    return [row for row, card in enumerate(p.cards.deck) if card.first <= quarter.t <= card.last]


def _answered(code: Array, answer: Array, p: Params, quarter: Quarter) -> Array:
    """The code of last quarter's card with its answer and the outcome of its chance."""
    if not (code > 0.0).any():
        return code
    card = np.maximum(card_of(code), 0.0).astype(np.intp)
    asked = np.array([c.choices for c in p.cards.deck], dtype=np.float64)[card]
    given = np.rint(answer)
    choice = np.where((given >= 1.0) & (given <= asked), given, p.cards.default[card])
    outcome = quarter.dice.card_outcome < p.cards.chance[card, choice.astype(np.intp)]
    return np.where(code > 0.0, code_of(card, choice, outcome), 0.0)


def _struck(world: World, ring: Array, p: Params, quarter: Quarter) -> Array:
    """Codes of the cards that strike now; of several the one that comes first in the deck."""
    live = is_live(world)
    known: dict[str, Array] = {}
    struck = np.zeros(live.shape)
    for row in _possible(p, quarter):
        hazard = _hazard(p.cards.deck[row], known, world, p, quarter)
        hit = (quarter.dice.card[row] < hazard * WORDS) & live & (struck == 0.0)
        if hit.any():
            hit &= ~_cooling(ring, row, p)
            struck = np.where(hit, code_of(row, 0), struck)
    for row, lab in sorted(quarter.calendar.forced_cards.get(quarter.t, ())):
        struck[lab] = np.where(live[lab], code_of(row, 0), 0.0)
    return struck


def _hazard(card: Card, known: dict[str, Array], world: World, p: Params, quarter: Quarter) -> Array:
    for factor in card.factors:
        if factor.figure not in known:
            known[factor.figure] = figure(factor.figure, world, p, quarter)
    factors = (factor.of(known[factor.figure]) for factor in card.factors)
    return np.minimum(reduce(mul, factors, card.hazard * p.card_rate), HAZARD_MAX)


def _cooling(ring: Array, row: int, p: Params) -> Flags:
    """Did the card strike this lab within its cooldown? ``(lab, run)``."""
    first, after = float(code_of(row, 0)), float(code_of(row + 1, 0))
    recent = ring[: p.cards.deck[row].cooldown]
    cooling: Flags = np.logical_or.reduce((recent >= first) & (recent < after), axis=0)
    return cooling


def _levers(answered: Array, struck: Array, p: Params) -> Levers:
    """Sum the effects in force by lever and lab: rows of the deck's table for every code in the ring."""
    table, size = p.cards, struck.size
    rings = np.concatenate([struck[None], answered[: table.longest]])
    places = np.flatnonzero(rings)
    codes = rings.ravel()[places].astype(np.intp)
    row, cell = np.divmod(places, size)
    age = np.maximum(row - table.is_answer[codes], 0)  # quarters since the answer; since the strike without one
    lasts = age < table.last[codes]
    if not lasts.any():
        return NOTHING
    codes, age, cell = codes[lasts], age[lasts], cell[lasts]
    first, count = table.first_row[codes], table.first_row[codes + 1] - table.first_row[codes]
    ends = np.add.accumulate(count)
    rows = np.arange(ends[-1]) + np.repeat(first - ends + count, count)
    age, cell = np.repeat(age, count), np.repeat(cell, count)
    acts = (age >= table.start[rows]) & (age < table.end[rows])
    rows, cell = rows[acts], cell[acts]
    moved: dict[str, Array] = {}
    for lever in np.unique(table.lever[rows]).tolist():
        mine = table.lever[rows] == lever
        total = np.bincount(cell[mine], weights=table.size[rows[mine]], minlength=size).reshape(struck.shape)
        name = tuple(NEUTRAL)[lever]
        moved[name] = np.asarray(np.exp(total) if name.endswith("_times") else total, dtype=np.float64)
    return Levers(moved)
