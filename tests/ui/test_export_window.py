"""Files out of the window and into it: export, copied tables, dropped and recent files."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from labsim.scenario import DEFAULT
from labsim.ui.desktop import Desktop
from labsim.ui.export import Chosen, ExportDialog, charts_of, free, save_charts
from tests.ui.hands import drop


@pytest.fixture
def desktop(desktop: Desktop) -> Desktop:
    """A desktop with two quarters played and the control room in front."""
    desktop.start(DEFAULT, "Anthropic", 1)
    desktop.game.end_quarter()
    desktop.game.end_quarter()
    return desktop


def test_charts_are_saved_as_pictures_drawings_and_tables(desktop: Desktop, tmp_path: Path) -> None:
    page = desktop.window.pages["finance"]
    desktop.window.show_page("finance")
    charts = charts_of(page)
    assert charts
    made = save_charts(page, "finance", Chosen(tmp_path, png=True, svg=True, tsv=True))
    assert len(made) == 3 * len(charts)
    for file in made:
        if file.suffix == ".png":
            assert not QImage(str(file)).isNull()
        elif file.suffix == ".svg":
            assert ElementTree.parse(file).getroot().tag.endswith("svg")
        else:
            assert "\t" in file.read_text("utf-8")


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"mine")
    assert free(tmp_path / "a.png") == tmp_path / "a-2.png"


def test_the_dialog_exports_tables_and_charts(desktop: Desktop, qtbot: QtBot, tmp_path: Path) -> None:
    desktop.window.action("export").trigger()
    dialog = desktop.window.findChild(ExportDialog)
    dialog.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(dialog.told, timeout=30_000) as told:
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert str(tmp_path / "out") in told.args[0]
    tables = next((tmp_path / "out").glob("*-tables"))
    assert (tables / "quarters.csv").read_text("utf-8").count("\n") > 2
    assert list((tmp_path / "out").glob("control_room-cash*.png"))
    assert desktop.game.is_open
    desktop.game.end_quarter()


def test_a_folder_that_cannot_be_is_told_in_the_dialog(desktop: Desktop, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    desktop.doors.ask_export()
    dialog = desktop.window.findChild(ExportDialog)
    dialog.folder.setText(str(tmp_path / "file" / "inside"))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.problem.isVisible()
    assert dialog.isVisible()
    dialog.reject()


def test_copy_table_copies_what_stands_on_the_page(desktop: Desktop) -> None:
    desktop.window.show_page("timeline")
    desktop.window.action("copy_table").trigger()
    assert QGuiApplication.clipboard().text().startswith("\tValue\tChange\n")


def test_a_dropped_game_is_listed_as_opened_lately(desktop: Desktop, qtbot: QtBot) -> None:
    first = desktop.game.file
    assert first is not None
    desktop.game.close()
    drop(desktop, first)
    qtbot.waitUntil(lambda: desktop.game.file == first)
    desktop.doors.recent.fill()
    assert [action.toolTip() for action in desktop.doors.recent.actions()] == [str(first)]
