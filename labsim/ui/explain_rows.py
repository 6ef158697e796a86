"""How is one cause shown? A row with its sentence, its amount and a signed bar; what is behind it opens under it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from labsim.errors import Message
from labsim.text import render
from labsim.ui.explain_content import LinkContent, TermContent
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.styled import RIGHT, box, focus_ring, label_of, restyle, width_of, wrapped

_BAR = 4
"""Height of a bar in pixels."""
_INDENT = 20
_LINE, _AROUND = 270, 40
"""Pixels of a line of links, and of what stands around the words of one, at normal text size."""
_ICONS = {"decision": "sliders-horizontal", "rival": "store", "event": "newspaper", "draw": "dices"}


class TermButton(QAbstractButton):
    """The row of a cause: press it, or Enter, to open what is behind it."""

    def __init__(self, theme: ThemeController, term: TermContent, largest: float, can_open: bool) -> None:
        """Make a row; bars are drawn against the largest amount."""
        super().__init__()
        self._theme, self._term, self._largest = theme, term, largest
        self.setCheckable(can_open)
        self.setAccessibleName(term.sentence)
        self.setObjectName(f"term_{term.name.lower().replace(' ', '_')}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if can_open else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if can_open:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            what = Message("explain_card.open", {"what": term.what})
            self.setAccessibleDescription(render(what))
        self._sign = IconLabel(theme, "chevron-right" if can_open else "dot", "muted", 14)
        self._sign.setVisible(can_open)
        words = wrapped(term.what)
        self._amount = label_of(term.shown, "number")
        self._amount.setAlignment(RIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 5, 6, 7 + _BAR)
        row.setSpacing(6)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        row.addWidget(self._amount, 0, Qt.AlignmentFlag.AlignTop)
        for label in (self._sign, words, self._amount):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.toggled.connect(lambda is_open: self._sign.set_icon(f"chevron-{'down' if is_open else 'right'}", "muted"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Ask for what the words need."""
        return self.layout().sizeHint()  # type: ignore[union-attr]

    def heightForWidth(self, width: int) -> int:
        """Ask for as many lines as the words need."""
        return self.layout().heightForWidth(width)  # type: ignore[union-attr]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open and close with Enter too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar from the middle, right for more, left for less."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, rect = self._theme, self.rect().toRectF()
        if self.underMouse() and self.isCheckable():
            box(painter, rect, theme.color("raised"), None, 6)
        track = QRectF(rect.left() + 6, rect.bottom() - _BAR - 4, rect.width() - 12, _BAR)
        box(painter, track, theme.color("grid"), None, _BAR / 2)
        half = track.width() / 2
        part = abs(self._term.value) / self._largest if self._largest > 0.0 else 0.0
        wide = max(half * part, 2.0 if self._term.value else 0.0)
        middle, is_more = track.center().x(), self._term.value > 0.0
        bar = QRectF(middle if is_more else middle - wide, track.top(), wide, track.height())
        box(painter, bar, theme.color("good" if is_more else "bad"), None, _BAR / 2)
        painter.fillRect(QRectF(middle - 0.5, track.top() - 2, 1, track.height() + 4), theme.color("border_strong"))
        if self.hasFocus():
            focus_ring(painter, rect, theme.color("accent"), 6)
        painter.end()


class TermRow(QWidget):
    """A cause, and under it, once opened, what stands behind it and its own causes. `followed(link)`."""

    followed = Signal(object)

    def __init__(self, theme: ThemeController, term: TermContent, largest: float, depth: int = 0) -> None:
        """Make a closed row."""
        super().__init__()
        self._theme, self._largest, self._depth = theme, largest, depth
        self.term = term
        self.button = TermButton(theme, term, largest, bool(term.links or term.terms))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_INDENT * depth, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.button)
        self._inner: QWidget | None = None
        self.rows: list[TermRow] = []
        self.button.toggled.connect(self.set_open)

    @property
    def is_open(self) -> bool:
        """Whether what is behind the cause is shown."""
        return self._inner is not None and not self._inner.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Show or hide what is behind the cause; it is made when first asked for."""
        if is_open and self._inner is None:
            self._inner = self._make_inner()
            self._column.addWidget(self._inner)
        if self._inner is not None:
            self._inner.setVisible(is_open)
        if self.button.isChecked() != is_open:
            self.button.setChecked(is_open)

    def _make_inner(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(_INDENT, 0, 0, 4)
        column.setSpacing(2)
        for line in self._lines():
            links = QHBoxLayout()
            links.setSpacing(0)
            for link in line:
                links.addWidget(self._link(link))
            links.addStretch(1)
            column.addLayout(links)
        for term in self.term.terms:
            row = TermRow(self._theme, term, self._largest, self._depth)
            row.followed.connect(self.followed)
            self.rows.append(row)
            column.addWidget(row)
        return inner

    def _lines(self) -> list[list[LinkContent]]:
        """The links in lines that fit into a card."""
        font, room = self._theme.font(), float(self._theme.px(_LINE))
        lines: list[list[LinkContent]] = [[]]
        left = room
        for link in self.term.links:
            wide = width_of(link.text, font) + self._theme.px(_AROUND)
            if wide > left and lines[-1]:
                lines.append([])
                left = room
            lines[-1].append(link)
            left -= wide
        return lines

    def _link(self, link: LinkContent) -> QWidget:
        if link.link.kind == "draw":
            return label_of(link.text, "small")
        name = f"link_{link.link.kind}_{link.link.name.lower().replace(' ', '_')}"
        button = named_button(link.text, name, lambda: self.followed.emit(link.link), kind="quiet")
        button.setIcon(self._theme.icon(_ICONS[link.link.kind], "accent", 14))
        button.setFixedHeight(self._theme.px(28))
        return button


def figure_row(name: str, shown: str, role: str = "body", indent: int = 0) -> QWidget:
    """A plain row: a name and a figure."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(6 + indent, 2, 6, 2)
    words = wrapped(name, role)
    figure = label_of(shown, "number")
    figure.setAlignment(RIGHT)
    row.addWidget(words, 1)
    row.addWidget(figure)
    restyle(whole, kind="plain")
    return whole
