"""`labsim forecast`: bands and chances of the coming quarters, from a scenario's opening or from a game."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np

from labsim import formats
from labsim.errors import BadInput, Problem, read_text_safely
from labsim.play.forecast import LEVELS, QUARTERS, RUNS, SHOWN, Forecast, Futures
from labsim.play.journal import Draft
from labsim.play.orders import LARGEST_FILE, parse_orders, seat_arrays
from labsim.play.plan import DEFAULT_PLAN, PLANS, plan_named
from labsim.play.series import number
from labsim.play.turn import Player, SeatOrders, decide, opening, policy_rows
from labsim.scenario import DERIVED, Scenario, load_scenario
from labsim.text import render
from labsim.variables import REGISTRY, Array

GAME = ".labsim"
LOW, MIDDLE, HIGH = 0, 2, 4  # rows of LEVELS: 5 %, 50 %, 95 %
LIKELY = 0.005  # chances under it are left out of the text, not of the JSON


@dataclasses.dataclass(frozen=True)
class _Asked:
    scenario: Scenario
    futures: Futures
    player: Player
    orders: SeatOrders


@click.command()
@click.argument("source", metavar="FILE|SCENARIO")
@click.option("--lab", help="The lab whose orders these are.  [default: the scenario's seat, or the game's]")
@click.option("--orders", type=click.Path(), help="A file of orders; those of the coming quarter are tried.")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=1, show_default=True,
              help="Seed of a game from the scenario's opening.")  # fmt: skip
@click.option("--quarters", type=int, default=QUARTERS, show_default=True, help="Quarters to look ahead.")
@click.option("--runs", type=int, default=RUNS, show_default=True, help="Futures to play.")
@click.option("--plan", default=DEFAULT_PLAN, show_default=True,
              help=f"Who acts after the coming quarter: {', '.join(PLANS)}.")  # fmt: skip
@click.option("--variables", help="Variables to show, a,b,c.  [default: the main headlines]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: bands of every lab, means and chances.")
def forecast(
    source: str, lab: str | None, orders: str | None, seed: int, quarters: int, runs: int, plan: str,
    variables: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Show what usually happens from a game (FILE.labsim) or from the opening of a SCENARIO.

    Without --orders a scenario's lab acts by its policy in the coming quarter, and a game's draft is taken.
    """
    chosen = plan_named(plan)
    read = _of_game if _is_game(source) else _of_scenario
    asked = read(source, lab, orders, seed, quarters)
    names = tuple(name.strip() for name in variables.split(",")) if variables else SHOWN
    try:
        with np.errstate(all="ignore"):
            *_, answer = asked.futures.forecast(asked.player, asked.orders, variables=names, plan=chosen, runs=runs)
    except ValueError as error:
        if "finite" not in str(error):
            raise
        what, remedy = "its figures leave what can be computed", "bring its constants nearer to those of the base"
        raise BadInput(Problem(f"scenario {asked.scenario.name}", what, remedy)) from error
    if as_json:
        click.echo(json.dumps(_document(asked.scenario, answer), allow_nan=False, ensure_ascii=False))
    else:
        _show(asked.scenario, answer)


def _is_game(source: str) -> bool:
    return source.endswith(GAME) or (Path(source).is_file() and not source.endswith(".toml"))


def _of_scenario(source: str, lab: str | None, orders: str | None, seed: int, quarters: int) -> _Asked:
    scenario = load_scenario(source)
    seat = scenario.seat(lab or scenario.default_seat)
    horizon, rows = _within(quarters, scenario.quarters), policy_rows(scenario, seat=seat)
    futures = Futures(scenario, opening(scenario), scenario.start, seed, horizon, rows=rows)
    if orders is None:
        return _Asked(scenario, futures, Player(seat, on_policy=True), {})
    given = _read(orders, scenario, scenario.start, scenario.quarters)
    player = Player(seat)
    quarter = futures.quarter(scenario.start)
    bare = decide(scenario, opening(scenario), quarter, rows, {seat: player})
    return _Asked(scenario, futures, player, seat_arrays(given, bare, seat))


def _of_game(source: str, lab: str | None, orders: str | None, seed: int, quarters: int) -> _Asked:
    from labsim.play.session import Session
    from labsim.store.saves import open_save

    session = Session(open_save(source, write=False))
    try:
        scenario, seat, t = session.scenario, session.seat, session.t
        if lab is not None and scenario.seat(lab) != seat:
            raise BadInput(Problem("--lab", f'the lab of this game is "{scenario.labs[seat]}"', "leave --lab out"))
        if session.is_over:
            raise BadInput(Problem(source, "this game is over", "fork it from an earlier quarter"))
        draft = session.draft
        if orders is not None:
            draft = Draft(_read(orders, scenario, t, session.game.quarters), session.on_policy)
        players, given = session.seated(draft)
        past = [session.record(node.id) for node in session.path()[1:]]
        futures = Futures(
            scenario, session.world(), t, session.game.seed, _within(quarters, session.quarters_left),
            rows=session.rows, past=past,
        )  # fmt: skip
        return _Asked(scenario, futures, players[seat], given[seat])
    finally:
        session.close()


