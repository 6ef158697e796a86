"""What does the world consist of at the start of a quarter? The stocks, one group for each verb that owns them.

Rings run over the quarters in which something was ordered: index 0 was ordered last quarter. The chip generation of
an order follows from its quarter, so no axis of generations is needed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.variables import Array, Flags, declares, stock

AGE = ("age", "lab", "run")
SEGMENT = ("segment", "lab", "run")
WORLD = ("run",)


@declares("events")
class EventStocks:
    """Owned by ``events``. The cards run over the quarters since they struck; the newest waits for its answer."""

    event_left: Array = stock("quarters", "Quarters that a world event still lasts.", ("event", "run"))
    cards_dealt: Array = stock("code", "Event cards that struck, with their answers; 0 for none.", AGE)


@declares("people")
class People:
    """Owned by ``people``."""

    staff: Array = stock("persons", "All staff.", label="Staff")
    technique_progress: Array = stock(
        "1", "Own research on a technique; in hand at 1.", ("technique", "lab", "run"), high=1.0
    )


@declares("compute")
class Compute:
    """Owned by ``compute``."""

    bought_gpus: Array = stock("GPU", "Own GPUs by the quarter in which they were ordered.", AGE)
    bought_cost: Array = stock("M$", "Purchase cost of own GPUs by the quarter in which they were ordered.", AGE)
    delivery_delay: Array = stock(
        "quarters", "Extra quarters of delivery of the GPUs ordered in a quarter.", ("age", "run"), high=1.0
    )
    contract_gpus: Array = stock("GPU", "Reserved GPUs by the quarter in which the contract was signed.", AGE)
    contract_cost: Array = stock("M$/quarter", "Rent due for reserved GPUs, by quarter of signature.", AGE)
    site_power: Array = stock("MW", "IT power that own sites can feed.")
    site_gross: Array = stock("M$", "Cost of finished sites.")
    site_net: Array = stock("M$", "Book value of finished sites.")
    site_pipeline: Array = stock("MW", "Sites under construction by the quarter of the order.", AGE)
    site_wip: Array = stock("M$", "Cost of sites under construction by the quarter of the order.", AGE)
    let_share: Array = stock("1", "Part of the fleet that is let to others this quarter.", high=1.0)
    relationship: Array = stock("1", "Standing with the chip supplier.", high=1.0)
    scarcity: Array = stock("1", "GPU scarcity; 1 is a balanced market.", WORLD)
    spot_base: Array = stock("H100e", "Chips behind the on-demand pool.", WORLD)


@declares("training")
class Training:
    """Owned by ``training``."""

    model_active: Array = stock("parameters", "Active parameters of the served model, after distillation.")
    model_sparsity: Array = stock("1", "Total over active parameters of the served model.")
    model_flop: Array = stock("FLOP", "Training compute of the served model, 6ND.", label="Training compute")
    base_capability: Array = stock("points", "Capability of the served model before post-training.", low=-400.0)
    model_tuned: Array = stock("flag", "Was the served model tuned from open weights?", high=1.0)
    run_on: Array = stock("flag", "Is a training run in progress?", high=1.0)
    run_active: Array = stock("parameters", "Active parameters of the run in progress.")
    run_sparsity: Array = stock("1", "Total over active parameters of the run in progress.")
    run_tokens: Array = stock("T", "Tokens planned for the run in progress.")
    run_distil: Array = stock("1", "Size of the student that will be served, relative to the run's model.")
    run_open: Array = stock("flag", "Will the weights of the run in progress be released?", high=1.0)
    run_base: Array = stock("flag", "Does the run in progress tune the best open weights?", high=1.0)
    run_done: Array = stock("FLOP", "Training compute done on the run in progress.")
    run_hold: Array = stock("quarters", "Quarters for which the regulator has held the finished run.")
    data: Array = stock("T", "Unique usable training tokens.", label="Training data")
    algo_lead: Array = stock("ln", "Private algorithmic progress: ln of the compute multiplier.")
    algo_public: Array = stock("ln", "Public algorithmic progress since 2023Q1: ln of the multiplier.", WORLD)
    open_capability: Array = stock("points", "Capability of the best open-weights model.", WORLD, low=-400.0)
    open_active: Array = stock("parameters", "Active parameters of the best open-weights model.", WORLD)
    open_flop: Array = stock("FLOP", "Training compute of the best open-weights model.", WORLD)
    open_sparsity: Array = stock("1", "Total over active parameters of the best open-weights model.", WORLD)
    open_owner: Array = stock("flag", "Does this lab own the best open-weights model?", high=1.0)


@declares("alignment")
class Alignment:
    """Owned by ``alignment``."""

    align_ratio: Array = stock("1", "Alignment compute on the served model over its training compute.")
    evidence: Array = stock("1", "Alignment evidence that a regulator accepts.", high=1.0)


@declares("market")
class Market:
    """Owned by ``market``."""

    share: Array = stock("1", "Share of the customers of a segment.", SEGMENT, high=1.0)
    brand: Array = stock("utility", "Brand by segment.", SEGMENT, low=-20.0)
    prices: Array = stock("$", "Price by segment: $/month for consumers, $/M tokens else.", SEGMENT, label="Price")
    quality: Array = stock("1", "Smoothed share of the demand that was served.", high=1.0)
    idle: Array = stock("1", "Part of the fleet that nobody used last quarter.", high=1.0)
    open_reach: Array = stock("1", "Smoothed part of all open-weights use that is of own weights.", high=1.0)
    demand_last: Array = stock("T", "Tokens asked for, free ones included.", label="Tokens needed")
    units: Array = stock("units", "Adopted market potential at the reference price: M subscribers; T tokens.",
                         ("segment", "run"))  # fmt: skip


@declares("society")
class Society:
    """Owned by ``society``."""

    trust: Array = stock("1", "Public trust in the lab.", high=1.0)
    pressure: Array = stock("1", "Public pressure for regulation.", WORLD, high=1.0)


@declares("capital")
class Capital:
    """Owned by ``capital``."""

    cash: Array = stock("M$", "Money.", low=-1e9)
    credits: Array = stock("M$", "Prepaid compute credits of the cloud partner.")
    debt: Array = stock("M$", "Loans.")
    paid_in: Array = stock("M$", "Equity paid in.")
    retained: Array = stock("M$", "Retained result.", low=-1e9)
    losses_forward: Array = stock("M$", "Tax losses carried forward.")
    valuation: Array = stock("M$", "Pre-money value of the company.")
    holders: Array = stock("1", "Part of the company that the first holders still own.", high=1.0)
    since_round: Array = stock("quarters", "Quarters since the last round.")
    rescues: Array = stock("rounds", "Down-rounds received.")
    sold_capacity: Array = stock("flag", "Has the lab sold capacity in distress?", high=1.0)
    arr_history: Array = stock("M$/year", "Annualised revenue of the last four quarters, newest first.", AGE)
    burn: Array = stock("M$/quarter", "Cash used before financing.", low=-1e9)
    parent_funding: Array = stock("M$/quarter", "Money from a parent company.")
    partner_left: Array = stock("quarters", "Rest of the exclusive partnership.")
    status: Array = stock("code", "0 live, 1 acquired, 2 compute bankruptcy.", high=2.0)
    exit_value: Array = stock("M$", "Value paid to the first holders at acquisition.")
    mood: Array = stock("1", "Capital mood; 1 is normal.", WORLD)


@dataclass(frozen=True)
class World:
    """All stocks at the start of a quarter. Lab stocks ``(…, lab, run)``, world stocks ``(…, run)``."""

    events: EventStocks
    people: People
    compute: Compute
    training: Training
    alignment: Alignment
    market: Market
    society: Society
    capital: Capital

    @property
    def labs(self) -> int:
        """Number of labs."""
        return int(self.capital.cash.shape[0])

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.capital.cash.shape[-1])

    def replace(self, **groups: object) -> World:
        """A copy with other groups."""
        return dataclasses.replace(self, **groups)  # type: ignore[arg-type]


GROUPS = tuple(f.name for f in dataclasses.fields(World))


def stocks(world: World) -> dict[str, Array]:
    """Every stock by name."""
    found: dict[str, Array] = {}
    for group in GROUPS:
        part = getattr(world, group)
        found.update({f.name: getattr(part, f.name) for f in dataclasses.fields(part)})
    return found


def map_stocks(world: World, change: Callable[[str, Array], Array]) -> World:
    """A world whose every stock is ``change(name, stock)``."""
    groups = {}
    for group in GROUPS:
        part = getattr(world, group)
        new = {f.name: change(f.name, getattr(part, f.name)) for f in dataclasses.fields(part)}
        groups[group] = dataclasses.replace(part, **new)
    return World(**groups)


def take_runs(world: World, runs: slice | NDArray[np.intp]) -> World:
    """The world of some of the runs."""
    return map_stocks(world, lambda _, stock: np.ascontiguousarray(stock[..., runs]))


def repeat_run(world: World, runs: int) -> World:
    """One run copied ``runs`` times.

    Raises:
        ValueError: the world holds more than one run.
    """
    if world.runs != 1:
        raise ValueError("only a world of one run can be repeated")
    return map_stocks(world, lambda _, stock: np.repeat(stock, runs, axis=-1))


def is_live(world: World) -> Flags:
    """Which labs are alive; ``(lab, run)``."""
    live: Flags = world.capital.status == 0.0
    return live


def state_bytes(world: World) -> int:
    """Bytes of state a run."""
    return sum(stock.nbytes for stock in stocks(world).values()) // world.runs
