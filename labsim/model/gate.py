"""Is an order allowed, and what is left of it? One gate for player, rival, bot and sweep."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from labsim.errors import Message
from labsim.model.decisions import DECISIONS, SHARES, Decisions
from labsim.model.events import standing_effects
from labsim.model.exogenous import Quarter
from labsim.model.fleet import fleet_speed, merged, own_and_reserved, rents
from labsim.model.laws import TRILLION, clip, optimal_design, positive, price_norm
from labsim.model.params import Params
from labsim.model.scaling import quarter_flop
from labsim.model.skills import multiplier
from labsim.model.world import World, is_live
from labsim.variables import REGISTRY, Array, Flags

PRICE_LIMIT = 4.0  # highest price over the market's norm (game choice)
DESIGN_QUARTERS = 4.0  # quarters of training that the default design takes (game choice)
DESIGN_FLOP_MIN = 1e21  # smallest default design, FLOP (game choice)
SLIGHT = 1e-6  # steps out of bounds that nobody needs to hear of: research at 0 counts as this much


# ---- what an order may be -------------------------------------------------------------------------------------------


def limits(name: str, world: World, p: Params, quarter: Quarter) -> tuple[Array, Array]:
    """Lowest and highest value of a decision that the gate lets through; broadcast to its shape."""
    declared = REGISTRY[name]
    low, high = np.array(declared.low), np.array(declared.high)
    if name == "price":
        return low, PRICE_LIMIT * price_norm(float(quarter.t), p)[:, None, :]
    if name == "borrow_change":
        return np.maximum(low, -world.capital.debt), high
    if name == "technique_focus":
        return low, np.array(float(len(p.techniques.names) - 1))
    return low, high


def useful_limits(name: str, world: World, p: Params, quarter: Quarter) -> tuple[Array, Array]:
    """Lowest and highest value of a decision that can do anything now; broadcast to its shape. For faces.

    Within ``limits``: a round by the last valuation, purchases by the cash at hand. The step applies its own limits,
    by this quarter's valuation and to all purchases together. Chip prices are those that can be known before the dice.
    """
    low, high = limits(name, world, p, quarter)
    if name == "raise_amount":
        return low, np.minimum(high, p.dilution_max / (1.0 - p.dilution_max) * world.capital.valuation)
    if name == "buy_gpus":
        return low, np.minimum(high, spendable(world, p) / _chip_price(world, p, quarter))
    if name == "build_power":
        return low, np.minimum(high, spendable(world, p) / p.site_cost)
    return low, high


def spendable(world: World, p: Params) -> Array:
    """Cash that the purchases of a quarter may use; M$."""
    return p.cash_spendable * positive(world.capital.cash)


def planned_purchases(decisions: Decisions, world: World, p: Params, quarter: Quarter) -> Array:
    """What the purchases asked for would cost; M$."""
    return decisions.buy_gpus * _chip_price(world, p, quarter) + decisions.build_power * p.site_cost


def remaining_budget(decisions: Decisions, world: World, p: Params, quarter: Quarter) -> Array:
    """Spendable cash less the planned purchases; M$, negative where the step will scale the purchases down."""
    return spendable(world, p) - planned_purchases(decisions, world, p, quarter)


def _chip_price(world: World, p: Params, quarter: Quarter) -> Array:
    return rents(world, quarter.generation, standing_effects(world, p, quarter), p, quarter.t).price


# ---- the gate -------------------------------------------------------------------------------------------------------


def gate(decisions: Decisions, world: World, p: Params, quarter: Quarter) -> tuple[Decisions, Mapping[str, Flags]]:
    """Decisions within their bounds, and where each was trimmed; decisions of dead labs become neutral.

    Raises:
        ValueError: a decision is not a finite number.
    """
    live = is_live(world)
    labs, runs = np.nonzero(~live)
    neutral = _neutral(p, quarter) if labs.size else {}
    allowed: dict[str, Array] = {}
    trimmed: dict[str, Flags] = {}
    for variable in DECISIONS:
        name = variable.name
        asked: Array = getattr(decisions, name)
        low, high = limits(name, world, p, quarter)
        kept = np.minimum(np.maximum(asked, low), high)
        changed = kept != asked
        if changed.any():
            if not np.isfinite(asked).all():
                raise ValueError(f"{name} is not a finite number")
            changed = changed & live
            if changed.any():
                trimmed[name] = changed
        if neutral:
            value = neutral[name]
            kept[..., labs, runs] = value if value.shape[-1] == 1 else value[..., runs]
        allowed[name] = kept
    return Decisions(**allowed), trimmed


def _neutral(p: Params, quarter: Quarter) -> dict[str, Array]:
    """Orders of a lab that owns nothing: the defaults on empty stocks."""
    return _unset(np.zeros(1), np.zeros(1), p, quarter)


def defaults(world: World, p: Params, quarter: Quarter) -> Decisions:
    """What stands when nothing was ever said: declared defaults, and for the others what their meaning calls now."""
    shape = world.capital.cash.shape
    values = _unset(world.people.staff, _training_flop(world, p, quarter), p, quarter)
    values["price"] = values["price"][:, None, :]
    return Decisions(**{name: value + np.zeros(shape) for name, value in values.items()})


def defaults_of(seat: int, world: World, p: Params, quarter: Quarter) -> dict[str, Array]:
    """The defaults of one seat, each broadcasting to the seat's row of the decision."""
    return _unset(world.people.staff[seat], _training_flop(world, p, quarter)[seat], p, quarter)


