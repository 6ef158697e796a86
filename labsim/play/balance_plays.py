"""Does a scenario show its lesson? Its plays on the same dice, what each reaches, and the stated differences."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from labsim.play.derived import ACQUIRED, BANKRUPT
from labsim.play.objectives import Tally
from labsim.play.plays import plays_of, rows_with
from labsim.play.turn import play
from labsim.scenario import Scenario
from labsim.scenario_file import Objective
from labsim.scenario_plays import Play, ShowForm
from labsim.scenario_shows import BANKRUPT as BANKRUPT_PART
from labsim.scenario_shows import FATES, SCORE, controlled
from labsim.variables import Array, Flags

LESSON_RUNS = 200
HIGH = 0.90  # quantile of the insight play that earns full marks
Over = tuple[str, str]
"""(variable, over)"""


@dataclass(frozen=True)
class PlayResult:
    """What one play reached in every game; arrays ``(run,)``."""

    play: Play
    score: Array
    marks: tuple[Array, ...]  # of each objective, 0-100
    values: tuple[Array, ...]  # of each objective, in its variable's unit
    status: Array  # 0 alive, 1 acquired, 2 bankrupt
    measured: Mapping[Over, Array]

    def of(self, measure: str, over: str) -> Array:
        """A measure by game; parts of games are 0 or 1."""
        if measure == SCORE:
            return self.score
        if measure in FATES:
            ended = self.status == BANKRUPT if measure == BANKRUPT_PART else self.status != 0.0
            return np.where(ended, 1.0, 0.0)
        return self.measured[measure, over]


def typical(measure: str, values: Array) -> float:
    """The mean of scores and fates, the median of variables."""
    return float(values.mean() if measure in FATES else np.median(values))


def result_of(
    scenario: Scenario, way: Play, measures: Sequence[Over], runs: int, seed: int,
    instead: Mapping[str, Mapping[str, float]] | None = None,
) -> PlayResult:  # fmt: skip
    """Play one play in the default seat on dice that every play meets.

    ``instead`` gives other labs, by name, other policy numbers than the scenario's.
    """
    seat = scenario.seat(scenario.default_seat)
    asked = [over for over in dict.fromkeys(measures) if over[0] not in FATES]
    extra = tuple(
        Objective(variable=name, over=over, weight=1.0, low=0.0, par=1.0, high=2.0)  # type: ignore[arg-type]
        for name, over in asked
    )
    tallies = Tally(scenario, seat), Tally(dataclasses.replace(scenario, objectives=extra), seat)
    status = np.zeros(runs)
    others = {scenario.seat(lab): row for lab, row in (instead or {}).items() if lab != scenario.default_seat}
    for record in play(scenario, seed, rows=rows_with(scenario, seat, way, others), runs=runs):
        for tally in tallies:
            tally.add(record)
        status = record.world.capital.status[seat]
    scored, more = (tally.score() for tally in tallies)
    return PlayResult(
        way, scored.total, scored.parts, scored.values, status, dict(zip(asked, more.values, strict=True))
    )


@dataclass(frozen=True)
class Shown:
    """One stated lesson, measured."""

    form: ShowForm
    better: float
    worse: float
    part: float  # of the dice in which better wins
    failed: tuple[str, ...]  # what does not hold, as it was stated

    @property
    def holds(self) -> bool:
        """Does everything that is stated hold?"""
        return not self.failed


@dataclass(frozen=True)
class Lessons:
    """The plays of a scenario, measured, and its lessons."""

    scenario: Scenario
    results: tuple[PlayResult, ...]
    shown: tuple[Shown, ...] = field(default_factory=tuple)

    @property
    def hold(self) -> bool:
        """Does every lesson hold?"""
        return all(shown.holds for shown in self.shown)

    def with_role(self, role: str) -> PlayResult | None:
        """The best play of a role by mean score; None without one."""
        found = [result for result in self.results if result.play.role == role]
        return max(found, key=lambda result: float(result.score.mean()), default=None)


def lessons(scenario: Scenario, runs: int = LESSON_RUNS, seed: int = 1) -> Lessons:
    """Measure every play of a scenario, the reference plays included, and every lesson that it states."""
    plays = plays_of(scenario)
    asked = [(form.measure, form.over) for form in scenario.shows]
    results = {name: result_of(scenario, way, asked, runs, seed) for name, way in plays.items()}
    shown = []
    for form in scenario.shows:
        pair = results[form.better], results[form.worse]
        if form.scenario_changes:
            changed, over = controlled(scenario, form.scenario_changes), [(form.measure, form.over)]
            pair = tuple(result_of(changed, plays[name], over, runs, seed) for name in (form.better, form.worse))  # type: ignore[assignment]
        shown.append(_shown(form, *pair))
    return Lessons(scenario, tuple(results.values()), tuple(shown))


def _shown(form: ShowForm, better: PlayResult, worse: PlayResult) -> Shown:
    a, b = (result.of(form.measure, form.over) for result in (better, worse))
    x, y = typical(form.measure, a), typical(form.measure, b)
    less = (form.by is not None and form.by < 0.0) or (form.times is not None and form.times < 1.0)
    wins: Flags = a < b if less else a > b
    part = float(wins.mean())
    claims = {
        f"by {form.by}": form.by is None or (x - y <= form.by if less else x - y >= form.by),
        f"times {form.times}": form.times is None or (x <= form.times * y if less else x >= form.times * y),
        f"at_least {form.at_least}": form.at_least is None or x >= form.at_least,
        f"at_most {form.at_most}": form.at_most is None or x <= form.at_most,
        f"worse_at_least {form.worse_at_least}": form.worse_at_least is None or y >= form.worse_at_least,
        f"worse_at_most {form.worse_at_most}": form.worse_at_most is None or y <= form.worse_at_most,
        f"part {form.part}": form.part is None or part >= form.part,
    }
    return Shown(form, x, y, part, tuple(said for said, holds in claims.items() if not holds))


def stated(form: ShowForm) -> str:
    """What a lesson states, in one line."""
    parts = [
        f"{key} {value:g}"
        for key in ("by", "times", "at_least", "at_most", "worse_at_least", "worse_at_most", "part")
        if (value := getattr(form, key)) is not None
    ]
    over = "" if form.measure in FATES or form.over == "end" else f" ({form.over})"
    control = f" when {form.scenario_changes}" if form.scenario_changes else ""
    return f"{form.better} against {form.worse}: {form.measure}{over} {', '.join(parts)}{control}"


@dataclass(frozen=True)
class AnchorsFound:
    """Marks of one objective as the plays of the scenario set them; None where there is no such play."""

    objective: Objective
    low: float | None
    par: float | None
    high: float | None

    @property
    def problem(self) -> str:
        """Why they cannot be marks as they are; empty when they can."""
        if self.low is None or self.par is None or self.high is None:
            return "a play of the role is missing"
        if not (self.low < self.par < self.high or self.low > self.par > self.high):
            return "not in order: the plays do not differ in this objective as marks must"
        if self.objective.scale == "ln" and min(self.low, self.high) <= 0.0:
            return "a logarithm needs positive marks: choose a low one by hand"
        return ""


def anchors(found: Lessons) -> list[AnchorsFound]:
    """Low: median of the trap; par: median of the par play; high: 90th percentile of the insight play."""
    made = []
    for number, objective in enumerate(found.scenario.objectives):

        def level(role: str, quantile: float, at: int = number) -> float | None:
            result = found.with_role(role)
            return None if result is None else float(np.quantile(result.values[at], quantile))

        top = HIGH if objective.high > objective.low else 1.0 - HIGH
        made.append(AnchorsFound(objective, level("trap", 0.5), level("par", 0.5), level("insight", top)))
    return made


# ---- across scenarios -----------------------------------------------------------------------------------------------


def ranking(found: Lessons) -> tuple[str, ...]:
    """Roles of the plays from the highest mean score down, each once; plays without a role are left out."""
    ordered = sorted(found.results, key=lambda result: -float(result.score.mean()))
    return tuple(dict.fromkeys(result.play.role for result in ordered if result.play.role))


def exits(result: PlayResult) -> tuple[float, float, float]:
    """Parts of the games that the lab survives, in which it is sold, and in which it goes bankrupt."""
    alive, sold, bankrupt = (float((result.status == status).mean()) for status in (0.0, ACQUIRED, BANKRUPT))
    return alive, sold, bankrupt
