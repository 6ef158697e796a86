"""The Timeline: branches as a tree, each quarter as it was, forks, notes and comparisons."""

from __future__ import annotations

import json
import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from labsim import formats
from labsim.play.session import Session
from labsim.scenario import DEFAULT, load_scenario
from labsim.ui.desktop import Desktop
from labsim.ui.pages import timeline_compare_rows, timeline_rows
from labsim.ui.pages.timeline import COMPARISON, LOG
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.branch_layout import TreeData, TreeLane, TreeNode, beside
from labsim.ui.widgets.branch_tree import BranchTree

BANDS = json.dumps({"t": 0, "bands": {"cash": [[1.0], [2.0], [3.0], [4.0], [1e9]]}})


@pytest.fixture
def desktop(desktop: Desktop) -> Desktop:
    """A desktop with four quarters played and the Timeline in front."""
    desktop.start(DEFAULT, "Anthropic", 1)
    desktop.draft.order({"reserve_gpus": 4000.0, "lobbying_spend": 3.0}, "x")
    for _ in range(4):
        desktop.game.end_quarter()
    desktop.window.show_page("timeline")
    return desktop


@pytest.fixture
def forked(desktop: Desktop) -> Desktop:
    """The same with a second branch from the second quarter on that has other orders."""
    session = desktop.game.session
    session.fork(session.path()[2].id, "cheap")
    session.set_order("price", {"developer": 9.0})
    desktop.game.go_to_branch("cheap")
    desktop.game.end_quarter()
    desktop.game.end_quarter()
    return desktop


def button(desktop: Desktop, name: str) -> QPushButton:
    """A visible button of the page by its accessible name."""
    return next(b for b in desktop.timeline.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible())


