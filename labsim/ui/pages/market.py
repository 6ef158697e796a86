"""Who sells what to whom at which price? Shares, offers, segments and rivals, known things and estimates apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from labsim import formats
from labsim.errors import Message
from labsim.play import market_known
from labsim.play.market_known import DEFAULT_SEGMENT
from labsim.text import render, say
from labsim.ui.charts.stacked import StackedShares
from labsim.ui.controllers.game import GameController
from labsim.ui.pages import market_rows
from labsim.ui.pages.market_chart import LowTable, LowTwin, OfferChart
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import Card, EmptyState
from labsim.ui.widgets.scroll import scroll_of
from labsim.ui.widgets.styled import label_of
from labsim.ui.window import Page

TABLES = ("rivals", "segments")
ANSWERS = ("who_leads", "who_undercuts", "open_weights_floor")


class MarketPage(Page):
    """The market as the player's lab knows it. ``asked_to_play`` from the empty page, before the first quarter."""

    asked_to_play = Signal()

    def __init__(self, theme: ThemeController, game: GameController) -> None:
        """Make the page; it follows the game by itself, and does the work only while it is in front."""
        super().__init__()
        self._theme, self._game = theme, game
        self._is_stale = True
        self.view = self._bar((say("market_page.all_revenue"), *market_rows.segment_names()), "segment")
        self.which = self._bar([say(f"market_page.{key}") for key in TABLES], "market_table")
        self.answers = {key: label_of("") for key in ANSWERS}
        self.shares = StackedShares(theme, say("market_page.shares"), formats.share, formats.quarter_title)
        self.offers = OfferChart(
            theme,
            say("market_page.offers"),
            lambda v: formats.show(v, "points"),
            lambda v: say("market_page.quarter", v=formats.money(v)),
        )
        self.twins = [LowTwin(theme, self.shares), LowTwin(theme, self.offers)]
        self.table = LowTable(theme, TABLES[0])
        self.table.setProperty("kind", "figures")
        self.known = label_of(render(Message("market_page.known")), "small")
        self.known.setWordWrap(True)
        spoken = say("market_page.copy_table")
        self.copy_button = named_button(say("market_page.copy"), "market_copy", self.table.copy, spoken=spoken)
        self._lay_out()
        self.view.currentChanged.connect(self._show)
        self.which.currentChanged.connect(self._show_table)
        game.opened.connect(self._opened)
        game.turned.connect(self._turned)
        theme.changed.connect(self._retheme)
        self._retheme()

    def arrive(self) -> None:
        """Bring the page up to date."""
        if self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Read the market anew."""
        has_any = self._game.is_open and bool(self._game.records)
        self._whole.setCurrentIndex(1 if has_any else 0)
        self._is_stale = False
        if has_any:
            game = self._game
            before = game.records[-2] if len(game.records) > 1 else None
            self._known = market_known.labs(game.records[-1], before, game.seat, game.scenario)
            self._show()

    @property
    def segment(self) -> int:
        """Row of the segment whose prices are shown; the developers' where all revenue is."""
        at = self.view.currentIndex() - 1
        return at if at >= 0 else DEFAULT_SEGMENT

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        for twin in self.twins:
            twin.flip()

    # ---- following the game -----------------------------------------------------------------------------------------

    def _opened(self) -> None:
        with QSignalBlocker(self.view):
            self.view.setCurrentIndex(0)
        self._turned()

    def _turned(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def _show(self) -> None:
        game, segment = self._game, self.segment
        if not game.is_open or not game.records:
            return
        record = game.records[-1]
        standing = market_known.standing(self._known, record, segment)
        told = market_rows.answers(standing, self._known[0], segment)
        for label, text in zip(self.answers.values(), (told.lead, told.cheaper, told.floor), strict=True):
            label.setText(text)
        is_all = self.view.currentIndex() == 0
        title = (
            say("market_page.share_all_labs")
            if is_all
            else say("market_page.share_customers", views=self.view.tabText(self.view.currentIndex()))
        )
        self.shares.title.setText(title)
        self.shares.setAccessibleName(title)
        lines = market_rows.share_lines(game.records, game.scenario.labs, game.seat, None if is_all else segment)
        self.shares.set_data(lines)
        self.offers.set_title(market_rows.offers_title(segment))
        self.offers.set_offers(
            market_rows.bubbles(self._known, record, segment),
            standing.floor_price,
            lambda value: market_rows.price_text(value, segment),
        )
        self._show_table()

    def _show_table(self) -> None:
        game = self._game
        if not game.is_open or not game.records:
            return
        at = self.which.currentIndex()
        self.table.setAccessibleName(self.which.tabText(at))
        if at == 0:
            self.table.set_data(market_rows.rivals_table(self._known, self.segment))
        else:
            self.table.set_data(market_rows.segments_table(market_known.segments(game.records[-1], game.seat)))

    # ---- layout -----------------------------------------------------------------------------------------------------

    def _bar(self, names: Sequence[str], key: str) -> QTabBar:
        bar = QTabBar()
        bar.setAccessibleName(say(f"market_page.{key}"))
        bar.setObjectName(f"market_{key}")
        bar.setDrawBase(False)
        bar.setExpanding(False)
        bar.setUsesScrollButtons(False)
        for text in names:
            bar.addTab(text)
        return bar

    def _lay_out(self) -> None:
        empty = EmptyState(
            self._theme,
            "store",
            render(Message("market_page.empty_title")),
            render(Message("market_page.empty_text")),
            say("market_page.control_room"),
        )
        empty.acted.connect(self.asked_to_play)
        self._whole = QStackedWidget()
        self._whole.addWidget(empty)
        self._whole.addWidget(self._market())
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addWidget(self._whole)

    def _market(self) -> QWidget:
        told = QHBoxLayout()
        told.setSpacing(8)
        for (key, label), icon in zip(self.answers.items(), ("trophy", "tag", "scale"), strict=True):
            told.addWidget(self._answer(key, label, icon), 1)
        charts = QHBoxLayout()
        charts.setSpacing(8)
        for twin in self.twins:
            charts.addWidget(twin, 1)
        head = QHBoxLayout()
        head.addWidget(self.which)
        head.addSpacing(8)
        head.addWidget(self.known, 1)
        head.addWidget(self.copy_button)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.view)
        column.addLayout(told)
        column.addLayout(charts, 6)
        column.addLayout(head)
        column.addWidget(self.table, 5)
        return scroll_of(whole)

    def _answer(self, key: str, label: QLabel, icon: str) -> Card:
        card = Card(self._theme, say(f"market_page.{key}"), icon)
        label.setWordWrap(True)
        label.setObjectName(f"answer_{key}")
        card.body.addWidget(label)
        card.body.addStretch(1)
        return card

    def _retheme(self) -> None:
        self.copy_button.setIcon(self._theme.icon("copy", "text"))
