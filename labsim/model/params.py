"""Which constants does the model use? Scalars of every mechanism; tables of chips, techniques, segments, events.

A scalar is an array ``(1,)`` or ``(run,)`` that broadcasts over labs; a column of a table has its own leading axis:
``(generation, 1)``, ``(technique, 1)``, ``(segment, 1)``, ``(event, 1)``. Dates are quarters since 2023Q1.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labsim.model.card_table import Cards
from labsim.model.params_capital import CapitalParams
from labsim.model.params_compute import ComputeParams
from labsim.model.params_market import MarketParams
from labsim.model.params_serving import ServingParams
from labsim.model.params_society import SocietyParams
from labsim.model.params_training import TrainingParams
from labsim.variables import REGISTRY, Array

SEGMENTS = ("consumer", "developer", "enterprise", "agents")
CONSUMER, DEVELOPER, ENTERPRISE, AGENTS = range(4)
TOKEN_SEGMENTS = (DEVELOPER, ENTERPRISE, AGENTS)


@dataclass(frozen=True)
class Chips:
    """Chip generations in order of launch; columns ``(generation, 1)``, launch quarters as whole numbers."""

    names: tuple[str, ...]
    launch: tuple[int, ...]
    bf16: Array  # FLOP/s, dense
    fp8: Array  # FLOP/s, dense
    fp4: Array  # FLOP/s, dense
    hbm: Array  # bytes
    bandwidth: Array  # bytes/s
    it_kw: Array  # kW of IT power, server and network included
    price: Array  # M$ at launch, all-in
    price_decline: Array  # ln/quarter
    mfu_factor: Array  # 1
    h100e: Array  # dense FP8 peak over that of an H100


MULTIPLIERS = ("mfu", "serve", "prefill", "moe_train", "moe_serve", "align")
"""What a technique may multiply; columns of ``Techniques``."""


@dataclass(frozen=True)
class Techniques:
    """Techniques in the order in which they became public; columns ``(technique, 1)``."""

    names: tuple[str, ...]
    public: tuple[int, ...]
    cost: Array  # engineer-quarters
    mfu: Array  # multipliers from here on
    serve: Array
    prefill: Array
    moe_train: Array
    moe_serve: Array
    align: Array

    def index(self, name: str) -> int:
        """Row of a technique."""
        return self.names.index(name)

    @cached_property
    def rows_that_move(self) -> Mapping[str, tuple[int, ...]]:
        """For each multiplier the rows of the techniques that have one."""
        columns = {name: getattr(self, name).tolist() for name in MULTIPLIERS}
        return {n: tuple(i for i, row in enumerate(column) if set(row) != {1.0}) for n, column in columns.items()}


@dataclass(frozen=True)
class Segments:
    """Market segments in the order of ``SEGMENTS``; columns ``(segment, 1)``."""

    norm_start: Array  # $/month for consumers, $/M tokens else
    norm_floor: Array  # same
    norm_half: Array  # quarters
    price_reference: Array  # same as norm_start
    usage_elasticity: Array  # 1
    choice_elasticity: Array  # 1
    cap_weight: Array  # utility per 10 points
    trust_factor: Array  # 1
    brand_factor: Array  # 1
    think_weight: Array  # 1
    latency_weight: Array  # utility per ln
    expectation_start: Array  # points
    expectation_growth: Array  # points/quarter
    open_access: Array  # 1
    units_start: Array  # M subscribers; T tokens/quarter
    ceiling: Array  # same, at index 100
    ceiling_slope: Array  # ln per 10 points
    adoption_rate: Array  # 1/quarter
    tokens_per_unit: Array  # T


EFFECTS = (
    "mood",
    "valuation",
    "technique_speed",
    "wage",
    "open_discount",
    "open_capability",
    "pressure",
    "hold",
    "supply",
    "agents_ceiling",
    "consumer_ceiling",
    "small_models",
    "stagnation",
    "algorithms",
    "chip_price",
    "antitrust",
    "power_price",
    "alignment_need",
    "rent_markup",
    "carbon_fee",
    "usage",
    "sites",
)
"""Coefficients that a world event may move: a factor (neutral 1) and an adder (neutral 0) each."""


@dataclass(frozen=True)
class Events:
    """World events; columns ``(event, 1)``. ``factors`` and ``adders`` hold only the effects that are not neutral."""

    names: tuple[str, ...]
    first: tuple[int, ...]
    hazard: Array  # 1/quarter
    length: Array  # quarters
    factors: Mapping[tuple[str, int], Array]  # (effect, event row) -> (1,)
    adders: Mapping[tuple[str, int], Array]  # same, already divided by the length where it is spread

    def index(self, name: str) -> int:
        """Row of an event."""
        return self.names.index(name)


@dataclass(frozen=True)
class Params(ComputeParams, TrainingParams, ServingParams, MarketParams, SocietyParams, CapitalParams):
    """All constants of a scenario. Lab constants are ``(lab, 1)``."""

    chips: Chips
    techniques: Techniques
    segments: Segments
    events: Events
    cards: Cards
    labs: tuple[str, ...]
    chip_cost: Array  # (lab, 1), price paid for owned chips over the list price
    parent_growth: Array  # (lab, 1), ln/quarter
    fame: Array  # (lab, 1), part of the frontier's option value that investors grant the lab
    platform: Array  # (lab, 1), M$ a quarter per point of own open weights at full reach

    def replace(self, **changes: object) -> Params:
        """A copy with other values."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]


PARAMETER_NAMES: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Params) if f.name in REGISTRY)


def default_scalars() -> dict[str, Array | int]:
    """The calibrated value of every scalar: ``(1,)`` arrays, whole numbers where structural."""
    return {name: scalar(name, REGISTRY[name].default) for name in PARAMETER_NAMES}


def scalar(name: str, value: float) -> Array | int:
    """One scalar in the form that ``Params`` holds it."""
    return round(value) if REGISTRY[name].structural else np.array([value], dtype=np.float64)
