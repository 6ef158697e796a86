"""A walk through the whole desktop: every page in each of its states, and every window that an action opens.

What is new is met by itself: pages are those of the window, windows those that its actions open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog, QTabBar, QWidget

from labsim.play.ways_out import ways_out
from labsim.scenario import DEFAULT
from labsim.ui import choosing
from labsim.ui.actions import ACTIONS, PAGE_ACTIONS
from labsim.ui.board import LEVELS, BoardDialog
from labsim.ui.controllers.settings import SettingsController
from labsim.ui.desktop import Desktop
from labsim.ui.pages.timeline_buttons import BranchButtons
from labsim.ui.theme import ThemeController
from labsim.ui.topbar import HEADLINES
from labsim.ui.window import MainWindow

QUARTERS = 5
SIZE = (1280, 720)
LEAVES = ("quit", "close_game", "new_game", "end_quarter", *PAGE_ACTIONS)
OPENS = ("export", "run_on", "ways_out", "fork", "settings", "palette", "shortcuts", "about", "rename", "report")
LOOKS = ("larger", "smaller", "normal_size", "switch_theme", "tables")
"""Actions that lead away from the game, what opens a window, and actions that change the looks."""
Sight = tuple[str, QWidget]


@contextmanager
def touring(folder: Path, theme: ThemeController, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop with one other saved game, and one that has been played for some quarters on two branches."""
    monkeypatch.setenv("LABSIM_GAMES", str(folder / "games"))
    for name in ("file_to_open", "file_to_save", "folder_for"):
        monkeypatch.setattr(choosing, name, lambda *_: None)
    held: list[QDialog] = []  # a window without a parent would be gone before it is looked at

    def show(dialog: QDialog) -> int:
        held.append(dialog)
        dialog.show()
        return 0

    monkeypatch.setattr(QDialog, "exec", show)
    monkeypatch.setattr(MainWindow, "ask", lambda _, dialog: show(dialog))
    desktop = Desktop(theme, SettingsController(folder / "settings.ini"), folder / "games")
    desktop.window.resize(*SIZE)
    desktop.window.show()
    desktop.start(DEFAULT, "OpenAI", 2)
    desktop.start(DEFAULT, "Anthropic", 1)
    desktop.game.session.set_on_policy(True)
    for _ in range(QUARTERS):
        desktop.game.end_quarter()
    desktop.game.session.set_on_policy(False)
    desktop.draft.order({"reserve_gpus": 8000.0, "start_run": 1.0}, "Reserve GPUs")
    _fork(desktop)
    yield desktop
    desktop.window.close()
    desktop.window.deleteLater()


def settle() -> None:
    """Let the window do what waits."""
    for _ in range(4):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.sendPostedEvents()  # a forecast that has just come has its place, too


def tour(desktop: Desktop) -> Iterator[Sight]:
    """Every page in each of its states, then every window; each is there while it is looked at."""
    desktop.window.show_page("control_room")
    settle()
    yield "window", desktop.window
    yield from pages(desktop)
    yield from explanations(desktop)
    yield from windows(desktop)


def pages(desktop: Desktop) -> Iterator[Sight]:
    """Every page of the window with each of its tabs and views, and its tables in place of charts."""
    desktop.home.set_games([])
    desktop.window.show_page("home")
    settle()
    yield "home without games", desktop.home
    for key, page in desktop.window.pages.items():
        _arrive(desktop, key)
        for state in _states(page):
            yield f"{key}{state}", page
        flip = getattr(page, "flip_tables", None)
        if flip is not None:
            flip()
            settle()
            yield f"{key} tables", page
            flip()
            settle()


def explanations(desktop: Desktop) -> Iterator[Sight]:
    """The card of every figure of the top bar."""
    desktop.window.show_page("control_room")
    for key in HEADLINES:
        desktop.window.top_bar.asked.emit(key)
        settle()
        shelf = desktop.window.findChild(QWidget, "explanation_shelf")
        assert shelf is not None
        yield f"why {key}", shelf
    desktop.window.top_bar.asked.emit(HEADLINES[-1])
    settle()


def windows(desktop: Desktop) -> Iterator[Sight]:
    """Every window that an action opens, the board's three warnings, a branch's name, and what went wrong."""
    desktop.window.show_page("timeline")
    for action in ACTIONS:
        if action.key not in (*LEAVES, *LOOKS):
            yield from _opened(action.key, desktop.window.action(action.key).trigger)
            desktop.window.show_page("timeline")
    ways = ways_out(desktop.game.session)
    for level in LEVELS:
        yield from _opened(
            f"board {level:.0f}",
            lambda level=level: BoardDialog(desktop.theme, level - 1.0, ways, desktop.window).exec(),
        )
    yield from _opened("rename", desktop.timeline.ask_rename)
    yield from _opened(
        "report", lambda: desktop.window.report("Title", "Message.", f"details {desktop.theme.text_percent}")
    )


def _arrive(desktop: Desktop, key: str) -> None:
    """Show a page with something on it."""
    if key == "home":
        desktop.home.set_games(desktop._saved_games())
    if key == "report":
        desktop._show_report("")
    if key == "ending":
        desktop._show_ending_data()
    desktop.window.show_page(key)
    settle()


def _states(page: QWidget) -> Iterator[str]:
    """Every choice of every bar of tabs and of what is looked at."""
    yield ""
    views = [box for box in page.findChildren(QComboBox, "view") if box.isVisible()]
    for chooser in [*page.findChildren(QTabBar), *views]:
        before = chooser.currentIndex()
        for at in range(chooser.count()):
            if at != before and chooser.isVisible():
                chooser.setCurrentIndex(at)
                settle()
                yield f" {chooser.objectName()} {at}"
        chooser.setCurrentIndex(before)
        settle()


def _opened(name: str, work: Callable[[], object]) -> Iterator[Sight]:
    before = {widget for widget in QApplication.topLevelWidgets() if widget.isVisible()}
    work()
    settle()
    opened = [w for w in set(QApplication.topLevelWidgets()) - before if isinstance(w, QDialog) and w.isVisible()]
    assert opened or name not in OPENS, f"{name} opens no window"
    for found in opened:
        yield name, found
        found.close()
        found.deleteLater()
    settle()


def _fork(desktop: Desktop) -> None:
    """A second branch, ticked for comparison."""
    path = desktop.game.session.path()
    other = desktop.game.session.fork(path[-3].id, "Another way")
    desktop.window.show_page("timeline")
    settle()
    page = desktop.timeline
    for box in page.tree.findChildren(QCheckBox):
        box.click()
    page.findChild(BranchButtons).compare.click()  # type: ignore[union-attr]
    settle()
    assert other.name
