"""How is a branch named? One line, with what it means and why a name cannot be taken."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from labsim.errors import LabsimError
from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import foot_buttons
from labsim.ui.widgets.styled import label_of


class NameDialog(QDialog):
    """Asks for a name and hands it on; what refuses it is told below the line, and the dialog stays."""

    def __init__(
        self, theme: ThemeController, parent: QWidget, title: str, words: str, name: str, take: Callable[[str], None]
    ) -> None:
        """``take`` does the work with the name; it raises LabsimError when it cannot."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setObjectName("name_dialog")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._take = take
        self.edit = QLineEdit(name)
        self.edit.setAccessibleName(say("timeline.branch_name"))
        self.edit.setObjectName("branch_name")
        self.edit.selectAll()
        self.problem = label_of("", "bad")
        self.problem.setWordWrap(True)
        self.problem.hide()
        said = label_of(words, "muted")
        said.setWordWrap(True)
        said.setVisible(bool(words))
        label = label_of(say("timeline.branch_name"))
        label.setBuddy(self.edit)
        buttons = foot_buttons(QDialogButtonBox.StandardButton.Cancel, title, "name_done")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (said, label, self.edit, self.problem, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(theme.px(420))

    def accept(self) -> None:
        """Take the name, or say why it cannot be taken."""
        try:
            self._take(self.edit.text())
        except LabsimError as error:
            first = error.problems[0]
            self.problem.setText(f"{first.what[:1].upper()}{first.what[1:]}; {first.remedy}.")
            self.problem.show()
            return
        super().accept()
