"""`labsim list`, `explain`, `orders` and `scenario`: every name can be looked up, and what is printed is true."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from labsim.cli.dictionary import citations, dictionary, find
from labsim.model.decisions import DECISIONS
from labsim.play.orders import parse_orders
from labsim.scenario import DERIVED, load_scenario, scenario_names
from labsim.variables import REGISTRY

ORDER_LINE = re.compile(r"^# (\w+ = )", re.MULTILINE)


@pytest.mark.parametrize("what", ["scenarios", "labs", "policies", "chips", "cards", "orders", "variables"])
def test_every_list_has_a_table_and_json_of_the_same_names(labsim: Any, what: str) -> None:
    rows = json.loads(labsim("list", what, "--json").out)
    table = labsim("list", what)
    assert table.code == 0
    assert rows
    for row in rows:
        assert row["name"].split()[0] in table.out


def test_lists_hold_what_there_is(labsim: Any) -> None:
    names = {
        what: [row["name"] for row in json.loads(labsim("list", what, "--json").out)]
        for what in ("orders", "scenarios")
    }
    assert names["orders"] == [variable.name for variable in DECISIONS]
    assert names["scenarios"] == scenario_names()


def test_every_variable_and_every_column_of_a_run_is_explained(labsim: Any) -> None:
    units = json.loads(labsim("run", "token-era", "--quarters", 1, "--json", "--all").out)["units"]
    for name, unit in units.items():
        assert find(name).unit == unit, name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("price", ["$/month", "setting", "segment x lab x run", "0.001"]),
        ("interest", ["parameter", "1/year", "0.11", "GPU-backed loans"]),
        ("price_developer", ["Shown of price"]),
        ("training_flop", ["FLOP", "model_flop"]),
        ("segments.cap_weight", ["developer 0.8", "game choice"]),
        ("cap_weight", ["developer 0.8"]),
        ("H100", ["fp8", "1.979e+15"]),
        ("killer_app", ["2025Q2"]),
        ("paged_attention", ["serve 2", "vLLM"]),
        ("fp8_at_hosts", ["2024Q1"]),
        ("stake", ["first holders"]),
        ("talent-raid", ["2023Q1", "algo_lead above 0.3", "answer 3: Give founders' stock", "June 2025"]),
        ("cards.outage", ["quality below 0.9", "answer 2, stands when nothing is said: Only what contracts say"]),
    ],
)
def test_a_name_is_explained_with_unit_meaning_and_source(labsim: Any, name: str, words: list[str]) -> None:
    answer = labsim("explain", name)
    assert answer.code == 0
    for word in words:
        assert word in answer.out
    assert json.loads(labsim("explain", name, "--json").out)["meaning"]


def test_the_dictionary_is_the_same_in_all_three_formats(labsim: Any) -> None:
    names = [entry.name for entry in dictionary()]
    assert len(set(names)) == len(names)
    assert set(REGISTRY) >= {n for n in names if "." not in n} - set(DERIVED)
    whole = json.loads(labsim("explain", "--all", "--format", "json").out)
    assert [entry["name"] for entry in whole["entries"]] == names
    rows = list(csv.DictReader(io.StringIO(labsim("explain", "--all", "--format", "csv").out)))
    assert [row["name"] for row in rows] == names
    markdown = labsim("explain", "--all").out
    assert all(f"| {name} |" in markdown for name in names)


def test_the_share_of_cited_constants_is_counted_not_claimed(labsim: Any) -> None:
    shares = citations()
    assert shares["all"] == tuple(
        sum(shares[group][n] for group in ("parameters", "literals of equations", "tables")) for n in (0, 1)
    )
    assert shares["literals of equations"][0] == 0
    assert find("interest").cites
    assert not find("mood_sd").cites
    assert not find("segments.cap_weight").cites
    cited, total = shares["all"]
    assert f"| all | {cited} | {total} | {100 * cited / total:.0f} % |" in labsim("explain", "--all").out


def test_the_template_holds_every_order_and_can_be_played(labsim: Any, tmp_path: Path) -> None:
    text = labsim("orders", "template", "token-era", "--lab", "xAI").out
    assert parse_orders(text, "template", load_scenario("token-era")) == {0: {}}
    filled = ORDER_LINE.sub(r"\1", text)
    given = parse_orders(filled, "template", load_scenario("token-era"))[0]
    assert list(given) == [variable.name for variable in DECISIONS]
    for variable in DECISIONS:
        assert variable.meaning.split()[0] in text
    assert "cash $1B" in text
    file = tmp_path / "orders.toml"
    file.write_text(filled)
    assert labsim("run", "token-era", "--lab", "xAI", "--orders", file, "--quarters", 2).code == 0


def test_a_filled_template_plays_the_first_quarter_as_no_orders_do(labsim: Any, tmp_path: Path) -> None:
    whole, bare = tmp_path / "whole.toml", tmp_path / "bare.toml"
    template = labsim("orders", "template", "token-era").out
    whole.write_text(ORDER_LINE.sub(r"\1", template))
    bare.write_text(template)
    first, second = (labsim("run", "token-era", "--quarters", 1, "--json", "--orders", f).out for f in (whole, bare))
    assert first == second


def test_scenarios_are_checked_shown_listed_and_described(labsim: Any, root: Path) -> None:
    assert "good" in labsim("scenario", "check", *scenario_names()).out
    shown = labsim("scenario", "show", "token-era").out
    assert "Anthropic" in shown
    assert "0.40" in shown
    assert json.loads(labsim("scenario", "show", "token-era", "--json").out)["quarters"] == 20
    assert json.loads(labsim("scenario", "list", "--json").out)[0]["name"]
    schema = labsim("scenario", "schema").out
    assert all(f"  {name} (" in schema for name in ("interest", "cash", "cap_weight", "tech", "fp8"))
    assert json.loads(labsim("scenario", "schema", "--json").out)["properties"]["seats"]
    bad = labsim("scenario", "check", "token-era", root / "tests" / "bad_scenarios" / "bare_number.toml")
    assert bad.code == 1, "the answer is no"
    assert "a number without unit and source" in bad.err
    assert labsim("scenario", "check", root / "none.toml").code == 2, "there is nothing to answer"
