"""When should quarters stop passing by themselves? Named conditions that are read after every quarter."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from labsim.errors import Message
from labsim.model.exogenous import generation_on_sale
from labsim.play.cards import open_card
from labsim.play.offers import orders_due
from labsim.play.standing import months_left
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario

RUNWAY_MONTHS = 12.0
SERVED_LOW = 0.95
CLOSE_POINTS = 5.0
SEEN_LOW = 0.6
MOST_QUARTERS = 4
"""Quarters that pass unless another number is chosen; game choices all."""


@dataclass(frozen=True)
class Moment:
    """What a condition reads: the quarter just played, the one before (None at the start), and whose it is."""

    before: TurnRecord | None
    after: TurnRecord
    scenario: Scenario
    seat: int


@dataclass(frozen=True)
class Condition:
    """A reason to stop. ``applies`` returns the values of its sentence, or None."""

    key: str
    is_always_on: bool
    applies: Callable[[Moment], dict[str, object] | None]

    @property
    def label(self) -> Message:
        """What is ticked."""
        return Message(f"stop.{self.key}.label")


def _runway(m: Moment) -> dict[str, object] | None:
    months = months_left(m.after.world, m.seat)
    return {"months": months} if months < RUNWAY_MONTHS else None


def _released(m: Moment) -> dict[str, object] | None:
    flows = m.after.report.training
    return {} if flows.released[m.seat, 0] > 0.0 else None


def _idle(m: Moment) -> dict[str, object] | None:
    return {} if m.after.world.training.run_on[m.seat, 0] == 0.0 else None


def _held(m: Moment) -> dict[str, object] | None:
    return {} if m.after.report.training.run_held[m.seat, 0] > 0.0 else None


def _due(m: Moment) -> dict[str, object] | None:
    found = [due for due in orders_due(m.scenario, m.after.world, m.after.t + 1, m.seat) if due.t <= m.after.t + 2]
    return {"count": float(len(found))} if found else None


def _unserved(m: Moment) -> dict[str, object] | None:
    part = float(m.after.report.market.served_fraction[m.seat, 0])
    return {"part": part} if part < SERVED_LOW else None


def _rival(m: Moment) -> dict[str, object] | None:
    live = m.after.world.capital.status[:, 0] == 0.0
    now = np.where(live, m.after.report.alignment.capability[:, 0], -np.inf)
    gaps = now - now[m.seat]
    gaps[m.seat] = -np.inf
    if m.before is None:
        return None
    then = m.before.report.alignment.capability[:, 0]
    was = then - then[m.seat]
    for lab in np.argsort(-gaps):
        if gaps[lab] > -CLOSE_POINTS and was[lab] <= -CLOSE_POINTS:
            return {"lab": m.scenario.labs[int(lab)]}
    return None


def _seen(m: Moment) -> dict[str, object] | None:
    seen = float(m.after.report.alignment.alignment_seen[m.seat, 0])
    return {"seen": seen} if seen < SEEN_LOW else None


def _incident(m: Moment) -> dict[str, object] | None:
    return {} if m.after.report.society.incident[m.seat, 0] > 0.0 else None


def _event(m: Moment) -> dict[str, object] | None:
    struck = np.flatnonzero(m.after.report.effects.event_struck[:, 0])
    return {} if struck.size else None


def _chips(m: Moment) -> dict[str, object] | None:
    launches = m.scenario.params.chips.launch
    new = generation_on_sale(m.after.t + 1, launches)
    if new == generation_on_sale(m.after.t, launches):
        return None
    return {"chip": m.scenario.params.chips.names[new]}


def _ended(m: Moment) -> dict[str, object] | None:
    return {} if m.after.world.capital.status[m.seat, 0] != 0.0 else None


def _card(m: Moment) -> dict[str, object] | None:
    waits = open_card(m.after.world, m.scenario, m.seat)
    return None if waits is None else {"title": waits.card.title}


CONDITIONS: tuple[Condition, ...] = (
    Condition("ended", True, _ended),
    Condition("card", True, _card),
    Condition("runway", True, _runway),
    Condition("incident", False, _incident),
    Condition("event", False, _event),
    Condition("released", False, _released),
    Condition("idle", False, _idle),
    Condition("held", False, _held),
    Condition("unserved", False, _unserved),
    Condition("rival", False, _rival),
    Condition("seen", False, _seen),
    Condition("due", False, _due),
    Condition("chips", False, _chips),
)
"""Conditions in the order in which they are told."""
USUAL = frozenset({"incident", "event", "released", "held", "unserved", "rival", "chips"})
"""Conditions that are ticked unless somebody chooses."""


def true_now(moment: Moment, keys: Collection[str]) -> list[tuple[str, Message]]:
    """Those of some conditions that hold, as (key, sentence)."""
    found = []
    for condition in CONDITIONS:
        values = condition.applies(moment) if condition.key in keys else None
        if values is not None:
            found.append((condition.key, Message(f"stop.{condition.key}.reason", values)))
    return found


def reason_to_stop(moment: Moment, ticked: Collection[str]) -> Message | None:
    """The first condition that holds, as a sentence; None when quarters may go on."""
    always = {condition.key for condition in CONDITIONS if condition.is_always_on}
    found = true_now(moment, always.union(ticked))
    return found[0][1] if found else None
