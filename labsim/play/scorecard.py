"""Who did best? The balanced scorecard of a batch: value, reach, frontier and trust, 0 to 100."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from labsim.model.laws import over, sum_first
from labsim.play.turn import TurnRecord
from labsim.variables import Array

# Points of each part; game choices.
VALUE, REACH, FRONTIER, TRUST = 35.0, 25.0, 20.0, 20.0
RECENT = 8  # quarters that reach and frontier look back on
HOSTED_PART = 0.5  # weight of tokens that others serve with the lab's leading open model
POINTS_BEHIND = 15.0  # points behind the frontier that cost a factor e


@dataclass(frozen=True)
class Scores:
    """Points of every lab in every game, ``(lab, run)``; the total is their sum."""

    value: Array
    reach: Array
    frontier: Array
    trust: Array

    @property
    def total(self) -> Array:
        """Points of 100."""
        return self.value + self.reach + self.frontier + self.trust


@dataclass
class Scorecard:
    """Reads the quarters of a batch one after another, then scores."""

    _tokens: deque[Array] = field(default_factory=lambda: deque(maxlen=RECENT))
    _gap: deque[Array] = field(default_factory=lambda: deque(maxlen=RECENT))
    _trusted: list[Array] = field(default_factory=list)
    _last: TurnRecord | None = None

    def add(self, record: TurnRecord) -> None:
        """Read one quarter."""
        r, after = record.report, record.world
        hosted = r.market.open_tokens * after.training.open_owner
        self._tokens.append(r.market.tokens_served + HOSTED_PART * hosted)
        best = np.where(np.isfinite(r.market.best_capability), r.market.best_capability, 0.0)
        self._gap.append(r.alignment.capability - best)
        self._trusted.append(after.society.trust * r.alignment.coverage)
        self._last = record

    def scores(self) -> Scores:
        """The points so far. Raises ValueError before the first quarter."""
        if self._last is None:
            raise ValueError("no quarter was read")
        capital = self._last.world.capital
        live = capital.status == 0.0
        stake = capital.valuation * capital.holders + capital.exit_value
        frontier = np.exp(sum_first(np.stack(self._gap)) / len(self._gap) / POINTS_BEHIND)
        trusted = sum_first(np.stack(self._trusted)) / len(self._trusted)
        return Scores(
            value=VALUE * _of_largest(stake),
            reach=REACH * _of_largest(sum_first(np.stack(self._tokens))),
            frontier=np.where(live, FRONTIER * frontier, 0.0),
            trust=TRUST * _of_largest(np.where(live, trusted, 0.0)),
        )


def _of_largest(x: Array) -> Array:
    return over(x, np.max(x, axis=0) + np.zeros_like(x))


def first_places(total: Array) -> Array:
    """Share of the games that each lab wins; ``(lab,)``."""
    winners = np.argmax(total, axis=0)
    return np.array([np.mean(winners == lab) for lab in range(total.shape[0])])
