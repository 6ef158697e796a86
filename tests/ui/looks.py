"""What is wrong with a page or a window as it stands? Each check returns sentences; none is good."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from PySide6.QtCore import QAbstractAnimation, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)

from labsim.ui.widgets.styled import ElidedLabel

SLACK = 1  # pixels lost in rounding
_CELL_PAD = 8  # of a cell of a table, both sides


def visible(root: QWidget, kind: type[QWidget] = QWidget) -> Iterator[QWidget]:
    """Every widget of a kind that is shown inside a root."""
    window = root.window()
    for widget in [root, *root.findChildren(QWidget)]:
        if isinstance(widget, kind) and widget.isVisible() and widget.window() is window:
            yield widget


def focusable(root: QWidget) -> list[QWidget]:
    """Every shown widget that Tab reaches, or would reach if it were enabled."""
    return [
        w for w in visible(root)
        if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.focusProxy() is None and not _is_inner(w)
    ]  # fmt: skip


def described(widget: QWidget) -> str:
    """A widget as a person finds it in the code."""
    holder = widget.parentWidget()
    where = f" in {type(holder).__name__} {holder.objectName()!r}" if holder is not None else ""
    return f"{type(widget).__name__} {widget.objectName()!r} {text_of(widget)[:40]!r}{where}"


def text_of(widget: QWidget) -> str:
    """What a widget says, without the marks of keys."""
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return widget.text() if isinstance(widget, QLineEdit) else ""


# ---- names ----------------------------------------------------------------------------------------------------------


def nameless(root: QWidget) -> list[str]:
    """Widgets that take the focus without an accessible name, without a name of their own, or under another's label."""
    found = []
    labels = {label.buddy(): text_of(label) for label in visible(root, QLabel) if label.buddy() is not None}  # type: ignore[attr-defined]
    for widget in focusable(root):
        name, said = widget.accessibleName(), text_of(widget) if isinstance(widget, QAbstractButton) else ""
        if not widget.objectName():
            found.append(f"no object name: {described(widget)}")
        if not name:
            found.append(f"no accessible name: {described(widget)}")
        elif said and said not in name:
            found.append(f"named {name!r} but says {said!r}")
        elif labels.get(widget, name) != name:
            found.append(f"named {name!r} but labelled {labels[widget]!r}")
    return found


def doubled(root: QWidget) -> list[str]:
    """Object names that two widgets with the focus share."""
    names = [widget.objectName() for widget in focusable(root)]
    return sorted({f"twice: {name!r}" for name in names if names.count(name) > 1})


def out_of_order(root: QWidget) -> list[str]:
    """Pairs that follow each other under Tab against the order of reading."""
    chain = _chain(root)
    found = []
    for one, other in itertools.pairwise(chain):
        a, b = _branches(one, other)
        if a is not None and b is not None and not _reads_before(_box(a, root), _box(b, root)):
            found.append(f"{described(one)} -> {described(other)}")
    return found


def _chain(root: QWidget) -> list[QWidget]:
    wanted = {w for w in focusable(root) if w.isEnabled()}
    chain, widget = [], root
    while True:
        if widget in wanted:
            chain.append(widget)
        widget = widget.nextInFocusChain()
        if widget is root:
            return chain


def _branches(one: QWidget, other: QWidget) -> tuple[QWidget | None, QWidget | None]:
    """Where the ways up from two widgets part."""
    ways = []
    for widget in (one, other):
        way = [widget]
        while (parent := way[-1].parentWidget()) is not None:
            way.append(parent)
        ways.append(way[::-1])
    for a, b in zip(*ways, strict=False):
        if a is not b:
            return a, b
    return None, None


def _box(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root.window(), QPoint(0, 0)), widget.size())


def _reads_before(a: QRect, b: QRect) -> bool:
    """Rows from the top, in a row from the left; what stands side by side is a row."""
    together = min(a.bottom(), b.bottom()) - max(a.top(), b.top())
    if together > 0.5 * min(a.height(), b.height()):
        return a.left() <= b.left()
    return a.top() <= b.top()


def _is_inner(widget: QWidget) -> bool:
    """Parts that Qt makes inside its own widgets: the line of a spin box, the view of a combo box, scroll bars."""
    parent = widget.parentWidget()
    inside = type(parent).__name__ in ("QSpinBox", "QDoubleSpinBox", "QComboBox", "QComboBoxPrivateContainer")
    return inside or isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_")


# ---- room -----------------------------------------------------------------------------------------------------------


def clipped(root: QWidget) -> list[str]:
    """Text that has not the room it needs and does not tell the rest as a tool tip; parts that stick out."""
    found = []
    for widget in visible(root):
        if _is_inner(widget):
            continue
        missing = _missing(widget)
        if missing:
            found.append(f"{missing}: {described(widget)}")
        if _sticks_out(widget, root):
            found.append(f"sticks out: {described(widget)}")
    return found


def too_wide(page: QWidget) -> list[str]:
    """How far a page goes past the edge of the window, which has to be scrolled sideways then."""
    holder = page.parentWidget()
    area = holder.parentWidget() if holder is not None else None
    beyond = area.horizontalScrollBar().maximum() if isinstance(area, QScrollArea) else 0
    return [f"goes {beyond} px past the edge: {described(page)}"] if beyond > 0 else []


