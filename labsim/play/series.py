"""What did a game look like over time? Stocks, flows and decisions by name, further axes flattened.

A lab variable with segments, techniques or generations becomes one variable for each: ``price_developer``,
``fleet_H100``. Stocks are those at the end of the quarter.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.flows import LEDGER_LINES, flows
from labsim.model.params import SEGMENTS
from labsim.model.world import stocks
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.variables import LAB, REGISTRY, RUN, Array, Variable

HEADLINES = (
    "cash",
    "revenue",
    "burn",
    "capability",
    "alignment_seen",
    "trust",
    "market_share",
    "valuation",
    "training_flop",
    "installed_compute",
    "tokens_trained",
    "tokens_aligned",
    "tokens_served",
    "staff",
)
"""Lab variables that tables show first."""
WORLD_HEADLINES = ("scarcity", "pressure", "mood", "open_capability", "hhi")
RENAMED = {"model_flop": "training_flop", "alignment_seen": "alignment"}
"""Registry name -> name in series and files, where the field's usual word is shorter."""
LEFT_OUT = ("prices",)  # the same as the decision ``price``


@dataclass(frozen=True)
class Column:
    """One flattened variable: its name in files, its declaration, and which entry of the further axis it is."""

    name: str
    variable: Variable
    entry: int | None

    @property
    def is_world(self) -> bool:
        """One value for the world instead of one a lab."""
        return LAB not in self.variable.axes


def axis_names(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Names of the entries of each further axis."""
    p = scenario.params
    return {
        "segment": SEGMENTS,
        "technique": p.techniques.names,
        "generation": p.chips.names,
        "event": p.events.names,
    }


def columns(scenario: Scenario) -> tuple[Column, ...]:
    """Every stock, flow and decision that a series can show, in order of declaration; rings of orders are left out."""
    return columns_by(tuple(axis_names(scenario).items()))


@lru_cache(maxsize=8)
def columns_by(axes: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Column, ...]:
    """The columns by the names of the entries of each further axis, as ``axis_names`` gives them."""
    names = dict(axes)
    found: list[Column] = []
    for variable in REGISTRY.values():
        if variable.kind == "parameter" or variable.name in LEFT_OUT:
            continue
        further = [axis for axis in variable.axes if axis not in (LAB, RUN)]
        shown = RENAMED.get(variable.name, variable.name)
        if not further:
            found.append(Column(shown, variable, None))
        elif further[0] in names:
            found.extend(Column(f"{shown}_{name}", variable, i) for i, name in enumerate(names[further[0]]))
    return tuple(found)


def values(record: TurnRecord) -> dict[str, Array]:
    """Every declared stock, flow and decision of a quarter by its registry name."""
    ordered = {f.name: getattr(record.decisions, f.name) for f in dataclasses.fields(Decisions)}
    return {**stocks(record.world), **flows(record.report), **ordered}


def column_values(record: TurnRecord, chosen: Sequence[Column]) -> Iterator[Array]:
    """The array of each column: ``(lab, run)`` or, for the world, ``(run,)``."""
    found = values(record)
    for column in chosen:
        array = found[column.variable.name]
        yield array if column.entry is None else array[column.entry]


def ledger(record: TurnRecord, seat: int, run: int = 0) -> dict[str, float]:
    """The ledger of one lab in one quarter, M$; the lines add up to the change of its cash."""
    found = flows(record.report)
    return {line: float(found[line][seat, run]) for line in LEDGER_LINES}


def was_live(before: TurnRecord | None, seat: int, run: int = 0) -> bool:
    """Did the lab still live when the quarter began? ``before`` is the record of the quarter before."""
    return before is None or bool(before.world.capital.status[seat, run] == 0.0)


def number(value: np.float64 | float) -> float | None:
    """A number for JSON; None where it is not finite."""
    return float(value) if np.isfinite(value) else None
