"""`labsim bench`: measure speed and size against the targets."""

from __future__ import annotations

import importlib
import json
import math
import platform

import click
import numpy as np

from labsim.errors import BadInput, Problem
from labsim.formats import ratio
from labsim.play.bench import Measured, chosen, measured

ROOMS = ("labsim.play.bench_engine", "labsim.play.bench_forecast", "labsim.store.bench",
         "labsim.store.bench_export", "labsim.ui.bench")  # fmt: skip
"""Modules that enter rows; a room that measures something adds its own here."""


@click.command()
@click.option("--only", default="", metavar="PATTERN", help="Only the rows whose name holds this.")
@click.option("--slow", is_flag=True, help="Also the rows that take long.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def bench(only: str, slow: bool, as_json: bool) -> int:
    """Measure labsim on this machine. Exit status 1: a figure is not what it must be."""
    for room in ROOMS:
        importlib.import_module(room)
    rows = chosen(only, slow)
    if not rows:
        known = ", ".join(f'"{row.name}"' for row in chosen(slow=True))
        raise BadInput(Problem("labsim bench --only", f'no row has "{only}" in its name', f"rows are {known}"))
    found = []
    if not as_json:
        click.echo(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}")
    for each in measured(rows):
        found.append(each)
        if not as_json:
            click.echo(_line(each))
    if as_json:
        click.echo(json.dumps([_plain(each) for each in found], allow_nan=False))
    return int(not all(each.ok for each in found))


def _line(each: Measured) -> str:
    verdict = "meets its aim" if each.meets_aim else "good" if each.ok else "NOT what it must be"
    bounds = f"must {_bound(each.row.must)}, aim {_bound(each.row.aim)}"
    return f"{each.row.name:72} {ratio(each.value):>10} {each.row.unit:15} {bounds:32} {verdict}"


def _bound(bound: float) -> str:
    return "-" if math.isnan(bound) else ratio(bound)


def _plain(each: Measured) -> dict[str, object]:
    bounds = {
        name: None if math.isnan(bound) else bound for name, bound in (("must", each.row.must), ("aim", each.row.aim))
    }
    return {"name": each.row.name, "value": each.value, "unit": each.row.unit, **bounds, "ok": each.ok}
