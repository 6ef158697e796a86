"""What is there to learn when a game is over? Other ways to play it, on the same dice, and what the scenario asks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel

from labsim.play.par_results import Beside
from labsim.scenario import Scenario
from labsim.text import say
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.styled import RIGHT, label_of, wrapped

_FATES = ("ending.alive", "ending.sold", "ending.fell")


class OthersCard(Card):
    """The player's score among those of other ways to play."""

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty card."""
        super().__init__(theme, say("ending.others"), "dices")
        self.note = wrapped("", "small")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.body.addLayout(self._grid)
        self.body.addWidget(self.note)
        self.body.addStretch(1)

    def begin(self) -> None:
        """Say that the games are being played."""
        self._clear()
        self.note.setText(say("ending.others_playing"))

    def fail(self) -> None:
        """Say that they could not be played."""
        self._clear()
        self.note.setText(say("ending.others_failed"))

    def set_others(self, score: float, status: int, others: Sequence[Beside]) -> None:
        """Show the player among the others, the best first."""
        self._clear()
        usual = next((one.usual for one in others if one.usual), None)
        heads = [say("ending.way"), say("ending.on_your_dice")]
        heads += [say("ending.over_games", games=usual.games)] if usual else []
        for column, head in enumerate(heads):
            self._put(label_of(head, "small"), 0, column)
        better = sum(one.score > score for one in others)
        for row, one in enumerate(others[:better], 1):
            self._put_other(row, one)
        self._put(label_of(say("ending.you"), "title"), better + 1, 0)
        self._put(label_of(_result(score, status), "number"), better + 1, 1)
        for row, one in enumerate(others[better:], better + 2):
            self._put_other(row, one)
        self.note.setText(say("ending.others_note"))

    def _put_other(self, row: int, one: Beside) -> None:
        title = one.play.title or one.play.name
        name = say("ending.way_told", title=title, text=one.play.text) if one.play.text else title
        self._put(wrapped(name), row, 0)
        self._put(label_of(_result(one.score, one.status)), row, 1)
        if one.usual:
            self._put(label_of(f"{one.usual.score:.0f}"), row, 2)

    def _put(self, label: QLabel, row: int, column: int) -> None:
        if column:
            label.setAlignment(RIGHT)
        self._grid.addWidget(label, row, column)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()


class AfterwardsCard(Card):
    """What a good player does in the scenario, and what to think or talk about."""

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty card."""
        super().__init__(theme, say("ending.afterwards"), "graduation-cap")
        self.text = wrapped("")
        self.body.addWidget(self.text)
        self.body.addStretch(1)

    def set_scenario(self, scenario: Scenario) -> None:
        """Show what belongs to a scenario; hidden where it says nothing."""
        insight = " ".join(scenario.insight.split())
        questions = [f"{number}.  {question}" for number, question in enumerate(scenario.questions, 1)]
        parts = [scenario.lesson, insight, *questions]
        self.text.setText("\n\n".join(part for part in parts if part))
        self.setVisible(bool(insight or questions))


def _result(score: float, status: int) -> str:
    return say(_FATES[status], score=f"{score:.0f}")
