"""`labsim run`: seven labs live through an era, and its JSON is what README.md promises."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import time
from typing import Any

import pytest

from labsim.model.flows import LEDGER_LINES

PROMISED = (
    "cash revenue burn capability alignment trust market_share valuation training_flop installed_compute "
    "tokens_trained tokens_aligned tokens_served staff price_developer share_consumer"
).split()
LABS = ["OpenAI", "Anthropic", "Google DeepMind", "Meta", "Mistral AI", "xAI", "Together AI"]
ENDING_SEED = 1  # a seed in which a lab ends
HEAVY = "PySide6 pyqtgraph pyarrow sqlite3 sqlite_utils pandas dask".split()


@pytest.fixture
def played(labsim: Any) -> dict[str, Any]:
    return dict(json.loads(labsim("run", "token-era", "--json", "--seed", ENDING_SEED).out))


def numbers(tree: Any) -> list[float]:
    if isinstance(tree, dict):
        return [n for part in tree.values() for n in numbers(part)]
    if isinstance(tree, list):
        return [n for part in tree for n in numbers(part)]
    return [tree] if isinstance(tree, int | float) else []


def test_the_table_shows_every_lab_the_seat_and_the_world(labsim: Any) -> None:
    answer = labsim("run", "token-era", "--seed", ENDING_SEED)
    assert answer.code == 0
    assert answer.err == ""
    for lab in LABS:
        assert lab in answer.out
    for heading in "cash revenue burn capability trust share valuation alive ▸ Anthropic Scarcity".split():
        assert heading in answer.out
    assert max(map(len, answer.out.splitlines())) <= 120


def test_the_document_has_the_promised_shape(played: dict[str, Any]) -> None:
    assert list(played) == ["scenario", "seed", "units", "quarters", "labs", "world", "events"]
    assert (played["scenario"], played["seed"]) == ("token-era", ENDING_SEED)
    assert played["quarters"][0] == "2023Q1"
    assert played["quarters"][-1] == "2027Q4"
    assert list(played["labs"]) == LABS
    for lab in played["labs"].values():
        assert list(lab) == ["alive", "final", "series", "ledger"]
        assert set(PROMISED) <= set(lab["series"])
        assert set(lab["series"]) <= set(played["units"])
        assert {len(series) for series in lab["series"].values()} == {20}
        assert {name: series[-1] for name, series in lab["series"].items()} == lab["final"]
        assert sorted(lab["ledger"][0]) == sorted(LEDGER_LINES)
    assert list(played["world"]) == ["final", "series"]
    assert {"scarcity", "pressure", "mood", "hhi"} <= set(played["world"]["series"])
    units = {name: played["units"][name] for name in ("cash", "tokens_served", "training_flop", "installed_compute")}
    assert units == {"cash": "M$", "tokens_served": "T", "training_flop": "FLOP", "installed_compute": "H100e"}
    for event in played["events"]:
        assert list(event) == ["quarter", "event", "lab", "text"]
        assert event["quarter"] in played["quarters"]
        assert event["lab"] is None or event["lab"] in LABS


def test_every_number_is_finite_and_no_zero_is_negative(labsim: Any) -> None:
    text = labsim("run", "token-era", "--json").out
    assert all(math.isfinite(number) for number in numbers(json.loads(text)))
    assert not re.search(r"-0\.0[,}\]]", text)
    assert "NaN" not in text
    assert "Infinity" not in text


def test_what_a_lab_was_is_null_after_its_end(labsim: Any) -> None:
    ended = None
    for seed in range(1, 15):
        game = json.loads(labsim("run", "token-era", "--json", "--seed", seed).out)
        ended = next((name for name, lab in game["labs"].items() if not lab["alive"]), None)
        if ended and game["labs"][ended]["final"]["cash"] is None:
            break
    assert ended, "no lab ended under fourteen seeds"
    (end,) = [e for e in game["events"] if e["lab"] == ended and e["event"] in ("acquired", "compute_bankruptcy")]
    last = game["quarters"].index(end["quarter"])
    lab = game["labs"][ended]
    for series in lab["series"].values():
        assert None not in series[: last + 1]
        assert set(series[last + 1 :]) <= {None}
    assert None not in lab["ledger"][: last + 1]
    assert set(map(str, lab["ledger"][last + 1 :])) <= {"None"}


def test_the_ledger_adds_up_to_the_change_of_cash(played: dict[str, Any]) -> None:
    for lab in played["labs"].values():
        cash = lab["series"]["cash"]
        for quarter in range(1, 20):
            if cash[quarter] is not None and lab["ledger"][quarter]:
                change = sum(lab["ledger"][quarter].values())
                assert cash[quarter - 1] + change == pytest.approx(cash[quarter], rel=1e-9, abs=1e-6)


def test_market_shares_are_parts_of_one(played: dict[str, Any]) -> None:
    for quarter in range(20):
        parts = [lab["series"]["market_share"][quarter] or 0.0 for lab in played["labs"].values()]
        assert sum(parts) == pytest.approx(1.0)


def test_true_coverage_is_shown_only_when_asked_for(labsim: Any) -> None:
    assert "coverage" not in json.loads(labsim("run", "token-era", "--json", "--quarters", 2).out)["units"]
    assert "coverage" in json.loads(labsim("run", "token-era", "--json", "--quarters", 2, "--all").out)["units"]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(labsim: Any) -> None:
    first, again = (labsim("run", "token-era", "--json", "--quarters", 6, "--seed", 7).out for _ in range(2))
    assert first == again
    assert labsim("run", "token-era", "--json", "--quarters", 6, "--seed", 8).out != first


def test_a_shorter_game_is_the_beginning_of_a_longer_one(labsim: Any, played: dict[str, Any]) -> None:
    short = json.loads(labsim("run", "token-era", "--json", "--quarters", 5).out)
    assert short["quarters"] == played["quarters"][:5]
    assert short["labs"]["Meta"]["series"]["cash"] == played["labs"]["Meta"]["series"]["cash"][:5]


def test_the_seat_that_matters_is_marked_and_changes_nothing(labsim: Any) -> None:
    assert "▸ xAI" in labsim("run", "token-era", "--lab", "xAI", "--quarters", 2).out
    ours = labsim("run", "token-era", "--lab", "xAI", "--quarters", 4, "--json").out
    assert ours == labsim("run", "token-era", "--quarters", 4, "--json").out


def test_a_policy_is_given_to_the_seat(labsim: Any) -> None:
    own = json.loads(labsim("run", "token-era", "--lab", "xAI", "--policy", "xAI", "--quarters", 4, "--json").out)
    other = json.loads(labsim("run", "token-era", "--lab", "xAI", "--policy", "Meta", "--quarters", 4, "--json").out)
    assert own["labs"] == json.loads(labsim("run", "token-era", "--quarters", 4, "--json").out)["labs"]
    assert own["labs"]["xAI"]["series"]["training_share"] != other["labs"]["xAI"]["series"]["training_share"]
    assert own["labs"]["Meta"]["series"]["training_share"][0] == other["labs"]["Meta"]["series"]["training_share"][0]


def test_orders_turn_the_policy_off_unless_one_is_named(labsim: Any, tmp_path: Any) -> None:
    file = tmp_path / "orders.toml"
    file.write_text("[2023Q2]\nprice = { developer = 18.0 }\nraise_amount = 500\n")

    def series(*options: str) -> dict[str, list[float]]:
        text = labsim("run", "token-era", "--quarters", 4, "--orders", file, "--json", *options).out
        return dict(json.loads(text)["labs"]["Anthropic"]["series"])

    alone, with_policy = series(), series("--policy", "Anthropic")
    assert alone["price_developer"][1:] == [18.0, 18.0, 18.0]
    assert alone["raise_amount"] == [0.0, 500.0, 0.0, 0.0]
    assert alone["start_run"] == [0.0] * 4, "defaults stand"
    assert with_policy["price_developer"][1] == 18.0
    assert with_policy["price_developer"][2] != 18.0
    assert with_policy["start_run"][0] == 1.0, "the policy decides the rest"


def test_an_order_that_the_gate_trims_is_told(labsim: Any, tmp_path: Any) -> None:
    file = tmp_path / "orders.toml"
    file.write_text("[2023Q1]\nborrow_change = -100.0\n")
    answer = labsim("run", "token-era", "--quarters", 1, "--orders", file)
    assert answer.code == 0
    assert "2023Q1.borrow_change" in answer.err


def test_a_scenario_file_is_played_as_a_bundled_one(labsim: Any, tmp_path: Any) -> None:
    file = tmp_path / "two.toml"
    file.write_text(
        'based_on = "token-era"\nseats = ["Meta", "xAI"]\ndefault_seat = "xAI"\nstart = "2024Q1"\nquarters = 3\n'
    )
    game = json.loads(labsim("run", file, "--json").out)
    assert game["quarters"] == ["2024Q1", "2024Q2", "2024Q3"]
    assert list(game["labs"]) == ["Meta", "xAI"]


def test_run_needs_no_heavy_library() -> None:
    code = (
        "import sys; from labsim.cli import main; main(['run', 'token-era', '--quarters', '2']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


def test_a_game_is_saved_without_pandas_which_can_still_be_had_afterwards(tmp_path: Any) -> None:
    pytest.importorskip("pandas")
    asked = ["run", "token-era", "--quarters", "1", "--out", str(tmp_path / "one.labsim")]
    code = (
        f"import sys; from labsim.cli import main; main({asked!r}); print('pandas' in sys.modules); "
        "import pandas; print(pandas.DataFrame({'a': [1]}).shape)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.splitlines()[-2:] == ["False", "(1, 1)"]


@pytest.mark.slow
def test_a_run_from_a_cold_shell_takes_less_than_two_seconds() -> None:
    def seconds() -> float:
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "labsim", "run", "token-era"], check=True, capture_output=True, timeout=60
        )
        return time.perf_counter() - started

    assert min(seconds() for _ in range(3)) < 2.0
