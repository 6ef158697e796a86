"""What has been ordered this quarter and not yet carried out? The draft: every change can be undone, none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from labsim.model.decisions import DECISIONS
from labsim.model.exogenous import quiet_quarter
from labsim.model.gate import useful_limits
from labsim.model.params import SEGMENTS
from labsim.play.journal import Draft
from labsim.play.tree import OrderValue as Order
from labsim.play.turn import TurnRecord
from labsim.ui.controllers.game import GameController

_DECLARED = {variable.name: variable for variable in DECISIONS}
_SEGMENTED = "segment"
PACE_MS = 40  # between two things told of a moving hand; twenty-five a second look smooth
_MERGES = 1  # id of undo commands that one drag merges into one


class DraftController(QObject):
    """The orders of the coming quarter. `changed` when any of them changes, `dropped` when the hand lets go."""

    changed = Signal()
    dropped = Signal()

    def __init__(self, game: GameController) -> None:
        """Follow a game: another quarter or game brings another draft."""
        super().__init__(game)
        self._game = game
        self.undo_stack = QUndoStack(self)
        self._preview: TurnRecord | None = None
        self.is_moving = False  # a hand is on a control: what it does is not on disk yet
        self._is_behind = False
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._catch_up)
        game.turned.connect(self._start_over)

    # ---- reading ----------------------------------------------------------------------------------------------------

    @property
    def orders(self) -> Mapping[str, Order]:
        """What was ordered this quarter; everything else stands."""
        return self._game.session.draft_orders()

    @property
    def preview(self) -> TurnRecord:
        """The coming quarter with quiet dice: what these orders do if nothing strikes."""
        if self._preview is None:
            self._preview = self._game.session.preview()
        return self._preview

    def value(self, name: str) -> float:
        """What a decision is now: ordered, standing or by default, as the gate leaves it. Prices: ask ``prices``."""
        return float(getattr(self.preview.decisions, name)[self._game.seat, 0])

    def prices(self) -> dict[str, float]:
        """The price of each segment as the draft stands."""
        row = self.preview.decisions.price[:, self._game.seat, 0]
        return {segment: float(row[i]) for i, segment in enumerate(SEGMENTS)}

    def is_ordered(self, name: str) -> bool:
        """Whether this quarter's draft names the decision."""
        return name in self.orders

    def limits(self, name: str) -> tuple[float, float]:
        """Lowest and highest value of a decision now (of the first segment for prices)."""
        game = self._game
        quarter = quiet_quarter(game.t, game.scenario.calendar, game.scenario.params)
        low, high = (np.broadcast_to(bound, self._shape(name)) for bound in useful_limits(
            name, game.world, game.scenario.params, quarter))  # fmt: skip
        return float(low[..., game.seat, 0].flat[0]), float(high[..., game.seat, 0].flat[0])

    # ---- ordering ---------------------------------------------------------------------------------------------------

    def order(self, values: Mapping[str, Order], text: str, is_moving: bool = False) -> None:
        """Give orders as one undoable step; moves of one drag become one step. A game that was closed takes none."""
        if not self._game.is_open:  # a control may tell of its last move after the game has gone
            return
        before = {name: self.orders.get(name) for name in values}
        if not self.is_moving and all(before[name] == values[name] for name in values):
            return
        self.undo_stack.push(_OrderCommand(self, before, dict(values), text, is_moving))
        if not is_moving:
            self.dropped.emit()

    def take_back(self, name: str, text: str) -> None:
        """Forget one order of this quarter."""
        if name in self.orders:
            self.undo_stack.push(_OrderCommand(self, {name: self.orders[name]}, {name: None}, text, False))
            self.dropped.emit()

    def set_on_policy(self, on_policy: bool) -> None:
        """Let the lab's own policy decide what is not ordered, or take that back."""
        self._game.put_draft(Draft(self.orders, on_policy))
        self._preview = None
        self.changed.emit()

    def lay(self, values: Mapping[str, Order | None], is_moving: bool) -> None:
        """Write orders into the draft, None forgets one; only undo commands call this.

        While a hand moves a control, nothing is written to disk.
        """
        session = self._game.session
        orders = {**session.draft_orders(), **values}
        kept = {name: value for name, value in orders.items() if value is not None}
        self._game.put_draft(Draft(kept, session.on_policy), keep=not is_moving)
        self.is_moving = is_moving
        self._preview = None
        self._tell()

    def _tell(self) -> None:
        """Tell of a change; moves of a hand at a steady pace, so that the forecast's thread has its turn between."""
        if self.is_moving and self._pace.isActive():
            self._is_behind = True
            return
        self._is_behind = False
        if self.is_moving:
            self._pace.start()
        else:
            self._pace.stop()
        self.changed.emit()

    def _catch_up(self) -> None:
        if self._is_behind:
            self._tell()

    def _start_over(self) -> None:
        self.undo_stack.clear()
        self.is_moving = False
        self._preview = None
        if self._game.is_open:
            self.changed.emit()

    def _shape(self, name: str) -> tuple[int, ...]:
        shape = self._game.world.capital.cash.shape
        return (len(SEGMENTS), *shape) if _SEGMENTED in _DECLARED[name].axes else shape


class _OrderCommand(QUndoCommand):
    """One change of the draft."""

    def __init__(
        self,
        draft: DraftController,
        before: dict[str, Any],
        after: dict[str, Any],
        text: str,
        is_moving: bool,
    ) -> None:
        super().__init__(text)
        self._draft, self._before, self._after, self._is_moving = draft, before, after, is_moving

    def redo(self) -> None:
        self._draft.lay(self._after, self._is_moving)

    def undo(self) -> None:
        self._draft.lay(self._before, False)

    def id(self) -> int:
        return _MERGES

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take up a later move of the same hand: as long as it moves, and the step in which it lets go."""
        if not isinstance(other, _OrderCommand) or not self._is_moving or set(other._after) != set(self._after):
            return False
        self._after, self._is_moving = other._after, other._is_moving
        return True
