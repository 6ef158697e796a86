"""How do designs look side by side? A table of figures, what is better or worse marked, and why of the row in view."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from labsim.text import say
from labsim.ui.pages.model_lab_rows import FigureRow
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import RIGHT, width_of, write
from labsim.ui.widgets.tables import QuarterTable, TableData, TableModel, TableRow

Index = QModelIndex | QPersistentModelIndex
_ROW = 23
_EDGE = 4  # pixels right of a figure
_PAD = 8  # pixels of a cell beside its text
_ARROWS = {1: "▲\u2009", -1: "▼\u2009", 0: ""}
_COLORS = {1: "good", -1: "bad"}


class FigureModel(TableModel):
    """Rows of figures; cells of later columns are coloured by whether they are better than the first."""

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty model."""
        super().__init__(theme)
        self.rows: Sequence[FigureRow] = ()

    def show_rows(self, columns: Sequence[str], rows: Sequence[FigureRow]) -> None:
        """Show other figures under the names of the designs."""
        old, before = self.data_shown, self.rows
        shown = [TableRow(row.label, _texts(row), row.is_headline, row.is_section) for row in rows]
        new = TableData(tuple(columns), tuple(shown))
        self.rows = rows
        if len(old.columns) != len(columns) or [row.label for row in before] != [row.label for row in rows]:
            self.set_data(new)
            return
        self.data_shown = new
        if old.columns != new.columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)
        for at, (was, now) in enumerate(zip(before, rows, strict=True)):
            if was != now:
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(columns) - 1))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text of a cell, its colour, and its explanation."""
        if role == Qt.ItemDataRole.ToolTipRole or role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.rows[index.row()].why
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color(self.text_and_color(index.row(), index.column())[1])
        return super().data(index, role)

    def text_and_color(self, row: int, column: int) -> tuple[str, str]:
        """Return what a cell says, and in which colour."""
        plain = "text" if column == 0 else "muted"
        if self.rows[row].is_section:
            return "", plain
        return self.data_shown.rows[row].cells[column], _COLORS.get(self.rows[row].marks[column], plain)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name of a design or a figure, and the explanation of the figure."""
        if orientation == Qt.Orientation.Vertical:
            row = self.rows[section]
            if role == Qt.ItemDataRole.ToolTipRole:
                return row.why
            if role == Qt.ItemDataRole.ForegroundRole and row.label.startswith(" "):
                return self._theme.color("muted")
        return super().headerData(section, orientation, role)


class _Cells(QStyledItemDelegate):
    """Paints the figures; the style sheet would take several times as long, and they follow the hand."""

    def __init__(self, theme: ThemeController) -> None:
        """Take the theme."""
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell: what is selected, the figure at the right, the hairline below."""
        model = index.model()
        if not isinstance(model, FigureModel):
            return
        row, rect = model.rows[index.row()], option.rect.toRectF()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, self._theme.color("selection"))
        painter.setPen(self._theme.color("grid"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        text, color = model.text_and_color(index.row(), index.column())
        if text:
            font = self._theme.font("title" if row.is_headline else "body")
            ink = self._theme.color("text" if is_selected else color)  # the only one that is readable there
            write(painter, rect.adjusted(2, 0, -_EDGE, 0), text, font, ink, RIGHT)


class FigureTable(QuarterTable):
    """The figures of up to three designs. `explained(text)` tells why of the row that is pointed at or chosen."""

    explained = Signal(str)

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty table."""
        self._is_ready = False
        self._explained = ""
        super().__init__(theme, say("model_lab.figures_designs"))
        self.figures = FigureModel(theme)
        self.setModel(self.figures)
        self._is_ready = True
        self._cells = _Cells(theme)
        self.setItemDelegate(self._cells)
        self.setProperty("kind", "figures")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setMouseTracking(True)
        self.verticalHeader().setMouseTracking(True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(10)
        self.entered.connect(lambda index: self._explain(index.row()))
        self.verticalHeader().sectionEntered.connect(self._explain)
        self.selectionModel().currentChanged.connect(lambda now, _before: self._explain(now.row()))
        self._retheme()

    def show_rows(self, columns: Sequence[str], rows: Sequence[FigureRow]) -> None:
        """Show other figures; the columns are shared out anew when their number changes."""
        count = self.figures.columnCount()
        self.figures.show_rows(columns, rows)
        if count != len(columns) or self._needed_width() > self.columnWidth(0):
            self._fit()
        if self._explained:
            self.explain(self._explained)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Explain the row that was left, or the first one."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.figures.rows:
            self.setCurrentIndex(self.figures.index(1, 0))

    def explain(self, key: str) -> None:
        """Tell why of a row by its key."""
        self._explain(next((at for at, row in enumerate(self.figures.rows) if row.key == key), -1))

    def _explain(self, row: int) -> None:
        if 0 <= row < len(self.figures.rows) and self.figures.rows[row].why:
            one = self.figures.rows[row]
            self._explained = one.key
            self.explained.emit(f"{one.label.strip()}: {one.why}")

    def _needed_width(self) -> int:
        """The width of the widest figure or name of a design."""
        shown, font, bold = self.figures.data_shown, self._theme.font("body"), self._theme.font("title")
        names = [line for column in shown.columns for line in column.split("\n")]
        cells = [(cell, bold if row.is_sum else font) for row in shown.rows for cell in row.cells]
        return math.ceil(max(width_of(text, font) for text, font in [*((name, font) for name in names), *cells])) + _PAD

    def _names_width(self) -> int:
        font = self._theme.font("body")
        return round(max((width_of(row.label, font) for row in self.figures.rows), default=0)) + self._theme.px(16)

    def _retheme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(_ROW))
        self.verticalHeader().setMinimumSectionSize(self._theme.px(_ROW))
        self._fit()

    def _fit(self) -> None:
        """Share the width equally among the designs; where that is too little for a figure the table scrolls."""
        if not self._is_ready or not self.figures.columnCount():
            return
        self.verticalHeader().setFixedWidth(self._names_width())
        columns = self.figures.columnCount()
        wide = max(self.viewport().width() // columns, self._needed_width())
        for column in range(columns):
            self.setColumnWidth(column, wide)


def _texts(row: FigureRow) -> tuple[str, ...]:
    return tuple(f"{_ARROWS[way]}{text}" for way, text in zip(row.ways, row.cells, strict=True))
