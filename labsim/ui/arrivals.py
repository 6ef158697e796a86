"""How does a file become what is played? Games are opened, scenarios started, damaged games recovered; else it is told.

Whatever goes wrong leaves the open game as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from labsim.errors import BadInput, BadWorld, LabsimError, Problem
from labsim.scenario import load_scenario
from labsim.store.connect import Damaged
from labsim.store.games import autosave_path
from labsim.store.salvage import Salvage, salvage
from labsim.store.saves import SUFFIX
from labsim.text import say
from labsim.ui.controllers.game import GameController
from labsim.ui.files import name_of
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.styled import label_of
from labsim.ui.window import MainWindow
from labsim.ui.worker import Progress, Task

SCENARIO_SUFFIX = ".toml"


class Arrivals:
    """Opens what is named, dropped or chosen. ``opened`` is called with a game's file once it is there."""

    def __init__(
        self,
        window: MainWindow,
        game: GameController,
        start: Callable[[str, str, int], None],
        opened: Callable[[Path], None],
        may_leave: Callable[[], bool],
    ) -> None:
        """``start`` begins a scenario as a lab with a seed; ``may_leave`` asks whether the open game may be left."""
        self._window, self._game, self._start, self._opened, self._may_leave = window, game, start, opened, may_leave

    def open_all(self, names: Sequence[str]) -> None:
        """Open the first file that can be a game or a scenario; the others are named as left out."""
        files = [Path(name) for name in names]
        likely = [file for file in files if _suffix(file) in (SUFFIX, SCENARIO_SUFFIX)] or files
        if self.open(likely[0]) and len(files) > 1:
            others = ", ".join(name_of(file) for file in files if file is not likely[0])
            self._window.toast.say(say("trouble.one_at_a_time", file=name_of(likely[0]), others=others), can_undo=False)

    def open(self, file: Path) -> bool:
        """Open a game or start a scenario; whether that worked."""
        if file.is_dir():
            problem = Problem(str(file), say("trouble.folder"), say("trouble.folder_remedy"))
            return self._refuse("trouble.not_opened", file, BadWorld(problem))
        if _suffix(file) == SCENARIO_SUFFIX:
            return self.begin(file)
        if _suffix(file) == SUFFIX:
            return self.open_game(file)
        problem = Problem(str(file), say("trouble.neither"), say("trouble.neither_remedy"))
        return self._refuse("trouble.not_opened", file, BadInput(problem))

    def begin(self, file: Path) -> bool:
        """Start the scenario of a file as the lab that it proposes; every problem of a bad one is told."""
        try:
            scenario = load_scenario(file)
        except LabsimError as error:
            return self._refuse("trouble.not_started", file, error)
        self._start(str(file), scenario.default_seat, 1)
        return True

    def open_game(self, file: Path) -> bool:
        """Open a saved game; a damaged one may be recovered into a new file."""
        if not self._may_leave():
            return False
        try:
            self._game.open(file)
        except Damaged as error:
            self._offer_recovery(file, error)
            return False
        except LabsimError as error:
            return self._refuse("trouble.not_opened", file, error)
        self._opened(file)
        return True

    def _refuse(self, key: str, file: Path, error: LabsimError) -> bool:
        self._window.tell(say(key, file=name_of(file)), error.problems)
        return False

    # ---- damaged games ----------------------------------------------------------------------------------------------

    def _offer_recovery(self, file: Path, error: Damaged) -> None:
        found = error.problems[0]
        told = Problem(found.where, found.what, say("trouble.recovery"))
        title = say("trouble.damaged", file=name_of(file))
        if self._window.tell(title, [told], [("recover", say("trouble.recover"))]) == "recover":
            self.recover(file)

    def recover(self, file: Path) -> None:
        """Play what can be read of a damaged game into a new one, which is then opened."""
        try:
            target = autosave_path(say("trouble.recovered_name", file=file.stem))
        except LabsimError as error:
            self._refuse("trouble.not_recovered", file, error)
            return
        dialog = RecoveryDialog(self._window.theme, file, target, self._window)
        self._window.ask(dialog)
        if isinstance(dialog.found, Salvage):
            self._recovered(file, target, dialog.found)
        elif isinstance(dialog.found, LabsimError):
            self._refuse("trouble.not_recovered", file, dialog.found)

    def _recovered(self, file: Path, target: Path, found: Salvage) -> None:
        if not self.open_game(target):
            return
        values = {"file": name_of(file), "quarters": found.turns, "new": name_of(target)}
        if not found.lost:
            self._window.toast.say(say("trouble.recovered", **values), can_undo=False)
            return
        lost = [Problem(name_of(file), say("trouble.lost", what=words), "") for words in found.lost]
        self._window.tell(say("trouble.recovered", **values), lost)


class RecoveryDialog(QDialog):
    """Shows that a game is being recovered, and can stop it; ``found`` is what came of it, None when stopped."""

    def __init__(self, theme: ThemeController, file: Path, target: Path, parent: QWidget) -> None:
        """Begin at once, on a thread of its own."""
        super().__init__(parent)
        self.found: object = None
        self.setWindowTitle(say("trouble.recovering", file=name_of(file)))
        self.setObjectName("recovery_dialog")
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setAccessibleName(self.windowTitle())
        stop = named_button(say("trouble.stop"), "recovery_stop", self.reject)
        column = QVBoxLayout(self)
        column.addStrut(theme.px(372))
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        for widget in (label_of(self.windowTitle(), "title"), bar, stop):
            column.addWidget(widget)
        self._task = Task(lambda progress: _recover(file, target, progress), self)
        self._task.done.connect(self._done)
        self._task.failed.connect(self._failed)
        self._task.start()

    def done(self, result: int) -> None:
        """Stop the work, if it is not over, and close."""
        self._task.shutdown()
        super().done(result)

    def _done(self, found: object) -> None:
        self.found = found
        self.accept()

    def _failed(self, words: str) -> None:
        self.reject()
        raise RuntimeError(words)  # our own mistake: the window reports it


def _recover(file: Path, target: Path, progress: Progress) -> object:
    """On the worker's thread: what was recovered; a known error is handed back."""
    try:
        return salvage(file, target, is_stopped=lambda: progress.is_cancelled)
    except LabsimError as error:
        return error


def _suffix(file: Path) -> str:
    return file.suffix.lower()
