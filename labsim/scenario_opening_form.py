"""What may a scenario say of a lab's start? Stocks by name; contracts, chips, the model and revenue.

The form only; `labsim.scenario_opening` checks it and `labsim.play.opening` lays it over the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ConfigDict, Field

from labsim.scenario_values import Name, Number, QuarterName, Strict
from labsim.variables import LAB, Variable


class Contract(Strict):
    """Reserved GPUs in hand: what, until which quarter (the last one that is paid), at which rent."""

    gpus: Number
    chip: Name
    until: QuarterName
    rent: Number


class Chips(Strict):
    """Own GPUs, working or still on order, by the quarter of the order; without a price they cost the list price."""

    gpus: Number
    chip: Name
    bought: QuarterName
    price: Number | None = None


class Site(Strict):
    """A site under construction, and the first quarter in which it feeds chips."""

    power: Number
    ready: QuarterName


class Model(Strict):
    """The model in service. Its capability follows from its design unless ``capability`` or ``gap`` is given."""

    active: Number
    sparsity: Number
    tokens: Number
    distil: Number = 1.0
    capability: Number | None = None
    gap: Number | None = None


class RunInFlight(Strict):
    """A training run in progress; ``done`` is the part of its compute that is spent."""

    active: Number
    sparsity: Number
    tokens: Number
    distil: Number = 1.0
    open: bool = False
    done: Number


class LabOpening(Strict):
    """A lab where play starts. Any other key is a stock."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Number]

    contracts: list[Contract] | None = Field(default=None, max_length=100)
    chips: list[Chips] | None = Field(default=None, max_length=100)
    sites: list[Site] | None = Field(default=None, max_length=100)
    model: Model | None = None
    run: RunInFlight | None = None
    techniques: dict[str, Number] = Field(default={})
    coverage: Number | None = None
    arr: Number | None = None
    arr_split: dict[str, Number] = Field(default={}, description="Parts of the revenue by segment; they sum to 1.")
    growth: Number | None = None

    @property
    def stocks(self) -> Mapping[str, Number]:
        """What is given by the names of stocks."""
        return self.__pydantic_extra__ or {}


def _figure(name: str, unit: str, low: float, high: float, meaning: str) -> tuple[str, Variable]:
    key = name.rpartition(".")[2]
    return name, Variable(key, "stock", (LAB,), unit, key.replace("_", " ").capitalize(), meaning, "", low, high)


FIGURES: Mapping[str, Variable] = dict(
    [
        _figure("contracts.gpus", "GPU", 0.0, 1e7, "Reserved GPUs."),
        _figure("contracts.rent", "$/h", 0.01, 100.0, "Rent of one of them."),
        _figure("chips.gpus", "GPU", 0.0, 1e7, "Own GPUs, on order until they are delivered."),
        _figure("chips.price", "M$", 0.0001, 10.0, "Price paid for one; the list price of its quarter if not given."),
        _figure("sites.power", "MW", 0.0, 1e5, "IT power of a site under construction."),
        _figure("model.active", "parameters", 1e8, 4e13, "Active parameters as trained."),
        _figure("model.sparsity", "1", 1.0, 32.0, "Total over active parameters."),
        _figure("model.tokens", "T", 0.01, 1e3, "Tokens trained on."),
        _figure("model.distil", "1", 0.02, 1.0, "Size of the student that is served."),
        _figure("model.capability", "points", -100.0, 1000.0, "Capability, post-training included."),
        _figure("model.gap", "points", -200.0, 200.0, "Capability of the best rival less the lab's own."),
        _figure("run.active", "parameters", 1e8, 4e13, "Active parameters of the run in progress."),
        _figure("run.sparsity", "1", 1.0, 32.0, "Total over active parameters."),
        _figure("run.tokens", "T", 0.01, 1e3, "Tokens planned."),
        _figure("run.distil", "1", 0.02, 1.0, "Size of the student that will be served."),
        _figure("run.done", "1", 0.0, 1.0, "Part of its compute that is spent."),
        _figure("techniques", "1", 0.0, 1.0, "Own research on a technique; in hand at 1."),
        _figure("coverage", "1", 0.0, 0.99, "Alignment coverage of the model in service."),
        _figure("arr", "M$/year", 0.0, 1e6, "Revenue of the quarter before, a year, all of it served."),
        _figure("arr_split", "1", 0.0, 1.0, "Part of a segment in the revenue."),
        _figure(
            "growth", "ln/year", -3.0, 5.0, "Growth of revenue over the year before; investors' guess if not given."
        ),
    ]
)
"""Unit, bounds and meaning of every number of a start that is no stock."""

_TABLES: Mapping[str, type[Strict]] = {
    "contracts": Contract,
    "chips": Chips,
    "sites": Site,
    "model": Model,
    "run": RunInFlight,
}


def keys_of_opening(steps: Sequence[str]) -> list[str]:
    """Keys that may stand at a place below ``opening``."""
    form = _TABLES.get(steps[2]) if len(steps) > 2 else None
    return list((form or LabOpening).model_fields)
