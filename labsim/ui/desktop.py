"""How do pages, controllers and actions belong together? One object joins them; pages know nothing of each other."""

from __future__ import annotations

import linecache
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from labsim import formats
from labsim.errors import LabsimError
from labsim.play.ending import ending
from labsim.play.par_results import beside
from labsim.play.standing import months_left, opening_standing, standing
from labsim.play.ways_out import ways_out
from labsim.scenario import Scenario, load_scenario, scenario_names
from labsim.store.games import autosave_path, list_games
from labsim.text import render, say
from labsim.ui import choosing
from labsim.ui.arrivals import Arrivals
from labsim.ui.board import LEVELS, BoardDialog, level_of
from labsim.ui.briefing import briefing_items, news_items, report_bridges, risk_items
from labsim.ui.coach.coach import Coach
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.forecast import ForecastController
from labsim.ui.controllers.game import GameController
from labsim.ui.controllers.settings import HORIZONS, SettingsController
from labsim.ui.dialogs import AboutDialog, Palette, SettingsDialog, ShortcutsDialog
from labsim.ui.doors import Doors
from labsim.ui.explain_shelf import open_card
from labsim.ui.pages.control_room import ControlRoom
from labsim.ui.pages.ending import EndingPage
from labsim.ui.pages.finance import FinancePage
from labsim.ui.pages.handbook import HandbookPage
from labsim.ui.pages.home import HomePage, SavedGame
from labsim.ui.pages.market import MarketPage
from labsim.ui.pages.model_lab import ModelLabPage
from labsim.ui.pages.report import ReportPage
from labsim.ui.pages.timeline import TimelinePage
from labsim.ui.present import tiles
from labsim.ui.runon import RunOn, RunOnDialog
from labsim.ui.theme import ThemeController
from labsim.ui.troubles import Troubles
from labsim.ui.widgets.line import read_typed
from labsim.ui.window import MainWindow

TEXT_STEP = 10  # percent
GAMES_SHOWN = 20
AFTER_PAINT_MS = 60  # the window paints first; a hand that is quicker has the pages made at once
PLAYING_ACTIONS = ("fork",)
"""Actions that need a game, beside those that the window knows."""


