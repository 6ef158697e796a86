"""What leads out of the pages? Export, copied tables, files that come in, the handbook on a control, forks, tables."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QMenu

from labsim.errors import Message
from labsim.text import render
from labsim.ui.controllers.game import GameController
from labsim.ui.controllers.settings import SettingsController
from labsim.ui.export import ExportDialog, copy_table
from labsim.ui.files import FileDrop, RecentMenu
from labsim.ui.pages.handbook import HandbookPage
from labsim.ui.pages.handbook_help import place_for
from labsim.ui.pages.timeline import TimelinePage
from labsim.ui.window import MainWindow


class Doors:
    """Joins the actions that belong to no page; ``open_files`` opens games or starts scenarios from paths."""

    def __init__(
        self,
        window: MainWindow,
        game: GameController,
        settings: SettingsController,
        open_files: Callable[[list[str]], None],
    ) -> None:
        """Join them; the pages are already there."""
        self._window, self._game = window, game
        self.recent = RecentMenu(settings, window)
        self.recent.chosen.connect(lambda name: open_files([name]))
        FileDrop(window).dropped.connect(open_files)
        game_menu = window.menuBar().actions()[0].menu()
        if isinstance(game_menu, QMenu):
            game_menu.insertMenu(window.action("close_game"), self.recent)
        for key, work in (("export", self.ask_export), ("copy_table", self.copy_table), ("explain", self.explain),
                          ("find", self.find), ("fork", self.fork), ("tables", self.flip_tables)):  # fmt: skip
            window.action(key).triggered.connect(work)

    def ask_export(self) -> None:
        """Ask what to take out of the game and of the page in front."""
        window = self._window
        file = self._game.file if self._game.is_open else None
        dialog = ExportDialog(window.theme, window, window.pages[window.page_key], window.page_key, file)
        dialog.told.connect(lambda words: window.toast.say(words, can_undo=False))
        dialog.open()

    def copy_table(self) -> None:
        """Copy the table with the focus, or the first one of the page."""
        window = self._window
        name = copy_table(QApplication.focusWidget(), window.pages[window.page_key])
        said = Message("export.copied", {"table": name}) if name else Message("export.nothing")
        window.toast.say(render(said), can_undo=False)

    def explain(self) -> None:
        """Open the handbook on the control that has the focus."""
        page, heading = place_for(QApplication.focusWidget(), self._window.page_key)
        self._handbook().open_entry(page, heading)

    def find(self) -> None:
        """Begin a search in the handbook."""
        self._handbook().begin_search()

    def fork(self) -> None:
        """Fork after the quarter that is selected in the Timeline."""
        page = self._window.pages["timeline"]
        assert isinstance(page, TimelinePage)
        if self._window.page_key != "timeline":
            self._window.show_page("timeline")
        page.ask_fork()

    def flip_tables(self) -> None:
        """Show tables instead of the charts of the page in front, or charts again."""
        flip = getattr(self._window.pages[self._window.page_key], "flip_tables", None)
        if flip is not None:
            flip()

    def _handbook(self) -> HandbookPage:
        self._window.show_page("handbook")
        page = self._window.pages["handbook"]
        assert isinstance(page, HandbookPage)
        return page
