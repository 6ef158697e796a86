"""How does a figure answer why? A card with its meaning, value, causes and parts; several can be pinned."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from labsim.errors import Message
from labsim.text import render, say
from labsim.ui.explain_content import Content
from labsim.ui.explain_rows import TermRow, figure_row
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.styled import label_of, restyle, rule, wrapped

WIDTH = 368
"""Pixels of a card at normal text size; game choice."""
_PART_INDENT = 16


class ExplanationCard(QFrame):
    """One figure. `closed` with Escape or its button, `pinned(bool)`, `followed(link)`, `grew` when a row opens."""

    closed = Signal()
    pinned = Signal(bool)
    followed = Signal(object)
    grew = Signal()

    def __init__(self, theme: ThemeController, explanation: Content) -> None:
        """Make a card."""
        super().__init__()
        self._theme = theme
        self.content = explanation
        self.rows: list[TermRow] = []
        self.setProperty("kind", "card")
        self.setObjectName("explanation_card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title, self.where = label_of("", "heading"), label_of("", "small")
        self.value, self.change = label_of("", "big"), label_of("", "title")
        self.definition = label_of("", "muted")
        for label in (self.where, self.definition):
            label.setWordWrap(True)
        self.pin, self.close_button = self._tool("pin", True), self._tool("x", False)
        self.pin.toggled.connect(self.pinned)
        self.close_button.clicked.connect(self.closed)
        self._scroll = QScrollArea()
        self._lay_out()
        self.set_content(explanation)
        theme.changed.connect(self._retheme)
        self._retheme()

    @property
    def is_pinned(self) -> bool:
        """Whether the card stays when another figure is asked about."""
        return self.pin.isChecked()

    def set_content(self, explanation: Content) -> None:
        """Show another state of the figure; causes that were open stay open."""
        was_open = {row.term.name for row in self.rows if row.is_open}
        self.content = explanation
        figure = explanation.figure
        self.setAccessibleName(say("explain_card.why", figure=figure.lower()))
        self.setAccessibleDescription(explanation.text())
        self.title.setText(render(Message("explain_card.title", {"figure": figure.lower()})))
        self.where.setText(explanation.where)
        self.value.setText(explanation.value)
        self.value.setVisible(bool(explanation.value))
        self.change.setText(explanation.change)
        self.definition.setText(explanation.definition)
        for button, name in ((self.pin, "pin_name"), (self.close_button, "close_name")):
            text = render(Message(f"explain_card.{name}", {"figure": figure.lower()}))
            button.setAccessibleName(text)
            button.setToolTip(text)
        self._fill(was_open)
        self._colour()

    def focus_first(self) -> None:
        """Let the keyboard begin at the first cause."""
        first = next((row.button for row in self.rows if row.button.isCheckable()), None)
        (first or self.close_button).setFocus(Qt.FocusReason.PopupFocusReason)

    def wanted_height(self) -> int:
        """The height at which nothing has to be scrolled."""
        inside = self._scroll.widget()
        inner = self._theme.px(WIDTH) - 2 * self._margin
        layout = inside.layout() if inside is not None else None
        beside_bar = inner - self._scroll.verticalScrollBar().sizeHint().width()
        rows = layout.totalHeightForWidth(beside_bar) if layout is not None else 0
        rows = max(rows, self._scroll.minimumSizeHint().height())
        head = (
            self._head.totalHeightForWidth(inner) if self._head.hasHeightForWidth() else self._head.sizeHint().height()
        )
        return head + rows + 3 * self._margin

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when what is inside has another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.grew.emit()
        return False

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _fill(self, was_open: set[str]) -> None:
        """Make the rows anew."""
        self.rows = []
        inside = QWidget()
        inside.installEventFilter(self)
        inside.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored
        )  # its height follows from its width
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(2)
        self._add_causes(column, was_open)
        if self.content.parts:
            column.addSpacing(6)
            column.addWidget(label_of(render(Message("explain_card.made_of")), "title"))
            for part in self.content.parts:
                name = f"{part.sign} {part.label}".strip()
                role = "body" if part.depth == 0 else "muted"
                column.addWidget(figure_row(name, part.shown, role, _PART_INDENT * part.depth))
        column.addStretch(1)
        self._scroll.setWidget(inside)

    def _add_causes(self, column: QVBoxLayout, was_open: set[str]) -> None:
        said = self.content
        if said.remark:
            column.addWidget(wrapped(said.remark))
            return
        column.addWidget(label_of(said.heading, "title"))
        column.addWidget(figure_row(render(Message("explain_card.base")), said.before, "muted"))
        for term in said.terms:
            row = TermRow(self._theme, term, said.largest)
            row.followed.connect(self.followed)
            self.rows.append(row)
            column.addWidget(row)
            if term.name in was_open:
                row.set_open(True)
        column.addWidget(figure_row(render(Message("explain_card.result")), said.value, "title"))

    @property
    def _margin(self) -> int:
        return 14

    def _tool(self, icon: str, can_check: bool) -> QToolButton:
        button = QToolButton()
        button.setCheckable(can_check)
        button.setObjectName(f"explanation_{icon}")
        button.setProperty("icon_name", icon)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self.title, 1)
        top.addWidget(self.pin)
        top.addWidget(self.close_button)
        figures = QHBoxLayout()
        figures.setSpacing(10)
        figures.addWidget(self.value)
        figures.addWidget(self.change, 0, Qt.AlignmentFlag.AlignBottom)
        figures.addStretch(1)
        self._head = QVBoxLayout()
        self._head.setSpacing(4)
        self._head.addLayout(top)
        self._head.addWidget(self.where)
        self._head.addLayout(figures)
        self._head.addWidget(self.definition)
        self._head.addWidget(rule())
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(self._margin, 10, 8, 10)
        whole.setSpacing(8)
        whole.addLayout(self._head)
        whole.addWidget(self._scroll, 1)

    def _colour(self) -> None:
        restyle(self.change, role="title")
        color = {1: "good", -1: "bad", 0: "muted"}[self.content.way]
        self.change.setStyleSheet(f"color: {self._theme.tokens.color(color)};")

    def _retheme(self) -> None:
        self.setFixedWidth(self._theme.px(WIDTH))
        for button in (self.pin, self.close_button):
            button.setIcon(self._theme.icon(str(button.property("icon_name")), "text"))
        self._colour()
