"""Numbers that are not numbers must not even be made on the way."""

from __future__ import annotations

import numpy as np

from labsim.model.flows import flows
from labsim.model.world import is_live, stocks
from tests.model import era


def test_a_game_of_the_living_makes_no_numerical_warning() -> None:
    with np.errstate(all="raise", under="ignore"):
        game = era.play(era.seats())
    assert is_live(game[-1].after).all()


def test_a_dead_lab_makes_no_numerical_warning() -> None:
    e = era.seats()
    status = np.zeros((7, 1))
    status[4] = 2.0
    ended = e.with_world("capital", status=status)
    first = era.play(ended, 1)[-1].after  # the end clears its stocks
    with np.errstate(all="raise", under="ignore"):
        era.turn(first, e, era.quiet_quarter(1, e.calendar, e.params))


def test_a_world_without_labs_reports_numbers() -> None:
    e = era.seats().with_world("capital", status=np.full((7, 1), 2.0))
    world = era.play(e, 1)[-1].after
    turn = era.turn(world, e, era.quiet_quarter(1, e.calendar, e.params))
    found = {**stocks(turn.after), **flows(turn.report)}
    assert [name for name, values in found.items() if not np.isfinite(values).all()] == []
