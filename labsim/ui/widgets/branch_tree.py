"""What has been played, and where did it fork? Quarters from left to right, each branch in a lane of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QSizePolicy,
    QWidget,
)

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.branch_dot import STEP, Dot
from labsim.ui.widgets.branch_layout import TreeData, TreeNode, beside
from labsim.ui.widgets.buttons import in_order
from labsim.ui.widgets.styled import CENTER, LEFT, restyle, write

LANE, NAMES, HEAD = 46, 168, 26
"""Pixels at 100 % text: between branches, of the names at the left, of the quarters on top."""
LANES_SHOWN = 3
_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class _Margin(QWidget):
    """The names at the left or the quarters on top; they stay while the tree is scrolled."""

    def __init__(self, parent: QWidget, paint: Callable[[QPainter], None]) -> None:
        super().__init__(parent)
        self._paint = paint

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint(painter)
        painter.end()


class BranchTree(QGraphicsView):
    """A tree of quarters. `chosen(key)` when another node is current, `opened(key)` with Enter or a double click,
    `ticked(name, is_on)` when a branch is put into the comparison or taken out.
    """

    chosen = Signal(int)
    opened = Signal(int)
    ticked = Signal(str, bool)

    def __init__(self, theme: ThemeController, name: str, quarter: Callable[[float], str]) -> None:
        """Make an empty tree; `quarter` writes turns."""
        super().__init__()
        self._theme, self._quarter = theme, quarter
        self.tree = TreeData()
        self.current: int | None = None
        self._dots: dict[int, Dot] = {}
        self._scene = QGraphicsScene(self)
        self._scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setScene(self._scene)
        self.setObjectName("branch_tree")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._head, self._names = _Margin(self, self._paint_head), _Margin(self, lambda _: None)
        self.boxes: list[QCheckBox] = []
        self._add_box()
        theme.changed.connect(self._retheme)
        self._retheme()

    def set_data(self, tree: TreeData, current: int | None) -> None:
        """Show another tree."""
        self.tree = tree
        self.current = current if current is not None and tree.node(current) is not None else None
        self._draw()
        self._show_names()
        self._describe()
        self.updateGeometry()

    def set_current(self, key: int) -> None:
        """Mark another node and bring it into sight; nothing is told."""
        if key not in self._dots:
            return
        for other in (self.current, key):
            if other in self._dots:
                self._dots[other].is_current = other == key
                self._dots[other].update()
        self.current = key
        self._describe()
        dot = self._dots[key]
        self.ensureVisible(dot.mapRectToScene(dot.boundingRect()), self._theme.px(20), 4)

    def sizeHint(self) -> QSize:
        """Ask for a few branches; the others are scrolled to."""
        lanes = max(1, min(LANES_SHOWN, len(self.tree.lanes)))
        px = self._theme.px
        return QSize(px(600), px(HEAD) + lanes * px(LANE) + px(16))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows, open with Enter."""
        key = Qt.Key(event.key())
        if key in _MOVES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._choose(beside(self.tree, -1 << 30 if self.current is None else self.current, *_MOVES[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.tree.nodes:
            lane = self.tree.node(self.current or 0)
            same = [node for node in self.tree.nodes if lane is None or node.lane == lane.lane]
            self._choose((same[0] if key == Qt.Key.Key_Home else same[-1]).key)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the node under the pointer."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        key = self._key_at(event)
        if key is not None:
            self._choose(key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the node under the pointer."""
        key = self._key_at(event)
        if key is not None:
            self.opened.emit(key)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring of the focus."""
        super().focusInEvent(event)
        self._show_focus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self._show_focus(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margins in place."""
        super().resizeEvent(event)
        self._place()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Let the margins follow."""
        super().scrollContentsBy(dx, dy)
        self._place()

    def _show_focus(self, has_focus: bool) -> None:
        card = self.parentWidget()
        if card is not None and card.property("kind") == "card":
            restyle(card, focused=has_focus)

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._scene.clear()
        self._dots = {}
        for node in self.tree.nodes:
            dot = Dot(self._theme, node, self.tree.lanes[node.lane].color)
            dot.is_current = node.key == self.current
            dot.setPos(self._spot(node))
            self._dots[node.key] = dot
            self._scene.addItem(dot)
        for number, path in self._lines().items():
            lane = self.tree.lanes[number]
            line = QGraphicsPathItem(path)
            line.setPen(QPen(self._theme.color(lane.color), 2.5 if lane.is_active else 2))
            self._scene.addItem(line)
        px = self._theme.px
        wide = (self.tree.last - self.tree.first + 1) * px(STEP)
        self._scene.setSceneRect(0, 0, wide, max(1, len(self.tree.lanes)) * px(LANE))

    def _lines(self) -> dict[int, QPainterPath]:
        paths: dict[int, QPainterPath] = {}
        for node in self.tree.nodes:
            parent = None if node.parent is None else self._dots.get(node.parent)
            if parent is None:
                continue
            path = paths.setdefault(node.lane, QPainterPath())
            start, end = parent.pos(), self._spot(node)
            path.moveTo(start)
            if start.y() == end.y():
                path.lineTo(end)
            else:
                bend = start.x() + (end.x() - start.x()) * 0.5
                path.cubicTo(QPointF(bend, start.y()), QPointF(bend, end.y()), end)
        return paths

    def _spot(self, node: TreeNode) -> QPointF:
        px = self._theme.px
        return QPointF((node.t - self.tree.first + 0.5) * px(STEP), node.lane * px(LANE) + px(17))

    def _paint_head(self, painter: QPainter) -> None:
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high, left = self._head.height(), theme.px(NAMES)
        write(
            painter,
            QRectF(2, 0, left, high),
            say("timeline.compare_name"),
            theme.font("small"),
            theme.color("muted"),
            LEFT,
        )
        painter.setClipRect(QRectF(left, 0, self._head.width() - left, high))
        for t in range(self.tree.first, self.tree.last + 1):
            middle = self.mapFromScene(QPointF((t - self.tree.first + 0.5) * theme.px(STEP), 0)).x() + left
            rect = QRectF(middle - theme.px(STEP) / 2, 0, theme.px(STEP), high)
            write(painter, rect, self._quarter(t), theme.font("small"), theme.color("muted"), CENTER)

    # ---- names ------------------------------------------------------------------------------------------------------

    def _show_names(self) -> None:
        while len(self.boxes) > max(1, len(self.tree.lanes)):
            self.boxes.pop().deleteLater()
        while len(self.boxes) < len(self.tree.lanes):
            self._add_box()
        self.boxes[0].setVisible(bool(self.tree.lanes))
        for number, (made, lane) in enumerate(zip(self.boxes, self.tree.lanes, strict=False)):
            made.setObjectName(f"branch_{number}")
            made.setAccessibleName(lane.name)
            made.setAccessibleDescription(
                say("timeline.played_now_tick") if lane.is_active else say("timeline.tick_compare")
            )
            made.setToolTip(say("timeline.played_now", name=lane.name) if lane.is_active else lane.name)
            made.setChecked(lane.is_ticked)
        self._place()

    def _add_box(self) -> None:
        """One more box, after the last one under Tab; the first is made with the tree, so that its place is here."""
        made = QCheckBox(self._names)
        made.clicked.connect(lambda is_on: self.ticked.emit(made.accessibleName(), is_on))
        made.show()
        in_order([*self.boxes[-1:], made])
        self.boxes.append(made)

    def _place(self) -> None:
        px = self._theme.px
        view = self.viewport().geometry()
        self._head.setGeometry(0, 0, view.right() + 1, px(HEAD))
        self._names.setGeometry(0, view.top(), px(NAMES), view.height())
        for number, (made, lane) in enumerate(zip(self.boxes, self.tree.lanes, strict=False)):
            middle = self.mapFromScene(QPointF(0, number * px(LANE) + px(17))).y()
            made.setFont(self._theme.font("title" if lane.is_active else "body"))
            made.setText(made.fontMetrics().elidedText(lane.name, Qt.TextElideMode.ElideRight, px(NAMES) - 44))
            high = max(px(26), made.sizeHint().height())
            made.setGeometry(0, round(middle - high / 2), px(NAMES) - 8, high)
            restyle(made, color=lane.color)
        self._head.update()

    def _retheme(self) -> None:
        px = self._theme.px
        self.setViewportMargins(px(NAMES), px(HEAD), 0, 0)
        self.setBackgroundBrush(self._theme.color("surface"))
        self.setMinimumHeight(px(HEAD) + px(LANE) + 20)
        self._draw()
        self._place()

    # ---- choosing ---------------------------------------------------------------------------------------------------

    def _key_at(self, event: QMouseEvent) -> int | None:
        found = [item for item in self.items(event.position().toPoint()) if isinstance(item, Dot)]
        return found[0].node.key if found else None

    def _choose(self, key: int) -> None:
        if key != self.current and key in self._dots:
            self.set_current(key)
            self.chosen.emit(key)

    def _describe(self) -> None:
        here = None if self.current is None else self.tree.node(self.current)
        played = sum(not node.is_open for node in self.tree.nodes)
        words = say("timeline.branches_quarters", lanes=len(self.tree.lanes), played=played)
        if here is not None:
            words += f" {self.tree.lanes[here.lane].name}, {self._quarter(here.t)}. {here.words}"
        self.setAccessibleDescription(words)
