"""Do many games make one set, and is what was there before safe?"""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from labsim.errors import BadInput
from labsim.play.session import Session
from labsim.store.export import Wanted, export, game_files, run_names
from labsim.store.saves import new_save, open_save
from labsim.text import render
from tests.store import games
from tests.store.exports import exported, rows

# ---- many files -----------------------------------------------------------------------------------------------------


def test_many_files_become_one_set_and_bad_ones_are_told_at_the_end(made_game: Path, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.labsim").write_bytes(made_game.read_bytes())
    (folder / "empty.labsim").write_bytes(b"")
    whole = bytearray(made_game.read_bytes())
    whole[2_000:60_000] = bytes(58_000)
    (folder / "torn.labsim").write_bytes(whole)
    seen: list[str] = []
    done = export(game_files([folder]), tmp_path / "out", Wanted(explained="none"), render,
                  progress=lambda file: seen.append(file.stem))  # fmt: skip
    assert done.runs == 3
    assert [row["run"] for row in rows(tmp_path / "out", "runs")] == ["a", "b", "c"]
    assert {row["run"] for row in rows(tmp_path / "out", "quarters")} == {"a", "b", "c"}
    assert {Path(problem.where.split(": ")[0]).stem for problem in done.problems} == {"empty", "torn"}
    assert all(problem.remedy for problem in done.problems)
    assert set(seen) == {"a", "b", "c", "empty", "torn"}


def test_games_that_know_different_variables_share_one_table(made_game: Path, game_file: Path, tmp_path: Path) -> None:
    save = open_save(game_file)
    save.close()
    older = tmp_path / "older.labsim"
    older.write_bytes(game_file.read_bytes())
    db = sqlite3.connect(older)
    views = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall()
    for name, _ in views:
        db.execute(f'DROP VIEW "{name}"')
    db.execute("ALTER TABLE world_quarters DROP COLUMN mood")
    db.execute("DELETE FROM variables WHERE name = 'mood'")
    for _, sql in views:
        db.execute(sql.replace(', world_quarters."mood"', ""))
    db.commit()
    db.close()
    games.reseal(older)
    done = export([older, made_game], tmp_path / "out", Wanted(explained="none"), render)
    assert not done.problems
    found = rows(tmp_path / "out", "world")
    assert {row["run"] for row in found if row["mood"] == ""} == {"older"}
    assert {row["run"] for row in found if row["mood"]} == {made_game.stem}


def test_files_of_one_name_get_different_runs() -> None:
    assert run_names([Path("x/a.labsim"), Path("y/a.labsim"), Path("a-2.labsim")]) == ["a", "a-2", "a-2-2"]


@pytest.mark.skipif(os.name == "nt", reason="names of files are Unicode there")
def test_a_file_whose_name_is_no_text_is_exported_all_the_same(made_game: Path, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"g\xff.labsim")
    try:
        file.write_bytes(made_game.read_bytes())
    except OSError:
        pytest.skip("this file system refuses such names")
    for form in ("csv", "json", "parquet"):
        exported(file, tmp_path / form, form, explained="none", wide=True)
    assert rows(tmp_path / "csv", "quarters")[0]["run"] == "g?"


def test_a_folder_without_games_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no game"):
        game_files([tmp_path])


# ---- the folder -----------------------------------------------------------------------------------------------------


def test_an_export_is_not_overwritten_without_force(made_game: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    exported(made_game, tmp_path, explained="none")
    before = (tmp_path / "quarters.csv").read_bytes()
    with pytest.raises(BadInput, match="--force"):
        exported(made_game, tmp_path, "json", explained="none")
    assert (tmp_path / "quarters.csv").read_bytes() == before
    export([made_game], tmp_path, Wanted("json", explained="none"), render, force=True)
    assert (tmp_path / "quarters.json").exists()
    assert not (tmp_path / "quarters.csv").exists()
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_what_goes_wrong_leaves_nothing_behind(tmp_path: Path) -> None:
    bad = tmp_path / "bad.labsim"
    bad.write_bytes(b"no game")
    with pytest.raises(BadInput, match="not a game file"):
        exported(bad, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_game_without_a_quarter_gives_empty_tables(tmp_path: Path) -> None:
    Session.new(games.scenario(), 0, 1, new_save(tmp_path / "new.labsim")).close()
    for form in ("csv", "json", "parquet"):
        exported(tmp_path / "new.labsim", tmp_path / form, form, wide=True)
    assert rows(tmp_path / "csv", "quarters") == []
    assert json.loads((tmp_path / "json" / "quarters.json").read_text("utf-8")) == []
    assert rows(tmp_path / "csv", "runs")[0]["turns"] == "0"


def test_missing_extras_are_named(made_game: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for form, module in (("parquet", "pyarrow"), ("xlsx", "openpyxl")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(Exception, match=f"extra `{form}`"):
            exported(made_game, tmp_path, form)


def test_the_same_game_is_exported_to_the_same_bytes(made_game: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        exported(made_game, tmp_path / name, wide=True)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_numbers_of_all_kinds_survive_the_text() -> None:
    from labsim.store.export_blocks import Floats

    hard = np.array([0.1, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3, 2**53 + 1.0, 1e22, np.nan, np.inf])
    cells = Floats(hard).cells()
    assert [float(cell).hex() for cell in cells[:7]] == [float(x).hex() for x in hard[:7]]
    assert cells[7:] == ["", ""]
    assert Floats(hard).values()[7:] == [None, None]
