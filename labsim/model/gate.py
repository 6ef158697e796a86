"""Is an order allowed, and what is left of it? One gate for player, rival, bot and sweep."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from labsim.model.decisions import DECISIONS, Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import fleet_speed, own_and_reserved
from labsim.model.laws import clip, optimal_design, price_norm
from labsim.model.params import Params
from labsim.model.scaling import quarter_flop
from labsim.model.skills import held, multiplier
from labsim.model.world import World, is_live
from labsim.variables import REGISTRY, Array

PRICE_LIMIT = 4.0  # highest price over the market's norm (game choice)
DESIGN_QUARTERS = 4.0  # quarters of training that the default design takes (game choice)
DESIGN_FLOP_MIN = 1e21  # smallest default design, FLOP (game choice)


def limits(name: str, world: World, p: Params, quarter: Quarter) -> tuple[Array, Array]:
    """Lowest and highest value of a decision now; broadcast to its shape.

    Money asked for and GPUs bought are limited further inside the step, by valuation and cash.
    """
    declared = {v.name: v for v in DECISIONS}[name]
    low, high = np.array(declared.low), np.array(declared.high)
    if name == "price":
        return low, PRICE_LIMIT * price_norm(float(quarter.t), p)[:, None, :]
    if name == "borrow_change":
        return np.maximum(low, -world.capital.debt), high
    if name == "technique_focus":
        return low, np.array(float(len(p.techniques.names) - 1))
    return low, high


def gate(
    decisions: Decisions, world: World, p: Params, quarter: Quarter
) -> tuple[Decisions, Mapping[str, NDArray[np.bool_]]]:
    """Decisions within their limits, and where each was trimmed; decisions of dead labs become neutral.

    Raises:
        ValueError: a decision is not a finite number.
    """
    live = is_live(world)
    neutral = defaults(world, p, quarter)
    allowed: dict[str, Array] = {}
    trimmed: dict[str, NDArray[np.bool_]] = {}
    for variable in DECISIONS:
        asked = getattr(decisions, variable.name)
        if not np.isfinite(asked).all():
            raise ValueError(f"{variable.name} is not a finite number")
        low, high = limits(variable.name, world, p, quarter)
        kept = np.minimum(np.maximum(asked, low), high)
        changed = (kept != asked) & live
        if changed.any():
            trimmed[variable.name] = changed
        allowed[variable.name] = np.where(live, kept, getattr(neutral, variable.name))
    return Decisions(**allowed), trimmed


def defaults(world: World, p: Params, quarter: Quarter) -> Decisions:
    """What stands when nothing was ever said: declared defaults, and for the others what their meaning calls now."""
    shape = world.capital.cash.shape
    values = {v.name: np.full(shape, v.default) for v in DECISIONS if np.isfinite(v.default)}
    norm = price_norm(float(quarter.t), p)[:, None, :]
    values["price"] = norm + np.zeros((norm.shape[0], *shape))
    values["staff_target"] = np.minimum(world.people.staff, 50_000.0)
    values["design_active"], values["design_tokens"] = _design_now(world, p, quarter)
    return Decisions(**values)


def _design_now(world: World, p: Params, quarter: Quarter) -> tuple[Array, Array]:
    """Parameters and T tokens of the compute-optimal dense run that a year of default training pays for."""
    flags = held(p.techniques, world.people.technique_progress, quarter.techniques_public)
    speed = fleet_speed(own_and_reserved(world.compute, quarter.t, p), p)
    share = REGISTRY["training_share"].default
    year = DESIGN_QUARTERS * share * quarter_flop(speed, multiplier(p.techniques, "mfu", flags), p)
    active, tokens = optimal_design(np.maximum(year, DESIGN_FLOP_MIN), p)
    return clip(active, 1e8, 4e13), clip(tokens / 1e12, 0.01, 1000.0)


def merge(base: Decisions, seat: int, orders: Mapping[str, Array]) -> Decisions:
    """``base`` with one seat's orders in its row; each order broadcasts to the row's shape."""

    def row(name: str, order: Array) -> Array:
        values: Array = getattr(base, name).copy()
        values[..., seat, :] = order
        return values

    return dataclasses.replace(base, **{name: row(name, order) for name, order in orders.items()})
