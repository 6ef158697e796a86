"""Can this be ordered? Names and numbers of one order, before the gate brings it within its limits."""

from __future__ import annotations

from collections.abc import Mapping

from labsim.errors import BadInput, Problem, did_you_mean
from labsim.model.decisions import DECISIONS
from labsim.model.params import SEGMENTS
from labsim.play.tree import OrderValue

_DECLARED = {v.name: v for v in DECISIONS}
HUGE = 1e100
"""No number of the engine comes near it; it also keeps out NaN and infinities."""


def checked_order(name: str, value: OrderValue) -> OrderValue:
    """An order that the engine can take; the gate brings it within its limits. Raises BadInput."""
    if name not in _DECLARED:
        remedy = f"see `labsim list orders`;{did_you_mean(name, _DECLARED)}".rstrip(";")
        raise BadInput(Problem("orders", f'no decision "{name}"', remedy))
    given = value if isinstance(value, Mapping) else {"": value}
    if isinstance(value, Mapping) and "segment" not in _DECLARED[name].axes:
        raise BadInput(Problem(f"orders: {name}", "it has one value, not one by segment", "give a number"))
    for segment, number in given.items():
        if segment and segment not in SEGMENTS:
            raise BadInput(Problem(f"orders: {name}", f'no segment "{segment}"', f"known are {', '.join(SEGMENTS)}"))
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < HUGE:
            raise BadInput(Problem(f"orders: {name}", "not an ordinary number", "give a finite number"))
    return {s: float(v) for s, v in value.items()} if isinstance(value, Mapping) else float(value)
