"""What reaches the labs from outside in one quarter? The calendar (dates are data) and the dice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from labsim.model import dice
from labsim.model.card_table import CardDraws, Cards, drawn_cards
from labsim.model.params import SEGMENTS, Params
from labsim.variables import Array, Flags

DATES = (
    "fp8_at_hosts",
    "fp4_at_hosts",
    "antitrust_reviews",
    "compliance_duties",
    "evidence_rules",
    "revenue_growth_known",
    "alignment_stepped_up",
    "partners_sign",
)
"""Named dates of the calendar; each must be given, as a quarter since 2023Q1."""


@dataclass(frozen=True)
class OpenRelease:
    """Open weights from outside the labs; ``gain`` counts from the best ones of the quarter. Arrays ``(1,)``."""

    active: Array  # parameters
    sparsity: Array  # total over active
    tokens: Array  # T
    capability: Array | None = None  # points
    gain: Array | None = None  # points


@dataclass(frozen=True)
class Calendar:
    """What happens when, whatever anybody does."""

    dates: Mapping[str, int]
    scarcity: tuple[float, ...]  # rest-of-world demand for chips by quarter; the last value holds for ever
    forced: Mapping[int, frozenset[int]]  # quarter -> rows of the events that strike then whatever the dice
    forced_cards: Mapping[int, frozenset[tuple[int, int]]]  # quarter -> (card, lab) likewise
    shocks: Mapping[int, tuple[tuple[str, float], ...]] = field(default_factory=dict)  # quarter -> (effect, size)
    open_models: Mapping[int, OpenRelease] = field(default_factory=dict)


@dataclass(frozen=True)
class Quarter:
    """One quarter as the step meets it. ``t`` counts from 2023Q1; the batch holds ``runs`` runs."""

    t: int
    calendar: Calendar
    dice: dice.Dice
    generation: int  # row of the chip generation on sale
    forced: Flags  # (event, 1)
    techniques_public: Flags  # (technique, 1, 1)
    techniques_free: Flags  # the public ones that nobody has to adopt
    cards: Cards
    card_rate: Array  # (1,) or (run,): factor of every card's hazard

    def is_after(self, date: str) -> bool:
        """Has a named date of the calendar come?"""
        return self.t >= self.calendar.dates[date]

    @cached_property
    def techniques_closed(self) -> tuple[int, ...]:
        """Rows of the techniques that not everybody holds: a lab must research them, or adopt them once public."""
        return tuple(np.flatnonzero(~self.techniques_free).tolist())

    @cached_property
    def card_draws(self) -> CardDraws:
        """What the dice may deal, whatever the state: found once, as many drafts meet the same quarter."""
        return drawn_cards(self.cards, self.t, self.dice.card, self.card_rate)

    @property
    def world_demand(self) -> float:
        """Demand for chips outside the labs, relative to a balanced market."""
        return self.calendar.scarcity[min(self.t, len(self.calendar.scarcity) - 1)]


def generation_on_sale(t: int, launches: tuple[int, ...]) -> int:
    """Row of the newest generation launched by quarter ``t``; the first one before any launch."""
    return max((row for row, launch in enumerate(launches) if launch <= t), default=0)


def quarter(t: int, calendar: Calendar, p: Params, drawn: dice.Dice) -> Quarter:
    """Assemble one quarter from calendar and dice."""
    strikes = calendar.forced.get(t, frozenset())
    public = np.array([public <= t for public in p.techniques.public])[:, None, None]
    return Quarter(
        t=t,
        calendar=calendar,
        dice=drawn,
        generation=generation_on_sale(t, p.chips.launch),
        forced=np.array([[row in strikes] for row in range(len(p.events.names))], dtype=np.bool_),
        techniques_public=public,
        techniques_free=public & (p.adoption_percent == 0),
        cards=p.cards,
        card_rate=p.card_rate,
    )


def throw_quarter(t: int, calendar: Calendar, p: Params, seed: int, first_run: int = 0, runs: int = 1) -> Quarter:
    """Quarter ``t`` with the dice of a seed for a range of runs."""
    drawn = dice.throw(seed, t, len(p.labs), len(SEGMENTS), len(p.events.names), first_run, runs, len(p.cards.deck))
    return quarter(t, calendar, p, drawn)


def quiet_quarter(t: int, calendar: Calendar, p: Params, runs: int = 1) -> Quarter:
    """Quarter ``t`` with quiet dice."""
    return quarter(t, calendar, p, dice.quiet(len(p.labs), len(SEGMENTS), len(p.events.names), runs, len(p.cards.deck)))
