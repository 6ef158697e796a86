"""How is a game played by a list of orders? The orders file (TOML), read strictly and written again.

A table a quarter (``[2023Q1]``), a line an order; segments stand in an inline table: ``price = {developer = 18.0}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from labsim.formats import quarter_name
from labsim.model.decisions import SETTINGS, Decisions
from labsim.model.params import SEGMENTS
from labsim.play.policy_rows import Rows
from labsim.play.tree import joined
from labsim.play.turn import Player, SeatOrders, TurnRecord, decide, opening, play_quarter, policy_rows, quarter_of
from labsim.scenario import Scenario
from labsim.scenario_orders import (
    ANSWER,
    KNOWN,
    LARGEST_FILE,
    SIZED,
    TECHNIQUE,
    Orders,
    OrderValue,
    QuarterOrders,
    letter,
    order_bounds,
    orders_of,
    parse_orders,
)
from labsim.variables import Array

__all__ = [
    "ANSWER",
    "LARGEST_FILE",
    "SIZED",
    "TECHNIQUE",
    "QuarterOrders",
    "format_orders",
    "order_bounds",
    "order_text",
    "orders_of",
    "parse_orders",
    "play_orders",
    "seat_arrays",
]


# --- writing ---------------------------------------------------------------------------------------------------------


def format_orders(orders: QuarterOrders, scenario: Scenario, answers: Mapping[int, str] | None = None) -> str:
    """The text of an orders file that reads back to exactly these orders.

    ``answers`` says what the answer of a quarter means, as `labsim.play.cards.answer_words` does.
    """
    names, said = scenario.params.techniques.names, answers or {}
    lines: list[str] = []
    for t, given in sorted(orders.items()):
        lines.append(f"[{quarter_name(t)}]")
        for name, value in given.items():
            comment = f"  # {said[t]}" if name == ANSWER and t in said else ""
            lines.append(f"{name} = {order_text(name, value, names)}{comment}")
        lines.append("")
    return "\n".join(lines)


def order_text(name: str, value: OrderValue, techniques: tuple[str, ...]) -> str:
    """One value as TOML: a number, a flag, a technique's name, an answer's letter, or an inline table of segments."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{segment} = {float(part)!r}" for segment, part in value.items()) + " }"
    if KNOWN[name].unit == "flag":
        return "true" if value else "false"
    if name == TECHNIQUE:
        return f'"{techniques[round(value)]}"' if value >= 0.0 else "-1"
    if name == ANSWER:
        return f'"{letter(value)}"' if letter(value) else "0"
    return repr(float(value))


# --- playing ---------------------------------------------------------------------------------------------------------


def seat_arrays(orders: Orders, otherwise: Decisions | None = None, seat: int = 0) -> SeatOrders:
    """Orders as the engine takes them; segments without a price are as ``otherwise`` has them for the seat.

    Raises:
        ValueError: only some segments are named, and there is no ``otherwise``.
    """
    return {name: _array(name, value, otherwise, seat) for name, value in orders.items()}


def _array(name: str, value: OrderValue, otherwise: Decisions | None, seat: int) -> Array:
    if not isinstance(value, Mapping):
        return np.array([float(value)])
    if otherwise is None and len(value) < len(SEGMENTS):
        raise ValueError(f"{name} is given for some segments only")
    rest = {} if otherwise is None else dict(zip(SEGMENTS, getattr(otherwise, name)[:, seat, :], strict=True))
    return np.stack(np.broadcast_arrays(*(np.atleast_1d({**rest, **value}[segment]) for segment in SEGMENTS)))


def play_orders(
    scenario: Scenario,
    seed: int,
    quarters: int,
    seat: int,
    orders: QuarterOrders,
    on_policy: bool = False,
    rows: Rows | None = None,
    first_run: int = 0,
    runs: int = 1,
) -> Iterator[TurnRecord]:
    """Play a scenario with a list of orders for one seat in every run, a record a quarter.

    Settings stand and once-orders lapse; what was never said is at its default. With ``on_policy`` the seat's policy
    decides, and orders hold in their own quarter only.
    """
    rows = rows or policy_rows(scenario, seat=seat)
    world, held = opening(scenario, runs), dict[str, OrderValue]()
    players = {seat: Player(seat, on_policy)}
    for t in range(scenario.start, scenario.start + quarters):
        quarter = quarter_of(scenario, t, seed, first_run, runs)
        given = {**held, **{name: joined(held.get(name), value) for name, value in orders.get(t, {}).items()}}
        bare = decide(scenario, world, quarter, rows, players) if _is_partial(given) else None
        record = play_quarter(scenario, world, quarter, rows, players, {seat: seat_arrays(given, bare, seat)})
        held = {} if on_policy else {name: value for name, value in given.items() if name in SETTINGS}
        world = record.world
        yield record


def _is_partial(orders: Orders) -> bool:
    return any(isinstance(value, Mapping) and len(value) < len(SEGMENTS) for value in orders.values())
