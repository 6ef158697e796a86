"""What does a played game look like as data? The document of `labsim run --json`; README.md fixes its shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from labsim.formats import quarter_name
from labsim.play.happenings import Happening, happenings
from labsim.play.series import Column, column_values, columns, ledger, number, was_live
from labsim.play.turn import TurnRecord
from labsim.scenario import Scenario
from labsim.text import render

HIDDEN = frozenset({"coverage", "align_ratio"})
"""Variables that tell how well a model is aligned in truth: play shows what evaluations see."""


@dataclass(frozen=True)
class Played:
    """A game that was played: its records in order and what happened in them."""

    scenario: Scenario
    seed: int
    records: Sequence[TurnRecord]
    happenings: Sequence[Happening]


def played(scenario: Scenario, seed: int, records: Iterable[TurnRecord]) -> Played:
    """Play the records to the end, and note what happens."""
    kept: list[TurnRecord] = []
    told: list[Happening] = []
    for record in records:
        told += happenings(record, scenario, kept[-1] if kept else None)
        kept.append(record)
    return Played(scenario, seed, kept, told)


def document(game: Played, *, everything: bool = False) -> dict[str, Any]:
    """The document; ``everything`` adds what play hides. Numbers are finite or None."""
    shown = [c for c in columns(game.scenario) if everything or c.variable.name not in HIDDEN]
    tables = {c.name: [_plain(values) for values in of] for c, of in zip(shown, _by_column(game, shown), strict=True)}
    lab_columns = [c for c in shown if not c.is_world]
    world = {c.name: [values[0] for values in tables[c.name]] for c in shown if c.is_world}
    return {
        "scenario": game.scenario.name,
        "seed": game.seed,
        "units": {c.name: c.variable.unit for c in shown},
        "quarters": [quarter_name(record.t) for record in game.records],
        "labs": {lab: _lab(game, seat, tables, lab_columns) for seat, lab in enumerate(game.scenario.labs)},
        "world": {"final": {name: values[-1] for name, values in world.items()}, "series": world},
        "events": [
            {"quarter": h.quarter, "event": h.event, "lab": h.lab, "text": render(h.message)} for h in game.happenings
        ],
    }


def _by_column(game: Played, shown: Sequence[Column]) -> Iterator[tuple[Any, ...]]:
    return zip(*(column_values(record, shown) for record in game.records), strict=True)


def _plain(values: Any) -> list[float | None]:
    """The first run as numbers: one a lab, or one for the world. Adding zero makes -0 an ordinary zero."""
    return [number(value + 0.0) for value in values.reshape(-1, values.shape[-1])[:, 0].tolist()]


def _lab(game: Played, seat: int, tables: dict[str, list[Any]], shown: Sequence[Column]) -> dict[str, Any]:
    befores = [None, *game.records[:-1]]
    lived = [was_live(before, seat) for before in befores]
    series = {
        column.name: [values[seat] if on else None for values, on in zip(tables[column.name], lived, strict=True)]
        for column in shown
    }
    lines = [
        {line: number(amount + 0.0) for line, amount in ledger(record, seat).items()} if on else None
        for record, on in zip(game.records, lived, strict=True)
    ]
    return {
        "alive": was_live(game.records[-1], seat),
        "final": {name: values[-1] for name, values in series.items()},
        "series": series,
        "ledger": lines,
    }
