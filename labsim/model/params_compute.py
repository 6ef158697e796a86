"""Which constants govern chips, rents, power and supply?

Literals of the equations are declared too; a range of a game choice is its value -30 % to +30 %.
"""

from __future__ import annotations

from labsim.variables import Array, declares, parameter


@declares("compute")
class ComputeParams:
    """Constants of chips, rents, power and supply."""

    seconds: Array = parameter(
        7.884e06, "s/quarter", (7.884e06, 7.884e06), "definition", "Seconds in a quarter (91.25 days)."
    )
    availability: Array = parameter(
        0.9, "1", (0.8, 0.96), "published range (goodput 0.87-0.95)", "Share of a quarter that a powered GPU works."
    )
    hours: Array = parameter(2190.0, "h/quarter", (2190.0, 2190.0), "definition", "Hours in a quarter.")
    gpu_life: int = parameter(
        20,
        "quarters",
        (16.0, 24.0),
        "accounts of cloud companies: 4 to 6 years",
        "Straight-line life of GPUs.",
        structural=True,
    )
    site_life: Array = parameter(
        56.0, "quarters", (40.0, 60.0), "Epoch 1 GW model: 14 y", "Straight-line life of sites."
    )
    site_cost: Array = parameter(
        11.0,
        "M$/MW",
        (9.0, 15.0),
        "published range of data-centre cost without IT",
        "Shell and power per MW of IT load.",
    )
    site_lead: int = parameter(
        4,
        "quarters",
        (3.0, 8.0),
        "published construction times: 1 to 2 years",
        "Site construction time.",
        structural=True,
    )
    pue: Array = parameter(
        1.2, "1", (1.08, 1.4), "published range (1.08 best fleet, 1.4 older sites)", "Facility power per IT power."
    )
    power_price: Array = parameter(
        75.0, "$/MWh", (40.0, 120.0), "range of US industrial and wholesale prices", "Electricity price."
    )
    carbon: Array = parameter(
        0.37, "tCO2/MWh", (0.05, 0.6), "average of the US grid, 2023", "Grid carbon intensity at start."
    )
    ops_cost: Array = parameter(
        0.035, "1/year", (0.02, 0.06), "Epoch 1 GW opex minus energy", "Operations of owned GPUs per purchase value."
    )
    reserve_discount: Array = parameter(
        0.5, "1", (0.5, 0.8), "gpu_rental_prices.csv (3y vs on-demand)", "Contract price over on-demand price."
    )
    reserve_term: int = parameter(
        10, "quarters", (4.0, 12.0), "game choice", "Length of a take-or-pay contract.", structural=True
    )
    partner_markup: Array = parameter(1.12, "1", (1.0, 1.5), "game choice", "Price mark-up of the exclusive partner.")
    partner_premium: Array = parameter(
        1.1, "1", (1.0, 1.5), "game choice", "Credits given per M$ of equity at the round price."
    )
    partner_access: Array = parameter(
        0.5,
        "1",
        (0.0, 1.0),
        "game choice, after the alliances of clouds and labs",
        "Relationship added in chip allocation while in a partnership.",
    )
    partner_term: Array = parameter(
        16.0, "quarters", (8.0, 24.0), "game choice", "Length of the exclusive partnership."
    )
    supply_start: Array = parameter(
        60000.0,
        "H100e/quarter",
        (30000.0, 120000.0),
        "Epoch chip counts x lab share",
        "GPUs offered to the labs in 2023Q1.",
    )
    supply_growth: Array = parameter(
        0.42, "ln/quarter", (0.3, 0.5), "published fleets grew 2.5-4.5 times a year", "First growth of that supply."
    )
    supply_fade: Array = parameter(8.0, "quarters", (6.0, 20.0), "game choice", "e-folding time of supply growth.")
    supply_floor: Array = parameter(0.03, "ln/quarter", (0.0, 0.1), "game choice", "Long-run growth of supply.")
    spot_share: Array = parameter(
        0.3, "1", (0.1, 0.5), "game choice", "On-demand pool as a share of cumulative 4-quarter supply."
    )
    kingmaker: Array = parameter(
        0.8, "1", (0.0, 2.0), "game choice: the supplier as kingmaker", "Weight of relationship in allocation."
    )
    scarcity_rent: Array = parameter(
        0.55, "1", (0.1, 0.8), "H100 rent 4-8 $/h in 2023", "Exponent of scarcity in rent."
    )
    chip_scarcity: Array = parameter(0.15, "1", (0.0, 0.4), "game choice", "Exponent of scarcity in the chip price.")
    rent_margin: Array = parameter(
        1.32, "1", (1.1, 1.8), "gpu_rental_prices.csv", "On-demand rent over owner cost at scarcity 1."
    )
    gpu_resale: Array = parameter(0.45, "1", (0.2, 0.7), "game choice", "Book value recovered in a capacity sale.")
    owner_overhead: Array = parameter(
        1.3,
        "1",
        (0.91, 1.69),
        "game choice",
        "Lifetime cost of an owned GPU over its purchase price (capital and site).",
    )
    power_rent_exponent: Array = parameter(
        0.15, "1", (0.105, 0.195), "game choice", "Exponent of the power-price multiplier in rents."
    )
    supply_sd: Array = parameter(0.08, "1", (0.056, 0.104), "game choice", "Shock of quarterly chip supply.")
    cash_spendable: Array = parameter(
        0.85, "1", (0.595, 1.105), "game choice", "Share of cash that purchases of a quarter may use."
    )
    ask_exponent: Array = parameter(
        0.75, "1", (0.525, 0.975), "game choice", "Exponent of order size in chip allocation."
    )
    relationship_floor: Array = parameter(
        0.3, "1", (0.21, 0.39), "game choice", "Allocation weight of a buyer without any relationship."
    )
    spot_quarters: Array = parameter(
        4.0, "quarters", (2.8, 5.2), "game choice", "Quarters of supply that the on-demand base stands for."
    )
    spot_persist: Array = parameter(
        0.75, "1", (0.525, 0.975), "game choice", "Share of the on-demand base kept each quarter."
    )
    delay_scarcity: Array = parameter(
        2.5, "1", (1.75, 3.25), "game choice", "Scarcity above which chip deliveries take one quarter more."
    )
    scarcity_persist: Array = parameter(
        0.6, "1", (0.42, 0.78), "game choice", "Weight of last quarter's scarcity in the next."
    )
    scarcity_exponent: Array = parameter(
        0.5, "1", (0.35, 0.65), "game choice", "Exponent of asked over offered chips in scarcity."
    )
    ask_ratio_min: Array = parameter(
        0.3, "1", (0.21, 0.39), "game choice", "Smallest ratio of asked to offered chips that counts."
    )
    ask_ratio_max: Array = parameter(
        20.0, "1", (14.0, 26.0), "game choice", "Largest ratio of asked to offered chips that counts."
    )
    scarcity_min: Array = parameter(0.6, "1", (0.42, 0.78), "game choice", "Lowest target of scarcity.")
    scarcity_max: Array = parameter(8.0, "1", (5.6, 10.4), "game choice", "Highest target of scarcity.")
    relationship_persist: Array = parameter(
        0.96, "1", (0.672, 1.248), "game choice", "Share of the relationship kept each quarter."
    )
    relationship_gain: Array = parameter(
        0.24, "1", (0.168, 0.312), "game choice", "Relationship gained by taking all chips of a quarter."
    )
    carbon_fee: Array = parameter(
        40.0, "$/t", (28.0, 52.0), "game choice", "Fee per tonne of CO2 while a carbon fee is in force."
    )
    training_rest: Array = parameter(
        3000.0,
        "M$/quarter",
        (2100.0, 3900.0),
        "fit: world cloud spending of 2023",
        "Training cloud of the rest of the world at the start.",
    )
    training_rest_growth: Array = parameter(0.01, "ln/quarter", (0.007, 0.013), "game choice", "Its growth.")
    inference_rest: Array = parameter(
        2600.0,
        "M$/quarter",
        (1820.0, 3380.0),
        "fit: world cloud spending of 2023",
        "Inference cloud of the rest of the world at the start.",
    )
    inference_rest_growth: Array = parameter(0.075, "ln/quarter", (0.0525, 0.0975), "game choice", "Its growth.")
    lab_chip_share: Array = parameter(
        0.33, "1", (0.231, 0.429), "lab share of 2023-25 chips", "Share of the world's chips that the labs take."
    )
    server_part: Array = parameter(
        1.35, "1", (0.945, 1.755), "chips.csv: all-in over bulk GPU price", "All-in price over bulk GPU price."
    )
    sublet_price: Array = parameter(
        0.85,
        "1",
        (0.7, 0.95),
        "game choice",
        "Price of let capacity over the contract price of the day, or over its own cost where that is less.",
    )
    hosted_price: Array = parameter(
        0.6, "1", (0.42, 0.78), "game choice", "Rent of capacity placed with a state over the contract price."
    )
