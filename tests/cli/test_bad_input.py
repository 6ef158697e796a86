"""Bad input of every kind: each problem as `where: what is wrong; what to do`, exit status 2, no traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LINE = re.compile(r".+: .+; .+")


def assert_refused(answer: Any, *words: str) -> None:
    assert answer.code == 2
    assert answer.out == ""
    assert "Traceback" not in answer.err
    for line in answer.err.splitlines():
        assert LINE.fullmatch(line), line
    for word in words:
        assert word in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("rnu token-era", '"rnu" "run"'),
        ("run", "SCENARIO"),
        ("run token-er", '"token-er" "token-era"'),
        ("run token-era --lab Antropic", '"Antropic" "Anthropic"'),
        ("run token-era --policy Metta", '"Metta" "Meta"'),
        ("run token-era --lab Nobody --policy Nothing --orders /nowhere", "Nobody Nothing /nowhere"),
        ("run token-era --sead 3", "--sead --seed"),
        ("run token-era --seed three", "--seed three"),
        ("run token-era --seed -1", "--seed -1"),
        ("run token-era --seed 99999999999999999999", "--seed"),
        ("run token-era --seed nan", "nan"),
        ("run token-era --quarters 0", "--quarters 0"),
        ("run token-era --quarters 81", "--quarters 81"),
        ("run token-era --quarters 2.5", "2.5"),
        ("run token-era extra", "extra"),
        ("run /nowhere/file.toml", "/nowhere/file.toml"),
        ("list polices", '"polices" "policies"'),
        ("list labs --scenario token-er", "token-er"),
        ("explain intrest", '"intrest" "interest"'),
        ("explain price_develper", '"price_developer"'),
        ("explain", "name"),
        ("explain --all --format xml", "xml"),
        ("orders template token-era --lab Antropic", '"Antropic" "Anthropic"'),
        ("orders template token-er", "token-er"),
        ("scenario check token-er", "token-er"),
        ("scenario check /nowhere.toml", "/nowhere.toml"),
        ("scenario show token-er", "token-er"),
        ("bench --only nonsense", '"nonsense"'),
    ],
)
def test_a_wrong_command_names_the_word_and_what_to_do(labsim: Any, arguments: str, words: str) -> None:
    assert_refused(labsim(*arguments.split()), *words.split())


@pytest.mark.parametrize("role", ["scenario", "orders"])
@pytest.mark.parametrize("kind", ["two gigabytes", "binary", "latin-1", "folder", "missing", "not TOML", "deep"])
def test_a_hostile_file_is_refused(labsim: Any, tmp_path: Path, kind: str, role: str) -> None:
    file = tmp_path / "hostile.toml"
    if kind == "two gigabytes":
        with file.open("wb") as stream:
            stream.truncate(2_000_000_000)
    elif kind == "binary":
        file.write_bytes(bytes(range(256)) * 100)
    elif kind == "latin-1":
        file.write_bytes("title = 'é'".encode("latin-1"))
    elif kind == "folder":
        file.mkdir()
    elif kind == "not TOML":
        file.write_text("{}")
    elif kind == "deep":
        file.write_text("a = " + "[" * 100_000)
    answer = labsim("run", file) if role == "scenario" else labsim("run", "token-era", "--orders", file)
    assert_refused(answer, "hostile")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[2023Q1]\nbuy_gpu = 5", "buy_gpu"),
        ("[2023Q1]\nfree_tier = nan", "nan"),
        ("[2023Q1]\nfree_tier = 3", "out of bounds"),
        ("[2023Q1]\nprice = { consumers = 3 }", "consumers"),
        ("[2043Q1]\nfree_tier = 1", "2043Q1"),
    ],
)
def test_wrong_orders_are_refused(labsim: Any, tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "orders.toml"
    file.write_text(text)
    assert_refused(labsim("run", "token-era", "--orders", file), word, "orders.toml")


def test_a_process_of_its_own_exits_with_two(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "labsim", "run", "token-era", "--lab", "Nobody"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "Nobody" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_scenario_too_far_out_to_be_computed_is_our_users_problem(labsim: Any, tmp_path: Path) -> None:
    file = tmp_path / "far.toml"
    stocks = "\n".join(
        f'{name} = {{ value = 1e30, unit = "{unit}", source = "test" }}'
        for name, unit in (("base_capability", "points"), ("valuation", "M$"), ("algo_lead", "ln"))
    )
    file.write_text(f'based_on = "token-era"\nstart = "2023Q2"\n[opening.OpenAI]\n{stocks}\n')
    answer = labsim("run", file)
    assert answer.code in (0, 2)
    assert "Traceback" not in answer.err


def test_a_reader_who_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m labsim list variables | head -1"
    shell = ["bash", "-o", "pipefail", "-c", command]
    done = subprocess.run(shell, check=False, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