def fork_by_dialog(desktop: Desktop, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(button(desktop, "Fork here"), Qt.MouseButton.LeftButton)
    edit = desktop.window.findChild(QLineEdit, "branch_name")
    edit.setText(name)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def test_the_tree_shows_every_quarter_and_the_one_to_come(desktop: Desktop) -> None:
    tree = desktop.timeline.tree.tree
    assert [node.t for node in tree.nodes] == [-1, 0, 1, 2, 3, 4]
    assert tree.nodes[-1].is_open
    assert tree.nodes[1].chip == "Compute +1"


def test_arrows_move_along_and_between_branches(forked: Desktop, qtbot: QtBot) -> None:
    page = forked.timeline
    page.select(2)
    qtbot.keyClick(page.tree, Qt.Key.Key_Right)
    assert page.selected.t == 2
    assert page.branch == "main"
    qtbot.keyClick(page.tree, Qt.Key.Key_Down)
    assert page.branch == "cheap"
    assert page.selected.t == 2
    qtbot.keyClick(page.tree, Qt.Key.Key_Left)
    assert page.branch == "main"


def test_a_click_on_a_node_shows_the_quarter_as_it_was(desktop: Desktop, qtbot: QtBot) -> None:
    page = desktop.timeline
    place = page.tree.mapFromScene(page.tree._dots[1].pos())
    qtbot.mouseClick(page.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.title.text() == "Q1 2023 · main"
    cash = float(desktop.game.session.record(1).world.capital.cash[desktop.game.seat, 0])
    shown = page.quarter.figures.own_model.data_shown.rows[0]
    assert shown.cells[0] == formats.money(cash)
    session = desktop.game.session
    assert "Reserve GPUs: 4,000 GPUs" in "".join(timeline_rows.order_lines(session, session.path(1)[-1]))


def test_fork_here_asks_for_a_name_and_plays_the_new_branch(desktop: Desktop, qtbot: QtBot) -> None:
    before = {node.id: node for node in desktop.game.session.nodes()}
    desktop.timeline.select(2)
    fork_by_dialog(desktop, qtbot, "second thoughts")
    session = desktop.game.session
    assert session.branch.name == "second thoughts"
    assert desktop.game.t == 2
    assert len(desktop.game.records) == 2
    assert desktop.timeline.selected.is_open
    desktop.game.end_quarter()
    assert {key: node for key, node in ((n.id, n) for n in session.nodes()) if key in before} == before


def test_a_name_that_is_taken_is_told_in_the_dialog(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.timeline.select(2)
    fork_by_dialog(desktop, qtbot, "main")
    from labsim.ui.pages.timeline_dialogs import NameDialog

    dialog = desktop.window.findChild(NameDialog)
    assert "already" in dialog.problem.text()
    assert desktop.game.session.branch.name == "main"
    assert len(desktop.game.session.branches()) == 1
    dialog.reject()


def test_a_quarter_not_yet_played_cannot_be_forked(desktop: Desktop) -> None:
    desktop.timeline.select(timeline_rows.open_key(1))
    assert not button(desktop, "Fork here").isEnabled()
    assert "not been played" in button(desktop, "Fork here").toolTip()


def test_branches_are_switched_renamed_deleted_and_restored(forked: Desktop, qtbot: QtBot) -> None:
    page, session = forked.timeline, forked.game.session
    page.select(1)
    assert not button(forked, "Delete branch").isEnabled() or page.branch != session.branch.name
    qtbot.mouseClick(button(forked, "Switch to branch"), Qt.MouseButton.LeftButton)
    assert session.branch.name == "main"
    assert forked.game.t == 4
    page.select(timeline_rows.open_key(2))
    page._rename("cheap", "cheaper")
    assert [branch.name for branch in session.branches()] == ["main", "cheaper"]
    qtbot.mouseClick(button(forked, "Delete branch"), Qt.MouseButton.LeftButton)
    assert [branch.name for branch in session.branches()] == ["main"]
    assert len(page.tree.tree.lanes) == 1
    page.restore(2)
    assert [branch.name for branch in session.branches()] == ["main", "cheaper"]


def test_ticked_branches_are_compared_with_charts_orders_outcomes_and_reasons(forked: Desktop, qtbot: QtBot) -> None:
    page = forked.timeline
    assert not button(forked, "Compare").isEnabled()
    for box in page.tree.boxes:
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(14, box.height() // 2))
    qtbot.mouseClick(button(forked, "Compare"), Qt.MouseButton.LeftButton)
    assert page.tabs.currentIndex() == COMPARISON
    qtbot.waitUntil(lambda: not page._reading.is_busy)
    assert "cheap" in page.compared.charts["cash"].summary()
    rows = {row.name: row.cells for row in page.compared.table.own_model.data_shown.rows}
    assert "Why cash differs" in rows
    assert rows["Q3 2023  Price, developers"] == ("not given", "$9.00")
    assert "Outcomes in Q4 2023" in rows


def test_the_reasons_of_a_comparison_add_up_to_the_difference() -> None:
    scenario = load_scenario(DEFAULT)
    session = Session.new(scenario, 1, 1)
    session.end_quarter()
    session.fork(0, "b")
    session.set_order("lobbying_spend", 40.0)
    session.end_quarter()
    compared = timeline_compare_rows.Compared.of(session, ["main", "b"])
    one = timeline_compare_rows._explained(session, "main", "b", "cash")
    assert one is not None
    assert sum(term.steps for term in one.terms) == one.scale.steps(one.to) - one.scale.steps(one.from_)
    table = timeline_compare_rows.difference_table(session, compared, "cash")
    assert any(row.is_sum and row.name == "Cash" for row in table.rows)


def test_notes_are_kept_in_the_game(desktop: Desktop) -> None:
    page = desktop.timeline
    page.select(2)
    page.quarter.note.setPlainText("too few chips")
    page.select(3)
    assert [(note.turn, note.text) for note in desktop.game.session.notes] == [(2, "too few chips")]
    page.select(2)
    assert page.quarter.note.toPlainText() == "too few chips"
    page.quarter.note.setPlainText("")
    page.select(3)
    assert desktop.game.session.notes == ()


def test_a_note_just_written_survives_closing(desktop: Desktop) -> None:
    file = desktop.game.file
    assert file is not None
    desktop.timeline.select(2)
    desktop.timeline.quarter.note.setPlainText("remember this")
    desktop.window.action("close_game").trigger()
    desktop.open_file(file)
    assert [note.text for note in desktop.game.session.notes] == ["remember this"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"t": 0}', '{"t": 0, "bands": {"cash": 3}}',
                                  '{"t": 0, "bands": {"cash": [["a"]]}}', '{"t": 1, "bands": {}}'])  # fmt: skip
def test_a_forecast_that_cannot_be_read_is_no_forecast(text: str) -> None:
    assert timeline_rows.bands_of(text, 0) == {}


def test_the_log_holds_forecasts_against_what_happened(qtbot: QtBot) -> None:
    session = Session.new(load_scenario(DEFAULT), 1, 1)
    session.end_quarter(BANDS)
    found = timeline_rows.checks(session, session.current)
    assert [(check.title, check.words) for check in found] == [("Cash", "inside 90 %")]
    table, words = timeline_rows.log_table(session, session.path())
    assert table.rows[0].cells[0].endswith("inside 90 %")
    assert words == "Of 1 figures foreseen, 0 fell inside their 50 % band and 1 inside the 90 % band."


def test_the_log_of_a_branch_lists_its_quarters(forked: Desktop, qtbot: QtBot) -> None:
    page = forked.timeline
    page.tabs.setCurrentIndex(LOG)
    qtbot.waitUntil(lambda: not page._reading.is_busy)
    names = [row.name for row in page.log.own_model.data_shown.rows]
    assert names == ["Q1 2023", "Q2 2023", "Q3 2023", "Q4 2023"]


def test_another_game_forgets_the_tree(forked: Desktop) -> None:
    forked.start(DEFAULT, "OpenAI", 2)
    forked.window.show_page("timeline")
    assert len(forked.timeline.tree.tree.nodes) == 2
    assert forked.timeline.branch == "main"


def test_twenty_branches_of_forty_quarters_are_drawn_in_time(qtbot: QtBot, theme: ThemeController) -> None:
    nodes = [TreeNode(0, None, -1, 0)]
    for lane in range(20):
        for t in range(40):
            key = 1 + lane * 40 + t
            nodes.append(TreeNode(key, 0 if t == 0 else key - 1, t, lane, "Compute +1"))
    lanes = tuple(TreeLane(f"branch {lane}", 40 + lane * 40) for lane in range(20))
    tree = BranchTree(theme, "Branches", formats.quarter_title)
    qtbot.addWidget(tree)
    tree.resize(1100, 300)
    tree.show()
    began = time.perf_counter()
    tree.set_data(TreeData(lanes, tuple(nodes)), 5)
    tree.grab()
    assert time.perf_counter() - began < 0.4  # 100 ms is the budget on an idle machine; bench measures it


def test_the_neighbour_of_an_edge_is_itself() -> None:
    tree = TreeData((TreeLane("a", 1),), (TreeNode(0, None, -1, 0), TreeNode(1, 0, 0, 0)))
    assert beside(tree, 0, -1, 0) == 0
    assert beside(tree, 1, 1, 0) == 1
    assert beside(tree, 1, 0, 1) == 1
