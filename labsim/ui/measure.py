"""How quick is the window? Opens it without a screen, plays, and prints what was measured as JSON.

Run as `python -m labsim.ui.measure [--first-paint]`; `labsim bench` and `labsim selftest` do.
"""

# ruff: noqa: E402 - the clock starts and the platform is chosen before Qt is imported

from __future__ import annotations

import time

STARTED = time.perf_counter()  # before anything heavy is imported

import itertools
import json
import os
import resource
import statistics
import sys
import tempfile
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from labsim.scenario import DEFAULT
from labsim.ui.app import make_desktop
from labsim.ui.desktop import Desktop

MOVES = 60
"""Moves of a dragged handle."""
FRAME_MS = 16
QUARTERS = 5
PATIENCE_MS = 20_000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["LABSIM_GAMES"] = home
        desktop = make_desktop(Path(home) / "settings.ini", Path(home))
        desktop.window.show()
        QApplication.processEvents()
        found = {"first_paint_s": time.perf_counter() - STARTED}
        if "--first-paint" not in sys.argv[1:]:
            found |= _played(desktop)
        desktop.window.close()
    sys.stdout.write(json.dumps(found) + "\n")


def _played(desktop: Desktop) -> dict[str, float]:
    desktop.start(DEFAULT, "Anthropic", 1)
    desktop.game.session.set_on_policy(True)
    _until_final(desktop)
    ended = [_end_quarter(desktop) for _ in range(QUARTERS)]
    _until_final(desktop)
    drag, gaps = _drag(desktop)
    rest = [_rest(desktop, part) for part in (0.31, 0.33, 0.35, 0.37, 0.39)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "drag_median_ms": statistics.median(drag),
        "drag_worst_gap_ms": max(gaps),
        "rest_median_ms": statistics.median(rest),
        "end_quarter_ms": statistics.median(ended),
        "memory_mb": peak / 1024.0,
    }


def _end_quarter(desktop: Desktop) -> float:
    start = time.perf_counter()
    desktop.end_quarter()
    QApplication.processEvents()
    spent = (time.perf_counter() - start) * 1e3
    desktop.report.finished.emit()
    return spent


def _drag(desktop: Desktop) -> tuple[list[float], list[float]]:
    """Move a handle sixty times a second: ms between forecasts drawn, and gaps between events.

    A question starts when the answer before it is drawn, so the time between two is the time from a move to its
    forecast, to within one move.
    """
    drawn_at: list[float] = []
    gaps: list[float] = []
    last = [time.perf_counter()]

    def drawn(*_: object) -> None:
        drawn_at.append(time.perf_counter())

    desktop.forecast.shown.connect(drawn)
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(FRAME_MS)
    moves = iter(range(MOVES))

    def move() -> None:
        now = time.perf_counter()
        gaps.append((now - last[0]) * 1e3 - FRAME_MS)
        last[0] = now
        step = next(moves, None)
        if step is None:
            loop.quit()
            return
        desktop.draft.order({"training_share": 0.2 + 0.005 * step}, "Tokens", is_moving=True)

    timer.timeout.connect(move)
    timer.start()
    loop.exec()
    timer.stop()
    desktop.forecast.shown.disconnect(drawn)
    desktop.draft.order({"training_share": 0.5}, "Tokens")
    _until_final(desktop)
    return [(late - early) * 1e3 for early, late in itertools.pairwise(drawn_at)], gaps


def _rest(desktop: Desktop, part: float) -> float:
    """ms from one change to the forecast of all futures on screen."""
    start = time.perf_counter()
    desktop.draft.order({"training_share": part}, "Tokens")
    _until_final(desktop)
    return (time.perf_counter() - start) * 1e3


def _until_final(desktop: Desktop) -> None:
    """Wait until the forecast of the draft as it stands is whole."""
    loop = QEventLoop()
    desktop.forecast.idle.connect(loop.quit)
    QTimer.singleShot(PATIENCE_MS, loop.quit)
    if desktop.forecast.is_busy:
        loop.exec()


if __name__ == "__main__":
    main()
