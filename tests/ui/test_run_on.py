"""Games come and go while quarters pass and controls move: each belongs to the game that it was begun in."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from pytestqt.qtbot import QtBot

from labsim.scenario import DEFAULT
from labsim.ui.controllers.game import GameController
from labsim.ui.desktop import Desktop
from labsim.ui.orders.fields import NumberOrder
from labsim.ui.runon import RunOn


@pytest.fixture
def playing(lasting: Desktop) -> Desktop:
    """A desktop with a game that has just begun."""
    lasting.start(DEFAULT, "Anthropic", 1)
    return lasting


def test_quarters_do_not_pass_in_another_game_that_is_opened_meanwhile(playing: Desktop, qtbot: QtBot) -> None:
    playing.run_on.start(frozenset(), 3)
    playing.start(DEFAULT, "Anthropic", 2)
    qtbot.waitUntil(lambda: not playing.run_on.is_running)
    assert not playing.game.records
    assert playing.window.page_key == "control_room"


def test_quarters_go_on_when_their_game_goes_on_in_another_file(playing: Desktop, tmp_path: Path, qtbot: QtBot) -> None:
    def end_elsewhere() -> bool:
        playing.game.go_on_in(tmp_path / f"{len(playing.game.records)}.labsim")
        return bool(playing.game.end_quarter())

    run_on = RunOn(playing.game, end_elsewhere)
    with qtbot.waitSignal(run_on.stopped):
        run_on.start(frozenset(), 2)
    assert len(playing.game.records) == 2


def test_what_should_stop_the_quarters_is_not_asked_while_they_pass(
    playing: Desktop, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(playing.window, "ask", asked.append)
    with qtbot.waitSignal(playing.run_on.stopped):
        playing.run_on.start(frozenset(), 1)
        playing.ask_run_on()
    assert not asked
    assert len(playing.game.records) == 1


def test_a_quarter_that_was_put_off_is_dropped_with_what_would_play_it(tmp_path: Path, qtbot: QtBot) -> None:
    game, told = GameController(lambda _: tmp_path / "game.labsim"), list[str]()
    game.start(DEFAULT, "Anthropic", 1)
    RunOn(game, lambda: bool(told.append("played"))).start(frozenset(), 1)
    game.close()
    game.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QTimer.singleShot(0, lambda: told.append("later"))
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["later"]


def test_a_move_that_is_told_after_the_game_was_closed_is_no_order(playing: Desktop) -> None:
    orders = playing.control_room.orders.findChildren(NumberOrder)
    control = next(order.field for order in orders if order.name == "lobbying_spend")
    playing.close_game()
    control.changing.emit(3.0)
    control.changed.emit(3.0)
    assert playing.draft.undo_stack.count() == 0
