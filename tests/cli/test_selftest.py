"""`labsim selftest`: an installation that is not what was built is found out, and what differs is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labsim.cli import checks
from labsim.errors import Problem
from labsim.play import fingerprint, manifest

MAKE = "run `python packaging/make_manifest.py`"


def test_the_manifest_is_of_this_checkout() -> None:
    noted, now = fingerprint.manifest(), manifest.current_manifest()
    assert sorted(noted) == sorted(now)
    for part in now:
        assert noted[part] == now[part], f"assets/manifest.json is stale in {part!r}: {MAKE}"


def test_a_check_that_fails_makes_the_answer_no(labsim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "CHECKS", {"good": lambda: iter(()), "bad": lambda: iter([Problem("a", "b", "c")])})
    monkeypatch.setattr("labsim.cli.selftest.CHECKS", checks.CHECKS)
    answer = labsim("selftest")
    assert answer.code == 1
    assert "a: b; c" in answer.err
    found = json.loads(labsim("selftest", "--json").out)
    assert [check["ok"] for check in found["checks"]] == [True, False]
    assert labsim("selftest", "--json").code == 1


def test_a_check_that_breaks_is_a_problem_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise KeyError("fp8")

    monkeypatch.setitem(checks.CHECKS, "broken", broken)
    (problem,) = checks.problems_of("broken")
    assert "fp8" in problem.what


def test_a_check_has_a_name_of_its_own() -> None:
    with pytest.raises(ValueError, match="twice"):
        checks.check("files")(lambda: iter(()))


def delete(name: str) -> Callable[[Path], None]:
    return lambda copy: (copy / name).unlink()


def change(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(copy: Path) -> None:
        text = (copy / name).read_text("utf-8")
        assert old in text
        (copy / name).write_text(text.replace(old, new, 1), "utf-8")

    return edit


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    for kind in ("labsim", "assets", "scenarios"):
        shutil.copytree(root / kind, tmp_path / kind, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.mark.parametrize(
    ("harm", "named"),
    [
        (delete("assets/icons/zap.svg"), "assets/icons/zap.svg"),
        (delete("assets/policies.csv"), "assets/policies.csv"),
        (delete("assets/calendar/chips.csv"), "assets/calendar/chips.csv"),
        (delete("assets/text/en.toml"), "assets/text/en.toml"),
        (delete("assets/manifest.json"), "assets/manifest.json"),
        (delete("scenarios/_base.toml"), "scenarios/_base.toml"),
        (change("scenarios/token-era.toml", "quarters = 20", "quarters = 19"), "scenarios/token-era.toml"),
        (change("assets/calendar/events.toml", "hazard = 0.045", "hazard = 0.046"), "assets/calendar/events.toml"),
        (change("labsim/model/params_capital.py", '0.11, "1/year"', '0.12, "1/year"'), "constant interest"),
        (change("labsim/play/policies.py", "SERVE_MARGIN = 1", "SERVE_MARGIN = 2"), "labsim/play/policies.py"),
    ],
)
@pytest.mark.slow
def test_harm_to_an_installed_copy_is_named(copy: Path, harm: Callable[[Path], None], named: str) -> None:
    harm(copy)
    command = [sys.executable, "-m", "labsim", "selftest"]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, check=False, cwd=copy, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_unharmed_copy_is_whole(copy: Path) -> None:
    command = [sys.executable, "-m", "labsim", "selftest"]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(command, check=False, cwd=copy, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
