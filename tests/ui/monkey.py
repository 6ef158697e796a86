"""A monkey at the desktop: it clicks, drags and types at random until it has played so many quarters.

It finds what it can use by itself: whatever is visible and enabled in the window, the dialog or the menu in front.
When it closes the window, or has played for a while, the program is started again, as a process of its own.
Run by hand with `python -m tests.ui.monkey --seed 7 --quarters 200 --folder /tmp/monkey`, in an empty folder; it ends
with 1 at the first exception, warning of Qt or hang, and says which seed and which last steps led there.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import resource
import subprocess
import sys
import time
import traceback
from collections import deque
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from labsim.store.games import games_folder, list_games
from labsim.ui import choosing
from labsim.ui.app import make_desktop
from labsim.ui.runon import RunOnDialog
from tests.ui.hands import drop
from tests.ui.paws import Paws

ROOT = Path(__file__).resolve().parents[2]
HANG = 120.0
"""Seconds after which one step counts as a hang; a machine that is short of memory was seen to stand still for 75."""
PATIENCE = 8
"""Steps that the monkey may spend in one quarter before it is led to the button that ends it, or to the run of many."""
MOST_RUN = 12
"""Quarters that it lets pass at most when it lets them pass by themselves."""
MOST_OPEN = 12
"""Steps that it may spend in dialogs and menus on end before they are closed."""
LIFE = 80
"""Quarters that it plays in one process."""
LOOKS = ("switch_theme", "larger", "smaller", "normal_size")
SIZES = ((1280, 720), (1920, 1080), (800, 600), (640, 480), (2560, 1440), (1366, 768))
HARMLESS = ("This plugin does not support",)


class Monkey:
    """Random steps from one seed, driven by the event loop so that dialogs that wait are used as well."""

    def __init__(self, folder: Path, seed: str, quarters: int) -> None:
        """Open a desktop; ``quarters`` is how many are to be played here."""
        self.folder, self.seed, self.wanted = folder, seed, quarters
        self.dice = random.Random()
        self.found: list[str] = []  # what went wrong
        self.steps: deque[str] = deque(maxlen=40)
        self.count = self.since_quarter = self.open_for = self.played = 0
        self.is_led = False  # to a run of quarters
        self.longest = (0.0, "")
        self.paws = Paws(self.dice, self._say)
        self.desktop = make_desktop(folder / "settings.ini", games_folder())
        self.desktop.window.show()
        self.desktop.complete()
        self.desktop.game.turned.connect(self._turned)
        self.turns = {game.path: game.turns for game in list_games()}

    def step(self) -> None:
        """Do one thing. The next one is asked for first: this one may wait in a dialog until another closes it."""
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        is_closed = front is None and not self.desktop.window.isVisible()
        if self.found or self.played >= self.wanted or is_closed:
            self._leave()
            return
        QTimer.singleShot(0, self.step)
        faulthandler.dump_traceback_later(HANG, exit=True)
        self.count += 1
        self.dice.seed(f"{self.seed}.{self.count}")  # a forecast that comes at another moment shifts no later step
        count, began = self.count, time.monotonic()
        try:
            self._act(front)
        except Exception:  # told with the steps that led here, as whatever a slot raises
            self.found.append(traceback.format_exc())
        took = time.monotonic() - began
        if took > self.longest[0] and self.count == count:  # a dialog lasts as long as the steps in it
            self.longest = (took, self.steps[-1])

    def _act(self, front: QWidget | None) -> None:
        self.open_for = self.open_for + 1 if front is not None else 0
        self.since_quarter += 1
        if front is not None and self.open_for > MOST_OPEN:
            self._say("close", front)
            front.reject() if isinstance(front, QDialog) else front.close()
            self.open_for = 0
        elif self.is_led and isinstance(front, RunOnDialog):
            self._run_on(front)
        elif self.since_quarter > PATIENCE and front is None:
            self._lead_on()
        elif front is None and self.dice.random() < 0.1:
            self._window()
        else:
            self.paws.act(front or self.desktop.window)

    def _lead_on(self) -> None:
        """End the quarter, or begin or open a game when none is there to go on with."""
        desktop = self.desktop
        self.since_quarter = PATIENCE // 2
        if not desktop.game.is_open or desktop.game.is_over:
            self._another_game()
            return
        key = self.dice.choice(("end_quarter", "run_on"))
        self._say(f"led to {key}", desktop.window)
        self.is_led = True
        desktop.window.action(key).trigger()
        self.is_led = False

    def _another_game(self) -> None:
        desktop, files = self.desktop, sorted(self.turns)
        if files and self.dice.random() < 0.3:
            file = self.dice.choice(files)
            self._say(f"open {file.name}", desktop.window)
            desktop.open_file(file)
            return
        desktop.show_home()
        card = self.dice.choice(list(desktop.home.cards.values()))
        self._say(f"new game {card.name}", desktop.window)
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
        desktop.home.seed.setValue(self.dice.randrange(1, 999))
        QTest.mouseClick(desktop.home.play, Qt.MouseButton.LeftButton)

    def _run_on(self, dialog: RunOnDialog) -> None:
        """Let some quarters pass, whatever happens in them."""
        self.is_led = False
        for box in dialog.boxes.values():
            if box.isChecked():
                box.click()
        dialog.most.setValue(self.dice.randint(2, MOST_RUN))
        self._say(f"run on {dialog.most.value()}", dialog)
        QTest.mouseClick(dialog.findChild(QAbstractButton, "run_on_start"), Qt.MouseButton.LeftButton)

    def _window(self) -> None:
        """What happens to a window as a whole: another size, theme, size of writing, a file dropped on it."""
        window, what = self.desktop.window, self.dice.randrange(16)
        if what == 0:
            size = self.dice.choice(SIZES)
            self._say(f"resize {size}", window)
            window.resize(*size)
        elif what == 1 and self.dice.random() < 0.3:  # a second each: few of them
            self._say("another theme or text size", window)
            window.action(self.dice.choice(LOOKS)).trigger()
        elif what == 2:
            files = [*self.turns, self.folder / "drops" / "text.txt", self.folder / "drops" / "half.labsim"]
            names = self.dice.sample(files, min(len(files), self.dice.choice((1, 1, 2))))
            self._say(f"drop {[name.name for name in names]}", window)
            drop(self.desktop, *names)
        else:
            seldom = ("quit",) if self.dice.random() < 0.7 else ()  # a start takes as long as ten quarters
            able = [key for key, action in window.actions_by_key.items() if action.isEnabled()]
            key = self.dice.choice([key for key in able if key not in (*LOOKS, *seldom)])
            self._say(f"action {key}", window)
            window.action(key).trigger()

    def _turned(self) -> None:
        game = self.desktop.game
        if not game.is_open or game.file is None:
            return
        turns = len(game.session.nodes()) - 1
        if turns > self.turns.get(game.file, 0):
            self.played += turns - self.turns.get(game.file, 0)
            self.since_quarter = 0
        self.turns[game.file] = turns

    def _leave(self) -> None:
        faulthandler.cancel_dump_traceback_later()
        QApplication.exit()
        while (front := QApplication.activePopupWidget() or QApplication.activeModalWidget()) is not None:
            front.close()
        self.desktop.window.close()

    def _say(self, what: str, widget: QWidget) -> None:
        name = widget.accessibleName() or widget.objectName()
        self.steps.append(f"{self.count}: {what} on {type(widget).__name__} {name}")


def live(folder: Path, seed: str, quarters: int) -> int:
    """Let a monkey play in this process; 0 when nothing went wrong, and what it did on the standard output."""
    wrong: list[str] = []

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        wrong.append("".join(traceback.format_exception(kind, error, trace)))

    def told(kind: QtMsgType, _context: object, words: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not words.startswith(HARMLESS):
            wrong.append(f"Qt: {words}\n{''.join(traceback.format_stack(limit=8))}")

    for name in ("file_to_open", "file_to_save", "new_file", "folder_for", "open_link"):
        setattr(choosing, name, lambda *_: None)  # windows of the system are nobody's to click here
    sys.excepthook = hook
    qInstallMessageHandler(told)
    monkey = Monkey(folder, seed, quarters)
    monkey.found = wrong
    QTimer.singleShot(0, monkey.step)
    QApplication.exec()
    qInstallMessageHandler(None)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"seed {seed}: {monkey.played} quarters, {monkey.count} steps, {memory} MB, ")
    sys.stdout.write(f"slowest step {monkey.longest[0]:.2f} s ({monkey.longest[1]})\n")
    if wrong:
        sys.stdout.write("\n".join(["what went wrong:", *wrong, "the last steps:", *monkey.steps, f"seed {seed}\n"]))
    return 1 if wrong else 0


def play(folder: Path, seed: int, quarters: int) -> int:
    """Let a monkey play, in one process after another, until the files hold so many quarters; 0 when all went well."""
    inside = folder / "a" / "b" / "c"  # paths that are typed, such as ../../etc, stay in the folder
    inside.mkdir(parents=True)
    (folder / "drops").mkdir()
    (folder / "home").mkdir()  # what is exported without a folder
    (folder / "drops" / "text.txt").write_text("no game", encoding="utf-8")
    (folder / "drops" / "half.labsim").write_bytes(b"SQLite format 3\0" + bytes(600))
    os.environ |= {"LABSIM_GAMES": str(folder / "games"), "HOME": str(folder / "home"), "PYTHONPATH": str(ROOT),
                   "QT_QPA_PLATFORM": "offscreen"}  # fmt: skip
    life = 0
    while (left := quarters - sum(game.turns for game in list_games())) > 0:
        life += 1
        command = [sys.executable, "-m", "tests.ui.monkey", "--seed", str(seed), "--life", str(life),
                   "--quarters", str(min(left, LIFE)), "--folder", str(folder)]  # fmt: skip
        ended = subprocess.run(command, cwd=inside, check=False).returncode
        if ended:
            sys.stdout.write(f"life {life} of seed {seed} ended with {ended}\n")
            return 1
    return 0


def main() -> int:
    """Read the command line and play."""
    parser = argparse.ArgumentParser(description="A monkey at the desktop.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quarters", type=int, default=200)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--life", type=int, default=0, help="which process this is; 0: the one that starts the others")
    given = parser.parse_args()
    folder = given.folder.resolve()
    faulthandler.enable()
    if given.life:
        return live(folder, f"{given.seed}.{given.life}", given.quarters)
    return play(folder, given.seed, given.quarters)


if __name__ == "__main__":
    sys.exit(main())
