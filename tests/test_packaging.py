"""What we hand out: the wheel carries its data folders, and the files in the root agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import labsim

EXTRAS_OF_DEV = re.compile(r"labsim\[([\w,-]+)\]")


def project(root: Path) -> dict[str, object]:
    table = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert isinstance(table, dict)
    return table


def test_the_version_is_the_same_everywhere(root: Path) -> None:
    assert project(root)["version"] == labsim.__version__
    assert f"## {labsim.__version__}" in (root / "packaging" / "CHANGELOG.md").read_text("utf-8")


def test_dev_includes_every_other_extra(root: Path) -> None:
    extras = project(root)["optional-dependencies"]
    assert isinstance(extras, dict)
    seen, todo = set(), ["dev"]
    while todo:
        name = todo.pop()
        seen.add(name)
        for line in extras[name]:
            if match := EXTRAS_OF_DEV.match(line):
                todo += match[1].split(",")
    assert seen == set(extras)


def test_the_lock_names_versions_and_no_addresses(root: Path) -> None:
    lines = (root / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.!+]+", line)] == []


def test_every_dependency_has_a_pin(root: Path) -> None:
    table = project(root)
    extras = table["optional-dependencies"]
    wanted = table["dependencies"]
    assert isinstance(extras, dict)
    assert isinstance(wanted, list)
    for lines in extras.values():
        wanted = wanted + [line for line in lines if not line.startswith("labsim[")]
    pins = {_plain(line.split("==")[0]) for line in (root / "constraints.txt").read_text("utf-8").splitlines()}
    assert sorted({_plain(re.split(r"[<>=!~;\[ ]", line)[0]) for line in wanted} - pins) == []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.slow
def test_the_wheel_holds_program_assets_and_scenarios(root: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True, timeout=100)
    (wheel,) = tmp_path.glob("labsim-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = next(name for name in names if name.endswith("entry_points.txt"))
        assert "labsim = labsim.cli:main" in archive.read(entry_points).decode()
    assert {"labsim/__init__.py", "labsim/py.typed", "labsim/_bundled/assets/text/en.toml"} <= names
    for kind in ("assets", "scenarios"):
        here = {f"labsim/_bundled/{kind}/{file.relative_to(root / kind).as_posix()}" for file in _files(root / kind)}
        assert here <= names
        assert here, f"{kind} is empty"


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".")]


@pytest.mark.slow
def test_a_packaged_program_finds_its_texts_without_the_checkout(root: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True, timeout=100)
    (wheel,) = tmp_path.glob("labsim-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "import labsim, labsim.text as t; from labsim.errors import Message; "
        "print(labsim.__file__); print(t.render(Message('event.killer_app', {'quarter': 9})))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert str(tmp_path) in answer.stdout
    assert "Q2 2025" in answer.stdout
