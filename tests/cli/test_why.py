"""Does `labsim explain VARIABLE SCENARIO|FILE` say why, in words and in JSON, with good words for what cannot be?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labsim.cli import main
from labsim.play.session import Session
from labsim.scenario import load_scenario
from labsim.store.saves import new_save


def run(*arguments: str) -> int:
    return main(["explain", *arguments])


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(*arguments, "--json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_terms_of_cash_are_a_table_of_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cash", "token-era", "--lab", "Anthropic", "--quarter", "2024Q2") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Cash of Anthropic, Q2 2024: $")
    assert "Staff was paid" in shown
    assert "order: Staff target" in shown
    assert "nan" not in shown


def test_json_has_exactly_the_ends_and_the_terms(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "cash", "token-era", "--lab", "Anthropic", "--quarter", "2024Q2")
    assert list(found) == ["from", "to", "terms"]
    assert all(list(term) == ["name", "label", "value", "links", "terms"] for term in found["terms"])
    lines = [line for term in found["terms"] for line in term["terms"]]
    assert sum(line["value"] for line in lines) == pytest.approx(found["to"] - found["from"], abs=1e-8)  # a cent
    assert {"kind": "decision", "name": "staff_target"} in [link for line in lines for link in line["links"]]


def test_the_seed_decides_the_dice(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("revenue", "token-era", "--lab", "xAI", "--quarter", "2024Q4")
    same = [document(capsys, *asked, "--seed", "7") for _ in range(2)]
    assert same[0] == same[1]
    assert document(capsys, *asked, "--seed", "8") != same[0]


def test_a_value_is_taken_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mfu_achieved", "token-era", "--quarter", "2024Q2", "--lab", "Meta") == 0
    shown = capsys.readouterr().out
    assert "× FlashAttention 2" in shown
    found = document(capsys, "mfu_achieved", "token-era", "--quarter", "2024Q2", "--lab", "Meta")
    product = 1.0
    for part in found["parts"]:
        product *= part["value"]
    assert found["how"] == "product"
    assert product == pytest.approx(found["value"], rel=1e-12)


def test_the_first_quarter_is_explained_from_the_opening(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "cash", "token-era", "--lab", "Anthropic", "--quarter", "2023Q1")
    assert found["from"] == 900.0


def saved(path: Path) -> Path:
    session = Session.new(load_scenario("token-era"), 1, 4, new_save(path), on_policy=True)
    for _ in range(2):
        session.end_quarter()
    session.set_order("buy_gpus", 500.0)
    session.end_quarter()
    session.close()
    return path


def test_a_saved_game_is_explained_as_it_was_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(saved(tmp_path / "game.labsim"))
    found = document(capsys, "cash", file, "--quarter", "2023Q3")
    bought = {line["name"]: line["value"] for term in found["terms"] for line in term["terms"]}
    assert bought["capex_gpu"] < 0.0
    assert document(capsys, "cash", file) == found  # the last quarter of the player's lab
    first = document(capsys, "cash", file, "--quarter", "2023Q1", "--lab", "Anthropic")
    assert first["from"] == 900.0


@pytest.mark.parametrize(("arguments", "words"), [
    (("cahs", "token-era"), 'did you mean "cash"'),
    (("cash", "token-eera"), 'did you mean "token-era"'),
    (("cash", "token-era", "--lab", "Antropic"), 'did you mean "Anthropic"'),
    (("cash", "token-era", "--quarter", "2041Q1"), "choose one from 2023Q1 to 2027Q4"),
    (("cash", "token-era", "--quarter", "soon"), '"soon" is not a quarter'),
    (("cash", "nowhere.labsim"), "nowhere.labsim"),
])  # fmt: skip
def test_what_cannot_be_explained_is_said_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
