"""Which rows does a game give to each exported table? Read from its file, a branch at a time, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.formats import quarter_name
from labsim.play.journal import Stored
from labsim.play.series import axis_names
from labsim.play.tree import ROOT, Branch, Node
from labsim.store.connect import known_errors
from labsim.store.export_blocks import Block, Dates, Floats, Wholes, Words, as_unicode, first_day, repeated, texts
from labsim.store.export_tables import exported_name
from labsim.store.rows import table_keys, tables_of
from labsim.store.saves import Save
from labsim.store.schema import Column, in_table, keys_of
from labsim.variables import Array

ORDERED = ("setting", "once")


class GameRows:
    """The rows of one opened game. Everything is read only when it is asked for."""

    def __init__(self, save: Save, run: str) -> None:
        """Take the opened file and the name that the game has in the export."""
        self.save = save
        self.run = run
        self.stored: Stored = save.load()

    @property
    def columns(self) -> Sequence[Column]:
        """The variables of the file."""
        return self.save.columns

    def branches(self, wanted: Sequence[str] | None = None) -> tuple[Branch, ...]:
        """The branches of these names; without names the one that is being played. Raises BadInput."""
        tree = self.stored.tree
        if wanted is None:
            return (tree.branches[self.stored.active],)
        return tuple(tree.named(name) for name in wanted)

    def path(self, branch: Branch) -> tuple[Node, ...]:
        """The played quarters of a branch; no game is longer than 400."""
        return tuple(node for node in self.stored.tree.path(branch.tip) if node.id != ROOT)

    # ---- numbers of the quarters ------------------------------------------------------------------------------------

    def numbers(self, table: str, nodes: Sequence[Node]) -> Array:
        """The numbers of one table of the file ``(turn, row, variable)``; NaN where an engine did not have one."""
        names = in_table(self.columns, table)
        shown = ", ".join(f'"{name}"' for name in names)
        order = ", ".join(f'"{key}"' for key in keys_of(table))
        found = self.ask(f'SELECT {shown} FROM "{table}" WHERE turn IN ({marks(nodes)}) ORDER BY {order}', nodes)
        rows = len(table_keys(table, self.stored.scenario))
        # Ids grow along a path, so the order of turns in the file is that of the path.
        return np.array(found, dtype=np.float64).reshape(len(nodes), rows, len(names))

    def quarter_blocks(self, branch: Branch, nodes: Sequence[Node]) -> Iterator[Block]:
        """Blocks of every table with the numbers of quarters, the decisions and the ledger."""
        kept = {}
        for table in tables_of(self.columns):
            kept[table] = self.numbers(table, nodes)
            yield self._wide(branch, nodes, table, kept[table])
        yield self._ledger(branch, nodes, kept["lab_quarters"])
        yield self._decisions(branch, nodes, kept)

    def when(self, branch: Branch, nodes: Sequence[Node], each: int) -> dict[str, Words | Wholes]:
        """The columns that say of which run, branch, quarter and turn a row is; ``each`` rows a turn."""
        return self.when_by(branch, nodes, np.repeat(np.arange(len(nodes), dtype=np.int32), each))

    def when_by(self, branch: Branch, nodes: Sequence[Node], places: NDArray[np.int32]) -> dict[str, Words | Wholes]:
        """The same columns, for rows whose place among the nodes is given."""
        quarters = [quarter_name(node.t) for node in nodes]
        ids = np.array([node.id for node in nodes], dtype=np.int64)
        same = np.zeros(len(places), dtype=np.int32)
        return {
            "run": Words([self.run], same),
            "branch": Words([branch.name], same),
            "quarter": Words(quarters, places),
            "date": Dates([first_day(quarter) for quarter in quarters], places),
            "turn": Wholes(ids[places]),
        }

    def _wide(self, branch: Branch, nodes: Sequence[Node], table: str, numbers: Array) -> Block:
        turns, rows, _ = numbers.shape
        columns: dict[str, Words | Wholes | Floats] = dict(self.when(branch, nodes, rows))
        labs, axis = self.stored.scenario.labs, table.partition("_by_")[2]
        entries = axis_names(self.stored.scenario)[axis] if axis else ()
        if table.startswith("lab"):
            columns["lab"] = repeated(labs, max(1, len(entries)), turns)
        if axis:
            columns[axis] = repeated(entries, 1, turns * rows // len(entries))
        flat = numbers.reshape(turns * rows, -1)
        for place, name in enumerate(in_table(self.columns, table)):
            columns[name] = Floats(np.ascontiguousarray(flat[:, place]))
        return Block(exported_name(table), turns * rows, columns)

    def _ledger(self, branch: Branch, nodes: Sequence[Node], numbers: Array) -> Block:
        """The lines that are not zero."""
        names = in_table(self.columns, "lab_quarters")
        lines = [column.name for column in self.columns if column.is_ledger]
        amounts = np.nan_to_num(numbers[:, :, [names.index(line) for line in lines]])
        turn, lab, line = np.nonzero(amounts)
        columns = {
            **self.when_by(branch, nodes, turn.astype(np.int32)),
            "lab": Words(self.stored.scenario.labs, lab.astype(np.int32)),
            "line": Words(lines, line.astype(np.int32)),
            "place": Wholes(line.astype(np.int64)),
            "amount": Floats(amounts[turn, lab, line]),
        }
        return Block("ledger", len(turn), columns)

    # ---- decisions --------------------------------------------------------------------------------------------------

    def _decisions(self, branch: Branch, nodes: Sequence[Node], kept: Mapping[str, Array]) -> Block:
        """All decisions of all labs; rows by turn, lab, decision and segment."""
        labs, segments = self.stored.scenario.labs, axis_names(self.stored.scenario)["segment"]
        parts, names, within, units = [], [], [], []
        for column in self.columns:
            if column.kind not in ORDERED or column.table not in kept:
                continue
            found = kept[column.table][:, :, in_table(self.columns, column.table).index(column.name)]
            inside = segments if column.table == "lab_by_segment" else (None,)
            parts.append(found.reshape(len(nodes), len(labs), len(inside)))
            names += [column.name] * len(inside)
            units += [column.unit] * len(inside)
            within += list(inside)
        values = np.concatenate(parts, axis=2)  # (turn, lab, decision and segment)
        ordered, before, trimmed = self._orders(nodes, values.shape, list(zip(names, within, strict=True)))
        rows = values.size
        times = len(nodes) * len(labs)
        columns: dict[str, Words | Wholes | Floats] = {
            **self.when(branch, nodes, values.shape[1] * values.shape[2]),
            "lab": repeated(labs, len(names), len(nodes)),
            "decision": repeated(names, 1, times),
            "segment": repeated(within, 1, times),
            "unit": repeated(units, 1, times),
            "value": Floats(values.ravel()),
            "ordered": Floats(ordered.ravel()),
            "before": Floats(before.ravel()),
            "trimmed": Wholes(trimmed.ravel()),
        }
        return Block("decisions", rows, columns)

    def _orders(
        self, nodes: Sequence[Node], shape: tuple[int, ...], names: Sequence[tuple[str, str | None]]
    ) -> tuple[Array, Array, NDArray[np.int64]]:
        """What was ordered, what would have held without it, and where the gate changed what was asked."""
        ordered, before, trimmed = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
        turns = {node.id: place for place, node in enumerate(nodes)}
        places: dict[tuple[str, str], list[int]] = {}
        for place, (name, segment) in enumerate(names):
            places.setdefault((name, segment or ""), []).append(place)
            if segment:  # one number for all segments is kept as one row
                places.setdefault((name, ""), []).append(place)
        of_turns = f"WHERE turn IN ({marks(nodes)})"
        told = self.ask(f'SELECT turn, lab, decision, segment, "after", "before" FROM orders {of_turns}', nodes)
        # Segments last: they are laid over what is said for all of them.
        for turn, lab, name, segment, after, held in sorted(told, key=lambda row: row[3]):
            if 0 <= lab < shape[1]:
                here = places.get((name, segment), [])
                ordered[turns[turn], lab, here] = after
                before[turns[turn], lab, here] = held
        for turn, lab, name, segment in self.ask(f"SELECT turn, lab, decision, segment FROM trimmed {of_turns}", nodes):
            if 0 <= lab < shape[1]:
                trimmed[turns[turn], lab, places.get((name, segment), [])] = 1
        return ordered, before, trimmed

    # ---- the game itself --------------------------------------------------------------------------------------------

    def branches_block(self, exported: Sequence[Branch]) -> Block:
        """A row for each branch that has not been deleted."""
        tree, shown = self.stored.tree, self.stored.tree.shown()
        lengths = [self.path(branch) for branch in shown]
        origins = [None if branch.id == min(tree.branches) else tree.nodes[branch.origin] for branch in shown]
        kept = {branch.id for branch in exported}
        columns: dict[str, Words | Wholes | Floats] = {
            "run": texts([self.run] * len(shown)),
            "branch": texts([branch.name for branch in shown]),
            "is_active": _wholes(branch.id == self.stored.active for branch in shown),
            "is_exported": _wholes(branch.id in kept for branch in shown),
            "turns": _wholes(len(path) for path in lengths),
            "first_quarter": texts([quarter_name(path[0].t) if path else None for path in lengths]),
            "last_quarter": texts([quarter_name(path[-1].t) if path else None for path in lengths]),
            "forked_from": texts([tree.branches[o.branch].name if o else None for o in origins]),
            "forked_at": texts([quarter_name(o.t + 1) if o else None for o in origins]),
            "continued_under": _wholes(branch.continued_under for branch in shown),
        }
        return Block("branches", len(shown), columns)

    def runs_block(self) -> Block:
        """The row of the game."""
        game, scenario, nodes = self.stored.game, self.stored.scenario, list(self.stored.tree.nodes.values())
        played = [engine for engine in self.save.engines() if engine["turns"]]
        told = {
            "run": self.run,
            "file": as_unicode(Path(self.save.path).name),
            "name": game.name,
            "scenario": scenario.name,
            "scenario_digest": scenario.digest,
            "lab": scenario.labs[game.seat],
            "seed": str(game.seed),
            "created": game.created,
            "last_played": nodes[-1].when if len(nodes) > 1 else None,
            **{name: ", ".join(dict.fromkeys(str(engine[name]) for engine in played)) or None
               for name in ("labsim", "model_version", "numpy")},
        }  # fmt: skip
        counted = {"quarters": game.quarters, "turns": len(nodes) - 1}
        return Block("runs", 1, {**{name: texts([text]) for name, text in told.items()},
                                 **{name: _wholes([number]) for name, number in counted.items()}})  # fmt: skip

    def ask(self, sql: str, nodes: Sequence[Node] = ()) -> list[tuple[Any, ...]]:
        """The answer of the file to a question about some turns. Raises BadInput, BadWorld."""
        with known_errors(Path(self.save.path)):
            return self.save.connection.execute(sql, [node.id for node in nodes]).fetchall()


def marks(nodes: Sequence[Node]) -> str:
    """The marks of a question that stand for the turns."""
    return ", ".join("?" * len(nodes))


def _wholes(found: Iterable[int]) -> Wholes:
    return Wholes(np.array(list(found), dtype=np.int64))
