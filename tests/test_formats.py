"""Numbers as people read them."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim import formats
from labsim.formats import NOTHING, parse_size, quarter_name, quarter_number, quarter_title, show, show_as

UNITS = (
    "M$ M$/quarter T T/quarter FLOP GPU H100e MW 1 0-1 share persons points months $/M+tokens $/h $ quarters tokens "
    "1/quarter H100e/quarter ln parameters flag M$/yr T+tokens MW+IT utility"
)
EVERY_UNIT = [unit.replace("+", " ") for unit in UNITS.split()]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234.5, "M$", "$1.2B"),
        (340.0, "M$", "$340M"),
        (2.4, "M$", "$2.4M"),
        (-12.0, "M$", "-$12M"),
        (0.85, "M$", "$0.85M"),
        (0.0042, "M$", "$4.2k"),
        (0.0004, "M$", "$400"),
        (0.0, "M$", "$0"),
        (-1e-9, "M$", "$0"),
        (999.7, "M$", "$1B"),
        (2.5e6, "M$", "$2.5T"),
        (1234.5, "M$/quarter", "$1.2B/qtr"),
        (1234.5, "M$/yr", "$1.2B/yr"),
        (4.2, "T", "4.2T"),
        (0.31, "T", "310B"),
        (1.2e-5, "T", "12M"),
        (4.2, "T tokens", "4.2T"),
        (3.14e25, "FLOP", "3.1e25"),
        (0.0, "FLOP", "0"),
        (18.2, "months", "18 mo"),
        (0.1234, "share", "12.3 %"),
        (0.61, "0-1", "61"),
        (12400.0, "persons", "12,400"),
        (12400.0, "GPU", "12,400 GPUs"),
        (1.0, "GPU", "1 GPU"),
        (350.4, "H100e", "350 H100e"),
        (85.0, "MW", "85 MW"),
        (1250.0, "MW", "1.2 GW"),
        (127.6, "points", "128"),
        (2.1, "$/M tokens", "$2.10 / M tok"),
        (0.0234, "$/M tokens", "$0.023 / M tok"),
        (2.25, "$/h", "$2.25/h"),
        (3.0, "quarters", "3 quarters"),
        (1.0, "quarters", "1 quarter"),
        (0.02345, "1", "0.0234"),
        (12345.6, "1", "12,346"),
        (1e9, "1", "1.0e9"),
        (70e9, "parameters", "70B"),
        (0.5, "ln", "0.5 ln"),
        (1.0, "flag", "yes"),
    ],
)
def test_a_number_is_shown_in_its_declared_unit(value: float, unit: str, text: str) -> None:
    assert show(value, unit) == text


def test_the_declared_format_wins_over_the_unit() -> None:
    assert show(0.123, "1", "share") == "12.3 %"
    assert show(0.61, "1", "hundred") == "61"
    assert show(10, "1", "quarter") == "2025Q3"
    assert show(0.1234, "1", ".2f") == "0.12"
    assert show_as(0.123, "share") == "12.3 %"
    assert show_as(340, "M$") == "$340M"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format 'wide'"):
        show(1.0, "M$", "wide")


@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_is_no_number_is_a_dash(value: float | None) -> None:
    assert {show(value, unit) for unit in EVERY_UNIT} == {NOTHING} == {show(value, "1", ".2f")}


def test_what_a_unit_takes_beyond_the_largest_number_is_a_dash() -> None:
    assert show(-1e308, "T") == NOTHING


def test_numpy_scalars_are_numbers() -> None:
    assert show(np.float64(340), "M$") == "$340M"
    assert show(np.int64(3), "persons") == "3"


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(EVERY_UNIT))
def test_no_number_is_ever_shown_raw(value: float, unit: str) -> None:
    text = show(value, unit)
    assert "nan" not in text
    assert "inf" not in text
    assert not re.search(r"e[+]|e-?0\d", text)
    assert len(text) < 45
    assert not re.search(r"-\$?0(?![.\d])", text)  # nothing is "minus zero"


@given(st.floats(min_value=1e-3, max_value=1e6))
def test_money_is_at_most_six_percent_off_what_it_says(millions: float) -> None:
    text = formats.money(millions)[1:]
    said = float(parse_size(text)) / 1e6
    assert said == pytest.approx(millions, rel=0.06)


def test_quarters_count_from_the_first_of_2023() -> None:
    assert quarter_name(0) == "2023Q1"
    assert quarter_name(10) == "2025Q3"
    assert quarter_title(10) == "Q3 2025"
    assert quarter_number("2025Q3") == 10
    assert quarter_number(" 2025-q3 ") == 10
    assert quarter_name(-1) == "2022Q4"


@given(st.integers(min_value=-400, max_value=400))
def test_a_quarter_comes_back_as_its_number(turn: int) -> None:
    assert quarter_number(quarter_name(turn)) == turn


@pytest.mark.parametrize("name", ["", "2025", "2025Q5", "2025Q0", "Q3 2025x", "25Q3", "2025Q٣", "nan"])
def test_nonsense_is_no_quarter(name: str) -> None:
    with pytest.raises(ValueError, match="is not a quarter; write it like 2025Q3"):
        quarter_number(name)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("70B", 70e9),
        ("2T", 2e12),
        ("3e25", 3e25),
        ("1.4e12", 1.4e12),
        ("1,500", 1500.0),
        (" .5 k ", 500.0),
        ("8b", 8e9),
    ],
)
def test_a_size_is_read_as_people_write_it(text: str, size: float) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "B", "70X", "-5B", "nan", "inf", "1e999", "1e400", "7 0 B", "٣B", "1e3e4"])
def test_nonsense_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 70B"):
        parse_size(text)


@given(st.text(max_size=12))
def test_any_text_is_a_finite_size_or_refused(text: str) -> None:
    try:
        size = parse_size(text)
    except ValueError:
        return
    assert math.isfinite(size)
    assert size >= 0
