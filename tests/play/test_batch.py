"""Does a batch give the same bits whoever computes it, in whatever parts?"""

from __future__ import annotations

import dataclasses
import os
import signal
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from labsim.errors import BadInput, BadWorld
from labsim.model.world import stocks
from labsim.play.batch import MOST_RUNS, PART_RUNS, Batch, Part, compute, compute_part, process_pool
from labsim.play.objectives import score
from labsim.play.orders import play_orders
from labsim.play.series import columns
from labsim.play.turn import play, policy_rows
from labsim.scenario import Scenario, load_scenario
from labsim.store.results import write_part

SEAT = 1
SMALL = ("cash", "trust", "mood")


def era() -> Scenario:
    return load_scenario("token-era")


def small(runs: int = 12, **changes: object) -> Batch:
    asked: dict[str, object] = {"runs": runs, "seed": 5, "quarters": 4, "variables": SMALL, **changes}
    return Batch(era(), **asked)  # type: ignore[arg-type]


def together(parts: list[Part]) -> tuple[np.ndarray, np.ndarray]:
    ordered = sorted(parts, key=lambda part: part.first_run)
    cells = np.concatenate([part.cells for part in ordered], axis=-1)
    return cells, np.concatenate([part.score for part in ordered], axis=-1)


@pytest.mark.parametrize("size", [1, 5, 12])
def test_the_size_of_the_parts_changes_no_bit(size: int) -> None:
    batch = small()
    whole = compute_part(batch, 0, 12)
    cells, scores = together(list(compute(batch, batch.parts(size), _itself)))
    assert np.array_equal(cells, whole.cells)
    assert np.array_equal(scores, whole.score)


def _itself(part: Part) -> Part:
    return part


def test_a_part_holds_the_figures_of_its_runs_and_their_scores() -> None:
    batch = small()
    part = compute_part(batch, 3, 2)
    records = list(play(era(), 5, 4, first_run=3, runs=2))
    cash, mood = (stocks(records[2].world)[name] for name in ("cash", "mood"))
    assert batch.columns[0] == ("cash", "OpenAI")
    assert batch.columns[-1] == ("mood", "")
    assert np.array_equal(part.cells[2, :7], cash)
    assert np.array_equal(part.cells[2, -1], mood)
    assert np.array_equal(part.score[SEAT], score(era(), records, SEAT).total)


def test_orders_are_played_as_in_a_game() -> None:
    orders = {0: {"free_tier": 0.0, "price": {"developer": 9.0}, "raise_amount": 100.0}, 2: {"data_purchase": 3.0}}
    batch = small(seat=SEAT, orders=orders, variables=("cash", "price_developer"))
    part = compute_part(batch, 0, 12)
    alone = list(play_orders(era(), 5, 4, SEAT, orders, first_run=7))
    for quarter, record in enumerate(alone):
        assert part.cells[quarter, SEAT, 7] == record.world.capital.cash[SEAT, 0]
        assert part.cells[quarter, 7 + SEAT, 7] == record.decisions.price[1, SEAT, 0] == 9.0


def test_another_policy_may_play_the_seat_with_orders_or_without() -> None:
    row = dict(era().policies[0])
    plain, other = (compute_part(small(seat=SEAT, policy=policy), 0, 3).cells for policy in (None, row))
    ordered = compute_part(small(seat=SEAT, policy=row, orders={0: {"data_purchase": 5.0}}), 0, 3).cells
    rows = policy_rows(era(), {SEAT: row})
    assert np.array_equal(other[1, :7], list(play(era(), 5, 2, rows, runs=3))[-1].world.capital.cash)
    assert not np.array_equal(plain, other)
    assert not np.array_equal(other, ordered)


def test_two_processes_give_the_bits_of_one(tmp_path: object) -> None:
    batch = small()
    folder = str(tmp_path)
    with process_pool(2) as pool:
        done = list(compute(batch, batch.parts(5), partial(write_part, folder), pool, 2))
    assert sorted(done) == [2, 5, 5]
    cells = [np.load(f"{folder}/{first:010d}.cells.npy") for first in (0, 5, 10)]
    assert np.array_equal(np.concatenate(cells, axis=-1), compute_part(batch, 0, 12).cells)


