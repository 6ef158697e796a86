"""World events: when they strike, how long they last, what they move."""

from __future__ import annotations

import pytest

from tests.model import era


def left(turn: era.Turn, e: era.Era, name: str) -> float:
    return float(turn.after.events.event_left[e.params.events.index(name), 0])


def test_a_forced_event_strikes_lasts_its_length_and_is_over() -> None:
    e = era.seats()
    forced = era.with_dates(e, {}, {1: frozenset({e.params.events.index("supply_shock")})})
    game = era.play(forced, 6)
    assert [left(turn, e, "supply_shock") for turn in game] == [0, 3, 2, 1, 0, 0]
    assert [float(turn.report.effects.supply_effect[0]) for turn in game] == [1.0, 0.65, 0.65, 0.65, 1.0, 1.0]
    assert [float(turn.report.effects.event_struck.sum()) for turn in game] == [0, 1, 0, 0, 0, 0]


def test_an_adder_that_is_spread_adds_up_to_its_value() -> None:
    e = era.seats()
    forced = era.with_dates(e, {}, {0: frozenset({e.params.events.index("compute_regulation")})})
    game = era.play(forced, 10)
    assert sum(float(turn.report.effects.pressure_effect[0]) for turn in game) == pytest.approx(0.12)
    assert [float(turn.report.effects.hold_effect[0]) for turn in game] == [1.0] * 8 + [0.0] * 2


def test_public_pressure_raises_the_hazard_of_regulation() -> None:
    e = era.seats()  # pressure 0.10: hazard 0.05 x (1 + 2 x 0.10) = 0.06
    assert left(era.single(e, 8, {"event": 0.0599}), e, "compute_regulation") == 8
    assert left(era.single(e, 8, {"event": 0.0601}), e, "compute_regulation") == 0


def test_no_event_strikes_before_its_first_quarter() -> None:
    e = era.seats()
    for t in range(12):
        struck = era.single(e, t, {"event": 0.0}).report.effects.event_struck[:, 0]
        assert struck.tolist() == [float(first <= t) for first in e.params.events.first]


def test_effects_of_several_events_multiply_and_add() -> None:
    e = era.seats()
    rows = frozenset(e.params.events.index(name) for name in ("supply_shock", "hardware_ceiling", "environment"))
    effects = era.single(era.with_dates(e, {}, {0: rows})).report.effects
    assert effects.supply_effect[0] == pytest.approx(0.65 * 0.75)
    assert effects.power_price_effect[0] == 1.45
    assert effects.chip_price_effect[0] == 1.08
