"""The folder of games: lists, copies, renames and a trash from which things come back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from labsim.errors import BadInput, BadWorld
from labsim.play.session import Session
from labsim.store import games as folder
from labsim.store.saves import new_save, open_save
from tests.store import games


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(folder.FOLDER_VARIABLE, str(tmp_path / "games"))
    return folder.games_folder()


def put(home: Path, made_game: Path, name: str) -> Path:
    return Path(shutil.copy(made_game, home / f"{name}.labsim"))


def test_games_live_where_the_platform_keeps_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(folder.FOLDER_VARIABLE, raising=False)
    assert folder.games_folder().is_dir()
    assert folder.games_folder().parts[-2:] == ("labsim", "games")


def test_a_game_without_a_name_is_autosaved_under_a_free_one(home: Path) -> None:
    first = folder.autosave_path("Token: era/2")
    assert first == home / "Token era2.labsim"
    Session.new(games.scenario(), 0, 1, new_save(first)).close()
    assert folder.autosave_path("Token: era/2") == home / "Token era2 2.labsim"


@pytest.mark.parametrize(
    ("name", "file"), [("..", "game"), ("a/../b", "ab"), ("CON", "CON game"), ("  ", "game"), ("Größe", "Größe")]
)
def test_a_name_of_a_game_is_a_name_of_a_file_everywhere(name: str, file: str) -> None:
    assert folder.file_name(name) == file


def test_the_list_shows_each_game_and_what_is_wrong_with_a_damaged_one(home: Path, made_game: Path) -> None:
    put(home, made_game, "good")
    (home / "bad.labsim").write_bytes(b"SQLite format 3\0" + bytes(5000))
    (home / "empty.labsim").touch()
    (home / "notes.txt").touch()
    found = {game.path.name: game for game in folder.list_games()}
    assert set(found) == {"good.labsim", "bad.labsim", "empty.labsim"}
    good = found["good.labsim"]
    assert (good.scenario, good.quarter, good.turns, good.problem) == ("token-era", "2024Q2", 9, "")
    assert good.lab == games.scenario().labs[games.SEAT]
    assert found["bad.labsim"].problem
    assert found["empty.labsim"].problem == "the file is empty"


def test_a_copy_is_a_game_of_its_own(home: Path, made_game: Path) -> None:
    game = put(home, made_game, "good")
    copies = [folder.duplicate(game), folder.duplicate(game)]
    assert [copy.name for copy in copies] == ["good copy.labsim", "good copy 2.labsim"]
    session = Session(open_save(copies[0]))
    session.end_quarter()
    session.close()
    assert [len(open_and_close(path)) for path in (game, copies[0])] == [10, 11]


def open_and_close(path: Path) -> tuple[int, ...]:
    save = open_save(path, write=False)
    save.close()
    return tuple(save.load().tree.nodes)


def test_a_new_name_is_in_the_file_and_on_it(home: Path, made_game: Path) -> None:
    game = put(home, made_game, "good")
    put(home, made_game, "Better")
    moved = folder.rename(game, "Better")
    assert moved.name == "Better 2.labsim"
    assert not game.exists()
    assert {g.name for g in folder.list_games()} == {"Better", "The Token Consumption Era"}
    with pytest.raises(BadInput):
        folder.rename(moved, "\n")


def test_what_is_deleted_can_come_back(home: Path, made_game: Path) -> None:
    game = put(home, made_game, "good")
    gone = folder.delete(game)
    assert gone.parent == home / "trash"
    assert folder.list_games() == []
    put(home, made_game, "good")
    assert folder.restore(gone).name == "good 2.labsim"
    with pytest.raises(BadWorld, match="cannot be moved"):
        folder.delete(game.with_name("missing.labsim"))


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(folder.FOLDER_VARIABLE, str(tmp_path / "file" / "games"))
    with pytest.raises(BadWorld, match=folder.FOLDER_VARIABLE):
        folder.games_folder()
