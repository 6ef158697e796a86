"""Why did cash, equity, the gross margin or the cost of tokens change? Lines of the ledger in groups (model: 7.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labsim.model.explain_market import capacity_links, revenue_causes
from labsim.model.flows import LEDGER_LINES, flows
from labsim.model.laws import over
from labsim.model.ledger import COMPUTE_LINES
from labsim.model.params import Params
from labsim.model.terms import (
    Cause,
    Coalitions,
    Link,
    Played,
    decisions,
    draws,
    events_behind,
    grouped,
    log_change,
    log_mean,
    shapley,
)
from labsim.model.world import World
from labsim.variables import Array

REVENUE = ("revenue_consumer", "revenue_developer", "revenue_enterprise", "revenue_agents", "revenue_from_hosts")
INCOME = (*REVENUE, "platform_paid")
"""Revenue, and what a parent's platform earns with own open weights."""
PEOPLE = ("wages", "data_paid", "moe_setup_paid")
OVERHEAD = (
    "sales", "fees", "compliance", "fines", "lobbying", "evaluation", "answers_paid", "interest_paid",
    "interest_income", "tax_paid",
)  # fmt: skip
CASH_GROUPS: Mapping[str, tuple[str, ...]] = {
    "revenue": INCOME,
    "compute": (*COMPUTE_LINES, "sublet_income", "credits_used"),
    "people": PEOPLE,
    "overhead": OVERHEAD,
    "investment": ("capex_gpu", "capex_site", "disposal"),
    "financing": ("parent_paid", "debt_change", "equity_round"),
    "rescue": ("down_round",),
    "end": ("write_off",),
}
"""Every line of the ledger, in the groups in which people read it."""
POOL = (*COMPUTE_LINES, "gpu_depreciation", "site_depreciation")
"""What the compute pool costs: rents, energy, operations and depreciation."""
_LINE_DECISIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(REVENUE[:4], ("price",)),
    "revenue_from_hosts": ("design_open",),
    "platform_paid": ("design_open",),
    "sublet_income": ("sublet",),
    "answers_paid": ("answer",),
    "rent_reserved": ("reserve_gpus",),
    "rent_on_demand": ("on_demand_gpus",),
    "energy_paid": ("buy_gpus",),
    "operations": ("buy_gpus",),
    "gpu_depreciation": ("buy_gpus",),
    "site_depreciation": ("build_power",),
    "wages": ("staff_target",),
    "data_paid": ("data_purchase",),
    "moe_setup_paid": ("start_run", "design_sparsity"),
    "compliance": ("transparency", "design_active", "design_tokens"),
    "lobbying": ("lobbying_spend",),
    "evaluation": ("evaluation_spend",),
    "interest_paid": ("borrow_change",),
    "credits_used": ("partner_equity",),
    "credits_new": ("partner_equity",),
    "capex_gpu": ("buy_gpus",),
    "capex_site": ("build_power",),
    "disposal": ("sell_gpus",),
    "disposal_loss": ("sell_gpus",),
    "debt_change": ("borrow_change",),
    "equity_round": ("raise_amount",),
}
_LINE_DRAWS = {"fines": ("incident", "antitrust"), "equity_round": ("round",)}
_LINE_EVENTS = {
    "energy_paid": ("power_price",),
    "operations": ("carbon_fee",),
    "wages": ("wage",),
    "rent_on_demand": ("rent_markup", "power_price"),
    "capex_gpu": ("chip_price",),
}


def line_links(line: str, after: Played, p: Params) -> tuple[Link, ...]:
    """What stands behind a line of the ledger."""
    found = events_behind(after.world, p, *_LINE_EVENTS.get(line, ()))
    return (*decisions(*_LINE_DECISIONS.get(line, ())), *draws(*_LINE_DRAWS.get(line, ())), *found)


def _lines(values: Mapping[str, Array], names: Sequence[str], after: Played, seat: int, p: Params) -> list[Cause]:
    return [Cause(name, values[name][seat], line_links(name, after, p), text=f"line_{name}") for name in names]


def cash_causes(after: Played, seat: int, p: Params) -> list[Cause]:
    """Causes of the change of cash in a quarter: every line of the ledger, in groups; M$."""
    found = {name: value for name, value in flows(after.report).items() if name in LEDGER_LINES}
    return [
        grouped(group, _lines(found, names, after, seat, p), text=f"cash_{group}")
        for group, names in CASH_GROUPS.items()
    ]


def equity_causes(after: Played, seat: int, p: Params) -> list[Cause]:
    """Causes of the change of equity, paid in and retained, in a quarter that the lab survives; M$."""
    found = flows(after.report)
    worn = {name: -found[name] for name in ("gpu_depreciation", "site_depreciation", "disposal_loss")}
    values = {**found, **worn}
    groups = {
        "revenue": INCOME,
        "compute": (*COMPUTE_LINES, "sublet_income", "gpu_depreciation", "site_depreciation"),
        "people": PEOPLE,
        "overhead": OVERHEAD,
        "sale_loss": ("disposal_loss",),
        "financing": ("parent_paid", "equity_round", "credits_new"),
        "rescue": ("down_round",),
    }
    return [
        grouped(group, _lines(values, names, after, seat, p), text=f"cash_{group}") for group, names in groups.items()
    ]


