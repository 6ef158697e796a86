"""How fast are forecasts and batches, and do the bands cover what they say? Measurements for `labsim bench`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from labsim.model.world import World, repeat_run
from labsim.play.batch import Batch, Part, compute, process_pool
from labsim.play.forecast import LEVELS, Forecast, Futures, future_seed
from labsim.play.objectives import measure
from labsim.play.plan import DEFAULT_PLAN, PLANS, Plan
from labsim.play.turn import Player, SeatOrders, TurnRecord, opening, play, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario
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


def processes_gain(scenario: Scenario, parts: int = 8) -> Gain:
    """Speed of two processes over one, for parts of a batch and for a loop that uses no memory; both warmed up."""
    batch = Batch(scenario, 1000 * parts, seed=GAME_SEED, variables=("cash",))
    seconds, control = {}, {}
    for processes in (1, 2):
        with process_pool(processes) as pool:
            _drain(batch, batch.parts()[: 2 * processes], pool, processes)
            seconds[processes] = _timed(_drain, batch, batch.parts(), pool, processes)
            control[processes] = _timed(_spin_all, pool, parts)
    return Gain(seconds[1] / seconds[2], control[1] / control[2])


def batch_speed(scenario: Scenario, runs: int = 2000) -> float:
    """Lab-quarters a second of a batch on one core, policies and keeping included."""
    batch = Batch(scenario, runs, seed=GAME_SEED)
    seconds = _timed(_drain, batch, batch.parts(), None, 1)
    return runs * batch.length * len(scenario.labs) / seconds


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
