"""An event card is answered in the window: what is shown, chosen, undone, kept, and what stands without a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from labsim.model.card_table import choice_of
from labsim.play.cards import ANSWERED, dealt
from labsim.play.session import Session
from labsim.store.saves import open_save
from labsim.text import render
from labsim.ui.briefing import risk_items
from labsim.ui.desktop import Desktop
from labsim.ui.pages import timeline_compare_rows, timeline_rows
from labsim.ui.pages.control_room import Item
from labsim.ui.runon import RunOnDialog
from tests.carded import STRIKES, carded, carded_file


@pytest.fixture
def desktop(desktop: Desktop, tmp_path: Path) -> Desktop:
    """A desktop in the quarter in which the talent raid waits for an answer."""
    desktop.start(str(carded_file(tmp_path)), "Anthropic", 1)
    assert not desktop.control_room.answer.isVisible()
    for _ in range(STRIKES + 1):
        desktop.game.end_quarter()
    return desktop


def answered(desktop: Desktop) -> int:
    """The choice that the engine took in the last quarter."""
    found = dealt(desktop.game.world, desktop.game.scenario, desktop.game.seat, ANSWERED)
    assert found is not None
    return found.choice


def waiting(desktop: Desktop) -> str:
    return desktop.window.top_bar.waiting.text()


def test_a_card_shows_its_words_a_button_for_each_answer_and_the_default(desktop: Desktop) -> None:
    answer = desktop.control_room.answer
    assert answer.isVisible()
    assert (answer.title.text(), answer.text.text()) == ("Talent raid", "A rival offers your best twenty a fortune.")
    names = [button.accessibleName() for button in answer.buttons]
    assert names[0] == "a) Match the offers: wages +8 % for four quarters"
    for button in answer.buttons:
        assert button.accessibleName() in [label.text() for label in button.findChildren(QLabel)]
    assert [button.remark.text() for button in answer.buttons] == ["", "", "Stands if you choose nothing."]
    assert not any(button.isChecked() for button in answer.buttons)
    assert waiting(desktop) == "Not answered, so this will stand. Talent raid: give founders' stock"


def test_without_an_answer_the_default_is_taken(desktop: Desktop) -> None:
    desktop.end_quarter()
    assert answered(desktop) == 3


def test_an_answer_is_given_by_key_undone_and_given_again(desktop: Desktop, qtbot: QtBot) -> None:
    answer = desktop.control_room.answer
    answer.begin()
    qtbot.keyClick(answer.buttons[0], Qt.Key.Key_Return)
    assert [button.isChecked() for button in answer.buttons] == [True, False, False]
    assert waiting(desktop) == "Your answer. Talent raid: match the offers"
    qtbot.mouseClick(answer.buttons[1], Qt.MouseButton.LeftButton)
    assert desktop.draft.orders == {"answer": 2.0}
    desktop.draft.undo_stack.undo()
    assert desktop.draft.orders == {"answer": 1.0}
    desktop.end_quarter()
    assert answered(desktop) == 1
    ring = desktop.game.world.events.cards_dealt[ANSWERED, desktop.game.seat]
    assert choice_of(ring)[0] == 1.0


def test_an_answer_is_on_disk_before_the_quarter_ends(desktop: Desktop) -> None:
    desktop.control_room.answer.buttons[1].click()
    assert desktop.game.file is not None
    kept = open_save(desktop.game.file, write=False)
    assert {draft.orders["answer"] for draft in kept.load().drafts.values()} == {2.0}
    kept.close()


def test_the_policy_of_the_lab_answers_where_it_decides_the_rest(desktop: Desktop) -> None:
    desktop.draft.set_on_policy(True)
    remarks = [button.remark.text() for button in desktop.control_room.answer.buttons]
    assert remarks == ["", "Your policy chooses this if you say nothing.", ""]
    desktop.end_quarter()
    assert answered(desktop) == 2


def test_quarters_do_not_run_on_over_a_card_that_waits(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[RunOnDialog] = []

    def note(dialog: RunOnDialog) -> None:
        asked.append(dialog)

    monkeypatch.setattr(RunOnDialog, "exec", note)
    desktop.ask_run_on()
    assert asked == []
    assert desktop.control_room.answer.buttons[0].hasFocus()
    desktop.control_room.answer.buttons[0].click()
    desktop.ask_run_on()
    assert len(asked) == 1


def test_at_most_three_items_want_something_and_rivals_cards_take_a_line(desktop: Desktop) -> None:
    texts = desktop.control_room.briefing.texts()
    rivals = [text for text in texts if text.startswith("Among rivals: ")]
    assert len(rivals) == 1
    assert "xAI, Talent raid" in rivals[0]
    assert not any(text.startswith("Talent raid:") for text in texts)  # it stands above, with its buttons
    desktop.end_quarter()
    told = desktop.report.news.texts()
    assert "Talent raid. Your answer: Give founders' stock: the first holders give up 1 % of their part." in told


def test_the_risk_list_says_what_lowers_a_chance(desktop: Desktop) -> None:
    (risk,) = risk_items(desktop.game)
    assert risk.text.startswith("Outage, 12.0 %. Keep spare capacity")
    assert desktop.control_room.risks.texts() == [risk.text]


def test_the_words_of_a_card_go_with_it(desktop: Desktop) -> None:
    desktop.control_room.answer.buttons[0].click()
    desktop.end_quarter()
    assert desktop.control_room.answer.title.text() == "An own chip"
    desktop.end_quarter()
    assert not desktop.control_room.answer.isVisibleTo(desktop.control_room)
    assert waiting(desktop) == ""


def test_the_timeline_names_answers_and_what_stood() -> None:
    session = Session.new(carded(), carded().seat("Anthropic"), 1)
    for _ in range(STRIKES + 1):
        session.end_quarter()
    asked = session.current
    session.end_quarter()
    for name, choice in (("a", 1.0), ("b", 2.0)):
        session.fork(asked.id, name)
        session.set_order("answer", choice)
        session.end_quarter()
    compared = timeline_compare_rows.Compared.of(session, ["main", "a", "b"])
    rows = {row.name: row.cells for row in timeline_compare_rows.difference_table(session, compared, "cash").rows}
    assert rows["Q3 2023  Answer"] == (
        "(Talent raid: give founders' stock)",
        "Talent raid: match the offers",
        "Talent raid: let them go",
    )
    assert timeline_rows.order_lines(session, session.tip("b")) == ["Talent raid: let them go"]
    told = [render(event.message) for event in timeline_rows.events(session, session.tip("b"))]
    assert "Anthropic, Talent raid: let them go." in told


def test_the_report_stays_one_page_however_much_happened(desktop: Desktop) -> None:
    desktop.window.resize(1280, 720)
    desktop.report.set_data("Over", "", [], [Item("newspaper", "muted", f"Thing {n} happened.") for n in range(60)])
    desktop.window.show_page("report")
    assert desktop.window.minimumSizeHint().height() <= 720
