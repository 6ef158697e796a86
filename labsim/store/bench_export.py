"""How fast are games exported, and in how much memory? Rows of the benchmark for a class of games."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from labsim.errors import Message
from labsim.play.bench import row
from labsim.play.session import Session
from labsim.scenario import DEFAULT, load_scenario
from labsim.store.export import Wanted, export, game_files
from labsim.store.saves import SUFFIX, new_save

SEED = 1
FEW = 60
TIMES = 3  # the best counts: what it costs when nothing disturbs it
MANY = 1000
ALREADY = 250
"""Games after which the memory is taken as full: every table of Parquet has then begun to write."""


def _told(message: Message) -> str:
    """The name of a sentence: making sentences belongs to the faces, and is measured there."""
    return message.key


@cache
def _games(count: int) -> Path:
    """A folder of games of 20 quarters; one game under many names."""
    made = Path(tempfile.mkdtemp(prefix="labsim-bench-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    scenario = load_scenario(DEFAULT)
    first = made / f"game-{0:04d}{SUFFIX}"
    game = Session.new(scenario, scenario.seat(scenario.default_seat), SEED, new_save(first), on_policy=True)
    while game.quarters_left:
        game.end_quarter()
    game.close()
    for number in range(1, count):
        copy = made / f"game-{number:04d}{SUFFIX}"
        try:
            os.link(first, copy)
        except OSError:
            shutil.copyfile(first, copy)
    return made


def _rows_per_second(form: str) -> float:
    """Rows of all tables over the time from files to files, checks of every game included; nothing is explained."""
    wanted = Wanted(form, explained="none")
    files = game_files([_games(FEW)])
    with tempfile.TemporaryDirectory(prefix="labsim-bench-") as folder:
        export(files[:2], Path(folder) / "warm", wanted, _told)
        seconds = []
        for again in range(TIMES):
            started = time.perf_counter()
            done = export(files, Path(folder) / str(again), wanted, _told)
            seconds.append(time.perf_counter() - started)
        return sum(done.rows.values()) / min(seconds)


@row("exporting games to CSV", "rows/s", must=10_000.0, aim=100_000.0, more_is_better=True)
def to_csv() -> float:
    """Text with all digits."""
    return _rows_per_second("csv")


@row("exporting games to Parquet", "rows/s", must=300_000.0, aim=400_000.0, more_is_better=True)
def to_parquet() -> float:
    """Needs the extra `parquet`."""
    return _rows_per_second("parquet")


@row("explaining a game of 20 quarters while exporting it", "s", must=3.0, aim=1.0)
def explained() -> float:
    """What the table of explanations costs where the file holds none: the headlines of the played lab."""
    files = game_files([_games(FEW)])[:2]
    with tempfile.TemporaryDirectory(prefix="labsim-bench-") as folder:
        export(files[:1], Path(folder) / "warm", Wanted(), _told)
        started = time.perf_counter()
        export(files[:1], Path(folder) / "without", Wanted(explained="none"), _told)
        between = time.perf_counter()
        export(files[1:], Path(folder) / "with", Wanted(), _told)
        return (time.perf_counter() - between) - (between - started)


@row("memory that 750 more games take, exporting to Parquet", "MB", must=40.0, aim=10.0, slow=True)
def memory() -> float:
    """The peak of a process that exports 1,000 games over that of one that exports 250."""
    return _peak(MANY) - _peak(ALREADY)


def _peak(count: int) -> float:
    """Largest memory of a fresh process that exports so many games, in MB."""
    with tempfile.TemporaryDirectory(prefix="labsim-bench-") as folder:
        code = (
            "import resource, sys; from pathlib import Path\n"
            "from labsim.store.export import Wanted, export, game_files\n"
            f"files = game_files([Path({str(_games(MANY))!r})])[:{count}]\n"
            f"export(files, Path({folder!r}), Wanted('parquet', explained='none'), lambda message: message.key)\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    kilobytes = 1000.0 if sys.platform == "darwin" else 1.0  # there bytes are counted
    return float(done.stdout) / kilobytes / 1000.0
