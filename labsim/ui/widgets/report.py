"""What is shown when our own mistake stops something: said plainly, with the text that helps us mend it."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.styled import label_of


class ReportDialog(QDialog):
    """A dialog with a title, a sentence and a text that can be copied."""

    def __init__(
        self, theme: ThemeController, title: str, message: str, details: str, parent: QWidget | None = None
    ) -> None:
        """Make it; the caller shows it."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setObjectName("report_dialog")
        self.resize(theme.px(680), theme.px(420))
        heading, sentence = label_of(title, "heading"), label_of(message)
        sentence.setWordWrap(True)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setAccessibleName(say("failure.report"))
        self.details.setObjectName("report_text")
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy_button, self.close_button = QPushButton(say("failure.copy_report")), QPushButton(say("failure.close"))
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.accept)
        self.close_button.setProperty("kind", "primary")
        self.close_button.setDefault(True)
        for button in (self.copy_button, self.close_button):
            button.setAccessibleName(button.text())
            button.setObjectName(button.text().lower().replace(" ", "_"))
        top, foot = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(IconLabel(theme, "octagon-alert", "bad", 24))
        top.addWidget(heading, 1)
        foot.addStretch(1)
        foot.addWidget(self.copy_button)
        foot.addWidget(self.close_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addLayout(top)
        whole.addWidget(sentence)
        whole.addWidget(self.details, 1)
        whole.addLayout(foot)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details.toPlainText())
        self.copy_button.setText(say("failure.copied"))
