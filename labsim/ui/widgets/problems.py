"""How is it told what does not work? What is wrong and what to do, everything at once, with the ways on as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from labsim.errors import Problem
from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.styled import ElidedLabel, wrapped

Offer = tuple[str, str]
"""A way on: its key, and what its button says."""


class ProblemsDialog(QDialog):
    """A title, every problem, a button for each way on; ``chosen`` is the key of the one that was used."""

    def __init__(
        self,
        theme: ThemeController,
        title: str,
        problems: Sequence[Problem],
        offers: Sequence[Offer] = (),
        parent: QWidget | None = None,
        close: str = "",
    ) -> None:
        """Make it; the caller shows it. ``close`` is what the button says that does nothing else."""
        super().__init__(parent)
        self._theme, self.chosen = theme, ""
        self.text = "\n".join((title, *(str(problem) for problem in problems)))
        self.setWindowTitle(title)
        self.setObjectName("problems_dialog")
        column = QVBoxLayout(self)
        column.addStrut(theme.px(472))
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconLabel(theme, "triangle-alert", "warn", 24))
        head.addWidget(wrapped(title, "heading"), 1)
        column.addLayout(head)
        if len(problems) == 1:
            self._tell_one(column, problems[0])
        elif problems:
            self._list_all(column, problems)
        column.addLayout(self._foot(offers, close or say("failure.close")))

    def _tell_one(self, column: QVBoxLayout, problem: Problem) -> None:
        column.addWidget(wrapped(_sentence(problem.what), "body"))
        if problem.remedy:
            column.addWidget(wrapped(_sentence(problem.remedy), "muted"))
        column.addWidget(ElidedLabel(problem.where, "small"))
        column.addStretch(1)

    def _list_all(self, column: QVBoxLayout, problems: Sequence[Problem]) -> None:
        column.addWidget(wrapped(say("trouble.several", count=len(problems)), "body"))
        self.list = QPlainTextEdit(
            "\n\n".join(f"{p.where}\n{_sentence(p.what)} {_sentence(p.remedy)}" for p in problems)
        )
        self.list.setReadOnly(True)
        self.list.setAccessibleName(say("trouble.problems"))
        self.list.setObjectName("problems_list")
        column.addWidget(self.list, 1)
        self.resize(self._theme.px(640), self._theme.px(440))

    def _foot(self, offers: Sequence[Offer], words: str) -> QHBoxLayout:
        foot = QHBoxLayout()
        copy = named_button(say("kit.copy"), "problems_copy")
        copy.clicked.connect(lambda: self._copy(copy))
        foot.addWidget(copy)
        foot.addStretch(1)
        buttons = [named_button(words, "problems_close", self.reject)]
        for key, words in reversed(offers):  # the best way on stands last, where the hand expects it
            buttons.append(named_button(words, f"offer_{key}", lambda _=False, key=key: self._choose(key)))
        buttons[-1].setProperty("kind", "primary")
        buttons[-1].setDefault(True)
        for button in buttons:
            foot.addWidget(button)
        return foot

    def _choose(self, key: str) -> None:
        self.chosen = key
        self.accept()

    def _copy(self, button: QPushButton) -> None:
        QGuiApplication.clipboard().setText(self.text)
        button.setText(say("failure.copied"))


def _sentence(text: str) -> str:
    """A part of a problem as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".") if text else ""
