"""Files that come into the window: the good ones are played, of the others it is told what is wrong and what to do."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import tempfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from labsim.resources import data_root
from labsim.scenario import DEFAULT
from labsim.store.games import list_games
from labsim.store.verify import verify
from labsim.ui.arrivals import RecoveryDialog
from labsim.ui.desktop import Desktop
from tests.ui.games import played
from tests.ui.hands import Hand, drop, without_rights

NEITHER = "neither a game of labsim nor a scenario; open a file that ends in .labsim"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Path:
    """A game of three quarters."""
    folder = tmp_path_factory.mktemp("good")
    with played(folder, 3):
        pass
    return folder / "game.labsim"


@pytest.fixture
def desktop(lasting: Desktop) -> Desktop:
    """The window with a game, which no bad file may disturb."""
    if not lasting.game.is_open:
        lasting.start(DEFAULT, "Anthropic", 1)
    return lasting


def lose_turns(file: Path, good: Path) -> None:
    """A game that has lost its second turn, and so all later ones."""
    shutil.copy(good, file)
    db = sqlite3.connect(file)
    db.execute("DELETE FROM turns WHERE id = 2")
    db.commit()
    db.close()


def newer(good: Path) -> bytes:
    whole = bytearray(good.read_bytes())
    whole[60:64] = (99).to_bytes(4, "big")
    return bytes(whole)


def other_program(file: Path) -> None:
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE recipes(name)")
    db.close()


BAD = {
    "hello.txt": (lambda file, good: file.write_text("hello"), NEITHER),
    "cat.png": (lambda file, good: file.write_bytes(b"\x89PNG\r\n\x1a\n"), NEITHER),
    "no ending": (lambda file, good: file.write_bytes(good.read_bytes()), NEITHER),
    "empty.labsim": (lambda file, good: file.touch(), "the file is empty; choose a file that labsim has saved"),
    "letter.labsim": (lambda file, good: file.write_text("hello"), "this is not a game file; choose a file"),
    "newer.labsim": (lambda file, good: file.write_bytes(newer(good)), "a newer labsim has saved it"),
    "recipes.labsim": (lambda file, good: other_program(file), "a database of another program"),
    "folder.labsim": (lambda file, good: file.mkdir(), "this is a folder, not a file; drop or open a file in it"),
    "folder": (lambda file, good: file.mkdir(), "this is a folder, not a file; drop or open a file in it"),
    "gone.labsim": (lambda file, good: None, "there is no such file; check the name and the folder"),
    "gone.toml": (lambda file, good: None, "there is no such file; check the name and the folder"),
    "torn.toml": (lambda file, good: file.write_text("title = = 3"), "not a TOML file"),
    "binary.toml": (lambda file, good: file.write_bytes(bytes(range(256))), "the text is not UTF-8; save the file"),
    "tenth.labsim": (lambda file, good: file.write_bytes(good.read_bytes()[: good.stat().st_size // 10]), "is damaged"),
    "hurt.labsim": (lose_turns, "Recover what can be read into a new game"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_told_by_name_and_the_game_stays(
    desktop: Desktop, good: Path, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    make, words = BAD[name]
    make(tmp_path / name, good)
    before, hand = desktop.game.file, Hand()
    assert drop(desktop, tmp_path / name)
    qtbot.waitUntil(lambda: bool(hand.told))
    assert hand.last.startswith(name)
    assert words in hand.last
    assert desktop.game.file == before
    assert desktop.game.can_write


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="rights of files are of another kind")
def test_a_file_without_the_right_to_read_it_is_told(desktop: Desktop, good: Path, qtbot: QtBot) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        Path(folder).chmod(0o755)
        file = Path(shutil.copy(good, Path(folder) / "locked.labsim"))
        file.chmod(0)
        hand = Hand()
        with without_rights():
            drop(desktop, file)
            qtbot.waitUntil(lambda: bool(hand.told))
    assert "locked.labsim cannot be opened" in hand.last
    assert "check its name and permissions" in hand.last


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="rights of files are of another kind")
def test_a_game_where_nothing_can_be_written_is_shown_and_a_copy_of_it_is_played(
    desktop: Desktop, good: Path, qtbot: QtBot
) -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        file = Path(shutil.copy(good, Path(folder) / "shown.labsim"))
        file.chmod(0o444)
        Path(folder).chmod(0o555)
        before = file.read_bytes()
        with without_rights():
            desktop.open_file(file)
        assert desktop.game.file == file
        assert not desktop.game.can_write
        assert desktop.troubles.read_only.isVisible()
        desktop.troubles.read_only.second.click()
        assert desktop.game.can_write
        desktop.end_quarter()
        assert verify(desktop.game.journal.path).turns == 4
        assert file.read_bytes() == before


@pytest.mark.parametrize("name", ["huge.labsim", "huge.toml", "game and zeros.labsim"])
def test_a_file_of_two_gigabytes_is_not_read_into_memory(
    desktop: Desktop, good: Path, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    file = tmp_path / name
    if name.startswith("game"):
        shutil.copy(good, file)
    with file.open("ab") as stream:
        stream.truncate(2 * 2**30)
    before, hand = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, Hand()
    drop(desktop, file)
    qtbot.waitUntil(lambda: bool(hand.told))
    assert "not a game file" in hand.last or "larger than" in hand.last
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_every_problem_of_a_scenario_is_listed_and_can_be_copied(
    desktop: Desktop, tmp_path: Path, qtbot: QtBot
) -> None:
    wrong = "".join(f"[labs.lab{i}]\nnonsense = 1\n" for i in range(30))
    (tmp_path / "mine.toml").write_text(f'title = 3\nfoo = "x"\n{wrong}', encoding="utf-8")
    hand = Hand("problems_copy")
    drop(desktop, tmp_path / "mine.toml")
    qtbot.waitUntil(lambda: len(hand.told) == 2)  # read once before and once after it was copied
    assert "mine.toml cannot be played" in hand.last
    assert hand.last.count("\n") > 30
    assert QApplication.clipboard().text() == hand.last


def test_a_good_scenario_is_played(desktop: Desktop, tmp_path: Path, qtbot: QtBot) -> None:
    text = (data_root("scenarios") / f"{DEFAULT}.toml").read_text(encoding="utf-8")
    (tmp_path / "Mine.TOML").write_text(text, encoding="utf-8")
    before = desktop.game.file
    drop(desktop, tmp_path / "Mine.TOML")
    qtbot.waitUntil(lambda: desktop.game.file != before)
    assert desktop.window.page_key == "control_room"
    assert desktop.game.can_write


def test_a_good_game_is_opened_whatever_the_case_of_its_ending(
    desktop: Desktop, good: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    file = Path(shutil.copy(good, tmp_path / "GAME.LABSIM"))
    drop(desktop, file)
    qtbot.waitUntil(lambda: desktop.game.file == file)
    assert len(desktop.game.records) == 3
    assert str(file) in desktop.settings.recent


def test_of_several_files_one_is_opened_and_the_others_are_named(
    desktop: Desktop, good: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    files = [tmp_path / "readme.txt", *(Path(shutil.copy(good, tmp_path / f"{i}.labsim")) for i in range(2))]
    files[0].write_text("read me")
    drop(desktop, *files)
    qtbot.waitUntil(lambda: desktop.game.file == files[1])
    assert "left out readme.txt, 1.labsim" in desktop.window.toast.text.text()


def test_the_open_game_dropped_on_its_own_window_stays_open_to_be_played(desktop: Desktop, qtbot: QtBot) -> None:
    session, file = desktop.game.session, desktop.game.file
    assert file is not None
    desktop.window.show_page("handbook")
    drop(desktop, file)
    qtbot.waitUntil(lambda: desktop.window.page_key == "control_room")
    assert desktop.game.session is session
    assert desktop.game.can_write


def test_a_damaged_game_is_recovered_into_a_new_one(desktop: Desktop, good: Path, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "hurt.labsim"
    lose_turns(file, good)
    before, hand = file.read_bytes(), Hand("offer_recover")
    drop(desktop, file)
    qtbot.waitUntil(lambda: len(hand.told) > 1, timeout=20_000)
    assert "quarters recovered: 1, in the new game hurt recovered.labsim" in hand.last
    assert "turns whose orders or earlier turns are damaged" in hand.last
    new = desktop.game.file
    assert new is not None
    assert new.stem == "hurt recovered"
    assert file.read_bytes() == before
    desktop.game.end_quarter()
    assert verify(new).is_good


def test_half_a_game_is_mended_if_no_more_than_its_last_turn_is_lost(
    desktop: Desktop, good: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    file, half = tmp_path / "half.labsim", good.read_bytes()[: good.stat().st_size // 2]
    file.write_bytes(half)
    drop(desktop, file)
    qtbot.waitUntil(lambda: desktop.game.file == file)
    assert "half.labsim: it was not whole" in desktop.window.toast.text.text()
    assert len(desktop.game.records) == 3
    assert (tmp_path / "half damaged 1.labsim").read_bytes() == half


def test_nothing_is_left_of_a_recovery_that_is_stopped(
    desktop: Desktop, good: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / "new.labsim"
    dialog = RecoveryDialog(desktop.theme, good, target, desktop.window)
    dialog.show()
    dialog.findChild(QPushButton, "recovery_stop").click()
    assert dialog.found is None
    assert not target.exists()


def test_a_game_of_which_nothing_can_be_read_is_told(desktop: Desktop, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "zeros.labsim"
    file.write_bytes(bytes(50_000))
    hand = Hand()
    desktop.arrivals.recover(file)
    assert "zeros.labsim cannot be recovered" in hand.last
    assert "take a backup" in hand.last


def test_a_damaged_game_stays_in_the_list_with_its_problem(desktop: Desktop, good: Path, qtbot: QtBot) -> None:
    file = desktop.games / "hurt.labsim"
    file.write_bytes(good.read_bytes()[:3000])
    assert [game.problem for game in list_games() if game.path == file] == ["the game is damaged"]
    desktop.show_home()
    hand = Hand()
    button = next(b for b in desktop.home.findChildren(QPushButton) if b.accessibleName() == "Open hurt")
    button.click()
    assert "hurt.labsim is damaged" in hand.last
    file.unlink()
