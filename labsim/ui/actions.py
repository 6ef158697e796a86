"""Which actions are there? One table makes menus, shortcuts, the command palette and the help list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionSpec:
    """One action: its key, what it is called, its shortcut (Qt notation), icon, menu, and one sentence of help."""

    key: str
    text: str
    shortcut: str = ""
    icon: str = ""
    menu: str = ""
    help: str = ""
    is_single_letter: bool = False  # off while a text field has the focus


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new_game", "New game", "Ctrl+N", "plus", "Game", "Choose a scenario and start it."),
    ActionSpec("open_game", "Open…", "Ctrl+O", "folder-open", "Game", "Open a saved game."),
    ActionSpec("close_game", "Close game", "Ctrl+W", "", "Game", "Go home; the game is on disk already."),
    ActionSpec("export", "Export", "Ctrl+E", "download", "Game", "Tables of the game and charts of this page."),
    ActionSpec("copy_table", "Copy table", "Ctrl+Shift+C", "copy", "Game", "The table with the focus, for a sheet."),
    ActionSpec("quit", "Quit", "Ctrl+Q", "", "Game", "Close labsim; the game is on disk already."),
    ActionSpec("undo", "Undo", "Ctrl+Z", "undo-2", "Orders", "Take back one order of this quarter."),
    ActionSpec("redo", "Redo", "Ctrl+Shift+Z", "redo-2", "Orders", "Give the order again that was taken back."),
    ActionSpec("end_quarter", "End quarter", "Ctrl+Return", "play", "Orders", "Carry out the orders and go on."),
    ActionSpec("run_on", "Run until…", "Ctrl+R", "arrow-right", "Orders", "Let quarters pass until something matters."),
    ActionSpec("ways_out", "Ways out…", "Ctrl+Shift+W", "", "Orders", "What can be done when cash runs short."),
    ActionSpec("home", "Home", "Ctrl+1", "house", "Go", "Games and scenarios."),
    ActionSpec("control_room", "Control room", "Ctrl+2", "sliders-horizontal", "Go", "Give the orders of a quarter."),
    ActionSpec("model_lab", "Model lab", "Ctrl+3", "flask-conical", "Go", "Design the next training run."),
    ActionSpec("market", "Market", "Ctrl+4", "store", "Go", "Shares, offers and rivals."),
    ActionSpec("finance", "Finance", "Ctrl+5", "landmark", "Go", "Statements, token ledger, owners and runway."),
    ActionSpec("timeline", "Timeline", "Ctrl+6", "git-branch", "Go", "All that was played, branches and notes."),
    ActionSpec("handbook", "Handbook", "Ctrl+7", "book-open", "Go", "How everything works, with every constant."),
    ActionSpec("fork", "Fork here", "Ctrl+B", "git-fork", "Go", "Begin another branch after the selected quarter."),
    ActionSpec("horizon", "Forecast horizon", "F", "", "View", "Show 4, 8 or 12 quarters ahead.", True),
    ActionSpec("tables", "Tables behind charts", "T", "table", "View", "Show the figures of every chart.", True),
    ActionSpec("larger", "Larger text", "Ctrl++", "", "View", "Make all text larger."),
    ActionSpec("smaller", "Smaller text", "Ctrl+-", "", "View", "Make all text smaller."),
    ActionSpec("normal_size", "Normal text size", "Ctrl+0", "", "View", "Text at 100 %."),
    ActionSpec("switch_theme", "Switch dark and light", "Ctrl+D", "moon", "View", "Dark or light."),
    ActionSpec("settings", "Settings", "Ctrl+,", "settings", "View", "Theme, text size, motion, warnings."),
    ActionSpec("palette", "Find an action", "Ctrl+K", "command", "Help", "Type a few letters of any action."),
    ActionSpec("explain", "Explain", "F1", "circle-question-mark", "Help", "The handbook on what has the focus."),
    ActionSpec("find", "Find in the handbook", "Ctrl+F", "search", "Help", "Search every page of the handbook."),
    ActionSpec("shortcuts", "Keyboard shortcuts", "Ctrl+/", "keyboard", "Help", "Every action and its keys."),
    ActionSpec("about", "About labsim", "", "info", "Help", "Version, licences and credits."),
)
MENUS = ("Game", "Orders", "Go", "View", "Help")
PAGE_ACTIONS = ("home", "control_room", "model_lab", "market", "finance", "timeline", "handbook")
"""Actions that show a page, in the order of the rail."""


def spec(key: str) -> ActionSpec:
    """The action of a key."""
    return next(action for action in ACTIONS if action.key == key)