def _missing(widget: QWidget) -> str:
    """What a widget lacks, in words; empty if nothing."""
    if isinstance(widget, ElidedLabel):
        is_short = _wide(widget, widget.text()) > widget.width() + SLACK
        return "cut without a tool tip" if is_short and widget.toolTip() != widget.text() else ""
    if isinstance(widget, QLabel):
        return _missing_of_label(widget)
    if isinstance(widget, QPushButton | QToolButton | QCheckBox | QRadioButton):
        need = widget.minimumSizeHint()
        return _short(need.width() - widget.width(), need.height() - widget.height()) if widget.text() else ""
    if isinstance(widget, QComboBox):
        need = _wide(widget, widget.currentText()) + 8 + 24
        return "" if widget.currentText() in widget.toolTip() else _short(need - widget.width(), 0)
    if isinstance(widget, QLineEdit):
        need = _wide(widget, widget.text() or widget.placeholderText()) + 2 * 8
        return "" if widget.text() and widget.text() in widget.toolTip() else _short(need - widget.width(), 0)
    if isinstance(widget, QTabBar):
        return _short(widget.sizeHint().width() - widget.width(), 0)
    if isinstance(widget, QTableView):
        return _missing_of_table(widget)
    return ""


def _missing_of_label(label: QLabel) -> str:
    if not label.text():
        return ""
    inner = label.contentsRect()
    if not label.wordWrap():
        need = label.sizeHint()
        return _short(need.width() - label.width(), need.height() - label.height())
    longest = max((_wide(label, word) for word in label.text().split()), default=0)
    return _short(longest - inner.width(), label.heightForWidth(label.width()) - label.height())


def _missing_of_table(table: QTableView) -> str:
    model, metrics = table.model(), table.fontMetrics()
    for column in range(model.columnCount()):
        need = _header_need(table.horizontalHeader(), column, str(model.headerData(column, Qt.Orientation.Horizontal)))
        if need > table.columnWidth(column) + SLACK:
            return f"header {column} of {table.columnWidth(column)} needs {need}"
        for row in range(model.rowCount()):
            index = model.index(row, column)
            said = str(index.data() or "")
            need = max((metrics.horizontalAdvance(line) for line in said.split("\n")), default=0) + _CELL_PAD
            if need > table.columnWidth(column) + SLACK and index.data(Qt.ItemDataRole.ToolTipRole) != said:
                return f"cell {row},{column} {said!r} of {table.columnWidth(column)} needs {need}"
    head = table.verticalHeader()
    if head.isVisible():
        for row in range(model.rowCount()):
            name = str(model.headerData(row, Qt.Orientation.Vertical))
            if head.fontMetrics().horizontalAdvance(name) + _CELL_PAD > head.width() + SLACK:
                return f"row {name!r} of {head.width()}"
    return ""


def _header_need(head: QHeaderView, section: int, text: str) -> int:
    return max((head.fontMetrics().horizontalAdvance(line) for line in text.split("\n")), default=0) + _CELL_PAD


def _sticks_out(widget: QWidget, root: QWidget) -> bool:
    """Whether a part lies outside what holds it, up to the nearest area that scrolls that way."""
    parent = widget.parentWidget()
    if widget is root or parent is None or widget.isWindow():
        return False
    if isinstance(parent.parentWidget(), QAbstractScrollArea):
        area = parent.parentWidget()
        if not isinstance(area, QScrollArea):
            return False
        off = area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        return off and widget.width() > parent.width() + SLACK
    rect, room = widget.geometry(), parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
    return not room.contains(rect) and not rect.isEmpty()


def _wide(widget: QWidget, text: str) -> int:
    return QFontMetrics(widget.font()).horizontalAdvance(text)


def _short(wide: int, high: int) -> str:
    said = [f"{way} {by} px short" for way, by in (("width", wide), ("height", high)) if by > SLACK]
    return ", ".join(said)


# ---- charts ---------------------------------------------------------------------------------------------------------


def charts(root: QWidget) -> list[QWidget]:
    """Every shown picture of figures."""
    return [
        w for w in visible(root) if callable(getattr(w, "table_data", None)) and callable(getattr(w, "summary", None))
    ]


def speechless(root: QWidget) -> list[str]:
    """Charts that do not say what they show."""
    return [
        described(chart) for chart in charts(root)
        if not chart.accessibleDescription() or chart.accessibleDescription() != chart.summary()  # type: ignore[attr-defined]
    ]  # fmt: skip


def tableless(root: QWidget) -> list[str]:
    """Charts that are still there where tables were asked for."""
    return [described(chart) for chart in charts(root)]


# ---- motion ---------------------------------------------------------------------------------------------------------


def moving(root: QWidget) -> list[str]:
    """Animations that run; there are none where reduced motion was asked for."""
    running = QAbstractAnimation.State.Running
    return [type(one).__name__ for one in root.findChildren(QAbstractAnimation) if one.state() == running]
