"""Where is a lab's start written? Its row of the stocks, before they are a world again."""

from __future__ import annotations

from dataclasses import dataclass

from labsim.model.exogenous import Quarter
from labsim.model.params import Params
from labsim.scenario_opening import Opening
from labsim.variables import Array

Stocks = dict[str, Array]


@dataclass(frozen=True)
class Place:
    """A lab's row of the stocks, which are written in place; arrays of one run."""

    lab: str
    seat: int
    opening: Opening
    stocks: Stocks
    p: Params
    quarter: Quarter

    def get(self, name: str) -> Array:
        """The lab's entry of a stock, ``(…, run)``."""
        return self.stocks[name][..., self.seat, :]

    def put(self, **values: Array | float) -> None:
        """Write entries of the lab."""
        for name, value in values.items():
            self.stocks[name][..., self.seat, :] = value
