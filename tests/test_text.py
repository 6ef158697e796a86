"""Sentences: every key has one, every number in it has a unit."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from labsim.errors import Message
from labsim.text import placeholders, render, say, sentences

WORLD_EVENTS = (
    "compute_bankruptcy_wave inference_engineers open_source_split compute_regulation killer_app scaling_stagnation "
    "hardware_ceiling centralisation environment alignment_bottleneck export_controls supply_shock"
).split()
LAB_EVENTS = (
    "model_released open_release incident round_closed round_failed down_round capacity_sale acquired "
    "compute_bankruptcy partnership_signed antitrust_review run_held run_started runway_warning"
).split()
ALWAYS_MANY = ("coach.wait.ended_more", "model_lab.quarters_go")
"""Sentences whose number is never one; another says that."""
USED_KEY = re.compile(r"""(?:Message\(\s*(?:key\s*=\s*)?|(?<![\w.])say\(\s*)["']([\w.]+)["']""")


def test_an_event_is_one_sentence_with_its_quarter() -> None:
    assert render(Message("event.supply_shock", {"quarter": 10})) == (
        "Q3 2025: the supply of advanced chips is interrupted; deliveries fall by about a third."
    )
    assert render(Message("event.supply_shock", {"quarter": "2025Q3"})).startswith("2025Q3: ")


def test_numbers_are_shown_in_the_unit_of_the_template() -> None:
    message = Message("lab.round_closed", {"lab": "Anthropic", "amount": 450.0, "valuation": 4100.0})
    assert render(message) == "Anthropic raises $450M at a valuation of $4.1B before the money."
    assert "about 7 mo" in render(Message("lab.runway_warning", {"lab": "xAI", "months": 7.2}))
    assert "about — at" in render(Message("lab.runway_warning", {"lab": "xAI", "months": float("nan")}))


def test_one_of_something_is_told_as_one() -> None:
    for one in (1, 1.0, "1"):
        assert say("home.quarters", quarters=one).endswith(" quarter")
    assert say("home.quarters", quarters=6) == "6 quarters"
    assert say("forecast.chance_lab_ends", quarters=1, broke="8 %") == "Chance that the lab ends within 1 quarter: 8 %"
    assert say("timeline.branches_quarters", lanes=1, played=0) == "1 branch, 0 quarters."


def test_no_number_stands_before_a_word_that_fits_many_only() -> None:
    counted = re.compile(
        r"\{\w+(?::count)?\} (?:more |other )?(?:quarters|branches|orders|places|labs|files|rows|days)\b"
    )
    assert [key for key, text in sentences().items() if counted.search(text) and key not in ALWAYS_MANY] == []


def test_every_world_and_lab_event_has_a_sentence() -> None:
    for key in [f"event.{name}" for name in WORLD_EVENTS] + [f"lab.{name}" for name in LAB_EVENTS]:
        assert sentences()[key].endswith("."), key


def test_every_template_can_be_filled() -> None:
    for key in sentences():
        sentence = render(Message(key, dict.fromkeys(placeholders(key), 1.0)))
        assert "{" not in sentence
        assert sentence.strip() == sentence != ""


def test_a_key_without_text_is_named() -> None:
    with pytest.raises(KeyError, match=r"no text for 'lab\.nonsense'"):
        render(Message("lab.nonsense"))


def test_a_missing_value_is_named() -> None:
    with pytest.raises(KeyError, match=r"'lab\.acquired' needs the value 'lab'"):
        render(Message("lab.acquired", {"amount": 1.0}))


def test_every_key_written_in_the_program_has_a_text(root: Path) -> None:
    used = {key for file in (root / "labsim").rglob("*.py") for key in USED_KEY.findall(file.read_text("utf-8"))}
    assert sorted(used - set(sentences())) == []


def test_every_sentence_that_is_said_gets_the_values_it_asks_for(root: Path) -> None:
    for file in (root / "labsim").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say":
                key, given = call.args[0], {word.arg for word in call.keywords}
                if isinstance(key, ast.Constant) and None not in given:
                    assert given == placeholders(str(key.value)), f"{file.name}:{call.lineno}"
