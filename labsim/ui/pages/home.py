"""What shall I play? Games to go on with, and scenarios to start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from labsim.play.policy_rows import skills
from labsim.scenario import Scenario
from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import in_order, named_button
from labsim.ui.widgets.cards import Card, Chip
from labsim.ui.widgets.scroll import scroll_of
from labsim.ui.widgets.still import StillComboBox, StillSpinBox
from labsim.ui.widgets.styled import ElidedLabel, label_of, restyle, rule
from labsim.ui.window import Page

_SEED_MAX = 999_999


@dataclass(frozen=True)
class SavedGame:
    """A game that can be gone on with."""

    file: Path
    name: str
    scenario: str
    lab: str
    where: str  # the last quarter played
    when: str
    problem: str = ""  # why it cannot be opened; opening it offers to recover it


class ScenarioCard(QFrame):
    """One scenario to choose; its accessible name is the title."""

    chosen = Signal(str)
    started = Signal(str)

    def __init__(self, theme: ThemeController, scenario: Scenario, best: str = "") -> None:
        """Make the card of a scenario; ``best`` is the best result so far."""
        super().__init__()
        self.name = scenario.name
        self.setProperty("kind", "card")
        self.setObjectName(f"scenario_{scenario.name}")
        self.setAccessibleName(scenario.title)
        self.setAccessibleDescription(scenario.lesson)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        title = label_of(scenario.title, "title")
        title.setWordWrap(True)
        lesson = label_of(scenario.lesson, "muted")
        lesson.setWordWrap(True)
        facts = QHBoxLayout()
        facts.setSpacing(6)
        for text in (
            say("home.quarters", quarters=scenario.quarters),
            say("home.minutes", minutes=scenario.minutes),
            say(f"home.difficulty.{scenario.difficulty}") if scenario.difficulty else "",
        ):
            facts.addWidget(Chip(theme, text, "muted"))
        facts.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(lesson)
        column.addLayout(facts)
        if scenario.coach:
            column.addWidget(Chip(theme, say("home.coached"), "info"))
        if best:
            column.addWidget(label_of(best, "small"))

    def set_chosen(self, is_chosen: bool) -> None:
        """Show whether this is the scenario in view."""
        restyle(self, focused=str(is_chosen or self.hasFocus()).lower())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose."""
        self.chosen.emit(self.name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Start at once."""
        self.started.emit(self.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Space, start with Enter."""
        if event.key() == Qt.Key.Key_Space:
            self.chosen.emit(self.name)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.started.emit(self.name)
        else:
            super().keyPressEvent(event)


class GameRow(QFrame):
    """One saved game; `opened` with its file."""

    opened = Signal(object)

    def __init__(self, game: SavedGame, number: int, *, is_last: bool) -> None:
        """Make the row of a list; the button of the game that was played last is called Continue."""
        super().__init__()
        self.setProperty("kind", "card")
        title = ElidedLabel(game.scenario or game.name, "title")
        told = game.problem or f"{game.lab} · {game.where} · {game.when}"
        facts = ElidedLabel(told, "bad" if game.problem else "small")
        if is_last:
            self.button = named_button(say("home.continue"), "continue_button", kind="primary")
        else:
            spoken = say("home.open_named", name=game.name)
            self.button = named_button(say("home.open"), f"open_game_{number}", spoken=spoken)
        self.button.clicked.connect(lambda: self.opened.emit(game.file))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.addLayout(words, 1)
        row.addWidget(self.button)


class HomePage(Page):
    """`started(scenario, lab, seed, rivals)` and `opened(file)`; `asked_for_file` for the file dialog."""

    started = Signal(str, str, object, str)
    opened = Signal(object)
    asked_for_file = Signal()

    def __init__(self, theme: ThemeController, scenarios: Sequence[Scenario]) -> None:
        """Make the page for the scenarios that there are."""
        super().__init__()
        self._theme = theme
        self._scenarios = {scenario.name: scenario for scenario in scenarios}
        self._chosen = next(iter(self._scenarios))
        self.cards = {name: ScenarioCard(theme, scenario) for name, scenario in self._scenarios.items()}
        self._games = QVBoxLayout()
        self._games.setSpacing(8)
        self._lay_out()
        for card in self.cards.values():
            card.chosen.connect(self.choose)
            card.started.connect(self._start_named)
        self.choose(self._chosen)

    def set_games(self, games: Sequence[SavedGame]) -> None:
        """Show the saved games, the last one first."""
        while (item := self._games.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        last = next((game for game in games if not game.problem), None)
        rows: list[QWidget] = []
        for number, game in enumerate(games):
            row = GameRow(game, number, is_last=game is last)
            row.opened.connect(self.opened)
            self._games.addWidget(row)
            rows.append(row.button)
        if not games:
            nothing = label_of(say("home.nothing_played_yet"), "muted")
            nothing.setWordWrap(True)
            self._games.addWidget(nothing)
            rows += self._offer_first_game()
        self._games.addStretch(1)
        in_order([*rows, self.other, *self.cards.values(), self.seats, self.rivals, self.seed, self.play])

    def _offer_first_game(self) -> list[QWidget]:
        """Offer a person without games the scenario that has a coach; the button, if there is one."""
        coached = next((scenario for scenario in self._scenarios.values() if scenario.coach), None)
        if coached is None:
            return []
        words = say("home.rehearse", minutes=str(coached.minutes))
        first = named_button(words, "rehearse_button", lambda: self._start_named(coached.name), kind="primary")
        self._games.insertWidget(0, first)
        return [first]

    def choose(self, name: str) -> None:
        """Show one scenario: what the lab is and what is asked."""
        self._chosen = name
        scenario = self._scenarios[name]
        for other, card in self.cards.items():
            card.set_chosen(other == name)
        self.title.setText(scenario.title)
        self.lesson.setText(scenario.lesson)
        self.briefing.setText(" ".join(scenario.briefing.split()))
        self.goals.setText(_goals(scenario))
        self.seats.clear()
        self.seats.addItems(scenario.labs)
        self.seats.setCurrentText(scenario.default_seat)
        self.rivals.setCurrentIndex(self.rivals.findData(scenario.rivals))

    def _start_named(self, name: str) -> None:
        self.choose(name)
        self._start()

    def _start(self) -> None:
        self.started.emit(self._chosen, self.seats.currentText(), self.seed.value(), self.rivals.currentData())

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self._games_column(), 3)
        row.addWidget(self._scenarios_column(), 5)
        row.addWidget(self._detail(), 4)

    def _games_column(self) -> QWidget:
        card = Card(self._theme, say("home.games"), "history")
        inside = QWidget()
        inside.setLayout(self._games)
        self._games.setContentsMargins(0, 0, 0, 0)
        card.body.addWidget(scroll_of(inside), 1)
        other = self.other = named_button(say("home.open"), "open_button", self.asked_for_file)
        other.setToolTip(say("home.open_saved_game"))
        card.body.addWidget(other)
        return card

    def _scenarios_column(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label_of(say("home.new_game"), "heading"))
        grid_box = QWidget()
        grid = QGridLayout(grid_box)
        grid.setContentsMargins(2, 2, 2, 2)
        grid.setSpacing(8)
        for number, card in enumerate(self.cards.values()):
            grid.addWidget(card, number, 0)
        grid.setRowStretch(len(self.cards), 1)
        column.addWidget(scroll_of(grid_box), 1)
        return whole

    def _detail(self) -> QWidget:
        card = Card(self._theme, say("home.scenario"), "compass")
        self.title, self.lesson = label_of("", "heading"), label_of("", "muted")
        self.briefing, self.goals = label_of(""), label_of("", "muted")
        for label in (self.title, self.lesson, self.briefing, self.goals):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        text = QWidget()
        column = QVBoxLayout(text)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(10)
        for widget in (self.title, self.lesson, rule(), self.briefing, rule(), self.goals):
            column.addWidget(widget)
        column.addStretch(1)
        card.body.addWidget(scroll_of(text), 1)
        self.seats, self.seed, self.play = StillComboBox(), StillSpinBox(), QPushButton(say("home.play"))
        self.seats.setAccessibleName(say("home.lab"))
        self.seats.setObjectName("seat")
        self.rivals = StillComboBox()
        self.rivals.setAccessibleName(say("home.rivals"))
        self.rivals.setObjectName("rivals")
        self.rivals.setToolTip(say("home.rivals_meaning"))
        for skill in skills():
            self.rivals.addItem(say(f"home.rivals_{skill}"), skill)
        self.seed.setRange(1, _SEED_MAX)
        self.seed.setAccessibleName(say("home.seed_dice"))
        self.seed.setObjectName("seed")
        self.seed.setToolTip(say("home.same_seed_brings"))
        self.play.setProperty("kind", "primary")
        self.play.setAccessibleName(say("home.play"))
        self.play.setObjectName("play_button")
        self.play.setIcon(self._theme.icon("play", "on_accent"))
        self.play.setIconSize(QSize(16, 16))
        self.play.clicked.connect(self._start)
        choices = QGridLayout()
        fields = ((say("home.lab"), self.seats), (say("home.rivals"), self.rivals), (say("home.seed_dice"), self.seed))
        for place, (name, field) in enumerate(fields):
            choices.addWidget(_buddy(name, field), place, 0)
            choices.addWidget(field, place, 1)
        choices.setColumnStretch(1, 1)
        card.body.addLayout(choices)
        card.body.addWidget(self.play)
        return card


def _buddy(name: str, field: QWidget) -> QLabel:
    label = label_of(name)
    label.setWordWrap(True)
    label.setBuddy(field)
    return label


def _goals(scenario: Scenario) -> str:
    """What is asked, as a list of the objectives with their weights."""
    if not scenario.objectives:
        return say("home.no_score_play")
    lines = [f"{objective.label or objective.variable}: {objective.weight:.0%}" for objective in scenario.objectives]
    return say("home.judged") + "\n" + "\n".join(f"•  {line}" for line in lines)
