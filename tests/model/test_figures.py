"""What labs know when a quarter begins: every figure has a value by lab, however many labs play or live."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labsim.model.exogenous import quiet_quarter
from labsim.model.figures import FIGURE_NAMES, Known, figure
from tests.model import era


def ahead(capability: list[float], status: list[float] | None = None) -> list[float]:
    """Points ahead of labs that differ in capability and in whether they live."""
    e = era.seats()
    column = np.array(capability)[:, None]
    training = dataclasses.replace(e.world.training, base_capability=column)
    capital = dataclasses.replace(e.world.capital, status=np.array(status or [0.0] * len(capability))[:, None])
    world = e.world.replace(training=training, capital=capital)
    found = figure("points_ahead", Known(world, e.params, quiet_quarter(0, e.calendar, e.params)))
    return [float(points) for points in found[:, 0]]


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_a_figure_is_a_finite_number_for_every_lab(name: str) -> None:
    e = era.seats()
    found = figure(name, Known(e.world, e.params, quiet_quarter(0, e.calendar, e.params)))
    assert np.isfinite(np.broadcast_to(found, e.world.capital.cash.shape)).all()


def test_points_ahead_are_over_the_best_other_live_lab() -> None:
    assert ahead([100.0, 90.0, 70.0]) == [10.0, -10.0, -30.0]
    assert ahead([100.0, 100.0, 70.0]) == [0.0, 0.0, -30.0]
    assert ahead([100.0, 90.0, 70.0], [1.0, 0.0, 0.0]) == [10.0, 20.0, -20.0]


def test_a_lab_alone_is_ahead_of_nobody() -> None:
    assert ahead([100.0]) == [0.0]
    assert ahead([100.0, 90.0], [0.0, 1.0])[0] == 0.0
