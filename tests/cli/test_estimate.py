"""`labsim estimate` and `labsim backtest` as a person calls them."""

from __future__ import annotations

import json

import pytest

from labsim.cli import main


def test_training_prints_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "--params 70e9 --active 39e9 --tokens 2e12 --chip A100 --chips 2048 --at 2023Q3".split()
    assert main(["estimate", "training", *arguments, "--techniques", "flash_attention, parallelism_3d", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [
        *("train_flop", "gpu_hours", "days", "energy_mwh", "cost_usd"),
        *("loss", "effective_flop", "capability", "mfu"),
    ]
    assert found["train_flop"] == pytest.approx(6 * 39e9 * 2e12)


def test_serving_prints_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "--params 70B --chip H100 --precision fp8 --input-tokens 1000 --output-tokens 1000 --at 2024Q1".split()
    assert main(["estimate", "serving", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"tokens_per_second_per_gpu", "usd_per_million_tokens", "min_gpus_per_replica"} <= set(found)
    assert {"energy_wh_per_thousand_tokens", "binding_limit"} <= set(found)


def test_sizes_are_accepted_as_people_write_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("estimate optimal --flop 3e25 --json".split()) == 0
    assert json.loads(capsys.readouterr().out)["flop"] == 3e25
    assert main("estimate training --params 70B --tokens 2T --chip H100".split()) == 0
    assert "GPU-hours" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        "estimate training --params many --tokens 2T --chip H100",
        "estimate training --params 70B --tokens 2T --chip V100",
        "estimate training --params 70B --tokens 2T --chip H100 --at 2023",
        "estimate training --params 70B --chip H100",
        "estimate serving --params 70B --chip H100 --precision int3",
        "estimate optimal --flop -1",
        "backtest --runs 0",
    ],
)
def test_bad_input_ends_with_2_and_no_traceback(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_backtest_prints_every_group_and_every_miss(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("backtest --runs 2".split()) == 0
    text = capsys.readouterr().out
    for word in ("training runs", "serving", "revenue", "compute fleets", "token volumes", "essay's market table"):
        assert word in text
    assert "capability order" in text
    assert "Phi-4 14B and" in text


def test_the_backtest_is_the_same_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("backtest --runs 2 --json".split()) == 0
    found = json.loads(capsys.readouterr().out)
    assert {group["group"] for group in found["groups"]} >= {"training runs", "serving", "valuations", "rents"}
    row = found["groups"][0]["rows"][0]
    assert {"name", "predicted", "published", "ratio", "source", "confidence", "reason"} <= set(row)
