"""`labsim batch`: many games of a scenario at once, their quantiles and final values on disk, a summary on screen."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import closing, nullcontext
from typing import Any

import click

from labsim import formats
from labsim.cli.rivals import rivals_option
from labsim.errors import read_text_safely
from labsim.play.batch import KEPT, Batch, compute, process_pool
from labsim.play.orders import LARGEST_FILE, QuarterOrders, parse_orders
from labsim.play.plays import find_play
from labsim.scenario import Scenario, load_scenario
from labsim.variables import REGISTRY

SUMMARY = ("cash", "revenue", "capability", "trust", "market_share", "valuation")
SHOWN_LEVELS = ("p05", "p50", "p95")


@click.command()
@click.argument("scenario")
@click.option("--runs", type=int, default=1000, show_default=True, help="Games to play.")
@click.option("--lab", help="The lab that --policy and --orders are for.  [default: the scenario's seat]")
@click.option("--policy", help="A policy or play for that lab: see `labsim list policies`; or a .toml file of a play.")
@click.option("--orders", type=click.Path(), help="A file of orders for that lab; --policy decides what is left open.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the dice.")
@click.option("--quarters", type=int, help="Quarters to play.  [default: the scenario's]")
@click.option("--variables", help="Variables to keep, a,b,c.  [default: the headlines]")
@click.option("--keep", type=click.Choice(("quantiles", "panel")), default="quantiles", show_default=True,
              help="Quantiles by lab and quarter and final values by run, or every value as well.")  # fmt: skip
@rivals_option
@click.option("--processes", type=int, default=lambda: os.cpu_count() or 1, help="Processes at work.  [default: all]")
@click.option("--out", type=click.Path(), required=True, help="A folder, or a file ending in .parquet.")
def batch(
    scenario: str, runs: int, lab: str | None, policy: str | None, orders: str | None, seed: int,
    quarters: int | None, variables: str | None, keep: str, rivals: str | None, processes: int, out: str,
) -> None:  # fmt: skip
    """Play a SCENARIO (a name or a file) many times.

    Ctrl+C stops; the same command again goes on where it stopped. Results do not depend on --processes.
    """
    from labsim.store.results import Results

    played = load_scenario(scenario)
    ordered = policy is not None or orders is not None
    seat = played.seat(lab or played.default_seat) if lab or ordered else None
    asked = Batch(
        scenario=played,
        runs=runs,
        seed=seed,
        quarters=quarters,
        variables=tuple(name.strip() for name in variables.split(",")) if variables else KEPT,
        seat=seat,
        play=find_play(policy, played) if policy else None,
        orders=_orders(orders, played, quarters),
        rivals=rivals,
    )
    results = Results(out, asked, keep)
    with process_pool(processes) if processes != 1 else nullcontext() as pool:
        left = results.begin()
        _compute(asked, results, left, pool, processes)
    fates, scores = results.fates(), results.scores()
    rows = results.finish()
    _summary(played, asked, rows, fates, scores)
    click.echo(f"written: {out}")


def _orders(path: str | None, scenario: Scenario, quarters: int | None) -> QuarterOrders:
    if path is None:
        return {}
    return parse_orders(read_text_safely(path, LARGEST_FILE), path, scenario, quarters)


def _compute(asked: Batch, results: Any, left: Sequence[tuple[int, int]], pool: Any, processes: int) -> None:
    """Compute what is left, showing progress; say what is kept when it stops early."""
    before = asked.runs - sum(runs for _, runs in left)
    if before:
        click.echo(f"going on after {before:,} of {asked.runs:,} runs", err=True)
    with _progress() as bar:
        task = bar.add_task("runs", total=asked.runs, completed=before)
        try:
            with closing(compute(asked, left, results.sink, pool, processes)) as answers:
                for done in answers:
                    bar.advance(task, done)
        except (KeyboardInterrupt, Exception):
            if pool is not None:
                pool.shutdown(wait=True, cancel_futures=True)
            bar.stop()
            kept = f"{results.runs_done:,} of {asked.runs:,} runs are kept in {results.folder}"
            click.echo(f"{kept}; the same command again goes on", err=True)
            raise


def _progress() -> Any:
    """A bar with the time left, on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)


def _summary(scenario: Scenario, asked: Batch, rows: Sequence[Mapping[str, Any]], fates: Any, scores: Any) -> None:
    """The last quarter by lab: the middle of the runs with nine in ten around it, and how the labs ended."""
    from rich.console import Console
    from rich.table import Table

    last = formats.quarter_name(scenario.start + asked.length - 1)
    table = Table(title=f"{scenario.title or scenario.name}: {asked.runs:,} runs, seed {asked.seed}, end of {last}")
    shown = [name for name in asked.variables if name in SUMMARY] or list(asked.variables[:6])
    lab_rows = {(row["variable"], row["lab"]): row for row in rows if row["quarter"] == last}
    shown = [name for name in shown if (name, scenario.labs[0]) in lab_rows]
    table.add_column("lab")
    for name in (*shown, "alive / sold / bankrupt", *(["score"] if len(scores) else [])):
        table.add_column(name, justify="right")
    for seat, lab in enumerate(scenario.labs):
        cells = [_cell(name, lab_rows[name, lab]) for name in shown]
        fate = " / ".join(formats.share(float(part)) for part in fates[:, seat])
        score = [f"{scores[seat].mean():.1f}"] if len(scores) else []
        table.add_row(lab, *cells, fate, *score)
    # A pipe has no width: let the table be as wide as it is.
    console = Console()
    console = console if console.is_terminal else Console(width=200)
    console.print(table)


def _cell(name: str, row: Mapping[str, Any]) -> str:
    unit = "share" if name.endswith("share") else REGISTRY[name].unit if name in REGISTRY else "1"
    low, middle, high = (formats.show_as(row[level], unit) for level in SHOWN_LEVELS)
    return f"{middle}\n{low} … {high}"
