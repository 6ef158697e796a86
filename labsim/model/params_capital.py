"""Which constants govern accounts, valuation, rounds and failure?

Literals of the equations are declared too; a range of a game choice is its value -30 % to +30 %.
"""

from __future__ import annotations

from labsim.variables import Array, declares, parameter


@declares("capital")
class CapitalParams:
    """Constants of accounts, valuation, rounds and failure."""

    sales_cost: Array = parameter(0.17, "1", (0.08, 0.25), "game choice", "Sales and general cost per revenue.")
    payment_cost: Array = parameter(0.03, "1", (0.02, 0.2), "card and marketplace fees", "Fees in cost of revenue.")
    interest: Array = parameter(0.11, "1/year", (0.07, 0.15), "GPU-backed loans", "Interest on debt.")
    deposit_rate: Array = parameter(0.04, "1/year", (0.0, 0.05), "yield of US treasury bills", "Interest on cash.")
    tax: Array = parameter(
        0.21, "1", (0.15, 0.3), "federal corporate rate of the US", "Tax on profit after losses carried forward."
    )
    loan_to_value: Array = parameter(0.6, "1", (0.4, 0.8), "GPU-backed loans", "Debt limit over GPU book value.")
    vc_pool: Array = parameter(
        10500.0,
        "M$/quarter",
        (9000.0, 12500.0),
        "published AI venture funding, 42 B$ in 2023",
        "Venture money in AI, 2023.",
    )
    vc_growth: Array = parameter(
        0.0223, "ln/quarter", (0.0, 0.2), "projection: 42 B$ in 2023 to 60 B$ in 2027", "Growth of the pool."
    )
    vc_concentration: Array = parameter(
        0.26,
        "1",
        (0.15, 0.5),
        "published funding: labs took about a quarter of AI venture money in 2023",
        "Share of the pool that labs can get, start.",
    )
    vc_concentration_growth: Array = parameter(
        0.014,
        "1/quarter",
        (0.0, 0.03),
        "published funding: that part rose from 0.27 to 0.40",
        "Its rise ('more concentrated').",
    )
    strategic_pool: Array = parameter(
        1800.0,
        "M$/quarter",
        (500.0, 5000.0),
        "Microsoft, Amazon, sovereign rounds",
        "Non-venture capital for labs, start.",
    )
    strategic_growth: Array = parameter(
        0.25, "ln/quarter", (0.1, 0.3), "published rounds: labs raised 80 B$ in 2025", "Its growth."
    )
    strategic_fade: Array = parameter(12.0, "quarters", (6.0, 30.0), "game choice", "e-folding time of that growth.")
    multiple_base: Array = parameter(13.0, "1", (8.0, 25.0), "ARR multiples 20-44x", "ARR multiple at zero growth.")
    multiple_growth: Array = parameter(
        22.0, "1", (10.0, 40.0), "ARR multiples 20-44x", "ARR multiple per unit of annual ln growth."
    )
    multiple_max: Array = parameter(45.0, "1", (30.0, 60.0), "ARR multiples 20-44x", "Largest multiple.")
    option_value: Array = parameter(
        18000.0,
        "M$",
        (3000.0, 40000.0),
        "early rounds (OpenAI 29B, Anthropic 4B, xAI 24B)",
        "Value of being at the frontier, 2023Q1.",
    )
    option_growth: Array = parameter(0.12, "ln/quarter", (0.05, 0.2), "xAI 24B->230B", "Growth of that value.")
    option_slope: Array = parameter(
        0.049, "1/point", (0.03, 0.1), "game choice", "Loss of option value per point behind."
    )
    dilution_max: Array = parameter(
        0.2, "1", (0.1, 0.33), "published rounds of the labs", "Largest share sold in one round."
    )
    round_gap: Array = parameter(
        3.0, "quarters", (2.0, 4.0), "published rounds: one per 6-12 months", "Quarters between two rounds of a lab."
    )
    round_fail: Array = parameter(
        0.28, "1", (0.0, 0.3), "game choice", "Chance that a round does not close, normal mood, at the frontier."
    )
    round_mood: Array = parameter(0.9, "1", (0.0, 2.0), "game choice", "Its rise per unit of mood under 1.")
    round_gap_points: Array = parameter(
        0.012, "1/point", (0.0, 0.03), "game choice", "Its rise per point of capability gap over 10."
    )
    round_distress: Array = parameter(
        0.25, "1", (0.0, 0.4), "game choice", "Its rise when the runway is under two quarters."
    )
    rescue_max: Array = parameter(
        1.0, "rounds", (0.0, 3.0), "game choice; bail-outs must be finite", "Down-rounds a lab can get."
    )
    mood_persist: Array = parameter(0.85, "1", (0.5, 0.95), "game choice", "Persistence of capital mood.")
    mood_sd: Array = parameter(0.09, "1", (0.0, 0.15), "game choice", "Shock of capital mood.")
    wage_growth: Array = parameter(0.012, "1/quarter", (0.0084, 0.0156), "game choice", "Linear growth of wages.")
    partner_min: Array = parameter(
        0.05, "1", (0.0, 0.1), "game choice", "Smallest part of the company for which a cloud partner signs."
    )
    arr_trailing: Array = parameter(
        0.7,
        "1",
        (0.0, 1.0),
        "rounds are priced on run rate and trailing revenue; game choice",
        "Weight of the mean of the last four quarters in the revenue that investors pay for.",
    )
    growth_trend: Array = parameter(
        1.0,
        "1",
        (0.0, 1.0),
        "least squares over five quarters; game choice",
        "Weight of the trend of five quarters in the growth that investors read.",
    )
    growth_min: Array = parameter(
        -0.5, "ln/year", (-0.65, -0.35), "game choice", "Lowest revenue growth that investors read."
    )
    growth_max: Array = parameter(
        1.4, "ln/year", (0.98, 1.82), "game choice", "Highest revenue growth that investors read."
    )
    growth_unknown: Array = parameter(
        1.0, "ln/year", (0.7, 1.3), "game choice", "Growth assumed before four quarters of revenue exist."
    )
    multiple_min: Array = parameter(4.0, "1", (2.8, 5.2), "game choice", "Lowest ARR multiple.")
    option_trust: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Trust-independent part of the option value."
    )
    debt_runoff: Array = parameter(
        0.9, "1/quarter", (0.63, 1.17), "game choice", "Share of the debt that may stay when the limit falls under it."
    )
    round_gap_free: Array = parameter(
        10.0, "points", (7.0, 13.0), "game choice", "Capability gap without effect on a round."
    )
    round_runway: Array = parameter(
        2.0, "quarters", (1.4, 2.6), "game choice", "Runway under which investors see distress."
    )
    round_fail_max: Array = parameter(0.9, "1", (0.63, 1.17), "game choice", "Largest chance that a round fails.")
    pool_exponent: Array = parameter(
        0.75, "1", (0.525, 0.975), "game choice", "Exponent of valuation in the division of capital."
    )
    rescue_burn: Array = parameter(
        1.5, "quarters", (1.05, 1.95), "game choice", "Quarters of burn that a down-round adds to the shortfall."
    )
    rescue_dilution: Array = parameter(0.6, "1", (0.42, 0.78), "game choice", "Largest down-round over its valuation.")
    rescue_price: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Valuation of a down-round over the last one."
    )
    rescue_pool: Array = parameter(
        0.15, "1", (0.105, 0.195), "game choice", "Largest down-round over the capital of the quarter."
    )
    sale_margin: Array = parameter(
        1.5, "1", (1.05, 1.95), "game choice", "Capacity sold in distress over the shortfall."
    )
    sale_max: Array = parameter(0.8, "1", (0.56, 1.04), "game choice", "Largest share of owned GPUs sold at once.")
    exit_gap: Array = parameter(
        12.0, "points", (8.4, 15.6), "game choice", "Capability gap within which a buyer is found."
    )
    exit_value_min: Array = parameter(
        1500.0, "M$", (1050.0, 1950.0), "game choice", "Valuation above which a buyer is found."
    )
    exit_price: Array = parameter(
        0.35,
        "1",
        (0.245, 0.455),
        "precedents of licence-and-hire exits; game choice",
        "Price of an acquisition over the valuation.",
    )
    failure_mood: Array = parameter(0.05, "1", (0.035, 0.065), "game choice", "Capital mood lost per failed lab.")
    mood_min: Array = parameter(0.35, "1", (0.245, 0.455), "game choice", "Lowest capital mood.")
    mood_max: Array = parameter(1.7, "1", (1.19, 2.21), "game choice", "Highest capital mood.")
    parent_fade: Array = parameter(
        10.0, "quarters", (7.0, 13.0), "game choice", "e-folding time of parent funding growth."
    )
