"""Photographs every widget of the kit, dark and light, in two window sizes: `python tests/pictures_kit.py FOLDER`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from labsim import formats
from labsim.ui.charts.bubble import Bubble, BubbleChart
from labsim.ui.charts.curves import Curve, CurveChart, Reference
from labsim.ui.charts.fan import FanChart, FanData
from labsim.ui.charts.history import HistoryChart
from labsim.ui.charts.lines import Line, Threshold
from labsim.ui.charts.sparkline import Sparkline
from labsim.ui.charts.stacked import StackedShares
from labsim.ui.charts.waterfall import Term, Waterfall
from labsim.ui.theme import Mode, ThemeController
from labsim.ui.widgets.calendar import Delivery, DeliveryCalendar
from labsim.ui.widgets.cards import Card, Chip, EmptyState
from labsim.ui.widgets.fields import NumberField, SliderField
from labsim.ui.widgets.flowlayout import FlowLink, FlowNode
from labsim.ui.widgets.messages import Banner, Toast
from labsim.ui.widgets.prices import SegmentPrice, SegmentPrices
from labsim.ui.widgets.report import ReportDialog
from labsim.ui.widgets.search import SearchItem, SearchList
from labsim.ui.widgets.tables import QuarterTable, TableData, TableRow
from labsim.ui.widgets.tiles import Kpi, KpiTile
from labsim.ui.widgets.tokenbar import PartDetail, TokenBar
from labsim.ui.widgets.tokenflow import TokenFlow

SIZES = ((1280, 720), (1440, 900))
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
        ("Cash", Kpi("$2.1B", "-$310M", -1, None, "", "", 30 - np.cumsum(rng.uniform(0, 2, 9)))),
        ("Runway", Kpi("5 mo", "-2 mo", -1, None, "warn", "below 6 months", 9 - np.arange(9.0) / 2)),
        ("Revenue", Kpi("$1.8B/yr", "+$240M/yr", 1, None, "", "", np.cumsum(rng.uniform(0, 3, 9)))),
        ("Capability", Kpi("128 (#3)", "+6", 1, None, "", "", np.cumsum(rng.uniform(0, 1, 9)))),
        ("Share", Kpi("12.4 %", "unchanged", 0, None, "", "", rng.uniform(11, 13, 9))),
        ("Trust", Kpi("61", "+2", 1, None, "good", "", np.cumsum(rng.normal(0.2, 1, 9)))),
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


def statement() -> TableData:
    """Return an income statement."""
    turns = range(NOW - 5, NOW + 1)
    names = ("Subscriptions", "API", "Licences")
    rows = [TableRow("Revenue", ("",) * 6, is_section=True)]
    for at, name in enumerate(names):
        rows.append(TableRow(name, tuple(money(120 * (3 - at) + 31 * turn) for turn in turns)))
    rows.append(TableRow("Total revenue", tuple(money(720 + 93 * turn) for turn in turns), is_sum=True))
    for name, size in (("Inference compute", -210), ("Training compute", -340), ("Salaries", -160), ("Data", -45)):
        rows.append(TableRow(name, tuple(money(size - 12 * turn) for turn in turns)))
    rows.append(TableRow("Net result", tuple(money(-35 + 45 * turn) for turn in turns), is_sum=True))
    return TableData(tuple(formats.quarter_title(turn) for turn in turns), tuple(rows))


def finance_page(theme: ThemeController) -> QWidget:
    """Return the bridge, a statement and the iso-FLOP curves."""
    widget, layout = page(theme)
    bridge = Waterfall(theme, "Why did cash change?", lambda value: formats.show(value, "M$"))
    bridge.set_data(
        Term("Cash in Q2 2025", 2410),
        [
            Term("Revenue", 450),
            Term("Inference compute", -140),
            Term("Training compute", -320),
            Term("Salaries", -160),
            Term("Chips bought", -480),
            Term("Debt raised", 350),
        ],
        Term("Cash in Q3 2025", 2110),
    )
    table = QuarterTable(theme, "Income statement")
    table.set_data(statement())
    top = QHBoxLayout()
    top.setSpacing(12)
    top.addWidget(card(theme, "Why did cash change?", "landmark", bridge), 1)
    top.addWidget(iso_flop(theme), 1)
    layout.addLayout(top, 1)
    layout.addWidget(table, 1)
    return widget


def iso_flop(theme: ThemeController) -> CurveChart:
    """Return loss over parameters for three budgets, with known models and a design."""
    chart = CurveChart(
        theme, "Loss at a fixed budget", formats.short, lambda value: f"{value:.2f}", x_name="Parameters", y_name="Loss"
    )
    n = np.logspace(9.3, 12.3, 60)
    curves, stars = [], []
    for budget, color, strong in ((1e24, "muted", False), (1e25, "accent", True), (1e26, "muted", False)):
        loss = 1.69 + 406.4 / n**0.34 + 410.7 / (budget / 6 / n) ** 0.28
        best = int(loss.argmin())
        curves.append(Curve(f"{formats.scientific(budget)} FLOP", n, loss, color, is_strong=strong))
        if strong:
            stars.append(Reference("compute-optimal", float(n[best]), float(loss[best]), "good", True, False))
    known = [
        Reference("Llama 3 70B", 7e10, 1.93),
        Reference("Mixtral 8x22B", 1.41e11, 1.99),
        Reference("GPT-4 class", 1.8e12, 1.9),
    ]
    chart.set_data(curves, [*stars, *known])
    chart.set_design(4e11, 1.902)
    return chart


def controls_page(theme: ThemeController) -> QWidget:
    """Return the rest of the controls."""
    widget, layout = page(theme)
    layout.addWidget(
        Banner(
            theme,
            "warn",
            "Runway is below 6 months",
            "Cash runs out in Q1 2026 if orders stay as they are.",
            "See ways out",
        )
    )
    layout.addWidget(
        Banner(theme, "bad", "The next run passes 1e25 FLOP", "It must be reported in the EU before it starts.")
    )
    layout.addWidget(
        Banner(
            theme,
            "info",
            "You are looking at Q1 2025",
            "It is read-only. Fork here to play it differently.",
            "Fork here",
        )
    )
    row = QHBoxLayout()
    row.setSpacing(12)
    chips = QHBoxLayout()
    chips.setSpacing(6)
    for text, color in (("capability +6", "good"), ("trust -2", "bad"), ("runway -1 mo", "warn"), ("Mistral", "lab6")):
        chips.addWidget(Chip(theme, text, color))
    chips.addStretch(1)
    holder = QWidget()
    holder.setLayout(chips)
    wrong = NumberField(
        theme, "Parameters", 1.2e12, low=1e9, high=2e13, unit="parameters", is_log=True, has_slider=True
    )
    wrong.edit.setText("a lot")
    wrong.edit.setModified(True)
    wrong.edit.editingFinished.emit()
    check, off, radio = QCheckBox("Report the run"), QCheckBox("Open weights"), QRadioButton("Mixture of experts")
    check.setChecked(True)
    radio.setChecked(True)
    combo = QComboBox()
    combo.addItems(["Keep settings", "Grow carefully"])
    spark = Sparkline(theme, "Price per million tokens", money)
    spark.set_data(np.cumsum(np.random.default_rng(1).normal(0, 1, 20)))
    model = card(
        theme,
        "Model",
        "brain-circuit",
        holder,
        wrong,
        NumberField(theme, "Tokens", 14.8, unit="T"),
        check,
        off,
        radio,
        combo,
        spark,
    )
    model.set_live(True)
    row.addWidget(model, 1)
    search = SearchList(theme)
    search.set_items(
        [
            SearchItem("end", "End quarter", "play the orders as they stand", "play", "Ctrl+Enter"),
            SearchItem("undo", "Undo", "take back one order", "undo-2", "Ctrl+Z"),
            SearchItem("fork", "Fork here", "another branch from this quarter", "git-fork", "Ctrl+B"),
            SearchItem("lab", "Model lab", "design the next run", "brain-circuit", "Ctrl+3"),
            SearchItem("book", "Handbook", "every mechanism and parameter", "book-open", "Ctrl+7"),
        ]
    )
    row.addWidget(card(theme, "Commands", "command", search), 1)
    empty = EmptyState(
        theme,
        "git-branch",
        "No branches yet",
        "End a quarter, then fork an earlier one to see what else could have been.",
        "Fork here",
    )
    buttons = QHBoxLayout()
    primary = QPushButton(theme.icon("play", "on_accent"), "End quarter")
    primary.setProperty("kind", "primary")
    for button in (primary, QPushButton(theme.icon("undo-2", "text"), "Undo"), QPushButton("Disabled")):
        buttons.addWidget(button)
    buttons.itemAt(2).widget().setEnabled(False)
    last = QVBoxLayout()
    last.addWidget(card(theme, "Branches", "git-branch", empty), 1)
    last.addLayout(buttons)
    row.addLayout(last, 1)
    layout.addLayout(row, 1)
    toast = Toast(theme, widget)
    theme.set_reduced_motion(True)
    toast.say("Bought 4,000 B200 for $160M")
    widget.setProperty("toast", toast)
    return widget


def report(theme: ThemeController) -> QWidget:
    """Return the dialog for our own mistakes."""
    text = (
        'Traceback (most recent call last):\n  File "labsim/play/turn.py", line 41, in play\n    …\nZeroDivisionError'
    )
    return ReportDialog(theme, "Something went wrong", "The quarter was not played; your orders are safe.", text)


PAGES: dict[str, Callable[[ThemeController], QWidget]] = {
    "control": control_room,
    "tokens": tokens_page,
    "market": market_page,
    "finance": finance_page,
    "controls": controls_page,
    "report": report,
}


def photograph(app: QApplication, theme: ThemeController, folder: Path, wanted: list[str]) -> None:
    """Save a picture of each page in each theme and size."""
    modes: tuple[Mode, ...] = ("dark", "light")
    for mode in modes:
        theme.set_mode(mode)
        for name, make in PAGES.items():
            if wanted and name not in wanted:
                continue
            widget = make(theme)
            for wide, high in SIZES:
                if name != "report":
                    widget.resize(wide, high)
                widget.show()
                for _ in range(4):
                    app.processEvents()
                widget.grab().save(str(folder / f"{name}-{mode}-{wide}x{high}.png"))
            widget.close()
            widget.deleteLater()


def main() -> None:
    """Photograph the gallery into the folder named on the command line; further words choose pages."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    percent = int(os.environ.get("LABSIM_TEXT_PERCENT", "100"))
    photograph(app, ThemeController(app, "dark", percent), folder, sys.argv[2:])


if __name__ == "__main__":
    main()
