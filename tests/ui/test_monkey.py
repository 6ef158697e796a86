"""Two hundred quarters of random clicking, dragging and typing: no exception, no hang, and every file verifies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labsim.store.verify import verify

SEED_VARIABLE = "LABSIM_MONKEY_SEED"
"""Gives the monkey another seed than the one that is always tried."""


def let_play(root: Path, folder: Path, seed: int, quarters: int) -> str:
    """Let a monkey play in processes of its own; what it says, once it has ended well and its files are whole."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ui.monkey", "--seed", str(seed), "--quarters", str(quarters),
         "--folder", str(folder)], cwd=root, capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.returncode == 0, f"the monkey of seed {seed} ended with {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
    found = [verify(file) for file in (folder / "games").glob("*.labsim")]
    assert all(one.is_good for one in found), f"a file of seed {seed} does not verify"
    assert sum(one.turns for one in found) >= quarters
    return ran.stdout


def test_a_monkey_plays_a_few_quarters(root: Path, tmp_path: Path) -> None:
    let_play(root, tmp_path, 1, 4)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_monkey_plays_two_hundred_quarters(root: Path, tmp_path: Path) -> None:
    sys.stderr.write(let_play(root, tmp_path, int(os.environ.get(SEED_VARIABLE, "1")), 200))