def _unset(staff: Array, flop: Array, p: Params, quarter: Quarter) -> dict[str, Array]:
    """The defaults of labs with so many people, whose training makes so many FLOP in ``DESIGN_QUARTERS``."""
    values = {v.name: np.array([v.default]) for v in DECISIONS if np.isfinite(v.default)}
    active, tokens = _design(flop, p)
    return values | {
        "price": price_norm(float(quarter.t), p),
        "staff_target": np.minimum(staff, REGISTRY["staff_target"].high),
        "design_active": active,
        "design_tokens": tokens,
    }


def _training_flop(world: World, p: Params, quarter: Quarter) -> Array:
    """FLOP that default training gives a run in ``DESIGN_QUARTERS``."""
    mfu = multiplier("mfu", world, p, quarter)
    speed = fleet_speed(merged(*own_and_reserved(world.compute, quarter.t, p)), p)
    return DESIGN_QUARTERS * REGISTRY["training_share"].default * quarter_flop(speed, mfu, p)


def _design(flop: Array, p: Params) -> tuple[Array, Array]:
    """Parameters and T tokens of the compute-optimal dense run of so many FLOP, within the bounds of a design."""
    active, tokens = optimal_design(np.maximum(flop, DESIGN_FLOP_MIN), p)
    sizes, lengths = REGISTRY["design_active"], REGISTRY["design_tokens"]
    return clip(active, sizes.low, sizes.high), clip(tokens / TRILLION, lengths.low, lengths.high)


# ---- what to tell a player ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """An order that will not be done as it stands: whose, which, and why."""

    lab: int
    run: int
    name: str
    reason: Message


def check(decisions: Decisions, world: World, p: Params, quarter: Quarter) -> list[Remark]:
    """What in the decisions of live labs will be ignored, scaled down or moved into bounds; nothing is refused."""
    found = [
        *_out_of_bounds(decisions, world, p, quarter),
        *_useless(decisions, world, p, quarter),
    ]
    return sorted(found, key=lambda remark: (remark.lab, remark.run))


def _out_of_bounds(d: Decisions, world: World, p: Params, quarter: Quarter) -> Iterator[Remark]:
    for variable in DECISIONS:
        asked: Array = getattr(d, variable.name)
        low, high = (np.broadcast_to(bound, asked.shape) for bound in limits(variable.name, world, p, quarter))
        for place in _places(((asked < low - SLIGHT) | (asked > high + SLIGHT)) & is_live(world)):
            values = {"name": variable.name, "asked": float(asked[place]), "low": float(low[place])}
            if len(place) == len(("segment", "lab", "run")):
                values["segment"] = place[0]
            reason = Message("check.out_of_bounds", {**values, "high": float(high[place]), "unit": variable.unit})
            yield Remark(place[-2], place[-1], variable.name, reason)


def _useless(d: Decisions, world: World, p: Params, quarter: Quarter) -> Iterator[Remark]:
    live, capital = is_live(world), world.capital
    total = sum((getattr(d, name) for name in SHARES), start=np.zeros_like(capital.cash))
    budget, planned = spendable(world, p), planned_purchases(d, world, p, quarter)
    rest = p.round_gap - capital.since_round
    rules: tuple[tuple[str, str, Array | Flags, dict[str, Array]], ...] = (
        ("check.no_shares", SHARES[0], total <= 0.0, {}),
        ("check.run_in_progress", "start_run", (d.start_run > 0.0) & (world.training.run_on > 0.0), {}),
        ("check.over_budget", "buy_gpus", planned > budget, {"planned": planned, "budget": budget}),
        ("check.partner_signed", "partner_equity", (d.partner_equity > 0.0) & (capital.partner_left > 0.0),
         {"quarters": capital.partner_left}),
        ("check.round_too_soon", "raise_amount", (d.raise_amount > 0.0) & (rest > 0.0), {"quarters": rest}),
    )  # fmt: skip
    for key, name, applies, values in rules:
        for lab, run in _places(np.asarray(applies, dtype=np.bool_) & live):
            yield Remark(lab, run, name, Message(key, {k: float(v[lab, run]) for k, v in values.items()}))


def _places(flags: Flags) -> list[tuple[int, ...]]:
    return [tuple(place) for place in np.argwhere(flags).tolist()]


# ---- one seat's orders ----------------------------------------------------------------------------------------------


def merge(base: Decisions, seat: int, orders: Mapping[str, Array]) -> Decisions:
    """``base`` with one seat's orders in its row; each order broadcasts to the row's shape."""

    def row(name: str, order: Array) -> Array:
        values: Array = getattr(base, name).copy()
        values[..., seat, :] = order
        return values

    return dataclasses.replace(base, **{name: row(name, order) for name, order in orders.items()})
