"""Made-up pages for the gallery of the kit: finance, controls, a report; and the list of all pages."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from ui.gallery import NOW, card, control_room, market_page, money, page, tokens_page

from labsim import formats
from labsim.ui.charts.curves import Curve, CurveChart, Reference
from labsim.ui.charts.sparkline import Sparkline
from labsim.ui.charts.waterfall import Term, Waterfall
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import Chip, EmptyState
from labsim.ui.widgets.fields import NumberField
from labsim.ui.widgets.messages import Banner, Toast
from labsim.ui.widgets.report import ReportDialog
from labsim.ui.widgets.search import SearchItem, SearchList
from labsim.ui.widgets.tables import QuarterTable, TableData, TableRow


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
    search = SearchList(theme, "Commands", "Type a command")
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
