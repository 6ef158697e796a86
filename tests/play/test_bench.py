"""The benchmark measures what it says: plain twins compute the same, prices are of the calls that a step makes."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from labsim.cli import main
from labsim.play import bench
from labsim.play.bench_engine import array_quarter
from labsim.play.bench_plain import constants, plain_quarter, plain_worlds
from labsim.play.bench_prices import recorded_calls, sum_of_prices
from labsim.play.turn import play, quarter_of
from labsim.scenario import load_scenario

RUNS = 40


@pytest.mark.parametrize("quarters", [2, 9, 16])
def test_plain_objects_compute_what_the_arrays_do(quarters: int) -> None:
    era = load_scenario("token-era")
    *_, before, record = play(era, 3, quarters, runs=RUNS)
    quarter = quarter_of(era, record.t, 3, runs=RUNS)
    (safety, aligned), (share, *_), (part, hhi), (opinion, public) = array_quarter(before.world, record, quarter, era)
    p = constants(era.params)
    for run, world in enumerate(plain_worlds(before.world, record, quarter, RUNS)):
        plain_quarter(world, p)
        for row, lab in enumerate(world.labs):
            if not lab.live:
                continue
            pairs = {
                "align_ratio": safety.align_ratio, "evidence": safety.evidence, "capability": aligned.capability,
                "coverage": aligned.coverage, "seen": aligned.alignment_seen, "tokens_aligned": aligned.tokens_aligned,
                "trust": opinion.trust, "severity": public.severity, "fines": public.fines_due,
                "compliance": public.compliance_due, "churned": public.churned, "market_share": part,
            }  # fmt: skip
            for name, array in pairs.items():
                assert getattr(lab, name) == pytest.approx(array[row, run], rel=1e-9, abs=1e-12), name
            assert lab.share == pytest.approx(share[:, row, run], rel=1e-9)
        assert world.hhi == pytest.approx(hhi[run], rel=1e-9)
        assert world.pressure == pytest.approx(opinion.pressure[run], rel=1e-9)


def test_recorded_calls_are_those_of_a_step_and_have_a_price() -> None:
    era = load_scenario("token-era")
    *_, before, record = play(era, 1, 3, runs=8)
    calls = recorded_calls(before.world, record.decisions, era.params, quarter_of(era, record.t, 1, runs=8))
    names = {key[0] for key in calls}
    assert {"add", "multiply", "exp", "log", "where"} <= names
    assert sum(call.times for call in calls.values()) > 500
    some = dict(list(calls.items())[:5])
    assert 0.0 < sum_of_prices(some) < 1.0


def test_the_shapes_of_a_larger_batch_are_recorded_as_other_calls() -> None:
    era = load_scenario("token-era")
    found = []
    for runs in (8, 16):
        *_, before, record = play(era, 1, 2, runs=runs)
        quarter = quarter_of(era, record.t, 1, runs=runs)
        found.append(recorded_calls(before.world, record.decisions, era.params, quarter))
    assert set(found[0]) != set(found[1])
    assert sum(c.times for c in found[0].values()) == pytest.approx(sum(c.times for c in found[1].values()), rel=0.05)


def test_bounds_are_met_from_the_right_side() -> None:
    assert bench.meets(4.0, 5.0, more_is_better=False)
    assert not bench.meets(6.0, 5.0, more_is_better=False)
    assert bench.meets(6.0, 5.0, more_is_better=True)
    assert not bench.meets(math.nan, 5.0, more_is_better=True)
    assert bench.meets(1.0, math.nan, more_is_better=False)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROWS", {})
    monkeypatch.setattr("labsim.cli.bench.ROOMS", ())
    bench.row("small", "ms", must=5.0, aim=2.0)(lambda: 3.0)
    bench.row("slow one", "x", must=1.0, more_is_better=True, slow=True)(lambda: 0.5)


@pytest.mark.usefixtures("rows")
def test_rows_print_as_json_and_the_exit_status_says_whether_all_is_good(capsys: Any) -> None:
    assert main(["bench", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == [{"name": "small", "value": 3.0, "unit": "ms", "must": 5.0, "aim": 2.0, "ok": True}]
    assert main(["bench", "--json", "--only", "SLOW"]) == 1
    assert json.loads(capsys.readouterr().out)[0] == {
        "name": "slow one", "value": 0.5, "unit": "x", "must": 1.0, "aim": None, "ok": False,
    }  # fmt: skip
    assert main(["bench", "--slow"]) == 1
    assert "NOT what it must be" in capsys.readouterr().out


@pytest.mark.usefixtures("rows")
def test_a_row_has_a_name_of_its_own() -> None:
    with pytest.raises(ValueError, match="twice"):
        bench.row("small", "ms")(lambda: 1.0)


def test_the_median_of_times_leaves_out_the_warm_up() -> None:
    calls: list[int] = []
    assert bench.median_seconds(lambda: calls.append(1), 4, warm=2) >= 0.0
    assert len(calls) == 6
    assert np.isfinite(bench.least_seconds(lambda: None, 3))
