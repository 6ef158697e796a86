"""How does a played game read at a glance? A line a lab, the headline figures of the world, and how labs ended."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from labsim.cli.run_document import Played
from labsim.formats import quarter_name, show
from labsim.play.series import WORLD_HEADLINES, values
from labsim.text import render
from labsim.variables import REGISTRY

WIDTH = 118
"""Letters a line where the output is not a terminal."""
COLUMNS = (
    # heading, variable, format (empty: of its unit)
    ("cash", "cash", "money"),
    ("revenue", "revenue", "money"),
    ("burn", "burn", "money"),
    ("capability", "capability", ""),
    ("trust", "trust", "hundred"),
    ("share", "market_share", "share"),
    ("valuation", "valuation", "money"),
)
MARK = "▸ "
SHARES = ("pressure", "hhi")
ENDS = ("acquired", "compute_bankruptcy")
CARDS = ("card_struck", "card_answered", "card_came_true", "card_came_to_nothing")


def show_game(game: Played, seat: int) -> None:
    """Print the end of a game on standard output; the seat that matters is marked."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False, soft_wrap=False)
    scenario, last = game.scenario, game.records[-1]
    first, end = quarter_name(game.records[0].t), quarter_name(last.t)
    title = scenario.title or scenario.name
    console.print(f"{title}, {first} to {end}, seed {game.seed}. {MARK}marks {scenario.labs[seat]}.\n", markup=False)
    console.print(_labs(game, seat))
    console.print(_world(game))
    for told in game.happenings:
        if told.event in ENDS or (told.event in CARDS and told.lab == scenario.labs[seat]):
            console.print(f"{told.quarter}  {render(told.message)}", markup=False)


def _labs(game: Played, seat: int) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    table.add_column("lab")
    for heading, _, _ in COLUMNS:
        table.add_column(heading, justify="right")
    table.add_column("stands")
    last = game.records[-1]
    found = values(last)
    for row, lab in enumerate(game.scenario.labs):
        alive = last.world.capital.status[row, 0] == 0.0
        cells = [
            show(float(found[name][row, 0]), REGISTRY[name].unit, form or None) if alive else show(None, "")
            for _, name, form in COLUMNS
        ]
        name = (MARK if row == seat else "  ") + lab
        table.add_row(name, *cells, _stands(game, lab), style="bold" if row == seat else "")
    return table


def _stands(game: Played, lab: str) -> str:
    words = {"acquired": "acquired", "compute_bankruptcy": "bankrupt"}
    ended = [
        f"{words[told.event]} {told.quarter}" for told in game.happenings if told.lab == lab and told.event in words
    ]
    return ended[0] if ended else "alive"


def _world(game: Played) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    found = values(game.records[-1])
    table.add_row("")
    for name in WORLD_HEADLINES:
        variable = REGISTRY[name]
        shown = show(float(found[name][0]), variable.unit, "hundred" if name == "pressure" else variable.format or None)
        table.add_row(variable.label, shown, variable.meaning, style="")
    table.add_row("")
    return table
