"""Each mechanism turned off: which headline moves, by which sign, and by more than the dice do.

Pairs of batches meet the same dice. A headline must move by the named least size and by three standard errors.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from labsim.model.world import is_live
from labsim.variables import Array
from tests.model import era

RUNS, SEED = 96, 7
SURE = 3.0  # standard errors of the mean difference

Game = list[era.Turn]


def total(value: Callable[[era.Turn], Array]) -> Callable[[Game], Array]:
    """Sum over quarters and labs, by run."""
    return lambda game: sum((value(turn).sum(axis=0) for turn in game), np.zeros(RUNS))


HEADLINES: dict[str, Callable[[Game], Array]] = {
    "revenue of the last year, B$": lambda game: total(lambda turn: turn.report.market.revenue / 1e3)(game[-4:]),
    "revenue, B$": total(lambda turn: turn.report.market.revenue / 1e3),
    "best capability": lambda game: game[-1].report.market.best_capability,
    "open capability": lambda game: game[-1].after.training.open_capability,
    "tokens served, T": total(lambda turn: turn.report.market.tokens_served),
    "served fraction": lambda game: np.mean([turn.report.market.served_fraction.mean(axis=0) for turn in game], axis=0),
    "incidents": total(lambda turn: turn.report.society.incident),
    "trust": lambda game: game[-1].after.society.trust.sum(axis=0) / np.maximum(is_live(game[-1].after).sum(axis=0), 1),
    "pressure": lambda game: game[-1].after.society.pressure,
    "failed labs": lambda game: (~is_live(game[-1].after)).sum(axis=0).astype(np.float64),
    "fleet, M H100e": lambda game: game[-1].report.compute.installed_compute.sum(axis=0) / 1e6,
    "quarters held": total(lambda turn: turn.report.training.run_held),
    "compliance, M$": total(lambda turn: turn.report.society.compliance_due),
    "cash, B$": lambda game: game[-1].after.capital.cash.sum(axis=0) / 1e3,
    "tax, B$": total(lambda turn: turn.report.operating.tax_paid / -1e3),
    "mood": lambda game: np.mean([turn.after.capital.mood for turn in game], axis=0),
    "raised, B$": total(lambda turn: turn.report.financing.equity_round / 1e3),
    "staff, thousand": lambda game: game[-1].after.people.staff.sum(axis=0) / 1e3,
    "rent, $/h": lambda game: np.mean([turn.report.compute.market_rent for turn in game], axis=0),
    "points of luck": total(lambda turn: np.abs(turn.report.training.index_luck)),
    "movement of shares": lambda game: np.sum(
        [np.abs(turn.report.market.share_served - turn.before.market.share).sum(axis=(0, 1)) for turn in game], axis=0
    ),
}


@cache
def baseline() -> dict[str, Array]:
    return measured(era.seats())


def measured(e: era.Era, strategy: era.Strategy = era.autopilots) -> dict[str, Array]:
    game = era.play(e, seed=SEED, runs=RUNS, strategy=strategy)
    return {name: headline(game) for name, headline in HEADLINES.items()}


def params(**values: float) -> era.Era:
    return era.seats().with_params(**{name: np.array([value]) for name, value in values.items()})


def without_events() -> dict[str, Array]:
    e = era.seats()
    return measured(era.with_events(e, 0.0 * e.params.events.hazard))


def without_regulation() -> dict[str, Array]:
    e = params(pressure_drift=0.0, pressure_incident=0.0, pressure_hhi=0.0)
    never = {"evidence_rules": 999, "compliance_duties": 999, "antitrust_reviews": 999}
    return measured(era.with_dates(e, never).with_world("society", pressure=np.zeros(1)))


def without_techniques() -> dict[str, Array]:
    table = era.seats().params.techniques
    names = ("mfu", "serve", "prefill", "moe_train", "moe_serve", "align")
    neutral = dataclasses.replace(table, **{name: np.ones_like(table.mfu) for name in names})
    return measured(era.seats().with_params(techniques=neutral))


def without_capital() -> dict[str, Array]:
    return measured(params(vc_pool=0.0, strategic_pool=0.0))


def without_scarcity() -> dict[str, Array]:
    return measured(params(scarcity_persist=1.0).with_world("compute", scarcity=np.ones(1)))


def without_open_weights() -> dict[str, Array]:
    e = era.seats()
    return measured(era.with_segments(e, open_access=1e-300 * e.params.segments.open_access))


OFF: dict[str, tuple[Callable[[], dict[str, Array]], dict[str, float]]] = {
    "events": (without_events, {"pressure": -0.04, "mood": 0.02, "fleet, M H100e": 0.4, "quarters held": -2.0}),
    "regulation": (
        without_regulation,
        {"quarters held": -5.0, "compliance, M$": -700.0, "pressure": -0.3, "trust": -0.01, "cash, B$": 5.0},
    ),
    "techniques": (
        without_techniques,
        {"revenue, B$": -30.0, "best capability": -5.0, "tokens served, T": -8e3, "failed labs": 0.2},
    ),
    "research of algorithms": (
        lambda: measured(params(algo_own=0.0)),
        {"best capability": -3.0, "open capability": -2.0, "revenue, B$": -4.0},
    ),
    "sparse models": (
        lambda: measured(params(moe_exponent=0.0, moe_exponent_early=0.0)),
        {"best capability": -1.5, "revenue, B$": -8.0, "tokens served, T": -1e3},
    ),
    "fresh data": (lambda: measured(params(repeat_half=1e-3)), {"best capability": -2.0, "revenue, B$": -5.0}),
    "luck": (lambda: measured(params(luck_sd=0.0)), {"points of luck": -20.0}),
    "alignment": (
        lambda: measured(era.seats(), era.ordering(alignment_share=0.0)),
        {"incidents": 5.0, "trust": -0.15, "revenue, B$": -30.0, "quarters held": 6.0, "pressure": 0.2},
    ),
    "incidents": (
        lambda: measured(params(incident_base=0.0)),
        {"incidents": -2.0, "trust": 0.03, "pressure": -0.15, "revenue, B$": 2.0},
    ),
    "limits of serving": (
        lambda: measured(params(load_factor=1e9)),
        {"served fraction": 0.1, "tokens served, T": 1.5e4, "best capability": 3.0},
    ),
    "competition for customers": (
        lambda: measured(params(inertia=0.0)),
        {"movement of shares": -2.0, "tokens served, T": -7e3, "failed labs": 1.0},
    ),
    "capital": (without_capital, {"failed labs": 1.5, "raised, B$": -80.0, "fleet, M H100e": -0.5, "mood": -0.05}),
    "scarcity of chips": (without_scarcity, {"rent, $/h": -0.8, "cash, B$": 40.0, "fleet, M H100e": 0.15}),
    "open weights": (without_open_weights, {"revenue, B$": 4.0, "tokens served, T": 800.0}),
    "tax": (lambda: measured(params(tax=0.0)), {"cash, B$": 0.05, "tax, B$": -0.05}),
    "interest on cash": (lambda: measured(params(deposit_rate=0.0)), {"cash, B$": -4.0}),
    "hiring": (lambda: measured(params(hire_limit=0.0, hire_base=0.0)), {"staff, thousand": -15.0, "cash, B$": 15.0}),
    "policies": (
        lambda: measured(era.seats(), era.standing()),
        {"revenue, B$": -90.0, "fleet, M H100e": -6.0, "best capability": -35.0, "raised, B$": -80.0},
    ),
    "lobbying": (
        lambda: measured(era.seats(), era.ordering(lobbying_spend=0.0)),
        {"pressure": 0.05, "compliance, M$": 60.0},
    ),
}


@pytest.mark.parametrize("mechanism", OFF)
def test_without_a_mechanism_its_headlines_move_by_more_than_the_dice(mechanism: str) -> None:
    play, expected = OFF[mechanism]
    found, weak = play(), {}
    for name, least in expected.items():
        change = found[name] - baseline()[name]
        error = float(change.std(ddof=1)) / np.sqrt(RUNS)
        mean = float(change.mean())
        if mean * np.sign(least) < abs(least) or abs(mean) < SURE * error:
            weak[name] = f"{mean:+.3g} +- {error:.2g}, expected {least:+.3g} or more"
    assert weak == {}


@pytest.mark.parametrize("mechanism", ["luck", "incidents", "open weights", "capital"])
def test_what_is_off_leaves_nothing_of_itself(mechanism: str) -> None:
    gone = {"luck": "points of luck", "incidents": "incidents", "capital": "raised, B$"}
    found = OFF[mechanism][0]()
    if mechanism in gone:
        assert found[gone[mechanism]].max() == 0.0
    else:
        e = era.seats()
        silent = era.with_segments(e, open_access=1e-300 * e.params.segments.open_access)
        game = era.play(silent, 8)
        assert max(float(turn.report.market.open_share.max()) for turn in game) < 1e-200


def test_the_same_dice_and_parameters_move_nothing() -> None:
    again = measured(era.seats())
    assert all(np.array_equal(again[name], baseline()[name]) for name in again)
