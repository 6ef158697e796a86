"""Where did the money go, and who owns the lab? Statements with quarters as columns, the cash bridge and the runway."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from labsim import formats
from labsim.errors import BadWorld, Message, Problem
from labsim.model.figures import RUNWAY_MONTHS_MAX
from labsim.play.cap_table import cap_table
from labsim.play.standing import months_left
from labsim.play.statements import Books, Statement, balance_sheet, cash_flow, income_statement
from labsim.play.token_ledger import token_ledger
from labsim.text import render, say
from labsim.ui import choosing
from labsim.ui.charts.history import HistoryChart
from labsim.ui.charts.lines import Line
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.controllers.game import GameController
from labsim.ui.pages.finance_bridge import CashBridge
from labsim.ui.pages.finance_tables import exact_tsv, table_of
from labsim.ui.pages.finance_view import StatementTable
from labsim.ui.present import runway_text
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import EmptyState
from labsim.ui.widgets.styled import label_of
from labsim.ui.window import Page

TABS: tuple[tuple[str, Callable[[Books], Statement]], ...] = (
    ("income", income_statement),
    ("cash_flow", cash_flow),
    ("balance", balance_sheet),
    ("tokens", token_ledger),
    ("owners", cap_table),
)
"""Tables of the page: key, and what makes them; `finance.tab.income` … are their names."""
_MONEY_TABS = ("income", "cash_flow", "balance", "owners")
PARTS = (690, 450)
"""Widths of tables and charts to begin with, in pixels; the user moves the border."""
_WARNINGS = ((12.0, "warn"), (6.0, "warn"), (3.0, "bad"))


class FinancePage(Page):
    """The books. ``asked_to_play`` from the empty page, before the first quarter."""

    asked_to_play = Signal()

    def __init__(self, theme: ThemeController, game: GameController) -> None:
        """Make the page; it follows the game by itself, and does the work only while it is in front."""
        super().__init__()
        self._theme, self._game = theme, game
        self._is_stale = True
        self._made: dict[str, Statement] = {}
        self.tabs = QTabBar()
        self.table = StatementTable(theme, _title(0))
        self.note = label_of("", "small")
        self.bridge = CashBridge(theme, game)
        self.runway = HistoryChart(theme, say("finance.runway"), runway_text, formats.quarter_title)
        self.runway_twin = ChartTwin(theme, self.runway)
        self.copy_button, self.export_button = (
            self._button(say("finance.copy"), "copy"),
            self._button(say("finance.export"), "download"),
        )
        self._lay_out()
        self.copy_button.clicked.connect(self.copy)
        self.export_button.clicked.connect(self.ask_export)
        self.tabs.currentChanged.connect(self._show_table)
        game.opened.connect(self._opened)
        game.turned.connect(self._turned)
        theme.changed.connect(self._retheme)
        self._retheme()

    def arrive(self) -> None:
        """Bring the books up to date."""
        if self._is_stale:
            self.refresh()

    def refresh(self) -> None:
        """Read the books anew."""
        has_any = self._game.is_open and bool(self._game.records)
        self._whole.setCurrentIndex(1 if has_any else 0)
        self._is_stale = False
        self._made.clear()
        if has_any:
            self._show_table()
            self.bridge.refresh()
            self._show_runway()

    @property
    def statement(self) -> Statement:
        """The table in front."""
        key, make = TABS[self.tabs.currentIndex()]
        if key not in self._made:
            game = self._game
            opening = game.session.world(game.session.path()[0].id)
            self._made[key] = make(Books(opening, game.records, game.seat, game.scenario.params))
        return self._made[key]

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        self.bridge.twin.flip()
        self.runway_twin.flip()

    def copy(self) -> None:
        """Put the table in front on the clipboard, for a spreadsheet."""
        QGuiApplication.clipboard().setText(exact_tsv(self.statement))

    def export(self, file: Path) -> None:
        """Write the table in front into a file of tab-separated values. Raises BadWorld when that cannot be done."""
        try:
            file.write_text(exact_tsv(self.statement), encoding="utf-8")
        except OSError as error:
            what = f"it cannot be written ({error.strerror or error})"
            raise BadWorld(Problem(str(file), what, "make room, or choose another folder")) from error
        self._game.said.emit(render(Message("finance.exported", {"file": file.name})))

    def ask_export(self) -> None:
        """Choose where the table in front goes."""
        proposed = say("finance.tsv", lab=self._game.lab, tabs=_title(self.tabs.currentIndex()).lower())
        kinds = say("finance.tsv_filter")
        file = choosing.file_to_save(self, say("finance.export_table"), Path(proposed), kinds)
        if file is not None:
            self.export(file)

    # ---- following the game -----------------------------------------------------------------------------------------

    def _opened(self) -> None:
        self.runway.forget_range()
        self._turned()

    def _turned(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self.refresh()

    def _show_table(self) -> None:
        if not self._game.is_open or not self._game.records:
            return
        key = TABS[self.tabs.currentIndex()][0]
        self.table.setAccessibleName(_title(self.tabs.currentIndex()))
        self.table.set_data(table_of(self.statement))
        unit = say("finance.millions_dollars") + " " if key in _MONEY_TABS else ""
        self.note.setText(unit + render(Message(f"finance.{key}_note")))
        QTimer.singleShot(0, self.table, self.table.show_last)

    def _show_runway(self) -> None:
        game = self._game
        months = [min(months_left(record.world, game.seat), RUNWAY_MONTHS_MAX) for record in game.records]
        start = game.records[0].t
        lines = [Line(game.lab, np.array(months), start, f"lab{game.seat}")]
        lines += [Line(runway_text(limit), np.full(len(months), limit), start, color, is_dashed=True)
                  for limit, color in _WARNINGS]  # fmt: skip
        self.runway.set_data(lines)

    # ---- layout -----------------------------------------------------------------------------------------------------

    def _button(self, text: str, key: str) -> QPushButton:
        button = named_button(text, f"finance_{key}", spoken=say("finance.table", text=text))
        button.setProperty("icon_name", key)
        return button

    def _lay_out(self) -> None:
        self.tabs.setAccessibleName(say("finance.statements"))
        self.tabs.setObjectName("finance_tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for at in range(len(TABS)):
            self.tabs.addTab(_title(at))
        self.note.setWordWrap(True)
        empty = EmptyState(
            self._theme,
            "landmark",
            render(Message("finance.empty_title")),
            render(Message("finance.empty_text")),
            say("finance.control_room"),
        )
        empty.acted.connect(self.asked_to_play)
        self._whole = QStackedWidget()
        self._whole.addWidget(empty)
        self._whole.addWidget(self._books())
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addWidget(self._whole)

    def _books(self) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self.note, 1)
        head.addWidget(self.copy_button)
        head.addWidget(self.export_button)
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(self.tabs)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        charts = QVBoxLayout(right)
        charts.setContentsMargins(4, 0, 0, 0)
        charts.setSpacing(8)
        charts.addWidget(self.bridge, 3)
        charts.addWidget(self.runway_twin, 2)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("finance_split")
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([PARTS[0], PARTS[1]])
        return split

    def _retheme(self) -> None:
        for button in (self.copy_button, self.export_button):
            button.setIcon(self._theme.icon(str(button.property("icon_name")), "text"))


def _title(at: int) -> str:
    return say(f"finance.tab.{TABS[at][0]}")
