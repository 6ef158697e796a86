"""The whole desktop: from the first click to the end, with real files and real signals."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from labsim import formats
from labsim.model.decisions import DECISIONS
from labsim.play.offers import let_income
from labsim.play.session import Session
from labsim.scenario import DEFAULT
from labsim.store.games import list_games
from labsim.store.saves import open_save
from labsim.ui.actions import ACTIONS, PAGE_ACTIONS
from labsim.ui.board import level_of
from labsim.ui.briefing import briefing_items
from labsim.ui.desktop import Desktop
from labsim.ui.orders.base import BaseOrder
from labsim.ui.orders.fields import FlagOrder, NumberOrder
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tiles import KpiTile


@pytest.fixture
def playing(desktop: Desktop) -> Desktop:
    """The desktop with the default scenario just started."""
    desktop.start(DEFAULT, "Anthropic", 1)
    return desktop


def button(desktop: Desktop, name: str) -> QPushButton:
    """The visible button of an accessible name."""
    found = [b for b in desktop.window.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible()]
    assert found, f"no visible button {name}"
    return found[0]


def field(desktop: Desktop, name: str) -> NumberOrder:
    """The number control of a decision."""
    return next(f for f in desktop.control_room.orders.findChildren(NumberOrder) if f.name == name)


def test_every_decision_has_a_control(desktop: Desktop) -> None:
    given = desktop.control_room.gives
    assert sorted(given) == sorted({v.name for v in DECISIONS})


def test_every_page_of_the_rail_exists(desktop: Desktop) -> None:
    assert [key for key in PAGE_ACTIONS if key not in desktop.window.pages] == []


def test_no_two_actions_share_a_shortcut() -> None:
    keys = [action.shortcut for action in ACTIONS if action.shortcut]
    assert len(set(keys)) == len(keys)


def test_play_on_the_home_page_starts_the_chosen_scenario(desktop: Desktop, qtbot: QtBot) -> None:
    assert desktop.window.page_key == "home"
    desktop.home.choose("token-era")
    qtbot.mouseClick(button(desktop, "Play"), Qt.MouseButton.LeftButton)
    assert desktop.window.page_key == "control_room"
    assert desktop.game.lab == "Anthropic"
    assert desktop.game.file is not None
    assert desktop.game.file.exists()


def test_the_seed_of_the_dice_can_be_read(desktop: Desktop) -> None:
    line = desktop.home.seed.lineEdit()
    written = line.fontMetrics().size(0, "999999")
    assert line.width() >= written.width()
    assert line.height() >= written.height()


def focused(desktop: Desktop, name: str, qtbot: QtBot) -> QLineEdit:
    """The line of a number control, with the keyboard on it and all of it selected."""
    desktop.window.activateWindow()
    edit = field(desktop, name).findChild(QLineEdit)
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    edit.selectAll()
    return edit


def test_a_typed_order_reaches_the_engine(playing: Desktop, qtbot: QtBot) -> None:
    edit = field(playing, "reserve_gpus").findChild(QLineEdit)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "4,000")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert playing.draft.value("reserve_gpus") == 4000.0
    playing.end_quarter()
    assert playing.game.records[-1].decisions.reserve_gpus[playing.game.seat, 0] == 4000.0


def test_an_order_still_being_typed_counts_when_a_shortcut_ends_the_quarter(playing: Desktop, qtbot: QtBot) -> None:
    edit = focused(playing, "reserve_gpus", qtbot)
    qtbot.keyClicks(edit, "4,000")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(playing.game.records) == 1
    assert playing.game.records[-1].decisions.reserve_gpus[playing.game.seat, 0] == 4000.0


def test_a_quarter_does_not_end_over_an_order_that_cannot_be_read(playing: Desktop, qtbot: QtBot) -> None:
    edit = focused(playing, "reserve_gpus", qtbot)
    qtbot.keyClicks(edit, "many")
    qtbot.keyClick(edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not playing.game.records
    assert edit.text() == "many"


def test_undo_in_a_number_field_takes_the_order_back(playing: Desktop, qtbot: QtBot) -> None:
    edit = focused(playing, "reserve_gpus", qtbot)
    qtbot.keyClicks(edit, "4,000")
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # letters first
    assert edit.text() == "0 GPUs"
    edit.selectAll()
    qtbot.keyClicks(edit, "4,000")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert playing.draft.value("reserve_gpus") == 4000.0
    qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert playing.draft.value("reserve_gpus") == 0.0


def test_what_chips_cost_stands_under_their_orders(playing: Desktop) -> None:
    assert "$" in field(playing, "buy_gpus").field.note.text()
    playing.draft.order({"buy_gpus": 100.0}, "Buy GPUs")
    assert "$" in field(playing, "buy_gpus").field.note.text()


def test_every_number_control_changes_the_draft_and_can_be_undone(playing: Desktop) -> None:
    for control in playing.control_room.orders.findChildren(NumberOrder):
        low, high = playing.draft.limits(control.name)
        before = playing.draft.value(control.name)
        wanted = low + 0.5 * (min(high, max(4.0 * abs(before), low + 100.0)) - low)
        control.field.changed.emit(wanted)
        assert playing.draft.value(control.name) == pytest.approx(wanted), control.name
        playing.draft.undo_stack.undo()
        assert playing.draft.value(control.name) == pytest.approx(before), control.name
        playing.draft.undo_stack.redo()
        assert playing.draft.value(control.name) == pytest.approx(wanted), control.name
        playing.draft.undo_stack.undo()


def test_flags_start_and_stop_runs_and_say_why_they_are_off(playing: Desktop) -> None:
    flags = {f.name: f for f in playing.control_room.orders.findChildren(FlagOrder)}
    assert not flags["stop_run"].box.isEnabled()
    assert flags["stop_run"].note.text() == "No run is on."
    flags["start_run"].box.setChecked(True)
    playing.end_quarter()
    assert playing.game.world.training.run_on[playing.game.seat, 0] == 1.0
    assert not flags["start_run"].box.isEnabled()
    assert flags["stop_run"].box.isEnabled()


def test_tuning_open_weights_takes_their_size_and_reaches_the_engine(playing: Desktop, qtbot: QtBot) -> None:
    base = playing.control_room.orders.findChild(BaseOrder)
    assert base.note.text() == "There are open weights with capability 58: 13B parameters."
    size = field(playing, "design_active").field
    own = size.value
    qtbot.mouseClick(base.tune, Qt.MouseButton.LeftButton)
    training = playing.game.world.training
    there, there_points = float(training.open_active[0]), float(training.open_capability[0])
    assert size.value == there != own
    assert not size.edit.isEnabled()
    assert size.note.text() == "The size of the open weights that are tuned."
    playing.draft.order({"start_run": 1.0}, "x")
    playing.end_quarter()
    flows, seat = playing.game.records[-1].report.training, playing.game.seat
    assert flows.released[seat, 0] == 1.0  # tuning takes little compute
    assert flows.index_base[seat, 0] == pytest.approx(there_points, abs=3.0)
    qtbot.mouseClick(base.scratch, Qt.MouseButton.LeftButton)
    assert size.edit.isEnabled()


def test_let_capacity_says_what_it_brings_and_does(playing: Desktop) -> None:
    seat, game = playing.game.seat, playing.game
    playing.draft.order({"sublet": 0.2}, "x")
    said = field(playing, "sublet").field.note.text()
    promised = let_income(game.scenario, game.world, playing.draft.preview, seat, 0.2)
    assert said.startswith(
        f"20.0 % of the fleet would bring about {formats.money(promised)} a quarter, from Q2 2023 on."
    )
    playing.end_quarter()
    playing.end_quarter()
    assert playing.game.records[-1].report.operating.sublet_income[seat, 0] == pytest.approx(promised, rel=0.3)
    assert field(playing, "sublet").field.note.text().startswith("20.0 % is let this quarter.")


def test_the_token_bar_orders_all_four_shares_in_one_step(playing: Desktop) -> None:
    bar = next(card for card in playing.control_room.orders.cards if hasattr(card, "bar")).bar
    wanted = {"training": 0.5, "alignment": 0.1, "inference": 0.3, "research": 0.1}
    for part in (0.45, 0.5):
        bar.changing.emit({**wanted, "training": part, "research": 0.6 - part})
    bar.changed.emit(wanted)
    assert playing.draft.undo_stack.count() == 1
    assert bar.shares == pytest.approx(wanted)
    playing.draft.undo_stack.undo()
    assert bar.shares["training"] == pytest.approx(0.20)


def test_prices_of_all_segments_are_one_order(playing: Desktop) -> None:
    prices = {**playing.draft.prices(), "developer": 18.0}
    market = next(card for card in playing.control_room.orders.cards if hasattr(card, "prices"))
    market.prices.changed.emit(prices)
    assert playing.draft.prices()["developer"] == 18.0
    playing.end_quarter()
    assert playing.game.records[-1].decisions.price[1, playing.game.seat, 0] == 18.0


def test_the_forecast_follows_the_draft(playing: Desktop, qtbot: QtBot) -> None:
    with qtbot.waitSignal(playing.forecast.shown, timeout=10_000):
        playing.draft.order({"staff_target": 2000.0}, "Staff")
    qtbot.waitUntil(lambda: playing.forecast.last is not None and playing.forecast.last.is_final, timeout=10_000)
    assert "futures" in playing.control_room.chances.text()
    assert playing.control_room.charts["cash"].summary()


def test_a_forecast_under_way_is_finished_when_its_quarter_ends(
    playing: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(playing.forecast._worker, "request", asked.append)
    playing.draft.order({"buy_gpus": 100.0}, "Buy GPUs")
    answers = playing.forecast._answer(asked[-1], lambda: False)
    assert next(answers)[0] < 1.0
    playing.end_quarter()
    assert [fraction for fraction, _ in answers][-1] == 1.0


def test_a_draft_survives_a_crash(playing: Desktop, theme: ThemeController, tmp_path: Path, qtbot: QtBot) -> None:
    playing.draft.order({"lobbying_spend": 7.0}, "Lobbying")
    file = playing.game.file
    assert file is not None
    playing.game.session.journal.close()  # as the system does with a process that dies
    again = Session(open_save(file))
    assert again.draft_orders() == {"lobbying_spend": 7.0}
    again.close()


def test_a_closed_game_goes_on_where_it_was(playing: Desktop, qtbot: QtBot) -> None:
    playing.end_quarter()
    playing.end_quarter()
    t = playing.game.t
    playing.window.action("close_game").trigger()
    assert playing.window.page_key == "home"
    assert len(list_games()) == 1
    qtbot.mouseClick(button(playing, "Continue"), Qt.MouseButton.LeftButton)
    assert playing.game.t == t


def test_ending_a_quarter_shows_the_report_and_enter_goes_on(playing: Desktop, qtbot: QtBot) -> None:
    qtbot.mouseClick(playing.window.end_button, Qt.MouseButton.LeftButton)
    assert playing.window.page_key == "report"
    qtbot.keyClick(playing.report, Qt.Key.Key_Return)
    assert playing.window.page_key == "control_room"


def test_a_double_click_on_end_quarter_ends_one(playing: Desktop, qtbot: QtBot) -> None:
    for _ in range(2):
        qtbot.mouseClick(playing.window.end_button, Qt.MouseButton.LeftButton)
    assert len(playing.game.records) == 1
    qtbot.mouseClick(button(playing, "Go on"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(playing.window.end_button, Qt.MouseButton.LeftButton)
    assert len(playing.game.records) == 2


def test_the_wheel_over_a_list_of_orders_changes_none(playing: Desktop) -> None:
    box = playing.control_room.orders.findChild(QComboBox, "technique_focus")
    middle = QPointF(box.rect().center())
    turn = QWheelEvent(
        middle, box.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, turn)
    assert not turn.isAccepted()  # so that Qt offers it to what scrolls
    assert box.currentIndex() == 0
    assert not playing.draft.undo_stack.canUndo()


def test_the_first_briefing_says_what_can_be_done(playing: Desktop) -> None:
    first = [item.text for item in briefing_items(playing.game)[1]]
    assert any("No training run is on" in text for text in first)
    playing.draft.order({"start_run": 1.0}, "Start this run")
    playing.end_quarter()
    later = [item.text for item in briefing_items(playing.game)[1]]
    assert later
    assert not set(first) & set(later)


def test_no_control_is_ringed_on_arriving_at_a_page(playing: Desktop, qtbot: QtBot) -> None:
    window = playing.window
    window.activateWindow()
    window.show_page("home")
    playing.home.play.setFocus()
    window.show_page("control_room")
    assert window.focusWidget() is playing.control_room
    qtbot.mouseClick(window.top_bar.findChild(KpiTile, "why_cash"), Qt.MouseButton.LeftButton)
    close = next(b for b in window.findChildren(QToolButton) if b.accessibleName() == "Close cash")
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.focusWidget() is playing.control_room
    qtbot.keyClick(playing.control_room, Qt.Key.Key_Tab)
    assert window.focusWidget() is playing.control_room.orders.on_policy


def test_the_briefing_leads_to_the_control_that_answers_it(playing: Desktop, qtbot: QtBot) -> None:
    room = playing.control_room
    box = next(field for field in room.orders.findChildren(FlagOrder) if field.name == "start_run").box
    assert box.visibleRegion().isEmpty()  # far below
    qtbot.mouseClick(button(playing, "Show Start this run"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not box.visibleRegion().isEmpty())
    assert playing.window.focusWidget() is box


def test_quarters_pass_until_something_matters(playing: Desktop, qtbot: QtBot) -> None:
    with qtbot.waitSignal(playing.run_on.stopped, timeout=20_000) as stopped:
        playing.run_on.start(frozenset({"idle"}), 3)
    assert stopped.args == ["No training run is on."]
    assert len(playing.game.records) == 1


def test_quarters_pass_at_most_as_many_as_were_asked_for(playing: Desktop, qtbot: QtBot) -> None:
    with qtbot.waitSignal(playing.run_on.stopped, timeout=20_000):
        playing.run_on.start(frozenset(), 2)
    assert len(playing.game.records) == 2


def test_a_whole_scenario_is_played_to_its_end_page(playing: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "show_board", lambda: None)  # a dialog would wait for a hand
    playing.game.session.set_on_policy(True)
    while not playing.game.is_over:
        playing.end_quarter()
        playing.report.finished.emit()
    assert playing.window.page_key == "ending"
    assert "of 100" in playing.ending.score.text()
    assert not playing.window.end_button.isEnabled()
    room, last = playing.control_room, formats.money(float(playing.game.world.capital.cash[playing.game.seat, 0]))
    assert room.chances.text() == "The game is over: no quarter is left to forecast."
    assert room.charts["cash"].summary() == f"Cash: now {last}."  # and not the forecast of the quarter before


def test_single_letters_are_off_while_typing(playing: Desktop, qtbot: QtBot) -> None:
    playing.window.activateWindow()
    edit = field(playing, "reserve_gpus").findChild(QLineEdit)
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    assert playing.window.action("tables").shortcut().isEmpty()
    playing.window.end_button.setFocus()
    assert not playing.window.action("tables").shortcut().isEmpty()


def test_every_control_that_takes_the_focus_has_a_name(playing: Desktop) -> None:
    nameless = [
        f"{type(w).__name__} {w.objectName()}"
        for w in playing.window.findChildren(QWidget)
        if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isVisibleTo(playing.window)
        and not (w.accessibleName() or getattr(w, "text", str)())
    ]  # fmt: skip
    assert nameless == []


@pytest.mark.parametrize(("months", "level"), [(20.0, None), (11.9, 12.0), (5.0, 6.0), (2.0, 3.0)])
def test_warnings_come_at_twelve_six_and_three_months(months: float, level: float | None) -> None:
    assert level_of(months) == level


def test_what_a_dragged_control_ends_on_is_saved_when_the_hand_lets_go(playing: Desktop) -> None:
    playing.draft.order({"lobbying_spend": 6.0}, "Lobbying", is_moving=True)
    file = playing.game.file
    assert file is not None
    assert Session(open_save(file, write=False)).draft_orders() == {}
    playing.draft.order({"lobbying_spend": 6.0}, "Lobbying")
    assert Session(open_save(file, write=False)).draft_orders() == {"lobbying_spend": 6.0}
    assert playing.draft.undo_stack.count() == 1


def test_a_new_game_is_played_against_rivals_of_the_chosen_skill(desktop: Desktop) -> None:
    home = desktop.home
    home.choose("token-era")
    assert home.rivals.currentData() == "normal"
    home.rivals.setCurrentIndex(home.rivals.findData("sharp"))
    home.play.click()
    assert desktop.game.rivals == "sharp"
    sharp = desktop.game.session.rows.horizon
    desktop._play_again()
    assert desktop.game.rivals == "sharp"
    assert (desktop.game.session.rows.horizon == sharp).all()
    desktop.start("token-era", desktop.game.lab, 1)
    assert desktop.game.rivals == "normal"
