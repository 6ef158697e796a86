"""Boxes that hold things: a card with a title, a chip, and what stands where there is nothing yet."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from labsim.text import say
from labsim.ui.theme import ThemeController, mixed
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.styled import CENTER, box, height_of, label_of, width_of, write


class IconLabel(QLabel):
    """An icon that keeps to the theme."""

    def __init__(self, theme: ThemeController, icon: str, color: str = "muted", size: int = 18) -> None:
        """Make it."""
        super().__init__()
        self._theme, self._icon, self._color, self._size = theme, icon, color, size
        theme.changed.connect(self._retheme)
        self._retheme()

    def set_icon(self, icon: str, color: str) -> None:
        """Show another icon."""
        self._icon, self._color = icon, color
        self._retheme()

    def _retheme(self) -> None:
        size = self._theme.px(self._size)
        self.setPixmap(self._theme.icon(self._icon, self._color, size).pixmap(QSize(size, size)))
        self.setFixedSize(size, size)


class Card(QFrame):
    """A titled box. Put widgets into `body`, small things into `head`; it may fold, and say that it is live."""

    folded = Signal(bool)

    def __init__(
        self,
        theme: ThemeController,
        title: str,
        icon: str = "",
        *,
        can_fold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty card."""
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "card")
        self.setObjectName(title.lower().replace(" ", "_") + "_card")
        self.setAccessibleName(title)
        self.title = label_of(title, "title")
        self.live = Chip(theme, "live", "good")
        self.live.hide()
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        if icon:
            self.head.addWidget(IconLabel(theme, icon))
        self.head.addWidget(self.title)
        self.head.addWidget(self.live)
        self.head.addStretch(1)
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 10, 12, 12)
        whole.setSpacing(8)
        whole.addLayout(self.head)
        whole.addWidget(self.content)
        self._fold = self._fold_button(title) if can_fold else None
        theme.changed.connect(self._retheme)
        self._retheme()

    @property
    def is_folded(self) -> bool:
        """Whether the body is hidden."""
        return self.content.isHidden()

    def set_title(self, title: str) -> None:
        """Show another title."""
        self.title.setText(title)
        self.setAccessibleName(title)

    def set_folded(self, folded: bool) -> None:
        """Hide or show the body."""
        self.content.setVisible(not folded)
        if self._fold is not None:
            self._fold.setChecked(not folded)
        self._retheme()

    def set_live(self, live: bool) -> None:
        """Say whether what the card shows follows the hand right now."""
        self.live.setVisible(live)

    def _fold_button(self, title: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "fold")
        button.setCheckable(True)
        button.setChecked(True)
        button.setAccessibleName(say("kit.show", title=title))
        button.setObjectName(f"fold_{self.objectName()}")
        button.clicked.connect(self._fold_clicked)
        self.head.addWidget(button)
        return button

    def _fold_clicked(self, shown: bool) -> None:
        self.set_folded(not shown)
        self.folded.emit(not shown)

    def _retheme(self) -> None:
        if self._fold is not None:
            self._fold.setIcon(self._theme.icon("chevron-right" if self.is_folded else "chevron-down"))


class Chip(QWidget):
    """A word in a pill, in the colour of its meaning (`muted`, `good`, `warn`, `bad`, `info`, `lab2`, …)."""

    def __init__(self, theme: ThemeController, text: str, color: str = "muted", parent: QWidget | None = None) -> None:
        """Make it."""
        super().__init__(parent)
        self._theme, self._text, self._color = theme, text, color
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def set_text(self, text: str, color: str) -> None:
        """Show another word."""
        self._text, self._color = text, color
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for the word and a dot."""
        font = self._theme.font("small")
        return QSize(round(width_of(self._text, font)) + 28, round(height_of(font)) + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill, a dot and the word."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect, color = self.rect().toRectF(), theme.tokens.color(self._color)
        fill, edge = mixed(theme.tokens.surface, color, 0.12), mixed(theme.tokens.surface, color, 0.4)
        box(painter, rect, theme.color(fill), theme.color(edge), rect.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(color))
        painter.drawEllipse(QPointF(11, rect.center().y()), 3, 3)
        write(
            painter,
            QRectF(18, 0, rect.width() - 20, rect.height()),
            self._text,
            theme.font("small"),
            theme.color("text"),
        )
        painter.end()


class EmptyState(QWidget):
    """What stands where there is nothing yet: what will be here, and how to get it. `acted` when the button is used."""

    acted = Signal()

    def __init__(self, theme: ThemeController, icon: str, title: str, text: str, action: str = "") -> None:
        """Make it; without a name for the action there is no button."""
        super().__init__()
        self.setObjectName("empty_state")
        heading, words = label_of(title, "heading"), label_of(text, "muted")
        words.setWordWrap(True)
        for label in (heading, words):
            label.setAlignment(CENTER)
        words.setMaximumWidth(theme.px(420))
        picture = IconLabel(theme, icon, "muted", 40)
        whole = QVBoxLayout(self)
        whole.setSpacing(8)
        whole.addStretch(1)
        whole.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addWidget(heading, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(words, 8)
        row.addStretch(1)
        whole.addLayout(row)
        if action:
            self.button = named_button(action, "empty_action", self.acted, kind="primary")
            whole.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(1)
