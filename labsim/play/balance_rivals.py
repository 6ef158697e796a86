"""What is the skill of rivals worth? Their score and value at each level, and what it costs the seat."""

from __future__ import annotations

import numpy as np

from labsim.play.derived import stake
from labsim.play.objectives import Tally
from labsim.play.policy_rows import skills
from labsim.play.turn import play, policy_rows, rival_rows
from labsim.scenario import Scenario


def rivals_by_skill(scenario: Scenario, runs: int, seed: int) -> list[dict[str, str | float]]:
    """A row for each skill: means over the games, the seat being on its own policy."""
    seat = scenario.seat(scenario.default_seat)
    others = [lab for lab in range(len(scenario.labs)) if lab != seat]
    found: list[dict[str, str | float]] = []
    for skill in skills():
        tallies = [Tally(scenario, lab) for lab in range(len(scenario.labs))]
        for record in play(
            scenario, seed, rows=policy_rows(scenario, rival_rows(scenario, seat, skill), seat), runs=runs
        ):
            for tally in tallies:
                tally.add(record)
        score = np.array([tally.score().total.mean() for tally in tallies])
        value, capability = (x.mean(axis=1) for x in (stake(record.world.capital), record.report.alignment.capability))
        ended = (record.world.capital.status != 0.0).mean(axis=1)
        found.append(
            {
                "rivals": skill,
                "score of rivals": round(float(score[others].mean()), 1),
                "value of rivals B$": round(float(value[others].mean()) / 1e3, 1),
                "their capability": round(float(capability[others].mean()), 1),
                "of them ended": round(float(ended[others].mean()), 3),
                "score of the seat": round(float(score[seat]), 1),
                "value of the seat B$": round(float(value[seat]) / 1e3, 1),
            }
        )
    return found
