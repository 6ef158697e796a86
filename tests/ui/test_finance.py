"""The finance page: statements as tables, a bridge that adds up as written, export."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from labsim.errors import BadWorld
from labsim.play.bridge import explain
from labsim.text import say
from labsim.ui.charts.waterfall import Term
from labsim.ui.controllers.game import GameController
from labsim.ui.pages.finance import TABS, FinancePage
from labsim.ui.pages.finance_bridge import exact_bridge
from labsim.ui.theme import ThemeController
from tests.ui.games import played


@pytest.fixture
def game(tmp_path: Path) -> Iterator[GameController]:
    """A game of five quarters."""
    with played(tmp_path, 5) as made:
        yield made


@pytest.fixture
def unplayed(tmp_path: Path) -> Iterator[GameController]:
    """A game before its first quarter."""
    with played(tmp_path, 0) as made:
        yield made


@pytest.fixture
def page(qtbot: QtBot, theme: ThemeController, game: GameController) -> FinancePage:
    """The page, shown."""
    made = FinancePage(theme, game)
    qtbot.addWidget(made)
    made.resize(1160, 600)
    made.show()
    made.arrive()
    return made


def texts(page: FinancePage) -> list[str]:
    table = page.table.own_model.data_shown
    return [cell for row in table.rows for cell in (row.name, *row.cells)]


def test_before_the_first_quarter_the_page_says_how_to_get_there(
    qtbot: QtBot, theme: ThemeController, unplayed: GameController
) -> None:
    page = FinancePage(theme, unplayed)
    qtbot.addWidget(page)
    page.show()
    page.arrive()
    assert page.table.isHidden() or not page.table.isVisible()
    with qtbot.waitSignal(page.asked_to_play):
        qtbot.mouseClick(page.findChild(type(page.copy_button), "empty_action"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("at", range(len(TABS)))
def test_each_tab_shows_its_table_with_a_column_for_each_quarter(page: FinancePage, at: int) -> None:
    page.tabs.setCurrentIndex(at)
    table = page.table.own_model.data_shown
    assert len(table.columns) == 5
    assert page.table.accessibleName() == say(f"finance.tab.{TABS[at][0]}")
    assert not [text for text in texts(page) if text.lower() == "nan" or "_" in text or "e+" in text]


def test_the_page_follows_the_game_while_it_is_in_front(page: FinancePage, game: GameController) -> None:
    game.end_quarter()
    assert len(page.table.own_model.data_shown.columns) == 6
    assert page.bridge.quarter.count() == 6


def test_hidden_the_page_waits_until_it_arrives(page: FinancePage, game: GameController) -> None:
    page.hide()
    game.end_quarter()
    assert len(page.table.own_model.data_shown.columns) == 5
    page.show()
    page.arrive()
    assert len(page.table.own_model.data_shown.columns) == 6


def test_the_written_terms_of_the_bridge_add_up_to_the_written_change(game: GameController) -> None:
    for before, after in zip(game.records, game.records[1:], strict=False):
        bridge = exact_bridge(explain("cash", before, after, game.seat, game.scenario))
        ends = bridge.end.value - bridge.start.value
        assert math.fsum(term.value for term in bridge.terms) == pytest.approx(ends, abs=1e-9)
        assert number(bridge.show(bridge.end.value)) == pytest.approx(
            number(bridge.show(bridge.start.value)) + sum(number(bridge.show(term.value)) for term in bridge.terms)
        )
        assert isinstance(bridge.start, Term)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("$", "").replace(",", "").rstrip("kMB"))


def test_another_quarter_of_the_bridge_can_be_chosen(page: FinancePage, game: GameController) -> None:
    last = page.bridge.picture.summary()
    page.bridge.choose(game.records[0].t)
    assert page.bridge.picture.summary() != last


def test_a_list_of_quarters_that_outlived_its_game_shows_nothing_new(page: FinancePage, game: GameController) -> None:
    shown = page.bridge.picture.summary()
    game.close()
    page.bridge.quarter.activated.emit(0)
    assert page.bridge.picture.summary() == shown


def test_copy_gives_exact_numbers_with_units(page: FinancePage, game: GameController) -> None:
    page.tabs.setCurrentIndex(2)
    page.copy()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert lines[0][:3] == ["", "unit", "2023Q1"]
    cash = next(line for line in lines if line[0] == "Cash")
    assert float(cash[-1]) == float(game.records[-1].world.capital.cash[game.seat, 0])


def test_export_writes_the_table_in_front_and_says_so(qtbot: QtBot, page: FinancePage, tmp_path: Path) -> None:
    with qtbot.waitSignal(page._game.said):
        page.export(tmp_path / "out.tsv")
    assert (tmp_path / "out.tsv").read_text("utf-8").startswith("\tunit\t2023Q1")


def test_an_export_that_cannot_be_written_is_a_known_error(page: FinancePage, tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match=r"out\.tsv: it cannot be written \(No such file or directory\); make room"):
        page.export(tmp_path / "gone" / "out.tsv")


def test_the_charts_have_tables_behind_them(page: FinancePage) -> None:
    page.flip_tables()
    assert page.bridge.twin.is_table
    assert page.runway_twin.is_table
