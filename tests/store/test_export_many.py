"""Does exporting a thousand games take the memory of a few, and is it fast enough?"""

from __future__ import annotations

import os
import time
import tracemalloc
from pathlib import Path

import pytest

from labsim.store.export import Wanted, export, game_files
from labsim.text import render

GROWTH = 1.15  # of the peak, from a few games to many


@pytest.fixture
def many(made_game: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1000):
        os.link(made_game, folder / f"game-{number:04d}.labsim")
    return folder


def peak(folder: Path, games: int, to: Path, form: str) -> int:
    tracemalloc.start()
    try:
        export(game_files([folder])[:games], to, Wanted(form, explained="none"), render)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_more_games_take_no_more_memory(many: Path, tmp_path: Path, form: str) -> None:
    peak(many, 1, tmp_path / "warm", form)
    few, more = (peak(many, games, tmp_path / str(games), form) for games in (4, 24))
    assert more < GROWTH * few


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("form", "least"), [("csv", 10_000.0), ("parquet", 60_000.0)])
def test_a_thousand_games_are_exported_fast_and_in_flat_memory(
    many: Path, tmp_path: Path, form: str, least: float
) -> None:
    pytest.importorskip("pyarrow")
    files = game_files([many])
    steps: list[float] = []
    began = time.process_time()  # other work on the machine does not count
    done = export(files, tmp_path / "all", Wanted(form, explained="none"), render,
                  progress=lambda _: steps.append(resident()))  # fmt: skip
    speed = sum(done.rows.values()) / (time.process_time() - began)
    assert done.runs == 1000
    assert not done.problems
    assert speed > least  # of small games, of which opening is the larger part; `labsim bench` measures usual ones
    assert steps[-1] < steps[249] + 40.0


def resident() -> float:
    """Memory of this process in MB; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
