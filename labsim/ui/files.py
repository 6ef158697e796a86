"""How do files come into the window? Dropped on it, or from the list of those opened lately."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu

from labsim.text import say
from labsim.ui.controllers.settings import SettingsController

LONGEST_NAME = 40
"""Letters of a file's name that are shown; a longer one would widen the window."""


def name_of(file: Path) -> str:
    """Return a file's name to be told, a long one without its middle."""
    name, half = file.name, LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


class FileDrop(QObject):
    """Takes files that are dropped on a window: `dropped(paths)`. What they are is told by whoever opens them."""

    dropped = Signal(list)

    def __init__(self, window: QMainWindow) -> None:
        """Listen to a window."""
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say yes to files; a file that cannot be opened is better told about than refused without a word."""
        if isinstance(event, QDragMoveEvent) and event.type() in (QEvent.Type.DragEnter, QEvent.Type.DragMove):
            if _files(event):
                event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            found = _files(event)
            if found:
                event.acceptProposedAction()
                # Later: a dialog now would stop the other program.
                QTimer.singleShot(0, self, lambda: self.dropped.emit(found))
            return True
        return False


def _files(event: QDropEvent) -> list[str]:
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]


class RecentMenu(QMenu):
    """The games opened lately, the last one first: `chosen(path)`."""

    chosen = Signal(str)

    def __init__(self, settings: SettingsController, window: QMainWindow) -> None:
        """Make a menu that reads the list when it is shown."""
        super().__init__(say("window.open_recent"), window)
        self.setObjectName("recent_menu")
        self._settings = settings
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Read the list anew."""
        self.clear()
        for number, name in enumerate(self._settings.recent, 1):
            action = self.addAction(f"&{number % 10} {Path(name).stem}")
            action.setToolTip(name)
            action.triggered.connect(partial(self.chosen.emit, name))
        if self.isEmpty():
            self.addAction(say("window.no_game_yet")).setEnabled(False)
