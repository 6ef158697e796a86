"""Can everything be found by its name, reached by keys, read in words and as a table, at every size of writing?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QListView, QMenu, QTableView, QWidget

from labsim.scenario import load_scenario
from labsim.ui.actions import ACTIONS, PAGE_ACTIONS, spec
from labsim.ui.desktop import Desktop
from labsim.ui.dialogs import Palette, ShortcutsDialog
from labsim.ui.theme import TEXT_PERCENT, ThemeController
from tests.carded import STRIKES, carded_file
from tests.ui.looks import clipped, doubled, moving, nameless, out_of_order, speechless, tableless, too_wide
from tests.ui.tour import SIZE, Sight, pages, settle, tour, touring

FIXED_NAMES = (
    "New game", "Continue", "Open", "Play", "End quarter", "Undo", "Redo", "Training share", "Alignment share",
    "Inference share", "Research share", "Fork here", "Compare", "Export", "Why cash", "Why revenue", "Why capability",
    "Why share", "Why trust", "Forecast summary",
)  # fmt: skip
"""What scripts, tests and screen readers find things by; it stays."""

Check = Callable[[QWidget], list[str]]


@pytest.fixture
def desktop(theme: ThemeController, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop with two games and two branches, in the smallest window that is promised."""
    with touring(tmp_path, theme, monkeypatch) as made:
        yield made


def walk(sights: Iterator[Sight], desktop: Desktop, *checks: Check) -> list[str]:
    """What the checks find wrong on a tour, each once, with where it was seen."""
    found: dict[str, str] = {}
    for where, root in sights:
        for check in checks:
            for words in check(root):
                found.setdefault(f"{check.__name__}: {words}", where)
        if desktop.window.size().toTuple() != SIZE:
            found.setdefault(f"the window grew to {desktop.window.size().toTuple()}", where)
        if where.endswith(" tables"):
            for words in tableless(root):
                found.setdefault(f"no table: {words}", where)
    return [f"{where}: {words}" for words, where in found.items()]


def test_all_that_takes_the_focus_is_named_and_in_order_and_every_chart_is_told_in_words_and_as_a_table(
    desktop: Desktop,
) -> None:
    assert walk(tour(desktop), desktop, nameless, doubled, out_of_order, speechless, clipped, too_wide, moving) == []


def test_what_scripts_and_screen_readers_look_for_keeps_its_name(desktop: Desktop) -> None:
    window = desktop.window
    names = [widget.accessibleName() for widget in window.findChildren(QWidget)]
    names += [action.text().replace("&", "").rstrip("…") for action in window.actions()]
    pages = [spec(key).text for key in PAGE_ACTIONS]
    titles = [load_scenario(name).title for name in desktop.home.cards]
    assert [name for name in (*FIXED_NAMES, *pages, *titles) if name not in names] == []


def test_one_table_makes_menus_palette_and_help_and_no_key_is_meant_twice(desktop: Desktop) -> None:
    window = desktop.window
    titles = {key: spec(key).text for key in window.actions_by_key}
    offered = [action for menu in window.menuBar().findChildren(QMenu) for action in menu.actions()]
    assert sorted(action.text() for action in offered if action.menu() is None) == sorted(titles.values())
    palette = Palette(desktop.theme, window.actions(), window)
    found = palette.findChild(QListView).model()
    listed = [found.index(row, 0).data() for row in range(found.rowCount())]
    assert set(listed) == {titles[key] for key, action in window.actions_by_key.items() if action.isEnabled()}
    table = ShortcutsDialog(desktop.theme, window).findChild(QTableView).model()
    helped = [table.headerData(row, Qt.Orientation.Vertical) for row in range(table.rowCount())]
    assert helped == [action.text for action in ACTIONS if action.shortcut]
    for dialog in window.findChildren(QDialog):
        dialog.deleteLater()
    assert window.findChildren(QShortcut) == []
    keys = [action.shortcut().toString() for action in window.findChildren(QAction)]
    keys = [key for key in keys if key and key != QKeySequence(QKeySequence.StandardKey.Copy).toString()]
    assert len(keys) == len(set(keys))


@pytest.mark.slow
@pytest.mark.parametrize("percent", [TEXT_PERCENT[0], 125, TEXT_PERCENT[1]])
def test_nothing_is_clipped_at_any_size_of_writing(
    theme: ThemeController, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, percent: int
) -> None:
    theme.set_text_percent(percent)
    with touring(tmp_path, theme, monkeypatch) as desktop:
        assert walk(tour(desktop), desktop, clipped, too_wide, out_of_order) == []


@pytest.mark.slow
def test_nothing_is_clipped_when_writing_grows_in_an_open_window(desktop: Desktop, theme: ThemeController) -> None:
    for _ in pages(desktop):
        pass
    theme.set_text_percent(TEXT_PERCENT[1])
    assert walk(pages(desktop), desktop, clipped, too_wide) == []


@pytest.mark.slow
@pytest.mark.parametrize("percent", [100, TEXT_PERCENT[1]])
def test_an_open_card_and_the_coach_fit(
    theme: ThemeController, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, percent: int
) -> None:
    theme.set_text_percent(percent)
    with touring(tmp_path, theme, monkeypatch) as desktop:
        desktop.start(str(carded_file(tmp_path)), "Anthropic", 1)
        for _ in range(STRIKES + 1):
            desktop.game.end_quarter()
        desktop.window.show_page("control_room")
        settle()
        assert desktop.control_room.answer.isVisible()
        assert walk(pages(desktop), desktop, clipped, too_wide, out_of_order, nameless) == []
        desktop.start("rehearsal", desktop.home.seats.itemText(0), 1)
        while desktop.coach.is_on:
            settle()
            assert [*clipped(desktop.window), *out_of_order(desktop.window)] == [], desktop.coach.at
            desktop.coach.skip()
