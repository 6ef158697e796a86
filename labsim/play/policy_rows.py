"""What does a policy say? One row of numbers a lab, and all seats' rows as columns."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from labsim.resources import asset_text
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


@dataclass(frozen=True)
class Rows:
    """Policy numbers of all seats as ``(lab, 1)`` columns."""

    columns: Mapping[str, Array]

    @staticmethod
    def of(rows: Sequence[PolicyRow]) -> Rows:
        """Stack one row a lab."""
        return Rows({f: np.array([[getattr(row, f)] for row in rows]) for f in POLICY_FIELDS})

    def __getattr__(self, name: str) -> Array:
        return self.columns[name]
