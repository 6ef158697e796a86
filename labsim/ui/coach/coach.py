"""Which step is it, and is it done? The coach watches the real game and window; it orders nothing and opens nothing."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QTimer

from labsim.play.coach import told
from labsim.play.objectives import measure
from labsim.scenario_coach import Seen, StepForm, conditions, is_met
from labsim.text import say
from labsim.ui.coach.ring import Ring
from labsim.ui.coach.strip import CoachStrip
from labsim.ui.coach.targets import Target, find_target, page_words, rect_of
from labsim.ui.coach.words import words_of
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.game import GameController
from labsim.ui.controllers.settings import SettingsController
from labsim.ui.explain_shelf import shelf_of
from labsim.ui.widgets.sight import bring_into_view
from labsim.ui.window import MainWindow

FOLLOW_MS = 150
"""Time between two looks at where the control is; it may scroll, fold or be resized at any moment."""


class Coach(QObject):
    """Leads through the steps of the open game's scenario, if it has any and was not left."""

    def __init__(
        self, window: MainWindow, game: GameController, draft: DraftController, settings: SettingsController
    ) -> None:
        """Follow the game; the strip stands under the pages."""
        super().__init__(window)
        self._window, self._game, self._draft, self._settings = window, game, draft, settings
        self.strip, self.ring = CoachStrip(window.theme), Ring(window.theme, window)
        window.put_under_pages(self.strip)
        self._steps: tuple[StepForm, ...] = ()
        self.at = 0
        self._is_on = False
        self._deeds: set[str] = set()
        self._values: dict[str, set[object]] = {}
        self._done: list[bool] = []
        self._nodes = 0
        self._cards: frozenset[str] = frozenset()
        self._shown: QObject | None = None  # the control that was last brought into view
        self._clock = QTimer(self)
        self._clock.setInterval(FOLLOW_MS)
        self._clock.timeout.connect(self._follow)
        self._join()

    @property
    def is_on(self) -> bool:
        """Whether a step is shown."""
        return self._is_on

    @property
    def has_steps(self) -> bool:
        """Whether the open game can be coached."""
        return bool(self._steps)

    # ---- taking up and leaving --------------------------------------------------------------------------------------

    def take_up(self) -> None:
        """Go on where it was left, or bring the keyboard to the strip when it is there."""
        if self._is_on:
            self.strip.take_focus()
        elif self._steps:
            self._begin(self.at if self.at < len(self._steps) else 0)

    def leave(self) -> None:
        """Go away; the game goes on as any other."""
        self._stop()
        self._keep(is_left=True)

    def skip(self) -> None:
        """Go to the next step whether this one is done or not."""
        self._next()

    def did(self, deed: str) -> None:
        """Take notice of something that was really done."""
        if self._is_on:
            self._deeds.add(deed)
            self.look()

    # ---- watching ---------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """See whether what is waited for is so; a hand that is still moving is let finish."""
        if not self._is_on or not self._game.is_open or self._draft.is_moving:
            return
        self._note_orders()
        before = list(self._done)
        self._mark()
        if self._done != before and all(self._done):
            self._next()
        else:
            self._show()

    def point(self) -> None:
        """Put the ring where the control is now."""
        target = self._target()
        if target is None or not self._is_on:
            self.ring.point_at(QRect(), "")
            return
        if target.widget is not None and target.widget is not self._shown:
            self._shown = target.widget
            bring_into_view(target.widget)
        self.ring.point_at(rect_of(self._window, target), str(self.at + 1))

    @property
    def step(self) -> StepForm:
        """The step that is shown."""
        return self._steps[self.at]

    @property
    def pointed(self) -> str:
        """Accessible name of the control of the first wait that is not done, or the step's own."""
        points = [wait.point for wait, done in zip(self.step.wait, self._done, strict=True) if not done and wait.point]
        return points[0] if points else self.step.point

    def _target(self) -> Target | None:
        return find_target(self._window, self.pointed) if self._is_on and self.pointed else None

    def _mark(self) -> None:
        """Waits are done one after the other; what was done stays done."""
        seen = self._seen()
        for number, wait in enumerate(self.step.wait):
            if not self._done[number] and not is_met(wait, seen):
                return
            self._done[number] = True

    def _seen(self) -> Seen:
        session, seat = self._game.session, self._game.seat
        return Seen(
            explained=self._explained(),
            page=self._window.page_key,
            deeds=frozenset(self._deeds),
            ended=len(session.nodes()) - self._nodes,
            branches=len(session.branches()),
            order=self._draft.value,
            preview=lambda name: float(measure(name, self._draft.preview)[seat, 0]),
            tried={name: len(values) for name, values in self._values.items()},
        )

    def _explained(self) -> frozenset[str]:
        """Figures whose card is open."""
        shelf = shelf_of(self._window)
        return frozenset(shelf.cards if shelf is not None else ())

    def _follow(self) -> None:
        """Look where the control is, and whether a card was closed, which nothing tells of."""
        cards = self._explained()
        if cards != self._cards:
            self._cards = cards
            self.look()
        self.point()

    def _note_orders(self) -> None:
        for name in {name for wait in self.step.wait for name in wait.tried}:
            value = tuple(self._draft.prices().values()) if name == "price" else self._draft.value(name)
            self._values.setdefault(name, set()).add(value)

    # ---- steps ------------------------------------------------------------------------------------------------------

    def _begin(self, at: int) -> None:
        self.at, self._is_on, self._shown = at, True, None
        self._deeds, self._values = set(), {}
        self._done = [False] * len(self.step.wait)
        self._nodes = len(self._game.session.nodes())
        self._note_orders()
        self._mark()
        self._keep(is_left=False)
        self.strip.tell(at + 1, len(self._steps), told(self.step.text, self._game.session))
        self._show()
        self._clock.start()

    def _next(self) -> None:
        if self.at + 1 < len(self._steps):
            self._begin(self.at + 1)
            return
        self.at = len(self._steps)
        self._stop()
        self._keep(is_left=True)
        self._game.said.emit(say("coach.finished"))

    def _show(self) -> None:
        target = self._target()
        page = page_words(target) if target is not None else ""
        seen = self._seen()
        number = next((n for n, done in enumerate(self._done) if not done), None)
        now = (
            []
            if number is None
            else [(words_of(one), is_so) for one, is_so in conditions(self.step.wait[number], seen)]
        )
        if len(self._done) > 1 and any(self._done):
            parts = say("coach.parts", done=str(sum(self._done)), all=str(len(self._done)))
            now = [(parts, True), *now]
        hint = say("coach.on_page", page=page) if page else ""
        self.strip.show_todo(now, hint, can_go_on=all(self._done))
        self._window.toast.foot = self.strip.sizeHint().height()
        self.point()

    def _stop(self) -> None:
        self._is_on = False
        self._clock.stop()
        self._window.toast.foot = 0
        self.strip.hide()
        self.ring.hide()

    def _keep(self, is_left: bool) -> None:
        if self._game.file is not None:
            self._settings.set_coach(self._game.file, self.at, is_left)

    def _opened(self) -> None:
        """Another game, or none: what was kept of it is taken up once its quarter is there."""
        self._stop()
        self._steps = self._game.scenario.coach if self._game.is_open else ()
        self._window.action("coach").setEnabled(self.has_steps)
        self.at, is_left = 0, True
        if self._game.file is not None and self._steps:
            self.at, is_left = self._settings.coach(self._game.file)
        self._is_due = self.has_steps and not is_left and self.at < len(self._steps)

    def _turned(self) -> None:
        if self._game.is_open and self._is_due:
            self._is_due = False
            self._begin(self.at)
        else:
            self.look()

    def _join(self) -> None:
        self._is_due = False
        self.strip.went_on.connect(self.skip)
        self.strip.skipped.connect(self.skip)
        self.strip.left.connect(self.leave)
        self._window.action("coach").triggered.connect(self.take_up)
        self._window.action("coach").setEnabled(False)
        self._game.opened.connect(self._opened)
        self._game.turned.connect(self._turned)
        self._draft.changed.connect(self.look)
        self._draft.dropped.connect(self.look)
        self._window.stack.currentChanged.connect(lambda _: self.look())
        self._window.top_bar.asked.connect(lambda _: self.look())
