"""How do quarters pass by themselves? Choose what stops them; they are played one by one and each is on disk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QGridLayout, QVBoxLayout, QWidget

from labsim.play.session import Session
from labsim.play.stops import CONDITIONS, MOST_QUARTERS, USUAL, Moment, reason_to_stop
from labsim.text import render, say
from labsim.ui.controllers.game import GameController
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import foot_buttons
from labsim.ui.widgets.still import StillSpinBox
from labsim.ui.widgets.styled import label_of

_WORDS_WIDTH = 640  # pixels at normal text size; game choice


class RunOnDialog(QDialog):
    """Which conditions stop, and after how many quarters at the latest."""

    def __init__(self, theme: ThemeController, parent: QWidget) -> None:
        """Tick the usual conditions."""
        super().__init__(parent)
        self.setWindowTitle(say("run_on.run_until"))
        self.setObjectName("run_on_dialog")
        self.most = StillSpinBox()
        self.most.setRange(1, 40)
        self.most.setValue(MOST_QUARTERS)
        self.most.setAccessibleName(say("run_on.quarters_most"))
        self.most.setObjectName("most_quarters")
        self.boxes = {condition.key: self._box(condition.key) for condition in CONDITIONS}
        column = QVBoxLayout(self)
        column.setSpacing(10)
        words = label_of(say("run_on.standing_orders_carried"), "muted")
        words.setWordWrap(True)
        words.setMinimumWidth(theme.px(_WORDS_WIDTH))
        column.addWidget(words)
        grid = QGridLayout()
        for number, box in enumerate(self.boxes.values()):
            grid.addWidget(box, number // 2, number % 2)
        column.addLayout(grid)
        row = QGridLayout()
        name = label_of(say("run_on.quarters_most"))
        name.setBuddy(self.most)
        row.addWidget(name, 0, 0)
        row.addWidget(self.most, 0, 1)
        row.setColumnStretch(2, 1)
        column.addLayout(row)
        buttons = foot_buttons(QDialogButtonBox.StandardButton.Cancel, say("run_on.run"), "run_on_start")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    @property
    def ticked(self) -> frozenset[str]:
        """The conditions that are ticked."""
        return frozenset(key for key, box in self.boxes.items() if box.isChecked())

    def _box(self, key: str) -> QCheckBox:
        condition = next(c for c in CONDITIONS if c.key == key)
        box = QCheckBox(render(condition.label))
        box.setAccessibleName(box.text())
        box.setObjectName(f"stop_{key}")
        box.setChecked(condition.is_always_on or key in USUAL)
        box.setEnabled(not condition.is_always_on)
        if condition.is_always_on:
            box.setToolTip(say("run_on.always"))
        return box


class RunOn(QObject):
    """Plays quarter after quarter between other events of the window. `stopped(reason)` at the end."""

    stopped = Signal(str)

    def __init__(self, game: GameController, end_quarter: Callable[[], bool]) -> None:
        """``end_quarter`` plays one quarter and says whether that worked."""
        super().__init__(game)
        self._game, self._end_quarter = game, end_quarter
        self._ticked: frozenset[str] = frozenset()
        self._left = 0
        self._session: Session | None = None

    @property
    def is_running(self) -> bool:
        """Whether quarters are passing."""
        return self._left > 0

    def start(self, ticked: frozenset[str], most: int) -> None:
        """Begin; at most so many quarters pass."""
        self._ticked, self._left, self._session = ticked, most, self._game.session
        QTimer.singleShot(0, self, self._step)

    def stop(self) -> None:
        """Stop before the next quarter."""
        self._left = 0

    def _step(self) -> None:
        if not self._game.is_open or self._game.session is not self._session:  # another game was opened meanwhile
            self._left = 0
            return
        if self._left <= 0 or self._game.is_over or not self._end_quarter():
            self._finish("")
            return
        self._left, self._session = self._left - 1, self._game.session  # the game may go on in another file
        records = self._game.records
        before = records[-2] if len(records) > 1 else None
        reason = reason_to_stop(Moment(before, records[-1], self._game.scenario, self._game.seat), self._ticked)
        if reason is not None:
            self._finish(render(reason))
        elif self._left == 0 or self._game.is_over:
            self._finish("")
        else:
            QTimer.singleShot(0, self, self._step)

    def _finish(self, reason: str) -> None:
        self._left = 0
        self.stopped.emit(reason)
