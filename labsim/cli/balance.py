"""`labsim balance`: the behaviours that the model must show, and the lessons of scenarios, each with its figures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

import click

from labsim import formats
from labsim.cli import balance_lessons
from labsim.play import balance_cards
from labsim.play.balance import RUNS, SEED
from labsim.play.balance import balance as measure
from labsim.play.balance_bots import BOT_GAMES
from labsim.play.balance_cards import CARD_GAMES
from labsim.play.balance_plays import LESSON_RUNS, lessons
from labsim.play.balance_rows import Behaviour, Cell
from labsim.scenario import DEFAULT, Scenario, load_scenario


@click.command()
@click.option("--scenario", default=DEFAULT, show_default=True, help="What to measure: a scenario's name or file.")
@click.option("--seat", metavar="LAB", help="Measure from this lab's seat.  [default: the scenario's]")
@click.option(
    "--runs",
    type=click.IntRange(2, 20_000),
    help=f"Games of a figure.  [default: {RUNS}; {LESSON_RUNS} a play; {CARD_GAMES} for cards]",
)
@click.option("--seed", type=click.IntRange(0, 2**63), default=SEED, show_default=True, help="Seed of their dice.")
@click.option("--bot-games", type=click.IntRange(20), default=BOT_GAMES, show_default=True, help="Games of the bots.")
@click.option("--plays", is_flag=True, help="The plays and lessons of the default era too, without its behaviours.")
@click.option("--anchors", is_flag=True, help="Print the objectives with marks taken from the plays, as TOML to paste.")
@click.option("--pacing", is_flag=True, help="Print how much each quarter leaves to decide.")
@click.option("--cards", is_flag=True, help="Measure the deck of event cards: draws, answers, what it is worth.")
@click.option("--rivals", is_flag=True, help="Print what each skill of rivals is worth.")
@click.option("--all-scenarios", is_flag=True, help="Measure every bundled scenario that has plays of its own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON (behaviours, or plays and lessons).")
def balance(
    scenario: str,
    seat: str | None,
    runs: int | None,
    seed: int,
    bot_games: int,
    plays: bool,
    anchors: bool,
    pacing: bool,
    cards: bool,
    rivals: bool,
    all_scenarios: bool,
    as_json: bool,
) -> int:
    """Measure that choices matter and lessons show.

    Of the default era: that no strategy dominates. Of any other scenario: what its plays reach on the same dice, and
    each lesson that it states. Ends with 1 when one does not hold.
    """
    if all_scenarios:
        return 0 if balance_lessons.print_all(runs or LESSON_RUNS, seed) else 1
    loaded = load_scenario(scenario)
    own = loaded.default_seat
    if seat is not None:
        loaded = dataclasses.replace(loaded, default_seat=loaded.labs[loaded.seat(seat)])
    if pacing:
        balance_lessons.print_pacing(loaded, seed)
    elif rivals:
        balance_lessons.print_rivals(loaded, runs or LESSON_RUNS, seed)
    elif cards:
        return _behaviours(balance_cards.cards(loaded, runs or CARD_GAMES, seed), as_json)
    elif anchors:
        return 0 if balance_lessons.print_anchors(lessons(loaded, runs or LESSON_RUNS, seed), own) else 1
    elif plays or scenario != DEFAULT:
        return _lessons(loaded, runs or LESSON_RUNS, seed, as_json)
    else:
        return _behaviours(measure(loaded, runs or RUNS, seed, bot_games), as_json)
    return 0


def _lessons(scenario: Scenario, runs: int, seed: int, as_json: bool) -> int:
    found = lessons(scenario, runs, seed)
    if as_json:
        click.echo(json.dumps(balance_lessons.as_json(found), indent=2))
    else:
        balance_lessons.print_lessons(found)
    return 0 if found.hold else 1


def _behaviours(measured: Iterable[Behaviour], as_json: bool) -> int:
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
