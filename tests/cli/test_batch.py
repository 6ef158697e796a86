"""Does `labsim batch` work from the command line, with good words for what cannot be?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labsim.cli import main


def run(*arguments: str) -> int:
    return main(["batch", *arguments])


def test_a_summary_is_shown_and_the_tables_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "b"
    assert run("token-era", "--runs", "20", "--quarters", "3", "--processes", "1", "--out", str(out)) == 0
    shown = capsys.readouterr().out
    assert "20 runs, seed 1, end of 2023Q3" in shown
    assert "Anthropic" in shown
    assert sorted(path.name for path in out.iterdir()) == ["batch.json", "finals.csv", "quantiles.csv"]


def test_two_processes_write_the_same_tables_as_one(tmp_path: Path) -> None:
    for processes in ("1", "2"):
        arguments = ("token-era", "--runs", "1200", "--quarters", "2", "--processes", processes)
        assert run(*arguments, "--variables", "cash,trust", "--out", str(tmp_path / processes)) == 0
    for name in ("quantiles.csv", "finals.csv", "batch.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_orders_and_a_policy_are_for_one_lab(tmp_path: Path) -> None:
    orders = tmp_path / "orders.toml"
    orders.write_text("[2023Q1]\nfree_tier = 0.0\nraise_amount = 200\n", encoding="utf-8")
    base = ("token-era", "--runs", "5", "--quarters", "2", "--processes", "1")
    assert run(*base, "--lab", "xAI", "--orders", str(orders), "--out", str(tmp_path / "a")) == 0
    assert run(*base, "--lab", "xAI", "--policy", "OpenAI", "--out", str(tmp_path / "b")) == 0
    a, b = ((tmp_path / name / "finals.csv").read_text(encoding="utf-8") for name in "ab")
    assert a != b


@pytest.mark.parametrize(("arguments", "words"), [
    (("token-era", "--runs", "0"), "0 runs cannot be computed"),
    (("token-era", "--runs", "1000000000000"), "runs cannot be computed"),
    (("token-eera",), 'did you mean "token-era"'),
    (("token-era", "--variables", "cahs"), 'did you mean "cash"'),
    (("token-era", "--policy", "OpenIA"), 'did you mean "OpenAI"'),
    (("token-era", "--lab", "Antropic"), 'did you mean "Anthropic"'),
    (("token-era", "--processes", "0"), "processes cannot work"),
    (("token-era", "--seed", "-3"), "-3 is not a seed"),
    (("token-era", "--orders", "nowhere.toml"), "no such file"),
])  # fmt: skip
def test_what_cannot_be_is_said_with_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert run(*arguments, "--out", str(tmp_path / "b")) == 2
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error
    assert not (tmp_path / "b" / "quantiles.csv").exists()


@pytest.mark.slow
def test_ctrl_c_keeps_what_was_done_and_the_same_command_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "b"
    command = [sys.executable, "-m", "labsim", "batch", "token-era", "--runs", "60000", "--variables", "cash",
               "--quarters", "4", "--out", str(out)]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        while not list(out.glob("parts/*.cells.npy")):
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        error = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "of 60,000 runs are kept" in error
    assert "Traceback" not in error
    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    assert "going on after" in again.stderr
    assert (out / "quantiles.csv").exists()
