"""What usually happens after these orders? The forecast follows the draft; the latest question counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from labsim import formats
from labsim.play.forecast import COARSE_RUNS, LEVELS, Forecast, Futures
from labsim.play.journal import Draft
from labsim.play.objectives import measure
from labsim.play.plan import DEFAULT_PLAN, PLANS
from labsim.play.turn import Player, SeatOrders
from labsim.text import say
from labsim.ui.charts.fan import FanData
from labsim.ui.charts.lines import Line, Threshold
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.game import GameController
from labsim.ui.worker import WhatIf
from labsim.variables import Array

MEDIAN = LEVELS.index(0.50)


@dataclass(frozen=True)
class ChartSpec:
    """One chart of the forecast: the variable, how it is written, and what stands beside it."""

    key: str
    variable: str
    show: Callable[[float], str]
    line: str = ""
    scale: float = 1.0
    with_rivals: bool = False
    ends_with_lab: bool = False  # an ended lab has none of it; 0 would be a figure
    limits: tuple[tuple[float, str], ...] = ()  # values worth a line, with the key of their words

    @property
    def title(self) -> str:
        """What the chart is called."""
        return say(f"forecast.chart.{self.key}")

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Lines across the chart, with their words."""
        return tuple(Threshold(value, say(words)) for value, words in self.limits)


CHARTS: tuple[ChartSpec, ...] = (
    ChartSpec("cash", "cash", formats.money, limits=((0.0, "forecast.out_cash"),)),
    ChartSpec("revenue", "revenue", formats.money, scale=4.0),
    ChartSpec("capability", "capability", lambda x: f"{x:.0f}", with_rivals=True, ends_with_lab=True),
    ChartSpec("market_share", "market_share", formats.share, with_rivals=True),
)
VARIABLES = tuple(chart.variable for chart in CHARTS)


@dataclass(frozen=True)
class _Asked:
    """One question to the worker."""

    futures: Futures
    player: Player
    orders: SeatOrders
    bare_player: Player
    bare_orders: SeatOrders
    plan: str
    is_draft_empty: bool
    ghosts: dict[str, Forecast]  # by plan: orders unchanged, made once for the futures of a quarter


@dataclass(frozen=True)
class _Answer:
    futures: Futures
    forecast: Forecast
    ghost: Forecast


