"""What may a coach say? Steps tied to real controls and real actions: `[[coach]]` in a scenario, and their checks.

A step has a text, whose figures the engine fills in, and what it waits for; each wait points at its control.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from labsim.errors import Collector, Problem, did_you_mean
from labsim.scenario_derived import DERIVED
from labsim.scenario_orders import KNOWN
from labsim.scenario_values import Strict
from labsim.variables import LAB, REGISTRY, RUN

if TYPE_CHECKING:
    from labsim.scenario import Scenario

MOST_STEPS = 40
MOST_WAITS = 8
MOST_WORDS = 30
"""Words of a step: what is read at a glance; a choice of the design."""

FIGURES: Mapping[str, tuple[str, str]] = {
    "quarter": ("quarter_title", "the quarter to be decided"),
    "runway": ("count", "months that cash lasts at today's burn"),
    "tokens": ("tokens", "tokens that the whole fleet could serve in the quarter"),
    "served": ("share", "part of the tokens asked for that today's orders serve"),
    "design_active": ("short", "active parameters of the run in the play `par`"),
    "design_tokens": ("tokens", "training tokens of the run in the play `par`"),
    "capability_before": ("count", "capability in the quarter before the own model came out"),
    "capability_after": ("count", "capability in the quarter in which it came out"),
    "rival": ("", "the cheapest rival of about the own capability"),
    "rival_price": ("$/M tokens", "its price for developers"),
    "own_price": ("$/M tokens", "the own one as ordered"),
    "contract_rent": ("dollars", "rent of a chip by contract, $/h"),
    "on_demand_rent": ("dollars", "rent of a chip on demand, $/h"),
    "contract_quarters": ("count", "quarters that a contract lasts"),
    "next_chip": ("", "the generation of chips announced"),
    "next_launch": ("quarter_title", "the quarter in which it comes"),
    "run_quarter": ("quarter_title", "the quarter in which the own run was started"),
    "before_run": ("quarter_title", "the quarter before"),
}
"""Figures that a text may name in braces: how each is written, and what it is. ``play/coach.py`` reads them."""

_BOUND = re.compile(r"(>=|<=) [0-9]+(\.[0-9]+)?(e[0-9]{1,2})?")


def _is_bound(text: str) -> str:
    if not _BOUND.fullmatch(text[:40]):
        raise ValueError('is no bound such as ">= 0.4" or "<= 60e9"')
    return text


Bound = Annotated[str, AfterValidator(_is_bound)]
Count = Annotated[int, Field(ge=1, le=20)]
Headline = Literal["cash", "runway", "revenue", "capability", "share", "trust", "nothing"]
PageKey = Literal["home", "control_room", "model_lab", "market", "finance", "timeline", "handbook"]
Deed = Literal["tables", "report", "run_on", "way_out", "compare"]
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}
_FIGURE = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class WaitForm(Strict):
    """What must be so, all of it; ``point`` is the accessible name of the control that does it."""

    point: Annotated[str, Field(max_length=80)] = ""
    explained: Headline | None = Field(
        default=None, description="The card of this figure is open; nothing: no card is."
    )
    page: PageKey | None = Field(default=None, description="This page is in front.")
    did: Deed | None = Field(default=None, description="This was done since the step began.")
    ended: Count | None = Field(default=None, description="So many quarters ended since the step began.")
    branches: Count | None = Field(default=None, description="The game has so many branches.")
    order: dict[str, Bound] = Field(default={}, description="The draft's orders are within these bounds.")
    any_order: dict[str, Bound] = Field(default={}, description="One of these is.")
    preview: dict[str, Bound] = Field(default={}, description="The preview of the quarter is within these bounds.")
    tried: dict[str, Count] = Field(default={}, description="So many values were ordered since the step began.")


class StepForm(Strict):
    """One step, as written; without waits it only explains and points."""

    text: Annotated[str, Field(min_length=1, max_length=400)]
    point: Annotated[str, Field(max_length=80)] = ""
    wait: list[WaitForm] = Field(default=[], max_length=MOST_WAITS)


@dataclass(frozen=True)
class Seen:
    """What a coach sees of the game: everything that a step can wait for, as it is now."""

    explained: frozenset[str]  # headline figures whose card is open
    page: str
    deeds: frozenset[str]  # done since the step began
    ended: int  # quarters ended since the step began
    branches: int
    order: Callable[[str], float]
    preview: Callable[[str], float]
    tried: Mapping[str, int]  # values that an order has had since the step began


def holds(bound: str, value: float) -> bool:
    """Whether a value is within a bound such as `>= 0.4`; a hair's breadth beyond it counts, for hands on sliders."""
    sign, number = bound.split()
    wanted = float(number)
    hair = 1e-9 * max(1.0, abs(wanted))
    return _SIGNS[sign](value + hair if sign == ">=" else value - hair, wanted)


def is_met(wait: WaitForm, seen: Seen) -> bool:
    """Whether everything that a wait names is so."""
    return all(is_so for _, is_so in conditions(wait, seen))


