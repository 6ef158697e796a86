"""Can everything be found by its name, reached by keys, read in words and as a table, at every size of writing?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from labsim.ui.desktop import Desktop
from labsim.ui.theme import TEXT_PERCENT, ThemeController
from tests.ui.looks import clipped, doubled, nameless, out_of_order, speechless, tableless
from tests.ui.tour import SIZE, tour, touring

Check = Callable[[QWidget], list[str]]


@pytest.fixture
def desktop(theme: ThemeController, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    """A desktop with two games and two branches, in the smallest window that is promised."""
    with touring(tmp_path, theme, monkeypatch) as made:
        yield made


def walk(desktop: Desktop, *checks: Check) -> list[str]:
    """What the checks find wrong on the whole tour, each once, with where it was seen."""
    found: dict[str, str] = {}
    for where, root in tour(desktop):
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
    assert walk(desktop, nameless, doubled, out_of_order, speechless, clipped) == []


@pytest.mark.slow
@pytest.mark.parametrize("percent", [TEXT_PERCENT[0], 125, TEXT_PERCENT[1]])
def test_nothing_is_clipped_at_any_size_of_writing(
    theme: ThemeController, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, percent: int
) -> None:
    theme.set_text_percent(percent)
    with touring(tmp_path, theme, monkeypatch) as desktop:
        assert walk(desktop, clipped, out_of_order) == []


@pytest.mark.slow
def test_nothing_is_clipped_when_writing_grows_in_an_open_window(desktop: Desktop, theme: ThemeController) -> None:
    for _ in tour(desktop):
        pass
    for _ in range(5):
        desktop.window.action("larger").trigger()
    assert theme.text_percent == TEXT_PERCENT[1]
    assert walk(desktop, clipped) == []
