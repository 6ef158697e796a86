"""Which actions are there? One table makes menus, shortcuts, the command palette and the help list."""

from __future__ import annotations

from dataclasses import dataclass

from labsim.text import say


@dataclass(frozen=True)
class ActionSpec:
    """One action: its key, its shortcut (Qt notation), icon and menu; its words stand in the text file."""

    key: str
    shortcut: str = ""
    icon: str = ""
    menu: str = ""
    is_single_letter: bool = False  # off while a text field has the focus

    @property
    def text(self) -> str:
        """What it is called."""
        return say(f"action.{self.key}.text")

    @property
    def help(self) -> str:
        """One sentence of help."""
        return say(f"action.{self.key}.help")


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new_game", "Ctrl+N", "plus", "game"),
    ActionSpec("open_game", "Ctrl+O", "folder-open", "game"),
    ActionSpec("close_game", "Ctrl+W", "", "game"),
    ActionSpec("export", "Ctrl+E", "download", "game"),
    ActionSpec("copy_table", "Ctrl+Shift+C", "copy", "game"),
    ActionSpec("quit", "Ctrl+Q", "", "game"),
    ActionSpec("undo", "Ctrl+Z", "undo-2", "orders"),
    ActionSpec("redo", "Ctrl+Shift+Z", "redo-2", "orders"),
    ActionSpec("end_quarter", "Ctrl+Return", "play", "orders"),
    ActionSpec("run_on", "Ctrl+R", "arrow-right", "orders"),
    ActionSpec("ways_out", "Ctrl+Shift+W", "", "orders"),
    ActionSpec("home", "Ctrl+1", "house", "go"),
    ActionSpec("control_room", "Ctrl+2", "sliders-horizontal", "go"),
    ActionSpec("model_lab", "Ctrl+3", "flask-conical", "go"),
    ActionSpec("market", "Ctrl+4", "store", "go"),
    ActionSpec("finance", "Ctrl+5", "landmark", "go"),
    ActionSpec("timeline", "Ctrl+6", "git-branch", "go"),
    ActionSpec("handbook", "Ctrl+7", "book-open", "go"),
    ActionSpec("fork", "Ctrl+B", "git-fork", "go"),
    ActionSpec("horizon", "F", "", "view", True),
    ActionSpec("tables", "T", "table", "view", True),
    ActionSpec("larger", "Ctrl++", "", "view"),
    ActionSpec("smaller", "Ctrl+-", "", "view"),
    ActionSpec("normal_size", "Ctrl+0", "", "view"),
    ActionSpec("switch_theme", "Ctrl+D", "moon", "view"),
    ActionSpec("settings", "Ctrl+,", "settings", "view"),
    ActionSpec("palette", "Ctrl+K", "command", "help"),
    ActionSpec("coach", "F2", "compass", "help"),
    ActionSpec("explain", "F1", "circle-question-mark", "help"),
    ActionSpec("find", "Ctrl+F", "search", "help"),
    ActionSpec("shortcuts", "Ctrl+/", "keyboard", "help"),
    ActionSpec("about", "", "info", "help"),
)
MENUS = ("game", "orders", "go", "view", "help")
"""Menus in the order of the bar; their names stand in the text file as `menu.game` …"""
PAGE_ACTIONS = ("home", "control_room", "model_lab", "market", "finance", "timeline", "handbook")
"""Actions that show a page, in the order of the rail."""


def spec(key: str) -> ActionSpec:
    """The action of a key."""
    return next(action for action in ACTIONS if action.key == key)
