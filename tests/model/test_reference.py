"""The quiet game of the reference: seven labs on autopilot, 20 quarters, every figure of the table."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from labsim.model.flows import flows
from labsim.model.world import stocks
from labsim.play import turn as real
from labsim.scenario import load_scenario
from labsim.variables import Array
from tests.model import era

TABLE = Path(__file__).resolve().parents[1] / "reference" / "quiet_run.csv"
TOLERANCE = 1e-9  # relative; the requirement is 1e-6


def figures(turn: era.Turn) -> dict[str, Array]:
    """The columns of the reference in one quarter, ``(lab, 1)`` or ``(1,)``."""
    after, r = turn.after, turn.report
    return {
        "cash_end": after.capital.cash,
        "revenue": r.market.revenue_customers,
        "capability": r.alignment.capability,
        "base_capability_end": after.training.base_capability,
        "coverage": r.alignment.coverage,
        "trust_end": after.society.trust,
        "valuation_end": after.capital.valuation,
        "fleet_h100e": r.compute.installed_compute,
        "inference_share": turn.decisions.inference_share,
        "served_fraction": r.market.served_fraction,
        "tokens_needed": r.market.tokens_needed,
        "developer_price": turn.decisions.price[1],
        "consumer_share_end": after.market.share[0],
        "developer_share_end": after.market.share[1],
        "staff_end": after.people.staff,
        "burn": after.capital.burn,
        "status_end": after.capital.status,
        "scarcity_end": after.compute.scarcity,
        "pressure_end": after.society.pressure,
        "mood_end": after.capital.mood,
        "open_capability_end": after.training.open_capability,
    }


@pytest.fixture(scope="module")
def reference() -> list[dict[str, str]]:
    return list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def game() -> list[era.Turn]:
    return era.play(era.seats())


def test_the_reference_has_every_lab_in_every_quarter(reference: list[dict[str, str]]) -> None:
    assert [row["lab"] for row in reference] == list(era.LABS) * era.QUARTERS
    assert set(reference[0]) == {"quarter", "lab", *figures(era.play(era.seats(), 1)[0])}


def test_the_quiet_game_is_the_reference_game(reference: list[dict[str, str]], game: list[era.Turn]) -> None:
    wrong = []
    for number, turn in enumerate(game):
        for name, found in figures(turn).items():
            rows = reference[number * len(era.LABS) : (number + 1) * len(era.LABS)]
            expected = np.array([float(row[name]) for row in rows])
            off = np.abs(found.reshape(-1) + 0.0 * expected - expected) / np.maximum(np.abs(expected), 1e-9)
            if off.max() > TOLERANCE:
                wrong.append(f"{rows[0]['quarter']} {rows[int(off.argmax())]['lab']} {name}: off by {off.max():.2g}")
    assert wrong == []


def test_these_tests_play_the_very_turns_of_the_game() -> None:
    scenario = load_scenario(era.REFERENCE)
    ours = era.play(era.seats(), 6, seed=11, runs=3)
    assert not scenario.is_quiet
    for record, turn in zip(real.play(scenario, 11, 6, runs=3), ours, strict=True):
        for mine, theirs in ((stocks(turn.after), stocks(record.world)), (flows(turn.report), flows(record.report))):
            assert {name for name in mine if not np.array_equal(mine[name], theirs[name])} == set()