def _within(quarters: int, left: int) -> int:
    """The horizon asked for, up to the end of the game; what cannot be is left to be refused."""
    return min(quarters, left)


def _read(path: str, scenario: Scenario, t: int, quarters: int) -> dict[str, Any]:
    """The orders of the coming quarter; later ones are the plan's business, which is said."""
    given = parse_orders(read_text_safely(path, LARGEST_FILE), path, scenario, quarters)
    others = [formats.quarter_name(other) for other in given if other != t]
    if others:
        click.echo(f"{path}: orders of {', '.join(others)} are left out; the plan acts then", err=True)
    return given.get(t, {})


# ---- words ----------------------------------------------------------------------------------------------------------


def _show(scenario: Scenario, answer: Forecast) -> None:
    from rich.console import Console
    from rich.table import Table

    lab, first = scenario.labs[answer.seat], formats.quarter_title(answer.t)
    futures = "one future (quiet dice)" if answer.runs == 1 else f"{answer.runs:,} futures"
    click.echo(f"{scenario.title or scenario.name}: {lab}, {futures} from {first}")
    click.echo(render(PLANS[answer.plan].label))
    table = Table("", *(formats.quarter_name(answer.t + i) for i in range(answer.quarters)))
    for name in answer.bands:
        band = answer.band(name)
        cells = (
            f"{_text(name, band[MIDDLE, i])}\n{_text(name, band[LOW, i])} … {_text(name, band[HIGH, i])}"
            for i in range(answer.quarters)
        )
        table.add_row(REGISTRY[name].label if name in REGISTRY else name, *cells)
    console = Console()
    console = console if console.is_terminal else Console(width=24 + 20 * answer.quarters)
    console.print(table)
    click.echo("each cell: median, and the range that holds nine futures in ten")
    for line in _chances(scenario, answer):
        click.echo(line)


def _text(name: str, value: float) -> str:
    if name.endswith("share"):
        return formats.share(float(value))
    declared = REGISTRY.get(name) or DERIVED.get(name)
    return formats.show(float(value), declared.unit if declared else "1", declared.format if declared else None)


def _chances(scenario: Scenario, answer: Forecast) -> Iterator[str]:
    found, seat = answer.chances, answer.seat
    said = [
        ("bankrupt", found.bankrupt[-1, seat]),
        ("acquired", found.acquired[-1, seat]),
        ("over the first compute threshold", found.systemic[-1]),
        ("over the second compute threshold", found.systemic_second[-1]),
        ("a release held by the regulator", found.held[-1]),
        *(
            (f"capability above {lab}'s at the end", found.ahead[-1, rival])
            for rival, lab in enumerate(scenario.labs)
            if rival != seat
        ),
        *(
            (f"objective met: {objective.label or objective.variable}", chance)
            for objective, chance in zip(scenario.objectives, found.objectives, strict=True)
        ),
    ]
    yield f"chances within {answer.quarters} quarters:"
    yield from (f"  {formats.share(float(chance)):>8}  {what}" for what, chance in said if chance >= LIKELY)


# ---- JSON -----------------------------------------------------------------------------------------------------------


def _document(scenario: Scenario, answer: Forecast) -> dict[str, Any]:
    chances = {f.name: _plain(getattr(answer.chances, f.name)) for f in dataclasses.fields(answer.chances)}
    return {
        "scenario": scenario.name,
        "lab": scenario.labs[answer.seat],
        "labs": list(scenario.labs),
        "quarters": [formats.quarter_name(answer.t + i) for i in range(answer.quarters)],
        "runs": answer.runs,
        "plan": answer.plan,
        "levels": list(LEVELS),
        "bands": {name: _by_lab(scenario, band, 3) for name, band in answer.bands.items()},
        "means": {name: _by_lab(scenario, mean, 2) for name, mean in answer.means.items()},
        "chances": {**chances, "objectives": dict(zip((o.variable for o in scenario.objectives),
                                                      chances["objectives"], strict=True))},
        "score": _plain(answer.score),
    }  # fmt: skip


def _by_lab(scenario: Scenario, values: Array, axes_with_labs: int) -> Any:
    """Lab -> levels -> quarters; of a world variable the levels at once."""
    if values.ndim < axes_with_labs:
        return _plain(values)
    return {lab: _plain(values[..., i]) for i, lab in enumerate(scenario.labs)}


def _plain(values: Array) -> Any:
    return [_plain(row) if row.ndim else number(float(row)) for row in values]
