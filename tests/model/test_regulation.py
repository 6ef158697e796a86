"""Rules: thresholds of training compute, evidence, and how long a release is held."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.model import era


def lab_with(flop: float, evidence: float, pressure: float) -> era.Era:
    """One lab that serves a model of this compute."""
    e = era.reseated(era.seats(), [0])
    e = e.with_world("training", model_flop=np.array([[flop]]))
    e = e.with_world("alignment", evidence=np.array([[evidence]]))
    return e.with_world("society", pressure=np.array([pressure]))


@pytest.mark.parametrize(
    ("t", "flop", "evidence", "pressure", "delay"),
    [
        (10, 0.9e25, 0.0, 0.5, 0),
        (10, 1.1e25, 0.29, 0.5, 1),
        (10, 1.1e25, 0.31, 0.5, 0),
        (10, 1.1e26, 0.29, 0.5, 2),
        (10, 1.1e26, 0.54, 0.5, 1),
        (10, 1.1e26, 0.56, 0.5, 0),
        (10, 1.1e26, 0.00, 0.19, 0),
        (9, 1.1e26, 0.00, 0.5, 0),
    ],
)
def test_a_release_waits_for_the_evidence_that_its_class_asks(
    t: int, flop: float, evidence: float, pressure: float, delay: float
) -> None:
    assert era.single(lab_with(flop, evidence, pressure), t).report.rules.release_delay[0, 0] == delay


def test_a_licence_regime_adds_a_quarter_but_never_more_than_two_in_all() -> None:
    for flop, evidence, delay in ((0.9e25, 0.0, 0.0), (1.1e25, 0.9, 1.0), (1.1e25, 0.0, 2.0), (1.1e26, 0.0, 2.0)):
        e = lab_with(flop, evidence, 0.5)
        row = frozenset({e.params.events.index("compute_regulation")})
        rules = era.single(era.with_dates(e, {}, {10: row}), 10).report.rules
        assert rules.release_delay[0, 0] == delay


def test_the_run_in_progress_counts_rather_than_the_served_model() -> None:
    e = lab_with(1e24, 0.0, 0.5)
    run = {"run_on": 1.0, "run_active": 1e11, "run_sparsity": 1.0, "run_tokens": 20.0, "run_distil": 1.0}
    running = e.with_world("training", **{name: np.array([[value]]) for name, value in run.items()})
    assert era.single(e, 10).report.rules.systemic[0, 0] == 0.0
    assert era.single(running, 10).report.rules.systemic[0, 0] == 1.0  # 6 x 1e11 x 20e12 = 1.2e25


def test_a_finished_run_is_held_for_as_many_quarters_as_the_delay_and_then_released() -> None:
    e = lab_with(1.1e26, 0.0, 0.5)
    strict = dataclasses.replace(e.params, rule_flop=np.zeros(1), rule_flop_second=np.zeros(1), eval_width=np.ones(1))
    e = dataclasses.replace(e, params=strict)  # every model is systemic and there is never any evidence
    run = {"run_on": 1.0, "run_active": 1e9, "run_sparsity": 1.0, "run_tokens": 0.01, "run_distil": 1.0}
    world = e.with_world("training", **{name: np.array([[value]]) for name, value in run.items()})
    held, released = [], []
    for t in range(10, 14):
        turn = era.single(world, t, evaluation_spend=0.0)
        held.append(float(turn.report.training.run_held[0, 0]))
        released.append(float(turn.report.training.released[0, 0]))
        world = dataclasses.replace(world, world=turn.after)
    assert held == [1.0, 1.0, 0.0, 0.0]
    assert released == [0.0, 0.0, 1.0, 0.0]