def conditions(wait: WaitForm, seen: Seen) -> Iterator[tuple[WaitForm, bool]]:
    """Each thing that a wait names, as a wait for it alone, and whether it is so."""
    if wait.explained:
        is_open = wait.explained in seen.explained
        yield WaitForm(explained=wait.explained), not seen.explained if wait.explained == "nothing" else is_open
    if wait.page:
        yield WaitForm(page=wait.page), wait.page == seen.page
    if wait.did:
        yield WaitForm(did=wait.did), wait.did in seen.deeds
    if wait.ended:
        yield WaitForm(ended=wait.ended), seen.ended >= wait.ended
    if wait.branches:
        yield WaitForm(branches=wait.branches), seen.branches >= wait.branches
    for name, bound in wait.order.items():
        yield WaitForm(order={name: bound}), holds(bound, seen.order(name))
    if wait.any_order:
        is_any = any(holds(bound, seen.order(name)) for name, bound in wait.any_order.items())
        yield WaitForm(any_order=wait.any_order), is_any
    for name, bound in wait.preview.items():
        yield WaitForm(preview={name: bound}), holds(bound, seen.preview(name))
    for name, count in wait.tried.items():
        yield WaitForm(tried={name: count}), seen.tried.get(name, 0) >= count


def figures_of(text: str) -> list[str]:
    """The figures that a text names, in their order."""
    return _FIGURE.findall(text)


def read_coach(where: str, steps: Sequence[StepForm], scenario: Scenario) -> list[Problem]:
    """What is wrong with the steps of a file in a scenario."""
    found = Collector()
    for number, step in enumerate(steps):
        here = f"{where}: coach.{number}"
        _check_text(f"{here}.text", step, found)
        for at, wait in enumerate(step.wait):
            _check_wait(f"{here}.wait.{at}", wait, scenario, found)
    return list(found.problems)


def _check_text(place: str, step: StepForm, found: Collector) -> None:
    words = len(step.text.split())
    if words > MOST_WORDS:
        found.add(place, f"{words} words", f"say it in {MOST_WORDS}, or make two steps of it")
    for name in figures_of(step.text):
        if name not in FIGURES:
            remedy = f"name one of {', '.join(FIGURES)};{did_you_mean(name, FIGURES)}".rstrip(";")
            found.add(place, f'no figure "{name[:60]}"', remedy)
    stated = {text for wait in step.wait for text in _stated(wait)}
    rest = _FIGURE.sub("", step.text)
    for number in _NUMBER.findall(rest):
        if number not in stated:
            found.add(
                place,
                f'the figure "{number}" is no bound of what is waited for',
                "let the engine fill it in, as {runway}",
            )
    if "{" in rest or "}" in rest:
        found.add(place, "a brace without its partner", "write a figure as {runway}")


def _stated(wait: WaitForm) -> Iterator[str]:
    """The numbers that a text may say because the wait states them; shares in per cent."""
    for bound in (*wait.order.values(), *wait.any_order.values(), *wait.preview.values()):
        value = float(bound.split()[1])
        yield from (f"{value:g}", f"{100.0 * value:g}")
    yield from (str(count) for count in (*wait.tried.values(), wait.ended, wait.branches) if count is not None)


def _check_wait(place: str, wait: WaitForm, scenario: Scenario, found: Collector) -> None:
    if wait.model_copy(update={"point": ""}) == WaitForm():
        found.add(place, "it waits for nothing", "name what must be so, such as ended = 1")
    for key in ("order", "any_order", "tried"):
        for name in getattr(wait, key):
            at = f"{place}.{key}.{name}"
            if name not in KNOWN:
                found.add(at, "no such order", f"see `labsim list orders`;{did_you_mean(name, KNOWN)}".rstrip(";"))
            elif name in scenario.hidden_orders:
                found.add(at, "this scenario leaves it to the lab's policy", "wait for another order")
            elif key != "tried" and "segment" in KNOWN[name].axes:
                found.add(at, "it has a value for each segment", "use tried instead")
    for name, bounds in (*wait.order.items(), *wait.any_order.items()):
        if name in KNOWN and not KNOWN[name].low <= float(bounds.split()[1]) <= KNOWN[name].high:
            low, high = KNOWN[name].low, KNOWN[name].high
            found.add(f"{place}.order.{name}", f"{bounds} can never be crossed", f"stay within {low:g} to {high:g}")
    for name in wait.preview:
        if name not in _measured():
            remedy = f"see `labsim list variables`;{did_you_mean(name, _measured())}".rstrip(";")
            found.add(f"{place}.preview.{name}", "no variable of a lab", remedy)


def _measured() -> list[str]:
    """Variables of one value a lab that a preview has."""
    own = [v.name for v in REGISTRY.values() if v.kind in ("stock", "flow") and tuple(v.axes) == (LAB, RUN)]
    return [*own, *DERIVED]


def keys_at(steps: list[str]) -> list[str]:
    """The keys that a table under ``coach`` may have, for hints; ``steps`` lead to it."""
    return list((WaitForm if "wait" in steps else StepForm).model_fields)
