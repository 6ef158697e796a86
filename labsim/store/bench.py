"""What do saving a turn and opening a game cost? Rows of the benchmark for a long game with many branches."""

from __future__ import annotations

import atexit
import shutil
import statistics
import tempfile
import time
from functools import cache
from pathlib import Path

from labsim.play.bench import row
from labsim.play.journal import Turn
from labsim.play.session import Session
from labsim.scenario import DEFAULT, load_scenario
from labsim.store.saves import Save, new_save, open_save

SEED = 1
QUARTERS = 40
BRANCHES = 20
OPENINGS = 7
SAVED_TURNS = 40


class _Timed(Save):
    """A save that notes how long each turn takes it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.seconds: list[float] = []

    def append_turn(self, turn: Turn) -> None:
        started = time.perf_counter()
        super().append_turn(turn)
        self.seconds.append(time.perf_counter() - started)


@cache
def _folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="labsim-bench-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def _long_game() -> Path:
    """40 quarters on each of 20 branches, none of which shares a quarter with another: the largest that can be."""
    path = _folder() / "long.labsim"
    scenario = load_scenario(DEFAULT)
    seat = scenario.seat(scenario.default_seat)
    game = Session.new(scenario, seat, SEED, new_save(path), quarters=QUARTERS, on_policy=True)
    for number in range(BRANCHES):
        if number:
            game.fork(0, f"branch {number}")
        game.set_on_policy(True)
        while game.quarters_left:
            game.set_order("training_share", 0.1 + 0.02 * number, keep=False)
            game.end_quarter()
    game.close()
    return path


@row("saving a turn in a long game, 95th percentile", "ms", must=30.0, aim=10.0)
def saving() -> float:
    """A turn, from the record to the commit on the disk, in a game of 800 turns."""
    path = _folder() / "saving.labsim"
    shutil.copyfile(_long_game(), path)
    save = _Timed(path)
    save.open()
    game = Session(save)
    game.fork(0, "timed")
    for _ in range(SAVED_TURNS):
        game.end_quarter()
    game.close()
    path.unlink()
    return 1e3 * statistics.quantiles(save.seconds, n=20)[-1]


@row("opening 40 quarters with 20 branches", "ms", must=500.0, aim=250.0)
def opening() -> float:
    """From a path to a session that can be played on, every check included."""
    path, found = _long_game(), []
    for _ in range(OPENINGS):
        started = time.perf_counter()
        game = Session(open_save(path))
        game.world()
        found.append(time.perf_counter() - started)
        game.close()
    return 1e3 * statistics.median(found)


@row("file of 40 quarters with 20 branches", "MB", must=25.0, aim=20.0)
def size() -> float:
    """The size of that file on the disk."""
    return _long_game().stat().st_size / 1e6
