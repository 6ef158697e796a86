"""What is the window made of? Rail, top bar and pages; actions from one table; one place where pages change."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from labsim.errors import LabsimError, Problem
from labsim.text import say
from labsim.ui.actions import ACTIONS, MENUS, PAGE_ACTIONS, spec
from labsim.ui.rail import Rail
from labsim.ui.theme import ThemeController
from labsim.ui.topbar import TopBar
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.messages import Toast
from labsim.ui.widgets.problems import Offer, ProblemsDialog
from labsim.ui.widgets.report import ReportDialog
from labsim.ui.widgets.scroll import page_area

FIRST_SIZE = (1280, 720)


class Page(QWidget):
    """A page of the window. ``arrive`` is called whenever it comes to the front."""

    def __init__(self) -> None:
        """Make an empty page."""
        super().__init__()
        self.setObjectName("page")

    def arrive(self) -> None:
        """Bring what is shown up to date."""


class MainWindow(QMainWindow):
    """The shell: it knows pages and actions by key, and nothing of the game."""

    def __init__(self, theme: ThemeController) -> None:
        """Make a window without pages."""
        super().__init__()
        self.theme = theme
        self.setObjectName("main_window")
        self.setWindowTitle("labsim")
        self.resize(*FIRST_SIZE)
        self.actions_by_key = {action.key: self._action(action.key) for action in ACTIONS}
        self._make_menus()
        self.end_button = self._button("end_quarter", "primary")
        self.undo_button = self._button("undo", "")
        self.top_bar = TopBar(theme, self.end_button, self.undo_button)
        self.rail = Rail(theme, PAGE_ACTIONS)
        self.stack = QStackedWidget()
        self.notices = QVBoxLayout()  # banners that stay while something holds
        self.notices.setContentsMargins(12, 4, 12, 0)
        self.pages: dict[str, Page] = {}
        self._lay_out()
        self.toast = Toast(theme, self)
        self._closers: list[Callable[[], object]] = []
        self._askers: list[Callable[[], bool]] = []
        self._told: set[str] = set()
        self._is_telling = False
        self.rail.chosen.connect(self.show_page)
        for key in PAGE_ACTIONS:
            self.action(key).triggered.connect(lambda _=False, key=key: self.show_page(key))
        QApplication.instance().focusChanged.connect(self._focus_moved)  # type: ignore[union-attr]  # there is one
        theme.changed.connect(self._retheme)
        self._retheme()

    def action(self, key: str) -> QAction:
        """The action of a key."""
        return self.actions_by_key[key]

    def add_page(self, key: str, page: Page) -> None:
        """Add a page under its action key (or, for pages without a place in the rail, any key)."""
        self.pages[key] = page
        if key in PAGE_ACTIONS:
            page.setAccessibleName(say("window.page", title=spec(key).text))
        self.stack.addWidget(page_area(page))

    def show_page(self, key: str) -> None:
        """Bring a page to the front."""
        page, focus = self.pages[key], self.focusWidget()
        goes = focus is None or (key != self.page_key and self.stack.isAncestorOf(focus))
        self.stack.setCurrentIndex(list(self.pages).index(key))
        if goes:  # Qt would give the focus, and a ring that says so, to whatever control comes next
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.rail.show_page(key)
        page.arrive()

    def put_under_pages(self, strip: QWidget) -> None:
        """Dock something at the foot, under every page."""
        self._column.addWidget(strip)

    @property
    def page_key(self) -> str:
        """The page in front."""
        return list(self.pages)[self.stack.currentIndex()] if self.pages else ""

    def set_playing(self, is_playing: bool) -> None:
        """Show the top bar, and allow the pages and actions that need a game."""
        self.top_bar.setVisible(is_playing)
        for key in PAGE_ACTIONS:
            reachable = is_playing or key == "home"
            self.rail.set_reachable(key, reachable, "" if reachable else say("window.open_start_game"))
            self.action(key).setEnabled(reachable)
        for key in ("close_game", "end_quarter", "run_on", "ways_out", "horizon", "tables"):
            self.action(key).setEnabled(is_playing)

    def before_closing(self, work: Callable[[], object]) -> None:
        """Do some work when the window closes: stop threads, close the file."""
        self._closers.append(work)

    def ask_before_closing(self, may_close: Callable[[], bool]) -> None:
        """Close only when this says yes, as after asking about what is not on disk."""
        self._askers.append(may_close)

    def ask(self, dialog: QDialog) -> int:
        """Show a dialog until it is closed, and let go of it: kept, it would be dressed by every later theme."""
        try:
            return dialog.exec()
        finally:
            dialog.deleteLater()

    def report(self, title: str, message: str, details: str) -> None:
        """Show our own mistake, with text that can be copied; the same one once, and none over another."""
        if details in self._told or self._is_telling:
            return
        self._told.add(details)
        self._is_telling = True
        try:
            self.ask(ReportDialog(self.theme, title, message, details, self))
        finally:
            self._is_telling = False

    def tell(self, title: str, problems: Sequence[Problem], offers: Sequence[Offer] = (), close: str = "") -> str:
        """Show what does not work and the ways on; the key of the way that was chosen, empty for none."""
        dialog = ProblemsDialog(self.theme, title, problems, offers, self, close)
        self.ask(dialog)
        return dialog.chosen

    def refuse(self, error: LabsimError) -> None:
        """Show a known error to which there is nothing to choose."""
        self.tell(say("window.did_not_work"), error.problems)

    def report_failure(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """The hook for exceptions that nobody caught: the game is on disk, say so and go on."""
        if isinstance(error, LabsimError):
            self.refuse(error)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        self.report(say("window.mistake_labsim"), say("window.game_safe_disk"), details)

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Keep single-letter shortcuts off while a text field has the focus."""
        typing = isinstance(now, QLineEdit | QTextEdit | QPlainTextEdit)
        for action in ACTIONS:
            if action.is_single_letter:
                self.action(action.key).setShortcut(QKeySequence() if typing else QKeySequence(action.shortcut))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs; everything is on disk already, or somebody is asked."""
        if not all(may_close() for may_close in self._askers):
            event.ignore()
            return
        with ExitStack() as stack:  # all of them, also when one fails
            for work in reversed(self._closers):
                stack.callback(work)
        event.accept()

    def _action(self, key: str) -> QAction:
        said = spec(key)
        action = QAction(said.text, self)
        action.setObjectName(f"action_{key}")
        if said.shortcut:
            action.setShortcut(QKeySequence(said.shortcut))
        keys = f" ({QKeySequence(said.shortcut).toString(QKeySequence.SequenceFormat.NativeText)})"
        action.setToolTip(f"{said.help}{keys if said.shortcut else ''}")
        action.setStatusTip(said.help)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.addAction(action)
        return action

    def _make_menus(self) -> None:
        bar = self.menuBar()
        for name in MENUS:
            menu = bar.addMenu(say(f"menu.{name}"))
            for action in ACTIONS:
                if action.menu == name:
                    menu.addAction(self.actions_by_key[action.key])

    def _button(self, key: str, kind: str) -> QPushButton:
        action = self.action(key)
        button = named_button(spec(key).text, f"{key}_button", kind=kind)
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: button.setEnabled(action.isEnabled()))
        return button

    def _lay_out(self) -> None:
        whole = QWidget()
        whole.setObjectName("page")
        self._column = right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top_bar)
        right.addLayout(self.notices)
        right.addWidget(self.stack, 1)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(whole)

    def _retheme(self) -> None:
        for key, action in self.actions_by_key.items():
            if spec(key).icon:
                action.setIcon(self.theme.icon(spec(key).icon))
        self.end_button.setIcon(self.theme.icon("play", "on_accent"))
        self.undo_button.setIcon(self.theme.icon("undo-2", "text"))
