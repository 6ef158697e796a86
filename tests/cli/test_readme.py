"""README.md is true: its examples are played, its shapes are those that are printed, its commands exist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from labsim.cli import COMMANDS

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


@pytest.fixture
def blocks(root: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, text in BLOCK.findall((root / "README.md").read_text("utf-8")):
        found.setdefault(language, []).append(text)
    return found


def test_the_orders_of_the_readme_can_be_played(labsim: Any, blocks: dict[str, list[str]], tmp_path: Path) -> None:
    orders = next(text for text in blocks["toml"] if "[2023Q1]" in text)
    file = tmp_path / "orders.toml"
    file.write_text(orders)
    game = json.loads(labsim("run", "token-era", "--orders", file, "--quarters", 4, "--json").out)
    prices = game["labs"]["Anthropic"]["series"]["price_developer"]
    assert prices == [18.0, 18.0, 12.0, 12.0]


def test_the_scenario_of_the_readme_can_be_played(labsim: Any, blocks: dict[str, list[str]], tmp_path: Path) -> None:
    file = tmp_path / "dear.toml"
    file.write_text(next(text for text in blocks["toml"] if "based_on" in text))
    assert "good" in labsim("scenario", "check", file).out
    assert any(event["event"] == "killer_app" for event in json.loads(labsim("run", file, "--json").out)["events"])


def test_the_json_of_the_readme_has_the_shape_that_is_printed(labsim: Any, blocks: dict[str, list[str]]) -> None:
    told = json.loads(blocks["json"][0])
    printed = json.loads(labsim("run", "token-era", "--quarters", 2, "--json").out)
    assert list(told) == list(printed)
    assert list(told["labs"]["Anthropic"]) == list(printed["labs"]["Anthropic"])
    assert list(told["world"]) == list(printed["world"])
    assert list(told["events"][0]) == list(printed["events"][0])
    for name, unit in told["units"].items():
        assert printed["units"][name] == unit
    assert set(told["labs"]["Anthropic"]["ledger"][0]) <= set(printed["labs"]["Anthropic"]["ledger"][0])


def test_every_command_and_variable_that_the_readme_names_exists(labsim: Any, root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    assert set(re.findall(r"`labsim ([a-z]+)", text)) <= set(COMMANDS)
    listed = re.search(r"Among them are (.*?)\. Stocks are", text, re.DOTALL)
    assert listed
    units = json.loads(labsim("run", "token-era", "--quarters", 1, "--json").out)["units"]
    assert set(re.findall(r"`(\w+)`", listed[1])) <= set(units)
