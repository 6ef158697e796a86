"""Made-up pages for the gallery of the kit: control room, fleet and market."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from labsim import formats
from labsim.ui.charts.bubble import Bubble, BubbleChart
from labsim.ui.charts.fan import FanChart, FanData
from labsim.ui.charts.history import HistoryChart
from labsim.ui.charts.lines import Line, Threshold
from labsim.ui.charts.stacked import StackedShares
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.calendar import Delivery, DeliveryCalendar
from labsim.ui.widgets.cards import Card
from labsim.ui.widgets.fields import NumberField, SliderField
from labsim.ui.widgets.flowlayout import FlowLink, FlowNode
from labsim.ui.widgets.prices import SegmentPrice, SegmentPrices
from labsim.ui.widgets.tiles import Kpi, KpiTile
from labsim.ui.widgets.tokenbar import PartDetail, TokenBar
from labsim.ui.widgets.tokenflow import TokenFlow

LABS = ("Anthropic", "OpenAI", "Google", "Meta", "xAI", "DeepSeek", "Mistral")
NOW = 10


def money(value: float) -> str:
    """Write an amount in M$."""
    return formats.show(value, "M$")


def points(value: float) -> str:
    """Write a capability."""
    return formats.show(value, "points")


def share(value: float) -> str:
    """Write a share without decimals."""
    return f"{formats.plain(value * 100)} %"


def price(value: float) -> str:
    """Write a price of a million tokens."""
    return formats.show(value, "$/M tokens")


def page(theme: ThemeController) -> tuple[QWidget, QVBoxLayout]:
    """Return an empty page."""
    widget = QWidget()
    widget.setObjectName("page")
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(16, 16, 16, 16)
    layout.setSpacing(12)
    return widget, layout


def card(theme: ThemeController, title: str, icon: str, *widgets: QWidget) -> Card:
    """Return a card with widgets in it."""
    made = Card(theme, title, icon, can_fold=True)
    for widget in widgets:
        made.body.addWidget(widget)
    return made


def tiles(theme: ThemeController) -> QHBoxLayout:
    """Return the headline figures of a top bar."""
    row = QHBoxLayout()
    row.setSpacing(8)
    rng = np.random.default_rng(3)
    shown = (
        ("Cash", Kpi("$2.1B", "-$310M", -1, None, "", "", tuple(30 - np.cumsum(rng.uniform(0, 2, 9))))),
        ("Runway", Kpi("5 mo", "-2 mo", -1, None, "warn", "below 6 months", tuple(9 - np.arange(9.0) / 2))),
        ("Revenue", Kpi("$1.8B/yr", "+$240M/yr", 1, None, "", "", tuple(np.cumsum(rng.uniform(0, 3, 9))))),
        ("Capability", Kpi("128 (#3)", "+6", 1, None, "", "", tuple(np.cumsum(rng.uniform(0, 1, 9))))),
        ("Share", Kpi("12.4 %", "unchanged", 0, None, "", "", tuple(rng.uniform(11, 13, 9)))),
        ("Trust", Kpi("61", "+2", 1, None, "good", "", tuple(np.cumsum(rng.normal(0.2, 1, 9))))),
    )
    for label, kpi in shown:
        tile = KpiTile(theme, label)
        tile.set_data(kpi)
        row.addWidget(tile)
    return row


def fan(base: float, slope: float, wide: float) -> np.ndarray:
    """Return the five percentiles of a made-up forecast of eight quarters."""
    x = np.arange(9.0)
    return base + slope * x + np.array([-1.64, -0.67, 0.0, 0.67, 1.64])[:, None] * wide * np.sqrt(x)


def fan_chart(
    theme: ThemeController, title: str, show: Callable[[float], str], shape: tuple[float, float, float]
) -> FanChart:
    """Return a forecast with everything a forecast may have."""
    has_rivals = title in ("Capability", "Market share")
    chart = FanChart(theme, title, show, formats.quarter_title, color="lab0", line_name=LABS[0] if has_rivals else "")
    base, slope, wide = shape
    bands = fan(*shape)
    x = np.arange(9.0)
    rivals = tuple(
        Line(name, base * (0.55 + 0.15 * at) + slope * x * (0.6 + 0.1 * at), NOW, f"lab{at}")
        for at, name in enumerate(LABS)
        if at and has_rivals
    )
    past = base - slope * np.arange(8.0, -1.0, -1.0) * 0.8 + wide * np.sin(np.arange(8, -1, -1)) * 0.5
    chart.set_data(
        FanData(
            NOW,
            bands,
            past=past,
            ghost=bands[2] - 0.3 * slope * x,
            committed=bands[2] + 0.15 * wide * x,
            rivals=rivals,
            thresholds=(Threshold(0.0, "bankrupt"),) if title == "Cash" else (),
        )
    )
    return chart


def control_room(theme: ThemeController) -> QWidget:
    """Return something like the page where a quarter is played."""
    widget, layout = page(theme)
    layout.addLayout(tiles(theme))
    columns = QHBoxLayout()
    columns.setSpacing(12)
    left = QVBoxLayout()
    bar = token_bar(theme)
    left.addWidget(card(theme, "Tokens", "layers", bar))
    fields = (
        SliderField(theme, "Chips to buy", 4000, 0, 20_000, step=100, unit="GPU"),
        NumberField(theme, "Equity to raise", 0, low=0, high=5_000, unit="M$"),
    )
    fields[1].set_reason("Only one round a year: the next is open in Q1 2026.")
    left.addWidget(card(theme, "Compute", "cpu", *fields))
    left.addStretch(1)
    holder = QWidget()
    holder.setLayout(left)
    left.setContentsMargins(0, 0, 0, 0)
    holder.setFixedWidth(theme.px(352))
    columns.addWidget(holder)
    grid = QGridLayout()
    grid.setSpacing(8)
    grid.addWidget(fan_chart(theme, "Cash", money, (2100, -180, 160)), 0, 0)
    grid.addWidget(fan_chart(theme, "Revenue per year", money, (1800, 300, 150)), 0, 1)
    grid.addWidget(fan_chart(theme, "Capability", points, (128, 5, 3)), 1, 0)
    grid.addWidget(fan_chart(theme, "Market share", share, (0.12, 0.006, 0.01)), 1, 1)
    columns.addLayout(grid, 1)
    layout.addLayout(columns, 1)
    return widget


def token_bar(theme: ThemeController) -> TokenBar:
    """Return a token bar with details."""
    bar = TokenBar(theme)
    bar.set_shares({"training": 0.38, "alignment": 0.07, "inference": 0.45, "research": 0.10})
    bar.set_details(
        {
            "training": PartDetail("3.1e25 FLOP", "4.2T tokens", "$11.30 / M tok"),
            "alignment": PartDetail("5.7e24 FLOP", "310B tokens", "$14.10 / M tok"),
            "inference": PartDetail("3.7e25 FLOP", "92T tokens", "$0.41 / M tok"),
            "research": PartDetail("8.2e24 FLOP", "1.1T tokens", "$11.30 / M tok"),
        }
    )
    return bar


def flow(theme: ThemeController) -> TokenFlow:
    """Return a token flow."""
    nodes = [
        FlowNode("chips", "Chips", "62,000 H100e", 0, "muted"),
        FlowNode("flop", "Compute", "8.1e25 FLOP", 1, "info"),
        FlowNode("tokens", "Tokens", "97.6T", 2, "accent"),
        FlowNode("training", "Training", "4.2T tokens", 3, "training"),
        FlowNode("alignment", "Alignment", "310B tokens", 3, "alignment"),
        FlowNode("inference", "Inference", "92T tokens", 3, "inference"),
        FlowNode("research", "Research", "1.1T tokens", 3, "research"),
        FlowNode("capability", "Capability", "+6 points", 4, "training"),
        FlowNode("trust", "Trust", "+2", 4, "alignment"),
        FlowNode("revenue", "Revenue", "$450M/qtr", 4, "inference"),
    ]
    links = [
        FlowLink("chips", "flop", 81),
        FlowLink("flop", "tokens", 81),
        FlowLink("tokens", "training", 31),
        FlowLink("tokens", "alignment", 5.7),
        FlowLink("tokens", "inference", 36.3),
        FlowLink("tokens", "research", 8),
        FlowLink("training", "capability", 31),
        FlowLink("alignment", "trust", 5.7),
        FlowLink("inference", "revenue", 36.3),
        FlowLink("research", "capability", 8),
    ]
    picture = TokenFlow(theme)
    picture.set_data(nodes, links)
    return picture


def deliveries(theme: ThemeController) -> DeliveryCalendar:
    """Return a delivery calendar."""
    calendar = DeliveryCalendar(theme, formats.quarter_title)
    calendar.set_data(
        NOW,
        8,
        [
            Delivery(NOW + 1, "chips", "4,000 B200", "4,000 B200 arrive, paid"),
            Delivery(NOW + 2, "chips", "8,000 B200"),
            Delivery(NOW + 2, "chips", "1,200 H200"),
            Delivery(NOW + 5, "chips", "12,000 GB300"),
            Delivery(NOW + 3, "sites", "60 MW Ohio"),
            Delivery(NOW + 6, "sites", "150 MW Texas"),
            Delivery(NOW + 4, "ends", "2,000 H100"),
        ],
    )
    return calendar


def tokens_page(theme: ThemeController) -> QWidget:
    """Return the pictures of the fleet in their wide form."""
    widget, layout = page(theme)
    layout.addWidget(card(theme, "Token flow", "layers", flow(theme)), 3)
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(card(theme, "Tokens", "layers", token_bar(theme)), 1)
    row.addWidget(card(theme, "On order", "calendar-days", deliveries(theme)), 1)
    layout.addLayout(row)
    return widget


def market_page(theme: ThemeController) -> QWidget:
    """Return the charts of a market page."""
    widget, layout = page(theme)
    bubbles = BubbleChart(theme, "Price and capability", price, points, lambda value: formats.show(value, "M$/yr"))
    rows = (
        (2.1, 128, 1800),
        (3.0, 141, 9800),
        (1.6, 136, 4200),
        (0.3, 112, 150),
        (2.6, 119, 420),
        (0.25, 120, 300),
        (0.9, 104, 90),
    )
    bubbles.set_data(
        [
            Bubble(name, *row, f"lab{at}", is_estimate=at in (4, 5), is_own=at == 0)
            for at, (name, row) in enumerate(zip(LABS, rows, strict=True))
        ]
    )
    stacked = StackedShares(theme, "Shares", share, formats.quarter_title)
    raw = np.array(
        [
            [s * (1 + g * q) for q in range(12)]
            for s, g in zip((9, 40, 20, 4, 3, 6, 2), (0.09, -0.01, 0.02, 0.01, 0.05, 0.1, 0.01), strict=True)
        ]
    )
    raw = raw / (raw.sum(axis=0) / 0.9)
    stacked.set_data([Line(name, raw[at], 0, f"lab{at}") for at, name in enumerate(LABS)])
    history = HistoryChart(theme, "Revenue per year", money, formats.quarter_title)
    history.set_data([Line(name, raw[at] * 20_000, 0, f"lab{at}") for at, name in enumerate(LABS)])
    history.point_at(6, 0)
    prices = SegmentPrices(
        theme,
        [
            SegmentPrice("api", "API", 2.1, 2.0),
            SegmentPrice("enterprise", "Enterprise", 3.4, 4.0),
            SegmentPrice("consumer", "Consumer", 20.0, 20.0, "$"),
            SegmentPrice("code", "Coding", 6.2, 5.0),
        ],
    )
    top = QHBoxLayout()
    top.setSpacing(12)
    top.addWidget(bubbles, 3)
    prices_card = card(theme, "Prices", "tag", prices)
    prices_card.setFixedWidth(theme.px(330))
    top.addWidget(prices_card)
    bottom = QHBoxLayout()
    bottom.setSpacing(12)
    bottom.addWidget(stacked)
    bottom.addWidget(history)
    layout.addLayout(top, 3)
    layout.addLayout(bottom, 2)
    return widget
