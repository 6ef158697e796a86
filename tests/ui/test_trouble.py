"""When a game cannot be written while it is played: it is told, nothing is lost in memory, and there are ways on."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from labsim.play.session import Session
from labsim.scenario import DEFAULT
from labsim.store.saves import open_save
from labsim.store.verify import verify
from labsim.ui import choosing
from labsim.ui.desktop import Desktop
from labsim.ui.files import LONGEST_NAME, name_of
from labsim.ui.widgets.messages import Banner
from tests.ui.hands import Hand, without_rights

OTHER_WINDOW = """
import sys
from labsim.store.saves import open_save
save = open_save(sys.argv[1])
assert save.can_write
print("held", flush=True)
sys.stdin.readline()
save.close()
print("let go", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def playing(lasting: Desktop) -> Iterator[Desktop]:
    """A desktop with a game of one quarter and one order in its draft."""
    lasting.start(DEFAULT, "Anthropic", 1)
    lasting.end_quarter()
    lasting.draft.order({"lobbying_spend": 5.0}, "Lobbying")
    yield lasting
    Hand("offer_leave")
    lasting.close_game()


def file_of(desktop: Desktop) -> Path:
    assert desktop.game.file is not None
    return desktop.game.file


def banner(desktop: Desktop, kind: str) -> Banner:
    return desktop.window.findChild(Banner, f"{kind}_banner")


@contextmanager
def no_room(desktop: Desktop) -> Iterator[None]:
    """A file that may not grow by a page, as on a full disk."""
    db = desktop.game.journal.connection
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    try:
        yield
    finally:
        if desktop.game.journal.connection is db:
            db.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def small_files(desktop: Desktop, most: int = 0) -> Iterator[None]:
    """A system that lets no file grow beyond so many bytes, or what the game has now, as a quota does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most or file_of(desktop).stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("full", [no_room, small_files])
def test_a_full_disk_loses_nothing_and_the_game_goes_on_when_there_is_room(playing: Desktop, full: object) -> None:
    t, hand = playing.game.t, Hand()
    with full(playing):  # type: ignore[operator]
        playing.end_quarter()
        assert playing.game.t == t
        assert hand.last.startswith("The quarter was not played")
        assert "make room and try again" in hand.last or "check the disk and try again" in hand.last
        assert file_of(playing).name in banner(playing, "bad").title.text()
        assert banner(playing, "bad").isVisible()
        playing.draft.order({"lobbying_spend": 9.0}, "Lobbying")
        assert playing.draft.orders == {"lobbying_spend": 9.0}
    banner(playing, "bad").button.click()
    assert not banner(playing, "bad").isVisible()
    assert Session(open_save(file_of(playing), write=False)).draft_orders() == {"lobbying_spend": 9.0}
    playing.end_quarter()
    assert playing.game.t == t + 1
    assert verify(file_of(playing)).is_good


def test_try_again_in_the_dialog_plays_the_quarter_once_there_is_room(playing: Desktop) -> None:
    t, tries = playing.game.t, []

    def quarter() -> None:
        tries.append(1)
        if len(tries) == 1:
            with no_room(playing):
                playing.game.end_quarter()
        playing.game.end_quarter()

    hand = Hand("offer_again")
    assert playing.troubles.carry_out(quarter)
    assert len(hand.told) == 1
    assert playing.game.t == t + 1
    assert not banner(playing, "bad").isVisible()


def test_a_game_on_a_full_disk_goes_on_elsewhere_with_its_orders(
    playing: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, t, new = file_of(playing), playing.game.t, tmp_path / "elsewhere"
    monkeypatch.setattr(choosing, "new_file", lambda *_: new)
    hand = Hand("offer_elsewhere")
    with no_room(playing):
        playing.end_quarter()
    assert len(hand.told) == 1
    assert file_of(playing) == new.with_suffix(".labsim")
    assert playing.game.t == t + 1
    assert playing.game.records[-1].decisions.lobbying_spend[playing.game.seat, 0] == 5.0
    assert not banner(playing, "bad").isVisible()
    assert verify(file_of(playing)).turns == 2
    assert verify(old).turns == 1


def test_a_new_game_on_a_full_disk_is_told_and_the_old_one_stays(playing: Desktop) -> None:
    old, hand = file_of(playing), Hand()
    before = set(old.parent.iterdir())
    with small_files(playing, 64 * 1024):
        playing.start(DEFAULT, "Anthropic", 2)
    assert "That did not work" in hand.last
    assert file_of(playing) == old
    assert set(old.parent.iterdir()) == before


@pytest.mark.parametrize("how", ["removed", "moved", "replaced"])
def test_a_file_that_goes_away_underneath_is_told_and_saved_again(
    playing: Desktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    file, t = file_of(playing), playing.game.t
    if how == "removed":
        file.unlink()
    else:
        file.rename(tmp_path / "moved.labsim")
    if how == "replaced":
        file.write_text("another file")
    playing.draft.order({"lobbying_spend": 8.0}, "Lobbying")
    assert "removed, moved or replaced" in banner(playing, "bad").title.text()
    monkeypatch.setattr(choosing, "new_file", lambda *_: tmp_path / "again.labsim")
    banner(playing, "bad").second.click()
    assert not banner(playing, "bad").isVisible()
    assert playing.draft.orders == {"lobbying_spend": 8.0}
    playing.end_quarter()
    assert playing.game.t == t + 1
    assert verify(tmp_path / "again.labsim").turns == 2
    if how == "replaced":
        assert file.read_text() == "another file"


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="rights of files are of another kind")
def test_a_folder_that_becomes_closed_is_told_and_the_game_goes_on_when_it_opens(
    playing: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        Path(name).chmod(0o755)
        playing.game.go_on_in(Path(name) / "game.labsim")
        t, hand = playing.game.t, Hand()
        with without_rights():
            playing.end_quarter()
        assert playing.game.t == t
        assert "The quarter was not played" in hand.last
        playing.end_quarter()
        assert playing.game.t == t + 1
        playing.game.close()


def test_closing_with_orders_that_are_not_on_disk_asks_first(playing: Desktop) -> None:
    file_of(playing).unlink()
    playing.draft.order({"lobbying_spend": 8.0}, "Lobbying")
    hand = Hand("problems_close")
    playing.window.close()
    assert playing.window.isVisible()
    assert "is not all on disk" in hand.last
    playing.close_game()
    assert playing.game.is_open
    hand = Hand("offer_leave")
    playing.close_game()
    assert not playing.game.is_open
    assert playing.window.page_key == "home"


def test_a_note_that_cannot_be_written_keeps_the_game_open(playing: Desktop, qtbot: QtBot) -> None:
    playing.window.show_page("timeline")
    playing.timeline.quarter.note.setPlainText("Why we did it.")
    hand = Hand("problems_close")
    with no_room(playing):
        playing.timeline.quarter.note.setPlainText("Why we did it. " * 1000)
        playing.timeline.quarter.note.rested.emit()
        playing.close_game()
    assert playing.game.is_open
    assert len(hand.told) == 1
    assert "The note is not saved" in playing.window.toast.text.text()
    playing.timeline.quarter.keep_note()
    assert playing.game.session.notes[0].text.startswith("Why we did it.")


@pytest.fixture
def other_window(playing: Desktop) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the game open; the game is closed here."""
    file = file_of(playing)
    playing.game.close()
    other = subprocess.Popen([sys.executable, "-c", OTHER_WINDOW, str(file)], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    playing.open_file(file)
    yield other
    other.kill()
    other.communicate()


def test_a_game_that_is_open_in_another_window_is_shown_and_not_touched(
    playing: Desktop, other_window: subprocess.Popen[str]
) -> None:
    before = file_of(playing).read_bytes()
    assert "open in another window" in banner(playing, "warn").title.text()
    assert banner(playing, "warn").isVisible()
    playing.draft.order({"lobbying_spend": 7.0}, "Lobbying")
    assert playing.draft.preview.decisions.lobbying_spend[playing.game.seat, 0] == 7.0
    hand = Hand()
    playing.end_quarter()
    assert "it can only be read" in hand.last
    assert len(playing.game.records) == 1
    assert file_of(playing).read_bytes() == before
    assert not banner(playing, "bad").isVisible()
    assert playing.troubles.may_leave()


def test_a_copy_of_a_game_that_is_open_in_another_window_is_played(
    playing: Desktop, other_window: subprocess.Popen[str]
) -> None:
    old, before = file_of(playing), file_of(playing).read_bytes()
    playing.draft.order({"lobbying_spend": 7.0}, "Lobbying")
    banner(playing, "warn").second.click()
    assert not banner(playing, "warn").isVisible()
    playing.end_quarter()
    assert file_of(playing).stem == f"{old.stem} copy"
    assert playing.game.records[-1].decisions.lobbying_spend[playing.game.seat, 0] == 7.0
    assert old.read_bytes() == before
    assert verify(file_of(playing)).turns == 2


@pytest.mark.parametrize("how", ["closed", "killed"])
def test_a_game_is_played_on_when_the_other_window_has_let_go_of_it(
    playing: Desktop, other_window: subprocess.Popen[str], how: str
) -> None:
    assert other_window.stdin is not None
    assert other_window.stdout is not None
    playing.draft.order({"lobbying_spend": 7.0}, "Lobbying")
    if how == "closed":
        other_window.stdin.write("\n")
        other_window.stdin.flush()
        assert other_window.stdout.readline() == "let go\n"
    else:
        other_window.send_signal(signal.SIGKILL)
        other_window.wait()
    banner(playing, "warn").button.click()
    assert not banner(playing, "warn").isVisible()
    assert playing.draft.orders == {"lobbying_spend": 7.0}
    playing.end_quarter()
    assert verify(file_of(playing)).turns == 2


def test_a_mistake_of_ours_is_reported_once(playing: Desktop, qtbot: QtBot) -> None:
    shown: list[str] = []

    def look() -> None:
        dialog = playing.window.findChild(QPushButton, "copy_report")
        if dialog is not None and dialog.isVisible():
            shown.append("report")
            playing.window.findChild(QPushButton, "close").click()

    clock = QTimer()
    clock.timeout.connect(look)
    clock.start(2)
    for _ in range(3):
        try:
            raise ValueError("a mistake of ours")
        except ValueError as error:
            playing.window.report_failure(type(error), error, None)
    assert len(shown) == 1


def test_a_long_name_is_told_without_its_middle() -> None:
    assert name_of(Path("mine.labsim")) == "mine.labsim"
    long = name_of(Path(f"{'n' * 200}-second.labsim"))
    assert len(long) == LONGEST_NAME + 1
    assert long.startswith("nnn")
    assert long.endswith("-second.labsim")
