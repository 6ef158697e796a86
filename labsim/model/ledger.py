"""Which lines does the ledger of a quarter have, and what is its result? Every money flow is one line."""

from __future__ import annotations

import dataclasses

from labsim.variables import Array, declares, flow


@declares("accounts")
class Operating:
    """Operating and investing ledger lines, M$, + in, - out; ``(lab, run)``. Their sum is a part of the cash change."""

    revenue_consumer: Array = flow("M$", "Revenue from consumers.")
    revenue_developer: Array = flow("M$", "Revenue from developers.")
    revenue_enterprise: Array = flow("M$", "Revenue from enterprises.")
    revenue_agents: Array = flow("M$", "Revenue from agents and vertical applications.")
    revenue_from_hosts: Array = flow("M$", "Money from hosts of own open weights.")
    platform_paid: Array = flow("M$", "Income of the parent's platform from own open weights.")
    sublet_income: Array = flow("M$", "Capacity let to others.")
    rent_reserved: Array = flow("M$", "Rent of contracts, used or not.")
    rent_on_demand: Array = flow("M$", "Rent of on-demand GPUs.")
    energy_paid: Array = flow("M$", "Energy of own GPUs.")
    operations: Array = flow("M$", "Operations of own GPUs, carbon fee included.")
    wages: Array = flow("M$", "Staff.")
    data_paid: Array = flow("M$", "Data.")
    moe_setup_paid: Array = flow("M$", "Engineering of sparse runs.")
    sales: Array = flow("M$", "Sales and general cost.")
    fees: Array = flow("M$", "Payment and marketplace fees.")
    compliance: Array = flow("M$", "Compliance.")
    fines: Array = flow("M$", "Fines.")
    answers_paid: Array = flow("M$", "What answers to event cards cost or brought.")
    lobbying: Array = flow("M$", "Lobbying.")
    evaluation: Array = flow("M$", "Evaluations.")
    interest_paid: Array = flow("M$", "Interest on debt.")
    interest_income: Array = flow("M$", "Interest on cash.")
    tax_paid: Array = flow("M$", "Tax.")
    credits_used: Array = flow("M$", "Rent paid with the partner's credits.")
    capex_gpu: Array = flow("M$", "GPUs bought.")
    capex_site: Array = flow("M$", "Sites built.")


@declares("accounts")
class Result:
    """The quarter's result, M$ unless said; ``(lab, run)``."""

    compute_pool: Array = flow("M$", "Cost of compute: rents, energy, operations, depreciation.", low=0.0)
    cost_of_revenue: Array = flow("M$", "Compute that served customers, and fees.", low=0.0)
    gross_margin: Array = flow("1", "Part of the revenue left after its cost; 0 without revenue.")
    research_compute: Array = flow("M$", "Compute for training, alignment and research.", low=0.0)
    depreciation: Array = flow("M$", "Depreciation of GPUs and sites.", low=0.0)
    profit_before_tax: Array = flow("M$", "Revenues less costs and depreciation.")
    losses_used: Array = flow("M$", "Old losses set against the profit.", low=0.0)
    net_result: Array = flow("M$", "Profit after tax, before any loss on disposal.")
    operating_cash: Array = flow("M$", "Sum of the operating and investing ledger lines: cash before financing.")


@declares("capital")
class Financing:
    """Ledger lines below investments, M$, + in, - out; ``(lab, run)``."""

    parent_paid: Array = flow("M$", "Money from the parent company.")
    debt_change: Array = flow("M$", "New loans less repayments.")
    equity_round: Array = flow("M$", "Money raised in a round.")
    down_round: Array = flow("M$", "Money raised in a rescue at half the value.")
    disposal: Array = flow("M$", "Own GPUs sold.")
    write_off: Array = flow("M$", "Cash of a lab that ended.")


OPERATING_LINES: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Operating))
BELOW_PROFIT = ("tax_paid", "credits_used", "capex_gpu", "capex_site")
"""Operating lines that are no part of the profit before tax; the last ones of the group."""
PROFIT_LINES: tuple[str, ...] = tuple(name for name in OPERATING_LINES if name not in BELOW_PROFIT)
COMPUTE_LINES = ("rent_reserved", "rent_on_demand", "energy_paid", "operations")
"""What is paid for compute."""
FINANCING_LINES: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Financing))
LEDGER_LINES = OPERATING_LINES + FINANCING_LINES
"""Every line of the ledger, M$; their sum is the change of cash."""


def total(lines: object, names: tuple[str, ...]) -> Array:
    """Sum of some ledger lines, two or more, in their order."""
    first, second, *rest = names
    result: Array = getattr(lines, first) + getattr(lines, second)
    for name in rest:
        result += getattr(lines, name)
    return result
