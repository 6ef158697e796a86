"""What did the quarter earn and cost? Every money flow is a line of one ledger; the statements are views of it.

Student: credits pay rent but are not cash; depreciation is a cost but not a payment.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from labsim.model.decisions import Decisions, Shares
from labsim.model.exogenous import Quarter
from labsim.model.flows import (
    OPERATING_LINES,
    ComputeFlows,
    Effects,
    MarketFlows,
    Operating,
    Result,
    SocietyFlows,
    TrainingFlows,
    total,
)
from labsim.model.laws import positive, wage
from labsim.model.params import Params
from labsim.model.world import People, World, is_live

_BELOW_PROFIT = ("tax_paid", "credits_used", "capex_gpu", "capex_site")


def accounts(
    world: World,
    d: Decisions,
    parts: Shares,
    fleet: ComputeFlows,
    trained: TrainingFlows,
    sales: MarketFlows,
    public: SocietyFlows,
    hired: People,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> tuple[Operating, Result]:
    """Write the ledger of the quarter up to investments; financing and rescues follow in ``capital``."""
    capital = world.capital
    live = is_live(world).astype(np.float64)
    revenue = sales.revenue
    rent = (fleet.rent_reserved_cost + fleet.rent_on_demand_cost) * live
    credits = np.where(capital.partner_left > 0.0, np.minimum(capital.credits, rent), 0.0)
    segments = sales.revenue_segment * live
    lines = Operating(
        revenue_consumer=segments[0],
        revenue_developer=segments[1],
        revenue_enterprise=segments[2],
        revenue_agents=segments[3],
        revenue_from_hosts=sales.revenue_open * live,
        rent_reserved=-fleet.rent_reserved_cost * live,
        rent_on_demand=-fleet.rent_on_demand_cost * live,
        energy_paid=-fleet.energy_cost * live,
        operations=-fleet.operations_cost * live,
        wages=-hired.staff * wage(quarter.t, p) * effects.wage_effect * live,
        data_paid=-trained.data_cost * live,
        moe_setup_paid=-trained.moe_setup_cost * live,
        sales=-p.sales_cost * revenue,
        fees=-p.payment_cost * revenue,
        compliance=-public.compliance_due * live,
        fines=-public.fines_due * live,
        lobbying=-d.lobbying_spend * live,
        evaluation=-d.evaluation_spend * live,
        interest_paid=-capital.debt * p.interest / 4.0 * live,
        interest_income=positive(capital.cash) * p.deposit_rate / 4.0 * live,
        tax_paid=np.zeros_like(revenue),
        credits_used=credits * live,
        capex_gpu=-fleet.capex_gpus * live,
        capex_site=-fleet.capex_sites * live,
    )
    depreciation = (fleet.gpu_depreciation + fleet.site_depreciation) * live
    above = tuple(name for name in OPERATING_LINES if name not in _BELOW_PROFIT)
    profit = total(lines, above) - depreciation
    used = np.minimum(capital.losses_forward, positive(profit))
    tax = p.tax * positive(profit - used)
    pool = rent + (fleet.energy_cost + fleet.operations_cost) * live + depreciation
    cost = pool * parts.inference - lines.fees
    result = Result(
        compute_pool=pool,
        cost_of_revenue=cost,
        gross_margin=np.where(revenue > 0.0, 1.0 - cost / np.where(revenue > 0.0, revenue, 1.0), 0.0),
        research_compute=pool * (1.0 - parts.inference),
        depreciation=depreciation,
        profit_before_tax=profit,
        losses_used=used,
        net_result=profit - tax,
    )
    return dataclasses.replace(lines, tax_paid=-tax), result
