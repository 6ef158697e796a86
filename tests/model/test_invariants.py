"""What holds whatever anybody orders: books tie, numbers are numbers, ranges hold, nothing is made from nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labsim.model.decisions import DECISIONS, Decisions
from labsim.model.exogenous import Quarter, throw_quarter
from labsim.model.fleet import in_service
from labsim.model.flows import flows
from labsim.model.gate import limits
from labsim.model.step import SURVIVES_THE_END, step
from labsim.model.world import World, is_live, stocks, take_runs
from labsim.variables import LAB, REGISTRY, Array
from tests.model import era
from tests.model.identities import gaps

RUNS = 6
TIES = 1e-9  # relative
ROUNDING = 1e-12


@cache
def states() -> tuple[World, ...]:
    """Autopilot states of 24 quarters, with dice."""
    return tuple(turn.before for turn in era.play(era.seats(), 24, seed=3, runs=RUNS))


@dataclasses.dataclass(frozen=True)
class Wild:
    """Orders at random: each decision of each lab at a bound, in between, log-uniform, or as the policy wants."""

    seed: int
    wildness: float  # part of the orders that are not the policy's

    def __call__(self, world: World, e: era.Era, quarter: Quarter) -> Decisions:
        chance = np.random.default_rng([self.seed, quarter.t])
        policy = era.autopilots(world, e, quarter)
        return Decisions(**{v.name: self._orders(v.name, getattr(policy, v.name), world, e, quarter, chance)
                            for v in DECISIONS})  # fmt: skip

    def _orders(
        self, name: str, policy: Array, world: World, e: era.Era, quarter: Quarter, chance: np.random.Generator
    ) -> Array:
        low, high = (np.broadcast_to(bound, policy.shape) for bound in limits(name, world, e.params, quarter))
        part = chance.random(policy.shape)
        ratio = np.maximum(high, 1e-3) / np.maximum(low, 1e-3)
        logarithmic = np.clip(np.maximum(low, 1e-3) * ratio**part, low, high)
        kinds = np.stack([low, high, low + part * (high - low), logarithmic, 2.0 * high + 1.0, policy])
        kind = np.where(chance.random(policy.shape) < self.wildness, chance.integers(0, 5, policy.shape), 5)
        return np.take_along_axis(kinds, kind[None], axis=0)[0]


def wild_games() -> st.SearchStrategy[tuple[int, int, int, float]]:
    return st.tuples(
        st.integers(0, 2**32), st.integers(0, 23), st.integers(1, 12), st.sampled_from([0.02, 0.1, 0.3, 1.0])
    )


def wild_turns(case: tuple[int, int, int, float], e: era.Era | None = None) -> Iterator[era.Turn]:
    """The turns of a game that goes on from an autopilot state under wild orders."""
    seed, start, quarters, wildness = case
    e = e or era.seats()
    world = states()[start]
    for t in range(start, start + quarters):
        quarter = throw_quarter(t, e.calendar, e.params, seed, 0, RUNS)
        turn = era.turn(world, e, quarter, Wild(seed, wildness))
        yield turn
        world = turn.after


@given(case=wild_games())
def test_the_accounts_tie(case: tuple[int, int, int, float]) -> None:
    p = era.seats().params
    for turn in wild_turns(case):
        wrong = {name: float(np.abs(gap).max()) for name, gap in gaps(turn, p).items()}
        assert {name: gap for name, gap in wrong.items() if not gap <= TIES} == {}


@given(case=wild_games())
def test_every_number_is_a_number_within_its_declared_range(case: tuple[int, int, int, float]) -> None:
    for turn in wild_turns(case):
        wrong = []
        for name, values in {**stocks(turn.after), **flows(turn.report)}.items():
            declared = REGISTRY[name]
            slack = ROUNDING * np.maximum(np.abs(values), 1.0)
            if not np.isfinite(values).all():
                wrong.append(f"{name} is not finite")
            elif (values < declared.low - slack).any() or (values > declared.high + slack).any():
                wrong.append(f"{name}: {values.min():.6g} to {values.max():.6g}")
        assert wrong == []


@given(case=wild_games())
def test_customers_are_somebodys_only_once(case: tuple[int, int, int, float]) -> None:
    for turn in wild_turns(case):
        taken = turn.report.market.target_share.sum(axis=1) + turn.report.market.open_share
        assert taken.max() <= 1.0 + ROUNDING
        assert turn.after.market.share.sum(axis=1).max() <= 1.0 + ROUNDING
        assert turn.report.market.share_served.sum(axis=1).max() <= 1.0 + ROUNDING


@given(case=wild_games())
def test_no_gpu_is_made_or_lost(case: tuple[int, int, int, float]) -> None:
    p = era.seats().params
    for turn in wild_turns(case):
        old, new, flow = turn.before.compute, turn.after.compute, turn.report.compute
        on = is_live(turn.after)
        kept = np.where(in_service(new, p), 1.0 - turn.report.capital.sold_part, 1.0)
        moved = np.concatenate([flow.bought[None], old.bought_gpus[:-1]]) * kept * on
        signed = np.concatenate([flow.reserved[None], old.contract_gpus[:-1]]) * on
        assert new.bought_gpus == pytest.approx(moved, rel=ROUNDING)
        assert new.contract_gpus == pytest.approx(signed, rel=ROUNDING)
        working = np.where(in_service(old, p), old.bought_gpus, 0.0).sum(axis=0) * flow.powered
        kept = 1.0 - old.let_share
        fleet = (working + old.contract_gpus.sum(axis=0)) * kept + flow.rented
        assert flow.fleet.sum(axis=0) == pytest.approx(fleet, rel=1e-9)
        chips = (flow.bought + flow.reserved).sum(axis=0) * p.chips.h100e[turn.quarter.generation]
        assert (chips <= flow.supply_offered * (1.0 + 1e-9)).all()


@given(case=wild_games())
def test_a_lab_that_has_ended_has_nothing_and_earns_nothing(case: tuple[int, int, int, float]) -> None:
    ended = 0
    for turn in wild_turns(case):
        dead = ~is_live(turn.after)
        ended += int(dead.sum())
        for name, stock in stocks(turn.after).items():
            if LAB in REGISTRY[name].axes and name not in SURVIVES_THE_END:
                assert np.where(dead, stock, 0.0).any() == np.False_, name
        gone = ~is_live(turn.before)
        assert (turn.after.capital.status[gone] == turn.before.capital.status[gone]).all()
        assert turn.report.market.revenue[gone].sum() == 0.0
        assert turn.report.market.target_share[:, gone].sum() == 0.0
        assert turn.report.compute.bought[gone].sum() + turn.report.compute.reserved[gone].sum() == 0.0
        assert turn.report.society.incident[gone].sum() == 0.0
        lines = flows(turn.report)
        assert all(lines[name][gone].any() == np.False_ for name in ("wages", "rent_reserved", "equity_round"))


def test_wild_games_end_some_labs_and_not_all() -> None:
    ended = [int((~is_live(turn.after)).sum()) for seed in range(10) for turn in wild_turns((seed, 8, 12, 0.3))]
    assert 0 < max(ended) < 7 * RUNS


def frozen(value: object) -> None:
    """Make every array inside read-only."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif dataclasses.is_dataclass(value):
        for item in dataclasses.fields(value):
            frozen(getattr(value, item.name))
    elif isinstance(value, dict):
        for item in value.values():
            frozen(item)


