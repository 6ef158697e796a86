"""How is labsim used from Python and notebooks? Open saved games as tables; play scenarios many times into arrays.

    import labsim

    game = labsim.open("x.labsim")
    game.quarters()                                   # a DataFrame where pandas is installed, else a list of dicts

    panel = labsim.run("token-era", runs=1000, variables=["cash", "trust"])
    panel["cash"]                                     # array (quarter, lab, run), in panel.units["cash"]

The names here keep their meaning from one version to the next; everything else in labsim may change.
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labsim.errors import BadInput, Problem, did_you_mean, read_text_safely
from labsim.formats import quarter_name
from labsim.play.batch import KEPT, Batch, Part, compute, process_pool
from labsim.play.objectives import chosen_columns
from labsim.play.orders import LARGEST_FILE, QuarterOrders, orders_of, parse_orders
from labsim.play.plays import find_play
from labsim.play.policy_rows import POLICY_FIELDS
from labsim.scenario import DERIVED, Scenario
from labsim.scenario import load_scenario as load_scenario
from labsim.store.export_blocks import Block, first_day
from labsim.store.export_rows import GameRows
from labsim.store.export_tables import TableSpec, exported_name, table_specs
from labsim.store.export_told import ToldRows
from labsim.store.export_words import dictionary_rows
from labsim.store.saves import Save, open_save
from labsim.text import render
from labsim.variables import REGISTRY, Array

__all__ = ["Game", "Panel", "load_scenario", "open", "run"]

Table = Any
"""A pandas DataFrame where pandas is installed, else a list of dicts with one for each row."""


# ---- saved games ----------------------------------------------------------------------------------------------------


def open(path: str | os.PathLike[str]) -> Game:
    """Open a saved game (.labsim) to read it; nothing in the file is changed.

    Raises:
        labsim.errors.BadInput: the file is no game, or damaged. labsim.errors.BadWorld: it cannot be read.
    """
    return Game(open_save(path, write=False))


class Game:
    """A saved game as tables: the same ones, with the same columns, that `labsim export` writes.

    Tables of quarters take ``branch``, the name of one; without it they are of the branch that was played last.
    Close the game when it is done with, or use it in a ``with`` statement.
    """

    def __init__(self, save: Save) -> None:
        """Take an opened file; use `labsim.open`."""
        self._save = save
        self._rows = GameRows(save, Path(save.path).stem)
        self._specs = table_specs(save.columns)

    def __enter__(self) -> Game:
        """Return the game."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self.close()

    def close(self) -> None:
        """Let go of the file; a second time does nothing."""
        self._save.close()

    def __repr__(self) -> str:
        """Say which game it is."""
        return f"<labsim game {self.name!r}: {self.lab} in {self.scenario.name}, seed {self.seed}>"

    @property
    def name(self) -> str:
        """The name of the game."""
        return self._rows.stored.game.name

    @property
    def scenario(self) -> Scenario:
        """The scenario, as it was when the game was begun."""
        return self._rows.stored.scenario

    @property
    def lab(self) -> str:
        """The lab that was played."""
        return self.labs[self._rows.stored.game.seat]

    @property
    def labs(self) -> tuple[str, ...]:
        """Every lab, in the order of their seats."""
        return self.scenario.labs

    @property
    def seed(self) -> int:
        """The seed of the dice."""
        return self._rows.stored.game.seed

    @property
    def units(self) -> dict[str, str]:
        """Unit of each variable."""
        return {column.name: column.unit for column in self._save.columns}

    def quarters(self, branch: str | None = None) -> Table:
        """A row for each lab and quarter, a column for each variable of a lab that is one number."""
        return self._wide("lab_quarters", branch)

    def world(self, branch: str | None = None) -> Table:
        """A row for each quarter, a column for each variable of the world that is one number."""
        return self._wide("world_quarters", branch)

    def by_segment(self, branch: str | None = None) -> Table:
        """A row for each lab, quarter and segment of the market."""
        return self._wide("lab_by_segment", branch)

    def by_generation(self, branch: str | None = None) -> Table:
        """A row for each lab, quarter and generation of chips."""
        return self._wide("lab_by_generation", branch)

    def by_technique(self, branch: str | None = None) -> Table:
        """A row for each lab, quarter and technique."""
        return self._wide("lab_by_technique", branch)

    def decisions(self, branch: str | None = None) -> Table:
        """A row for each lab, quarter and decision: what was played, and what the player ordered."""
        return self._of_quarters("decisions", branch)

    def ledger(self, branch: str | None = None) -> Table:
        """A row for each lab, quarter and line that is not zero, in M$; they add up to the change of cash."""
        return self._of_quarters("ledger", branch)

    def events(self, branch: str | None = None) -> Table:
        """A row for each thing that happened."""
        return self._told("events", branch, ())

    def explanations(self, branch: str | None = None, labs: Iterable[str] | None = None) -> Table:
        """A row for each cause of the change of a headline figure; of the played lab, or of those named in ``labs``."""
        seats = [self.scenario.seat(lab) for lab in ((self.lab,) if labs is None else labs)]
        return self._told("explanations", branch, seats)

    def branches(self) -> Table:
        """A row for each branch."""
        active = self._rows.branches(None)
        return _table(self._specs["branches"], [self._rows.branches_block(active)])

    def runs(self) -> Table:
        """One row about the game itself: scenario, seed, and which labsim played it."""
        return _table(self._specs["runs"], [self._rows.runs_block()])

    def dictionary(self) -> Table:
        """A row for each column of each table: unit, label, meaning and source."""
        names = ("table", "name", "type", "unit", "label", "meaning", "source", "kind")
        return _frame([dict(zip(names, row, strict=True)) for row in dictionary_rows(self._specs)], names)

    def _wide(self, table: str, branch: str | None) -> Table:
        return self._of_quarters(exported_name(table), branch)

    def _of_quarters(self, table: str, branch: str | None) -> Table:
        chosen = self._rows.branches(None if branch is None else [branch])[0]
        nodes = self._rows.path(chosen)
        blocks = self._rows.quarter_blocks(chosen, nodes) if nodes else ()
        return _table(self._specs[table], (block for block in blocks if block.table == table))

    def _told(self, table: str, branch: str | None, seats: Sequence[int]) -> Table:
        chosen = self._rows.branches(None if branch is None else [branch])[0]
        nodes = self._rows.path(chosen)
        told = ToldRows(self._rows, render, seats)
        blocks = [getattr(told, table)(chosen, nodes)] if nodes else []
        return _table(self._specs[table], blocks)


