"""How fast are forecasts and batches, and do the bands cover what they say? Measurements for `labsim bench`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache

import numpy as np

from labsim.model.world import World, repeat_run
from labsim.play.batch import Batch, Part, compute, process_pool
from labsim.play.bench import row
from labsim.play.forecast import LEVELS, Forecast, Futures, future_seed
from labsim.play.objectives import measure
from labsim.play.plan import DEFAULT_PLAN, PLANS, Plan
from labsim.play.turn import Player, SeatOrders, TurnRecord, opening, play, play_quarter, policy_rows, quarter_of
from labsim.scenario import DEFAULT, Scenario, load_scenario
from labsim.variables import Array

SEAT = 1
GAME_SEED = 20_230
CALIBRATED = ("cash", "revenue", "valuation", "market_share")
"""Figures with a spread from the first quarter on; one that cannot move yet would be covered always."""
SPIN_TURNS = 3_000_000  # about a quarter of a second of a plain loop
STARTS = (0, 2, 4, 5, 7, 8, 10, 11)
"""Quarters played before the forecast of each calibrated start."""
BANDS = {0.50: (LEVELS.index(0.25), LEVELS.index(0.75)), 0.90: (LEVELS.index(0.05), LEVELS.index(0.95))}
FOLLOWED = {1: "standing-orders", 4: "standing-orders", 8: DEFAULT_PLAN}
"""Quarters ahead -> the plan that the games really follow."""


@dataclass(frozen=True)
class Speed:
    """Median seconds of a forecast while nothing else is asked: its first answer, and all of it."""

    coarse: float
    whole: float


@dataclass(frozen=True)
class Coverage:
    """Part of the games that ended inside a band."""

    figure: str
    quarters_ahead: int
    band: float  # 0.50 or 0.90
    said: float  # part of the futures inside; over ``band`` where many share its edge, as ended labs do
    covered: float  # part of the games inside

    @property
    def error(self) -> float:
        """Distance between what the band says and what was found, in points of per cent."""
        return 100.0 * abs(self.covered - self.said)


@dataclass(frozen=True)
class Gain:
    """How much faster two processes are than one, and the same for pure processor work beside it."""

    batch: float
    control: float


@cache
def _scenario() -> Scenario:
    return load_scenario(DEFAULT)


@row("forecast, 1,000 futures x 8 quarters x 7 labs", "ms", must=250.0, aim=100.0)
def forecast_row() -> float:
    """The whole forecast of a draft, its coarse first answer included; model, policies, plan and bands."""
    return 1e3 * forecast_speed(_scenario()).whole


@row("coarse forecast, 256 futures", "ms", must=60.0, aim=25.0)
def coarse_row() -> float:
    """The first answer of a forecast, which follows the hand."""
    return 1e3 * forecast_speed(_scenario()).coarse


@row("batch of 2,000 games on one core, figures kept", "lab-quarters/s", must=250_000.0, more_is_better=True)
def batch_row() -> float:
    """Policies, dice and the folding of figures included."""
    scenario, runs = _scenario(), 2000
    batch = Batch(scenario, runs, seed=GAME_SEED)
    began = time.perf_counter()
    _drain(batch, batch.parts(), None, 1)
    return runs * batch.length * len(scenario.labs) / (time.perf_counter() - began)


@row("2 processes against 1, beside a pure-CPU control", "x", must=1.7, aim=1.95, more_is_better=True)
def processes_row() -> float:
    """Gain of a batch, as a part of what a plain loop gains at the same time, of two."""
    gain = processes_gain(_scenario())
    return 2.0 * gain.batch / gain.control


@row("bands: largest error of coverage, 2,000 games", "points", must=4.0, aim=2.0)
def coverage_row() -> float:
    """The 50 % and 90 % bands, one, four and eight quarters ahead."""
    return max(each.error for each in calibration(_scenario()))


@row("memory of a batch of 20,000 runs", "MB", must=1000.0, aim=300.0, slow=True)
def memory_row() -> float:
    """Peak of the main process, in a process of its own; flat from the first thousand runs on."""
    with tempfile.TemporaryDirectory() as folder:
        asked = ["batch", DEFAULT, "--runs", "20000", "--quarters", "8", "--processes", "1", "--out", f"{folder}/b"]
        program = (
            f"import resource; from labsim.cli import main; main({asked!r}); "
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(answer.stdout.split()[-1]) / 1024.0  # kB on Linux


def forecast_speed(scenario: Scenario, repeats: int = 7) -> Speed:
    """Seconds of a forecast of 1,000 futures x 8 quarters, policies and bands included; dice already thrown."""
    futures = Futures(scenario, opening(scenario), scenario.start, GAME_SEED)
    player = Player(min(SEAT, len(scenario.labs) - 1))
    _last(futures, player, PLANS[DEFAULT_PLAN])
    coarse, whole = [], []
    for _ in range(repeats):
        began = time.perf_counter()
        answers = futures.forecast(player, {})
        next(answers)
        coarse.append(time.perf_counter() - began)
        for _answer in answers:
            pass
        whole.append(time.perf_counter() - began)
    return Speed(statistics.median(coarse), statistics.median(whole))


def calibration(scenario: Scenario, games: int = 2000) -> list[Coverage]:
    """How many of ``games`` games, on their own dice and with their orders followed, end inside the bands forecast."""
    each = games // len(STARTS)
    found: dict[tuple[str, int, float], list[tuple[float, float]]] = {}
    for number, quarters in enumerate(STARTS):
        world, t = _start(scenario, quarters, number), scenario.start + quarters
        for plan in sorted(set(FOLLOWED.values())):
            ahead = [q for q, followed in FOLLOWED.items() if followed == plan]
            said = _last(Futures(scenario, world, t, GAME_SEED, max(ahead)), Player(SEAT, on_policy=True), PLANS[plan])
            way = (scenario, world, t, PLANS[plan], max(ahead))
            futures = _followed(*way, future_seed(GAME_SEED), 0, said.runs)
            came = _followed(*way, GAME_SEED, number * each, each)
            for figure in CALIBRATED:
                for q in ahead:
                    for band, (low, high) in BANDS.items():
                        edges = said.band(figure)[[low, high], q - 1]
                        both = (_inside(futures[figure][q - 1], edges), _inside(came[figure][q - 1], edges))
                        found.setdefault((figure, q, band), []).append(both)
    return [Coverage(*key, *(statistics.fmean(part) for part in zip(*parts, strict=True)))
            for key, parts in found.items()]  # fmt: skip


def _inside(values: Array, edges: Array) -> float:
    return float(np.mean((edges[0] <= values) & (values <= edges[1])))


def _start(scenario: Scenario, quarters: int, number: int) -> World:
    """The world of one game after some quarters."""
    records = list(play(scenario, GAME_SEED + 1 + number, quarters)) if quarters else []
    return records[-1].world if records else opening(scenario)


def _last(futures: Futures, player: Player, plan: Plan) -> Forecast:
    *_, answer = futures.forecast(player, {}, variables=CALIBRATED, plan=plan)
    return answer


def _followed(
    scenario: Scenario, start: World, t: int, plan: Plan, quarters: int, seed: int, first_run: int, games: int
) -> dict[str, list[Array]]:
    """What came of games in which the plan was followed, on dice of a seed; figure -> quarter -> ``(run,)``."""
    rows, player, course = policy_rows(scenario), Player(SEAT, on_policy=True), None
    world = before = repeat_run(start, games)
    found: dict[str, list[Array]] = {name: [] for name in CALIBRATED}
    for i in range(quarters):
        quarter = quarter_of(scenario, t + i, seed, first_run, games)
        orders: SeatOrders = course.orders(world, quarter) if course else {}
        seated = course.player if course else player
        record: TurnRecord = play_quarter(scenario, world, quarter, rows, {SEAT: seated}, {SEAT: orders})
        course = course or plan.begin(scenario, before, record, player)
        world = record.world
        for name in CALIBRATED:
            found[name].append(measure(name, record)[SEAT])
    return found


def processes_gain(scenario: Scenario, parts: int = 4, repeats: int = 4) -> Gain:
    """Speed of two processes over one, for parts of a batch and for a loop that uses no memory.

    All are warmed up, take turns, and count by their best time: other work on the machine only makes them slower.
    """
    batch = Batch(scenario, 1000 * parts, seed=GAME_SEED, variables=("cash",))
    seconds: dict[tuple[str, int], list[float]] = {}
    with process_pool(1) as one, process_pool(2) as two:
        for processes, pool in ((1, one), (2, two)):
            _drain(batch, batch.parts()[: 2 * processes], pool, processes)
        for _ in range(repeats):
            for processes, pool in ((1, one), (2, two)):
                seconds.setdefault(("batch", processes), []).append(
                    _timed(_drain, batch, batch.parts(), pool, processes)
                )
                seconds.setdefault(("control", processes), []).append(_timed(_spin_all, pool, parts))
    best = {key: min(times) for key, times in seconds.items()}
    return Gain(best["batch", 1] / best["batch", 2], best["control", 1] / best["control", 2])


def _drain(batch: Batch, parts: list[tuple[int, int]], pool: Executor | None, processes: int) -> None:
    for _ in compute(batch, parts, _size, pool, processes):
        pass


def _size(part: Part) -> int:
    return int(part.cells.shape[-1])


def _spin_all(pool: Executor, times: int) -> None:
    for _ in pool.map(_spin, [SPIN_TURNS] * times):
        pass


def _spin(turns: int) -> int:
    total = 0
    for i in range(turns):
        total += i & 3
    return total


def _timed(work: Callable[..., object], *given: object) -> float:
    began = time.perf_counter()
    work(*given)
    return time.perf_counter() - began
