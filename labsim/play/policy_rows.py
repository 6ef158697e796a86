"""What does a policy say? One row of numbers a lab, and all seats' rows as columns."""

from __future__ import annotations

import csv
import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.world import World
from labsim.resources import asset_text
from labsim.scenario_bounds import policy_bounds
from labsim.variables import Array


@dataclass(frozen=True)
class PolicyRow:
    """One policy: numbers that say how much of what; game choices, range -30 % to +30 %."""

    train: float  # training share of what serving leaves
    align: float  # alignment share of what serving leaves
    horizon: float  # quarters a run should take
    overtrain: float  # tokens per parameter over the compute-optimal 18
    sparsity: float  # total over active parameters
    distil: float  # size of the served student
    open: float  # 1 releases the weights
    premium_c: float  # consumer price over the norm
    premium_t: float  # token prices over the norm
    free: float  # free tier
    rent: float  # appetite for contracts
    buy: float  # share of money spent on GPUs
    site: float  # share of money spent on sites
    borrow: float  # debt over its limit
    staff: float  # share of income spent on staff
    hope: float  # part of revenue counted on when renting
    runway: float  # quarters of burn wanted in cash
    ambition: float  # share of the company sold a round
    spend: float  # part of resources spent a quarter
    evaluation: float  # M$/quarter
    lobby: float  # M$/quarter
    transparency: float  # 0-1
    thinking: float  # tokens of thought per answer token
    partner: float  # equity sold to a partner
    tech: float  # technique to research, -1 none


POLICY_FIELDS = tuple(f.name for f in dataclasses.fields(PolicyRow))


@cache
def policy_rows() -> Mapping[str, PolicyRow]:
    """The named policies of ``assets/policies.csv``."""
    rows = csv.DictReader(asset_text("policies.csv").splitlines())
    return {row["name"]: PolicyRow(**{f: float(row[f]) for f in POLICY_FIELDS}) for row in rows}


@cache
def skills() -> Mapping[str, Mapping[str, float]]:
    """Skill of rivals -> factors on the numbers of their policies, from ``assets/rivals.toml``."""
    raw = tomllib.loads(asset_text("rivals.toml"))
    return {name: {key: float(x) for key, x in row.items() if key != "meaning"} for name, row in raw.items()}


def skilled(row: Mapping[str, float], skill: str) -> dict[str, float]:
    """The numbers of a policy at a skill, within their bounds."""
    changed = dict(row)
    for name, factor in skills()[skill].items():
        low, high = policy_bounds(name)
        changed[name] = min(max(row[name] * factor, low), high)
    return changed


class SeatPlay(Protocol):
    """A seat that does not follow its row alone: it gets what all policies ask for and gives its own orders instead."""

    def __call__(self, asked: Decisions, world: World, quarter: Quarter) -> Decisions:
        """The decisions of all seats, with other orders in one of them."""


Later = Mapping[int, Mapping[int, Mapping[str, float]]]
"""Quarter -> seat -> numbers of its policy that change then."""


@dataclass(frozen=True)
class Rows:
    """Policy numbers of all seats as ``(lab, 1)`` columns, and the plays of seats that have one."""

    columns: Mapping[str, Array]
    plays: Mapping[int, SeatPlay] = field(default_factory=dict)
    later: Later = field(default_factory=dict)

    def with_play(self, seat: int, play: SeatPlay) -> Rows:
        """The same with a play in one seat."""
        return dataclasses.replace(self, plays={**self.plays, seat: play})

    @staticmethod
    def of(rows: Sequence[PolicyRow], later: Later | None = None) -> Rows:
        """Stack one row a lab; ``later`` says which numbers change in which quarter."""
        return Rows({f: np.array([[getattr(row, f)] for row in rows]) for f in POLICY_FIELDS}, later=later or {})

    def at(self, t: int) -> Rows:
        """The numbers that hold in a quarter; each holds until it changes again."""
        begun = sorted(quarter for quarter in self.later if quarter <= t)
        if not begun:
            return self
        columns = {name: column.copy() for name, column in self.columns.items()}
        for seat, numbers in ((seat, row) for quarter in begun for seat, row in self.later[quarter].items()):
            for name, value in numbers.items():
                columns[name][seat] = value
        return Rows(columns, self.plays)

    def __getattr__(self, name: str) -> Array:
        return self.columns[name]
