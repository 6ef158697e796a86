"""Explanation cards: what they say, how they open, pin, close and lead on; with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from labsim.model.terms import Link
from labsim.play.bridge import explain
from labsim.play.bridge_figures import HEADLINES
from labsim.scenario import DEFAULT
from labsim.text import render, say
from labsim.ui.controllers.game import GameController
from labsim.ui.controllers.settings import SettingsController
from labsim.ui.desktop import Desktop
from labsim.ui.explain_card import ExplanationCard
from labsim.ui.explain_content import KEYS, Content, content, definition, opening_content
from labsim.ui.explain_shelf import ExplanationShelf, open_card
from labsim.ui.theme import ThemeController
from labsim.ui.topbar import HEADLINES as TILES
from tests.ui.games import played

ASKED = TILES


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory, qapp: object) -> Iterator[GameController]:
    """A game of four quarters."""
    with played(tmp_path_factory.mktemp("explained"), 4) as made:
        yield made


def said(game: GameController, key: str) -> Content:
    return content(key, game.records[-2], game.records[-1], game.seat, game.scenario)


@pytest.mark.parametrize("key", [*ASKED, *HEADLINES])
def test_a_card_says_what_labsim_explain_says(game: GameController, key: str) -> None:
    name = KEYS.get(key, key)
    found = explain(name, game.records[-2], game.records[-1], game.seat, game.scenario)
    card = said(game, key)
    assert [term.sentence for term in card.terms] == [render(term.sentence) for term in found.terms]
    assert [[i.shown for i in t.terms] for t in card.terms] == [[i.shown for i in t.terms] for t in found.terms]
    assert (card.before, card.change) == (found.shown_from, found.shown_change)


@pytest.mark.parametrize("name", HEADLINES)
def test_every_headline_has_a_meaning_and_a_unit(name: str) -> None:
    assert "Unit: " in definition(name)
    assert len(definition(name)) > 40


def test_every_card_of_the_top_bar_opens_before_the_first_quarter(game: GameController) -> None:
    root = game.session.world(game.session.path()[0].id)
    for key in ASKED:
        card = opening_content(key, root, game.scenario.start, game.seat, game.scenario)
        assert card.remark
        assert not card.terms


def test_the_parts_of_a_figure_are_told(game: GameController) -> None:
    parts = said(game, "revenue").parts
    assert {part.depth for part in parts} == {0, 1}
    assert {part.sign for part in parts} == {"", "+", "×"}


@pytest.fixture
def card(qtbot: QtBot, theme: ThemeController, game: GameController) -> ExplanationCard:
    """The card of cash, shown."""
    made = ExplanationCard(theme, said(game, "cash"))
    qtbot.addWidget(made)
    made.show()
    return made


def test_enter_opens_a_term_and_enter_closes_it(qtbot: QtBot, card: ExplanationCard) -> None:
    row = card.rows[0]
    qtbot.keyClick(row.button, Qt.Key.Key_Return)
    assert row.is_open
    assert row.rows or row.term.links
    qtbot.keyClick(row.button, Qt.Key.Key_Return)
    assert not row.is_open


def test_a_second_level_opens_under_a_term(card: ExplanationCard) -> None:
    row = next(row for row in card.rows if row.term.terms)
    row.set_open(True)
    assert [inner.term.name for inner in row.rows] == [term.name for term in row.term.terms]


def test_escape_closes_the_card(qtbot: QtBot, card: ExplanationCard) -> None:
    with qtbot.waitSignal(card.closed):
        qtbot.keyClick(card, Qt.Key.Key_Escape)


def test_a_row_is_named_by_its_sentence_with_the_amount(card: ExplanationCard) -> None:
    for row in card.rows:
        assert row.button.accessibleName() == row.term.sentence
        assert row.term.shown in row.term.sentence


def test_open_terms_stay_open_when_the_quarter_changes(card: ExplanationCard, game: GameController) -> None:
    name = card.rows[0].term.name
    card.rows[0].set_open(True)
    card.set_content(content("cash", game.records[-3], game.records[-2], game.seat, game.scenario))
    assert [row.term.name for row in card.rows if row.is_open] in ([name], [])
    assert any(row.term.name == name for row in card.rows) == any(row.is_open for row in card.rows)


# ---- over the window ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def window_with_game(_one_theme: ThemeController, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """The whole window with a game of two quarters."""
    folder = tmp_path_factory.mktemp("window")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABSIM_GAMES", str(folder / "games"))
        made = Desktop(_one_theme, SettingsController(folder / "settings.ini"), folder / "games")
        made.window.resize(1280, 720)
        made.window.show()
        made.start(DEFAULT, "Anthropic", 1)
        for _ in range(2):
            made.game.end_quarter()
        yield made
        made.window.close()


@pytest.fixture
def desktop(window_with_game: Desktop) -> Iterator[Desktop]:
    """The window without any card."""
    yield window_with_game
    for shelf in window_with_game.window.findChildren(ExplanationShelf):
        shelf.close_all()


def ask(desktop: Desktop, key: str) -> ExplanationShelf:
    return open_card(desktop.window, desktop.theme, desktop.game, key)


def test_every_figure_of_the_top_bar_opens_its_card(desktop: Desktop) -> None:
    for key in TILES:
        name = say(f"tiles.{key}")
        shelf = ask(desktop, key)
        assert list(shelf.cards) == [key]
        assert name.lower() in shelf.cards[key].title.text().lower()
    assert desktop.window.findChildren(ExplanationShelf) == [shelf]


def test_an_unpinned_card_makes_room_and_pinned_ones_stand_side_by_side(desktop: Desktop) -> None:
    ask(desktop, "cash").cards["cash"].pin.setChecked(True)
    ask(desktop, "revenue").cards["revenue"].pin.setChecked(True)
    shelf = ask(desktop, "trust")
    assert list(shelf.cards) == ["cash", "revenue", "trust"]
    assert shelf.geometry().right() <= desktop.window.width()
    assert list(ask(desktop, "share").cards) == ["cash", "revenue", "share"]


def test_asking_again_closes_the_card(desktop: Desktop) -> None:
    ask(desktop, "cash")
    shelf = ask(desktop, "cash")
    assert not shelf.cards
    assert shelf.isHidden()


def test_the_cards_follow_the_game_and_close_with_it(desktop: Desktop) -> None:
    shelf = ask(desktop, "cash")
    before = shelf.cards["cash"].content.where
    desktop.game.end_quarter()
    assert shelf.cards["cash"].content.where != before
    desktop.game.opened.emit()
    assert not shelf.cards


@pytest.mark.parametrize("decision", ["price", "training_share", "raise_amount", "staff_target", "buy_gpus"])
def test_a_decision_leads_to_its_control(desktop: Desktop, decision: str) -> None:
    shelf = ask(desktop, "cash")
    desktop.window.show_page("home")
    shelf.follow(Link("decision", decision))
    assert desktop.window.page_key == "control_room"
    assert not shelf.cards
    focus = desktop.window.focusWidget()
    assert focus is not None
    assert desktop.control_room.orders.isAncestorOf(focus)


def test_a_rival_leads_to_a_page(desktop: Desktop) -> None:
    shelf = ask(desktop, "share")
    shelf.follow(Link("rival", "OpenAI"))
    assert desktop.window.page_key in ("market", "control_room")


def test_every_link_of_a_card_that_can_be_pressed_is_followed(qtbot: QtBot, desktop: Desktop) -> None:
    card = ask(desktop, "cash").cards["cash"]
    row = next(row for row in card.rows if any(link.link.kind == "decision" for link in row.term.links))
    row.set_open(True)
    with qtbot.waitSignal(card.followed):
        row.findChildren(QPushButton)[0].click()


def test_a_card_closes_when_what_had_the_focus_is_gone(desktop: Desktop) -> None:
    asker = QPushButton("Why", desktop.window.centralWidget())
    asker.show()
    asker.setFocus()
    shelf = ask(desktop, "cash")
    delete(asker)
    shelf.close_card("cash")
    assert not shelf.cards