@given(case=wild_games())
@settings(max_examples=15)
def test_a_step_writes_into_none_of_its_arguments(case: tuple[int, int, int, float]) -> None:
    e = era.seats()
    for turn in wild_turns(case):
        for argument in (turn.before, turn.decisions, e.params, turn.quarter):
            frozen(argument)
        after, _ = step(turn.before, turn.decisions, e.params, turn.quarter)
        assert np.array_equal(after.capital.cash, turn.after.capital.cash)
        frozen(turn.after)  # the next quarter must not mind either


@given(case=wild_games(), run=st.integers(0, RUNS - 1))
@settings(max_examples=15)
def test_a_run_of_a_wild_game_alone_is_the_run_of_the_batch(case: tuple[int, int, int, float], run: int) -> None:
    seed, start, *_ = case
    e = era.seats()
    alone = take_runs(states()[start], slice(run, run + 1))
    for turn in wild_turns(case):
        quarter = throw_quarter(turn.quarter.t, e.calendar, e.params, seed, run, 1)
        d = dataclasses.replace(
            turn.decisions, **{v.name: getattr(turn.decisions, v.name)[..., run : run + 1] for v in DECISIONS}
        )
        alone, report = step(alone, d, e.params, quarter)
        batch = {**stocks(turn.after), **flows(turn.report)}
        for name, value in {**stocks(alone), **flows(report)}.items():
            assert np.array_equal(value, batch[name][..., run : run + 1]), name


@pytest.mark.slow
@given(case=wild_games())
@settings(max_examples=600)
def test_every_invariant_holds_in_many_more_games(case: tuple[int, int, int, float]) -> None:
    p = era.seats().params
    for turn in wild_turns(case):
        assert max(float(np.abs(gap).max()) for gap in gaps(turn, p).values()) <= TIES
        for name, values in {**stocks(turn.after), **flows(turn.report)}.items():
            slack = ROUNDING * np.maximum(np.abs(values), 1.0)
            assert np.isfinite(values).all(), name
            assert (values >= REGISTRY[name].low - slack).all(), name
            assert (values <= REGISTRY[name].high + slack).all(), name
