"""How did the game end for a lab? The marks it reached, and, if it fell, what its cash went into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labsim.play.objectives import PAR, score
from labsim.play.series import ledger
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.scenario_file import Objective

CAUSES = 5  # lines of the ledger that a fall is put down to


@dataclass(frozen=True)
class Mark:
    """One objective: what was reached, on its own scale and as a mark of 0 to 100."""

    objective: Objective
    value: float
    mark: float

    @property
    def is_met(self) -> bool:
        """Was par reached?"""
        return self.mark >= PAR


@dataclass(frozen=True)
class Ending:
    """The end of a game for one lab. ``causes`` are ledger lines summed since cash was highest, M$, worst first."""

    t: int  # the last quarter played
    status: int  # 0 alive, 1 acquired, 2 bankrupt
    score: float
    fate: float
    marks: tuple[Mark, ...]
    peak: int  # the quarter after which cash was highest
    causes: tuple[tuple[str, float], ...]


def ending(scenario: Scenario, records: Sequence[TurnRecord], seat: int) -> Ending:
    """Sum a game up. Raises ValueError when nothing has been played."""
    if not records:
        raise ValueError("nothing has been played")
    reached = score(scenario, records, seat)
    cash = [float(record.world.capital.cash[seat, 0]) for record in records]
    peak = int(np.argmax(cash))
    lines: dict[str, float] = {}
    for record in records[peak + 1 :]:
        for line, amount in ledger(record, seat).items():
            lines[line] = lines.get(line, 0.0) + amount
    drains = sorted((item for item in lines.items() if item[1] < 0.0 and item[0] != "write_off"), key=lambda i: i[1])
    return Ending(
        t=records[-1].t,
        status=round(float(records[-1].world.capital.status[seat, 0])),
        score=float(reached.total[0]),
        fate=float(reached.fate[0]),
        marks=tuple(
            Mark(objective, float(value[0]), float(mark[0]))
            for objective, value, mark in zip(scenario.objectives, reached.values, reached.parts, strict=True)
        ),
        peak=records[peak].t,
        causes=tuple(drains[:CAUSES]),
    )
