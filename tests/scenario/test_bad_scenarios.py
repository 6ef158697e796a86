"""Every message about a bad scenario has a file that brings it about; nothing that is wrong ends in a traceback."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from labsim.errors import BadInput, BadWorld, LabsimError
from labsim.scenario import load_scenario, scenario_names

FILES = sorted((Path(__file__).resolve().parents[1] / "bad_scenarios").glob("*.toml"))
SAYS = re.compile(rb"# says: (.*)")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_file_is_refused_with_the_message_that_its_first_line_tells(file: Path) -> None:
    said = SAYS.match(file.read_bytes())
    assert said, "the first line says the message"
    with pytest.raises(LabsimError) as refused:
        load_scenario(file)
    text = str(refused.value)
    assert said[1].decode() in text
    for line in text.splitlines():
        assert re.fullmatch(r".+: .+; .+", line), f"not `where: what; remedy`: {line}"
    assert refused.value.exit_code == 2


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "many.toml"
    file.write_text(
        "seets = 1\nquarters = 99\n[labs.OpenAI]\ncash = inf\n[parameters]\nintrest = 0.1\ninterest = 0.1\n"
    )
    with pytest.raises(BadInput) as refused:
        load_scenario(file)
    text = str(refused.value)
    assert all(
        word in text for word in ("seets", "quarters", "cash", "intrest", "parameters.interest: a number without")
    )


@pytest.mark.parametrize("line", ["x{} = 1", "[parameters.x{}]", "parameters.x{} = 1"])
def test_a_file_full_of_mistakes_is_refused_soon(tmp_path: Path, line: str) -> None:
    file = tmp_path / "long.toml"
    file.write_text("\n".join(line.format(number) for number in range(20_000)))
    with pytest.raises(BadInput) as refused:
        load_scenario(file)
    assert len(refused.value.problems) <= 200


def test_a_file_of_two_gigabytes_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "large.toml"
    with file.open("wb") as stream:
        stream.truncate(2_000_000_000)
    assert os.path.getsize(file) == 2_000_000_000
    with pytest.raises(BadInput, match="larger than"):
        load_scenario(file)


def test_binary_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(BadInput, match="not UTF-8"):
        load_scenario(binary)
    with pytest.raises(BadWorld, match="folder"):
        load_scenario(tmp_path)
    with pytest.raises(BadWorld, match="no such file"):
        load_scenario(tmp_path / "none.toml")


def test_an_unknown_name_is_not_looked_for_among_files() -> None:
    for name in ("token-er", "..", "", "_", "a\0b", "x" * 5000):
        with pytest.raises(BadInput, match="unknown scenario"):
            load_scenario(name)


def test_bundled_scenarios_are_all_good_and_bases_are_not_listed() -> None:
    names = scenario_names()
    assert "token-era" in names
    assert not [name for name in names if name.startswith("_")]
    for name in names:
        assert load_scenario(name).name == name


def test_a_good_overlay_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'based_on = "token-era"\ntitle = "Mine"\n[parameters]\n'
        'interest = { value = 0.12, unit = "1/year", source = "test" }\n'
        '[chips.H100]\nlaunch = "2023Q3"\n[events.killer_app]\nforce = ["2023Q2"]\n'
    )
    mine, base = load_scenario(file), load_scenario("token-era")
    assert mine.params.interest[0] == 0.12
    assert mine.params.chips.launch == (-9, 2, 5, 8, 15, 19)
    assert list(mine.calendar.forced) == [1]
    assert mine.labs == base.labs
    assert mine.params.tax == base.params.tax
    assert [name for name, _ in mine.texts] == ["_base", "token-era", "mine"]
