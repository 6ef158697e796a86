"""The command line takes answers to event cards by letter, and tells cards by their names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.carded import carded_file
from tests.cli.conftest import Answer

Command = Callable[..., Answer]


@pytest.fixture
def game(labsim: Command, tmp_path: Path) -> Path:
    """Four quarters with answer b, and a branch with answer a."""
    orders, other, file = tmp_path / "orders.toml", tmp_path / "other.toml", tmp_path / "game.labsim"
    orders.write_text('[2023Q3]\nanswer = "b"\n', encoding="utf-8")
    other.write_text("[2023Q3]\nanswer = 1\n", encoding="utf-8")
    scenario = carded_file(tmp_path)
    assert labsim("run", scenario, "--orders", orders, "--out", file, "--quarters", 4).code == 0
    assert labsim("fork", file, "--at", "2023Q3", "--name", "other").code == 0
    assert labsim("resume", file, "--orders", other, "--quarters", 2).code == 0
    return file


def test_a_difference_of_answers_is_told_by_name(labsim: Command, game: Path) -> None:
    told = labsim("diff", game, "main", "other").out
    assert "2023Q3  answer: Talent raid: let them go | Talent raid: match the offers" in told
    assert labsim("verify", game).code == 0


def test_a_game_tells_the_cards_of_the_seat_and_json_those_of_all(labsim: Command, game: Path, tmp_path: Path) -> None:
    arguments = ("run", carded_file(tmp_path), "--orders", tmp_path / "orders.toml", "--quarters", 4)
    told = labsim(*arguments).out
    assert "2023Q2  Anthropic: Talent raid." in told
    assert "2023Q3  Anthropic, Talent raid: let them go." in told
    assert "xAI, Talent raid" not in told
    found: dict[str, Any] = json.loads(labsim(*arguments, "--json").out)
    answered = {
        e["lab"]: e["text"] for e in found["events"] if e["event"] == "card_answered" and e["quarter"] == "2023Q3"
    }
    assert answered["xAI"] == "xAI, Talent raid: match the offers."
    assert len(answered) == len(found["labs"])


def test_exports_hold_the_cards_as_events(labsim: Command, game: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    assert labsim("export", game, "--to", folder, "--explain", "none").code == 0
    lines = next(folder.rglob("events.csv")).read_text(encoding="utf-8").splitlines()
    assert any("card_answered" in line and "Anthropic, Talent raid: match the offers." in line for line in lines)


def test_the_template_says_how_an_answer_is_written(labsim: Command, tmp_path: Path) -> None:
    lines = labsim("orders", "template", carded_file(tmp_path)).out.splitlines()
    at = lines.index("# answer = 0")
    assert 'letter of a choice such as "b", or its number' in lines[at - 1]
