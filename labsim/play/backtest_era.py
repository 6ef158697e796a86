"""Does the era on autopilot meet what was published of it? Medians over many dice, row by row of the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labsim.formats import quarter_number
from labsim.model.laws import chip_price, owner_cost, rent_on_demand, sum_first
from labsim.model.params import CONSUMER, DEVELOPER, Params
from labsim.play.aggregates import world_markets
from labsim.play.backtest_rows import Group, Row
from labsim.play.reference import Row as Published
from labsim.play.reference import rows
from labsim.play.turn import TurnRecord, play
from labsim.scenario import DEFAULT, Scenario, load_scenario
from labsim.variables import Array

QUARTERS = 20
AIM = "median within 1.5; 80 % of all rows within 2.5"
MONTHS = 3.0


@dataclass(frozen=True)
class Era:
    """Games on autopilot: quantities ``(quarter, lab, run)``, those of the world ``(quarter, run)``."""

    scenario: Scenario
    labs: dict[str, Array]
    world: dict[str, Array]


def play_era(dice: int, seed: int, scenario: Scenario | None = None) -> Era:
    """Play the base era on autopilot and keep what is published of it."""
    chosen = scenario or load_scenario(DEFAULT)
    p = chosen.params
    records: list[tuple[dict[str, Array], dict[str, Array]]] = []
    largest = chosen.world.training.model_flop + np.zeros((len(chosen.labs), dice))
    for record in play(chosen, seed, QUARTERS, runs=dice):
        largest = np.maximum(largest, record.report.training.released_flop)
        one = {**_quarter(record), "training_flop": largest}
        world = {**world_markets(record, p), "scarcity": record.world.compute.scarcity}
        records.append((one, world))
    first, second = records[0]
    return Era(
        chosen,
        {name: np.stack([labs[name] for labs, _ in records]) for name in first},
        {name: np.stack([world[name] for _, world in records]) for name in second},
    )


def _quarter(record: TurnRecord) -> dict[str, Array]:
    """What a quarter adds; ``(lab, run)``."""
    r, d, after = record.report, record.decisions, record.world
    total = d.inference_share + d.training_share + d.alignment_share + d.experiment_share
    return {
        "revenue": r.market.revenue,
        "arr": YEAR * r.market.revenue,
        "net_loss": -r.result.net_result,
        "operating_loss": -r.result.profit_before_tax,
        "burn": after.capital.burn,
        "compute_spend": r.result.compute_pool,
        "inference_spend": r.result.compute_pool * d.inference_share / total,
        "cost_of_revenue": r.result.cost_of_revenue,
        "fleet": r.compute.installed_compute,
        "energy": r.compute.energy,
        "valuation": after.capital.valuation,
        "served": r.market.tokens_served,
        "paid_part": 1.0 - r.market.tokens_free / np.maximum(r.market.tokens_needed, 1e-12),
        "subscribers": after.market.share[CONSUMER] * after.market.units[CONSUMER],
        "staff": after.people.staff,
        "token_price": d.price[DEVELOPER],
    }


def era_groups(dice: int, seed: int, scenario: Scenario | None = None) -> list[Group]:
    """The groups of ``assets/reference/era.csv`` against the era."""
    era = play_era(dice, seed, scenario)
    groups: dict[str, list[Row]] = {}
    for row in rows("era"):
        groups.setdefault(row["group"], []).append(_compared(row, era))
    return [Group(name, AIM, found) for name, found in groups.items()]


def _compared(row: Published, era: Era) -> Row:
    predicted = float(np.median(_quantity(row, era)))
    counted = row["in_aim"] == "yes"
    reason = row["reason"] if counted or row["reason"] else row["notes"]
    published = float(row["published"])
    return Row(row["name"], predicted, published, row["unit"], counted, reason, row["source"], row["confidence"])


def _quantity(row: Published, era: Era) -> Array:
    """The row's quantity in every game; ``(run,)``."""
    span = slice(quarter_number(row["first"]), quarter_number(row["last"]) + 1)
    name, of = row["quantity"], row["of"]
    if name in era.world:
        return sum_first(era.world[name][span])
    if name in RENTS:
        return RENTS[name](era, of, span.start)
    seat = era.scenario.seat(of)
    labs = {key: values[span, seat] for key, values in era.labs.items()}
    if name in SUMS:
        return sum_first(labs[name])
    if name in RATIOS:
        return RATIOS[name](labs)
    last: Array = labs[name][-1]
    return last


SUMS = ("revenue", "net_loss", "operating_loss", "burn", "compute_spend", "inference_spend")


def _cost_part(labs: dict[str, Array]) -> Array:
    return sum_first(labs["cost_of_revenue"]) / sum_first(labs["revenue"])


def _paid_compute_part(labs: dict[str, Array]) -> Array:
    """Compute for the tokens of paying users over revenue."""
    return sum_first(labs["inference_spend"] * labs["paid_part"]) / sum_first(labs["revenue"])


def _a_month(labs: dict[str, Array]) -> Array:
    served: Array = labs["served"][-1]
    return served / MONTHS


def _power(labs: dict[str, Array]) -> Array:
    energy: Array = labs["energy"][-1]
    return energy / HOURS


YEAR = 4.0  # quarters
HOURS = 2190.0  # hours of a quarter
RATIOS: dict[str, Callable[[dict[str, Array]], Array]] = {
    "cost_over_revenue": _cost_part,
    "compute_over_revenue": _paid_compute_part,
    "tokens_per_month": _a_month,
    "power": _power,
}


def _owner(era: Era, chip: str, t: int) -> Array:
    """Hourly cost of owning a chip in a quarter, $/h."""
    p, row = _of_chip(era, chip)
    return owner_cost(chip_price(row, t, p), p.chips.it_kw[row], p) + np.zeros(era.world["scarcity"].shape[1])


def _on_demand(era: Era, chip: str, t: int) -> Array:
    p, _ = _of_chip(era, chip)
    scarcity = era.world["scarcity"][max(t - 1, 0)]  # rents of a quarter follow the scarcity at its start
    return rent_on_demand(_owner(era, chip, t), scarcity, np.zeros(1), np.ones(1), p)


def _contract(era: Era, chip: str, t: int) -> Array:
    return _on_demand(era, chip, t) * era.scenario.params.reserve_discount


def _of_chip(era: Era, chip: str) -> tuple[Params, int]:
    p = era.scenario.params
    return p, p.chips.names.index(chip)


RENTS: dict[str, Callable[[Era, str, int], Array]] = {
    "owner_cost": _owner,
    "rent_on_demand": _on_demand,
    "rent_contract": _contract,
}
