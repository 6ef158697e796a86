"""A run alone is the same run in a batch, bit for bit, whatever the number of runs, chunks, labs or strides."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labsim.model.decisions import DECISIONS
from labsim.model.flows import flows
from labsim.model.step import step
from labsim.model.world import World, map_stocks, repeat_run, stocks, take_runs
from labsim.variables import Array
from tests.model import era

QUARTERS, SEED = 10, 21


def everything(turn: era.Turn) -> dict[str, Array]:
    orders = {v.name: getattr(turn.decisions, v.name) for v in DECISIONS}
    return {**stocks(turn.after), **flows(turn.report), **orders}


def differences(alone: list[era.Turn], batch: list[era.Turn], first: int) -> set[str]:
    """Names whose bits differ between a game and its runs of a batch, from run ``first`` on."""
    found = set()
    for one, many in zip(alone, batch, strict=True):
        wide = everything(many)
        for name, value in everything(one).items():
            runs = value.shape[-1]
            if not np.array_equal(value, wide[name][..., first : first + runs]):
                found.add(name)
    return found


@pytest.mark.parametrize("runs", [1, 2, 7, 64])
def test_a_run_alone_is_the_run_of_a_batch(runs: int) -> None:
    e = era.seats()
    batch = era.play(e, QUARTERS, seed=SEED, runs=runs)
    for run in {0, runs // 2, runs - 1}:
        assert differences(era.play(e, QUARTERS, seed=SEED, first_run=run), batch, run) == set()


@pytest.mark.parametrize("labs", [2, 3, 7, 8, 9, 16])
def test_the_number_of_labs_does_not_matter_to_that(labs: int) -> None:
    e = era.reseated(era.seats(), [seat % 7 for seat in range(labs)])
    batch = era.play(e, QUARTERS, seed=SEED, runs=5)
    assert differences(era.play(e, QUARTERS, seed=SEED, first_run=3), batch, 3) == set()
    assert batch[-1].after.labs == labs


def test_chunks_of_a_batch_are_the_batch() -> None:
    e = era.seats()
    batch = era.play(e, QUARTERS, seed=SEED, runs=64)
    for first, runs in ((0, 7), (7, 13), (20, 44)):
        chunk = era.play(e, QUARTERS, seed=SEED, first_run=first, runs=runs)
        assert differences(chunk, batch, first) == set()


def test_neighbours_do_not_matter() -> None:
    """A run beside copies of other runs is what it is beside its own."""
    e = era.seats()
    world = era.play(e, 8, seed=SEED, runs=6)[-1].after
    order = np.array([4, 4, 0, 2])
    quarter = era.quiet_quarter(8, e.calendar, e.params, 6)
    few = era.quiet_quarter(8, e.calendar, e.params, 4)
    one = era.turn(world, e, quarter)
    other = era.turn(take_runs(world, order), e, few)
    wide = everything(one)
    assert {name for name, v in everything(other).items() if not np.array_equal(v, wide[name][..., order])} == set()


@pytest.mark.parametrize("layout", ["strided", "fortran"])
def test_the_layout_of_the_arrays_does_not_matter(layout: str) -> None:
    e = era.seats()
    turn = era.play(e, 9, seed=SEED, runs=5)[-1]

    def laid_out(value: Array) -> Array:
        if layout == "fortran":
            return np.asfortranarray(value)
        return np.repeat(value, 2, axis=-1)[..., ::2]

    def changed(world: World) -> World:
        return map_stocks(world, lambda _, stock: laid_out(stock))

    d = dataclasses.replace(turn.decisions, **{v.name: laid_out(getattr(turn.decisions, v.name)) for v in DECISIONS})
    after, report = step(changed(turn.before), d, e.params, turn.quarter)
    again = {**stocks(after), **flows(report)}
    first = everything(turn)
    assert {name for name in again if not np.array_equal(again[name], first[name])} == set()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_game() -> None:
    e = era.seats()
    first, again = (era.play(e, QUARTERS, seed=SEED, runs=3) for _ in range(2))
    assert differences(first, again, 0) == set()
    assert "cash" in differences(first, era.play(e, QUARTERS, seed=SEED + 1, runs=3), 0)


def test_runs_of_a_batch_differ_from_one_another() -> None:
    last = era.play(era.seats(), QUARTERS, seed=SEED, runs=64)[-1]
    assert len(set(last.after.capital.cash[0].tolist())) == 64


def test_only_a_world_of_one_run_is_repeated() -> None:
    e = era.seats()
    two = repeat_run(e.world, 2)
    assert np.array_equal(two.market.share[..., 0], two.market.share[..., 1])
    with pytest.raises(ValueError, match="one run"):
        repeat_run(two, 2)


def test_turns_have_no_memory_beyond_the_world() -> None:
    e = era.seats()
    whole = era.play(e, 6, seed=SEED)
    world = whole[2].after
    rest = []
    for turn in whole[3:]:
        rest.append(era.turn(world, e, turn.quarter))
        world = rest[-1].after
    assert differences(rest, whole[3:], 0) == set()
