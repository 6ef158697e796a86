"""`labsim orders`: a commented file of orders to fill in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click
import numpy as np

from labsim.formats import quarter_name, show
from labsim.model.decisions import DECISIONS, Decisions
from labsim.model.exogenous import quiet_quarter
from labsim.model.gate import defaults
from labsim.model.params import SEGMENTS
from labsim.model.world import World, stocks
from labsim.play.orders import ANSWER, SIZED, TECHNIQUE, order_bounds, order_text
from labsim.play.turn import opening
from labsim.scenario import Scenario, load_scenario
from labsim.variables import REGISTRY, Variable

WIDTH = 100
SIZES = {
    "parameters": "70B",
    "T": "2T",
    "T/quarter": "200B",
    "GPU": "10k",
    "persons": "1.2k",
    "M$": "500M",
    "M$/quarter": "5M",
}
PRESENT = (
    "cash",
    "credits",
    "debt",
    "valuation",
    "staff",
    "base_capability",
    "model_active",
    "trust",
    "data",
    "site_power",
)
"""Stocks of the lab that the head of the file tells."""
KINDS = {"setting": "setting, stands until changed", "once": "once, lapses after its quarter"}

HEAD = """\
# Orders for {lab} in {scenario}; play them with
#   labsim run {scenario} --lab "{lab}" --orders THIS_FILE
# A table a quarter, from [{first}] to [{last}]; take away the # before an order to give it. A setting stands
# until another quarter changes it, a once-order lapses. What is never ordered is at its default; with --policy NAME
# the policy decides it, and the orders below override it in their quarters.
"""


@click.group()
def orders() -> None:
    """Write a commented file of orders to fill in."""


@orders.command()
@click.argument("scenario")
@click.option("--lab", metavar="NAME", help="Whose orders (else the scenario's default seat).")
def template(scenario: str, lab: str | None) -> None:
    """Print every order with unit, kind, bounds and default, for the first quarter of SCENARIO."""
    loaded = load_scenario(scenario)
    name = lab or loaded.default_seat
    click.echo("\n".join(template_lines(loaded, scenario, loaded.seat(name))))


def template_lines(loaded: Scenario, called: str, seat: int) -> Iterator[str]:
    """The lines of the file: what the lab has, then each order, commented out, at the value that holds without it."""
    world = opening(loaded)
    now = defaults(world, loaded.params, quiet_quarter(loaded.start, loaded.calendar, loaded.params))
    first, last = quarter_name(loaded.start), quarter_name(loaded.start + loaded.quarters - 1)
    yield HEAD.format(lab=loaded.labs[seat], scenario=called, first=first, last=last)
    yield from _present(world, seat, first)
    yield f"[{first}]"
    for variable in DECISIONS:
        if variable.name in loaded.hidden_orders:
            yield f"\n# {variable.name} is left to the lab's policy in this scenario."
        else:
            yield from _order(variable, now, loaded, seat)


def _present(world: World, seat: int, first: str) -> Iterator[str]:
    found = stocks(world)
    told = []
    for name in PRESENT:
        variable = REGISTRY[name]
        value = float(found[name][seat, 0])
        told.append(f"{variable.label.lower()} {show(value, variable.unit, 'hundred' if name == 'trust' else None)}")
    yield from (f"# {line}" for line in textwrap.wrap(f"At the start of {first}: {', '.join(told)}.", WIDTH))
    yield ""


def _order(variable: Variable, now: Decisions, loaded: Scenario, seat: int) -> Iterator[str]:
    value = getattr(now, variable.name)[..., seat, 0]
    yield ""
    yield from (f"# {line}" for line in textwrap.wrap(variable.meaning, WIDTH))
    told = (KINDS[variable.kind], _unit(variable), _bounds(variable, loaded), _default(variable))
    yield f"# {'; '.join(part for part in told if part)}"
    shown = dict(zip(SEGMENTS, value.tolist(), strict=True)) if value.ndim else float(value)
    yield f"# {variable.name} = {order_text(variable.name, shown, loaded.params.techniques.names)}"


def _unit(variable: Variable) -> str:
    if variable.unit == "flag":
        return "true or false"
    if variable.name == TECHNIQUE:
        return "name of a technique, or -1"
    if variable.name == ANSWER:
        return 'letter of a choice such as "b", or its number'
    sized = f', or a size such as "{SIZES[variable.unit]}"' if variable.unit in SIZED else ""
    return f"unit {'a bare number' if variable.unit == '1' else variable.unit}{sized}"


def _bounds(variable: Variable, loaded: Scenario) -> str:
    if variable.name == TECHNIQUE:
        return f"one of {', '.join(loaded.params.techniques.names)}"
    if variable.name == ANSWER:
        return "`labsim run` and the desktop tell which card waits"
    if variable.unit == "flag":
        return ""
    bounds = [order_bounds(variable, loaded.params, loaded.start, row) for row in range(len(SEGMENTS))]
    if "segment" not in variable.axes:
        return f"{bounds[0][0]:g} to {bounds[0][1]:g}"
    return ", ".join(f"{s} {low:g} to {high:.4g}" for s, (low, high) in zip(SEGMENTS, bounds, strict=True))


def _default(variable: Variable) -> str:
    if np.isfinite(variable.default):
        return "default below"
    return "without an order it follows the state, as told above; now it is"
