"""How does one choose among sentences? A button whose words wrap, with a ring that is filled when it is chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.styled import label_of


class ChoiceButton(QPushButton):
    """One sentence to choose, and a small remark under it. What it shows is its accessible name."""

    def __init__(self, theme: ThemeController, key: str) -> None:
        """Make an empty button."""
        super().__init__()
        self.setObjectName(key)
        self.setProperty("kind", "choice")
        self.setCheckable(True)
        self._ring = IconLabel(theme, "circle", "muted", 16)
        self.words, self.remark = label_of(""), label_of("", "small")
        column = QVBoxLayout()
        column.setSpacing(1)
        for label in (self.words, self.remark):
            label.setWordWrap(True)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self._ring, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_choice(self, words: str, remark: str, is_chosen: bool) -> None:
        """Show a sentence, what is to be said of it, and whether it is the one chosen."""
        self.words.setText(words)
        self.remark.setText(remark)
        self.remark.setVisible(bool(remark))
        self.setChecked(is_chosen)
        self._ring.set_icon("circle-check" if is_chosen else "circle", "accent" if is_chosen else "muted")
        self.setAccessibleName(words)
        self.setAccessibleDescription(remark)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for what the words need."""
        return self.layout().sizeHint()  # type: ignore[union-attr]

    def minimumSizeHint(self) -> QSize:
        """Let the words wrap."""
        return self.layout().minimumSize()  # type: ignore[union-attr]

    def heightForWidth(self, width: int) -> int:
        """Ask for as many lines as the words need."""
        return self.layout().heightForWidth(width)  # type: ignore[union-attr]

    def nextCheckState(self) -> None:
        """What is chosen follows from the order, not from the click."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
