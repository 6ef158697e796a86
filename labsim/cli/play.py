"""`labsim play`: open the desktop."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import platformdirs

from labsim.cli.rivals import rivals_option
from labsim.errors import BadInput, BadWorld, Problem
from labsim.store.games import games_folder
from labsim.store.saves import SUFFIX

SETTINGS_VARIABLE = "LABSIM_SETTINGS"
"""Names another file for the preferences of the desktop."""


@click.command()
@click.argument("target", required=False, default="")
@rivals_option
def play(target: str, rivals: str | None) -> int:
    """Open the desktop, with TARGET if it is given: a scenario's name or file, or a saved game."""
    checked = _checked(target)
    if not _has_screen():
        what, remedy = "there is no screen to show a window on", "play headless with `labsim run token-era`"
        raise BadWorld(Problem("labsim play", what, remedy))
    from labsim.ui.app import run  # Qt is imported only where a window is shown

    return run(checked, _settings_file(), games_folder(), rivals or "")


def _checked(target: str) -> str:
    """The target, refused before any window is made when there is no such thing."""
    if target.endswith(SUFFIX):
        if not Path(target).is_file():
            raise BadInput(Problem(target, "no such file", "name a saved game, or see `labsim list scenarios`"))
    elif target:
        from labsim.scenario import load_scenario

        load_scenario(target)
    return target


def _has_screen() -> bool:
    """Whether a window can be shown; elsewhere than on X11 and Wayland there always is a screen."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _settings_file() -> Path:
    chosen = os.environ.get(SETTINGS_VARIABLE)
    file = Path(chosen) if chosen else platformdirs.user_config_path("labsim", appauthor=False) / "settings.ini"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file
