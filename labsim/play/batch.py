"""What happens in many games at once? Runs are computed in parts, by this process or by others, always the same bits.

Run ``k`` depends on the seed and ``k`` alone, so neither the number of processes nor the size of a part shows in a
result. A part is handed to a sink in the process that computed it; only the sink's answer travels back.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import numpy as np

from labsim.errors import BadInput, BadWorld, Collector, Problem
from labsim.play.fingerprint import engine_fingerprint
from labsim.play.objectives import Tally, chosen_columns, column_value
from labsim.play.orders import QuarterOrders, play_orders
from labsim.play.plays import rows_with
from labsim.play.policy_rows import skills
from labsim.play.series import HEADLINES, WORLD_HEADLINES
from labsim.play.turn import TurnRecord, play, policy_rows, rival_rows
from labsim.scenario import Scenario, parse_scenario
from labsim.scenario_plays import Play
from labsim.variables import Array

MOST_RUNS = 100_000_000
MOST_PROCESSES = 256
MOST_QUARTERS = 80
PART_RUNS = 1000  # keeps the working set near the processor
PART_BYTES = 64_000_000  # what a part may hold of kept figures
PENDING = 3  # parts handed out for each process, so that none waits
KEPT = (*HEADLINES, *WORLD_HEADLINES, "stake")
"""Variables that a batch keeps unless others are asked for."""
WORLD_LAB = ""
"""Lab of a world variable in the names of columns."""
Column = tuple[str, str]
"""(variable, lab); one for each lab of a lab variable."""
T = TypeVar("T")


@dataclass(frozen=True)
class Batch:
    """Everything that decides the figures of a batch.

    ``policy`` are the numbers of another policy for the seat, ``play`` is a play for it; ``rivals`` is a skill of the
    other labs. With ``orders`` the seat is played by them as in a game:
    settings stand and what was never said is at its default, or is decided by ``policy`` where that is given as well.

    Raises:
        BadInput: with everything about it that cannot be.
    """

    scenario: Scenario
    runs: int
    seed: int = 1
    quarters: int | None = None
    variables: tuple[str, ...] = KEPT
    seat: int | None = None
    policy: Mapping[str, float] | None = None
    orders: QuarterOrders = field(default_factory=dict)
    play: Play | None = None
    rivals: str | None = None

    def __post_init__(self) -> None:
        """Check the numbers and the names."""
        problems = Collector()
        if not 1 <= self.runs <= MOST_RUNS:
            problems.add("runs", f"{self.runs:,} runs cannot be computed", f"1 to {MOST_RUNS:,} can")
        if not 0 <= self.seed < 2**63:
            problems.add("seed", f"{self.seed} is not a seed", "give a whole number from 0 to 2**63 - 1")
        if not 1 <= self.length <= MOST_QUARTERS:
            problems.add("quarters", f"{self.length} quarters cannot be played", f"1 to {MOST_QUARTERS} can")
        if self.rivals is not None and self.rivals not in skills():
            remedy = f"choose one of {', '.join(skills())}"
            problems.add("rivals", f'"{self.rivals[:60]}" is no skill of rivals', remedy)
        if not self.variables:
            problems.add("variables", "none is kept", "name at least one")
        if self.seat is None and (self.policy is not None or self.orders or self.play is not None):
            problems.add("lab", "whose policy or orders these are is not said", "name the lab")
        problems.raise_if_any()
        chosen_columns(self.scenario, self.variables)

    @property
    def length(self) -> int:
        """Quarters played."""
        return self.scenario.quarters if self.quarters is None else self.quarters

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a part: lab variables once for each lab."""
        asked = chosen_columns(self.scenario, self.variables)
        return tuple(
            (name, lab) for name, a in asked.items() for lab in (self.scenario.labs if a.has_labs else (WORLD_LAB,))
        )

    @property
    def part_runs(self) -> int:
        """Runs of a part: about a thousand, fewer where many variables are kept."""
        return max(1, min(PART_RUNS, PART_BYTES // (8 * self.length * len(self.columns))))

    @property
    def digest(self) -> str:
        """SHA-256 of all that decides the figures, the engine included; the size of parts does not."""
        said = [engine_fingerprint(), self.scenario.digest, self.runs, self.seed, self.length, self.variables,
                self.seat, self.policy and dict(self.policy), sorted(self.orders.items()), repr(self.play),
                self.rivals]  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def parts(self, size: int | None = None) -> list[tuple[int, int]]:
        """(first run, number of runs) of every part."""
        size = size or self.part_runs
        return [(first, min(size, self.runs - first)) for first in range(0, self.runs, size)]


@dataclass(frozen=True)
class Part:
    """The kept figures of some of the runs."""

    first_run: int
    cells: Array  # (quarter, column, run)
    status: Array  # (lab, run): 0 alive, 1 acquired, 2 bankrupt at the end
    score: Array  # (lab, run): 0-100; empty first axis in a scenario without objectives


@dataclass(frozen=True)
class _Task:
    """A batch as it travels to another process: the scenario as its texts, which are read there once."""

    name: str
    texts: tuple[tuple[str, str], ...]
    options: Mapping[str, object]


@lru_cache(maxsize=2)
def _scenario(name: str, texts: tuple[tuple[str, str], ...]) -> Scenario:
    return parse_scenario(name, texts)


def _task(batch: Batch) -> _Task:
    kept = ("runs", "seed", "quarters", "variables", "seat", "policy", "orders", "play", "rivals")
    return _Task(batch.scenario.name, batch.scenario.texts, {name: getattr(batch, name) for name in kept})


def _work(task: _Task, first_run: int, runs: int, sink: Callable[[Part], T]) -> T:
    """One part, in whatever process."""
    batch = Batch(_scenario(task.name, task.texts), **task.options)  # type: ignore[arg-type]
    return sink(compute_part(batch, first_run, runs))


def compute_part(batch: Batch, first_run: int, runs: int) -> Part:
    """Play some of the runs and keep what the batch asks for.

    Raises:
        BadInput: the scenario is so far out that its figures are no numbers any more.
    """
    try:
        with np.errstate(all="ignore"):
            return _computed(batch, first_run, runs)
    except ValueError as error:
        if "finite" not in str(error):
            raise
        remedy = "bring its constants nearer to those of the base"
        raise BadInput(
            Problem(f"scenario {batch.scenario.name}", "its figures leave what can be computed", remedy)
        ) from error


def _computed(batch: Batch, first_run: int, runs: int) -> Part:
    s = batch.scenario
    asked = chosen_columns(s, batch.variables).values()
    cells = np.empty((batch.length, len(batch.columns), runs))
    tallies = [Tally(s, seat) for seat in range(len(s.labs))] if s.objectives else []
    record: TurnRecord | None = None
    for quarter, record in enumerate(_played(batch, first_run, runs)):
        row = 0
        for column in asked:
            value = np.atleast_2d(column_value(column, record))
            cells[quarter, row : row + len(value)] = value
            row += len(value)
        for tally in tallies:
            tally.add(record)
    assert record is not None
    score = np.stack([tally.score().total for tally in tallies]) if tallies else np.zeros((0, runs))
    return Part(first_run, cells, record.world.capital.status, score)


def _played(batch: Batch, first_run: int, runs: int) -> Iterator[TurnRecord]:
    s, seat = batch.scenario, batch.seat
    instead: dict[int, Mapping[str, float]] = {}
    if batch.rivals is not None:
        instead |= rival_rows(s, s.seat(s.default_seat) if seat is None else seat, batch.rivals)
    if seat is None:
        return play(s, batch.seed, batch.length, policy_rows(s, instead), first_run=first_run, runs=runs)
    instead |= {seat: batch.policy} if batch.policy is not None else {}
    rows = rows_with(s, seat, batch.play, instead)
    if not batch.orders:
        return play(s, batch.seed, batch.length, rows, first_run=first_run, runs=runs)
    has_policy = batch.policy is not None or batch.play is not None
    return play_orders(s, batch.seed, batch.length, seat, batch.orders, has_policy, rows, first_run, runs)


def compute(
    batch: Batch,
    parts: Sequence[tuple[int, int]],
    sink: Callable[[Part], T],
    executor: Executor | None = None,
    processes: int = 1,
) -> Generator[T, None, None]:
    """The sink's answer for each part, in the order in which they come ready; without an executor, one by one here.

    ``sink`` must be picklable for an executor. Closing the iterator gives up parts not yet begun.

    Raises:
        BadWorld: a worker died; parts that came ready before are whole.
    """
    if executor is None:
        for first_run, runs in parts:
            yield sink(compute_part(batch, first_run, runs))
        return
    task, left = _task(batch), iter(parts)
    pending: set[Future[T]] = set()

    def submit() -> None:
        for first_run, runs in left:
            pending.add(executor.submit(_work, task, first_run, runs, sink))
            if len(pending) >= PENDING * processes:
                return

    try:
        submit()
        while pending:
            ready, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in ready:
                yield future.result()
            submit()
    except BrokenExecutor as error:
        what = "a worker process ended unexpectedly"
        remedy = "check memory and free disk space, then run the same command again; finished parts are kept"
        raise BadWorld(Problem("batch", what, remedy)) from error
    finally:
        for future in pending:
            future.cancel()


def process_pool(processes: int) -> ProcessPoolExecutor:
    """Worker processes started afresh (spawn), deaf to Ctrl+C, which the main process answers.

    Raises:
        BadInput: a number of processes that cannot be.
    """
    if not 1 <= processes <= MOST_PROCESSES:
        raise BadInput(Problem("processes", f"{processes} processes cannot work", f"1 to {MOST_PROCESSES} can"))
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _deaf)
    with _deaf_to_ctrl_c():
        # Each is started by a task that finds no idle one, and is born deaf: it could not answer while it imports.
        for _ in range(processes):
            pool.submit(_deaf)
    return pool


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Processes begun meanwhile inherit the deafness. Only the main thread may change it; elsewhere nothing does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
