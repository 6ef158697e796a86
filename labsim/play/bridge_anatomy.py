"""What is a lab's figure made of, this quarter? Base, modifiers and result, as text that can be shown."""

from __future__ import annotations

from dataclasses import dataclass

from labsim.errors import BadInput, Message, Problem, did_you_mean
from labsim.formats import show
from labsim.model.anatomy import ANATOMIES, How, Part
from labsim.model.terms import Link
from labsim.play.bridge_figures import check_live, one_run_of
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario

_ALIASES = {"mfu": "mfu_achieved", "demand": "tokens_needed", "cost_per_million_tokens": "unit_cost"}
_FORMATS = {"share": "share"}


@dataclass(frozen=True)
class Anatomy:
    """A value and the parts whose product or sum it is. ``shown`` is the value in its unit."""

    name: str
    label: Message
    value: float
    unit: str
    shown: str
    how: How
    parts: tuple[Anatomy, ...]
    links: tuple[Link, ...]


def anatomy_name(variable: str) -> str | None:
    """The figure meant by a name, if it has an anatomy."""
    known = _ALIASES.get(variable, variable)
    return known if known in ANATOMIES else None


def anatomy(variable: str, record: TurnRecord, seat: int, scenario: Scenario, run: int = 0) -> Anatomy:
    """Base, modifiers and result of a figure of a lab in a quarter.

    Raises:
        BadInput: the figure has no anatomy; the lab did not live at the end of the quarter.
    """
    known = anatomy_name(variable)
    if known is None:
        remedy = f"choose one of {', '.join(ANATOMIES)};{did_you_mean(variable, (*ANATOMIES, *_ALIASES))}".rstrip(";")
        raise BadInput(Problem("variable", f'"{variable}" is not taken apart', remedy))
    now = one_run_of(record, run)
    check_live(now.world, seat, scenario)
    return _shown(ANATOMIES[known](now, seat, scenario.params))


def _shown(part: Part) -> Anatomy:
    value = float(part.value[0])
    return Anatomy(
        name=part.name,
        label=Message(f"explain.part.{part.name}"),
        value=value,
        unit=part.unit,
        shown=show(value, part.unit, _FORMATS.get(part.unit)),
        how=part.how,
        parts=tuple(_shown(inner) for inner in part.parts),
        links=part.links,
    )
