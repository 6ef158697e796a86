"""Which variables are made from declared ones? For objectives, lessons and series; each is declared once, here.

How each is made from a quarter is in ``play/derived.py``.
"""

from __future__ import annotations

from labsim.variables import LAB_AXES, Variable


def _derived(name: str, unit: str, label: str, meaning: str, low: float = 0.0, high: float = float("inf")) -> Variable:
    return Variable(name, "flow", LAB_AXES, unit, label, meaning, "definition", low, high, group="derived")


_ALL = (
    _derived("stake", "M$", "Value of the first holders' part",
             "Value of the first holders' part: valuation x holders, or the exit value; M$."),
    _derived("runway_months", "months", "Runway", "Cash over burn, in months; 60 at most.", high=60.0),
    _derived("value_per_token", "$/M tokens", "Value per token", "Revenue over tokens served, free ones included."),
    _derived("cost_per_token", "$/M tokens", "Cost per token", "Cost of revenue over tokens served."),
    _derived("value_over_cost", "1", "Value over cost of a token", "Revenue over cost of revenue; 0 without cost."),
    _derived("incidents", "1", "Incidents", "Severity of the quarter's incident, 0 without one; to be summed."),
    _derived("energy_per_token", "Wh/M tokens", "Energy per token",
             "Energy of the whole fleet, training included, over tokens served."),
    _derived("capability_per_mw", "points/MW", "Capability per MW",
             "Capability index over the mean power of the fleet."),
    _derived("tokens_per_mw", "T/MW", "Tokens per MW", "Tokens served in the quarter over the fleet's mean power."),
    _derived("business_revenue", "M$", "Revenue from enterprises and agents", "Revenue of the two segments."),
)  # fmt: skip
DERIVED: dict[str, Variable] = {variable.name: variable for variable in _ALL}
"""Variables of objectives that are made from declared ones."""
