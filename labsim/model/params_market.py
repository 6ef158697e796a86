"""Which constants govern customers, prices and open weights?

Literals of the equations are declared too; a range of a game choice is its value -30 % to +30 %.
"""

from __future__ import annotations

from labsim.variables import Array, declares, parameter


@declares("market")
class MarketParams:
    """Constants of customers, prices and open weights."""

    inertia: Array = parameter(
        0.3,
        "1/quarter",
        (0.15, 0.6),
        "game choice: switching of customers between labs is not published",
        "Share of the gap to target share closed per quarter.",
    )
    price_rise_paid: Array = parameter(
        0.5,
        "1",
        (0.3, 1.0),
        "customers on annual plans and contracts keep their price for a while; game choice",
        "Part of a price rise, in ln, that customers pay in its first quarter; the rest a quarter later.",
    )
    trust_weight: Array = parameter(2.6, "utility", (0.5, 3.0), "game choice", "Utility per unit of trust.")
    quality_weight: Array = parameter(
        2.0, "utility", (0.5, 4.0), "game choice", "Utility lost at zero served fraction."
    )
    brand_sd: Array = parameter(
        0.1, "utility", (0.0, 0.3), "game choice: no index of the brands of labs is published", "Quarterly brand shock."
    )
    brand_persist: Array = parameter(0.93, "1", (0.8, 0.98), "game choice", "Persistence of brand.")
    open_host_margin: Array = parameter(1.35, "1", (1.1, 2.0), "hosts", "Price over cost of open models at hosts.")
    open_discount: Array = parameter(
        6.0, "points", (0.0, 15.0), "game choice", "Effort of self-hosting in capability points."
    )
    open_complement: Array = parameter(
        0.2,
        "1",
        (0.0, 0.4),
        "revenue sharing by hosts, game choice",
        "Share of what hosts bill for the leading open model that returns to its owner.",
    )
    free_weight: Array = parameter(0.8, "utility", (0.0, 2.0), "game choice", "Consumer utility of a full free tier.")
    free_tokens: Array = parameter(
        2.5, "1", (0.5, 4.0), "gross vs paying-user margin", "Free tokens per paid consumer token at free tier 1."
    )
    think_demand: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Extra tokens per unit of thinking and think weight."
    )
    demand_sd: Array = parameter(0.05, "1", (0.035, 0.065), "game choice", "Shock of adoption.")
    adoption_min: Array = parameter(
        -0.05, "1/quarter", (-0.065, -0.035), "game choice", "Fastest loss of adopted units."
    )
    adoption_max: Array = parameter(2.0, "1/quarter", (1.4, 2.6), "game choice", "Fastest gain of adopted units.")
    quality_persist: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Weight of last quarter's service in the smoothed served fraction."
    )
    brand_lead: Array = parameter(
        0.06, "utility", (0.042, 0.078), "game choice", "Brand won when a new model takes the lead."
    )
    brand_open_developer: Array = parameter(
        0.25, "utility", (0.175, 0.325), "game choice", "Developer brand won by an open release."
    )
    brand_open_enterprise: Array = parameter(
        0.08, "utility", (0.056, 0.104), "game choice", "Enterprise brand won by an open release."
    )
    open_price_floor: Array = parameter(
        0.02, "1", (0.014, 0.026), "game choice", "Lowest host price over the price norm."
    )
    open_consumer_price: Array = parameter(
        0.8, "1", (0.56, 1.04), "game choice", "Consumer price of hosted open models over the norm."
    )
    open_elasticity: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Price elasticity of open models over the segment's."
    )
    small_model: Array = parameter(
        6e10, "parameters", (4.2e10, 7.8e10), "game choice", "Total parameters under which a model counts as small."
    )
    small_bonus: Array = parameter(
        0.5, "utility", (0.35, 0.65), "game choice", "Utility of a small model in the killer application."
    )
    trust_middle: Array = parameter(0.5, "1", (0.5, 0.5), "definition", "Trust at which utility is neutral.")
    months: Array = parameter(3.0, "months", (3.0, 3.0), "definition", "Months in a quarter.")
    hold_weight: Array = parameter(
        0.25,
        "utility/quarter",
        (0.0, 0.5),
        "game choice",
        "Utility lost with enterprises and agents per quarter for which a regulator would hold a release.",
    )
    reach_rate: Array = parameter(
        0.25, "1/quarter", (0.175, 0.325), "game choice", "Speed at which users follow the leading open model."
    )
    dear_from: Array = parameter(
        2.2, "1", (1.54, 2.86), "game choice", "Consumer price over the norm from which people do without."
    )
    dear_elasticity: Array = parameter(
        5.0, "1", (0.0, 6.0), "game choice", "Fall of the number of paying consumers with a price beyond that."
    )
    think_billed: Array = parameter(
        0.85,
        "1",
        (0.0, 1.0),
        "game choice; list prices bill thinking as output tokens",
        "Part of the thinking tokens that customers who pay by the token are billed for.",
    )
    tune_sameness: Array = parameter(
        0.6,
        "utility",
        (0.0, 2.0),
        "game choice",
        "Utility lost by a model that was tuned from open weights: any host offers the same.",
    )
