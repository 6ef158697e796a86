"""What tests of mistakes share: a hand that answers dialogs, files that are dropped, users without rights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton

from labsim.ui.desktop import Desktop
from labsim.ui.widgets.problems import ProblemsDialog

NOBODY = 65534


class Hand:
    """Reads every dialog of problems that opens, and presses the next of its ``answers`` there, at last Close.

    There is one hand at a time: a new one takes the place of the one before.
    """

    _clock = QTimer()

    def __init__(self, *answers: str) -> None:
        """Answers are object names of buttons."""
        self.told: list[str] = []
        self._answers = list(answers)
        Hand._clock.stop()
        Hand._clock = QTimer()
        Hand._clock.timeout.connect(self._look)
        Hand._clock.start(2)

    @property
    def last(self) -> str:
        """What the last dialog said."""
        return self.told[-1]

    def _look(self) -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ProblemsDialog) and dialog.isVisible():
            self.told.append(dialog.text)
            name = self._answers.pop(0) if self._answers else "problems_close"
            dialog.findChild(QPushButton, name).click()


def drop(desktop: Desktop, *files: Path) -> bool:
    """Drop files on the window as a file manager does; whether the window took them."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(90, 90), Qt.DropAction.CopyAction, mime, left, none)
    enter.ignore()
    QApplication.sendEvent(desktop.window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(desktop.window, QDropEvent(QPointF(90, 90), Qt.DropAction.CopyAction, mime, left, none))
    return enter.isAccepted()


@contextmanager
def without_rights() -> Iterator[None]:
    """Be an ordinary user for a while: the rights of files mean nothing to root."""
    if os.getuid() != 0:
        yield
        return
    os.setresgid(NOBODY, NOBODY, 0)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
