"""Is this installation whole? A registry of checks; each gives the problems it finds, none when all is well."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from labsim.errors import LabsimError, Problem
from labsim.play import fingerprint, manifest
from labsim.scenario import load_scenario, scenario_names

Check = Callable[[], Iterator[Problem]]
CHECKS: dict[str, Check] = {}
"""Name of a check -> the check, in the order in which they are made."""
AGAIN = "install labsim again"
DESKTOP_PATIENCE_S = 60


def check(name: str) -> Callable[[Check], Check]:
    """Decorator that enters a check: a function without arguments that yields problems."""

    def enter(function: Check) -> Check:
        if name in CHECKS:
            raise ValueError(f"the check {name} stands twice")
        CHECKS[name] = function
        return function

    return enter


def problems_of(name: str) -> list[Problem]:
    """What a check finds; an error on the way is a problem too, so that one broken file does not hide the others."""
    found: list[Problem] = []
    try:
        found.extend(CHECKS[name]())
    except LabsimError as error:
        found.extend(error.problems)
    except (KeyError, ValueError, TypeError, OSError, IndexError, StopIteration) as error:
        found.append(Problem(name, f"it cannot be checked ({type(error).__name__}: {str(error)[:200]})", AGAIN))
    return found


@check("manifest")
def _manifest() -> Iterator[Problem]:
    if not fingerprint.manifest():
        yield Problem(f"assets/{fingerprint.MANIFEST}", "it is missing or cannot be read", AGAIN)


@check("files")
def _files() -> Iterator[Problem]:
    for kind in ("assets", "scenarios"):
        noted = fingerprint.manifest().get(kind, {})
        yield from _differences(kind, noted, manifest.folder_digests(kind))


@check("engine")
def _engine() -> Iterator[Problem]:
    noted = fingerprint.manifest()
    yield from _differences("labsim", noted.get("sources", {}), fingerprint.source_digests())
    now = fingerprint.default_constants()
    for name, value in noted.get("constants", {}).items():
        if now.get(name) != value:
            yield Problem(f"constant {name}", f"it is {now.get(name)} and was built as {value}", AGAIN)
    if noted.get("engine") not in (None, fingerprint.engine_fingerprint()):
        yield Problem("engine", "its fingerprint is not that of the build", AGAIN)


@check("scenarios")
def _scenarios() -> Iterator[Problem]:
    for name in scenario_names():
        try:
            load_scenario(name)
        except LabsimError as error:
            yield from error.problems


@check("run")
def _run() -> Iterator[Problem]:
    found = manifest.short_run()
    for name, noted in fingerprint.manifest().get("run", {}).items():
        now = found.get(name, [])
        if len(now) != len(noted) or not np.allclose(now, noted, rtol=manifest.TOLERANCE, atol=0.0):
            what = f"{name} after {manifest.RUN_QUARTERS} quarters is not as it was when labsim was built"
            yield Problem("short run", what, AGAIN)


@check("desktop")
def _desktop() -> Iterator[Problem]:
    """Does the window paint? In a process apart, so that a crash of the toolkit is an answer too."""
    command = [sys.executable, "-m", "labsim.ui.measure", "--first-paint"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DESKTOP_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        yield Problem(
            "desktop", f"no first paint within {DESKTOP_PATIENCE_S} s", "see what else keeps this machine busy"
        )
        return
    if done.returncode:
        last = (done.stderr.strip() or "no reason given").splitlines()[-1][:200]
        remedy = "install the system packages that README.md names; play headless with `labsim run` meanwhile"
        yield Problem("desktop", f"the window cannot be opened ({last})", remedy)


def _differences(folder: str, noted: Mapping[str, Any], now: Mapping[str, str]) -> Iterator[Problem]:
    for name, built in noted.items():
        if name not in now:
            yield Problem(f"{folder}/{name}", "this file of labsim is missing", AGAIN)
        elif now[name] != built:
            yield Problem(f"{folder}/{name}", "this file has been changed since labsim was built", AGAIN)
