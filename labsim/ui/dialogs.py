"""Which small windows are there? Settings, keyboard shortcuts, about, and the command palette."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from labsim import __version__
from labsim.resources import asset_text
from labsim.text import say
from labsim.ui.actions import ACTIONS
from labsim.ui.controllers.settings import SettingsController
from labsim.ui.theme import TEXT_PERCENT, ThemeController
from labsim.ui.widgets.buttons import foot_buttons
from labsim.ui.widgets.search import SearchItem, SearchList
from labsim.ui.widgets.slider import Slider
from labsim.ui.widgets.still import StillComboBox
from labsim.ui.widgets.styled import label_of
from labsim.ui.widgets.tables import QuarterTable, TableData, TableRow

MODES = ("system", "dark", "light")
MOTIONS = ((None, "system"), (True, "reduced"), (False, "full"))
REST_MS = 250
"""How long the hand rests on the text size before it holds: dressing everything would stop the slider; game choice."""


class SettingsDialog(QDialog):
    """Preferences; each change holds at once, the text size when the hand rests."""

    def __init__(self, theme: ThemeController, settings: SettingsController, parent: QWidget) -> None:
        """Show what is preferred now."""
        super().__init__(parent)
        self._theme, self._settings = theme, settings
        self.setWindowTitle(say("dialogs.settings"))
        self.setObjectName("settings_dialog")
        self.mode, self.motion = StillComboBox(), StillComboBox()
        for value in MODES:
            self.mode.addItem(say(f"dialogs.{value}"), value)
        for choice, key in MOTIONS:
            self.motion.addItem(say(f"dialogs.{key}"), choice)
        self.mode.setCurrentIndex(self.mode.findData(settings.mode))
        self.motion.setCurrentIndex([choice for choice, _ in MOTIONS].index(settings.reduced_motion))
        self.text_size = Slider(say("dialogs.text_size"), step=10)
        self.text_size.setRange(*TEXT_PERCENT)
        self.text_size.set_quietly(theme.text_percent)
        self.size_words = label_of(f"{theme.text_percent} %")
        self.report = QCheckBox(say("dialogs.skip_quarter_report"))
        self.report.setChecked(settings.skips_report)
        self._name()
        self._lay_out()
        self.mode.activated.connect(lambda _: self._set_mode())
        self.motion.activated.connect(lambda _: self._set_motion())
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._set_size)
        self.text_size.valueChanged.connect(self._size_moves)
        self.report.toggled.connect(settings.set_skips_report)

    def _name(self) -> None:
        for widget, name, key in (
            (self.mode, say("dialogs.theme"), "theme"),
            (self.motion, say("dialogs.motion"), "motion"),
            (self.text_size, say("dialogs.text_size"), "text_size"),
            (self.report, say("dialogs.skip_quarter_report"), "skip_report"),
        ):
            widget.setAccessibleName(name)
            widget.setObjectName(key)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(say("dialogs.theme"), self.mode)
        form.addRow(say("dialogs.motion"), self.motion)
        form.addRow(say("dialogs.text_size"), self.text_size)
        form.addRow("", self.size_words)
        form.addRow("", self.report)
        buttons = foot_buttons(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(buttons)
        self.setMinimumWidth(self._theme.px(380))

    def _set_mode(self) -> None:
        self._settings.set_mode(self.mode.currentData())
        self._theme.set_mode(self._settings.mode)

    def _set_motion(self) -> None:
        self._settings.set_reduced_motion(MOTIONS[self.motion.currentIndex()][0])
        self._theme.set_reduced_motion(self._settings.reduced_motion)

    def done(self, result: int) -> None:
        """Close; a size that was just chosen holds."""
        if self._rest.isActive():
            self._rest.stop()
            self._set_size()
        super().done(result)

    def _size_moves(self, percent: int) -> None:
        self.size_words.setText(f"{percent} %")
        self._rest.start()

    def _set_size(self) -> None:
        self._theme.set_text_percent(self.text_size.value())
        self._settings.set_text_percent(self._theme.text_percent)


class ShortcutsDialog(QDialog):
    """Every action with its keys."""

    def __init__(self, theme: ThemeController, parent: QWidget) -> None:
        """Show the table of actions."""
        super().__init__(parent)
        self.setWindowTitle(say("dialogs.keyboard_shortcuts"))
        self.setObjectName("shortcuts_dialog")
        table = QuarterTable(theme, say("dialogs.keyboard_shortcuts"))
        rows = [TableRow(action.text, (_keys(action.shortcut), action.help)) for action in ACTIONS if action.shortcut]
        table.set_data(TableData((say("dialogs.keys"), say("dialogs.what_does")), tuple(rows)))
        column = QVBoxLayout(self)
        column.addWidget(table)
        self.resize(theme.px(640), theme.px(520))


class AboutDialog(QDialog):
    """Version and licences."""

    def __init__(self, theme: ThemeController, parent: QWidget) -> None:
        """Show who made what."""
        super().__init__(parent)
        self.setWindowTitle(say("dialogs.about_labsim"))
        self.setObjectName("about_dialog")
        title = QLabel(say("dialogs.labsim", version=__version__))
        title.setProperty("role", "heading")
        text = QTextBrowser()
        text.setAccessibleName(say("dialogs.licences"))
        text.setObjectName("licences")
        text.setPlainText(
            say(
                "dialogs.labsim_free_software",
                font=asset_text("fonts", "Inter-LICENSE.txt"),
                icons=asset_text("icons", "LICENSE.txt"),
            )
        )
        column = QVBoxLayout(self)
        column.addWidget(title)
        column.addWidget(text)
        self.resize(theme.px(560), theme.px(420))


class Palette(QDialog):
    """Finds any action by a few letters of its name."""

    def __init__(self, theme: ThemeController, actions: Sequence[QAction], parent: QWidget) -> None:
        """List the actions that can be used now."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self._actions = {action.objectName(): action for action in actions if action.isEnabled()}
        search = SearchList(theme, say("dialogs.find_action"), say("dialogs.type_few_letters"))
        search.set_items(
            [
                SearchItem(key, action.text(), action.statusTip(), shortcut=_keys_of(action))
                for key, action in self._actions.items()
            ]
        )
        search.chosen.connect(self._use)
        search.dismissed.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(search)
        self.resize(theme.px(460), theme.px(380))
        search.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def _use(self, key: str) -> None:
        self.accept()
        self._actions[key].trigger()


def _keys(shortcut: str) -> str:
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)


def _keys_of(action: QAction) -> str:
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
