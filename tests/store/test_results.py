"""Is what a batch leaves on disk exact, whole and resumable?"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from labsim.errors import BadInput, BadWorld
from labsim.play.batch import Batch, compute, compute_part
from labsim.play.forecast import picked
from labsim.scenario import load_scenario
from labsim.store import result_tables, results
from labsim.store.results import Results

RUNS = 23


def batch(**changes: object) -> Batch:
    asked: dict[str, object] = {"runs": RUNS, "seed": 5, "quarters": 3, "variables": ("cash", "mood"), **changes}
    return Batch(load_scenario("token-era"), **asked)  # type: ignore[arg-type]


def played(out: Path, asked: Batch | None = None, keep: str = "quantiles") -> Results:
    found = Results(out, asked or batch(), keep)
    found.part_runs = 10
    list(compute(found.batch, found.begin(), found.sink))
    return found


def test_quantiles_of_a_folder_are_those_of_all_runs_at_once(tmp_path: Path) -> None:
    rows = played(tmp_path / "b").finish()
    every = compute_part(batch(), 0, RUNS).cells
    levels = picked(every)
    with (tmp_path / "b" / "quantiles.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    assert len(table) == len(rows) == 8 * 3
    assert [row["quarter"] for row in table[:4]] == ["2023Q1", "2023Q2", "2023Q3", "2023Q1"]
    for i, row in enumerate(table):
        column, quarter = divmod(i, 3)
        found = [float(row[name]) for name in result_tables.LEVEL_NAMES]
        assert found == levels[:, quarter, column].tolist()
        assert float(row["mean"]) == pytest.approx(every[quarter, column].mean())
    assert (table[-1]["variable"], table[-1]["lab"]) == ("mood", "")


def test_final_values_by_run_come_with_status_and_score(tmp_path: Path) -> None:
    found = played(tmp_path / "b")
    fates, scores = found.fates(), found.scores()
    found.finish()
    with (tmp_path / "b" / "finals.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    whole = compute_part(batch(), 0, RUNS)
    assert [int(row["run"]) for row in table] == list(range(RUNS))
    assert [float(row["Anthropic: cash"]) for row in table] == whole.cells[-1, 1].tolist()
    assert [float(row["Anthropic: score"]) for row in table] == whole.score[1].tolist() == scores[1].tolist()
    assert fates.sum(axis=0) == pytest.approx(np.ones(7))
    said = json.loads((tmp_path / "b" / "batch.json").read_text(encoding="utf-8"))
    assert said["is_complete"]
    assert said["finals"]["columns"] == list(table[0])[1:]
    assert not (tmp_path / "b" / "parts").exists()


def test_many_final_values_are_written_as_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_tables, "CSV_RUNS", 10)
    monkeypatch.setattr(result_tables, "BLOCK_BYTES", 3 * 8 * RUNS)  # three columns at a time
    rows = played(tmp_path / "b").finish()
    finals = np.load(tmp_path / "b" / "finals.npy")
    assert np.array_equal(finals[:, 1], compute_part(batch(), 0, RUNS).cells[-1, 1])
    assert [row["variable"] for row in rows] == ["cash"] * 21 + ["mood"] * 3


def test_the_whole_panel_is_kept_on_request(tmp_path: Path) -> None:
    played(tmp_path / "b", keep="panel").finish()
    panel = np.load(tmp_path / "b" / "panel.npy")
    assert np.array_equal(panel, compute_part(batch(), 0, RUNS).cells.transpose(2, 0, 1))


def test_parquet_holds_the_same_figures(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    whole = compute_part(batch(), 0, RUNS)
    rows = played(tmp_path / "q.parquet").finish()
    assert pandas.read_parquet(tmp_path / "q.parquet").to_dict("records") == rows
    finals = pandas.read_parquet(tmp_path / "q.finals.parquet")
    assert finals["Anthropic: cash"].tolist() == whole.cells[-1, 1].tolist()
    played(tmp_path / "p.parquet", keep="panel").finish()
    panel = pandas.read_parquet(tmp_path / "p.parquet")
    assert len(panel) == RUNS * 3
    run = panel[panel["run"] == 17]
    assert run["quarter"].tolist() == ["2023Q1", "2023Q2", "2023Q3"]
    assert run["Meta: cash"].tolist() == whole.cells[:, 3, 17].tolist()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "p.finals.parquet", "p.parquet", "q.finals.parquet", "q.parquet",
    ]  # fmt: skip


def test_an_interrupted_batch_is_taken_up_where_it_stopped_with_the_same_result(tmp_path: Path) -> None:
    first = Results(tmp_path / "b", batch())
    first.part_runs = 10
    answers = compute(first.batch, first.begin(), first.sink)
    assert next(answers) == 10
    answers.close()
    again = Results(tmp_path / "b", batch())
    left = again.begin()
    assert left == [(10, 10), (20, 3)]
    assert again.runs_done == 10
    list(compute(again.batch, left, again.sink))
    assert again.finish() == played(tmp_path / "whole").finish()


def test_a_broken_part_is_computed_again(tmp_path: Path) -> None:
    played(tmp_path / "b")
    (tmp_path / "b" / "parts" / "0000000010.cells.npy").write_bytes(b"\x93NUMPY")
    assert Results(tmp_path / "b", batch()).begin() == [(10, 10)]


def test_a_place_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    played(tmp_path / "done").finish()
    with pytest.raises(BadInput, match="finished batch"):
        Results(tmp_path / "done", batch()).begin()
    played(tmp_path / "begun")
    with pytest.raises(BadInput, match="other settings"):
        Results(tmp_path / "begun", batch(seed=6)).begin()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(BadInput, match="something else"):
        Results(tmp_path / "mine", batch()).begin()
    (tmp_path / "x.parquet").write_bytes(b"")
    with pytest.raises(BadInput, match="such a file already"):
        Results(tmp_path / "x.parquet", batch()).begin()
    with pytest.raises(BadInput, match="a file, not a folder"):
        Results(tmp_path / "mine" / "thesis.txt", batch()).begin()


def test_a_place_that_cannot_be_written_is_a_known_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BadWorld, match="cannot be written"):
        Results(tmp_path / "file" / "under", batch()).begin()


def test_a_part_that_cannot_be_written_is_a_known_error(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match="cannot be written"):
        results.write_part(str(tmp_path / "gone"), compute_part(batch(), 0, 1))


def test_a_disk_that_is_too_small_is_seen_before_anything_is_computed(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match="GB while it runs"):
        Results(tmp_path / "b", Batch(load_scenario("token-era"), 100_000_000)).begin()


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    asked = batch()
    monkeypatch.setattr(result_tables.importlib, "import_module", missing)
    with pytest.raises(BadWorld, match="extra `parquet`, or name a folder"):
        Results(tmp_path / "b.parquet", asked)


def test_only_known_ways_of_keeping_are_taken(tmp_path: Path) -> None:
    assert results.KEEPS == ("quantiles", "panel")
    with pytest.raises(BadInput, match="quantiles or panel"):
        Results(tmp_path / "b", batch(), "everything")
