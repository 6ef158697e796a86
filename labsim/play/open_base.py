"""Which open weights can a lab tune, and what would tuning them give? The best ones there are, by the engine's law."""

from __future__ import annotations

from dataclasses import dataclass

from labsim.model.world import World
from labsim.scenario import Scenario


@dataclass(frozen=True)
class OpenBase:
    """The best open weights; parameters, points, FLOP."""

    owner: str  # the lab that released them; empty where no lab of the game did
    capability: float
    active: float
    sparsity: float
    flop: float

    @property
    def total(self) -> float:
        """All parameters."""
        return self.active * self.sparsity


def open_base(world: World, scenario: Scenario, run: int = 0) -> OpenBase:
    """The weights that a run started now would tune."""
    own = world.training
    owners = [lab for lab, owns in zip(scenario.labs, own.open_owner[:, run], strict=True) if owns > 0.0]
    stocks = (own.open_capability, own.open_active, own.open_sparsity, own.open_flop)
    return OpenBase("".join(owners[:1]), *(float(stock[run]) for stock in stocks))
