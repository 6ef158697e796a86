"""Which event card strikes which lab, how was the last one answered, and what do answers move?

Student: a card strikes a lab when a number drawn before the game is below a hazard that depends on the lab's state. It
asks for an answer in the next quarter's orders; the answer moves named levers of that lab, for a while or for good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.model.card_table import DRAWS, HAZARD_MAX, LEVERS, NEUTRAL, card_of, code_of
from labsim.model.exogenous import Quarter
from labsim.model.figures import Known, figure
from labsim.model.params import Params
from labsim.model.world import World, is_live
from labsim.variables import Array, Flags

Cells = NDArray[np.intp]
"""Whole numbers that count cards, or labs and runs laid out in a row."""


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
    return following, _levers(following, p)


def levers_of(after: World, p: Params) -> Levers:
    """The levers of the quarter that ended in this world: what struck in it, and the answers in force."""
    return _levers(after.events.cards_dealt, p)


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
    found = np.zeros((len(p.cards.deck), *shape))
    possible = p.cards.possible(quarter.t)
    cells = np.arange(found[0].size if possible else 0)
    rows, cells = np.repeat(np.array(possible, dtype=np.intp), cells.size), np.tile(cells, len(possible))
    if cells.size:
        chance = _chances(rows, cells, world, p, quarter) * ~_cooling(world.events.cards_dealt, rows, cells, p)
        found[possible] = chance.reshape(len(possible), *shape)
    return found * is_live(world)


def _answered(code: Array, answer: Array, p: Params, quarter: Quarter) -> Array:
    """The code of last quarter's card with its answer and the outcome of its chance."""
    if not (code > 0.0).any():
        return code
    card = np.maximum(card_of(code), 0.0).astype(np.intp)
    asked = p.cards.choices[card]
    given = np.rint(answer)
    choice = np.where((given >= 1.0) & (given <= asked), given, p.cards.default[card])
    outcome = quarter.dice.card_outcome < p.cards.chance[card, choice.astype(np.intp)]
    return np.where(code > 0.0, code_of(card, choice, outcome), 0.0)


def _struck(world: World, ring: Array, p: Params, quarter: Quarter) -> Array:
    """Codes of the cards that strike now; of several the one that comes first in the deck."""
    live = is_live(world)
    struck = np.zeros(live.shape)
    drawn = quarter.card_draws
    hit = drawn.draws < _chances(drawn.rows, drawn.cells, world, p, quarter) * DRAWS
    hit &= live.reshape(-1)[drawn.cells]
    rows, cells = drawn.rows[hit], drawn.cells[hit]
    ready = ~_cooling(ring, rows, cells, p)
    # In order of the deck from its end, so that the first card of a lab is written last.
    struck.reshape(-1)[cells[ready][::-1]] = code_of(rows[ready][::-1], 0)
    for row, lab in sorted(quarter.calendar.forced_cards.get(quarter.t, ())):
        struck[lab] = np.where(live[lab], code_of(row, 0), 0.0)
    return struck


def _chances(rows: Cells, cells: Cells, world: World, p: Params, quarter: Quarter) -> Array:
    """Hazard of card ``rows[i]`` for the lab and run of the flat index ``cells[i]``, cooldowns apart."""
    table, size = p.cards.factors, world.capital.cash.size
    base: Array = p.cards.base[rows] * p.card_rate.take(cells % p.card_rate.size)  # one rate, or one a run
    if not p.cards.figures or not rows.size:
        return np.minimum(base, np.full_like(base, HAZARD_MAX))
    which, count = _spans(table.first, rows)
    reads = table.figure[which]
    known = Known(world, p, quarter)
    figures = np.empty((len(p.cards.figures), *world.capital.cash.shape))
    for number in np.flatnonzero(np.bincount(reads)).tolist():
        figures[number] = figure(p.cards.figures[number], known)
    value = figures.reshape(-1).take(reads * size + np.repeat(cells, count))
    slope = table.slope[which]
    inside = (value > table.above[which]) & (value < table.below[which])
    bounded = np.where(inside, table.times[which], table.outside[which])
    factor = np.where(slope == 0.0, bounded, np.maximum(1.0 + slope * value, 0.0))
    starts = np.add.accumulate(count) - count
    chance: Array = np.minimum(base * np.multiply.reduceat(factor, starts), HAZARD_MAX)
    return chance


def _spans(first: Cells, rows: Cells) -> tuple[Cells, Cells]:
    """Rows of a table that belong to each of ``rows``, one after the other, and how many each has."""
    start, count = first[rows], first[rows + 1] - first[rows]
    ends = np.add.accumulate(count)
    return np.arange(ends[-1] if ends.size else 0) + np.repeat(start - ends + count, count), count


def _cooling(ring: Array, rows: Cells, cells: Cells, p: Params) -> Flags:
    """Did card ``rows[i]`` strike the lab and run of ``cells[i]`` within its cooldown?"""
    longest = int(p.cards.cooldown.max())
    recent = card_of(ring[:longest].reshape(longest, -1).take(cells, axis=1)) == rows
    counts = np.arange(longest)[:, None] < p.cards.cooldown[rows]
    cooling: Flags = np.logical_or.reduce(recent & counts, axis=0)
    return cooling


def _levers(following: Array, p: Params) -> Levers:
    """Sum the effects in force by lever and lab: rows of the deck's table for every code in the ring of a quarter."""
    table, shape = p.cards, following.shape[1:]
    size = following[0].size
    places = np.flatnonzero(following != 0.0)  # on flags, which is three times as fast as on numbers
    codes = following.reshape(-1)[places].astype(np.intp)
    row, cell = np.divmod(places, size)
    age = np.maximum(row - table.is_answer[codes], 0)  # quarters since the answer; since the strike without one
    lasts = age < table.last[codes]
    if not lasts.any():
        return NOTHING
    codes, age, cell = codes[lasts], age[lasts], cell[lasts]
    rows, count = _spans(table.first_row, codes)
    age, cell = np.repeat(age, count), np.repeat(cell, count)
    acts = (age >= table.start[rows]) & (age < table.end[rows])
    rows, cell = rows[acts], cell[acts]
    lever = table.lever[rows]
    totals = np.bincount(lever * size + cell, weights=table.size[rows], minlength=len(LEVERS) * size)
    totals = totals.reshape(len(LEVERS), *shape)
    moved: dict[str, Array] = {}
    for i in np.flatnonzero(np.bincount(lever)).tolist():
        moved[LEVERS[i]] = np.exp(totals[i]) if LEVERS[i].endswith("_times") else totals[i]
    return Levers(moved)
