"""What the tests of the real window share: labsim on a screen of its own, with somebody in front of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desktop.person import Eyes, Keyboard, Mouse
from tests.desktop.screen import Screen, missing

PICTURES = "LABSIM_PICTURES"
"""Environment variable that names a folder for the pictures, which else go with the test's other files."""


@dataclass(frozen=True)
class Seat:
    """A place in front of the window."""

    eyes: Eyes
    keyboard: Keyboard
    mouse: Mouse


def need_screen() -> None:
    """Go on only where a virtual screen can be had; in continuous integration it must be."""
    if not (lacking := missing()):
        return
    reason = f"no virtual screen without {', '.join(lacking)}; on Debian: apt-get install {' '.join(lacking)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def seat(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seat]:
    """labsim as somebody starts it for the first time: no settings, no games."""
    need_screen()
    chosen = os.environ.get(PICTURES)
    pictures = Path(chosen) / request.node.name if chosen else tmp_path / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    with Screen(os.environ) as screen:
        program = screen.start([sys.executable, "-m", "labsim"])
        eyes = Eyes(screen, program, pictures)
        try:
            yield Seat(eyes, Keyboard(screen, eyes), Mouse(screen, eyes))
            if program.poll() is None:  # a test that went well has ended it
                eyes.keep_failure()
        finally:
            eyes.close()
