"""Photograph every page of the desktop: python tests/pictures.py FOLDER [SIZE …]; offscreen unless a screen is named.

Dark and light, 1280×720 and 1440×900 by default. `LABSIM_TEXT_PERCENT=150` and `QT_SCALE_FACTOR=2` work with it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from labsim.play.ways_out import ways_out
from labsim.scenario import DEFAULT
from labsim.ui.app import make_desktop
from labsim.ui.board import BoardDialog
from labsim.ui.desktop import Desktop
from labsim.ui.dialogs import SettingsDialog, ShortcutsDialog
from labsim.ui.runon import RunOnDialog

SIZES = ("1280x720", "1440x900")
QUARTERS = 7  # played before the pages are photographed


def settle(seconds: float) -> None:
    """Let the window do what it has to do for a while."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.01)


def take(widget: QWidget, folder: Path, name: str) -> None:
    """Save a picture of a widget."""
    widget.grab().save(str(folder / f"{name}.png"))


def photograph(desktop: Desktop, folder: Path, tail: str) -> None:
    """Every page that can be shown now, and the dialogs."""
    window = desktop.window
    for key in window.pages:
        if key == "ending":
            continue
        if key == "report":
            desktop._show_report("")
        else:
            window.show_page(key)
        settle(1.2)
        take(window, folder, f"{key}-{tail}")
    dialogs: tuple[tuple[str, Callable[[], QDialog]], ...] = (
        ("board", lambda: BoardDialog(desktop.theme, 5.0, ways_out(desktop.game.session), window)),
        ("run_on", lambda: RunOnDialog(desktop.theme, window)),
        ("settings", lambda: SettingsDialog(desktop.theme, desktop.settings, window)),
        ("shortcuts", lambda: ShortcutsDialog(desktop.theme, window)),
    )
    for name, make in dialogs:
        dialog = make()
        dialog.show()
        settle(0.2)
        take(dialog, folder, f"{name}-{tail}")
        dialog.close()


def main() -> None:
    """Play a little, photograph, play to the end, photograph that."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    sizes = sys.argv[2:] or list(SIZES)
    with tempfile.TemporaryDirectory() as home:
        os.environ["LABSIM_GAMES"] = home
        desktop = make_desktop(Path(home) / "settings.ini", Path(home))
        desktop.theme.set_text_percent(int(os.environ.get("LABSIM_TEXT_PERCENT", "100")))
        desktop.window.show()
        desktop.start(DEFAULT, "Anthropic", 3)
        desktop.game.session.set_on_policy(True)
        for _ in range(QUARTERS):
            desktop.game.end_quarter()
        desktop.draft.order({"reserve_gpus": 8000.0}, "Reserve GPUs")
        for mode in ("dark", "light"):
            desktop.theme.set_mode(mode)  # type: ignore[arg-type]
            for size in sizes:
                wide, high = (int(part) for part in size.split("x"))
                desktop.window.resize(wide, high)
                settle(0.3)
                photograph(desktop, folder, f"{mode}-{size}")
        while not desktop.game.is_over:
            desktop.game.end_quarter()
        desktop._show_report("")
        desktop._after_report()
        for mode in ("dark", "light"):
            desktop.theme.set_mode(mode)  # type: ignore[arg-type]
            settle(0.5)
            take(desktop.window, folder, f"ending-{mode}-{sizes[-1]}")
        desktop.window.close()


if __name__ == "__main__":
    main()