def test_any_executor_will_do() -> None:
    batch = small()
    with ThreadPoolExecutor(2) as pool:
        cells, _ = together(list(compute(batch, batch.parts(5), _itself, pool, 2)))
    assert np.array_equal(cells, compute_part(batch, 0, 12).cells)


@pytest.mark.slow
def test_the_executor_of_dask_gives_the_same_bits() -> None:
    distributed = pytest.importorskip("distributed")
    batch = small()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None)
        with cluster, distributed.Client(cluster) as client:
            cells, _ = together(list(compute(batch, batch.parts(5), _itself, client.get_executor())))
    assert np.array_equal(cells, compute_part(batch, 0, 12).cells)


def test_a_scenario_whose_figures_run_away_is_refused_not_crashed() -> None:
    s = era()
    wild = dataclasses.replace(s, params=s.params.replace(power_price=np.array([np.nan])))
    with pytest.raises(BadInput, match="leave what can be computed"):
        compute_part(Batch(wild, 2, quarters=4, variables=SMALL), 0, 2)


def test_a_worker_that_dies_is_a_known_error_and_finished_parts_stay(tmp_path: object) -> None:
    batch = small(60)
    done: list[int] = []

    def killed_at_the_first_answer() -> None:
        with process_pool(1) as pool:
            for runs in compute(batch, batch.parts(1), partial(write_part, str(tmp_path)), pool):
                done.append(runs)
                for pid in pool._processes or ():
                    os.kill(pid, signal.SIGKILL)

    with pytest.raises(BadWorld, match=r"ended unexpectedly.*finished parts are kept"):
        killed_at_the_first_answer()
    assert 1 <= len(done) < 60
    assert len(os.listdir(str(tmp_path))) >= 3 * len(done)


def test_parts_are_a_thousand_runs_and_fewer_where_much_is_kept() -> None:
    assert Batch(era(), 2500).parts() == [(0, PART_RUNS), (1000, 1000), (2000, 500)]
    wide = Batch(era(), 2500, variables=tuple(column.name for column in columns(era())))
    assert 100 < wide.part_runs < PART_RUNS
    assert sum(runs for _, runs in wide.parts()) == 2500


def test_the_digest_names_everything_that_decides_the_figures() -> None:
    changes: list[dict[str, object]] = [
        {"runs": 13}, {"seed": 6}, {"quarters": 5}, {"variables": ("cash",)}, {"seat": 2},
        {"seat": SEAT, "policy": dict(era().policies[0])}, {"seat": SEAT, "orders": {0: {"free_tier": 0.0}}},
    ]  # fmt: skip
    digests = {small().digest, *(small(**change).digest for change in changes)}  # type: ignore[arg-type]
    assert len(digests) == 1 + len(changes)
    assert small().digest == small().digest
    assert dataclasses.replace(small()).digest == small().digest


@pytest.mark.parametrize(("changes", "words"), [
    ({"runs": 0}, "0 runs cannot be computed; 1 to 100,000,000"),
    ({"runs": 10**12}, "1,000,000,000,000 runs cannot be computed"),
    ({"seed": -1}, "-1 is not a seed"),
    ({"quarters": 81}, "81 quarters cannot be played"),
    ({"variables": ()}, "name at least one"),
    ({"variables": ("cahs",)}, 'no variable "cahs"; see `labsim list variables`; did you mean "cash"?'),
    ({"orders": {0: {"free_tier": 0.0}}}, "name the lab"),
])  # fmt: skip
def test_a_batch_that_cannot_be_is_refused_with_a_remedy(changes: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        small(**changes)  # type: ignore[arg-type]
    assert words in str(refused.value)


def test_only_a_sane_number_of_processes_is_taken() -> None:
    assert MOST_RUNS > 1_000_000
    for processes in (0, -1, 10_000):
        with pytest.raises(BadInput, match="1 to 256"):
            process_pool(processes)
