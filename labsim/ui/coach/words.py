"""What is waited for, in words? One short line for each wait of a step, made from its declaration."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from labsim import formats
from labsim.scenario_coach import WaitForm
from labsim.scenario_derived import DERIVED
from labsim.text import say
from labsim.ui.actions import spec
from labsim.ui.orders.fields import DECLARED, label_for
from labsim.variables import REGISTRY, Variable

_SHARES = ("1", "share")


def words_of(wait: WaitForm) -> str:
    """The one thing that a wait names."""
    return next(_words(wait))


def _words(wait: WaitForm) -> Iterator[str]:
    if wait.explained == "nothing":
        yield say("coach.wait.no_card")
    elif wait.explained:
        yield say("coach.wait.explained", figure=say(f"tiles.{wait.explained}"))
    if wait.page:
        yield say("coach.wait.page", page=spec(wait.page).text)
    if wait.did:
        yield say(f"coach.wait.did_{wait.did}")
    if wait.ended:
        yield say("coach.wait.ended" if wait.ended == 1 else "coach.wait.ended_more", count=str(wait.ended))
    if wait.branches:
        yield say("coach.wait.branches", count=str(wait.branches))
    yield from (_order(name, bound) for name, bound in wait.order.items())
    if wait.any_order:
        one_of = [_order(name, bound) for name, bound in wait.any_order.items()]
        yield reduce(lambda first, second: say("coach.wait.or", first=first, second=second), one_of)
    for name, bound in wait.preview.items():
        variable = DERIVED.get(name) or REGISTRY[name]
        yield _bounded(variable.label, variable, bound)
    for name, count in wait.tried.items():
        yield say("coach.wait.tried", order=label_for(name), count=str(count))


def _order(name: str, bound: str) -> str:
    return label_for(name) if DECLARED[name].unit == "flag" else _bounded(label_for(name), DECLARED[name], bound)


def _bounded(label: str, variable: Variable, bound: str) -> str:
    sign, number = bound.split()
    value = float(number)
    is_share = variable.unit in _SHARES and 0.0 <= value <= 1.0
    shown = f"{formats.plain(100.0 * value)} %" if is_share else formats.show(value, variable.unit, variable.format)
    return say("coach.wait.least" if sign == ">=" else "coach.wait.most", label=label, bound=shown)
