"""What does the coach's text say right now? Its figures, read from the game by the engine's own functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from labsim import formats
from labsim.model.figures import RUNWAY_MONTHS_MAX
from labsim.model.params import SEGMENTS
from labsim.play.offers import compute_offer
from labsim.play.session import Session
from labsim.play.standing import months_left
from labsim.play.turn import TurnRecord
from labsim.scenario_coach import FIGURES, figures_of

NEAR_POINTS = 12.0
"""Points within which two models are of about the same level; a choice."""
_DEVELOPER = SEGMENTS.index("developer")
_PAR = "par"
Value = float | str | None


def told(text: str, session: Session) -> str:
    """A text with its figures filled in; one that the game does not have yet is a dash."""
    return text.format_map({name: figure(name, session) for name in figures_of(text)})


def figure(name: str, session: Session) -> str:
    """One figure as people read it. Raises KeyError for a name that is not declared."""
    spec, _ = FIGURES[name]
    value = _READ[name](session)
    return value if isinstance(value, str) else formats.show_as(value, spec or "count")


def records(session: Session) -> list[TurnRecord]:
    """The quarters played on the branch in play."""
    return [session.record(node.id) for node in session.path()[1:]]


def _runway(session: Session) -> Value:
    months = months_left(session.world(), session.seat)
    return months if months <= RUNWAY_MONTHS_MAX else f"over {RUNWAY_MONTHS_MAX:.0f}"


def _tokens(session: Session) -> Value:
    preview, seat = session.preview(), session.seat
    part = float(preview.decisions.inference_share[seat, 0])
    return float(preview.report.serving.capacity[seat, 0]) / part if part > 0.0 else None


def _served(session: Session) -> Value:
    return float(session.preview().report.market.served_fraction[session.seat, 0])


def _design(name: str) -> Callable[[Session], Value]:
    def read(session: Session) -> Value:
        play = session.scenario.plays.get(_PAR)
        given = [orders[name] for orders in play.orders.values() if name in orders] if play is not None else []
        return float(given[0]) if given and isinstance(given[0], int | float) else None

    return read


def _capability(before: bool) -> Callable[[Session], Value]:
    def read(session: Session) -> Value:
        seat, played = session.seat, records(session)
        out = next((n for n in reversed(range(len(played))) if played[n].report.training.released[seat, 0] > 0.0), None)
        if out is None or out - before < 0:
            return None
        return float(played[out - before].report.alignment.capability[seat, 0])

    return read


def _rival(session: Session) -> int | None:
    """Row of the live rival of about the own capability that is the cheapest for developers."""
    played = records(session)
    if not played:
        return None
    last, seat = played[-1], session.seat
    points = last.report.alignment.capability[:, 0]
    is_near = (np.abs(points - points[seat]) <= NEAR_POINTS) & (last.world.capital.status[:, 0] == 0.0)
    is_near[seat] = False
    prices = np.where(is_near, last.decisions.price[_DEVELOPER, :, 0], np.inf)
    return int(np.argmin(prices)) if is_near.any() else None


def _rival_name(session: Session) -> Value:
    row = _rival(session)
    return None if row is None else session.scenario.labs[row]


def _rival_price(session: Session) -> Value:
    row = _rival(session)
    return None if row is None else float(records(session)[-1].decisions.price[_DEVELOPER, row, 0])


def _own_price(session: Session) -> Value:
    return float(session.preview().decisions.price[_DEVELOPER, session.seat, 0])


def _offer(name: str) -> Callable[[Session], Value]:
    def read(session: Session) -> Value:
        offer = compute_offer(session.scenario, session.world(), session.preview(), session.seat)
        value = getattr(offer, name)
        return value if isinstance(value, str) else float(value)

    return read


def _run(earlier: int) -> Callable[[Session], Value]:
    def read(session: Session) -> Value:
        started = [r.t for r in records(session) if r.decisions.start_run[session.seat, 0] > 0.5]
        return float(started[0] - earlier) if started else None

    return read


_READ: Mapping[str, Callable[[Session], Value]] = {
    "quarter": lambda session: float(session.t),
    "runway": _runway,
    "tokens": _tokens,
    "served": _served,
    "design_active": _design("design_active"),
    "design_tokens": _design("design_tokens"),
    "capability_before": _capability(before=True),
    "capability_after": _capability(before=False),
    "rival": _rival_name,
    "rival_price": _rival_price,
    "own_price": _own_price,
    "contract_rent": _offer("contract"),
    "on_demand_rent": _offer("on_demand"),
    "contract_quarters": _offer("contract_quarters"),
    "next_chip": _offer("next_generation"),
    "next_launch": _offer("next_launch"),
    "run_quarter": _run(0),
    "before_run": _run(1),
}
