"""The market page: what is public, what is only estimated, and the three answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from labsim.model.params import SEGMENTS
from labsim.play import market_known
from labsim.ui.controllers.game import GameController
from labsim.ui.pages import market_rows
from labsim.ui.pages.market import TABLES, MarketPage
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
def page(qtbot: QtBot, theme: ThemeController, game: GameController) -> MarketPage:
    """The page, shown."""
    made = MarketPage(theme, game)
    qtbot.addWidget(made)
    made.resize(1160, 600)
    made.show()
    made.arrive()
    return made


def known(game: GameController) -> list[market_known.LabSight]:
    return market_known.labs(game.records[-1], game.records[-2], game.seat, game.scenario)


@pytest.mark.parametrize(
    ("exact", "told"), [(0.0, 0.0), (1234.0, 1000.0), (0.347, 0.3), (-87.0, -90.0), (9.6e10, 1e11)]
)
def test_an_estimate_has_one_figure(exact: float, told: float) -> None:
    assert market_known.one_figure(exact) == pytest.approx(told)


def test_rivals_books_are_never_exact_and_the_own_ones_are(game: GameController) -> None:
    own, *rivals = known(game)
    money = game.records[-1].world.capital.cash[:, 0]
    assert own.is_own
    assert own.cash == float(money[own.seat])
    for rival in rivals:
        for value in (rival.cash, rival.fleet, rival.inference):
            assert value == market_known.one_figure(value)


def test_estimates_say_that_they_are_estimates(page: MarketPage) -> None:
    table = page.table.own_model.data_shown
    marked = [at for at, name in enumerate(table.columns) if name.endswith("(est.)")]
    assert len(marked) == 3
    for row in table.rows[1:]:
        assert all(row.cells[at].startswith("about ") for at in marked)


@pytest.mark.parametrize("segment", range(len(SEGMENTS)))
def test_customers_of_labs_hosts_and_nobody_are_all_customers(game: GameController, segment: int) -> None:
    held, hosted, nobody = market_known.customer_shares(game.records, segment)
    assert held.sum(axis=0) + hosted + nobody == pytest.approx(np.ones(5))
    assert (hosted >= 0.0).all()
    assert (nobody >= 0.0).all()


def test_shares_of_revenue_add_up_to_one(game: GameController) -> None:
    assert market_known.revenue_shares(game.records).sum(axis=0) == pytest.approx(np.ones(5))


def test_who_is_cheaper_is_read_from_the_published_prices(game: GameController) -> None:
    sights = known(game)
    for segment in range(len(SEGMENTS)):
        found = market_known.standing(sights, game.records[-1], segment)
        prices = {lab.lab: lab.prices[segment] for lab in sights}
        assert set(found.cheaper) == {name for name, price in prices.items() if price < prices[game.lab]}
        assert set(found.better) <= set(found.cheaper)
        assert found.rank == 1 + sum(lab.capability > sights[0].capability for lab in sights)


def test_moves_tell_changes_of_price_that_were_made(game: GameController) -> None:
    for lab in known(game):
        for move in lab.moves:
            if move.segment:
                row = SEGMENTS.index(move.segment)
                now, then = (float(r.decisions.price[row, lab.seat, 0]) for r in (game.records[-1], game.records[-2]))
                assert move.message.values["change"] == pytest.approx(now / then - 1.0)


@pytest.mark.parametrize("view", range(1 + len(SEGMENTS)))
def test_every_view_shows_shares_offers_and_answers(page: MarketPage, view: int) -> None:
    page.view.setCurrentIndex(view)
    assert all(label.text() for label in page.answers.values())
    assert "Open weights" in [bubble.name for bubble in page.offers.bubbles]
    layers = page.shares.table_data().rows
    assert ("Open weights" in [row.name for row in layers]) == (view > 0)
    assert layers[0].name == "Anthropic"


def test_segments_stand_in_their_own_table(page: MarketPage) -> None:
    page.which.setCurrentIndex(TABLES.index("segments"))
    assert [row.name for row in page.table.own_model.data_shown.rows] == list(market_rows.segment_names())


def test_no_raw_names_are_on_the_page(page: MarketPage) -> None:
    for at in range(len(TABLES)):
        page.which.setCurrentIndex(at)
        for row in page.table.own_model.data_shown.rows:
            assert not [cell for cell in row.cells if cell == "nan" or "_" in cell or "e+" in cell]


def test_the_page_follows_the_game(page: MarketPage, game: GameController) -> None:
    game.end_quarter()
    assert len(page.shares.table_data().columns) == 6


def test_before_the_first_quarter_the_page_says_how_to_get_there(
    qtbot: QtBot, theme: ThemeController, unplayed: GameController
) -> None:
    page = MarketPage(theme, unplayed)
    qtbot.addWidget(page)
    page.show()
    page.arrive()
    assert not page.table.isVisible()


def test_a_bankrupt_rival_has_no_figures(game: GameController) -> None:
    gone = dataclasses.replace(known(game)[1], is_live=False, moves=())
    table = market_rows.rivals_table([known(game)[0], gone], 1)
    assert table.rows[1].cells[:7] == ("—",) * 7
    assert table.rows[1].cells[7] == "closed"
