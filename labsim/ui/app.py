"""How does the desktop start? The application, its controllers, pages and how they are joined."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from labsim.ui.controllers.settings import SettingsController
from labsim.ui.desktop import Desktop
from labsim.ui.garbage import GarbageCollector
from labsim.ui.theme import ThemeController


def application() -> QApplication:
    """The one application of this process."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    app = QApplication(sys.argv[:1])
    app.setApplicationName("labsim")
    app.setOrganizationName("labsim")
    app.setApplicationDisplayName("labsim")
    return app


def make_desktop(settings_file: Path, games: Path) -> Desktop:
    """The window with everything joined, not yet shown."""
    app = application()
    settings = SettingsController(settings_file, app)
    theme = ThemeController(app, settings.mode, settings.text_percent)
    theme.set_reduced_motion(settings.reduced_motion)
    desktop = Desktop(theme, settings, games, at_once=False)
    GarbageCollector(desktop.window)
    return desktop


def run(target: str, settings_file: Path, games: Path, rivals: str = "") -> int:
    """Show the window, with a scenario or a saved game if one is named, until it is closed.

    ``rivals`` is the skill of the other labs in a scenario that is named.
    """
    desktop = make_desktop(settings_file, games)
    desktop.rivals = rivals
    sys.excepthook = desktop.window.report_failure
    desktop.window.show()
    if target:
        desktop.open_target(target)
    return int(QApplication.exec())
