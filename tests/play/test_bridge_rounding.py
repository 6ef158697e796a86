"""Do rounded terms add up, near to what they are, in words that people read?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.play.bridge_rounding import scale_of, shares_of

UNITS = ("M$", "share", "0-1", "$/M tokens", "months", "points")


def test_thirds_of_ten_are_four_three_and_three() -> None:
    assert shares_of(10, [10 / 3, 10 / 3, 10 / 3]) == [4, 3, 3]
    assert sorted(shares_of(-10, [-10 / 3] * 3)) == [-4, -3, -3]
    assert shares_of(0, []) == []


def test_the_largest_remainder_is_rounded_up() -> None:
    assert shares_of(6, [1.2, 3.9, 0.9]) == [1, 4, 1]
    assert sum(shares_of(1, [5.4, -4.4])) == 1


@given(exact=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=12))
def test_rounded_terms_add_up_and_are_less_than_two_steps_off(exact: list[float]) -> None:
    total = round(sum(exact))
    shares = shares_of(total, exact)
    assert sum(shares) == total
    assert all(abs(share - value) < 2.0 for share, value in zip(shares, exact, strict=True))


@given(
    unit=st.sampled_from(UNITS),
    gross=st.one_of(st.just(0.0), st.floats(1e-9, 1e7)),
    size=st.one_of(st.just(0.0), st.floats(1e-9, 1e7)),
)
def test_every_number_is_plain(unit: str, gross: float, size: float) -> None:
    scale = scale_of(unit, gross, size)
    assert scale.step > 0.0
    text = scale.show(scale.steps(-size), signed=True)
    assert "e" not in text
    assert "nan" not in text
    assert not text.startswith("-")


@pytest.mark.parametrize(("unit", "gross", "size", "value", "shown"), [
    ("M$", 829.0, 1861.0, -12.4, "−$12.4M"),
    ("M$", 18000.0, 25000.0, 6400.0, "+$6.40B"),
    ("M$", 0.02, 0.0, 0.0123, "+$12.30k"),
    ("share", 0.05, 0.5, 0.0123, "+1.230 %"),
    ("0-1", 0.01, 0.68, -0.0074, "−0.7"),
    ("months", 3.0, 40.0, 0.0, "0.0 mo"),
    ("points", 22.0, 106.0, 20.754, "+20.75"),
])  # fmt: skip
def test_a_term_is_written_in_the_scale_of_its_explanation(
    unit: str, gross: float, size: float, value: float, shown: str
) -> None:
    scale = scale_of(unit, gross, size)
    assert scale.show(scale.steps(value), signed=True) == shown
