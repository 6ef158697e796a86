"""Does what is typed, stepped and dragged become the right number, told once?"""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from labsim.ui.theme import ThemeController
from labsim.ui.widgets.fields import NumberField, SliderField
from labsim.ui.widgets.prices import SegmentPrice, SegmentPrices
from labsim.ui.widgets.quantity import quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("70B", "parameters", 70e9),
        ("70 b", "parameters", 70e9),
        ("2T", "T", 2.0),
        ("310B tokens", "T", 0.31),
        ("4.2", "T", 4.2),
        ("12,000", "GPU", 12_000),
        ("12,000 GPUs", "GPU", 12_000),
        ("$2.10", "$/M tokens", 2.1),
        ("$2.10 / M tok", "$/M tokens", 2.1),
        ("15 %", "share", 0.15),
        ("15", "share", 0.15),
        ("$1.2B", "M$", 1200.0),
        ("500", "M$", 500.0),
        ("-$12M", "M$", -12.0),
        ("−3", "-", -3.0),
        ("3e25", "FLOP", 3e25),
        ("18 mo", "months", 18.0),
        ("61", "0-1", 0.61),
    ],
)
def test_typed_text_becomes_a_number_in_the_declared_unit(text: str, unit: str, value: float) -> None:
    assert quantity(unit).parse(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "many", "1.2.3", "12 34", "B", "5 %%3", "-1e308", "1e999"])
def test_nonsense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        quantity("parameters").parse(text)


def field(qtbot, theme: ThemeController, **options) -> NumberField:  # type: ignore[no-untyped-def]
    made = NumberField(
        theme, "Chips to buy", 4000, **({"low": 0, "high": 20_000, "step": 100, "unit": "GPU"} | options)
    )
    qtbot.addWidget(made)
    made.resize(300, 100)
    made.show()
    qtbot.waitExposed(made)
    return made


def type_in(qtbot, made: NumberField, text: str) -> None:  # type: ignore[no-untyped-def]
    made.edit.selectAll()
    qtbot.keyClicks(made.edit, text)
    qtbot.keyClick(made.edit, Qt.Key.Key_Return)


def test_a_typed_number_is_told_once(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme)
    ends: list[object] = []
    made.changed.connect(ends.append)
    type_in(qtbot, made, "12k")
    made.edit.clearFocus()
    assert ends == [12_000]
    assert made.edit.text() == "12,000 GPUs"


def test_a_number_outside_the_limits_is_refused_in_words(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme)
    with qtbot.assertNotEmitted(made.changed):
        type_in(qtbot, made, "30k")
    assert made.note.text() == "30,000 GPUs is outside 0 GPUs – 20,000 GPUs"
    assert made.value == 4000


def test_arrows_step_and_shift_goes_ten_times_as_far(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme)
    with qtbot.waitSignals([made.changing, made.changed]):
        qtbot.keyClick(made.edit, Qt.Key.Key_Up)
    assert made.value == 4100
    qtbot.keyClick(made.edit, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert made.value == 3100


def test_leaving_the_field_without_typing_keeps_digits_that_are_not_shown(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme, unit="M$")
    made.set_value(1234.5)
    with qtbot.assertNotEmitted(made.changed):
        made.edit.editingFinished.emit()
    assert made.value == 1234.5


def test_setting_a_value_tells_nobody(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme, has_slider=True)
    with qtbot.assertNotEmitted(made.changed), qtbot.assertNotEmitted(made.changing):
        made.set_value(8000)
    assert made.slider is not None
    assert made.slider.value() == 400


def test_a_slider_snaps_to_steps_and_reaches_its_ends(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = SliderField(theme, "Chips", 0, 0, 2050, step=100, unit="GPU")
    qtbot.addWidget(made)
    assert made.slider is not None
    made.slider.setValue(512)
    assert made.value == 1000
    made.slider.setValue(1000)
    assert made.value == 2050


def test_a_key_moves_a_slider_whose_step_is_coarse(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = SliderField(theme, "Sites", 2, 0, 5, step=1)
    qtbot.addWidget(made)
    qtbot.keyClick(made.slider, Qt.Key.Key_Right)
    assert made.value == 3


def test_a_logarithmic_slider_has_the_geometric_mean_in_its_middle(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = SliderField(theme, "Parameters", 1e9, 1e9, 1e13, unit="parameters", is_log=True)
    qtbot.addWidget(made)
    assert made.slider is not None
    with qtbot.waitSignal(made.changed) as told:
        made.slider.setValue(500)
    assert told.args[0] == pytest.approx(1e11)


def test_a_drag_of_a_slider_ends_with_one_change(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme, has_slider=True)
    slider, ends, seen = made.slider, [], []
    assert slider is not None
    made.changed.connect(ends.append)
    made.changing.connect(seen.append)
    middle = slider.rect().center()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=middle)
    for x in (10, 30, 60):
        qtbot.mouseMove(slider, middle + type(middle)(x, 0))
    assert not ends
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=middle + type(middle)(60, 0))
    assert len(ends) == 1
    assert len(seen) >= 3
    assert ends[0] == made.value


def test_a_disabled_field_says_why(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme)
    made.set_reason("No chips are on sale before Q1 2026.")
    assert not made.edit.isEnabled()
    assert made.note.text() == "No chips are on sale before Q1 2026."
    made.set_reason("")
    assert made.edit.isEnabled()


def test_prices_are_told_by_segment(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = SegmentPrices(theme, [SegmentPrice("api", "API", 2.1, 2.0), SegmentPrice("code", "Coding", 6.0, 5.0)])
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.changed) as told:
        type_in(qtbot, made.fields["api"], "$1.80")
    assert told.args[0] == pytest.approx({"api": 1.8, "code": 6.0})


def test_escape_takes_back_what_was_typed(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme)
    made.edit.selectAll()
    qtbot.keyClicks(made.edit, "77")
    qtbot.keyClick(made.edit, Qt.Key.Key_Escape)
    assert made.edit.text() == "4,000 GPUs"


def test_a_logarithmic_field_from_zero_is_refused(theme: ThemeController) -> None:
    with pytest.raises(ValueError, match="above zero"):
        NumberField(theme, "Parameters", 1.0, low=0.0, is_log=True)


def test_a_button_that_is_held_steps_again_and_again_and_lets_go_once(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme)
    told: list[float] = []
    made.changed.connect(told.append)
    button = made.stepper.buttons[1]
    button.setAutoRepeatDelay(5)
    button.setAutoRepeatInterval(5)
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: made.value >= 4300)
    assert told == []
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert told == [made.value]


def test_a_click_on_less_takes_one_step(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    made = field(qtbot, theme)
    qtbot.mouseClick(made.stepper.buttons[-1], Qt.MouseButton.LeftButton)
    assert made.value == 3900
