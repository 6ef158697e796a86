"""Tables of numbers: the model behind every chart and statement, and the view that shows and copies it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import LEFT, RIGHT

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_WIDEST = 150
"""A column of figures grows to this many pixels where there is room; game choice."""

_LONG = 20
"""Letters from which the text of a cell may be cut in a narrow window; game choice."""


@dataclass(frozen=True)
class TableRow:
    """One row: its name, the texts of its cells, and whether it is a sum or the title of a section."""

    name: str
    cells: tuple[str, ...]
    is_sum: bool = False
    is_section: bool = False


@dataclass(frozen=True)
class TableData:
    """A table as text: names of the columns, and rows."""

    columns: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = field(default=())

    def tsv(self) -> str:
        """Return the table as tab-separated text, with the names of columns and rows."""
        lines = ["\t".join(("", *self.columns))]
        lines += ["\t".join((row.name, *row.cells)) for row in self.rows]
        return "\n".join(lines)


class TableModel(QAbstractTableModel):
    """Shows a TableData; new values of the same shape keep the view where it is."""

    def __init__(self, theme: ThemeController, parent: QObject | None = None) -> None:
        """Make an empty model."""
        super().__init__(parent)
        self._theme = theme
        self.data_shown = TableData()

    def set_data(self, table: TableData) -> None:
        """Show another table."""
        old = self.data_shown
        if len(old.rows) == len(table.rows) and old.columns == table.columns:
            self.data_shown = table
            if table.rows and table.columns:
                last = self.index(len(table.rows) - 1, len(table.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
                self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(table.rows) - 1)
        else:
            self.beginResetModel()
            self.data_shown = table
            self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.data_shown.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.data_shown.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the text, the side it is aligned to, or the weight of a cell; a long text is a tool tip too."""
        row = self.data_shown.rows[index.row()]
        text = row.cells[index.column()] if index.column() < len(row.cells) else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.ToolTipRole:
            return text if len(text) > _LONG else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT
        return self._dress(row, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the name of a column or a row."""
        across = orientation == Qt.Orientation.Horizontal
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if across else LEFT
        if role == Qt.ItemDataRole.DisplayRole:
            return self.data_shown.columns[section] if across else self.data_shown.rows[section].name
        return None if across else self._dress(self.data_shown.rows[section], role)

    def _dress(self, row: TableRow, role: int) -> QFont | object:
        if role == Qt.ItemDataRole.FontRole and (row.is_sum or row.is_section):
            return self._theme.font("title")
        if role == Qt.ItemDataRole.ForegroundRole and row.is_section:
            return self._theme.color("muted")
        return None


class QuarterTable(QTableView):
    """Quarters as columns, figures right-aligned; Ctrl+C copies what is selected, or all, for a spreadsheet."""

    def __init__(self, theme: ThemeController, name: str, parent: QWidget | None = None) -> None:
        """Make an empty table with an accessible name."""
        super().__init__(parent)
        self._theme = theme
        self.own_model = TableModel(theme, self)
        self.setModel(self.own_model)
        self.setAccessibleName(name)
        self.setObjectName(name.lower().replace(" ", "_") + "_table")
        self.setShowGrid(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setHighlightSections(False)
        self._copy = QAction(say("kit.copy"), self)
        self._copy.triggered.connect(self.copy)
        self.addAction(self._copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.changed.connect(self._retheme)
        self._retheme()

    def set_data(self, table: TableData) -> None:
        """Show another table; columns grow to their content when the shape changes."""
        old = self.own_model.data_shown
        self.own_model.set_data(table)
        if len(old.columns) != len(table.columns) or len(old.rows) != len(table.rows):
            self._fit()

    def show_model(self, model: TableModel) -> None:
        """Show the table behind a chart instead of an own one."""
        self.setModel(model)
        self._fit()

    def show_from(self, column: int) -> None:
        """Scroll a column to the left edge, once the view has its size."""
        place = self.horizontalHeader().sectionPosition
        QTimer.singleShot(0, self, lambda: self.horizontalScrollBar().setValue(place(column)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with Ctrl+C; leave single letters to the page: the view itself would do less with both."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.text().isalpha() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """Return the selected cells with their names, or everything when nothing or one cell is selected."""
        table = self._shown()
        cells = self.selectionModel().selectedIndexes()
        if len(cells) < 2:
            return table.tsv()
        rows = sorted({cell.row() for cell in cells})
        columns = sorted({cell.column() for cell in cells})
        part = TableData(
            tuple(table.columns[at] for at in columns),
            tuple(TableRow(table.rows[row].name, tuple(self._cell(table, row, at) for at in columns)) for row in rows),
        )
        return part.tsv()

    def copy(self) -> None:
        """Put the selected cells on the clipboard."""
        QGuiApplication.clipboard().setText(self.selected_text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room among the columns."""
        super().resizeEvent(event)
        self._fit()

    def _shown(self) -> TableData:
        model = self.model()
        return model.data_shown if isinstance(model, TableModel) else TableData()

    def _cell(self, table: TableData, row: int, column: int) -> str:
        cells: Sequence[str] = table.rows[row].cells
        return cells[column] if column < len(cells) else ""

    def _retheme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(30))
        self._fit()

    def _fit(self) -> None:
        """Give each column what it needs, and share what is left over, up to a width that still reads as one row."""
        columns = self.model().columnCount()
        if not columns:
            return
        self.resizeColumnsToContents()
        needed = [max(self._theme.px(72), self.columnWidth(column) + 4) for column in range(columns)]
        spare = max(0, self.viewport().width() - sum(needed)) // columns
        for column, wide in enumerate(needed):
            self.setColumnWidth(column, max(wide, min(wide + spare, self._theme.px(_WIDEST))))
