"""Does the Python door open games and play panels, with and without pandas?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import labsim
from labsim.errors import BadInput, BadWorld
from labsim.play.series import values
from labsim.play.turn import play
from labsim.scenario import Scenario
from tests.store import games

TABLES = ("quarters", "world", "by_segment", "by_generation", "by_technique", "decisions", "ledger", "events",
          "explanations", "branches", "runs")  # fmt: skip
FEW = {"runs": 3, "quarters": 4}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return games.small_game(tmp_path_factory.mktemp("games") / "small.labsim")


@pytest.fixture
def without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)


def test_importing_labsim_alone_imports_nothing_heavy() -> None:
    code = "import sys, labsim; print(sorted({'numpy', 'labsim.api', 'sqlite3'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_door_has_the_names_that_it_promises() -> None:
    assert {name for name in labsim.__all__ if getattr(labsim, name)} == set(labsim.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        labsim.nothing_like_it  # type: ignore[attr-defined]  # noqa: B018


def test_types_of_the_door_are_the_ones_of_the_api() -> None:
    import labsim.api

    stub = Path(labsim.__file__).with_suffix(".pyi").read_text("utf-8")
    assert {f"import {name} as {name}" in stub for name in labsim.api.__all__} == {True}
    assert (Path(labsim.__file__).parent / "py.typed").is_file()


def test_a_game_gives_data_frames_where_pandas_is_installed(file: Path) -> None:
    pandas = pytest.importorskip("pandas")
    with labsim.open(file) as game:
        quarters = game.quarters()
        assert isinstance(quarters, pandas.DataFrame)
        assert quarters.shape[0] == 6 * 7
        assert quarters["date"].iloc[0] == pandas.Timestamp("2023-01-01")
        assert quarters["cash"].dtype == np.float64
        cash = quarters.set_index(["date", "lab"])["cash"].unstack()
        assert list(cash.columns) == sorted(game.labs)


def test_a_game_gives_records_without_pandas(file: Path, without_pandas: None) -> None:
    with labsim.open(str(file)) as game:
        quarters = game.quarters(branch="main")
    assert isinstance(quarters, list)
    assert list(quarters[0])[:6] == ["run", "branch", "quarter", "date", "turn", "lab"]
    assert isinstance(quarters[0]["cash"], float)


def test_a_table_of_a_game_is_the_one_that_is_exported(file: Path, tmp_path: Path, without_pandas: None) -> None:
    import json

    from labsim.store.export import Wanted, export
    from labsim.text import render

    export([file], tmp_path, Wanted("json"), render)
    with labsim.open(file) as game:
        for table in TABLES:
            assert getattr(game, table)() == json.loads((tmp_path / f"{table}.json").read_text("utf-8")), table


def test_a_game_says_what_it_is_and_what_its_columns_mean(file: Path, without_pandas: None) -> None:
    with labsim.open(file) as game:
        assert (game.lab, game.seed, game.scenario.name, game.units["cash"]) == ("Meta", 11, "token-era", "M$")
        assert "Meta in token-era" in repr(game)
        told = {(row["table"], row["name"]): row for row in game.dictionary()}
        assert told["ledger", "amount"]["unit"] == "M$"
        of_rival = game.explanations(branch="main", labs=["OpenAI"])
        assert {row["lab"] for row in of_rival} == {"OpenAI"}
        with pytest.raises(BadInput, match='no branch "x"'):
            game.quarters("x")
        with pytest.raises(BadInput, match='no lab "Open"'):
            game.explanations(labs=["Open"])


def test_a_file_that_is_no_game_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match="there is no such file"):
        labsim.open(tmp_path / "x.labsim")


def test_a_panel_holds_the_bits_that_the_engine_plays() -> None:
    panel = labsim.run("token-era", seed=5, variables=["cash", "mood", "price_developer"], **FEW)
    assert panel["cash"].shape == (4, 7, 3)
    assert panel["mood"].shape == (4, 3)
    assert panel.quarters == ("2023Q1", "2023Q2", "2023Q3", "2023Q4")
    assert panel.dates[1] == "2023-04-01"
    assert panel.units == {"cash": "M$", "mood": "1", "price_developer": "$"}
    era = labsim.load_scenario("token-era")
    assert isinstance(era, Scenario)
    for quarter, record in enumerate(play(era, 5, 4, first_run=2, runs=1)):
        found = values(record)
        assert panel["cash"][quarter, :, 2].tobytes() == found["cash"][:, 0].tobytes()
        assert panel["mood"][quarter, 2] == found["mood"][0]
        assert panel["price_developer"][quarter, :, 2].tobytes() == found["price"][1, :, 0].tobytes()


def test_a_run_is_the_same_however_many_there_are() -> None:
    few = labsim.run("token-era", runs=2, quarters=2, variables=["cash"])
    many = labsim.run("token-era", runs=9, quarters=2, variables=["cash"])
    assert few["cash"].tobytes() == np.ascontiguousarray(many["cash"][..., :2]).tobytes()
    assert many.status.shape == (7, 9)
    assert many.score.shape == (7, 9)


def test_orders_are_a_table_or_a_file_and_make_a_difference(tmp_path: Path) -> None:
    orders = {"2023Q1": {"buy_gpus": 500, "price": {"developer": 18}}}
    (tmp_path / "orders.toml").write_text("[2023Q1]\nbuy_gpus = 500\nprice = { developer = 18 }\n")
    given = labsim.run("token-era", lab="Meta", orders=orders, variables=["cash", "price_developer"], **FEW)
    read = labsim.run("token-era", lab="Meta", orders=tmp_path / "orders.toml", variables=["cash"], **FEW)
    none = labsim.run("token-era", lab="Meta", orders={}, variables=["cash"], **FEW)
    assert given["cash"].tobytes() == read["cash"].tobytes()
    assert given["cash"].tobytes() != none["cash"].tobytes()
    assert (given["price_developer"][:, given.lab("Meta")] == 18.0).all()


def test_a_policy_is_a_name_or_numbers_laid_over_the_labs_own() -> None:
    meta = {"lab": "Meta", "variables": ["transparency"], **FEW}
    own = labsim.run("token-era", **meta)
    same = labsim.run("token-era", policy={}, **meta)
    more = labsim.run("token-era", policy={"transparency": 0.9}, **meta)
    assert own["transparency"].tobytes() == same["transparency"].tobytes()
    assert (more["transparency"][:, 3] > own["transparency"][:, 3]).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"orders": {"2023Q1": {"by_gpus": 1}}}, 'did you mean "buy_gpus"'),
        ({"orders": {"2023": {}}}, "is not a quarter"),
        ({"policy": "nobody"}, 'no policy "nobody"'),
        ({"policy": {"stuff": 1.0}}, 'did you mean "staff"'),
        ({"policy": {"staff": float("nan")}}, "not a finite number"),
        ({"variables": ["cahs"]}, 'did you mean "cash"'),
        ({"lab": "Metta"}, 'no lab "Metta"'),
        ({"runs": 0}, "0 runs cannot be computed"),
    ],
)
def test_what_cannot_be_played_is_said_with_a_remedy(given: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as error:
        labsim.run("token-era", **{**FEW, **given})  # type: ignore[arg-type]
    assert said in "\n".join(str(problem) for problem in error.value.problems)


def test_a_panel_becomes_a_table_with_the_world_repeated(without_pandas: None) -> None:
    panel = labsim.run("token-era", variables=["cash", "mood"], **FEW)
    found = panel.table()
    assert len(found) == 4 * 7 * 3
    last = found[-1]
    assert (last["quarter"], last["date"], last["lab"], last["run"]) == ("2023Q4", "2023-10-01", "Together AI", 2)
    assert (last["cash"], last["mood"]) == (panel["cash"][-1, -1, -1], panel["mood"][-1, -1])
    assert list(panel.table("mood")[0]) == ["quarter", "date", "lab", "run", "mood"]
    assert "3 runs, 4 quarters, 7 labs" in repr(panel)
    with pytest.raises(KeyError, match="did you mean"):
        panel["cahs"]


# ---- the README -----------------------------------------------------------------------------------------------------


def test_the_lines_of_the_readme_run(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    pytest.importorskip("pandas")
    text = (root / "README.md").read_text("utf-8")
    lines = next(part for part in text.split("```python\n")[1:] if "labsim.open" in part).split("```")[0]
    (tmp_path / "game.labsim").write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    exec(lines.replace("runs=200", "runs=4, quarters=3"), found)
    assert found["shares"].shape == (6, 7)
    assert found["middle"].shape == (3,)


@pytest.mark.slow
def test_the_figure_of_the_readme_is_drawn_by_its_script(tmp_path: Path, root: Path) -> None:
    pytest.importorskip("pandas")
    kept = root / "packaging" / "pictures" / "notebook.svg"
    script = root / "packaging" / "make_figure.py"
    subprocess.run([sys.executable, str(script), str(tmp_path / "x.svg")], check=True, capture_output=True)
    drawn, shown = ((path).read_text("utf-8") for path in (tmp_path / "x.svg", kept))
    assert drawn.count("<polyline") == shown.count("<polyline") == 8
    assert "nan" not in drawn
    assert kept.stat().st_size < 200_000


def test_a_play_and_the_skill_of_rivals_are_chosen_by_name() -> None:
    plain, careful = (labsim.run("token-era", quarters=2, lab="Meta", policy=policy) for policy in (None, "careful"))
    slow = labsim.run("token-era", quarters=2, rivals="slow")
    assert not np.array_equal(plain["cash"], careful["cash"])
    assert not np.array_equal(plain["cash"], slow["cash"])
    with pytest.raises(BadInput, match="no skill of rivals"):
        labsim.run("token-era", quarters=1, rivals="brilliant")
