"""How did it end? The result against the objectives, the course of the game, and what a fall is put down to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from labsim import formats
from labsim.errors import Message
from labsim.play.ending import Ending, Mark
from labsim.play.par_results import Beside
from labsim.play.standing import Standing
from labsim.scenario import Scenario
from labsim.text import render, say
from labsim.ui.charts.history import HistoryChart
from labsim.ui.charts.lines import Line
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.pages.ending_after import AfterwardsCard, OthersCard
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import named_button
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.chartgrid import chart_grid
from labsim.ui.widgets.styled import label_of
from labsim.ui.window import Page
from labsim.ui.worker import Task
from labsim.variables import REGISTRY

_CHARTS = (("cash", formats.money), ("revenue", formats.money),
           ("capability", lambda x: f"{x:.0f}"), ("trust", formats.hundred))  # fmt: skip


class EndingPage(Page):
    """`again` to start the scenario once more, `went_home`, and `looked_back` for the control room's last state."""

    again = Signal()
    went_home = Signal()

    def __init__(self, theme: ThemeController) -> None:
        """Make an empty page."""
        super().__init__()
        self._theme = theme
        self.title, self.score, self.fate = label_of("", "heading"), label_of("", "big"), label_of("", "muted")
        self.fate.setWordWrap(True)
        self.charts = {
            key: HistoryChart(theme, say(f"ending.{key}"), show, formats.quarter_title) for key, show in _CHARTS
        }
        self._marks = QVBoxLayout()
        self._marks.setSpacing(10)
        self.causes = label_of("")
        self.causes.setWordWrap(True)
        self.others, self.afterwards = OthersCard(theme), AfterwardsCard(theme)
        self._asked: Task | None = None
        self._lay_out()

    def set_data(
        self, lab: str, first: int, ending: Ending, history: Sequence[Standing], scenario: Scenario,
        others: Callable[[], list[Beside]],
    ) -> None:  # fmt: skip
        """Show the end of a game; ``others`` plays it in other ways, which takes a moment and is done beside."""
        words = (say("ending.still_there"), say("ending.was_acquired"), say("ending.bankrupt"))[ending.status]
        self.title.setText(f"{formats.quarter_title(ending.t)}: {lab} {words}")
        self.score.setText(say("ending.score", score=f"{ending.score:.0f}") if ending.marks else say("ending.no_score"))
        fate = say("ending.marks_count_because", fate=formats.share(ending.fate))
        self.fate.setText(fate if ending.fate < 1.0 else say("ending.mark_60_sensible"))
        while (item := self._marks.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for mark in ending.marks:
            self._marks.addWidget(self._mark(mark))
        self.causes.setText(_causes(ending))
        for key, chart in self.charts.items():
            chart.forget_range()
            values = np.array([getattr(item, key) for item in history], dtype=np.float64)
            chart.set_data([Line(lab, values, first, "accent")])
        self.afterwards.set_scenario(scenario)
        self._ask(ending, others)

    def _ask(self, ending: Ending, others: Callable[[], list[Beside]]) -> None:
        """Play the others on a thread of its own; without a score there is nothing to compare."""
        self.shutdown()
        self.others.setVisible(bool(ending.marks))
        if not ending.marks:
            return
        self.others.begin()
        self._asked = Task(lambda _progress: others(), self)
        self._asked.done.connect(lambda found: self.others.set_others(ending.score, ending.status, found))
        self._asked.failed.connect(lambda _text: self.others.fail())
        self._asked.start()

    def shutdown(self) -> None:
        """Let go of what is still being played."""
        if self._asked is not None:
            self._asked.shutdown()
            self._asked.deleteLater()
            self._asked = None

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        for twin in self.twins:
            twin.flip()

    def _mark(self, mark: Mark) -> QWidget:
        whole = QWidget()
        name = mark.objective.label or mark.objective.variable
        head = QHBoxLayout()
        head.addWidget(label_of(name, "title"), 1)
        head.addWidget(label_of(_value(mark), "number"))
        bar = QProgressBar()
        bar.setRange(0, 100)
        bar.setValue(round(mark.mark))
        bar.setTextVisible(False)
        bar.setAccessibleName(name)
        bar.setObjectName("objective_mark")
        note = say(
            "ending.mark_met" if mark.is_met else "ending.mark_not_met",
            mark=f"{mark.mark:.0f}",
            weight=f"{mark.objective.weight:.0%}",
        )
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(bar)
        column.addWidget(label_of(note, "small"))
        return whole

    def _lay_out(self) -> None:
        result = Card(self._theme, say("ending.result"), "scale")
        for label in (self.score, self.fate):
            result.body.addWidget(label)
        result.body.addLayout(self._marks)
        result.body.addWidget(self.causes)
        result.body.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(named_button(say("ending.play_again"), "ending_play_again", self.again, kind="primary"))
        buttons.addWidget(named_button(say("ending.back_home"), "ending_back_home", self.went_home))
        result.body.addLayout(buttons)
        self.twins = [ChartTwin(self._theme, chart) for chart in self.charts.values()]
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(result, 2)
        row.addWidget(chart_grid(self._theme, self.twins), 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.title, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row, 1)
        after = QHBoxLayout()
        after.setSpacing(12)
        after.addWidget(self.others, 1)
        after.addWidget(self.afterwards, 1)
        column.addLayout(after)


def _value(mark: Mark) -> str:
    """What was reached, in its unit."""
    declared = REGISTRY.get(mark.objective.variable)
    units = {"stake": "M$", "runway_months": "months"}
    unit = units.get(mark.objective.variable, declared.unit if declared else "")
    if unit == "1" and abs(mark.value) <= 1.0:
        return formats.share(mark.value)
    return formats.show(mark.value, unit, declared.format or None if declared else None)


def _causes(ending: Ending) -> str:
    """What the cash went into since it was highest, for a lab that fell."""
    if ending.status == 0 or not ending.causes:
        return ""
    lines = [f"•  {_line(name)} {formats.money(amount)}" for name, amount in ending.causes]
    return say("ending.where_cash_went", peak=formats.quarter_title(ending.peak)) + "\n" + "\n".join(lines)


def _line(name: str) -> str:
    return render(Message(f"explain.line_{name}.label"))
