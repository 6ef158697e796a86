"""`labsim balance`: the behaviours that the model must show, each with its figures."""

from __future__ import annotations

import json

import click

from labsim import formats
from labsim.play.balance import RUNS, SEED
from labsim.play.balance import balance as measure
from labsim.play.balance_bots import BOT_GAMES
from labsim.play.balance_rows import Behaviour, Cell
from labsim.scenario import DEFAULT, load_scenario


@click.command()
@click.option("--scenario", default=DEFAULT, show_default=True, help="Scenario of the era's behaviours: name or file.")
@click.option("--runs", type=click.IntRange(2, 20_000), default=RUNS, show_default=True, help="Games of a figure.")
@click.option("--seed", type=click.IntRange(0, 2**63), default=SEED, show_default=True, help="Seed of their dice.")
@click.option("--bot-games", type=click.IntRange(20), default=BOT_GAMES, show_default=True, help="Games of the bots.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def balance(scenario: str, runs: int, seed: int, bot_games: int, as_json: bool) -> int:
    """Measure that choices matter and no strategy dominates. Ends with 1 when a behaviour does not hold."""
    measured = measure(load_scenario(scenario), runs, seed, bot_games)
    found = []
    for behaviour in measured:
        found.append(behaviour)
        if not as_json:
            _print(behaviour)
    held = sum(behaviour.holds for behaviour in found)
    if as_json:
        click.echo(json.dumps({"holds": held == len(found), "behaviours": [_as_json(b) for b in found]}, indent=2))
    else:
        click.echo(f"{held} of {len(found)} behaviours hold")
    return 0 if held == len(found) else 1


def _print(behaviour: Behaviour) -> None:
    click.echo(f"{'holds' if behaviour.holds else 'FAILS'}  {behaviour.name} - {behaviour.requirement}")
    table = [list(behaviour.columns), *([_cell(cell) for cell in row] for row in behaviour.rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(behaviour.columns))]
    for row in table:
        cells = (
            f"{cell:<{w}}" if i == 0 else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        click.echo("    " + "  ".join(cells).rstrip())
    if behaviour.note:
        click.echo(f"    {behaviour.note}")
    click.echo("")


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return formats.ratio(cell)
    return f"{cell:,}" if isinstance(cell, int) else cell


def _as_json(behaviour: Behaviour) -> dict[str, object]:
    rows = [dict(zip(behaviour.columns, row, strict=True)) for row in behaviour.rows]
    return {
        "behaviour": behaviour.name,
        "requirement": behaviour.requirement,
        "holds": behaviour.holds,
        "rows": rows,
        "note": behaviour.note,
    }
