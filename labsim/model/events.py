"""Which world events strike, how long do they last, and which coefficients do they move?

Student: world events strike when a number drawn before the game is below a hazard that depends on the state. While an
event lasts it multiplies or adds to named coefficients.
"""

from __future__ import annotations

import numpy as np

from labsim.model.cards import Levers, cards
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import Effects
from labsim.model.laws import max_labs, over, positive, sum_labs
from labsim.model.params import EFFECTS, Params
from labsim.model.world import EventStocks, World, is_live
from labsim.variables import Array, Flags

ADDERS = ("mood", "open_discount", "open_capability", "pressure", "hold", "small_models", "rent_markup", "carbon_fee")
"""Effects that add (neutral 0); the others multiply (neutral 1)."""
WORLD = ("run",)


def events(world: World, d: Decisions, p: Params, quarter: Quarter) -> tuple[EventStocks, Effects, Levers]:
    """Strike events, count down those in force, and combine their effects; deal and answer the cards of labs."""
    left = world.events.event_left
    table = p.events
    first = np.array(table.first)[:, None]
    drawn = (quarter.dice.event < _hazards(world, p)) & (quarter.t >= first)
    struck = (drawn | quarter.forced) & (left <= 0.0)
    now = np.where(struck, table.length, positive(left - 1.0))
    dealt, levers = cards(world, d.answer, p, quarter)
    return EventStocks(event_left=now, cards_dealt=dealt), _effects(now > 0.0, struck, p, quarter), levers


def standing_effects(world: World, p: Params, quarter: Quarter) -> Effects:
    """Effects of the calendar and of events that go on: all that anybody can know before the dice are seen."""
    left = positive(world.events.event_left - 1.0)
    return _effects(left > 0.0, np.zeros(left.shape, dtype=np.bool_), p, quarter)


def _hazards(world: World, p: Params) -> Array:
    """Hazard of each event given the state, ``(event, run)``; coupled hazards are named in the events table."""
    live = is_live(world)
    pressure = world.society.pressure
    dead = 1.0 - sum_labs(live.astype(np.float64)) / world.labs
    revenue = np.where(live, world.capital.arr_history[0], 0.0)
    leading = over(np.maximum.reduce(revenue, axis=0), sum_labs(revenue))
    best = max_labs(world.training.base_capability, live)
    coupled = {
        "compute_bankruptcy_wave": 1.0 + p.failure_hazard * dead,
        "centralisation": np.exp(p.centralisation_slope * (leading - p.centralisation_share)),
        "compute_regulation": 1.0 + p.regulation_slope * pressure,
        "environment": 1.0 + p.environment_slope * pressure,
        "alignment_bottleneck": np.where(best > p.bottleneck_capability, p.bottleneck_factor, 1.0),
    }
    hazard = p.events.hazard + np.zeros(world.runs)
    for name, factor in coupled.items():
        if name in p.events.names:
            hazard[p.events.index(name)] *= factor
    return hazard


def _effects(on: Flags, struck: Flags, p: Params, quarter: Quarter) -> Effects:
    """Coefficients under the events in force and the shocks of the calendar; neutral where none is."""
    zero = np.zeros(on.shape[-1])
    values = {effect: zero if effect in ADDERS else zero + 1.0 for effect in EFFECTS}
    in_force = set(np.flatnonzero(on.any(axis=1)).tolist())
    for (effect, row), factor in p.events.factors.items():
        if row in in_force:
            values[effect] = values[effect] * np.where(on[row], factor, 1.0)
    for (effect, row), adder in p.events.adders.items():
        if row in in_force:
            values[effect] = values[effect] + np.where(on[row], adder, 0.0)
    for effect, size in quarter.calendar.shocks.get(quarter.t, ()):
        values[effect] = values[effect] + size if effect in ADDERS else values[effect] * size
    named = {f"{effect}_effect": value for effect, value in values.items()}
    return Effects(event_struck=struck.astype(np.float64), **named)
