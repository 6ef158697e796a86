"""`labsim list`: what there is to name on the command line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import click

from labsim import tables
from labsim.errors import BadInput, Problem, did_you_mean
from labsim.formats import quarter_name
from labsim.model.decisions import DECISIONS
from labsim.play.plays import plays_of, row_of
from labsim.scenario import DEFAULT, load_scenario, scenario_names
from labsim.scenario_figures import figures
from labsim.variables import LAB, REGISTRY, Variable

Rows = list[dict[str, Any]]


def _scenarios(_: str) -> Rows:
    loaded = [load_scenario(name) for name in scenario_names()]
    return [
        {
            "name": s.name,
            "title": s.title,
            "start": quarter_name(s.start),
            "quarters": s.quarters,
            "labs": len(s.labs),
            "default_seat": s.default_seat,
            "difficulty": s.difficulty,
            "minutes": s.minutes,
        }
        for s in loaded
    ]


def _labs(scenario: str) -> Rows:
    loaded = load_scenario(scenario)
    world = loaded.world
    return [
        {
            "name": lab,
            "default_seat": lab == loaded.default_seat,
            "cash": float(world.capital.cash[seat, 0]),
            "valuation": float(world.capital.valuation[seat, 0]),
            "staff": float(world.people.staff[seat, 0]),
            "capability": float(world.training.base_capability[seat, 0]),
        }
        for seat, lab in enumerate(loaded.labs)
    ]


def _policies(scenario: str) -> Rows:
    """The named policies, then the plays of the scenario and those that every one has, as its default seat has them."""
    loaded = load_scenario(scenario)
    own = loaded.policies[loaded.seat(loaded.default_seat)]
    named = [{"name": name, "is": "policy", "text": "", **row} for name, row in tables.policies().items()]
    return named + [
        {"name": name, "is": f"play, {play.role}" if play.role else "play", "text": play.text, **row_of(play, own)}
        for name, play in plays_of(loaded).items()
    ]


def _figures(scenario: str) -> Rows:
    return [
        {"name": name, "unit": variable.unit, "of": "lab" if LAB in variable.axes else "world",
         "meaning": variable.meaning}
        for name, variable in figures(load_scenario(scenario)).items()
    ]  # fmt: skip


def _cards(scenario: str) -> Rows:
    """The deck of a scenario, in order of stakes."""
    return [
        {
            "name": name,
            "title": card.title,
            "first": card.first,
            "last": card.last or "",
            "hazard": card.hazard,
            "cooldown": card.cooldown,
            "answers": len(card.choices),
            "default": card.default,
            "text": card.text,
        }
        for name, card in load_scenario(scenario).deck.items()
    ]


def _chips(_: str) -> Rows:
    rows = {row.name: row.values for row in tables.table("chips")}
    return [
        {"name": chip, **{name: text[chip] if name == "launch" else float(text[chip]) for name, text in rows.items()}}
        for chip in tables.columns("chips")
    ]


def described(variable: Variable) -> dict[str, Any]:
    """A declaration as plain data; None where a number is infinite or follows from the state."""

    def finite(number: float) -> float | None:
        return number if math.isfinite(number) else None

    return {
        "name": variable.name,
        "kind": variable.kind,
        "unit": variable.unit,
        "axes": list(variable.axes),
        "label": variable.label,
        "meaning": variable.meaning,
        "low": finite(variable.low),
        "high": finite(variable.high),
        "default": finite(variable.default),
    }


def _orders(_: str) -> Rows:
    return [described(variable) for variable in DECISIONS]


def _variables(_: str) -> Rows:
    load_scenario(DEFAULT)  # declares everything that a game consists of
    return [described(variable) for variable in REGISTRY.values()]


LISTS: dict[str, Callable[[str], Rows]] = {
    "scenarios": _scenarios,
    "labs": _labs,
    "policies": _policies,
    "chips": _chips,
    "cards": _cards,
    "orders": _orders,
    "variables": _variables,
    "figures": _figures,
}
SHOWN = {
    "policies": (
        "name",
        "is",
        "train",
        "align",
        "horizon",
        "sparsity",
        "open",
        "premium_t",
        "rent",
        "buy",
        "staff",
        "partner",
    ),
    "cards": ("name", "title", "first", "hazard", "answers", "text"),
    "orders": ("name", "kind", "unit", "low", "high", "default", "meaning"),
    "variables": ("name", "kind", "unit", "meaning"),
}
"""What the table shows of lists that are too wide for it; ``--json`` has all."""


@click.command("list")
@click.argument("what", metavar="|".join(LISTS))
@click.option("--scenario", default=DEFAULT, show_default=True, help="Whose labs, plays, cards or figures to list.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with all columns.")
def listing(what: str, scenario: str, as_json: bool) -> None:
    """List scenarios, labs, policies and plays, chips, event cards, orders, variables, or figures.

    Figures are what the rules of a play may read.
    """
    if what not in LISTS:
        remedy = f"choose one of {', '.join(LISTS)};{did_you_mean(what, LISTS)}".rstrip(";")
        raise BadInput(Problem("labsim list", f'there is no list of "{what}"', remedy))
    rows = LISTS[what](scenario)
    if as_json:
        click.echo(json.dumps(rows, separators=(",", ":"), allow_nan=False, ensure_ascii=False))
        return
    from labsim.cli.tables import print_rows

    print_rows(rows, SHOWN.get(what))
