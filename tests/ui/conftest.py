"""What the tests of the window share: one theme for the application, and a desktop of its own for each test."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from labsim.ui.controllers.settings import SettingsController
from labsim.ui.desktop import Desktop
from labsim.ui.theme import ThemeController


@pytest.fixture(scope="session")
def _one_theme(qapp: QApplication) -> ThemeController:
    """The theme, made once: fonts and style belong to the application."""
    return ThemeController(qapp, "dark")


@pytest.fixture
def theme(_one_theme: ThemeController) -> Iterator[ThemeController]:
    """A dark theme at normal size without motion; what a test changes is put back."""
    _one_theme.set_reduced_motion(True)
    yield _one_theme
    if _one_theme.mode != "dark":
        _one_theme.set_mode("dark")
    if _one_theme.text_percent != 100:
        _one_theme.set_text_percent(100)


@pytest.fixture
def desktop(qtbot: QtBot, theme: ThemeController, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    """A desktop with its own games folder and settings, shown offscreen."""
    monkeypatch.setenv("LABSIM_GAMES", str(tmp_path / "games"))
    made = Desktop(theme, SettingsController(tmp_path / "settings.ini"), tmp_path / "games")
    qtbot.addWidget(made.window)
    made.window.show()
    return made


@pytest.fixture(scope="module")
def lasting(_one_theme: ThemeController, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """One desktop for the tests of a module, which start a game of their own: a second saved for each test."""
    folder = tmp_path_factory.mktemp("lasting")
    _one_theme.set_reduced_motion(True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABSIM_GAMES", str(folder / "games"))
        made = Desktop(_one_theme, SettingsController(folder / "settings.ini"), folder / "games")
        made.settings.set_skips_report(True)
        made.window.show()
        gc.freeze()  # what lives as long as the window need not be looked at after each test
        yield made
        gc.unfreeze()
        made.window.close()
        made.window.deleteLater()


@pytest.fixture(autouse=True)
def _windows_go(qapp: QApplication) -> Iterator[None]:
    """Windows that a test closed are deleted at its end: living on they would be dressed by every later theme.

    Without a running event loop Qt keeps what was deleted later. Python's own collector is off meanwhile, as it is
    in the program: on the thread of a forecast it would delete timers and widgets, and the process with them.
    """
    gc.disable()
    yield
    gc.enable()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
