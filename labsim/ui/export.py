"""What can be taken out of the window? The tables of a game, the charts of a page as pictures, and single tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGraphicsItem,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from labsim.errors import BadWorld, LabsimError, Message, Problem
from labsim.store.export import Exported, Wanted, export
from labsim.text import render, say
from labsim.ui import choosing
from labsim.ui.charts.base import Chart
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import foot_buttons, named_button
from labsim.ui.widgets.still import StillComboBox
from labsim.ui.widgets.styled import label_of
from labsim.ui.widgets.tables import QuarterTable
from labsim.ui.worker import Progress, Task

PICTURE_SCALE = 2
"""Pixels of a picture for each of the window's; a choice for print."""
FORMATS = (("csv", "CSV"), ("json", "JSON"), ("parquet", "Parquet"), ("xlsx", "Excel"))


@dataclass(frozen=True)
class Chosen:
    """What somebody wants to take out, and where to."""

    folder: Path
    tables: str = ""  # a format, or empty for none
    every_branch: bool = True
    png: bool = False
    svg: bool = False
    tsv: bool = False  # the tables behind the charts


# ---- charts and tables of a page ------------------------------------------------------------------------------------


def charts_of(page: QWidget) -> list[Chart]:
    """The charts that a page shows now, as charts or as tables, in reading order."""
    twins = {twin.chart for twin in page.findChildren(ChartTwin) if twin.isVisibleTo(page)}
    return [chart for chart in page.findChildren(Chart) if chart.isVisibleTo(page) or chart in twins]


def save_png(chart: QWidget, file: Path) -> None:
    """Save a widget as a picture. Raises BadWorld when the file cannot be written."""
    picture = QPixmap(chart.size() * PICTURE_SCALE)
    picture.setDevicePixelRatio(PICTURE_SCALE)
    with _uncached(chart):
        chart.render(picture)
    if not picture.save(str(file), "PNG"):
        raise _unwritten(file)


def save_svg(chart: QWidget, file: Path) -> None:
    """Save a widget as a drawing. Raises BadWorld when the file cannot be written."""
    made = QSvgGenerator()
    made.setFileName(str(file))
    made.setSize(QSize(chart.width(), chart.height()))
    made.setViewBox(QRect(0, 0, chart.width(), chart.height()))
    made.setTitle(chart.accessibleName())
    made.setDescription(chart.accessibleDescription())
    painter = QPainter()
    if not painter.begin(made):
        raise _unwritten(file)
    with _uncached(chart):
        chart.render(painter, QPoint())
    painter.end()


@contextmanager
def _uncached(chart: QWidget) -> Iterator[None]:
    """Draw the axes anew: what the window keeps of them has the window's own pixels."""
    axes = (chart.bottom, chart.left) if isinstance(chart, Chart) else ()
    for axis in axes:
        axis.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    yield
    for axis in axes:
        axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)


def save_charts(page: QWidget, name: str, chosen: Chosen) -> list[Path]:
    """Save the charts of a page in every form that was chosen. Raises BadWorld when a file cannot be written."""
    done: list[Path] = []
    for chart in charts_of(page):
        stem = f"{name}-{_file_part(chart.accessibleName())}"
        for wanted, ending, save in ((chosen.png, "png", save_png), (chosen.svg, "svg", save_svg),
                                     (chosen.tsv, "tsv", _save_tsv)):  # fmt: skip
            if wanted:
                file = free(chosen.folder / f"{stem}.{ending}")
                save(chart, file)
                done.append(file)
    return done


def _save_tsv(chart: QWidget, file: Path) -> None:
    assert isinstance(chart, Chart)
    try:
        file.write_text(chart.table_data().tsv() + "\n", "utf-8")
    except OSError as error:
        raise _unwritten(file) from error


def copy_table(focus: QWidget | None, page: QWidget) -> str:
    """Put the table with the focus, or behind the chart with the focus, or the page's first one on the clipboard.

    The name of what was copied; empty when there is none.
    """
    while focus is not None and focus is not page:
        if isinstance(focus, QuarterTable):
            focus.copy()
            return focus.accessibleName()
        if isinstance(focus, Chart):
            QGuiApplication.clipboard().setText(focus.table_data().tsv())
            return focus.accessibleName()
        focus = focus.parentWidget()
    for table in page.findChildren(QuarterTable):
        if table.isVisibleTo(page):
            table.copy()
            return table.accessibleName()
    for chart in charts_of(page):
        QGuiApplication.clipboard().setText(chart.table_data().tsv())
        return chart.accessibleName()
    return ""


def free(file: Path) -> Path:
    """A path that does not exist: the same, or with a number. Nothing is overwritten."""
    found, number = file, 2
    while found.exists():
        found = file.with_name(f"{file.stem}-{number}{file.suffix}")
        number += 1
    return found


