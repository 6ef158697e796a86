"""How far may a scenario go? Bounds of the figures that no declaration bounds; wide, so that only slips are refused."""

from __future__ import annotations

from collections.abc import Mapping

from labsim import tables

Bounds = tuple[float, float]

STOCK_LIMIT = 1e30
"""Largest opening value of a stock without a bound of its own; over every FLOP count of the era."""
HAZARD: Bounds = (0.0, 1.0)
EVENT_LENGTH: Bounds = (1.0, 80.0)
FACTOR: Bounds = (0.01, 100.0)
ADDER: Bounds = (-100.0, 100.0)
SHOCK_FACTOR: Bounds = (0.0, 100.0)
POINTS: Bounds = (-400.0, 1000.0)
SCARCITY_SHIFT: Bounds = (-10.0, 50.0)
QUARTERS: Bounds = (-40.0, 120.0)  # launches and techniques from 2013 to 2052
TABLE_FACTOR = 100.0
"""A figure of a table may leave the range of the base's columns by this factor."""

POLICY: Mapping[str, Bounds] = {
    "train": (0.0, 1.0),
    "align": (0.0, 1.0),
    "horizon": (0.1, 20.0),
    "overtrain": (0.01, 100.0),
    "sparsity": (1.0, 32.0),
    "distil": (0.02, 1.0),
    "open": (0.0, 1.0),
    "premium_c": (0.01, 10.0),
    "premium_t": (0.01, 10.0),
    "free": (0.0, 1.0),
    "rent": (0.0, 10.0),
    "buy": (0.0, 1.0),
    "site": (0.0, 1.0),
    "borrow": (0.0, 1.0),
    "staff": (0.0, 5.0),
    "hope": (0.0, 10.0),
    "runway": (0.0, 80.0),
    "ambition": (0.0, 1.0),
    "spend": (0.0, 5.0),
    "evaluation": (0.0, 500.0),
    "lobby": (0.0, 500.0),
    "transparency": (0.0, 1.0),
    "thinking": (1.0, 30.0),
    "partner": (0.0, 0.20),
}
"""Numbers of a policy row; those that are decisions have the decision's bounds."""


def policy_bounds(name: str) -> Bounds:
    """Bounds of one number of a policy row; ``tech`` counts the techniques, -1 is none."""
    return POLICY[name] if name in POLICY else (-1.0, float(len(tables.columns("techniques")) - 1))


def quantity_bounds(row: tables.TableRow) -> Bounds:
    """Bounds of one quantity of a table of chips, techniques or segments."""
    if row.unit == "quarter":
        return QUARTERS
    known = [float(text) for text in row.values.values()]
    return min(known) / TABLE_FACTOR, max(known) * TABLE_FACTOR
