"""What when a game cannot be written? A banner that stays, the orders kept in memory, and three ways on.

Try again, go on in another file, or leave knowing what is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from labsim.errors import BadWorld, LabsimError
from labsim.store.games import autosave_path
from labsim.store.saves import SUFFIX
from labsim.text import say
from labsim.ui import choosing
from labsim.ui.controllers.game import GameController
from labsim.ui.files import name_of
from labsim.ui.widgets.line import read_typed
from labsim.ui.widgets.messages import Banner
from labsim.ui.widgets.problems import Offer
from labsim.ui.window import MainWindow


class Troubles:
    """Watches whether changes reach the file of the open game, and says so when they do not."""

    def __init__(self, window: MainWindow, game: GameController, keep_note: Callable[[], None]) -> None:
        """``keep_note`` writes down the note that is being written; it raises LabsimError when it cannot."""
        self._window, self._game, self._keep_note = window, game, keep_note
        words = [say(f"trouble.{key}") for key in ("again", "elsewhere", "copy")]
        self.unsaved = Banner(window.theme, "bad", "", "-", words[0], words[1], can_dismiss=False)
        self.read_only = Banner(window.theme, "warn", "", "-", words[0], words[2])
        for banner in (self.unsaved, self.read_only):
            banner.hide()
            window.notices.addWidget(banner)
        self.unsaved.acted.connect(self.save_again)
        self.unsaved.other.connect(self.save_elsewhere)
        self.read_only.acted.connect(self.open_again)
        self.read_only.other.connect(self.play_copy)
        game.saving.connect(self._show)
        game.opened.connect(self._show)

    # ---- asking -----------------------------------------------------------------------------------------------------

    def carry_out(self, work: Callable[[], object]) -> bool:
        """Do what plays a quarter, again or in another file as long as the person wants; whether it worked."""
        while True:
            try:
                work()
                return True
            except LabsimError as error:
                chosen = self._window.tell(
                    say("trouble.not_played"), error.problems, self._offers(isinstance(error, BadWorld))
                )
            if chosen == "elsewhere" and not self.save_elsewhere():
                return False
            if chosen == "copy" and not self.play_copy():
                return False
            if not chosen:
                return False

    def may_leave(self) -> bool:
        """Whether the game may be closed: nothing is unwritten, or the person says so."""
        read_typed()
        while self._game.is_open:
            error = self._unwritten()
            if error is None:
                return True
            leave = ("leave", say("trouble.leave"))
            title = say("trouble.leaving", file=self._name())
            chosen = self._window.tell(title, error.problems, [*self._offers(True), leave], say("trouble.stay"))
            if chosen in ("leave", ""):
                return chosen == "leave"
            if chosen == "elsewhere":
                self.save_elsewhere()
        return True

    def _unwritten(self) -> LabsimError | None:
        """Why something of this game is in memory only, after another try."""
        try:
            self._keep_note()
        except LabsimError as error:
            return error
        if self._game.unsaved is not None:
            self._game.put_draft(self._game.session.draft)
        return self._game.unsaved

    def _offers(self, is_world: bool) -> list[Offer]:
        if not is_world:
            return []
        keys = ("again", "elsewhere") if self._game.can_write else ("copy",)
        return [(key, say(f"trouble.{key}")) for key in keys]

    # ---- ways on ----------------------------------------------------------------------------------------------------

    def save_again(self) -> None:
        """Write the orders down, now that there may be room."""
        self._game.put_draft(self._game.session.draft)
        if self._game.unsaved is None:
            self._window.toast.say(say("trouble.saved", file=self._name()), can_undo=False)

    def save_elsewhere(self) -> bool:
        """Choose another file and go on in it; whether that worked."""
        assert self._game.file is not None
        title, kinds = say("trouble.choose"), say("window.games_filter")
        file = choosing.new_file(self._window, title, self._game.file, kinds)
        return file is not None and self._go_on_in(file.with_suffix(SUFFIX))

    def play_copy(self) -> bool:
        """Go on in a copy in the folder of games; whether that worked."""
        assert self._game.file is not None
        stem = self._game.file.stem
        return self._try(
            lambda: self._game.go_on_in(autosave_path(say("trouble.copy_name", file=stem))), tell="trouble.copied"
        )

    def open_again(self) -> None:
        """Open the file anew, as when the other window has let go of it."""
        self._try(self._game.open_again)

    def _go_on_in(self, file: Path) -> bool:
        return self._try(lambda: self._game.go_on_in(file), tell="trouble.saved")

    def _try(self, work: Callable[[], object], tell: str = "") -> bool:
        try:
            work()
        except LabsimError as error:
            self._window.refuse(error)
            return False
        if tell:
            self._window.toast.say(say(tell, file=self._name()), can_undo=False)
        return True

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        game, error = self._game, self._game.unsaved
        values = {"file": self._name()}
        if error is not None:
            problem = error.problems[0]
            values |= {"what": problem.what, "remedy": problem.remedy}
            title, text = (say(f"trouble.{key}", **values) for key in ("unsaved", "unsaved_text"))
            self.unsaved.set_message("bad", title, text)
        self.unsaved.setVisible(error is not None)
        is_read_only = game.is_open and not game.can_write
        if is_read_only:
            values["what"] = game.journal.why_read_only
            title, text = (say(f"trouble.{key}", **values) for key in ("read_only", "read_only_text"))
            self.read_only.set_message("warn", title, text)
        self.read_only.setVisible(is_read_only)

    def _name(self) -> str:
        return name_of(self._game.file) if self._game.file is not None else ""
