"""Are exported tables tidy, exact, whole and harmless?"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies

import labsim
from labsim.errors import BadInput, Problem
from labsim.play.explainer import explainer_of
from labsim.play.session import Session
from labsim.store.export import Wanted, export, game_files
from labsim.store.export_blocks import csv_text, from_csv_text
from labsim.store.saves import new_save
from labsim.text import render
from tests.store import games
from tests.store.exports import exported, rows

NUMBERS = {"quarters": "lab_quarters", "world": "world_quarters", "by_segment": "lab_by_segment"}


@pytest.fixture(scope="module")
def csv_set(made_game: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    exported(made_game, folder, every_branch=True, wide=True, explained="seat")
    return folder


def kept(file: Path, table: str, column: str) -> list[float]:
    db = sqlite3.connect(file)
    keys = {"lab_quarters": "lab", "world_quarters": "turn", "lab_by_segment": "lab, segment"}[table]
    try:
        # The branch main holds the turns 1 to 6.
        found = db.execute(f"SELECT {column} FROM {table} WHERE turn BETWEEN 1 AND 6 ORDER BY turn, {keys}").fetchall()
    finally:
        db.close()
    return [row[0] for row in found]


@pytest.mark.parametrize(("table", "column"), [("quarters", "cash"), ("world", "scarcity"), ("by_segment", "price")])
def test_numbers_read_from_csv_have_the_bits_of_the_file(
    csv_set: Path, made_game: Path, table: str, column: str
) -> None:
    found = [float(row[column]).hex() for row in rows(csv_set, table) if row["branch"] == "main"]
    assert found == [value.hex() for value in kept(made_game, NUMBERS[table], column)]
    assert len(found) == 6 * {"quarters": 7, "world": 1, "by_segment": 28}[table]


@pytest.mark.parametrize(("table", "column"), [("quarters", "cash"), ("world", "scarcity"), ("by_segment", "price")])
def test_numbers_read_from_parquet_have_the_bits_of_the_file(
    made_game: Path, tmp_path: Path, table: str, column: str
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    exported(made_game, tmp_path, "parquet", branches=("main",), explained="none")
    found = parquet.read_table(tmp_path / f"{table}.parquet")[column].to_pylist()
    assert [value.hex() for value in found] == [value.hex() for value in kept(made_game, NUMBERS[table], column)]


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "xlsx"])
def test_pandas_reads_every_number_of_every_format_with_its_bits(made_game: Path, tmp_path: Path, form: str) -> None:
    pandas = pytest.importorskip("pandas")
    exported(made_game, tmp_path, form, branches=("main",), explained="none")
    read = {
        "csv": lambda: pandas.read_csv(tmp_path / "quarters.csv", parse_dates=["date"]),
        "json": lambda: pandas.read_json(tmp_path / "quarters.json", precise_float=True),
        "parquet": lambda: pandas.read_parquet(tmp_path / "quarters.parquet").astype({"date": "datetime64[s]"}),
        "xlsx": lambda: pandas.read_excel(tmp_path / "labsim.xlsx", sheet_name="quarters"),
    }[form]()
    assert read["date"].dt.year.tolist()[:1] == [2023]
    with labsim.open(made_game) as game:
        known = game.quarters("main")
    for column in known.columns[6:]:
        assert read[column].astype(float).to_numpy().tobytes() == known[column].to_numpy().tobytes(), column


def test_every_format_has_the_same_rows(made_game: Path, tmp_path: Path, csv_set: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    for form in ("json", "parquet"):
        exported(made_game, tmp_path / form, form, every_branch=True, wide=True)
    for table in ("quarters", "decisions", "events", "ledger", "branches", "explanations", "wide", "runs"):
        told = json.loads((tmp_path / "json" / f"{table}.json").read_text("utf-8"))
        known = parquet.read_table(tmp_path / "parquet" / f"{table}.parquet").to_pylist()
        for row in known:
            if "date" in row:
                row["date"] = row["date"].isoformat()
        assert told == known
        assert [list(row) for row in told[:1]] == [list(row) for row in rows(csv_set, table)[:1]]
        assert len(told) == len(rows(csv_set, table)) > 0


def test_rows_are_keyed_once_by_run_branch_quarter_and_lab(csv_set: Path) -> None:
    for table, own in (("quarters", ("lab",)), ("by_segment", ("lab", "segment")), ("world", ()),
                       ("decisions", ("lab", "decision", "segment")), ("ledger", ("lab", "line"))):  # fmt: skip
        found = [tuple(row[key] for key in ("run", "branch", "quarter", *own)) for row in rows(csv_set, table)]
        assert len(found) == len(set(found)), table
    assert {(row["quarter"], row["date"]) for row in rows(csv_set, "world")} >= {("2023Q1", "2023-01-01"),
                                                                                 ("2024Q2", "2024-04-01")}  # fmt: skip


def test_a_branch_is_a_whole_history_with_the_turns_that_it_shares(csv_set: Path) -> None:
    turns = {name: [int(row["turn"]) for row in rows(csv_set, "world") if row["branch"] == name]
             for name in ("main", "other")}  # fmt: skip
    assert turns == {"main": [1, 2, 3, 4, 5, 6], "other": [1, 2, 3, 7, 8, 9]}
    other = next(row for row in rows(csv_set, "branches") if row["branch"] == "other")
    assert (other["forked_from"], other["forked_at"], other["is_active"]) == ("main", "2023Q4", "1")


def test_only_the_branch_that_is_played_is_exported_unless_another_is_named(made_game: Path, tmp_path: Path) -> None:
    exported(made_game, tmp_path / "a", explained="none")
    exported(made_game, tmp_path / "b", branches=("main",), explained="none")
    assert {row["branch"] for row in rows(tmp_path / "a", "quarters")} == {"other"}
    assert {row["branch"] for row in rows(tmp_path / "b", "quarters")} == {"main"}
    assert [row["is_exported"] for row in rows(tmp_path / "b", "branches")] == ["1", "0"]
    with pytest.raises(BadInput, match='no branch "mian"'):
        exported(made_game, tmp_path / "c", branches=("mian",))
    assert not list((tmp_path / "c").iterdir())


def test_the_ledger_adds_up_to_the_change_of_cash(csv_set: Path) -> None:
    cash = {(r["lab"], r["turn"]): float(r["cash"]) for r in rows(csv_set, "quarters") if r["branch"] == "main"}
    lines: dict[tuple[str, str], float] = {}
    for row in rows(csv_set, "ledger"):
        if row["branch"] == "main":
            key = row["lab"], row["turn"]
            lines[key] = lines.get(key, 0.0) + float(row["amount"])
    changes = {(lab, turn): value - cash[lab, str(int(turn) - 1)] for (lab, turn), value in cash.items() if turn != "1"}
    assert changes
    for key, change in changes.items():
        assert lines.get(key, 0.0) == pytest.approx(change, rel=1e-9, abs=1e-6)


def test_explanations_add_up_to_the_change_that_the_quarters_show(csv_set: Path) -> None:
    for figure in ("cash", "trust"):
        here = [r for r in rows(csv_set, "explanations") if r["variable"] == figure and r["branch"] == "main"]
        assert {row["lab"] for row in here} == {"Meta"}
        quarters = [r for r in rows(csv_set, "quarters") if r["branch"] == "main" and r["lab"] == "Meta"]
        for before, after in pairwise(quarters):
            terms = [float(r["amount"]) for r in here if r["turn"] == after["turn"] and not r["inside"]]
            change = float(after[figure]) - float(before[figure])
            assert sum(terms) == pytest.approx(change, rel=1e-9, abs=1e-9)
            assert terms
    inner = [row for row in rows(csv_set, "explanations") if row["inside"]]
    assert inner
    assert all(row["label"] for row in rows(csv_set, "explanations"))


def test_decisions_tell_what_was_ordered_and_what_would_have_held(csv_set: Path) -> None:
    found = {(r["quarter"], r["decision"], r["segment"]): r for r in rows(csv_set, "decisions")
             if r["branch"] == "main" and r["lab"] == "Meta"}  # fmt: skip
    ordered = found["2023Q2", "buy_gpus", ""]
    assert (float(ordered["ordered"]), float(ordered["before"])) == (100.0, 0.0)
    assert float(found["2023Q3", "price", "developer"]["ordered"]) == 12.0
    assert found["2023Q3", "price", "enterprise"]["ordered"] == ""
    rivals = [row for row in rows(csv_set, "decisions") if row["lab"] == "OpenAI"]
    assert rivals
    assert not any(row["ordered"] for row in rivals)


def test_events_are_told_in_sentences(csv_set: Path) -> None:
    started = [row for row in rows(csv_set, "events") if row["event"] == "run_started"]
    assert started
    assert all(row["lab"] in row["text"] and "FLOP" in row["text"] for row in started)


def test_the_wide_table_has_a_column_for_each_quarter_and_the_same_numbers(csv_set: Path) -> None:
    assert (csv_set / "wide.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    found = {(r["branch"], r["lab"], r["variable"], r["entry"]): r for r in rows(csv_set, "wide")}
    assert len(found) == len(rows(csv_set, "wide"))
    for row in rows(csv_set, "quarters"):
        assert found[row["branch"], row["lab"], "cash", ""][row["quarter"]] == row["cash"]
    for row in rows(csv_set, "by_segment"):
        assert found[row["branch"], row["lab"], "price", row["segment"]][row["quarter"]] == row["price"]
    assert found["main", "Meta", "cash", ""]["unit"] == "M$"


def test_no_cell_is_nan_or_infinite(csv_set: Path) -> None:
    for file in csv_set.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                assert not {"nan", "inf", "-inf", "none"} & {cell.casefold() for cell in row}, file.name


def test_the_dictionary_names_every_column_of_every_table(csv_set: Path) -> None:
    told = {(row["table"], row["name"]): row for row in rows(csv_set, "dictionary")}
    for file in csv_set.glob("*.csv"):
        if file.stem != "dictionary":
            with file.open(encoding="utf-8-sig", newline="") as stream:
                heads = next(csv.reader(stream))
            assert heads == [name for table, name in told if table == file.stem]
    assert told["quarters", "cash"]["unit"] == "M$"
    assert all(row["meaning"] and row["label"] for row in told.values())
    markdown, readme = (csv_set / "dictionary.md").read_text("utf-8"), (csv_set / "README.txt").read_text("utf-8")
    for table in {table for table, _ in told}:
        assert f"## {table}\n" in markdown
        assert f"\n  {table} " in readme
    for word in ("pandas", "DuckDB", "Excel", "R  "):
        assert word in readme


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "'x", "''", " =x", "＝x", "plain", "a=b", ""])
def test_a_text_never_begins_a_formula_and_reads_back_as_it_was(text: str) -> None:
    cell = csv_text(text)
    read = next(csv.reader([f"{cell},"], strict=True), [""])[0] if "\r" not in text else cell[1:-1]
    assert not read.lstrip(" ").startswith(tuple("=+-@\t\r＝"))
    assert from_csv_text(read) == text


@given(strategies.text())
def test_any_text_reads_back_from_a_cell_as_it_was(text: str) -> None:
    line = io.StringIO(f"{csv_text(text)},{csv_text('x' + text)}\r\n", newline="")
    read = next(csv.reader(line, strict=True))
    assert [from_csv_text(cell) for cell in read] == [text, "x" + text]


def test_rows_of_a_meddled_file_cannot_stop_an_export(game_file: Path, tmp_path: Path) -> None:
    db = sqlite3.connect(game_file)
    for place, figures in enumerate(('{"lab": "\\ud800", "flop": 1}', "[1", '{"lab": [1]}', "[" * 5000)):
        db.execute("UPDATE events SET figures = ? WHERE turn = 1 AND place = ?", (figures, place))
    db.execute("UPDATE events SET event = 'lab.{lab.__class__}', lab = 99 WHERE turn = 2 AND place = 0")
    db.execute("UPDATE orders SET lab = 99 WHERE turn = 1")
    db.execute(
        "INSERT INTO explanations VALUES (1, 99, 'cash', 0, '', 'x', 1.0, ''), (1, 3, '=x', 0, '', '{a}', 9e999, '')"
    )
    db.commit()
    db.close()
    for form in ("csv", "json", "parquet"):
        assert exported(game_file, tmp_path / form, form, explained="seat").runs == 1
    assert "?" in rows(tmp_path / "csv", "events")[0]["text"]


def test_explanations_that_a_file_holds_are_told_like_those_computed_from_it(tmp_path: Path) -> None:
    scenario = games.scenario()
    game = Session.new(scenario, 3, 5, new_save(tmp_path / "held.labsim"), quarters=4)
    game.explainer = explainer_of(scenario, 3)
    for _ in range(4):
        game.end_quarter()
    game.close()
    (tmp_path / "bare.labsim").write_bytes((tmp_path / "held.labsim").read_bytes())
    db = sqlite3.connect(tmp_path / "bare.labsim")
    assert db.execute("DELETE FROM explanations").rowcount > 100
    db.commit()
    db.close()
    for explained in ("seat", "all"):
        export(game_files([tmp_path]), tmp_path / explained, Wanted(explained=explained), render)
        found = {run: [{**row, "run": ""} for row in rows(tmp_path / explained, "explanations") if row["run"] == run]
                 for run in ("held", "bare")}  # fmt: skip
        key = lambda row: (row["quarter"], row["lab"], int(row["place"]))  # noqa: E731
        assert sorted(found["held"], key=key) == sorted(found["bare"], key=key)
        assert {row["lab"] for row in found["held"]} == ({"Meta"} if explained == "seat" else set(scenario.labs))


def test_quarters_that_cannot_be_explained_are_noted(
    made_game: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BadInput(Problem("game", "played by another model", "use the labsim that played it"))

    monkeypatch.setattr("labsim.store.export_told.Timeline.record", refuse)
    done = exported(made_game, tmp_path)
    assert done.runs == 1
    assert rows(tmp_path, "explanations") == []
    assert "played by another model" in done.notes[0]
    assert "played by another model" in (tmp_path / "README.txt").read_text("utf-8")


def test_names_that_are_formulas_come_out_as_texts_in_every_format(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    name = '=HYPERLINK("http://x";"y")'
    game = Session.new(games.scenario(), 0, 1, new_save(tmp_path / "=g.labsim"), name=name, quarters=2)
    game.end_quarter()
    game.rename("main", "@branch")
    game.close()
    exported(tmp_path / "=g.labsim", tmp_path / "csv", explained="none")
    row = rows(tmp_path / "csv", "runs")[0]
    assert (row["name"], row["run"]) == ("'" + name, "'=g")
    assert rows(tmp_path / "csv", "branches")[0]["branch"] == "'@branch"
    exported(tmp_path / "=g.labsim", tmp_path / "xlsx", "xlsx", explained="none")
    book = openpyxl.load_workbook(tmp_path / "xlsx" / "labsim.xlsx", read_only=True)
    cells = next(iter(book["runs"].iter_rows(min_row=2)))
    assert (cells[0].value, cells[2].value) == ("=g", name)
    assert {cells[0].data_type, cells[2].data_type} == {"s"}
    book.close()


def test_a_workbook_has_a_sheet_for_each_table_real_dates_and_exact_numbers(made_game: Path, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    exported(made_game, tmp_path, "xlsx", wide=True, branches=("main",), explained="none")
    book = openpyxl.load_workbook(tmp_path / "labsim.xlsx", read_only=True)
    assert book.sheetnames[:3] == ["quarters", "world", "by_generation"]
    assert book.sheetnames[-1] == "wide"
    head, first = list(book["world"].iter_rows(min_row=1, max_row=2, values_only=True))
    row = dict(zip(head, first, strict=True))
    assert row["date"].date().isoformat() == "2023-01-01"
    found = [
        float(cells[head.index("scarcity")]).hex() for cells in book["world"].iter_rows(min_row=2, values_only=True)
    ]
    assert found == [value.hex() for value in kept(made_game, "world_quarters", "scarcity")]
    book.close()
