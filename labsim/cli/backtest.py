"""`labsim backtest`: the engine against everything published that it can be held against."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import click

from labsim import formats
from labsim.play.backtest import DICE, SEED
from labsim.play.backtest import backtest as compare
from labsim.play.backtest_rows import ERA_FAR, Backtest, Group, Row

NAME_WIDTH = 52


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--runs", type=click.IntRange(1, 20_000), default=DICE, show_default=True, help="Games of the era.")
@click.option("--seed", type=click.IntRange(0), default=SEED, show_default=True, help="Seed of their dice.")
def backtest(as_json: bool, runs: int, seed: int) -> None:
    """Compare the engine with published figures: predicted, published, ratio, and why a row is far off."""
    found = compare(runs, seed)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=2))
        return
    for group in (*found.estimators, *found.era):
        _print(group)
    order = found.order
    click.echo(f"capability order: {formats.share(order.agreement)} of {order.pairs} pairs; aim 90 %. Wrong:")
    for pair in order.wrong:
        click.echo(f"    {pair}")
    click.echo(
        f"\nera, {found.dice} games, {len(found.era_rows)} rows: median factor {found.era_median:.2f} (aim 1.5), "
        f"{formats.share(found.era_within)} within {ERA_FAR} (aim 80 %)"
    )
    click.echo("Rows in brackets are shown, not counted; a row far off names its reason.")


def _print(group: Group) -> None:
    click.echo(f"{group.name} - {group.aim}")
    click.echo(f"    {'':{NAME_WIDTH}} {'predicted':>12} {'published':>12} {'ratio':>7}")
    for row in group.rows:
        name = row.name if row.counted else f"({row.name})"
        ratio = formats.NOTHING if row.ratio is None else f"{row.ratio:.2f}"
        predicted, published = (_figure(value) for value in (row.predicted, row.published))
        why = f"  {row.reason}" if row.reason and (not row.counted or row.factor > group.far) else ""
        click.echo(f"    {name:{NAME_WIDTH}} {predicted:>12} {published:>12} {ratio:>7} {row.unit}{why}")
    click.echo(
        f"    {len(group.counted)} rows: median factor {group.median:.2f}, worst {_factor(group.worst)} "
        f"({group.worst.name}), within {ERA_FAR}: {formats.share(group.within(ERA_FAR))}\n"
    )


def _figure(value: float | None) -> str:
    return formats.NOTHING if value is None else f"{value:.4g}"


def _factor(row: Row) -> str:
    return "of the wrong sign" if math.isinf(row.factor) else f"{row.factor:.2f}"


def _as_json(found: Backtest) -> dict[str, Any]:
    return {
        "groups": [_group(group) for group in (*found.estimators, *found.era)],
        "capability_order": {
            "pairs": found.order.pairs,
            "agreement": found.order.agreement,
            "wrong": list(found.order.wrong),
        },
        "era": {
            "games": found.dice,
            "rows": len(found.era_rows),
            "median": found.era_median,
            "within_2_5": found.era_within,
        },
    }


def _group(group: Group) -> dict[str, Any]:
    rows = [{**dataclasses.asdict(row), "ratio": row.ratio} for row in group.rows]
    return {
        "group": group.name,
        "aim": group.aim,
        "median": _finite(group.median),
        "worst": {"row": group.worst.name, "factor": _finite(group.worst.factor)},
        "within_2_5": group.within(ERA_FAR),
        "rows": rows,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
