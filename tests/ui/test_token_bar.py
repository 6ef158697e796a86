"""Do the four shares always add to one, whichever way they are moved?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from labsim.ui.theme import USES, ThemeController
from labsim.ui.widgets.shares import exact, with_border, with_part
from labsim.ui.widgets.tokenbar import PartDetail, TokenBar

START = {"training": 0.4, "alignment": 0.1, "inference": 0.4, "research": 0.1}
ULP = 2.3e-16
PARTS = st.lists(st.floats(0, 1e6), min_size=4, max_size=4)


def is_one(shares) -> bool:  # type: ignore[no-untyped-def]
    return abs(math.fsum(shares) - 1.0) <= ULP and all(share >= 0 for share in shares)


@pytest.fixture
def bar(qtbot, theme: ThemeController) -> TokenBar:  # type: ignore[no-untyped-def]
    made = TokenBar(theme)
    qtbot.addWidget(made)
    made.set_shares(START)
    made.resize(500, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


@given(PARTS)
def test_any_parts_are_brought_to_a_sum_of_one(parts: list[float]) -> None:
    assert is_one(exact(parts))


@given(PARTS, st.integers(0, 3), st.floats(-1, 2))
def test_setting_a_part_keeps_the_sum_and_gives_what_was_asked(parts: list[float], which: int, value: float) -> None:
    moved = with_part(exact(parts), which, value)
    assert is_one(moved)
    assert moved[which] == pytest.approx(min(1.0, max(0.0, value)), abs=6e-4)


@given(PARTS, st.integers(0, 2), st.floats(-1, 2))
def test_moving_a_border_changes_its_two_neighbours_only(parts: list[float], border: int, place: float) -> None:
    shares = exact(parts)
    moved = with_border(shares, border, place)
    assert is_one(moved)
    others = [at for at in range(4) if at not in (border, border + 1)]
    assert [moved[at] for at in others] == [shares[at] for at in others]


def test_others_give_in_proportion_to_what_they_have() -> None:
    assert with_part((0.4, 0.1, 0.4, 0.1), 0, 0.7) == pytest.approx((0.7, 0.05, 0.2, 0.05))


def drag(qtbot, bar: TokenBar, border: int, pixels: int) -> None:  # type: ignore[no-untyped-def]
    strip = bar.bar
    start = QPoint(round(strip.handle_x(border)), strip.height() // 2)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        qtbot.mouseMove(strip, start + QPoint(pixels * step // 4, 0))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=start + QPoint(pixels, 0))


def test_dragging_a_handle_moves_the_border_and_tells_once_at_the_end(qtbot, bar: TokenBar) -> None:  # type: ignore[no-untyped-def]
    seen: list[dict[str, float]] = []
    ends: list[dict[str, float]] = []
    bar.changing.connect(seen.append)
    bar.changed.connect(ends.append)
    drag(qtbot, bar, 0, 50)
    assert len(ends) == 1
    assert seen
    assert ends[0]["training"] == pytest.approx(0.5, abs=0.01)
    assert ends[0]["inference"] == START["inference"]
    assert all(is_one(shares.values()) for shares in [*seen, *ends])


def test_a_press_without_a_move_tells_nothing(qtbot, bar: TokenBar) -> None:  # type: ignore[no-untyped-def]
    with qtbot.assertNotEmitted(bar.changed):
        drag(qtbot, bar, 1, 0)


def test_arrows_move_one_percent_and_with_shift_five(qtbot, bar: TokenBar) -> None:  # type: ignore[no-untyped-def]
    slider = bar.rows["training"].slider
    with qtbot.waitSignal(bar.changed) as told:
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert told.args[0]["training"] == pytest.approx(0.41)
    with qtbot.waitSignal(bar.changed) as told:
        qtbot.keyClick(slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert told.args[0]["training"] == pytest.approx(0.36)
    assert is_one(bar.shares.values())


def test_a_key_held_down_tells_once_when_it_is_let_go(qtbot, bar: TokenBar) -> None:  # type: ignore[no-untyped-def]
    ends: list[object] = []
    bar.changed.connect(ends.append)
    slider = bar.rows["research"].slider
    for _ in range(3):
        qtbot.keyPress(slider, Qt.Key.Key_Right)
    assert not ends
    qtbot.keyRelease(slider, Qt.Key.Key_Right)
    assert len(ends) == 1
    assert bar.shares["research"] == pytest.approx(0.13)


def test_a_number_can_be_typed(qtbot, bar: TokenBar) -> None:  # type: ignore[no-untyped-def]
    edit = bar.rows["inference"].edit
    edit.selectAll()
    qtbot.keyClicks(edit, "55")
    with qtbot.waitSignal(bar.changed) as told:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert told.args[0]["inference"] == pytest.approx(0.55)
    assert is_one(told.args[0].values())
    assert edit.text() == "55.0 %"


def test_nonsense_is_marked_and_changes_nothing(qtbot, bar: TokenBar) -> None:  # type: ignore[no-untyped-def]
    edit = bar.rows["inference"].edit
    edit.selectAll()
    qtbot.keyClicks(edit, "most")
    with qtbot.assertNotEmitted(bar.changed):
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.property("wrong") is True
    assert bar.shares == START


def test_an_assistive_tool_that_sets_a_slider_tells_at_once(qtbot, bar: TokenBar) -> None:  # type: ignore[no-untyped-def]
    with qtbot.waitSignal(bar.changed) as told:
        bar.rows["alignment"].slider.setValue(25)
    assert told.args[0]["alignment"] == pytest.approx(0.25)


def test_the_sliders_have_the_names_that_scripts_rely_on(bar: TokenBar) -> None:
    names = [bar.rows[use].slider.accessibleName() for use in USES]
    assert names == ["Training share", "Alignment share", "Inference share", "Research share"]
    focusable = [w for w in bar.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert all(w.accessibleName() and w.objectName() for w in focusable)


def test_details_and_reasons_are_shown(bar: TokenBar) -> None:
    bar.set_details({"training": PartDetail("3.1e25 FLOP", "4.2T tokens", "$1.20 / M tok")})
    assert bar.rows["training"].detail.text() == "3.1e25 FLOP  ·  4.2T tokens  ·  $1.20 / M tok"
    bar.set_reason("The quarter is over.")
    assert not bar.rows["training"].slider.isEnabled()
    bar.set_reason("")
    assert bar.rows["training"].slider.isEnabled()
