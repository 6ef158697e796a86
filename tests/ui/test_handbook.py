"""The Handbook: every page is readable, found and linked, and F1 opens the right entry."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from labsim.model.decisions import DECISIONS
from labsim.ui.pages import handbook_text as text
from labsim.ui.pages.handbook import HandbookPage
from labsim.ui.pages.handbook_help import _NAMED, _PAGES, place_for
from labsim.ui.pages.handbook_look import go_to
from labsim.ui.theme import ThemeController
from labsim.variables import REGISTRY

PAGES = [page for page, _ in text.contents()]


@pytest.fixture
def page(qtbot: QtBot, theme: ThemeController) -> HandbookPage:
    """The page, shown."""
    made = HandbookPage(theme)
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    made.arrive()
    return made


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_title_and_no_marks_left(name: str) -> None:
    words = text.page_text(name)
    assert words.startswith("# ")
    assert "<!--" not in words
    assert "nan" not in re.findall(r"\w+", words)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_page(name: str) -> None:
    assert {link for _, link in text._LINK.findall(text.page_text(name))} <= set(PAGES)


def test_every_parameter_and_every_order_stands_in_the_handbook() -> None:
    told = {entry.title for entry in text.entries()}
    missing = [v.name for v in REGISTRY.values() if v.kind == "parameter" and text.named(v.label) not in told]
    assert missing == []
    assert [v.name for v in DECISIONS if text.label_for(v.name) not in told] == []


def test_the_search_finds_a_parameter_and_opens_it(page: HandbookPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.search.edit, "site lead")
    assert page.search.shown()[0] == "compute#Site lead"
    qtbot.keyClick(page.search.edit, Qt.Key.Key_Return)
    assert page.page == "compute"
    assert page.browser.textCursor().block().text() == "Site lead"
    qtbot.keyClick(page.search.edit, Qt.Key.Key_Escape)
    assert page.search.shown() == PAGES


def test_links_lead_on_and_back_leads_back(page: HandbookPage, qtbot: QtBot) -> None:
    page.browser.anchorClicked.emit(QUrl("compute.md"))
    assert page.page == "compute"
    qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert page.page == "index"
    qtbot.mouseClick(page.forward, Qt.MouseButton.LeftButton)
    assert page.page == "compute"
    assert not page.forward.isEnabled()


def test_a_missing_page_is_said(page: HandbookPage) -> None:
    page.open_entry("nowhere")
    assert "no page nowhere" in page.browser.toPlainText()


def test_text_follows_the_theme(page: HandbookPage, theme: ThemeController) -> None:
    page.open_entry("compute")
    theme.set_text_percent(150)
    assert page.browser.document().defaultFont().pixelSize() == theme.font("body").pixelSize()
    assert page.page == "compute"


def test_f1_on_a_control_opens_its_entry(page: HandbookPage) -> None:
    outer, inner = QWidget(), QWidget()
    inner.setParent(outer)
    outer.setObjectName("order_buy_gpus")
    assert place_for(inner, "control_room") == ("orders", "Buy GPUs")
    inner.setAccessibleName("Training share")
    assert place_for(inner, "control_room") == ("orders", "Training share")
    assert place_for(None, "finance") == ("accounts", "")


def test_every_place_that_f1_names_exists(page: HandbookPage) -> None:
    orders = [("orders", text.label_for(v.name)) for v in DECISIONS]
    for place, heading in (*_NAMED.values(), *_PAGES.values(), *orders):
        assert place in PAGES
        page.open_entry(place)
        assert not heading or go_to(page.browser, heading), heading