class ForecastController(QObject):
    """`shown(fans, words)` for every answer: the coarse one follows the hand, the fine one comes at rest."""

    shown = Signal(object, str)
    idle = Signal()
    failed = Signal(str)

    def __init__(self, game: GameController, draft: DraftController) -> None:
        """Follow game and draft."""
        super().__init__(game)
        self._game, self._draft = game, draft
        self.horizon, self.plan = 8, DEFAULT_PLAN
        self.last: Forecast | None = None
        self._futures: Futures | None = None
        self._ghosts: dict[str, Forecast] = {}
        self._worker = WhatIf(self._answer, self)
        self._worker.result.connect(self._show)
        self._worker.failed.connect(self.failed)
        self._worker.idle.connect(self.idle)
        draft.changed.connect(self.ask)
        game.turned.connect(self._another_turn)

    @property
    def is_busy(self) -> bool:
        """Whether a forecast is being made."""
        return self._worker.is_busy

    def plans(self) -> list[tuple[str, str]]:
        """(name, words) of the plans to choose from."""
        return [(name, _short(name)) for name in PLANS]

    def set_horizon(self, quarters: int) -> None:
        """Look so many quarters ahead."""
        self.horizon = quarters
        self._another_turn()

    def set_plan(self, name: str) -> None:
        """Assume another plan after the coming quarter."""
        self.plan = name if name in PLANS else DEFAULT_PLAN
        self.ask()

    def ask(self) -> None:
        """Forecast the draft as it stands."""
        if not self._game.is_open:
            return
        if self._game.is_over:
            self._show_past()
            return
        session, seat = self._game.session, self._game.seat
        if self._futures is None:
            quarters = max(1, min(self.horizon, session.quarters_left))
            self._futures = Futures(
                self._game.scenario, self._game.world, self._game.t, session.game.seed, quarters,
                rows=session.rows, past=self._game.records,
            )  # fmt: skip
        players, orders = session.seated()
        bare_players, bare_orders = session.seated(Draft(on_policy=session.on_policy))
        self._worker.request(
            _Asked(self._futures, players[seat], orders[seat], bare_players[seat], bare_orders[seat], self.plan,
                   not session.draft_orders(), self._ghosts)
        )  # fmt: skip

    def shutdown(self) -> None:
        """Stop for good."""
        self._worker.shutdown()

    def seen(self) -> str:
        """The last forecast as JSON, to be kept with the turn; empty when there is none for this quarter."""
        last = self.last
        if last is None or last.t != self._game.t:
            return ""
        bands = {name: np.round(last.band(name), 6).tolist() for name in VARIABLES}
        return json.dumps({"t": last.t, "plan": last.plan, "levels": LEVELS, "runs": last.runs, "bands": bands})

    def _another_turn(self) -> None:
        self._futures, self.last = None, None
        self._ghosts = {}  # not cleared: the worker may still read those of the quarter before
        self.ask()

    def _answer(self, asked: object, cancelled: Callable[[], bool]) -> Iterator[tuple[float, object]]:
        """On the worker's thread: the ghost of unchanged orders once a turn, then the draft, coarse and fine."""
        assert isinstance(asked, _Asked)
        plan = PLANS[asked.plan]
        if asked.plan not in asked.ghosts:
            bare = asked.futures.forecast(
                asked.bare_player, asked.bare_orders, variables=VARIABLES, plan=plan, runs=COARSE_RUNS
            )
            asked.ghosts[asked.plan] = next(iter(bare))
        for answer in asked.futures.forecast(
            asked.player, asked.orders, variables=VARIABLES, plan=plan, cancelled=cancelled
        ):
            ghost = answer if asked.is_draft_empty else asked.ghosts[asked.plan]
            yield (1.0 if answer.is_final else 0.25), _Answer(asked.futures, answer, ghost)

    def _show(self, _fraction: float, answer: object) -> None:
        assert isinstance(answer, _Answer)
        if answer.futures is not self._futures or not self._game.is_open:
            return
        self.last = answer.forecast
        fans = {chart.key: self._fan(chart, answer) for chart in CHARTS}
        self.shown.emit(fans, self._words(answer))

    def _show_past(self) -> None:
        """Show what was played, when there is no quarter left to forecast."""
        fans = {}
        for chart in CHARTS:
            past = self._past(chart)
            now = np.full((len(LEVELS), 1), past[-1] if past else 0.0)
            fans[chart.key] = FanData(self._game.t - 1, now, np.array(past) if past else None)
        self.shown.emit(fans, say("forecast.over"))

    def _past(self, chart: ChartSpec) -> list[float]:
        """What a chart shows of the quarters played."""
        seat = self._game.seat
        return [float(measure(chart.variable, record)[seat, 0]) * chart.scale for record in self._game.records]

    def _fan(self, chart: ChartSpec, answer: _Answer) -> FanData:
        forecast, past = answer.forecast, self._past(chart)
        first = forecast.t - 1 if past else forecast.t

        def joined(future: Array, now: float) -> Array:
            """The future with the present in front of it, where there is a present."""
            if not past:
                return future
            return np.concatenate([np.full((*future.shape[:-1], 1), now), future], axis=-1)

        now = past[-1] if past else 0.0
        rivals = self._rivals(chart, forecast, joined) if chart.with_rivals else ()
        unchanged = _lasting(answer.ghost.band(chart.variable), chart)[MEDIAN] * chart.scale
        ghost = None if answer.ghost is forecast else joined(unchanged, now)
        return FanData(
            start=first,
            bands=joined(_lasting(forecast.band(chart.variable), chart) * chart.scale, now),
            past=np.array(past) if past else None,
            ghost=ghost,
            rivals=rivals,
            thresholds=chart.thresholds,
        )

    def _rivals(
        self, chart: ChartSpec, forecast: Forecast, joined: Callable[[Array, float], Array]
    ) -> tuple[Line, ...]:
        lines = []
        records = self._game.records
        live = self._game.world.capital.status[:, 0] == 0.0
        for lab, name in enumerate(forecast.labs):
            if lab == forecast.seat or not live[lab]:
                continue
            now = float(measure(chart.variable, records[-1])[lab, 0]) * chart.scale if records else 0.0
            median = joined(_lasting(forecast.band(chart.variable, lab), chart)[MEDIAN] * chart.scale, now)
            lines.append(Line(name, median, forecast.t - 1 if records else forecast.t, f"lab{lab}"))
        return tuple(lines)

    def _words(self, answer: _Answer) -> str:
        forecast, ghost, seat = answer.forecast, answer.ghost, self._game.seat
        broke = float(forecast.chances.bankrupt[-1, seat] + forecast.chances.acquired[-1, seat])
        before = float(ghost.chances.bankrupt[-1, seat] + ghost.chances.acquired[-1, seat])
        words = say("forecast.chance_lab_ends", quarters=forecast.quarters, broke=formats.share(broke))
        if ghost is not forecast and round(broke, 2) != round(before, 2):
            words += " " + say("forecast.orders_unchanged", before=formats.share(before))
        low, high = forecast.score[1], forecast.score[3]
        if self._game.scenario.objectives:
            words += say(
                "forecast.score_then",
                score=f"{float(forecast.score[MEDIAN]):.0f}",
                low=f"{float(low):.0f}",
                high=f"{float(high):.0f}",
            )
        sizes = say("forecast.futures", runs=f"{forecast.runs:,}")
        return say("forecast.after_quarter", words=words, sizes=sizes, plan=_short(forecast.plan))


def _lasting(bands: Array, chart: ChartSpec) -> Array:
    """Bands in which futures whose lab has ended stay at what they last had."""
    if not chart.ends_with_lab:
        return bands
    kept = bands.copy()
    for quarter in range(1, kept.shape[1]):
        kept[:, quarter] = np.where(bands[:, quarter] == 0.0, kept[:, quarter - 1], kept[:, quarter])
    return kept


def _short(plan: str) -> str:
    """A plan's name in a few words."""
    return say(f"forecast.plan.{plan.replace('-', '_')}")
