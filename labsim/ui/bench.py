"""How quick is the window, against the budgets of the design? Rows for `labsim bench`, measured in a process apart."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

from labsim.play.bench import row

PATIENCE_S = 180


@cache
def _measured() -> dict[str, float]:
    """One run of `labsim.ui.measure` for all rows."""
    command = [sys.executable, "-m", "labsim.ui.measure"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout
    found: dict[str, float] = json.loads(printed.strip().splitlines()[-1])
    return found


@row("desktop: start to first paint", "s", must=1.5)
def _first_paint() -> float:
    return _measured()["first_paint_s"]


@row("desktop: slider move to coarse forecast drawn, median", "ms", must=80, aim=33)
def _drag() -> float:
    return _measured()["drag_median_ms"]


@row("desktop: change to whole forecast drawn, median", "ms", must=300, aim=100)
def _rest() -> float:
    return _measured()["rest_median_ms"]


@row("desktop: end of quarter to report, saved", "ms", must=200)
def _end_quarter() -> float:
    return _measured()["end_quarter_ms"]


@row("desktop: longest gap between events while dragging", "ms", must=50)
def _gap() -> float:
    return _measured()["drag_worst_gap_ms"]


@row("desktop: memory in play", "MB", must=350)
def _memory() -> float:
    return _measured()["memory_mb"]