class Desktop:
    """The window and what makes it live."""

    def __init__(
        self, theme: ThemeController, settings: SettingsController, games: Path, *, at_once: bool = True
    ) -> None:
        """Join everything; nothing is open yet. Without ``at_once`` the home page is painted before others are made."""
        self.theme, self.settings, self.games = theme, settings, games
        self.window = MainWindow(theme)
        self.game = GameController(self._new_file, self.window)
        self.draft = DraftController(self.game)
        self.forecast = ForecastController(self.game, self.draft)
        self.forecast.horizon = settings.horizon
        self.forecast.set_plan(settings.plan)
        self.run_on = RunOn(self.game, self._end)
        self.rivals = ""  # skill of the other labs in a scenario that is named on the command line
        self._is_whole = False
        self._make_home()
        if at_once:
            self.complete()
        else:
            QTimer.singleShot(AFTER_PAINT_MS, self.window, self.complete)
        self._opened()

    # ---- opening ----------------------------------------------------------------------------------------------------

    def open_target(self, target: str) -> None:
        """Open a saved game by path, or start a scenario by name or path."""
        self.complete()
        if target in scenario_names():
            self.start(target, load_scenario(target).default_seat, 1)
        else:
            self.arrivals.open(Path(target))

    def start(self, scenario: str, lab: str, seed: int, rivals: str = "") -> None:
        """Start a new game and show its control room."""
        self.complete()
        wanted = rivals or self.rivals
        if self.troubles.may_leave() and self._try(lambda: self.game.start(scenario, lab, seed, wanted)):
            self.window.show_page("control_room")

    def open_file(self, file: Path) -> None:
        """Open a saved game."""
        self.complete()
        self.arrivals.open(file)

    def _opened_file(self, file: Path) -> None:
        self.settings.add_recent(file)
        self.window.show_page("control_room")

    def show_home(self) -> None:
        """Show the games and scenarios there are."""
        self.home.set_games(self._saved_games())
        self.window.show_page("home")

    # ---- playing ----------------------------------------------------------------------------------------------------

    def end_quarter(self) -> None:
        """Carry out the draft and show what came of it."""
        if self._can_end() and read_typed() and self._end():
            self._show_report("")

    def ask_run_on(self) -> None:
        """Ask what should stop the quarters, then let them pass; a card that waits is answered first."""
        if not self._can_end():
            return
        answer = self.control_room.answer
        if answer.waits:
            self.window.show_page("control_room")
            answer.begin()
            self.window.toast.say(say("answer.first", title=answer.title.text()), can_undo=False)
            return
        if not read_typed():
            return
        dialog = RunOnDialog(self.theme, self.window)
        if self.window.ask(dialog) == RunOnDialog.DialogCode.Accepted:
            self.run_on.start(dialog.ticked, dialog.most.value())

    def _can_end(self) -> bool:
        return self.game.is_open and not self.game.is_over and not self.run_on.is_running

    def _end(self) -> bool:
        return self.troubles.carry_out(lambda: self.game.end_quarter(self.forecast.seen()))

    def _show_report(self, reason: str) -> None:
        if not self.game.records:
            return
        record = self.game.records[-1]
        title = say("window.over", t=formats.quarter_title(record.t))
        self.report.set_data(title, reason, report_bridges(self.game), news_items(self.game))
        if self.game.is_over:
            self._show_ending_data()
        if self.settings.skips_report:
            self._after_report()
        else:
            self.window.show_page("report")

    def _show_ending_data(self) -> None:
        game = self.game
        end = ending(game.scenario, game.records, game.seat)
        history = [standing(record, game.seat) for record in game.records]
        told = game.session.game
        self.ending.set_data(
            game.lab, game.records[0].t, end, history, game.scenario,
            partial(beside, game.scenario, game.lab, told.seed, told.instead),
        )  # fmt: skip

    def _play_again(self) -> None:
        session = self.game.session
        self.start(session.scenario.name, self.game.lab, session.game.seed, self.game.rivals)

    def _after_report(self) -> None:
        self.window.show_page("ending" if self.game.is_over else "control_room")
        self.coach.did("report")
        if not self.game.is_over:
            self._warn()

    def _warn(self) -> None:
        """Show the board's warning when the runway has fallen under another of its three levels."""
        records, seat = self.game.records, self.game.seat
        if not records:
            return
        now = level_of(months_left(records[-1].world, seat))
        before = level_of(months_left(records[-2].world, seat)) if len(records) > 1 else None
        if now is not None and now < LEVELS[-1] and (before is None or now < before):
            self.show_board()

    def show_board(self) -> None:
        """The ways out of a cash shortage that are open now."""
        if not self.game.is_open or self.game.is_over or not self.game.records:
            return
        months = months_left(self.game.records[-1].world, self.game.seat)
        dialog = BoardDialog(self.theme, months, ways_out(self.game.session), self.window)
        dialog.tried.connect(lambda way: self.draft.order(way.orders, render(way.label)))
        dialog.tried.connect(lambda _: self.coach.did("way_out"))
        self.window.ask(dialog)

    def _turned(self) -> None:
        if not self.game.is_open:
            return
        seat, session = self.game.seat, self.game.session
        start = opening_standing(session.world(session.path()[0].id), seat)
        history = [standing(record, seat) for record in self.game.records] or [start]
        self.window.top_bar.set_data(self.game.lab, formats.quarter_title(self.game.t), tiles(history))
        self._allow_end()
        self.control_room.set_briefing(*briefing_items(self.game), risk_items(self.game))

    def _allow_end(self) -> None:
        """A quarter ends from any page but its report: a second click there would end the next one unseen."""
        can_end = self.game.is_open and not self.game.is_over and self.window.page_key != "report"
        self.window.action("end_quarter").setEnabled(can_end)

    def _opened(self) -> None:
        self.window.set_playing(self.game.is_open)
        for key in PLAYING_ACTIONS:
            self.window.action(key).setEnabled(self.game.is_open)
        self.window.action("handbook").setEnabled(True)
        self.window.rail.set_reachable("handbook", True)
        if self.game.is_open:
            self.control_room.choose(self.settings.horizon, self.forecast.plan)
        else:
            self.show_home()

    # ---- joining ----------------------------------------------------------------------------------------------------

    def _make_home(self) -> None:
        self.home = HomePage(self.theme, [load_scenario(name) for name in scenario_names()])
        self.window.add_page("home", self.home)
        self.home.started.connect(self.start)
        self.home.opened.connect(self.open_file)
        self.home.asked_for_file.connect(self.ask_for_file)
        self.game.opened.connect(self._opened)

    def complete(self) -> None:
        """Make and join the pages that are not needed for the first paint; once."""
        if not self._is_whole:
            self._is_whole = True
            self._make_pages()
            self._join()
            linecache.clearcache()  # PySide reads the source of every module that is imported after it, and keeps it

    def _make_pages(self) -> None:
        self.control_room = ControlRoom(self.theme, self.game, self.draft, self.forecast)
        self.model_lab = ModelLabPage(self.theme, self.game, self.draft)
        self.market = MarketPage(self.theme, self.game)
        self.finance = FinancePage(self.theme, self.game)
        self.timeline = TimelinePage(self.theme, self.game)
        self.handbook = HandbookPage(self.theme)
        self.report = ReportPage(self.theme)
        self.ending = EndingPage(self.theme)
        for key, page in (("control_room", self.control_room), ("model_lab", self.model_lab),
                          ("market", self.market), ("finance", self.finance),
                          ("timeline", self.timeline), ("handbook", self.handbook), ("report", self.report),
                          ("ending", self.ending)):  # fmt: skip
            self.window.add_page(key, page)

    def _join(self) -> None:
        act = self.window.action
        self.troubles = Troubles(self.window, self.game, self.timeline.quarter.keep_note)
        self.arrivals = Arrivals(self.window, self.game, self.start, self._opened_file, self.troubles.may_leave)
        self.control_room.asked_for_lab.connect(lambda: self.window.show_page("model_lab"))
        self.control_room.answer.told.connect(self.window.top_bar.set_waiting)
        self.control_room.horizon_chosen.connect(self.set_horizon)
        self.control_room.plan_chosen.connect(self.set_plan)
        self.report.finished.connect(self._after_report)
        self.ending.again.connect(self._play_again)
        self.ending.went_home.connect(self.close_game)
        for page in (self.market, self.finance):
            page.asked_to_play.connect(lambda: self.window.show_page("control_room"))
        self.window.stack.currentChanged.connect(lambda _: self._allow_end())
        self.window.top_bar.asked.connect(lambda key: open_card(self.window, self.theme, self.game, key))
        self.timeline.said.connect(lambda text: self.window.toast.say(text, can_undo=False))
        self.timeline.refused.connect(self.window.refuse)
        self.timeline.play.connect(lambda: self.window.show_page("control_room"))
        self.run_on.stopped.connect(self._show_report)
        self.game.turned.connect(self._turned)
        self.game.said.connect(lambda text: self.window.toast.say(text, can_undo=False))
        self.forecast.failed.connect(
            lambda text: self.window.report(say("window.forecast_failed"), say("window.game_goes"), text)
        )
        stack = self.draft.undo_stack
        act("undo").triggered.connect(stack.undo)
        act("redo").triggered.connect(stack.redo)
        stack.canUndoChanged.connect(act("undo").setEnabled)
        stack.canRedoChanged.connect(act("redo").setEnabled)
        act("undo").setEnabled(False)
        act("redo").setEnabled(False)
        act("end_quarter").triggered.connect(self.end_quarter)
        act("run_on").triggered.connect(self.ask_run_on)
        ask = self.window.ask
        act("settings").triggered.connect(lambda: ask(SettingsDialog(self.theme, self.settings, self.window)))
        act("shortcuts").triggered.connect(lambda: ask(ShortcutsDialog(self.theme, self.window)))
        act("about").triggered.connect(lambda: ask(AboutDialog(self.theme, self.window)))
        act("ways_out").triggered.connect(self.show_board)
        act("palette").triggered.connect(self.show_palette)
        act("new_game").triggered.connect(self.show_home)
        act("open_game").triggered.connect(self.ask_for_file)
        act("close_game").triggered.connect(self.close_game)
        act("quit").triggered.connect(self.window.close)
        act("horizon").triggered.connect(self._next_horizon)
        self.doors = Doors(self.window, self.game, self.settings, self.arrivals.open_all)
        act("larger").triggered.connect(lambda: self._set_text(self.theme.text_percent + TEXT_STEP))
        act("smaller").triggered.connect(lambda: self._set_text(self.theme.text_percent - TEXT_STEP))
        act("normal_size").triggered.connect(lambda: self._set_text(100))
        act("switch_theme").triggered.connect(self._switch_theme)
        self._join_coach()
        self.window.ask_before_closing(self.troubles.may_leave)
        self.window.before_closing(self.forecast.shutdown)
        self.window.before_closing(self.ending.shutdown)
        self.window.before_closing(self.game.close)

    def _join_coach(self) -> None:
        """Last, so that whatever the coach looks at is there when it is told."""
        self.coach = Coach(self.window, self.game, self.draft, self.settings)
        for twin in self.control_room.twins:
            twin.flipped.connect(lambda _: self.coach.did("tables"))
        self.run_on.stopped.connect(lambda _: self.coach.did("run_on"))
        self.timeline.compares.connect(lambda: self.coach.did("compare"))

    def show_palette(self) -> None:
        """Find any action by its name."""
        palette = Palette(self.theme, list(self.window.actions_by_key.values()), self.window)
        middle = self.window.geometry().center()
        palette.move(middle.x() - palette.width() // 2, self.window.geometry().top() + self.theme.px(80))
        self.window.ask(palette)

    def close_game(self) -> None:
        """Go home, unless something that is not on disk keeps the person here."""
        if self.troubles.may_leave():
            self.game.close()

    def set_horizon(self, quarters: int) -> None:
        """Look so far ahead from now on."""
        self.settings.set_horizon(quarters)
        self.forecast.set_horizon(quarters)
        self.control_room.choose(quarters, self.forecast.plan)

    def set_plan(self, name: str) -> None:
        """Assume this plan from now on."""
        self.settings.set_plan(name)
        self.forecast.set_plan(name)

    def _next_horizon(self) -> None:
        at = HORIZONS.index(self.settings.horizon)
        self.set_horizon(HORIZONS[(at + 1) % len(HORIZONS)])

    def _set_text(self, percent: int) -> None:
        self.theme.set_text_percent(percent)
        self.settings.set_text_percent(self.theme.text_percent)

    def _switch_theme(self) -> None:
        self.settings.set_mode("light" if self.theme.tokens.name == "dark" else "dark")
        self.theme.set_mode(self.settings.mode)

    def ask_for_file(self) -> None:
        """Choose a saved game with the system's dialog."""
        file = choosing.file_to_open(self.window, say("window.open_game"), self.games, say("window.games_filter"))
        if file is not None:
            self.open_file(file)

    def _new_file(self, scenario: Scenario) -> Path:
        return autosave_path(scenario.title)

    def _saved_games(self) -> list[SavedGame]:
        try:
            games = list_games()[:GAMES_SHOWN]
        except LabsimError as error:  # the window opens all the same
            self.window.toast.say(str(error), can_undo=False)
            return []
        found = []
        for game in games:
            number = formats.quarter_number(game.quarter) if game.quarter else None
            where = say("window.not_begun") if number is None else formats.quarter_title(number)
            when = game.changed.strftime("%d %b %H:%M")
            found.append(SavedGame(game.path, game.name, game.scenario, game.lab, where, when, game.problem))
        return found

    def _try(self, work: object) -> bool:
        try:
            work()  # type: ignore[operator]
        except LabsimError as error:
            self.window.refuse(error)
            return False
        return True
