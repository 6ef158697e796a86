"""What does a rule read? The figures of one seat at the start of a quarter, computed when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from labsim.model.events import standing_effects
from labsim.model.exogenous import Quarter
from labsim.model.figures import Known, figure
from labsim.model.fleet import Fleet, gpu_book, merged, power_needed, rents
from labsim.model.laws import over, positive, price_norm, sum_first, wage
from labsim.model.params import SEGMENTS, Params
from labsim.model.roofline import fleet_capacity
from labsim.model.skills import software_of
from labsim.model.world import World, stocks
from labsim.play.derived import runway_months, stake
from labsim.variables import LAB, REGISTRY, RUN, Array

AXES = ("segment", "technique", "event")
"""Further axes whose entries have figures of their own."""


class Figures:
    """The figures of one seat in one quarter; ``(run,)`` each."""

    def __init__(self, world: World, quarter: Quarter, p: Params, seat: int) -> None:
        """Read nothing yet."""
        self.world, self.quarter, self.p, self.seat = world, quarter, p, seat
        self._known = Known(world, p, quarter)
        self._found: dict[str, Array] = {}
        self._stocks: Mapping[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        """A figure by its name. Raises KeyError when there is none."""
        if name not in self._found:
            self._found[name] = self._made(name)
        return self._found[name]

    def _made(self, name: str) -> Array:
        if name in FORMULAS:
            value = FORMULAS[name](self)
        elif name.startswith("price_norm_"):
            value = price_norm(float(self.quarter.t), self.p)[SEGMENTS.index(name.removeprefix("price_norm_"))]
        else:
            value = self._stock(name)
        return np.zeros(self.world.runs) + value

    def _stock(self, name: str) -> Array:
        self._stocks = self._stocks or stocks(self.world)
        if name in self._stocks and len(self._stocks[name].shape) < len((AXES[0], LAB, RUN)):
            return self._of_seat(name, self._stocks[name])
        entries = {"segment": SEGMENTS, "technique": self.p.techniques.names, "event": self.p.events.names}
        for stock, value in self._stocks.items():
            axis, entry = REGISTRY[stock].axes[0], name.removeprefix(f"{stock}_")
            if entry != name and axis in entries and entry in entries[axis]:
                return self._of_seat(stock, value[entries[axis].index(entry)])
        raise KeyError(name)

    def _of_seat(self, stock: str, value: Array) -> Array:
        return value[self.seat] if LAB in REGISTRY[stock].axes else value

    def at_start(self, name: str) -> Array:
        """A figure that hazards read too, by its name there."""
        value: Array = figure(name, self._known)[self.seat]
        return value

    def fleet(self) -> Fleet:
        """Own and reserved GPUs of every lab."""
        return merged(*self.owned_and_reserved)

    @property
    def owned_and_reserved(self) -> tuple[Fleet, Fleet]:
        """Own GPUs and reserved ones of every lab."""
        return self._known.owned_and_reserved


def _rents(f: Figures, name: str) -> Array:
    found = rents(f.world, f.quarter.generation, standing_effects(f.world, f.p, f.quarter), f.p, f.quarter.t)
    value: Array = getattr(found, name)
    return value[f.seat] if value.ndim > 1 else value


def _needed_share(f: Figures) -> Array:
    models = f.world.training
    software = software_of(f.world, f.p, f.quarter)
    full, _ = fleet_capacity(models.model_active, models.model_sparsity, f.fleet(), software, f.p)
    wanted: Array = over(f.world.market.demand_last, full)[f.seat]
    return wanted


FORMULAS: Mapping[str, Callable[[Figures], Array]] = {
    "runway_months": lambda f: runway_months(f.world.capital)[f.seat],
    "stake": lambda f: stake(f.world.capital)[f.seat],
    "resources": lambda f: positive(f.world.capital.cash[f.seat]) + f.world.capital.credits[f.seat],
    "revenue": lambda f: f.at_start("revenue_last"),
    "rent_due": lambda f: f.at_start("rent_bill"),
    "rent_next": lambda f: sum_first(f.world.compute.contract_cost[:-1])[f.seat],
    "fleet": lambda f: f.at_start("fleet_h100e"),
    "chip_book": lambda f: gpu_book(f.world.compute, f.p)[f.seat],
    "chip_price": lambda f: _rents(f, "price"),
    "contract_rent": lambda f: _rents(f, "contract"),
    "on_demand_rent": lambda f: _rents(f, "on_demand"),
    "wage": lambda f: wage(f.quarter.t, f.p),
    "needed_share": _needed_share,
    "base_gap": lambda f: positive(f.at_start("points_behind")),
    "power_needed": lambda f: power_needed(f.owned_and_reserved[0], f.p)[f.seat],
    "quarter": lambda f: np.array([float(f.quarter.t)]),
}
"""Figure that is no stock -> how it is made."""
