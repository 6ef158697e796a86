"""What usually happens after a draft of orders? Many futures of one world, on dice of their own, shared by all drafts.

The draft's orders are given in the coming quarter; its settings stand; from the second quarter on a named plan acts for
the player. Rivals follow their policies and react.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from labsim.errors import BadInput, Problem
from labsim.model import dice
from labsim.model.exogenous import Quarter, quarter, quiet_quarter
from labsim.model.params import SEGMENTS
from labsim.model.world import World, repeat_run
from labsim.play.bridge_figures import Moment
from labsim.play.chances import Chances, Seen
from labsim.play.forecast_terms import Sums, Terms
from labsim.play.objectives import PAR, Score, Tally, chosen_columns, column_value, tally
from labsim.play.plan import DEFAULT_PLAN, PLANS, Plan
from labsim.play.policy_rows import Rows
from labsim.play.turn import Player, SeatOrders, TurnRecord, play_quarter, policy_rows
from labsim.scenario import Scenario
from labsim.variables import Array

LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)
COARSE_RUNS = 256
"""Futures of the first answer, which is never cancelled."""
RUNS = 1000
CHUNK = 1000  # runs computed together at most: the working set stays near the processor
MOST_RUNS = 100_000
QUARTERS = 8
MOST_QUARTERS = 40
SHOWN = ("cash", "revenue", "capability", "alignment_seen", "trust", "market_share", "valuation")
"""Variables of a forecast unless others are asked for."""


@dataclass(frozen=True)
class Forecast:
    """Bands, means and chances of one draft. Lab variables have a last axis ``lab``, world variables have none."""

    seat: int
    labs: tuple[str, ...]
    t: int  # the coming quarter; index 0 of every quarter axis
    quarters: int
    runs: int
    is_final: bool
    plan: str
    bands: Mapping[str, Array]  # (level, quarter[, lab]) at LEVELS
    means: Mapping[str, Array]  # (quarter[, lab])
    chances: Chances
    score: Array  # (level,) of the seat at the horizon
    terms: Terms  # figure -> term -> (quarter,): mean of what explains its change; only what was asked for

    def band(self, name: str, lab: int | None = None) -> Array:
        """``(level, quarter)`` of a variable, for the seat or another lab."""
        found = self.bands[name]
        return found[:, :, self.seat if lab is None else lab] if found.ndim == 3 else found

    def mean(self, name: str, lab: int | None = None) -> Array:
        """``(quarter,)`` of a variable, for the seat or another lab."""
        found = self.means[name]
        return found[:, self.seat if lab is None else lab] if found.ndim == 2 else found


def future_seed(seed: int) -> int:
    """The seed of the futures of a game: fixed, and another one than the game's, which would leak what is to come."""
    return int.from_bytes(hashlib.sha256(b"labsim future " + seed.to_bytes(8, "little")).digest()[:8], "little")


@lru_cache(maxsize=64)
def _dice(seed: int, t: int, labs: int, events: int, cards: int, first_run: int, runs: int) -> dice.Dice:
    return dice.throw(seed, t, labs, len(SEGMENTS), events, first_run, runs, cards)