# ---- margin and cost of tokens --------------------------------------------------------------------------------------


def unit_cost(played: Played, seat: int) -> Array:
    """Cost of a million tokens served, free ones included: compute that served and fees, over tokens; $/M tokens."""
    return over(played.report.result.cost_of_revenue[seat], played.report.market.tokens_served[seat])


def inference_part(played: Played, seat: int) -> Array:
    """Part of the fleet that served customers; 0-1."""
    d = played.decisions
    total = d.inference_share + d.training_share + d.alignment_share + d.experiment_share
    part: Array = d.inference_share[seat] / total[seat]
    return part


def _pool_lines(before: Played, after: Played, seat: int) -> dict[str, Array]:
    """Change of the cost of each line of the compute pool; M$."""
    costs = []
    for played in (before, after):
        found = flows(played.report)
        sign = {name: -1.0 if name in COMPUTE_LINES else 1.0 for name in POOL}
        costs.append({name: sign[name] * found[name][seat] for name in POOL})
    return {name: costs[1][name] - costs[0][name] for name in POOL}


def _pool_cause(before: Played, after: Played, seat: int, weight: Array, p: Params) -> Cause:
    """What the cost of the compute pool did to a figure that moves by ``weight`` per M$ of it."""
    changes = {name: weight * change for name, change in _pool_lines(before, after, seat).items()}
    inner = [
        Cause(name, value, line_links(name, after, p), text=f"line_{name}", plain=True)
        for name, value in changes.items()
    ]
    return grouped("compute_cost", inner)


def gross_margin_causes(before: Played, after: Played, seat: int, p: Params, *, follows: bool = True) -> list[Cause]:
    """Causes of the change of the gross margin: of revenue, of the compute pool and of its part that served; 0-1."""
    revenue = tuple(m.report.market.revenue[seat] for m in (before, after))
    pool = tuple(m.report.result.compute_pool[seat] for m in (before, after))
    part = (inference_part(before, seat), inference_part(after, seat))
    spent = [over(pool[i] * part[i], revenue[i]) for i in (0, 1)]
    mean = log_mean(spent[0], spent[1])

    def worth(on: Coalitions) -> Array:
        sold = on.pick("revenue", *revenue)
        cost = on.pick("pool", *pool) * on.pick("part", *part)
        return np.where(sold > 0.0, 1.0 - p.payment_cost - over(cost, sold), 0.0)

    fair = shapley(worth, {name: (name,) for name in ("revenue", "pool", "part")})
    smooth = mean > 0.0
    by_revenue = np.where(smooth, over(mean, log_mean(*revenue)), over(fair["revenue"], revenue[1] - revenue[0]))
    by_pool = np.where(smooth, -over(mean, log_mean(*pool)), over(fair["pool"], pool[1] - pool[0]))
    by_part = np.where(smooth, -mean * log_change(*part), fair["part"])
    sold = [cause.scaled(by_revenue) for cause in revenue_causes(before, after, seat, p, follows=follows)]
    return [
        *sold,
        _pool_cause(before, after, seat, by_pool, p),
        Cause("inference_part", by_part, decisions("inference_share")),
    ]


def unit_cost_causes(before: Played, after: Played, seat: int, p: Params) -> list[Cause]:
    """Causes of the change of the cost of a million tokens: cost lines, part that served, fees, tokens served."""
    quarters = (before, after)
    pool = tuple(m.report.result.compute_pool[seat] for m in quarters)
    part = (inference_part(before, seat), inference_part(after, seat))
    fees = tuple(-m.report.operating.fees[seat] for m in quarters)
    need = tuple(m.report.market.tokens_needed[seat] for m in quarters)
    capacity = tuple(m.report.serving.capacity[seat] for m in quarters)

    def worth(on: Coalitions, pool: tuple[Array, Array]) -> Array:
        served = np.minimum(on.pick("demand", *need), on.pick("capacity", *capacity))
        return over(on.pick("pool", *pool) * on.pick("part", *part) + on.pick("fees", *fees), served)

    groups = {"pool": ("pool",), "part": ("part",), "fees": ("fees",), "tokens": ("capacity", "demand")}
    fair = shapley(lambda on: worth(on, (pool[0], pool[1])), groups)
    # The cost is linear in the pool: what one M$ more would do is what each of its lines did, per M$.
    per_million = shapley(lambda on: worth(on, (0.0 * pool[0], 0.0 * pool[0] + 1.0)), groups)["pool"]
    tokens = [
        Cause("capacity", fair["tokens.capacity"], capacity_links(after, p), text="spread_capacity"),
        Cause("demand", fair["tokens.demand"], decisions("price", "free_tier"), text="spread_demand"),
    ]
    return [
        _pool_cause(before, after, seat, per_million, p),
        Cause("inference_part", fair["part"], decisions("inference_share")),
        Cause("fees", fair["fees"], decisions("price"), text="cost_fees"),
        grouped("tokens", tokens, text="spread"),
    ]


def equity(world: World, seat: int) -> Array:
    """Equity: paid in and retained; M$."""
    value: Array = world.capital.paid_in[seat] + world.capital.retained[seat]
    return value
