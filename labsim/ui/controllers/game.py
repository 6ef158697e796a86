"""Which game is open, and where does it stand? Opens, plays and closes games; tells everybody once a turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labsim import formats
from labsim.errors import BadWorld
from labsim.model.world import World
from labsim.play.explainer import explainer_of
from labsim.play.happenings import Happening, happenings
from labsim.play.journal import Draft
from labsim.play.session import Session
from labsim.play.turn import TurnRecord, rival_rows, skill_of_rivals
from labsim.scenario import Scenario, load_scenario
from labsim.store.saves import Save, new_save, open_save
from labsim.text import say


class GameController(QObject):
    """The open game. `opened` when another one (or none) is there, `turned` when the quarter in play is another."""

    opened = Signal()
    turned = Signal()
    said = Signal(str)  # something to tell in passing
    saving = Signal()  # whether changes reach the file is not what it was

    def __init__(self, new_file: Callable[[Scenario], Path], parent: QObject | None = None) -> None:
        """Without a game; ``new_file`` says where the file of a new game goes."""
        super().__init__(parent)
        self._new_file = new_file
        self.file: Path | None = None
        self.unsaved: BadWorld | None = None  # why the last change did not reach the file; it holds in memory
        self._session: Session | None = None
        self.journal: Save
        self._records: Sequence[TurnRecord] = ()

    # ---- reading ----------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether a game is open."""
        return self._session is not None

    @property
    def can_write(self) -> bool:
        """Whether a game is open that may be played on."""
        return self._session is not None and self._session.can_write

    @property
    def session(self) -> Session:
        """The open game; ask only while one is open."""
        assert self._session is not None, "no game is open"
        return self._session

    @property
    def scenario(self) -> Scenario:
        """What is being played."""
        return self.session.scenario

    @property
    def seat(self) -> int:
        """Row of the player's lab."""
        return self.session.seat

    @property
    def lab(self) -> str:
        """Name of the player's lab."""
        return self.scenario.labs[self.seat]

    @property
    def t(self) -> int:
        """The quarter to be played, since 2023Q1."""
        return self.session.t

    @property
    def world(self) -> World:
        """The world at the start of that quarter, one run."""
        return self.session.world()

    @property
    def records(self) -> Sequence[TurnRecord]:
        """The quarters played on this branch, first to last."""
        return self._records

    @property
    def is_over(self) -> bool:
        """Whether the last quarter was played or the lab has ended."""
        return self.session.is_over

    def happenings(self) -> tuple[Happening, ...]:
        """What happened in the last quarter."""
        if not self._records:
            return ()
        before = self._records[-2] if len(self._records) > 1 else None
        return happenings(self._records[-1], self.scenario, before)

    @property
    def rivals(self) -> str:
        """How well the other labs play."""
        return skill_of_rivals(self.scenario, self.seat, self.session.game.instead)

    def title(self) -> str:
        """Lab and quarter, for the window."""
        return f"{self.lab} · {formats.quarter_title(self.t)}"

    # ---- playing ----------------------------------------------------------------------------------------------------

    def start(self, scenario: str | Path, lab: str, seed: int, rivals: str = "") -> None:
        """Start a scenario; the game is saved in the games folder from the first moment.

        ``rivals`` is a skill of the other labs; empty: the scenario's.
        """
        loaded = load_scenario(scenario)
        seat, instead = loaded.seat(lab), dict[str, Mapping[str, float]]()
        if rivals not in ("", loaded.rivals):
            instead = {loaded.labs[other]: row for other, row in rival_rows(loaded, seat, rivals).items()}
        journal = new_save(self._new_file(loaded))
        self._take(Session.new(loaded, seat, seed, journal, instead=instead), journal)

    def open(self, file: Path) -> None:
        """Open a saved game; the one that is open already stays as it is."""
        if self.can_write and _is_same(file, self.file):
            return
        journal = open_save(file)
        self._take(Session(journal), journal)
        if journal.mended:
            self.said.emit(say("trouble.mended", file=file.name, what=journal.mended))

    def open_again(self) -> None:
        """Open the file of this game once more, as when another window has let go of it; the orders are kept."""
        assert self.file is not None
        old, journal = self.session, open_save(self.file)
        session = Session(journal)
        if journal.can_write and session.current.id == old.current.id and session.branch.name == old.branch.name:
            session.put_draft(old.draft)
        self._take(session, journal)

    def go_on_in(self, file: Path) -> None:
        """Go on in a new file: the game as it is on disk, with the orders as they are now. Raises BadWorld."""
        self.journal.copy_to(file)
        journal = open_save(file)
        session = Session(journal)
        try:
            session.put_draft(self.session.draft)
        except BadWorld:
            session.close()
            raise
        self._take(session, journal)

    def close(self) -> None:
        """Close the file; everything is on disk already."""
        if self._session is not None:
            self._session.close()
            self._session, self._records, self.file = None, (), None
            self._written(None)
            self.opened.emit()

    def put_draft(self, draft: Draft, *, keep: bool = True) -> None:
        """Hold a draft, and write it down with ``keep``; where that cannot be done it holds in memory."""
        try:
            self.session.put_draft(draft, keep=keep)
        except BadWorld as error:
            self.session.put_draft(draft, keep=False)
            self._written(error)
        else:
            if keep:
                self._written(None)

    def end_quarter(self, forecast: str = "") -> TurnRecord:
        """Carry out the draft; it is on disk when this returns. ``forecast`` is JSON of what was seen.

        Raises BadWorld when it cannot be written: the quarter is then as it was, with its orders.
        """
        try:
            self.session.end_quarter(forecast)
        except BadWorld as error:
            self._written(error)
            raise
        self._written(None)
        self._read()
        return self._records[-1]

    def go_to_branch(self, name: str) -> None:
        """Play on another branch."""
        self.session.switch(name)
        self._read()

    def _take(self, session: Session, journal: Save) -> None:
        self.close()
        session.explainer = explainer_of(session.scenario, session.seat)
        self._session, self.file, self.journal = session, journal.path, journal
        self.opened.emit()
        self._read()

    def _written(self, error: BadWorld | None) -> None:
        """Note whether the last change reached the file; a file that is only read is told of once, when opened."""
        before, self.unsaved = self.unsaved, error if error is None or self.can_write else None
        if str(before) != str(self.unsaved):
            self.saving.emit()

    def _read(self) -> None:
        self._records = [self.session.record(node.id) for node in self.session.path()[1:]]
        self.turned.emit()


def _is_same(file: Path, other: Path | None) -> bool:
    """Whether two paths lead to one file that is there."""
    try:
        return other is not None and file.samefile(other)
    except OSError:
        return False
