"""When a game is over: the player among other ways to play, on the same dice, and what the scenario asks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from labsim.play.par_results import kept_results
from labsim.ui.desktop import Desktop
from labsim.ui.pages.ending_after import OthersCard

LECTURE = "compute-bankruptcy"


def cells(card: OthersCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisibleTo(card)]


def ended(desktop: Desktop, scenario: str, lab: str, monkeypatch: pytest.MonkeyPatch, seed: int = 3) -> None:
    """A game left to the policy and played to its end page."""
    monkeypatch.setattr(desktop, "show_board", lambda: None)  # a dialog would wait for a hand
    desktop.start(scenario, lab, seed)
    desktop.game.session.set_on_policy(True)
    while not desktop.game.is_over:
        desktop.end_quarter()
        desktop.report.finished.emit()


def row_of(texts: Sequence[str], start: str) -> list[str]:
    """A row of the table: the cell that starts so, and the ones beside it."""
    at = next(i for i, text in enumerate(texts) if text == start or text.startswith(f"{start}:"))
    return list(texts[at : at + 3])


def test_the_player_stands_among_other_ways_on_the_same_dice(
    desktop: Desktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(desktop, LECTURE, "Meridian", monkeypatch)
    page = desktop.ending
    qtbot.waitUntil(lambda: "You" in cells(page.others), timeout=30_000)
    texts = cells(page.others)
    usual = {one.play: one.score for one in kept_results(desktop.game.scenario)}
    assert row_of(texts, "Gated")[2] == f"{usual['gated']:.0f}"
    # The game was left to the policy: the autopilot beside it is the same game.
    assert row_of(texts, "Autopilot")[1] == row_of(texts, "You")[1]
    assert page.score.text().split()[0] == row_of(texts, "You")[1].split(",")[0]
    assert "Refuse the option" in page.afterwards.text.text()
    assert "On which day was it decided?" in page.afterwards.text.text()


def test_a_scenario_without_a_score_compares_nothing(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(desktop, "rehearsal", "Meridian", monkeypatch)
    assert not desktop.ending.others.isVisibleTo(desktop.ending)


def test_others_that_cannot_be_played_are_told_so(
    desktop: Desktop, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[object]:
        raise ValueError("broken on purpose")

    monkeypatch.setattr("labsim.ui.desktop.beside", broken)
    ended(desktop, LECTURE, "Meridian", monkeypatch)
    qtbot.waitUntil(lambda: desktop.ending.others.note.text() == "They could not be played.", timeout=30_000)
