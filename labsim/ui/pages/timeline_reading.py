"""How are many quarters read from a file without holding up the window? In short slices between its events."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from labsim.play.session import Session

_SLICE = 0.025
"""Seconds of reading at a time; half of what the window may be held up."""


class Reading(QObject):
    """Reads the records of quarters, then calls back; a newer wish replaces the one before."""

    def __init__(self, parent: QObject) -> None:
        """Wait for a wish."""
        super().__init__(parent)
        self._session: Session | None = None
        self._left: list[int] = []
        self._then: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._slice)

    @property
    def is_busy(self) -> bool:
        """Whether quarters are being read."""
        return self._timer.isActive()

    def read(self, session: Session, nodes: Sequence[int], then: Callable[[], None]) -> None:
        """Read these quarters; what is in memory already costs nothing and calls back at once."""
        self._session, self._left, self._then = session, list(nodes), then
        self._timer.stop()
        self._slice()
        if self._left:
            self._timer.start()

    def stop(self) -> None:
        """Forget the wish."""
        self._timer.stop()
        self._session, self._left, self._then = None, [], None

    def _slice(self) -> None:
        ends = time.monotonic() + _SLICE
        while self._left and self._session is not None and time.monotonic() < ends:
            self._session.record(self._left.pop(0))
        if not self._left:
            self._timer.stop()
            then, self._then = self._then, None
            if then is not None:
                then()
