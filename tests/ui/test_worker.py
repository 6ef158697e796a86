"""Does the worker answer the latest question, never starve a moving hand, and never lose a failure?"""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from labsim.ui.garbage import COLLECT_AFTER, GarbageCollector
from labsim.ui.worker import Progress, Task, WhatIf

Answers = Iterator[tuple[float, object]]


@pytest.fixture
def closing() -> Iterator[list[WhatIf | Task]]:
    made: list[WhatIf | Task] = []
    yield made
    for worker in made:
        worker.shutdown()


def test_all_passes_of_a_question_are_shown_in_order(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    def question(asked: object, cancelled: Callable[[], bool]) -> Answers:
        yield 0.5, (asked, "coarse")
        yield 1.0, (asked, "fine")

    worker = WhatIf(question)
    closing.append(worker)
    seen: list[tuple[float, object]] = []
    worker.result.connect(lambda fraction, answer: seen.append((fraction, answer)))
    with qtbot.waitSignal(worker.idle):
        worker.request("a")
    assert seen == [(0.5, ("a", "coarse")), (1.0, ("a", "fine"))]


def test_the_latest_question_wins_and_those_between_are_dropped(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    gate = threading.Event()
    started: list[object] = []

    def question(asked: object, cancelled: Callable[[], bool]) -> Answers:
        started.append(asked)
        assert gate.wait(10)
        yield 1.0, asked

    worker = WhatIf(question)
    closing.append(worker)
    seen: list[object] = []
    worker.result.connect(lambda _fraction, answer: seen.append(answer))
    worker.request(0)
    qtbot.waitUntil(lambda: started == [0])
    for asked in range(1, 50):
        worker.request(asked)
    with qtbot.waitSignal(worker.idle):
        gate.set()
    assert started == [0, 49]
    assert seen == [0, 49]
    assert worker.dropped == 48


def test_a_hand_that_never_rests_still_sees_coarse_answers(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    def question(asked: object, cancelled: Callable[[], bool]) -> Answers:
        yield 0.1, asked
        while not cancelled():
            threading.Event().wait(0.001)

    worker = WhatIf(question)
    closing.append(worker)
    seen: list[object] = []

    def ask_again(_fraction: float, answer: object) -> None:
        seen.append(answer)
        if len(seen) < 20:
            worker.request(len(seen))
        else:
            worker.cancel()

    worker.result.connect(ask_again)
    with qtbot.waitSignal(worker.idle):
        worker.request(0)
    assert seen == list(range(20))


def test_later_passes_stop_when_a_newer_question_waits(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    first_shown = threading.Event()

    def question(asked: object, cancelled: Callable[[], bool]) -> Answers:
        yield 0.1, (asked, "coarse")
        if asked == "old":
            assert first_shown.wait(10)
        yield 1.0, (asked, "fine")
        yield 2.0, (asked, "finest")

    worker = WhatIf(question)
    closing.append(worker)
    seen: list[object] = []
    worker.result.connect(lambda _fraction, answer: seen.append(answer))
    worker.request("old")
    qtbot.waitUntil(lambda: seen == [("old", "coarse")])
    worker.request("new")
    with qtbot.waitSignal(worker.idle):
        first_shown.set()
    assert ("old", "finest") not in seen
    assert seen[-1] == ("new", "finest")


def test_a_failure_is_told_and_the_next_question_is_answered(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    def question(asked: object, cancelled: Callable[[], bool]) -> Answers:
        if asked == "bad":
            raise RuntimeError("no such lab")
        yield 1.0, asked

    worker = WhatIf(question)
    closing.append(worker)
    with qtbot.waitSignals([worker.failed, worker.idle]) as _, qtbot.waitSignal(worker.failed) as told:
        worker.request("bad")
    assert "no such lab" in told.args[0]
    with qtbot.waitSignal(worker.result) as told:
        worker.request("good")
    assert told.args == [1.0, "good"]


def test_after_shutdown_nothing_is_told(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    def question(asked: object, cancelled: Callable[[], bool]) -> Answers:
        yield 1.0, asked

    worker = WhatIf(question)
    closing.append(worker)
    worker.request(1)
    worker.shutdown()
    with qtbot.assertNotEmitted(worker.result, wait=20):
        worker.request(2)


def test_a_task_tells_its_progress_and_its_result(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    def work(progress: Progress) -> object:
        progress.tell(0.5, "half")
        return 2**40

    task = Task(work)
    closing.append(task)
    seen: list[tuple[float, str]] = []
    task.progress.connect(lambda fraction, text: seen.append((fraction, text)))
    with qtbot.waitSignal(task.done) as told:
        task.start()
    assert told.args == [2**40]
    assert seen == [(0.5, "half")]
    assert not task.is_running


def test_a_cancelled_task_says_so(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    began = threading.Event()

    def work(progress: Progress) -> object:
        began.set()
        while not progress.is_cancelled:
            threading.Event().wait(0.001)
        return None

    task = Task(work)
    closing.append(task)
    with qtbot.waitSignal(task.cancelled):
        task.start()
        assert began.wait(10)
        task.cancel()


def test_a_task_that_breaks_tells_why(qtbot, closing) -> None:  # type: ignore[no-untyped-def]
    def work(progress: Progress) -> object:
        raise ValueError("disk is full")

    task = Task(work)
    closing.append(task)
    with qtbot.waitSignal(task.failed) as told:
        task.start()
    assert "disk is full" in told.args[0]


def test_garbage_is_collected_between_events_and_never_by_a_worker(qtbot: QtBot) -> None:
    parent = QObject()
    collector = GarbageCollector(parent)
    assert not gc.isenabled()
    timers = [Knot() for _ in range(3)]
    gone = [weakref.ref(timer) for timer in timers]
    timers.clear()
    with qtbot.waitSignal((task := Task(lambda _: [[] for _ in range(2 * COLLECT_AFTER[0])])).done):
        task.start()
    assert all(knot() is not None for knot in gone)
    kept = [[] for _ in range(2 * COLLECT_AFTER[0])]
    collector.look()
    assert kept
    assert all(knot() is None for knot in gone)


class Knot:
    """What only a collection takes apart: it holds itself, and a timer that belongs to the window's thread."""

    def __init__(self) -> None:
        self.itself, self.timer = self, QTimer()
