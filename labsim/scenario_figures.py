"""Which figures may a rule read? Stocks at the start of a quarter, and a few figures made of them; nothing hidden.

A rule sees what a player sees before giving orders. How they are computed from a world is in ``play/figures.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from labsim.model.params import SEGMENTS
from labsim.variables import LAB, LAB_AXES, REGISTRY, RUN, WORLD_AXES, Variable

if TYPE_CHECKING:
    from labsim.scenario import Scenario

HIDDEN = ("align_ratio",)
"""Stocks that play hides: they tell how well a model is aligned in truth."""
OTHERWISE = "otherwise"
"""In an amount: what would be ordered without the rule."""


def _figure(name: str, unit: str, meaning: str, axes: tuple[str, ...] = LAB_AXES) -> Variable:
    return Variable(name, "stock", axes, unit, name.replace("_", " ").capitalize(), meaning)


MADE: tuple[Variable, ...] = (
    _figure("runway_months", "months", "Cash over burn; 60 at most."),
    _figure("stake", "M$", "Value of the first holders' part, or the exit value."),
    _figure("resources", "M$", "Cash, if any, and credits."),
    _figure("revenue", "M$/quarter", "Revenue of last quarter."),
    _figure("rent_due", "M$", "Rent of contracts that is due this quarter."),
    _figure("rent_next", "M$", "Rent of today's contracts that is due next quarter."),
    _figure("fleet", "H100e", "Own and reserved GPUs of this quarter."),
    _figure("chip_book", "M$", "Book value of own GPUs."),
    _figure("chip_price", "M$/GPU", "Price of a GPU of the generation on sale."),
    _figure("contract_rent", "$/h", "Contract rent of a GPU of the generation on sale."),
    _figure("on_demand_rent", "$/h", "On-demand rent of a GPU of the generation on sale."),
    _figure("wage", "M$/quarter", "Cost of a person.", WORLD_AXES),
    _figure("needed_share", "1", "Part of the fleet that would serve last quarter's demand."),
    _figure("base_gap", "points", "Base capability behind the best live lab."),
    _figure("power_needed", "MW", "IT power that own GPUs need."),
    *(_figure(f"price_norm_{segment}", "$", "Market price norm.", WORLD_AXES) for segment in SEGMENTS),
    _figure("quarter", "quarters", "Quarters since 2023Q1.", WORLD_AXES),
)
"""Figures made of stocks and the calendar."""


def figures(scenario: Scenario) -> Mapping[str, Variable]:
    """Every figure that a rule may read in a scenario, by name; stocks by segment end in the segment's name."""
    return _figures(scenario.params.techniques.names, scenario.params.events.names)


@cache
def _figures(techniques: tuple[str, ...], events: tuple[str, ...]) -> Mapping[str, Variable]:
    entries = {"segment": SEGMENTS, "technique": techniques, "event": events}
    found = {variable.name: variable for variable in MADE}
    for variable in REGISTRY.values():
        if variable.kind != "stock" or variable.name in HIDDEN:
            continue
        further = [axis for axis in variable.axes if axis not in (LAB, RUN)]
        if not further:
            found.setdefault(variable.name, variable)
        elif further[0] in entries:
            found.update({f"{variable.name}_{entry}": variable for entry in entries[further[0]]})
    return found
