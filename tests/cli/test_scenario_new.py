"""`labsim scenario new` as a person calls it: what it writes is good and can be measured at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labsim.cli import main
from labsim.cli.scenario_new import template
from labsim.scenario import load_scenario, parse_scenario, scenario_names


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("base", scenario_names())
def test_a_new_scenario_is_good_over_every_bundled_one(base: str) -> None:
    below = load_scenario(base)
    made = parse_scenario("mine", [*below.texts, ("mine", template("mine", base))])
    assert (made.start, made.quarters, made.default_seat) == (below.start, below.quarters, below.default_seat)
    assert [made.plays[name].role for name in ("trap", "par", "insight")] == ["trap", "par", "insight"]
    assert [(show.better, show.worse) for show in made.shows] == [("insight", "trap")]


def test_what_is_written_can_be_checked_and_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "new", "my-own"]) == 0
    assert main(["scenario", "check", "my-own.toml"]) == 0
    assert main("balance --scenario my-own.toml --runs 8".split()) == 0
    assert "1 of 1 lessons hold" in capsys.readouterr().out


def test_the_examples_in_its_comments_are_good_too() -> None:
    base = load_scenario("token-era")
    lines = template("mine", "token-era").splitlines()
    examples = [line for line in lines if re.match(r"# (\[|[a-z_]+ = )", line)]
    assert len(examples) > 15
    text = "\n".join(line.removeprefix("# ") if line in examples else line for line in lines)
    made = parse_scenario("mine", [*base.texts, ("mine", text)])
    assert made.hidden_orders == ("build_power",)
    assert made.objectives[0].variable == "runway_months"
    assert made.calendar.forced


@pytest.mark.parametrize("arguments", [["My Own"], ["../x"], ["ok", "--based-on", "nowhere"], [""]])
def test_names_that_are_none_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "new", *arguments]) == 2
    assert "; " in capsys.readouterr().err
    assert not list(Path().iterdir())


def test_no_file_is_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text("precious")
    assert main(["scenario", "new", "mine"]) == 2
    assert Path("mine.toml").read_text() == "precious"
    assert "there is such a file already" in capsys.readouterr().err