def _table(spec: TableSpec, blocks: Iterable[Block]) -> Table:
    return _frame([record for block in blocks for record in block.records(spec.names)], spec.names)


def _frame(records: list[dict[str, Any]], names: Sequence[str]) -> Table:
    """A DataFrame of the records where pandas is installed."""
    try:
        pandas = importlib.import_module("pandas")
    except ImportError:
        return records
    frame = pandas.DataFrame(records, columns=list(names))
    if "date" in frame:
        frame["date"] = pandas.to_datetime(frame["date"])
    return frame


# ---- many runs ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class Panel:
    """Figures of many runs of one scenario, as arrays with names and units.

    ``panel["cash"]`` is ``(quarter, lab, run)``; a variable of the world is ``(quarter, run)``. Run ``k`` has the same
    bits however many runs there are beside it.
    """

    scenario: Scenario
    seed: int
    quarters: tuple[str, ...]  # 2023Q1, …
    labs: tuple[str, ...]
    runs: int
    units: Mapping[str, str]
    status: Array  # (lab, run) at the end: 0 alive, 1 acquired, 2 bankrupt
    score: Array  # (lab, run), 0-100; (0, run) in a scenario without objectives
    values: Mapping[str, Array]

    def __repr__(self) -> str:
        """Say what is in it."""
        size = f"{self.runs:,} runs, {len(self.quarters)} quarters, {len(self.labs)} labs"
        return f"<labsim panel of {self.scenario.name}: {size}, seed {self.seed}, {', '.join(self.names)}>"

    def __getitem__(self, name: str) -> Array:
        """The array of a variable. Raises KeyError with the nearest name."""
        if name not in self.values:
            raise KeyError(f'no variable "{name}" in this panel;{did_you_mean(name, self.values)}'.rstrip(";"))
        return self.values[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The variables."""
        return tuple(self.values)

    @property
    def dates(self) -> tuple[str, ...]:
        """The first day of each quarter, ISO 8601."""
        return tuple(first_day(quarter) for quarter in self.quarters)

    def lab(self, lab: str) -> int:
        """The place of a lab in the arrays. Raises BadInput naming the labs there are."""
        return self.scenario.seat(lab)

    def table(self, *names: str) -> Table:
        """Rows by quarter, lab and run, a column for each of these variables (default: all); the world's repeat."""
        shown = names or self.names
        shape = (len(self.quarters), len(self.labs), self.runs)
        columns = {}
        for name in shown:
            found = self[name]
            full = np.broadcast_to(found if found.ndim == 3 else found[:, None, :], shape)
            columns[name] = full.ravel().tolist()
        place = np.indices(shape).reshape(3, -1).tolist()
        keys = {
            "quarter": [self.quarters[i] for i in place[0]],
            "date": [self.dates[i] for i in place[0]],
            "lab": [self.labs[i] for i in place[1]],
            "run": place[2],
        }
        whole = {**keys, **columns}
        return _frame([dict(zip(whole, row, strict=True)) for row in zip(*whole.values(), strict=True)], list(whole))


def run(
    scenario: Scenario | str | os.PathLike[str],
    *,
    runs: int = 1,
    seed: int = 1,
    quarters: int | None = None,
    lab: str | None = None,
    policy: str | Mapping[str, float] | None = None,
    orders: Mapping[str, Mapping[str, Any]] | str | os.PathLike[str] | None = None,
    rivals: str | None = None,
    variables: Sequence[str] | None = None,
    processes: int = 1,
) -> Panel:
    """Play a scenario many times and return the figures of every quarter.

    Args:
        scenario: a scenario, the name of a bundled one, or the path of a file.
        runs: how many games; run k meets the same dice whatever this number is.
        seed: the same seed gives the same dice.
        quarters: how long to play, else as the scenario says.
        lab: whose policy or orders are given, else the scenario's default seat.
        policy: another policy for that lab: the name of a policy or a play, the file of a play, or numbers by name
            laid over the lab's own.
        orders: orders of that lab: the path of an orders file, or what such a file says:
            ``{"2023Q1": {"buy_gpus": 5000, "price": {"developer": 18}}}``.
            What was never ordered is at its default, or decided by ``policy`` where that is given too; without
            any order at all the lab's policy plays.
        rivals: how well the other labs play: slow, normal or sharp; else as the scenario says.
        variables: what to keep (`labsim list variables`), else the headline figures.
        processes: how many to use; more than one only from a script guarded by ``if __name__ == "__main__"``.

    Raises:
        labsim.errors.BadInput: everything that is wrong with the scenario, the orders or the numbers.
    """
    played = scenario if isinstance(scenario, Scenario) else load_scenario(_name(scenario))
    ordered = policy is not None or orders is not None
    seat = played.seat(lab or played.default_seat) if lab or ordered else None
    batch = Batch(
        scenario=played,
        runs=runs,
        seed=seed,
        quarters=quarters,
        variables=KEPT if variables is None else tuple(variables),
        seat=seat,
        policy=None if isinstance(policy, str) else _policy(policy, played, seat),
        play=find_play(policy, played) if isinstance(policy, str) else None,
        rivals=rivals,
        orders=_orders(orders, played, quarters),
    )
    with process_pool(processes) if processes != 1 else nullcontext() as pool:
        parts = sorted(compute(batch, batch.parts(), _kept, pool, processes), key=lambda part: part.first_run)
    return _panel(batch, parts)


def _kept(part: Part) -> Part:
    return part


def _panel(batch: Batch, parts: Sequence[Part]) -> Panel:
    cells = np.concatenate([part.cells for part in parts], axis=-1)  # (quarter, column, run)
    asked = chosen_columns(batch.scenario, batch.variables)
    values, units, row = {}, {}, 0
    for name, column in asked.items():
        width = len(batch.scenario.labs) if column.has_labs else 1
        found = cells[:, row : row + width]
        values[name] = found if column.has_labs else found[:, 0]
        units[name] = _unit(column.variable)
        row += width
    return Panel(
        scenario=batch.scenario,
        seed=batch.seed,
        quarters=tuple(quarter_name(batch.scenario.start + i) for i in range(batch.length)),
        labs=batch.scenario.labs,
        runs=batch.runs,
        units=units,
        status=np.concatenate([part.status for part in parts], axis=-1),
        score=np.concatenate([part.score for part in parts], axis=-1),
        values=values,
    )


def _unit(variable: str) -> str:
    return (REGISTRY.get(variable) or DERIVED[variable]).unit


def _name(scenario: str | os.PathLike[str]) -> str | Path:
    return scenario if isinstance(scenario, str) else Path(scenario)


def _policy(policy: Mapping[str, float] | None, scenario: Scenario, seat: int | None) -> Mapping[str, float] | None:
    """The numbers of another policy. Raises BadInput for an unknown name or a number that is none."""
    if policy is None or seat is None:
        return None
    for name, value in policy.items():
        if name not in POLICY_FIELDS:
            remedy = f"choose one of {', '.join(POLICY_FIELDS)};{did_you_mean(name, POLICY_FIELDS)}".rstrip(";")
            raise BadInput(Problem("policy", f'no number "{name}" in a policy', remedy))
        if not math.isfinite(value):
            raise BadInput(Problem(f"policy: {name}", f"{value} is not a finite number", "give an ordinary number"))
    return {**scenario.policies[seat], **policy}


def _orders(
    orders: Mapping[str, Mapping[str, Any]] | str | os.PathLike[str] | None, scenario: Scenario, quarters: int | None
) -> QuarterOrders:
    if orders is None:
        return {}
    if isinstance(orders, Mapping):
        return orders_of(orders, "orders", scenario, quarters)
    return parse_orders(read_text_safely(orders, LARGEST_FILE), str(orders), scenario, quarters)