def _file_part(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _unwritten(file: Path) -> BadWorld:
    return BadWorld(Problem(str(file), say("export.cannot_written"), say("export.check_folder_permissions")))


# ---- the dialog -----------------------------------------------------------------------------------------------------


class ExportDialog(QDialog):
    """Asks what to export and where to. `told(words)` when it is done; a known error is shown in the dialog."""

    told = Signal(str)

    def __init__(self, theme: ThemeController, parent: QWidget, page: QWidget, name: str, game: Path | None) -> None:
        """``name`` is that of the page in file names; without a game there are only charts."""
        super().__init__(parent)
        self.setWindowTitle(say("export.export"))
        self.setObjectName("export_dialog")
        self._page, self._name, self._game = page, name, game
        self._task: Task | None = None
        self._pictures = 0
        charts = len(charts_of(page))
        self.tables = self._box(say("export.tables_game"), "export_tables", game is not None, game is not None)
        self.form = StillComboBox()
        self.form.setAccessibleName(say("export.format"))
        self.form.setObjectName("export_format")
        for key, words in FORMATS:
            self.form.addItem(words, key)
        self.branches = self._box(say("export.every_branch"), "export_branches", game is not None, game is not None)
        self.png = self._box(say("export.charts_page_png"), "export_png", charts > 0, charts > 0)
        self.svg = self._box(say("export.charts_page_svg"), "export_svg", False, charts > 0)
        self.tsv = self._box(say("export.tables_behind_these"), "export_tsv", False, charts > 0)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.folder = QLineEdit(str(Path.home()))
        self.folder.setAccessibleName(say("export.folder"))
        self.folder.setObjectName("export_folder")
        self.folder.setToolTip(self.folder.text())  # folders are often longer than the line
        self.folder.textChanged.connect(self.folder.setToolTip)
        self.problem = label_of("", "bad")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.go = QPushButton(say("export.export"))
        self._lay_out(theme)

    def chosen(self) -> Chosen:
        """What the controls say."""
        tables = str(self.form.currentData()) if self.tables.isChecked() else ""
        folder = Path(self.folder.text().strip()).expanduser()
        return Chosen(folder, tables, self.branches.isChecked(), self.png.isChecked(), self.svg.isChecked(),
                      self.tsv.isChecked())  # fmt: skip

    def start(self) -> None:
        """Save the charts at once and the tables on a thread of their own."""
        chosen = self.chosen()
        self.problem.hide()
        try:
            chosen.folder.mkdir(parents=True, exist_ok=True)
            self._pictures = len(save_charts(self._page, self._name, chosen))
        except LabsimError as error:
            self._refuse(error)
            return
        except OSError as error:
            self._refuse(
                BadWorld(Problem(str(chosen.folder), error.strerror or str(error), say("export.choose_another_folder")))
            )
            return
        if not chosen.tables or self._game is None:
            self._finish(chosen.folder, None)
            return
        self.go.setEnabled(False)
        self._task = Task(lambda progress: _export_game(self._game, chosen, progress), self)
        self._task.done.connect(lambda answer: self._tables_done(chosen.folder, answer))
        self._task.failed.connect(self._refuse_words)
        self._task.start()

    def done(self, result: int) -> None:
        """Wait for the tables, which appear whole or not at all, before closing."""
        if self._task is not None:
            self._task.shutdown()
        super().done(result)

    def _tables_done(self, folder: Path, answer: object) -> None:
        self.go.setEnabled(True)
        if isinstance(answer, LabsimError):
            self._refuse(answer)
        else:
            assert isinstance(answer, Exported)
            self._finish(folder, answer)

    def _finish(self, folder: Path, tables: Exported | None) -> None:
        values = {"folder": str(folder), "charts": self._pictures, "tables": len(tables.rows) if tables else 0}
        self.told.emit(render(Message("export.done", values)))
        self.accept()

    def _refuse(self, error: LabsimError) -> None:
        self._refuse_words("\n".join(str(problem) for problem in error.problems))

    def _refuse_words(self, words: str) -> None:
        self.go.setEnabled(True)
        self.problem.setText(words)
        self.problem.show()

    def _browse(self) -> None:
        folder = choosing.folder_for(self, say("export.folder"), self.folder.text())
        if folder is not None:
            self.folder.setText(str(folder))

    def _box(self, words: str, key: str, is_on: bool, is_possible: bool) -> QCheckBox:
        box = QCheckBox(words)
        box.setAccessibleName(words)
        box.setObjectName(key)
        box.setChecked(is_on)
        box.setEnabled(is_possible)
        return box

    def _lay_out(self, theme: ThemeController) -> None:
        browse = named_button(say("export.choose"), "export_browse", self._browse)
        label = label_of(say("export.folder"))
        label.setBuddy(self.folder)
        self.go.setAccessibleName(say("export.export"))
        self.go.setObjectName("export_go")
        self.go.setProperty("kind", "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.start)
        buttons = foot_buttons(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        tables, where = QHBoxLayout(), QHBoxLayout()
        for widget in (self.tables, self.form, self.branches):
            tables.addWidget(widget)
        tables.addStretch(1)
        for part in (label, self.folder, browse):
            where.addWidget(part)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addLayout(tables)
        for box in (self.png, self.svg, self.tsv):
            column.addWidget(box)
        column.addLayout(where)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        self.setMinimumWidth(theme.px(520))


def _export_game(game: Path | None, chosen: Chosen, progress: Progress) -> object:
    """On the worker's thread: the tables in a folder of their own; a known error is handed back."""
    assert game is not None
    target = free(chosen.folder / f"{_file_part(game.stem) or 'game'}-tables")
    try:
        return export([game], target, Wanted(chosen.tables, every_branch=chosen.every_branch), render)
    except LabsimError as error:
        return error
