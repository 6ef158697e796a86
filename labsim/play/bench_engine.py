"""What do a turn, a batch and the state cost? Rows of the benchmark that need nothing but the engine."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import cache
from typing import Any

import numpy as np

from labsim.model.alignment import alignment
from labsim.model.cards import NOTHING
from labsim.model.laws import concentration, logit
from labsim.model.society import society
from labsim.model.step import step
from labsim.model.world import World, state_bytes
from labsim.play.bench import least_seconds, median_seconds, row
from labsim.play.bench_plain import constants, plain_quarter, plain_worlds
from labsim.play.bench_prices import recorded_calls, sum_of_prices
from labsim.play.turn import TurnRecord, opening, play, quarter_of
from labsim.scenario import DEFAULT, Scenario, load_scenario

SEED = 1
BATCH = 1024  # runs of a part; also of the figures per lab-quarter
LARGE = 65_536  # runs of the large batch
QUARTERS = 8
WARM_QUARTERS = 6  # quarters before the one whose parts are timed
PLAIN_RUNS = 256  # runs of the plain objects; they cost the same each
CALLS = 5  # repeats of the whole command


@cache
def _scenario() -> Scenario:
    return load_scenario(DEFAULT)


@cache
def _batch_quarter() -> tuple[World, TurnRecord, Any]:
    """The world before a quarter in the middle of an era, its record and its dice, for a batch."""
    scenario = _scenario()
    *_, before, record = play(scenario, SEED, WARM_QUARTERS + 1, runs=BATCH)
    return before.world, record, quarter_of(scenario, record.t, SEED, runs=BATCH)


def _played(quarters: int, runs: int, first_run: int = 0) -> None:
    for _ in play(_scenario(), SEED, quarters, first_run=first_run, runs=runs):
        pass


@row("turn at one run, policies included", "ms", must=5.0, aim=2.0)
def turn() -> float:
    """A turn of a game: policies, gate, dice and step."""
    quarters = _scenario().quarters
    return 1e3 * median_seconds(lambda: _played(quarters, 1), 9) / quarters


@row("batch of 1,024 runs, policies included", "lab-quarters/s", must=250_000, aim=1_000_000, more_is_better=True)
def batch() -> float:
    """Lab-quarters a second on one core, dice, policies and gate included."""
    work = len(_scenario().labs) * BATCH * QUARTERS
    return work / median_seconds(lambda: _played(QUARTERS, BATCH), 5)


@row("arrays against plain objects, same rules, 1,024 runs", "x", must=40.0, aim=70.0, more_is_better=True)
def against_plain() -> float:
    """Alignment, choice and society: time of plain Python objects over time of the arrays, per run."""
    before, record, quarter = _batch_quarter()
    worlds = plain_worlds(before, record, quarter, PLAIN_RUNS)
    p = constants(_scenario().params)

    def by_objects() -> None:
        for world in worlds:
            plain_quarter(world, p)

    plain = median_seconds(by_objects, 5) / PLAIN_RUNS
    arrays = median_seconds(lambda: array_quarter(before, record, quarter, _scenario()), 21, warm=3) / BATCH
    return plain / arrays


def array_quarter(before: World, record: TurnRecord, quarter: Any, scenario: Scenario) -> tuple[Any, ...]:
    """The model's own alignment, logit, concentration and society on the quarter that the plain objects play."""
    p, r, d = scenario.params, record.report, record.decisions
    aligned = alignment(before, d, record.world.training, r.training, r.skills, r.effects, NOTHING, p, quarter)
    m = r.market
    utility = m.utility_capability + m.utility_price + m.utility_trust + m.utility_brand + m.utility_service
    choice = logit(utility, m.log_denominator, before.capital.status == 0.0)
    public = society(before, d, r.rules, r.compute, aligned[1], m, r.effects, NOTHING, p, quarter)
    return aligned, choice, concentration(m.revenue_customers), public


@row("step() over the sum of its own numpy calls' prices, 1,024 runs", "x", must=1.6, aim=1.15)
def step_over_prices() -> float:
    """Time of a step over the sum of the times of its calls, each measured alone with its arrays in the cache.

    Both are least times: what else the machine does is no part of the ratio.
    """
    before, record, quarter = _batch_quarter()
    p = _scenario().params
    whole = least_seconds(lambda: step(before, record.decisions, p, quarter), 41)
    return whole / sum_of_prices(recorded_calls(before, record.decisions, p, quarter))


@row("a lab-quarter at 65,536 runs over one at 1,024, in parts of 1,024", "x", must=1.2, aim=1.0)
def large_over_small() -> float:
    """Seconds a lab-quarter of a large batch over those of a small one; both play two quarters."""
    parts = LARGE // BATCH
    small: list[float] = []
    large = 0.0
    for part in range(parts):
        # The small batch is timed between the parts of the large one, so that the machine's mood counts for both.
        if part % 8 == 0:
            small.append(median_seconds(lambda: _played(2, BATCH), 1, warm=0))
        started = time.perf_counter()
        _played(2, BATCH, part * BATCH)
        large += time.perf_counter() - started
    return large / parts / float(np.median(small))


@row("state of a run", "bytes", must=10_240, aim=8_192)
def state() -> float:
    """Bytes that the stocks of one run take."""
    return float(state_bytes(opening(_scenario(), BATCH)))


@row("labsim run token-era, from a cold shell", "s", must=2.0, aim=1.0)
def cold_run() -> float:
    """Wall time of the whole command, start of the interpreter included."""
    frozen = getattr(sys, "frozen", False)
    command = [sys.executable, *(() if frozen else ("-m", "labsim")), "run", DEFAULT]
    return median_seconds(lambda: subprocess.run(command, check=True, capture_output=True, timeout=60), CALLS)
