"""What are the odds of the things that matter: the end of a lab, a threshold, a rival overtaken, an objective met?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.play.objectives import BANKRUPT
from labsim.play.turn import TurnRecord
from labsim.variables import Array, Flags


@dataclass(frozen=True)
class Chances:
    """Probabilities over the futures. Axes: ``quarter`` of the forecast, ``lab``, ``objective`` of the scenario."""

    bankrupt: Array  # (quarter, lab), by the end of the quarter
    acquired: Array  # (quarter, lab), likewise
    systemic: Array  # (quarter,) the seat has come over the first compute threshold by then
    systemic_second: Array  # (quarter,) likewise the second
    held: Array  # (quarter,) a release of the seat has been held by then
    ahead: Array  # (quarter, lab) the seat's capability is above this lab's; a live lab is above an ended one
    overtakes: Array  # (lab,) in at least one quarter ahead of this lab
    objectives: Array  # (objective,) mark of 60 or more if the game ended at the horizon


class Seen:
    """Which of the things that matter have happened along the way, run by run."""

    def __init__(self, seat: int) -> None:
        """Watch for one seat."""
        self._seat = seat
        self._found: dict[str, list[Flags]] = {}

    def add(self, record: TurnRecord) -> None:
        """Fold in the next quarter; what counts once stays."""
        status, rules, seat = record.world.capital.status, record.report.rules, self._seat
        # Ended labs have no capability to compare.
        capability = np.where(status == 0.0, record.report.alignment.capability, -np.inf)
        ahead = capability[seat] > capability
        ever = {
            "bankrupt": status == BANKRUPT,
            "acquired": (status > 0.0) & (status != BANKRUPT),
            "systemic": rules.systemic[seat] > 0.0,
            "systemic_second": rules.systemic_second[seat] > 0.0,
            "held": record.report.training.run_held[seat] > 0.0,
            "overtakes": ahead,
        }
        for name, flags in ever.items():
            before = self._found.setdefault(name, [])
            before.append(before[-1] | flags if before else flags)
        self._found.setdefault("ahead", []).append(ahead)

    def counts(self) -> dict[str, Array]:
        """Number of runs of each, ``(quarter[, lab])``; of ``overtakes`` at the horizon only."""
        counts = {name: np.stack(flags).sum(axis=-1).astype(np.float64) for name, flags in self._found.items()}
        return {**counts, "overtakes": counts["overtakes"][-1]}
