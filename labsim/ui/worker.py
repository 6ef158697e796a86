"""How does slow work run beside the window? What-if questions, of which only the latest counts, and single tasks."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

Answers = Iterator[tuple[float, object]]
Question = Callable[[object, Callable[[], bool]], Answers]
Work = Callable[["Progress"], object]

_PATIENCE_MS = 5000
"""How long closing waits for a running job to notice that it should stop; game choice."""


class _Bridge(QObject):
    """Carries results from the worker's thread into the window's: a QRunnable has no signals."""

    partial = Signal(object, float, object)
    failed = Signal(object, str)
    done = Signal(object)


class _Job(QRunnable):
    """One question being answered."""

    def __init__(self, number: int, question: Question, asked: object, bridge: _Bridge) -> None:
        """Take the question, what is asked of it, and the way back."""
        super().__init__()
        self.number = number
        self.stop = threading.Event()
        self._question = question
        self._asked = asked
        self._bridge = bridge

    def run(self) -> None:
        """Answer; the first answer is always given, later ones only while nobody waits with a newer question."""
        try:
            for fraction, answer in self._question(self._asked, self.stop.is_set):
                _emit(self._bridge.partial, self.number, fraction, answer)
                if self.stop.is_set():
                    break
        except Exception:  # whatever the job raised is shown by the window; a raise here would only be printed
            _emit(self._bridge.failed, self.number, traceback.format_exc())
        finally:
            _emit(self._bridge.done, self.number)


class WhatIf(QObject):
    """Answers the latest of many questions on one thread.

    A question is a function `(asked, cancelled) -> iterator of (fraction, answer)` whose first answer is coarse and
    quick. One job runs and one question waits; a newer one takes the place of the waiting one. The first answer of a
    job is never cancelled, so that a hand that never rests still sees the picture move.
    """

    result = Signal(float, object)
    failed = Signal(str)
    idle = Signal()

    def __init__(self, question: Question, parent: QObject | None = None) -> None:
        """Take the function that answers."""
        super().__init__(parent)
        self._question = question
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._bridge = _Bridge(self)
        self._bridge.partial.connect(self._partial)
        self._bridge.failed.connect(self._failed)
        self._bridge.done.connect(self._done)
        self._job: _Job | None = None
        self._waiting: list[object] = []
        self._is_closed = False
        self.generation = 0
        self.dropped = 0

    @property
    def is_busy(self) -> bool:
        """Whether a question is being answered or waits."""
        return self._job is not None

    def request(self, asked: object) -> None:
        """Ask; the answers come as `result`, and `idle` when none is left."""
        if self._is_closed:
            return
        self.dropped += len(self._waiting)
        self._waiting = [asked]
        if self._job is None:
            self._start()
        else:
            self._job.stop.set()

    def cancel(self) -> None:
        """Forget the waiting question and let the running one end after its next answer, which is not shown."""
        self._waiting = []
        if self._job is not None:
            self._job.stop.set()
            self.generation += 1

    def shutdown(self) -> None:
        """Stop for good; called when the window closes."""
        self._is_closed = True
        self.cancel()
        self._pool.clear()
        self._pool.waitForDone(_PATIENCE_MS)

    def _start(self) -> None:
        self.generation += 1
        self._job = _Job(self.generation, self._question, self._waiting.pop(), self._bridge)
        self._pool.start(self._job)

    @Slot(object, float, object)
    def _partial(self, number: int, fraction: float, answer: object) -> None:
        if number == self.generation and not self._is_closed:
            self.result.emit(fraction, answer)

    @Slot(object, str)
    def _failed(self, number: int, text: str) -> None:
        if number == self.generation and not self._is_closed:
            self.failed.emit(text)

    @Slot(object)
    def _done(self, _number: int) -> None:
        self._job = None
        if self._is_closed:
            return
        if self._waiting:
            self._start()
        else:
            self.idle.emit()


class Progress:
    """What a task is handed: it tells how far it is, and asks whether it should go on."""

    def __init__(self, tell: Callable[[float, str], None], stop: threading.Event) -> None:
        """Take the way to tell and the wish to stop."""
        self._tell = tell
        self._stop = stop

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked the task to stop."""
        return self._stop.is_set()

    def tell(self, fraction: float, text: str = "") -> None:
        """Say how much is done, 0-1, and what is being done."""
        self._tell(fraction, text)


class Task(QObject):
    """One piece of slow work, done once on a thread of its own: `Task(work).start()`.

    `work(progress)` returns the result. Exactly one of `done`, `failed` and `cancelled` follows.
    """

    progress = Signal(float, str)
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        """Take the function that does the work."""
        super().__init__(parent)
        self._work = work
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._bridge = _Bridge(self)
        self._bridge.partial.connect(self._ended)
        self._bridge.failed.connect(self._broke)
        self._stop = threading.Event()
        self._is_running = False
        self._is_closed = False

    @property
    def is_running(self) -> bool:
        """Whether the work has begun and not ended."""
        return self._is_running

    def start(self) -> None:
        """Begin, unless it is already running."""
        if not self._is_running:
            self._is_running = True
            self._stop.clear()
            self._pool.start(_TaskJob(self._work, self._stop, self._bridge, self.progress))

    def cancel(self) -> None:
        """Ask the work to stop; `cancelled` follows when it has."""
        self._stop.set()

    def shutdown(self) -> None:
        """Stop for good and wait; called when the window closes."""
        self._is_closed = True
        self.cancel()
        self._pool.waitForDone(_PATIENCE_MS)

    @Slot(object, float, object)
    def _ended(self, _number: object, _fraction: float, result: object) -> None:
        self._is_running = False
        if self._is_closed:
            return
        if self._stop.is_set():
            self.cancelled.emit()
        else:
            self.done.emit(result)

    @Slot(object, str)
    def _broke(self, _number: object, text: str) -> None:
        self._is_running = False
        if not self._is_closed:
            self.failed.emit(text)


class _TaskJob(QRunnable):
    """A task's work on its thread."""

    def __init__(self, work: Work, stop: threading.Event, bridge: _Bridge, progress: object) -> None:
        """Take the work, the wish to stop and the ways back."""
        super().__init__()
        self._work = work
        self._stop = stop
        self._bridge = bridge
        self._progress = progress

    def run(self) -> None:
        """Do the work and send back what came of it."""
        try:
            result = self._work(Progress(lambda part, text: _emit(self._progress, part, text), self._stop))
        except Exception:  # shown by the window; a raise here would only be printed
            _emit(self._bridge.failed, 0, traceback.format_exc())
        else:
            _emit(self._bridge.partial, 0, 1.0, result)


def _emit(signal: object, *values: object) -> None:
    """Emit a signal unless its owner is already gone, as it may be while the window closes."""
    try:
        signal.emit(*values)  # type: ignore[attr-defined]
    except RuntimeError:
        return