class Futures:
    """The futures of one turn: one world, its coming quarters and their dice, the same for every draft."""

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        t: int,
        seed: int,
        quarters: int = QUARTERS,
        *,
        rows: Rows | None = None,
        past: Sequence[TurnRecord] = (),
    ) -> None:
        """Take a world of one run at the start of quarter ``t``, the game's seed and the quarters played so far.

        Raises:
            BadInput: a horizon that is none; ValueError: a world of several runs.
        """
        if not 1 <= quarters <= MOST_QUARTERS:
            raise BadInput(Problem("quarters", f"{quarters} quarters cannot be forecast", f"1 to {MOST_QUARTERS} can"))
        if world.runs != 1:
            raise ValueError("a forecast starts from one run")
        self.scenario = scenario
        self.t = t
        self.quarters = quarters
        self._world = world
        self._seed = future_seed(seed)
        self._rows = rows or policy_rows(scenario)
        self._past = tuple(past)
        self._tallies: dict[int, Tally] = {}
        self._starts: dict[int, World] = {}
        self._quarters: dict[tuple[int, int, int], Quarter] = {}

    def forecast(
        self,
        player: Player,
        orders: SeatOrders,
        *,
        variables: Sequence[str] = SHOWN,
        plan: Plan = PLANS[DEFAULT_PLAN],
        runs: int = RUNS,
        explain: Sequence[str] = (),
        ledger: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Forecast]:
        """Answer from the first 256 runs, then from all; stops early without an answer once ``cancelled``.

        ``explain`` names headline figures whose terms are kept, ``ledger`` keeps the lines of the seat's ledger;
        ``forecast_terms.mean_change`` compares two drafts by them.

        Raises:
            BadInput: a number of runs that cannot be, an unknown variable or headline figure.
        """
        if not 1 <= runs <= MOST_RUNS:
            raise BadInput(Problem("runs", f"{runs:,} futures cannot be computed", f"1 to {MOST_RUNS:,} can"))
        kept = _Kept(self.scenario, player.seat, variables, Sums(self.scenario, player.seat, explain, ledger))
        # Quiet dice make every future the same.
        wanted = 1 if self.scenario.is_quiet else runs
        done = 0
        while done < wanted:
            chunk = min(COARSE_RUNS if done == 0 else CHUNK, wanted - done)
            records = self._play(player, orders, plan, done, chunk)
            before = self._past[-1] if self._past else self._start(chunk)
            if not kept.take(before, records, self._tally(player.seat), cancelled if done else lambda: False):
                return
            done += chunk
            if done in (COARSE_RUNS, wanted):
                yield kept.forecast(self.t, done, done == wanted, plan.name)

    def _play(self, player: Player, orders: SeatOrders, plan: Plan, first_run: int, runs: int) -> Iterator[TurnRecord]:
        """The coming quarters of some of the futures."""
        seat, world = player.seat, self._start(runs)
        before, course = world, None
        for t in range(self.t, self.t + self.quarters):
            now = self.quarter(t, first_run, runs)
            given = course.orders(world, now) if course else orders
            seated = course.player if course else player
            record = play_quarter(self.scenario, world, now, self._rows, {seat: seated}, {seat: given})
            course = course or plan.begin(self.scenario, before, record, player.after(orders))
            world = record.world
            yield record

    def _start(self, runs: int) -> World:
        if runs not in self._starts:
            self._starts[runs] = repeat_run(self._world, runs)
        return self._starts[runs]

    def quarter(self, t: int, first_run: int = 0, runs: int = 1) -> Quarter:
        """A coming quarter with the dice of some of the futures; kept for the usual ones, which every draft meets."""
        key = t, first_run, runs
        if first_run >= RUNS:
            return self._new_quarter(*key)
        if key not in self._quarters:
            self._quarters[key] = self._new_quarter(*key)
        return self._quarters[key]

    def _new_quarter(self, t: int, first_run: int, runs: int) -> Quarter:
        s = self.scenario
        if s.is_quiet:
            return quiet_quarter(t, s.calendar, s.params, runs)
        thrown = _dice(
            self._seed, t, len(s.labs), len(s.params.events.names), len(s.params.cards.deck), first_run, runs
        )
        return quarter(t, s.calendar, s.params, thrown)

    def _tally(self, seat: int) -> Tally:
        if seat not in self._tallies:
            self._tallies[seat] = tally(self.scenario, self._past, seat)
        return self._tallies[seat].copy()


class _Kept:
    """What a forecast keeps of its futures; nothing that nobody asked for."""

    def __init__(self, scenario: Scenario, seat: int, variables: Sequence[str], sums: Sums) -> None:
        self.scenario = scenario
        self.seat = seat
        self.columns = chosen_columns(scenario, variables)
        self.values: dict[str, list[Array]] = {name: [] for name in self.columns}  # (quarter[, lab], run) a chunk
        self.sums = sums
        self.marks: list[Array] = []  # (objective, run) a chunk
        self.totals: list[Array] = []
        self.counts: dict[str, Array] = {}

    def take(self, before: Moment, records: Iterator[TurnRecord], score: Tally, cancelled: Callable[[], bool]) -> bool:
        """Add a chunk; False, and nothing added, when it was cancelled on the way."""
        values: dict[str, list[Array]] = {name: [] for name in self.columns}
        sums, seen = self.sums.empty(), Seen(self.seat)
        for record in records:
            if cancelled():
                return False
            for name, column in self.columns.items():
                values[name].append(column_value(column, record))
            sums.add(before, record)
            score.add(record)
            seen.add(record)
            before = record
        for name, found in values.items():
            self.values[name].append(np.stack(found))
        self.sums.join(sums)
        for name, count in seen.counts().items():
            self.counts[name] = self.counts[name] + count if name in self.counts else count
        self._score(score.score())
        return True

    def _score(self, score: Score) -> None:
        self.marks.append(np.stack(score.parts) if score.parts else np.zeros((0, score.total.size)))
        self.totals.append(score.total)

    def forecast(self, t: int, runs: int, is_final: bool, plan: str) -> Forecast:
        """Bands and chances of the chunks so far."""
        bands, means = {}, {}
        for name, parts in self.values.items():
            every = np.concatenate(parts, axis=-1)
            means[name] = every.mean(axis=-1)
            bands[name] = picked(every)
        marks = np.concatenate(self.marks, axis=-1)
        met = np.mean(marks >= PAR, axis=-1)
        return Forecast(
            seat=self.seat,
            labs=self.scenario.labs,
            t=t,
            quarters=len(self.counts["bankrupt"]),
            runs=runs,
            is_final=is_final,
            plan=plan,
            bands=bands,
            means=means,
            chances=Chances(objectives=met, **{name: count / runs for name, count in self.counts.items()}),
            score=picked(np.concatenate(self.totals)),
            terms=self.sums.means(runs),
        )


def picked(every: Array) -> Array:
    """The values at ``LEVELS`` of the last axis, nearest rank: ``(level, …)``."""
    ordered = np.sort(every, axis=-1)
    ranks = [int(level * (every.shape[-1] - 1) + 0.5) for level in LEVELS]
    return np.stack([ordered[..., rank] for rank in ranks])
