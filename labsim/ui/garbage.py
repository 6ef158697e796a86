"""When is garbage collected? Between events of the window and on its thread only, and the oldest rarely.

A collection that happens to run on the worker's thread deletes widgets and timers there, which takes the process with
it. A full collection walks every widget and module and stops the window for 20 to 40 ms, which a dragging hand sees.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

COLLECT_AFTER = (20_000, 20, 100)
"""Allocations, and collections of younger objects, after which older ones are looked at (Python: 700, 10, 10)."""
EVERY_MS = 200
"""How often it is looked whether to collect; game choice, some ten thousand allocations of a busy window."""


class GarbageCollector(QObject):
    """Collects in place of Python's own collector, which is off from then on."""

    def __init__(self, parent: QObject) -> None:
        """Keep what is there now out of all collections: it lives as long as the window."""
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.look)
        self._clock.start(EVERY_MS)

    def look(self) -> None:
        """Collect the oldest generation that is due."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > COLLECT_AFTER[generation]:
                gc.collect(generation)
                return
