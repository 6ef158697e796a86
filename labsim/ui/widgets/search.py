"""Find anything by typing a part of its name: the list behind the command palette and the handbook's search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtCore import Signal as QtSignal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import LEFT, RIGHT, box, label_of, width_of, write

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
_ITEM = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class SearchItem:
    """One thing that can be found; `shortcut` stands at the right, `words` are further words that find it."""

    key: str
    title: str
    hint: str = ""
    icon: str = ""
    shortcut: str = ""
    words: str = ""


def rank(typed: str, item: SearchItem) -> int | None:
    """Return how well an item fits what was typed, 0 best; None when a typed word is nowhere in it."""
    wanted = typed.casefold().split()
    title, rest = item.title.casefold(), f"{item.hint} {item.words}".casefold()
    found = 0
    for word in wanted:
        if title.startswith(word):
            continue
        if f" {word}" in title:
            found += 1
        elif word in title:
            found += 2
        elif word in rest:
            found += 4
        else:
            return None
    return found


class _Model(QAbstractListModel):
    """The items that fit."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.items: list[SearchItem] = []

    def show(self, items: list[SearchItem]) -> None:
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item.title
        return item if role == _ITEM else None


class _Delegate(QStyledItemDelegate):
    """Paints an item as icon, title, hint and shortcut."""

    def __init__(self, theme: ThemeController, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, self._theme.px(36))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, item = self._theme, index.data(_ITEM)
        rect = QRectF(option.rect).adjusted(4, 1, -4, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            box(painter, rect, theme.color("selection"), None, 6)
        left = rect.left() + 10
        if item.icon:
            size = theme.px(18)
            place = QRectF(left, rect.center().y() - size / 2, size, size).toRect()
            theme.icon(item.icon).paint(painter, place)
            left += size + 10
        small = theme.font("small")
        shortcut = width_of(item.shortcut, small) + 10
        right = rect.right() - 10
        write(
            painter,
            QRectF(right - shortcut, rect.top(), shortcut, rect.height()),
            item.shortcut,
            small,
            theme.color("muted"),
            RIGHT,
        )
        room = right - shortcut - left
        taken = write(
            painter, QRectF(left, rect.top(), room, rect.height()), item.title, theme.font(), theme.color("text"), LEFT
        )
        hint = QRectF(left + taken + 12, rect.top(), room - taken - 12, rect.height())
        if hint.width() > 30:
            write(painter, hint, item.hint, small, theme.color("muted"), LEFT)
        painter.restore()


class SearchList(QWidget):
    """A line to type in and a list of what fits: `chosen(key)` with Enter or a click, `dismissed` with Escape."""

    chosen = QtSignal(str)
    dismissed = QtSignal()

    def __init__(self, theme: ThemeController, name: str, prompt: str) -> None:
        """Make an empty list."""
        super().__init__()
        self._items: tuple[SearchItem, ...] = ()
        self.setObjectName("search_list")
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(prompt)
        self.edit.setAccessibleName(prompt)
        self.edit.setObjectName("search_edit")
        self.edit.setClearButtonEnabled(True)
        self.view = QListView()
        self.view.setAccessibleName(name)
        self.view.setObjectName("search_view")
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self._model = _Model(self)
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Delegate(theme, self))
        self._nothing = label_of(say("kit.nothing_fits_try"), "muted")
        self._nothing.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        for widget in (self.edit, self._nothing, self.view):
            whole.addWidget(widget)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._filter)
        self.view.clicked.connect(lambda index: self._choose(index.row()))
        theme.changed.connect(self.view.doItemsLayout)

    def set_items(self, items: Sequence[SearchItem]) -> None:
        """Offer other items."""
        self._items = tuple(items)
        self._filter(self.edit.text())

    def shown(self) -> list[str]:
        """Return the keys of the items that fit, best first."""
        return [item.key for item in self._model.items]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list, choose and dismiss with the keys of the line."""
        if watched is self.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _MOVES:
                self._select(self.view.currentIndex().row() + _MOVES[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.view.currentIndex().row())
                return True
            if key == Qt.Key.Key_Escape:
                self.dismissed.emit()
                return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        ranked = [(rank(typed, item), at, item) for at, item in enumerate(self._items)]
        fitting = sorted(
            ((place, at, item) for place, at, item in ranked if place is not None), key=lambda found: found[:2]
        )
        self._model.show([item for _, _, item in fitting])
        self._nothing.setVisible(not fitting)
        self._select(0)

    def _select(self, row: int) -> None:
        if self._model.items:
            row = min(max(row, 0), len(self._model.items) - 1)
            self.view.setCurrentIndex(self._model.index(row))

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._model.items):
            self.chosen.emit(self._model.items[row].key)
