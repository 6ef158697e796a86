"""The coach: its script played through the real window, its words held against the rules, and how it is left."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from labsim.scenario import load_scenario, scenario_names
from labsim.scenario_coach import FIGURES, MOST_WORDS, StepForm
from labsim.ui.coach.targets import find_target, rect_of
from labsim.ui.coach.words import words_of
from labsim.ui.desktop import Desktop
from labsim.ui.topbar import HEADLINES
from tests.ui.rehearse import Player

SCENARIO, LAB = "rehearsal", "Meridian"
STEPS = load_scenario(SCENARIO).coach
NOT_SAID = re.compile(
    r"!|\b(oops|wow|great|awesome|amazing|revolutionary|sorry|company|turn|bankrupt\w*)\b", re.IGNORECASE
)
MOST_ACTIONS = 70
"""Clicks and lines of the whole rehearsal: ten minutes at eight seconds each leave as much again for reading."""


@pytest.fixture
def coached(desktop: Desktop) -> Desktop:
    """The desktop with the rehearsal just started."""
    desktop.start(SCENARIO, LAB, 1)
    return desktop


def button(desktop: Desktop, name: str) -> QPushButton:
    """The visible button of an accessible name."""
    return next(b for b in desktop.window.findChildren(QPushButton) if b.accessibleName() == name and b.isVisible())


# ---- words ----------------------------------------------------------------------------------------------------------


def test_there_are_fifteen_steps_and_each_waits_for_something() -> None:
    assert len(STEPS) == 15
    assert all(step.wait for step in STEPS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.text[:24])
def test_a_text_is_short_and_plain(step: StepForm) -> None:
    assert len(step.text.split()) <= MOST_WORDS
    assert not NOT_SAID.search(step.text)
    assert step.text.endswith(".")


def test_headlines_that_can_be_waited_for_are_those_of_the_top_bar(coached: Desktop) -> None:
    said = [wait.explained for step in STEPS for wait in step.wait if wait.explained not in (None, "nothing")]
    assert set(said) <= set(HEADLINES)


def test_every_step_says_in_words_what_it_waits_for() -> None:
    words = [words_of(wait) for step in STEPS for wait in step.wait]
    assert all(words)
    assert not [said for said in words if re.search(r"_|nan|e\+", said)]


# ---- the script -----------------------------------------------------------------------------------------------------


def has_point(desktop: Desktop) -> bool:
    """Whether the control that is pointed at, or the way to its page, is in the window and ringed."""
    target = find_target(desktop.window, desktop.coach.pointed)
    return target is not None and not rect_of(desktop.window, target).isEmpty()


@pytest.mark.slow
def test_the_script_is_played_through_the_window(coached: Desktop, qtbot: QtBot) -> None:
    player, coach = Player(coached, qtbot), coached.coach
    for number, actions in enumerate(player.script()):
        assert (coach.is_on, coach.at) == (True, number)
        text = coach.strip.text.text()
        assert "—" not in text, f"a figure that is not there yet: {text}"
        assert "{" not in text
        for action in actions:
            assert coach.at == number, f"step {number + 1} was done before its last action"
            qtbot.waitUntil(lambda: has_point(coached))
            action()
            coach.look()
        assert coach.at == number + 1, f"step {number + 1} was not done by its actions"
    assert not coach.is_on
    assert not coach.strip.isVisible()
    assert not coach.ring.isVisible()
    assert len(coached.game.session.branches()) == 2
    assert player.actions <= MOST_ACTIONS


def test_a_step_is_not_done_by_another_action(coached: Desktop, qtbot: QtBot) -> None:
    player = Player(coached, qtbot)
    player.click("Model lab")
    coached.end_quarter()
    assert coached.coach.at == 0


def test_what_is_already_so_is_told_and_waits_for_next(coached: Desktop) -> None:
    coached.draft.order({"inference_share": 0.9, "training_share": 0.1, "alignment_share": 0.1,
                         "experiment_share": 0.1}, "tokens")  # fmt: skip
    coached.coach.skip()
    assert coached.coach.at == 1
    assert button(coached, "Next").isVisible()
    button(coached, "Next").click()
    assert coached.coach.at == 2
    assert button(coached, "Skip step").isVisible()


# ---- leaving --------------------------------------------------------------------------------------------------------


def test_leaving_at_any_step_leaves_a_normal_game(coached: Desktop) -> None:
    coach = coached.coach
    for at in range(len(STEPS)):
        assert coach.at == at
        button(coached, "Leave").click()
        assert not coach.is_on
        assert not coach.strip.isVisible()
        assert not coach.ring.isVisible()
        played = len(coached.game.records)
        if not coached.game.is_over:
            coached.end_quarter()
            assert len(coached.game.records) == played + 1
        assert not coach.is_on
        coached.window.action("coach").trigger()
        coach.skip()


def test_it_is_taken_up_again_where_it_was(coached: Desktop) -> None:
    coached.coach.skip()
    coached.coach.skip()
    button(coached, "Leave").click()
    coached.window.action("coach").trigger()
    assert (coached.coach.is_on, coached.coach.at) == (True, 2)


def test_progress_survives_closing_and_is_not_in_the_save(coached: Desktop) -> None:
    file = coached.game.file
    assert file is not None
    coached.coach.skip()
    coached.coach.skip()
    coached.game.close()
    assert not coached.coach.is_on
    coached.open_file(file)
    assert (coached.coach.is_on, coached.coach.at) == (True, 2)
    coached.coach.leave()
    coached.game.close()
    coached.open_file(file)
    assert not coached.coach.is_on
    assert b"coached" not in file.read_bytes()


def test_another_scenario_has_no_coach(desktop: Desktop) -> None:
    desktop.start("token-era", "Anthropic", 1)
    assert not desktop.coach.is_on
    assert not desktop.window.action("coach").isEnabled()
    desktop.window.action("coach").trigger()
    assert not desktop.coach.is_on


def test_the_key_brings_the_keyboard_to_the_strip(coached: Desktop, qtbot: QtBot) -> None:
    coached.window.activateWindow()
    qtbot.keyClick(coached.window, Qt.Key.Key_F2)
    qtbot.waitUntil(button(coached, "Skip step").hasFocus)


def test_the_strip_covers_nothing_and_the_window_stays_small(coached: Desktop) -> None:
    for number in range(15):
        assert coached.window.minimumSizeHint().height() <= 720, number + 1
        assert coached.window.height() == 720, number + 1
        strip = coached.coach.strip
        assert strip.geometry().top() >= coached.window.stack.geometry().bottom()
        if number < 14:
            coached.coach.skip()


# ---- the first time -------------------------------------------------------------------------------------------------


def offers(desktop: Desktop) -> list[QPushButton]:
    """The offer of a first game, where it shows."""
    return [b for b in desktop.window.findChildren(QPushButton, "rehearse_button") if b.isVisible()]


def test_somebody_without_games_is_offered_the_rehearsal_first(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.show_home()
    qtbot.waitUntil(lambda: bool(offers(desktop)))
    (offer,) = offers(desktop)
    assert scenario_names()[0] == SCENARIO
    assert offer.accessibleName() == "Play the 10-minute rehearsal"
    offer.click()
    assert desktop.game.scenario.name == SCENARIO
    assert desktop.game.lab == LAB
    assert desktop.coach.is_on
    desktop.game.close()
    qtbot.waitUntil(lambda: not offers(desktop))


def test_every_figure_of_the_script_is_declared() -> None:
    named = {name for step in STEPS for name in re.findall(r"\{(\w+)\}", step.text)}
    assert named <= set(FIGURES)
