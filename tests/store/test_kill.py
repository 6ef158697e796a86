"""A game that is killed while it is being written opens, verifies and goes on; so does a copy of any instant."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labsim.play.session import Session
from labsim.store.saves import new_save, open_save
from labsim.store.verify import verify
from tests.store import games

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked to be quick to kill")
QUARTERS = 12


def write_a_game(path: Path, quarters: int, told: int | None = None) -> None:
    """Play and save; a byte into the pipe ``told`` at the start and after each turn."""
    game = Session.new(games.scenario(), games.SEAT, games.SEED, new_save(path), quarters=quarters)
    while game.quarters_left:
        if told is not None:
            os.write(told, b".")
        games.give(game, game.t)
        game.set_order("staff_target", 100.0 + game.t)  # a draft on the disk between the turns
        game.end_quarter()
    game.close()


@contextmanager
def child_that_writes(path: Path, quarters: int = QUARTERS) -> Iterator[int]:
    """A process that writes a game, and the pipe into which it tells; it is killed at the end, and waited for."""
    hears, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_a_game(path, quarters, told)
        finally:
            os._exit(0)
    os.close(told)
    try:
        yield hears
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(hears)


def check_after_a_kill(path: Path) -> int:
    """The turns of a file whose writer was killed; it opens, verifies and goes on."""
    save = open_save(path, mend=False)
    game = Session(save)
    turns = len(game.nodes()) - 1
    if game.quarters_left:
        game.end_quarter()
    game.close()
    found = verify(path)
    assert found.is_good
    assert found.turns == min(turns + 1, QUARTERS)
    return turns


def kill_many(folder: Path, times: int) -> tuple[int, int]:
    """Kill ``times`` writers at random instants; how many files there were, and how many in the middle of a game."""
    write_a_game(folder / "warm.labsim", 1)
    dice, files, middle = random.Random(7), 0, 0
    for trial in range(times):
        path = folder / f"{trial}.labsim"
        with child_that_writes(path) as hears:
            # Some turns into the game, or not even begun; then anywhere in the work of a turn.
            for _ in range(dice.randrange(QUARTERS + 1)):
                os.read(hears, 1)
            time.sleep(dice.uniform(0.0, 0.02))
        if not path.exists():
            continue
        files += 1
        middle += 0 < check_after_a_kill(path) < QUARTERS
        for left in folder.glob(f"*{trial}.labsim*"):
            left.unlink()
    return files, middle


def copy_many(folder: Path, times: int) -> int:
    """Copy a file at random instants while it is being written; how many copies had to be mended."""
    dice, mended, copied = random.Random(8), 0, 0
    while copied < times:
        path = folder / f"copied{copied}.labsim"
        with child_that_writes(path, 30):
            while not path.exists():
                time.sleep(0.001)
            copies = []
            for _ in range(min(8, times - copied)):
                time.sleep(dice.uniform(0.0, 0.03))
                copies.append(Path(shutil.copyfile(path, folder / f"copy{copied + len(copies)}.labsim")))
        for copy in copies:
            save = open_save(copy)
            mended += bool(save.mended)
            game = Session(save)
            if game.quarters_left:
                game.end_quarter()
            game.close()
            assert verify(copy).is_good
        copied += len(copies)
    return mended


def test_a_game_that_is_killed_while_it_is_written_is_whole(tmp_path: Path) -> None:
    files, _ = kill_many(tmp_path, 6)
    assert files >= 1


def test_a_copy_of_any_instant_opens(tmp_path: Path) -> None:
    copy_many(tmp_path, 6)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_hundred_kills_lose_no_turn(tmp_path: Path) -> None:
    files, middle = kill_many(tmp_path, 200)
    sys.stderr.write(f"\n200 kills: {files} files, {middle} between the first and the last turn\n")
    assert middle >= 100


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_copies_of_a_file_being_written_all_open(tmp_path: Path) -> None:
    mended = copy_many(tmp_path, 64)
    sys.stderr.write(f"\n64 copies: {mended} were taken in the middle of a write\n")
