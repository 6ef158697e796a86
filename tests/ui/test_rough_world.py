"""The desktop as a process of its own: killed in the middle of a quarter, at other scales; and clocks that jump."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labsim.play.session import Session
from labsim.scenario import DEFAULT, load_scenario
from labsim.store.games import games_folder, list_games
from labsim.store.saves import new_save, open_save
from labsim.store.verify import verify
from labsim.ui.desktop import Desktop

BEGUN = """
import os, signal, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from labsim.scenario import DEFAULT
from labsim.store.games import games_folder
from labsim.ui.app import make_desktop
desktop = make_desktop(Path(sys.argv[1]), games_folder())
desktop.window.show()
desktop.start(DEFAULT, "Anthropic", 1)
statements = []
desktop.game.journal.connection.set_trace_callback(statements.append)
desktop.end_quarter()
desktop.draft.order({"lobbying_spend": 7.0}, "Lobbying")
desktop.draft.order({"staff_target": 900.0}, "Staff")
"""
"""A game with one quarter played, and two orders for the next one; sets down what was written to its file."""

KILLED = """
left = round(len(statements) * float(sys.argv[2])) + 1
def written(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
desktop.game.journal.connection.set_trace_callback(written)
desktop.end_quarter()
os.kill(os.getpid(), signal.SIGKILL)
"""
"""Dies at a part of the statements that write the second quarter, or just after it when the part is more than all."""

MOVED = """
def look():
    desktop.window.resize(1280, 720)  # a screen without a window manager keeps the pixels, not the size
    QApplication.processEvents()
    picture = desktop.window.grab().toImage()
    at = [(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)]
    print(picture.width(), desktop.window.minimumSizeHint().width(), len({picture.pixel(*place) for place in at}))
desktop.window.show_page("control_room")
look()
desktop.window.windowHandle().setScreen(QApplication.screens()[-1])
look()
print(desktop.draft.orders == {"lobbying_spend": 7.0, "staff_target": 900.0})
desktop.end_quarter()
print(len(desktop.game.records))
desktop.window.close()
"""
"""Looks at the window, takes it to the last screen, looks again and plays on."""


def run(code: str, *given: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A desktop in a process of its own."""
    return subprocess.run([sys.executable, "-c", BEGUN + code, *map(str, given)], text=True, capture_output=True,
                          env={**os.environ, **environment}, check=False)  # fmt: skip


def kill_and_go_on(desktop: Desktop, settings: Path, part: float) -> int:
    """Kill a desktop that ends its second quarter; how many quarters its file has then. It is played on here."""
    killed = run(KILLED, settings, part)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (file,) = games_folder().glob("*.labsim")
    turns = verify(file).turns
    desktop.open_file(file)
    assert desktop.game.can_write
    assert desktop.draft.orders.get("lobbying_spend") == (7.0 if turns == 1 else None)
    if turns == 1:
        desktop.end_quarter()
    ordered = desktop.game.records[-1].decisions
    assert ordered.lobbying_spend[desktop.game.seat, 0] == 7.0
    assert ordered.staff_target[desktop.game.seat, 0] == 900.0
    found = verify(file)
    assert found.is_good
    assert found.turns == 2
    return turns


def test_a_quarter_whose_desktop_is_killed_is_as_it_was_with_its_orders(desktop: Desktop, tmp_path: Path) -> None:
    assert kill_and_go_on(desktop, tmp_path / "settings.ini", 0.5) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("part", "turns"), [(0.0, 1), (0.25, 1), (0.9, 1), (2.0, 2)])
def test_wherever_a_desktop_is_killed_a_quarter_is_played_or_not(
    desktop: Desktop, tmp_path: Path, part: float, turns: int
) -> None:
    assert kill_and_go_on(desktop, tmp_path / "settings.ini", part) == turns


@pytest.mark.slow
@pytest.mark.parametrize(("factor", "scales"), [("1", (1, 2)), ("1.5", (1, 1)), ("1", (2, 1))])
def test_a_window_is_whole_at_every_scale_and_when_it_changes(
    tmp_path: Path, factor: str, scales: tuple[int, int]
) -> None:
    screens = [{"name": str(at), "x": 3000 * at, "y": 0, "width": 2560, "height": 1440, "logicalDpi": 96 * scale,
                "logicalBaseDpi": 96, "dpr": 1} for at, scale in enumerate(scales)]  # fmt: skip
    (tmp_path / "screens.json").write_text(json.dumps({"screens": screens}), encoding="utf-8")
    platform = f"offscreen:configfile={tmp_path / 'screens.json'}"
    ran = run(MOVED, tmp_path / "settings.ini", QT_SCALE_FACTOR=factor, QT_QPA_PLATFORM=platform)
    assert ran.returncode == 0, ran.stderr
    *looks, same, played = ran.stdout.split("\n")[:4]
    for look, scale in zip(looks, scales, strict=True):
        width, least, colors = map(int, look.split())
        assert width == 1280 * scale * float(factor)
        assert least <= 1280
        assert colors > 20
    assert (same, played) == ("True", "2")


def test_a_clock_that_jumps_back_and_forth_disturbs_no_game(tmp_path: Path) -> None:
    today = datetime(2026, 11, 25, 12, tzinfo=UTC)
    jumps = iter([0, 365, -365, 0, -20_000, 900_000, 1])  # days
    file = tmp_path / "game.labsim"
    clock = lambda: (today + timedelta(days=next(jumps))).isoformat(timespec="seconds")  # noqa: E731
    game = Session.new(load_scenario(DEFAULT), 2, 1, new_save(file), clock=clock)
    for _ in range(4):
        game.end_quarter()
    written = game.write_note(game.current.id, "When was that?").when
    game.close()
    again = Session(open_save(file))
    assert again.can_write
    assert [node.t for node in again.path()] == sorted(node.t for node in again.path())
    assert again.notes[0].when == written
    again.close()
    assert verify(file).is_good


def test_games_of_impossible_times_are_listed_the_latest_first(tmp_path: Path, made_games: list[Path]) -> None:
    times = [0, -86_400, 2_000_000_000, 253_402_300_800 * 10]  # 1970, before, 2033, the year 82,000
    for file, when in zip(made_games, times, strict=True):
        os.utime(file, (when, when))
    assert [game.path for game in list_games()] == [made_games[i] for i in (3, 2, 0, 1)]


def test_a_game_that_goes_away_while_games_are_listed_is_left_out(made_games: list[Path]) -> None:
    (made_games[0].parent / "dangling.labsim").symlink_to(made_games[0].parent / "nowhere")
    assert len(list_games()) == len(made_games)


@pytest.fixture
def made_games() -> list[Path]:
    """Four games in the folder of games."""
    files = [games_folder() / f"{number}.labsim" for number in range(4)]
    for file in files:
        Session.new(load_scenario(DEFAULT), 2, 1, new_save(file)).close()
    return files
