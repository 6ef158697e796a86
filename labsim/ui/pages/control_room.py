"""Where is a quarter played? Orders at the left, their forecast in the middle, what wants an answer at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from labsim import formats
from labsim.play.token_flow import token_flows
from labsim.text import say
from labsim.ui.charts.fan import FanChart, FanData
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.forecast import CHARTS, ForecastController
from labsim.ui.controllers.game import GameController
from labsim.ui.controllers.settings import HORIZONS
from labsim.ui.flow_picture import stations
from labsim.ui.orders.answer import AnswerOrder
from labsim.ui.orders.cards import OrderCards
from labsim.ui.orders.fields import label_for
from labsim.ui.orders.finding import show_control
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.buttons import in_order, named_button
from labsim.ui.widgets.cards import Card, IconLabel
from labsim.ui.widgets.chartgrid import chart_grid
from labsim.ui.widgets.scroll import page_area, scroll_of
from labsim.ui.widgets.still import StillComboBox
from labsim.ui.widgets.styled import label_of
from labsim.ui.widgets.tokenflow import TokenFlow
from labsim.ui.window import Page

ORDERS_WIDTH, BRIEFING_WIDTH = 356, 220
_LETTERS = 5  # of a list at its narrowest
_LARGE = 125  # percent of text size from which choices stand in two rows


@dataclass(frozen=True)
class Item:
    """One line of the briefing: icon, colour, text, and the order that answers it, if one does."""

    icon: str
    color: str
    text: str
    order: str = ""


class ControlRoom(Page):
    """`asked_for_lab` when the Model lab is wanted, `horizon_chosen` and `plan_chosen` from the forecast's head."""

    asked_for_lab = Signal()
    horizon_chosen = Signal(object)
    plan_chosen = Signal(str)

    def __init__(
        self, theme: ThemeController, game: GameController, draft: DraftController, forecast: ForecastController
    ) -> None:
        """Make the page; it follows draft and forecast by itself."""
        super().__init__()
        self._theme, self._game, self._draft, self._forecast = theme, game, draft, forecast
        self.orders = OrderCards(theme, game, draft)
        self.orders.asked_for_lab.connect(self.asked_for_lab)
        self.charts = {
            chart.key: FanChart(theme, chart.title, chart.show, formats.quarter_title, line_name=chart.line)
            for chart in CHARTS
        }
        self.twins = [ChartTwin(theme, chart) for chart in self.charts.values()]
        for chart in self.charts.values():
            chart.changed()  # says that there is no forecast yet
        self.briefing = Briefing(theme, say("control_room.briefing"))
        self.briefing.wanted.connect(lambda order: show_control(self, order))
        self.answer = AnswerOrder(theme, game, draft)
        self.risks = Briefing(theme, say("control_room.may_strike"))
        self.briefing.put_first(self.answer)
        self.briefing.put_last(self.risks)
        self._lay_out()
        forecast.shown.connect(self._show_forecast)
        draft.changed.connect(self._show_flow)
        game.opened.connect(self._forget)

    @property
    def gives(self) -> tuple[str, ...]:
        """Every decision that a control gives."""
        return (*self.orders.gives, self.answer.name)

    def arrive(self) -> None:
        """Show the draft as it stands."""
        self.orders.refresh()

    def set_briefing(self, text: str, items: Sequence[Item], risks: Sequence[Item] = ()) -> None:
        """Say what happened and what wants attention, and what may strike next."""
        self.briefing.set_items(text, items)
        in_order([self.chances, *self.answer.buttons, *self.briefing.ways])
        self.risks.set_items("", risks)
        self.risks.setVisible(bool(risks))

    def flip_tables(self) -> None:
        """Show tables instead of charts, or charts again."""
        for twin in (*self.twins, self.flow_twin, self.orders.calendar_twin):
            twin.flip()

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("control_room_split")
        split.setChildrenCollapsible(False)
        split.addWidget(scroll_of(self.orders))
        split.addWidget(self._middle())
        split.addWidget(scroll_of(self.briefing))
        split.setStretchFactor(1, 1)
        split.setSizes([self._theme.px(ORDERS_WIDTH), 640, self._theme.px(BRIEFING_WIDTH)])
        self._split, self._percent = split, self._theme.text_percent
        self._theme.changed.connect(self._widen)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.addWidget(split)

    def _widen(self) -> None:
        """Give the columns at the sides as much more room as the writing has grown."""
        if self._theme.text_percent != self._percent:
            left, middle, right = self._split.sizes()
            by = self._theme.text_percent / self._percent
            self._percent = self._theme.text_percent
            self._split.setSizes(
                [round(left * by), middle + left + right - round((left + right) * by), round(right * by)]
            )

    def _middle(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(8)
        self._head = QGridLayout()
        self.view = StillComboBox()
        self.view.addItems((say("control_room.forecast"), say("control_room.token_flow")))
        self._name(self.view, say("control_room.view"), "view")
        self.horizon, self.plan = StillComboBox(), StillComboBox()
        for quarters in HORIZONS:
            self.horizon.addItem(say("control_room.quarters", quarters=quarters), quarters)
        for name, words in self._forecast.plans():
            self.plan.addItem(say("control_room.then", plan=words), name)
        self._name(self.horizon, say("control_room.forecast_horizon"), "horizon")
        self._name(self.plan, say("control_room.plan_after_quarter"), "plan")
        for box in (self.view, self.plan):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(_LETTERS)
        self.horizon.activated.connect(lambda place: self.horizon_chosen.emit(self.horizon.itemData(place)))
        self.plan.activated.connect(lambda place: self.plan_chosen.emit(self.plan.itemData(place)))
        self._arrange_head()
        self._theme.changed.connect(self._arrange_head)
        column.addLayout(self._head)
        views = QStackedWidget()
        views.addWidget(chart_grid(self._theme, self.twins))
        views.addWidget(page_area(self._flow_card()))
        self.view.currentIndexChanged.connect(views.setCurrentIndex)
        self.view.currentIndexChanged.connect(lambda _: self._show_flow())
        column.addWidget(views, 1)
        self.chances = label_of("", "body")
        self.chances.setWordWrap(True)
        self.chances.setAccessibleName(say("control_room.forecast_summary"))
        self.chances.setObjectName("forecast_summary")
        self.chances.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        column.addWidget(self.chances)
        return whole

    def _arrange_head(self) -> None:
        """Put the plan, the longest of the choices, below the others where writing is large."""
        self._head.addWidget(self.view, 0, 0)
        self._head.addWidget(self.horizon, 0, 1)
        if self._theme.text_percent >= _LARGE:
            self._head.addWidget(self.plan, 1, 0, 1, 2)
        else:
            self._head.addWidget(self.plan, 0, 2)
        for place, stretch in enumerate((1, 0, 0 if self._theme.text_percent >= _LARGE else 2)):
            self._head.setColumnStretch(place, stretch)

    def _flow_card(self) -> QWidget:
        card = Card(self._theme, say("control_room.where_tokens_come"), "layers")
        self.flow = TokenFlow(self._theme)
        self.flow_twin = ChartTwin(self._theme, self.flow)
        card.body.addWidget(self.flow_twin, 1)
        return card

    def _show_flow(self) -> None:
        """Draw the flow of the quarter as the draft stands; only while it is looked at."""
        if self._game.is_open and self.view.currentIndex() == 1:
            self.flow.set_data(*stations(token_flows(self._game.scenario, self._draft.preview, self._game.seat)))

    def _name(self, box: QComboBox, name: str, key: str) -> None:
        box.setAccessibleName(name)
        box.setObjectName(key)
        box.setToolTip(f"{name}: {box.currentText()}")
        box.currentTextChanged.connect(lambda text: box.setToolTip(f"{name}: {text}"))

    def choose(self, horizon: int, plan: str) -> None:
        """Show which horizon and plan the forecast has."""
        self.horizon.setCurrentIndex(max(self.horizon.findData(horizon), 0))
        self.plan.setCurrentIndex(max(self.plan.findData(plan), 0))

    def _show_forecast(self, fans: dict[str, FanData], words: str) -> None:
        for key, fan in fans.items():
            self.charts[key].set_data(fan)
        self.chances.setText(words)
        self.chances.setAccessibleDescription(" ".join([words, *(chart.summary() for chart in self.charts.values())]))

    def _forget(self) -> None:
        for chart in self.charts.values():
            chart.forget_range()


class Briefing(QWidget):
    """What happened, one line each. `wanted(order)` when the control that answers a line is asked for."""

    wanted = Signal(str)

    def __init__(self, theme: ThemeController, title: str) -> None:
        """Make an empty briefing; without a title there is no heading."""
        super().__init__()
        self._theme = theme
        self.ways: list[QPushButton] = []
        self.intro = label_of("", "muted")
        self.intro.setWordWrap(True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(10)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 0)
        column.setSpacing(10)
        if title:
            column.addWidget(label_of(title, "heading"))
        column.addWidget(self.intro)
        column.addLayout(self._lines)
        column.addStretch(1)

    def put_first(self, widget: QWidget) -> None:
        """Put a widget under the heading."""
        self._column.insertWidget(self._column.indexOf(self.intro), widget)

    def put_last(self, widget: QWidget) -> None:
        """Put a widget under the lines."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def set_items(self, intro: str, items: Sequence[Item]) -> None:
        """Say something else."""
        self.intro.setText(intro)
        self.intro.setVisible(bool(intro))
        self.ways = []
        while (line := self._lines.takeAt(0)) is not None:
            if (old := line.widget()) is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        for item in items:
            self._lines.addWidget(self._line(item))

    def texts(self) -> list[str]:
        """What is said now."""
        return [label.text() for label in self.findChildren(QLabel, "briefing_text")]

    def _line(self, item: Item) -> QWidget:
        whole = QFrame()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconLabel(self._theme, item.icon, item.color), 0, Qt.AlignmentFlag.AlignTop)
        text = label_of(item.text)
        text.setObjectName("briefing_text")
        text.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(text)
        if item.order:
            words.addWidget(self._way_to(item.order), 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(words, 1)
        return whole

    def _way_to(self, order: str) -> QPushButton:
        spoken = say("control_room.show_order", order=label_for(order))
        button = named_button(say("control_room.show"), f"show_{order}", lambda: self.wanted.emit(order), spoken=spoken)
        button.setToolTip(spoken)
        self.ways.append(button)
        return button
