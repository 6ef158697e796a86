"""What has been played, and what if it had been played differently? The tree of quarters, each as it was, and forks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from labsim import formats
from labsim.errors import LabsimError, Message
from labsim.play.tree import ROOT, Node
from labsim.text import render, say
from labsim.ui.controllers.game import GameController
from labsim.ui.pages import timeline_rows as rows
from labsim.ui.pages.timeline_buttons import BranchButtons
from labsim.ui.pages.timeline_compare import ComparePane
from labsim.ui.pages.timeline_compare_rows import Compared
from labsim.ui.pages.timeline_dialogs import NameDialog
from labsim.ui.pages.timeline_quarter import QuarterPane
from labsim.ui.pages.timeline_reading import Reading
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.branch_layout import TreeNode
from labsim.ui.widgets.branch_tree import BranchTree
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.styled import ElidedLabel, label_of
from labsim.ui.widgets.tables import QuarterTable
from labsim.ui.window import Page

QUARTER, LOG, COMPARISON = range(3)
_NARROW = 1000  # pixels at normal text size
TABS = ("quarter", "decision_log", "comparison")


class TimelinePage(Page):
    """The tree of this game. `said` tells in passing, `refused` tells a known error, `play` when a branch is played,
    `compares` when branches are shown side by side.
    """

    said = Signal(str)
    refused = Signal(object)
    play = Signal()
    compares = Signal()

    def __init__(self, theme: ThemeController, game: GameController) -> None:
        """Make the page; it follows the game by itself, and does the work only while it is in front."""
        super().__init__()
        self._theme, self._game = theme, game
        self._is_stale = True
        self._key: int = ROOT
        self._ticked: list[str] = []
        self._reading = Reading(self)
        self.title, self.words = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self.tree = BranchTree(theme, say("timeline.branches"), self._quarter)
        self.tabs, self.stack = QTabBar(), QStackedWidget()
        self.quarter, self.compared = QuarterPane(theme), ComparePane(theme)
        self.log, self.log_words = QuarterTable(theme, say("timeline.decision_log")), label_of("", "muted")
        self.buttons = BranchButtons()
        self._lay_out()
        self._join()

    # ---- what is shown ----------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        """Bring the tree up to date."""
        if self._is_stale and self._game.is_open:
            self.refresh()
        self.tree.setFocus()

    def refresh(self) -> None:
        """Read the tree anew; what was selected stays selected where it still is."""
        session = self._game.session
        names = [branch.name for branch in session.branches()]
        self._ticked = [name for name in self._ticked if name in names]
        self._is_stale = False
        tree = rows.tree_of(session, self._ticked)
        if tree.node(self._key) is None:
            self._key = session.current.id
        self.tree.set_data(tree, self._key)
        self._show_selected()
        self.tree.set_current(self._key)

    @property
    def selected(self) -> TreeNode:
        """The node that is selected, played or not."""
        found = self.tree.tree.node(self._key)
        assert found is not None
        return found

    @property
    def branch(self) -> str:
        """The branch on whose lane the selected node lies."""
        return self.tree.tree.lanes[self.selected.lane].name

    def select(self, key: int) -> None:
        """Show another node."""
        self._key = key
        self.tree.set_current(key)
        self._show_selected()

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        self.compared.flip_tables()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the words where there is no room beside them."""
        super().resizeEvent(event)
        is_narrow = self.width() < self._theme.px(_NARROW)
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._head.setDirection(way)

    # ---- what is done -----------------------------------------------------------------------------------------------

    def ask_fork(self) -> None:
        """Ask for the name of a branch that begins after the selected node."""
        if not self._game.is_open or not self.buttons.fork.isEnabled():
            return
        node = self._node()
        said = {"after": rows.quarter_words(self._game.session, node), "quarter": node.t + 1}
        name = self._free(say("timeline.again", t=formats.quarter_title(node.t + 1)))
        self._ask(
            say("timeline.fork_title"),
            render(Message("timeline.fork", said)),
            name,
            lambda given: self._fork(node, given),
        )

    def compare(self) -> None:
        """Show the ticked branches side by side."""
        if len(self._ticked) < 2:
            return
        session, compared = self._game.session, Compared.of(self._game.session, self._ticked)
        self._reading.read(session, compared.nodes, lambda: self.compared.show_branches(session, compared))
        self._show_tab(COMPARISON)
        self.compares.emit()

    def switch(self) -> None:
        """Play the selected branch from now on."""
        name = self.branch
        if self._try(lambda: self._game.go_to_branch(name)):
            self.said.emit(render(Message("timeline.switched", {"branch": name})))

    def ask_rename(self) -> None:
        """Ask for another name of the selected branch."""
        old = self.branch
        self._ask(say("timeline.rename"), "", old, lambda given: self._rename(old, given))

    def delete(self) -> None:
        """Take the selected branch out of sight; it can be brought back."""
        name = self.branch
        if self._try(lambda: self._game.session.delete_branch(name)):
            self.refresh()
            self.said.emit(render(Message("timeline.deleted", {"branch": name})))

    def restore(self, branch: int) -> None:
        """Bring a deleted branch back."""
        if self._try(lambda: self._game.session.restore_branch(branch)):
            self.refresh()
            name = self._game.session.branches_by_id()[branch].name
            self.said.emit(render(Message("timeline.restored", {"branch": name})))

    def _fork(self, node: Node, name: str) -> None:
        made = self._game.session.fork(node.id, name)
        self._key = rows.open_key(made.id)
        self._game.go_to_branch(made.name)
        self.said.emit(render(Message("timeline.forked", {"branch": made.name, "quarter": node.t + 1})))

    def _rename(self, old: str, new: str) -> None:
        self._game.session.rename(old, new)
        self._ticked = [new.strip() if name == old else name for name in self._ticked]
        self.refresh()

    def _tick(self, name: str, is_on: bool) -> None:
        if is_on and len(self._ticked) == rows.MOST_COMPARED:
            self.said.emit(render(Message("timeline.too_many")))
        elif is_on:
            self._ticked.append(name)
        else:
            self._ticked.remove(name)
        self.refresh()
        if self.tabs.currentIndex() == COMPARISON:
            self.compare()

    def _open(self, key: int) -> None:
        if key < ROOT:
            if self.branch != self._game.session.branch.name:
                self.switch()
            self.play.emit()
            return
        self._show_tab(QUARTER)
        self.quarter.figures.setFocus()

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _quarter(self, t: float) -> str:
        is_opening = self._game.is_open and t < self._game.scenario.start
        return say("timeline.opening_name") if is_opening else formats.quarter_title(t)

    def _node(self) -> Node:
        return self._game.session.path(self._key)[-1]

    def _show_selected(self) -> None:
        session, here = self._game.session, self.selected
        if here.is_open:
            key = "playing" if self.branch == session.branch.name else "next"
            words = render(Message(f"timeline.{key}", {"quarter": here.t}))
            self.title.setText(f"{formats.quarter_title(here.t)} · {self.branch}")
            self.quarter.show_open(words)
        else:
            words = here.words
            self.title.setText(f"{rows.quarter_words(session, self._node())} · {self.branch}")
            self.quarter.show_node(session, self._node())
        self.words.setText(words)
        self.buttons.allow(session, here, self.branch, len(self._ticked))
        if self.tabs.currentIndex() == LOG:
            self._show_log()

    def _show_log(self) -> None:
        session, here = self._game.session, self.selected
        end = session.path(here.parent if here.is_open else session.tip(self.branch).id)
        self._reading.read(session, [node.id for node in end[1:]], lambda: self._fill_log(end))

    def _fill_log(self, path: tuple[Node, ...]) -> None:
        table, words = rows.log_table(self._game.session, path)
        self.log.set_data(table)
        self.log_words.setText(words)

    def _show_tab(self, tab: int) -> None:
        self.tabs.setCurrentIndex(tab)

    def _tab_chosen(self, tab: int) -> None:
        self.stack.setCurrentIndex(tab)
        if tab == LOG and self._game.is_open:
            self._show_log()
        elif tab == COMPARISON and len(self._ticked) > 1:
            self.compare()
        self._comparison.setCurrentIndex(1 if len(self._ticked) > 1 else 0)

    # ---- joining ----------------------------------------------------------------------------------------------------

    def _ask(self, title: str, words: str, name: str, take: Callable[[str], None]) -> None:
        NameDialog(self._theme, self.window(), title, words, name, take).open()

    def _free(self, name: str) -> str:
        taken = {branch.name for branch in self._game.session.branches()}
        names = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
        return next(one for one in names if one not in taken)

    def _try(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except LabsimError as error:
            self.refused.emit(error)
            return False
        return True

    def _opened(self) -> None:
        self._reading.stop()
        self.quarter.forget()
        self.compared.forget()
        self._ticked, self._key, self._is_stale = [], ROOT, True
        self.tabs.setCurrentIndex(QUARTER)

    def _turned(self) -> None:
        self._is_stale = True
        if self._game.is_open:
            if self._key >= ROOT or not self.isVisible():
                self._key = self._game.session.current.id
            if self.isVisible():
                self.refresh()

    def _join(self) -> None:
        buttons = self.buttons
        for button, use in ((buttons.fork, self.ask_fork), (buttons.compare, self.compare),
                            (buttons.switch, self.switch), (buttons.rename, self.ask_rename),
                            (buttons.delete, self.delete)):  # fmt: skip
            button.clicked.connect(use)
        buttons.restored.connect(self.restore)
        self.tree.chosen.connect(self.select)
        self.tree.opened.connect(self._open)
        self.tree.ticked.connect(self._tick)
        self.tabs.currentChanged.connect(self._tab_chosen)
        self.quarter.unkept.connect(self.said)
        self.quarter.noted.connect(lambda: QTimer.singleShot(0, self, self._note_kept))
        self._game.opened.connect(self._opened)
        self._game.turned.connect(self._turned)

    def _note_kept(self) -> None:
        if self._game.is_open:
            self.tree.set_data(rows.tree_of(self._game.session, self._ticked), self._key)

    def _lay_out(self) -> None:
        for key in TABS:
            self.tabs.addTab(say(f"timeline.{key}"))
        self.tabs.setAccessibleName(say("timeline.what_shown_below"))
        self.tabs.setObjectName("timeline_tabs")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.words)
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setSpacing(8)
        head.addLayout(words, 1)
        head.addWidget(self.buttons)
        card = QWidget()
        card.setProperty("kind", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(12, 6, 8, 6)
        inside.addWidget(self.tree)
        log = Card(self._theme, say("timeline.decision_log"), "file-text")
        log.body.addWidget(self.log_words)
        log.body.addWidget(self.log, 1)
        self.log.setProperty("kind", "figures")
        hint = label_of(render(Message("timeline.compare")), "muted")
        hint.setWordWrap(True)
        self._comparison = QStackedWidget()
        self._comparison.addWidget(hint)
        self._comparison.addWidget(self.compared)
        for pane in (self.quarter, log, self._comparison):
            self.stack.addWidget(pane)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(card)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
