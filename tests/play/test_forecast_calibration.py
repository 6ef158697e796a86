"""Do the bands hold as many games as they say?"""

from __future__ import annotations

import pytest

from labsim.play.bench_forecast import CALIBRATED, FOLLOWED, Coverage, calibration
from labsim.scenario import load_scenario

POINTS = 4.0  # how far a band may be from what it says


@pytest.mark.slow
def test_over_2000_games_every_band_covers_what_it_says_within_four_points() -> None:
    found = calibration(load_scenario("token-era"))
    assert len(found) == len(CALIBRATED) * len(FOLLOWED) * 2
    assert [row for row in found if row.error > POINTS] == []


@pytest.mark.slow
def test_bands_say_what_they_are_named_where_labs_do_not_end() -> None:
    near = [row for row in calibration(load_scenario("token-era"), 80) if row.quarters_ahead < 8]
    assert near
    assert all(abs(row.said - row.band) < 0.01 for row in near)


def test_a_band_that_is_too_narrow_shows_as_an_error_in_points() -> None:
    assert Coverage("cash", 1, 0.9, 0.9, 0.8).error == pytest.approx(10.0)
