"""Saved games on the command line: play on, fork, compare, verify, recover."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from labsim.cli import main
from labsim.play.session import Session
from labsim.store.saves import new_save
from tests.store import games


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return games.small_game(tmp_path_factory.mktemp("cli") / "small.labsim")


@pytest.fixture
def file(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "game.labsim"))


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_run_leaves_a_game_that_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run.labsim")
    orders = tmp_path / "o.toml"
    orders.write_text("[2023Q2]\nprice = {developer = 9.0}\nbuy_gpus = 100\n")
    ran = as_json(capsys, "run", "token-era", "--quarters", "4", "--lab", "Meta", "--orders", str(orders), "--out", out)
    assert as_json(capsys, "resume", out) == ran
    assert main(["verify", out]) == 0
    assert main(["run", "token-era", "--quarters", "1", "--out", out]) == 2
    assert "already" in capsys.readouterr().err


def test_a_game_is_played_on_as_if_it_had_never_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "half.labsim")
    scenario = games.scenario()
    game = Session.new(scenario, scenario.seat(scenario.default_seat), 1, new_save(out), quarters=6, on_policy=True)
    game.end_quarter()
    game.close()
    two = as_json(capsys, "resume", out, "--quarters", "2")
    assert two["quarters"] == ["2023Q1", "2023Q2", "2023Q3"]
    assert as_json(capsys, "resume", out) == as_json(capsys, "run", "token-era", "--quarters", "6")


def test_a_finished_game_is_said_so_and_is_no_error(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume", str(file)]) == 0
    capsys.readouterr()
    assert main(["resume", str(file)]) == 0
    assert "played to its end" in capsys.readouterr().err


def test_orders_of_quarters_that_were_played_are_refused(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = tmp_path / "late.toml"
    late.write_text("[2023Q1]\nbuy_gpus = 1\n")
    assert main(["resume", str(file), "--orders", str(late)]) == 2
    assert "2023Q1 has been played already" in capsys.readouterr().err
    late.write_text("[2024Q3]\nbuy_gpus = 5\nstaff_target = 100\n")
    assert main(["resume", str(file), "--orders", str(late)]) == 0
    turns = as_json(capsys, "tree", str(file))["turns"]
    given = {o["order"]: o["value"] for o in turns[-2]["orders"]}
    assert given == {"buy_gpus": 5.0, "staff_target": 100.0}  # the file's order replaces the draft's


def test_a_fork_plays_from_the_quarter_that_is_named(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fork", str(file), "--at", "2023Q3", "--name", "third", "--branch", "main"]) == 0
    branches = {b["name"]: b for b in as_json(capsys, "tree", str(file))["branches"]}
    assert branches["third"] == {
        "name": "third", "active": True, "turns": 2, "last": "2023Q2", "forked_from": "main", "forked_at": "2023Q3",
        "tip": 2, "continued_under": None,
    }  # fmt: skip
    for wrong in (["--at", "2030Q1"], ["--at", "soon"], ["--at", "2023Q3", "--branch", "mian"]):
        assert main(["fork", str(file), "--name", "x", *wrong]) == 2
    assert 'did you mean "main"' in capsys.readouterr().err


def test_the_difference_of_branches_names_orders_and_outcomes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "diff", str(file), "main", "other")
    assert found["common"] == "2023Q3"
    assert {"quarter": "2023Q4", "order": "training_share", "segment": None, "a": 0.16, "b": None} in found["orders"]
    assert {o["variable"] for o in found["outcomes"]} >= {"cash"}
    assert main(["diff", str(file), "main", "other"]) == 0
    assert "training_share: " in capsys.readouterr().out


def test_info_says_whose_game_it_is(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "info", str(file))
    assert (found["scenario"], found["turns"], found["branch"], found["next_quarter"]) == (
        "token-era", 9, "other", "2024Q3",
    )  # fmt: skip
    assert found["engines"][0]["turns"] == 9
    assert main(["info", str(file)]) == 0
    assert "played by: labsim" in capsys.readouterr().out


def test_verify_answers_no_with_the_place_of_the_first_difference(
    file: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = sqlite3.connect(file)
    db.execute("UPDATE lab_quarters SET cash = cash + 1 WHERE turn = 4 AND lab = 1")
    db.commit()
    db.close()
    assert main(["verify", str(made), str(file)]) == 1
    said = capsys.readouterr()
    lab = games.scenario().labs[1]
    assert f"2023Q4, {lab}, cash" in said.out
    assert "under digests only" in said.out
    assert f"cash of {lab} in 2023Q4" in said.err
    assert as_json(capsys, "verify", str(made))["good"]
    assert main(["verify", str(made), "README.md"]) == 2


def test_salvage_writes_what_it_recovers_to_a_new_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = str(tmp_path / "new.labsim")
    file.write_bytes(file.read_bytes()[:-20_000])
    assert main(["verify", str(file)]) == 2
    assert main(["salvage", str(file), "--to", new]) == 0
    assert "9 of 9 turns" in capsys.readouterr().out
    assert main(["verify", new]) == 0


def test_games_of_the_folder_are_known_by_name(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LABSIM_GAMES", str(tmp_path / "games"))
    (tmp_path / "games").mkdir()
    shutil.copy(made, tmp_path / "games" / "mine.labsim")
    assert as_json(capsys, "info", "mine")["turns"] == 9
    assert main(["games", "duplicate", "mine"]) == 0
    assert main(["games", "rename", "mine copy", "Second"]) == 0
    assert main(["games", "delete", "mine"]) == 0
    capsys.readouterr()
    assert main(["games"]) == 0
    assert "Second.labsim  Second:" in capsys.readouterr().out
    assert [g["name"] for g in as_json(capsys, "games")] == ["Second"]


@pytest.mark.parametrize("command", ["resume", "tree", "info", "verify"])
def test_a_file_that_is_no_game_is_bad_input(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "x.labsim"
    bad.write_text("hello")
    assert main([command, str(bad)]) == 2
    assert "not a game file" in capsys.readouterr().err
