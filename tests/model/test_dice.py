"""The dice: thrown before play, from the seed alone, the same whatever runs or labs stand beside them."""

from __future__ import annotations

import dataclasses
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.model.dice import LANES, STREAMS, Dice, normals, quiet, throw, uniforms
from tests.model import era

UNIFORM = ("incident", "severity", "event", "antitrust", "round")
NORMAL = ("luck", "brand", "mood", "supply", "demand", "evaluation")


def rows(dice: Dice) -> dict[str, np.ndarray]:
    return {item.name: getattr(dice, item.name) for item in dataclasses.fields(dice)}


@given(st.floats(2.0**-54, 1.0 - 2.0**-53))
def test_normals_are_the_quantiles_of_the_standard_library(u: float) -> None:
    assert normals(np.array([u]))[0] == pytest.approx(NormalDist().inv_cdf(u), rel=4e-15, abs=1e-15)


def test_normals_reach_far_into_both_tails() -> None:
    tails = np.array([2.0**-54, 1e-16, 1e-9, 1e-3, 0.075, 0.5, 0.925, 1 - 1e-3, 1.0 - 2.0**-53])
    assert normals(tails) == pytest.approx([NormalDist().inv_cdf(float(u)) for u in tails], rel=4e-15)
    assert np.isfinite(normals(tails)).all()
    assert normals(np.array([0.3, 0.7])).sum() == pytest.approx(0.0, abs=1e-15)


@given(st.integers(0, 2**64 - 1), st.integers(0, 60), st.integers(0, 80), st.integers(0, 5000), st.integers(1, 9))
def test_a_run_has_its_numbers_wherever_the_chunk_begins(seed: int, t: int, stream: int, first: int, runs: int) -> None:
    chunk = uniforms(seed, t, stream, 7, first, runs)
    for run in (0, runs - 1):
        assert np.array_equal(uniforms(seed, t, stream, 7, first + run, 1)[:, 0], chunk[:, run])
    assert chunk.min() > 0.0
    assert chunk.max() < 1.0


def test_a_new_lab_leaves_the_draws_of_the_old_ones_alone() -> None:
    few, many = (rows(throw(5, 3, labs, 4, 12, 10, 6)) for labs in (7, 16))
    for name in few:
        lanes = few[name].shape[-2] if few[name].ndim > 1 else 1
        new = many[name] if few[name].shape == many[name].shape else many[name][..., :lanes, :]
        assert np.array_equal(few[name], new), name


def test_a_new_event_or_segment_leaves_the_other_draws_alone() -> None:
    small, large = rows(throw(5, 3, 7, 3, 11)), rows(throw(5, 3, 7, 4, 12))
    for name in small:
        assert np.array_equal(small[name], large[name][: len(small[name])]), name


def test_streams_quarters_and_seeds_differ() -> None:
    draws = [uniforms(1, 2, 3, 7, 0, 40), uniforms(1, 2, 4, 7, 0, 40), uniforms(1, 3, 3, 7, 0, 40)]
    draws += [uniforms(2, 2, 3, 7, 0, 40), uniforms(1, 2, 3, 7, 40, 40)]
    flat = np.array([draw.ravel() for draw in draws])
    off = np.corrcoef(flat) - np.eye(len(draws))
    assert np.abs(off).max() < 0.25
    assert len({row.tobytes() for row in flat}) == len(draws)


def test_streams_do_not_overlap() -> None:
    spans = {"brand": 4, "demand": 4, "event": 12}
    taken = [start + row for name, start in STREAMS.items() for row in range(spans.get(name, 1))]
    assert len(taken) == len(set(taken))
    assert {item.name for item in dataclasses.fields(Dice)} == set(STREAMS)


def test_the_numbers_have_the_moments_of_their_laws() -> None:
    many = rows(throw(9, 0, 7, 4, 12, 0, 4000))
    for name in UNIFORM:
        assert many[name].mean() == pytest.approx(0.5, abs=0.02)
        assert many[name].var() == pytest.approx(1 / 12, abs=0.004)
    for name in NORMAL:
        assert many[name].mean() == pytest.approx(0.0, abs=0.06)
        assert many[name].var() == pytest.approx(1.0, abs=0.08)


def test_the_dice_of_a_seed_never_change() -> None:
    """Old games replay only while these numbers stand; a change here breaks every save."""
    assert uniforms(2023, 4, 0, 3, 5, 1)[:, 0].tolist() == FOREVER


FOREVER = [0.32123587845030543, 0.632444093119452, 0.9789379931901697]


def test_quiet_dice_strike_nobody_and_let_rounds_close() -> None:
    silent = rows(quiet(7, 4, 12, 3))
    loud = rows(throw(1, 0, 7, 4, 12, 0, 3))
    assert {name: draw.shape for name, draw in silent.items()} == {name: draw.shape for name, draw in loud.items()}
    assert all((silent[name] == 1.0).all() for name in UNIFORM)
    assert all((silent[name] == 0.0).all() for name in NORMAL)
    game = era.play(era.seats())
    assert sum(float(turn.report.society.incident.sum()) for turn in game) == 0.0
    assert sum(float(turn.report.effects.event_struck.sum()) for turn in game) == 0.0
    assert sum(float(turn.report.capital.round_failed.sum()) for turn in game) == 0.0


@pytest.mark.parametrize(
    ("labs", "quarter", "seed"), [(LANES + 1, 0, 1), (0, 0, 1), (7, -1, 1), (7, 0, -1), (7, 0, 2**64)]
)
def test_dice_that_cannot_be_thrown_are_refused(labs: int, quarter: int, seed: int) -> None:
    with pytest.raises(ValueError, match=r"labs|negative"):
        throw(seed, quarter, labs, 4, 12)


def test_no_decision_shifts_the_dice() -> None:
    e = era.seats()
    games = [era.play(e, 8, seed=4), era.play(e, 8, seed=4, strategy=era.ordering(alignment_share=0.5, buy_gpus=1e4))]
    for one, other in zip(*games, strict=True):
        mine, theirs = rows(one.quarter.dice), rows(other.quarter.dice)
        assert all(np.array_equal(mine[name], theirs[name]) for name in mine)
    assert not np.array_equal(games[0][-1].after.capital.cash, games[1][-1].after.capital.cash)
