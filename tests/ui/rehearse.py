"""The rehearsal as a person plays it: one real action after the other, each click and key counted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from labsim.ui.desktop import Desktop
from labsim.ui.pages.timeline_dialogs import NameDialog
from labsim.ui.runon import RunOnDialog
from labsim.ui.widgets.tiles import KpiTile

RUN = ("60B", "30T")
"""What the coach's text asks for: the size and the tokens of the play `par`."""


class Player:
    """Hands in front of a desktop; ``actions`` counts clicks, keys that act, and typed fields."""

    def __init__(self, desktop: Desktop, qtbot: QtBot) -> None:
        """Sit down."""
        self.desktop, self.qtbot = desktop, qtbot
        self.actions = 0

    # ---- hands ------------------------------------------------------------------------------------------------------

    def named(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """The control of this accessible name that shows."""
        found = [w for w in self.desktop.window.findChildren(kind) if w.accessibleName() == name and w.isVisible()]
        assert found, f"no visible {kind.__name__} {name}"
        return found[0]

    def click(self, name: str) -> None:
        """Click a button."""
        button = self.named(name, QAbstractButton)
        assert button.isEnabled(), name
        self.actions += 1
        button.click()
        QCoreApplication.processEvents()

    def write(self, name: str, text: str) -> None:
        """Write into a field and press Enter: a click and a line."""
        edit = self.named(name, QLineEdit)
        assert isinstance(edit, QLineEdit)
        assert edit.isEnabled(), name
        self.actions += 2
        edit.setFocus()
        edit.selectAll()
        self.qtbot.keyClicks(edit, text)
        self.qtbot.keyClick(edit, Qt.Key.Key_Return)
        QCoreApplication.processEvents()

    def menu(self, key: str, answer: Callable[[QDialog], None] | None = None) -> None:
        """Choose from a menu: two clicks, and one more in the dialog that it opens."""
        self.actions += 2
        if answer is not None:
            self.actions += 1
            QTimer.singleShot(0, lambda: answer(_dialog()))
        self.desktop.window.action(key).trigger()
        QCoreApplication.processEvents()

    # ---- the fifteen steps ------------------------------------------------------------------------------------------

    def script(self) -> list[list[Callable[[], None]]]:
        """What is done in each step, in order."""
        size, tokens = RUN
        return [
            [lambda: self._why("Why runway"), lambda: self.click("Close runway")],
            [lambda: self.write("Inference percent", "46")],
            [
                lambda: self.write("Research percent", "2"),
                lambda: self.write("Training percent", "43"),
                lambda: self.write("Alignment percent", "9"),
            ],
            [self._tables],
            [lambda: self.click("End quarter")],
            [lambda: self.click("Go on")],
            [
                lambda: self.click("Model lab"),
                lambda: self.write("Active parameters", size),
                lambda: self.write("Training tokens", tokens),
                lambda: self.click("Mixture of experts"),
            ],
            [lambda: self.click("Dense"), lambda: self.click("Start this run")],
            [lambda: self.click("End quarter"), lambda: self.click("Go on"), self._run_on],
            [
                lambda: self.click("Go on"),
                lambda: self.write("Developers price", "8"),
                lambda: self.write("Developers price", "12"),
            ],
            [lambda: self.write("Reserve GPUs", "1000")],
            [self._run_on],
            [self._way_out],
            [
                lambda: self.click("Timeline"),
                self._fork,
                lambda: self.click("Model lab"),
                lambda: self.write("Active parameters", size),
                lambda: self.write("Training tokens", tokens),
                lambda: self.click("Mixture of experts"),
                lambda: self.click("Start this run"),
                self._run_on,
                lambda: self.click("Timeline"),
                self._compare,
            ],
            [lambda: self.click("Home")],
        ]

    def _why(self, name: str) -> None:
        tile = self.named(name, KpiTile)
        self.actions += 1
        self.qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)

    def _tables(self) -> None:
        self.actions += 1
        self.desktop.window.action("tables").trigger()

    def _run_on(self) -> None:
        def start(dialog: QDialog) -> None:
            assert isinstance(dialog, RunOnDialog)
            dialog.findChild(QAbstractButton, "run_on_start").click()

        self.menu("run_on", start)
        self.qtbot.waitUntil(lambda: not self.desktop.run_on.is_running)

    def _way_out(self) -> None:
        if self.desktop.window.page_key == "report":
            self.click("Go on")
        self.menu("ways_out", lambda dialog: dialog.findChild(QAbstractButton, "try_raise_prices").click())

    def _fork(self) -> None:
        timeline = self.desktop.timeline
        session = self.desktop.game.session
        self.actions += 1
        timeline.select(session.path()[1].id)
        self.click("Fork here")
        dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, NameDialog) and w.isVisible())
        self.actions += 1
        dialog.accept()
        QCoreApplication.processEvents()

    def _compare(self) -> None:
        for box in self.desktop.timeline.tree.boxes:
            if not box.isChecked():
                self.actions += 1
                box.click()
        QCoreApplication.processEvents()
        self.click("Compare")


def _dialog() -> QDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    return dialog
