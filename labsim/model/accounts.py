"""What did the quarter earn and cost? Every money flow is a line of one ledger; the statements are views of it.

Student: credits pay rent but are not cash; depreciation is a cost but not a payment.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions, Shares
from labsim.model.exogenous import Quarter
from labsim.model.flows import ComputeFlows, Effects, MarketFlows, SocietyFlows, TrainingFlows
from labsim.model.laws import YEAR, over, positive, wage
from labsim.model.ledger import BELOW_PROFIT, PROFIT_LINES, Operating, Result, total
from labsim.model.params import AGENTS, CONSUMER, DEVELOPER, ENTERPRISE, Params
from labsim.model.world import People, World, is_live
from labsim.variables import Array


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
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> tuple[Operating, Result]:
    """Write the ledger of the quarter up to investments; financing and rescues follow in ``capital``."""
    staff_cost = cards.times("wage_times", hired.staff * (wage(quarter.t, p) * effects.wage_effect))
    lines = _lines(world, d, fleet, trained, sales, public, staff_cost, cards, p)
    depreciation = fleet.gpu_depreciation + fleet.site_depreciation
    before_depreciation = total(lines, PROFIT_LINES)
    profit = before_depreciation - depreciation
    used = np.minimum(world.capital.losses_forward, positive(profit))
    tax = p.tax * positive(profit - used)
    lines = dataclasses.replace(lines, tax_paid=-tax)
    pool = depreciation + fleet.bill
    serving = pool * parts.inference
    cost = serving - lines.fees
    result = Result(
        compute_pool=pool,
        cost_of_revenue=cost,
        gross_margin=(sales.revenue > 0.0) - over(cost, sales.revenue),
        research_compute=pool - serving,
        depreciation=depreciation,
        profit_before_tax=profit,
        losses_used=used,
        net_result=profit - tax,
        operating_cash=before_depreciation + total(lines, BELOW_PROFIT),
    )
    return lines, result


def _lines(
    world: World,
    d: Decisions,
    fleet: ComputeFlows,
    trained: TrainingFlows,
    sales: MarketFlows,
    public: SocietyFlows,
    staff_cost: Array,
    cards: Levers,
    p: Params,
) -> Operating:
    """Every line but the tax. A lab that has ended owns and sells nothing; what its neutral orders cost is left out."""
    capital = world.capital
    live = is_live(world).astype(np.float64)
    rent = fleet.rent_reserved_cost + fleet.rent_on_demand_cost
    return Operating(
        revenue_consumer=sales.revenue_segment[CONSUMER],
        revenue_developer=sales.revenue_segment[DEVELOPER],
        revenue_enterprise=sales.revenue_segment[ENTERPRISE],
        revenue_agents=sales.revenue_segment[AGENTS],
        revenue_from_hosts=sales.revenue_open,
        platform_paid=sales.platform_income,
        sublet_income=fleet.sublet_due,
        rent_reserved=-fleet.rent_reserved_cost,
        rent_on_demand=-fleet.rent_on_demand_cost,
        energy_paid=-fleet.energy_cost,
        operations=-fleet.operations_cost,
        wages=-staff_cost * live,
        data_paid=-trained.data_cost * live,
        moe_setup_paid=-trained.moe_setup_cost,
        sales=-p.sales_cost * sales.revenue,
        fees=-p.payment_cost * sales.revenue,
        compliance=-public.compliance_due,
        fines=-public.fines_due,
        answers_paid=_answers(fleet, sales, cards) * live,
        lobbying=-d.lobbying_spend * live,
        evaluation=-d.evaluation_spend * live,
        interest_paid=capital.debt * (-p.interest / YEAR),
        interest_income=positive(capital.cash) * (p.deposit_rate / YEAR),
        tax_paid=np.zeros_like(rent),
        credits_used=np.minimum(capital.credits, rent) * (capital.partner_left > 0.0),
        capex_gpu=-fleet.capex_gpus,
        capex_site=-fleet.capex_sites,
    )


def _answers(fleet: ComputeFlows, sales: MarketFlows, cards: Levers) -> Array:
    """What answers to event cards bring (+) or cost (-): an amount, a part of the compute bill, a part of revenue."""
    return cards["money"] + cards["money_per_bill"] * fleet.bill + cards["money_per_revenue"] * sales.revenue
