"""Why did cash change in a quarter? A waterfall of the ledger's groups for a quarter that can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QSizePolicy

from labsim import formats
from labsim.play.bridge import Explanation, explain
from labsim.play.bridge_rounding import scale_of, shares_of
from labsim.text import render, say
from labsim.ui.charts.items import Format
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.charts.waterfall import Term, Waterfall
from labsim.ui.controllers.game import GameController
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.still import StillComboBox


@dataclass(frozen=True)
class ExactBridge:
    """Bars whose written figures add up: every value is a whole number of the steps in which it is written."""

    start: Term
    terms: list[Term]
    end: Term
    show: Format


def exact_bridge(found: Explanation) -> ExactBridge:
    """An explanation as bars that add up as written, to the last digit."""
    largest = max(abs(found.from_), abs(found.to))
    scale = scale_of(found.unit, max(found.gross, abs(found.change)), largest)
    first, last = scale.steps(found.from_), scale.steps(found.to)
    steps = shares_of(last - first, [term.value / scale.step for term in found.terms])
    terms = [Term(render(t.label), n * scale.step) for t, n in zip(found.terms, steps, strict=True)]
    return ExactBridge(
        Term(say("finance.before"), first * scale.step),
        terms,
        Term(say("finance.now"), last * scale.step),
        lambda value: scale.show(scale.steps(value)),
    )


class CashBridge(Card):
    """The cash bridge with its choice of a quarter; a new quarter is chosen by itself."""

    def __init__(self, theme: ThemeController, game: GameController) -> None:
        """Make an empty card."""
        super().__init__(theme, say("finance.why_cash_changed"), "banknote")
        self._game = game
        self.quarter = StillComboBox()
        self.quarter.setAccessibleName(say("finance.quarter_cash_bridge"))
        self.quarter.setObjectName("cash_bridge_quarter")
        self.quarter.activated.connect(self._show)
        self.head.addWidget(self.quarter)
        self._write: Format = formats.money
        self.picture = Waterfall(theme, say("finance.cash_bridge"), self._text)
        self.twin = ChartTwin(theme, self.picture)
        self.twin.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.body.addWidget(self.twin, 1)

    def refresh(self) -> None:
        """Take up the quarters of the game, and show the last one."""
        self.quarter.clear()
        for record in reversed(self._game.records):
            self.quarter.addItem(formats.quarter_title(record.t), record.t)
        self._show()

    def choose(self, turn: int) -> None:
        """Show another quarter."""
        self.quarter.setCurrentIndex(self.quarter.findData(turn))
        self._show()

    def _show(self) -> None:
        game, turn = self._game, self.quarter.currentData()
        turns = [record.t for record in game.records]
        if turn not in turns:  # none yet; or an open list of quarters outlived its game
            return
        at = turns.index(turn)
        before = game.records[at - 1] if at else game.session.world(game.session.path()[0].id)
        bridge = exact_bridge(explain("cash", before, game.records[at], game.seat, game.scenario))
        self._write = bridge.show
        self.picture.set_data(bridge.start, bridge.terms, bridge.end)

    def _text(self, value: float) -> str:
        return self._write(value)
