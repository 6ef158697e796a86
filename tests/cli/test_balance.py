"""`labsim balance` as a person calls it."""

from __future__ import annotations

import json

import pytest

from labsim.cli import main


def test_every_behaviour_is_printed_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("balance --runs 40 --bot-games 40 --json".split()) in (0, 1)
    found = json.loads(capsys.readouterr().out)
    assert len(found["behaviours"]) == 12
    assert all(b["requirement"] and b["rows"] for b in found["behaviours"])


def test_the_text_says_what_holds(capsys: pytest.CaptureFixture[str]) -> None:
    main("balance --runs 40 --bot-games 40".split())
    text = capsys.readouterr().out
    assert "league of five archetypes" in text
    assert "of 12 behaviours hold" in text


@pytest.mark.parametrize("arguments", ["balance --runs 0", "balance --scenario nowhere", "balance --bot-games 1"])
def test_bad_input_ends_with_2_and_no_traceback(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == 2
    assert "Traceback" not in capsys.readouterr().err
