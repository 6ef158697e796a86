"""What may a play say? A way of playing a seat as readable data: policy numbers, orders by quarter, and rules.

The same table stands in a scenario as ``[plays.NAME]`` and alone in a file of its own. Here is its form, and what is
left of it once every name and number has been checked; ``scenario_plays_check`` does that, ``play/plays.py`` plays it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field

from labsim.scenario_orders import QuarterOrders
from labsim.scenario_values import QuarterName, Strict

MOST_PLAYS = 20
MOST_RULES = 40
MOST_CONDITIONS = 10
MOST_TERMS = 10
LARGEST_COEFFICIENT = 1e15
"""Bounds of what a file may hold; choices that keep a quarter cheap."""
LATER = 10_000
"""A quarter after every game."""

ROLES = ("trap", "par", "insight", "standing", "careful", "autopilot", "control")
Role = Literal["trap", "par", "insight", "standing", "careful", "autopilot", "control", ""]
Coefficient = Annotated[float, Field(ge=-LARGEST_COEFFICIENT, le=LARGEST_COEFFICIENT)]


# ---- as written -----------------------------------------------------------------------------------------------------


class ConditionForm(Strict):
    """One condition: a figure below or above a number, or the first or last quarter."""

    variable: Annotated[str, Field(max_length=80)] = ""
    below: Coefficient | None = None
    above: Coefficient | None = None
    first: QuarterName | None = Field(default=None, alias="from")
    until: QuarterName | None = None


class RuleForm(Strict):
    """Orders that are given in every quarter in which all conditions hold."""

    when: list[ConditionForm] = Field(default=[], max_length=MOST_CONDITIONS)
    set: dict[str, Any] = Field(min_length=1)


class PlayForm(Strict):
    """One play, as written."""

    title: Annotated[str, Field(max_length=80)] = ""
    role: Role = ""
    text: Annotated[str, Field(max_length=2000)] = ""
    policy: Literal["always", "first", "never"] = Field(
        default="always",
        description="Whether the seat's policy decides what is not ordered: in every quarter; in the first one only, "
        "its settings standing from then on; or never, the declared defaults holding instead.",
    )
    like: Annotated[str, Field(max_length=60)] = ""
    row: dict[str, float] = Field(default={})
    factor: dict[str, float] = Field(default={})
    orders: dict[str, Any] = Field(default={})
    rules: list[RuleForm] = Field(default=[], max_length=MOST_RULES)


class ShowForm(Strict):
    """What the plays of a scenario must show when they are measured, so that its lesson is no mere claim."""

    better: str
    worse: str
    measure: str = "score"
    over: Literal["end", "min", "mean", "sum", "max", "last2"] = "end"
    by: float | None = Field(default=None, description="Least difference better - worse; negative: at most this.")
    times: float | None = Field(default=None, gt=0.0, description="Least quotient better / worse; below 1: at most.")
    at_least: float | None = None
    at_most: float | None = None
    worse_at_least: float | None = None
    worse_at_most: float | None = None
    part: float | None = Field(default=None, ge=0.0, le=1.0, description="Part of the dice in which better wins.")
    scenario_changes: dict[str, Any] = Field(
        default={},
        description="A control: constants, `opening.LAB`, false for `events` (and cards), `shocks`, `open_models`.",
    )
    text: Annotated[str, Field(max_length=500)] = ""


def keys_at(steps: list[str]) -> list[str]:
    """The keys that a table under ``plays`` or ``shows`` may have, for hints; ``steps`` lead to it."""
    form: type[Strict] = ShowForm if steps[0] == "shows" else PlayForm
    if "rules" in steps:
        form = ConditionForm if "when" in steps else RuleForm
    return [field.alias or name for name, field in form.model_fields.items()]


# ---- as checked -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Amount:
    """A number that is read from the world: ``plus`` and, for each part, a coefficient times a figure."""

    plus: float = 0.0
    parts: tuple[tuple[str, float], ...] = ()  # (figure, coefficient)


@dataclass(frozen=True)
class Condition:
    """A figure strictly between two numbers."""

    figure: str
    above: float
    below: float


@dataclass(frozen=True)
class Rule:
    """Orders of the quarters from ``first`` to ``last`` in which all conditions hold."""

    first: int
    last: int
    conditions: tuple[Condition, ...]
    orders: Mapping[str, Amount | Mapping[str, Amount]]


@dataclass(frozen=True)
class Play:
    """A play whose names and numbers are all good."""

    name: str
    title: str = ""
    role: str = ""
    text: str = ""
    policy: str = "always"
    like: str = ""
    row: Mapping[str, float] = field(default_factory=dict)
    factor: Mapping[str, float] = field(default_factory=dict)
    orders: QuarterOrders = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
