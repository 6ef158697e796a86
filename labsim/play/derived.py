"""How are the derived variables made from one quarter? One short formula for each; a declared variable is itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from labsim.model import figures
from labsim.model.laws import over
from labsim.model.params import SEGMENTS
from labsim.model.world import Capital
from labsim.play.turn import TurnRecord
from labsim.variables import Array

HOURS = 2190.0  # in a quarter; definition
ACQUIRED, BANKRUPT = 1.0, 2.0  # values of the stock `status`
BUSINESS = tuple(SEGMENTS.index(segment) for segment in ("enterprise", "agents"))


def stake(capital: Capital) -> Array:
    """Valuation x holders, or the exit value; M$ ``(lab, run)``."""
    sold = np.where(capital.status == ACQUIRED, capital.exit_value, 0.0)
    return np.where(capital.status == 0.0, capital.valuation * capital.holders, sold)


def runway_months(capital: Capital) -> Array:
    """Cash over burn, months ``(lab, run)``; 60 at most and where nothing burns, 0 for a bankrupt lab."""
    return np.where(capital.status == BANKRUPT, 0.0, figures.runway_months(capital.cash, capital.burn))


def _per_token(amount: Array, record: TurnRecord) -> Array:
    """An amount per M tokens where it is in millions, for tokens are in T."""
    return over(amount, record.report.market.tokens_served)


def _power(record: TurnRecord) -> Array:
    return record.report.compute.energy / HOURS


def _business(record: TurnRecord) -> Array:
    revenue = record.report.market.revenue_segment
    found: Array = revenue[BUSINESS[0]] + revenue[BUSINESS[1]]
    return found


FORMULAS: Mapping[str, Callable[[TurnRecord], Array]] = {
    "stake": lambda record: stake(record.world.capital),
    "runway_months": lambda record: runway_months(record.world.capital),
    "value_per_token": lambda record: _per_token(record.report.market.revenue, record),
    "cost_per_token": lambda record: _per_token(record.report.result.cost_of_revenue, record),
    "value_over_cost": lambda record: over(record.report.market.revenue, record.report.result.cost_of_revenue),
    "incidents": lambda record: record.report.society.severity,
    "energy_per_token": lambda record: _per_token(record.report.compute.energy, record),
    "capability_per_mw": lambda record: over(record.report.alignment.capability, _power(record)),
    "tokens_per_mw": lambda record: over(record.report.market.tokens_served, _power(record)),
    "business_revenue": _business,
}
"""Derived variable -> its value at the end of a quarter, ``(lab, run)``."""
