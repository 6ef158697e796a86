"""Do scenarios differ? No two may share both the ranking of their plays and the figures that they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from labsim.play.balance_plays import Lessons, ranking
from labsim.scenario import Scenario
from labsim.scenario_checks import BASE
from labsim.scenario_toml import toml_table

CHANGES = (
    *("parameters", "labs", "opening", "policies", "chips", "techniques", "segments", "events", "calendar"),
    *("orders", "start", "quarters", "default_seat", "seats", "rivals", "dice"),
)
"""Tables and keys of a scenario file that change what is played."""


def moved(scenario: Scenario) -> frozenset[str]:
    """What a scenario and the bundled ones under it change of the base era, as dotted keys."""
    found: set[str] = set()
    for name, text in scenario.texts:
        if name != BASE:
            found |= {key for part, value in toml_table(text, name).items() if part in CHANGES
                      for key in _keys(part, value)}  # fmt: skip
    return frozenset(found)


def _keys(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping) or "value" in value:
        yield place if isinstance(value, Mapping | list) else f"{place} = {value}"
        return
    for key, inner in value.items():
        yield from _keys(f"{place}.{key}", inner)


def twins(found: Sequence[Lessons]) -> list[tuple[str, str]]:
    """Pairs of scenarios with the same ranking of plays and the same changes."""
    said = [(one.scenario.name, ranking(one), moved(one.scenario)) for one in found]
    return [(a[0], b[0]) for a, b in combinations(said, 2) if a[1:] == b[1:]]
