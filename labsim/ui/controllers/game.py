"""Which game is open, and where does it stand? Opens, plays and closes games; tells everybody once a turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from labsim import formats
from labsim.model.world import World
from labsim.play.explainer import explainer_of
from labsim.play.happenings import Happening, happenings
from labsim.play.session import Session
from labsim.play.turn import TurnRecord, rival_rows, skill_of_rivals
from labsim.scenario import Scenario, load_scenario
from labsim.store.saves import Save, new_save, open_save
from labsim.text import say


class GameController(QObject):
    """The open game. `opened` when another one (or none) is there, `turned` when the quarter in play is another."""

    opened = Signal()
    turned = Signal()
    said = Signal(str)  # something to tell in passing, such as that a file is read-only

    def __init__(self, new_file: Callable[[Scenario], Path], parent: QObject | None = None) -> None:
        """Without a game; ``new_file`` says where the file of a new game goes."""
        super().__init__(parent)
        self._new_file = new_file
        self.file: Path | None = None
        self._session: Session | None = None
        self._records: Sequence[TurnRecord] = ()

    # ---- reading ----------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether a game is open."""
        return self._session is not None

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
        """Open a saved game."""
        journal = open_save(file)
        self._take(Session(journal), journal)
        if not journal.can_write:
            self.said.emit(say("window.read_only", why_read_only=journal.why_read_only))
        elif journal.mended:
            self.said.emit(journal.mended)

    def close(self) -> None:
        """Close the file; everything is on disk already."""
        if self._session is not None:
            self._session.close()
            self._session, self._records, self.file = None, (), None
            self.opened.emit()

    def end_quarter(self, forecast: str = "") -> TurnRecord:
        """Carry out the draft; it is on disk when this returns. ``forecast`` is JSON of what was seen."""
        self.session.end_quarter(forecast)
        self._read()
        return self._records[-1]

    def go_to_branch(self, name: str) -> None:
        """Play on another branch."""
        self.session.switch(name)
        self._read()

    def _take(self, session: Session, journal: Save) -> None:
        self.close()
        session.explainer = explainer_of(session.scenario, session.seat)
        self._session, self.file = session, journal.path
        self.opened.emit()
        self._read()

    def _read(self) -> None:
        self._records = [self.session.record(node.id) for node in self.session.path()[1:]]
        self.turned.emit()
