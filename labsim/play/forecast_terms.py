"""Why does the mean of the futures differ between two drafts? Sums of the terms of each future's explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from labsim.model.ledger import FINANCING_LINES, LEDGER_LINES
from labsim.play.bridge import explain_arrays
from labsim.play.bridge_figures import Moment, headline
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.variables import Array

if TYPE_CHECKING:
    from labsim.play.forecast import Forecast

LEDGER = "ledger"
ENDS = ("from", "to")  # of an explanation; the figure itself, no terms
Terms = Mapping[str, Mapping[str, Array]]
"""Figure -> term -> ``(quarter,)``."""


class Sums:
    """Sums over futures of the terms of some headline figures, and of the ledger's lines, quarter by quarter."""

    def __init__(self, scenario: Scenario, seat: int, figures: Sequence[str], ledger: bool) -> None:
        """Sum for one seat. Raises BadInput when a name is no headline figure."""
        self._scenario = scenario
        self._seat = seat
        self._figures = {name: headline(name) for name in figures}
        self._lines = LEDGER_LINES if ledger else ()
        self._quarters: list[dict[tuple[str, str], float]] = []

    def empty(self) -> Sums:
        """The same without any sum, for another chunk."""
        return Sums(self._scenario, self._seat, tuple(self._figures), bool(self._lines))

    def add(self, before: Moment, record: TurnRecord) -> None:
        """Add the next quarter."""
        found: dict[tuple[str, str], float] = {}
        runs = record.world.runs
        for name, figure in self._figures.items():
            explained = explain_arrays(figure, before, record, self._seat, self._scenario)
            # A term that is the same for all may come as one number.
            found |= {
                (name, term): float(np.sum(np.broadcast_to(value, runs)))
                for term, value in explained.items()
                if term not in ENDS
            }
        for line in self._lines:
            part = record.report.financing if line in FINANCING_LINES else record.report.operating
            found[LEDGER, line] = float(np.sum(getattr(part, line)[self._seat]))
        self._quarters.append(found)

    def join(self, other: Sums) -> None:
        """Add the sums of another chunk of futures."""
        if not self._quarters:
            self._quarters = [{} for _ in other._quarters]
        for mine, theirs in zip(self._quarters, other._quarters, strict=True):
            for key, value in theirs.items():
                mine[key] = mine.get(key, 0.0) + value

    def means(self, runs: int) -> Terms:
        """Means of the terms; a term that a quarter does not have is 0 there."""
        keys = dict.fromkeys(key for quarter in self._quarters for key in quarter)
        found: dict[str, dict[str, Array]] = {}
        for key in keys:
            values = np.array([quarter.get(key, 0.0) for quarter in self._quarters])
            found.setdefault(key[0], {})[key[1]] = values / runs
        return found


def mean_change(figure: str, draft: Forecast, other: Forecast) -> dict[str, Array]:
    """Why the mean of a figure differs between two drafts: term -> difference up to each quarter, ``(quarter,)``.

    At each quarter the terms add up to the difference of the means. Both forecasts must have been asked to explain the
    figure (``ledger`` for cash by ledger lines), for the same seat, quarters and number of futures.

    Raises:
        ValueError: the two cannot be compared.
    """
    same = (draft.seat, draft.t, draft.runs, draft.quarters) == (other.seat, other.t, other.runs, other.quarters)
    if not same or figure not in draft.terms or figure not in other.terms:
        raise ValueError("the two forecasts cannot be compared term by term")
    mine, theirs, none = draft.terms[figure], other.terms[figure], np.zeros(draft.quarters)
    return {term: np.cumsum(mine.get(term, none) - theirs.get(term, none)) for term in dict.fromkeys([*mine, *theirs])}
