"""Where does a design stand among all others? Loss at a fixed budget, and capability over training compute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.laws import optimal_design
from labsim.model.scaling import Run
from labsim.play.design import Bench, Design, index_of, loss_of, loss_of_design
from labsim.variables import REGISTRY, Array, Flags

BUDGETS = (1.0 / 3.0, 1.0, 3.0)
"""Budgets drawn, relative to the design's own."""
SPARSE = 8.0
"""Total over active parameters of the sparse design that is proposed; eight experts, game choice."""
SPARSITIES = (2.0, 4.0, 8.0, 16.0, 32.0)
"""Sparsities tried for the frontier of sparse designs; the last is the highest that may be ordered."""
_POINTS = 72  # of a curve
_TRIED = np.logspace(-1.6, 1.2, 71)  # sizes tried for the best one, over the closed-form optimum on fresh data
_NEAR = np.linspace(-1.0, 1.0, 25)  # steps of the grid around its best point, for the second look


@dataclass(frozen=True)
class BudgetCurve:
    """Predicted loss over active parameters at a fixed training compute (6ND)."""

    flop: float
    active: Array
    loss: Array


@dataclass(frozen=True)
class Place:
    """A point of the charts: a design's active parameters, training compute, loss and index."""

    active: float
    flop: float
    loss: float
    index: float


@dataclass(frozen=True)
class Frontier:
    """The best index over training compute, dense and sparse, with the lab's data and algorithms of today."""

    flop: Array
    dense: Array
    sparse: Array


def nominal_flop(design: Design, bench: Bench) -> float:
    """Training compute 6ND of a design."""
    return float(bench.p.flop_per_token_train[0]) * design.active * design.tokens * 1e12


def at_budget(active: float, flop: float, like: Design, bench: Bench) -> Design:
    """A design of so many active parameters that spends a budget, sparse and distilled like another one.

    Sizes whose tokens could not be ordered give the nearest size that can be.
    """
    per = flop / float(bench.p.flop_per_token_train[0]) / 1e12  # parameters x T tokens
    low, high = _bounds("design_tokens")
    active = min(max(active, per / high), per / low)
    return Design(active, like.sparsity, per / active, like.distil)


def iso_flop(design: Design, bench: Bench, low: float, high: float) -> list[BudgetCurve]:
    """Loss over active parameters from ``low`` to ``high`` at the design's budget, a third and three times of it."""
    active = np.logspace(np.log10(low), np.log10(high), _POINTS)
    own = nominal_flop(design, bench)
    return [BudgetCurve(own * part, active, _loss(active, own * part, design.sparsity, bench)) for part in BUDGETS]


def best_design(flop: float, sparsity: float, bench: Bench, distil: float = 1.0) -> Design:
    """The size with the lowest loss at a budget and a sparsity, on the lab's data; compute-optimal on fresh data."""
    start = float(optimal_design(np.array([flop]), bench.p)[0][0])
    active = start * _TRIED
    best = int(np.argmin(_loss(active, flop, sparsity, bench)))
    closer = active[best] * np.power(_TRIED[1] / _TRIED[0], _NEAR)
    best = int(np.argmin(_loss(closer, flop, sparsity, bench)))
    return at_budget(float(closer[best]), flop, Design(start, sparsity, 1.0, distil), bench)


def frontier(bench: Bench, low: float, high: float, points: int = 40) -> Frontier:
    """The best dense and the best sparse index from ``low`` to ``high`` FLOP."""
    flop = np.logspace(np.log10(low), np.log10(high), points)
    rows = [_best_index(flop, sparsity, bench) for sparsity in SPARSITIES]
    return Frontier(flop, _best_index(flop, 1.0, bench), np.max(np.stack(rows), axis=0))


def place(design: Design, bench: Bench) -> Place:
    """Where a design stands in the charts."""
    loss = loss_of_design(design, bench)
    index = float(index_of(design.run(), bench, tunes=design.tunes).total[0, 0])
    return Place(design.active, nominal_flop(design, bench), loss, index)


def _best_index(flop: Array, sparsity: float, bench: Bench) -> Array:
    """The best index at each budget over the sizes tried."""
    budget = flop[:, None]
    active = optimal_design(budget, bench.p)[0] * _TRIED
    run = _at(active, budget, sparsity, bench)
    best: Array = np.max(np.where(_is_allowed(run), index_of(run, bench).total, -np.inf), axis=1)
    return best


def _loss(active: Array, flop: float, sparsity: float, bench: Bench) -> Array:
    """Loss of sizes at a budget, infinite where the design could not be ordered."""
    run = _at(active, np.array(flop), sparsity, bench)
    return np.where(_is_allowed(run), loss_of(run, bench), np.inf)


def _at(active: Array, flop: Array, sparsity: float, bench: Bench) -> Run:
    tokens = flop / (bench.p.flop_per_token_train * active) / 1e12
    return Run(active, np.full_like(active, sparsity), tokens, np.ones_like(active))


def _is_allowed(run: Run) -> Flags:
    """Which designs are within the declared bounds."""
    inside: Flags = np.ones(run.active.shape, dtype=np.bool_)
    for name, values in (("design_active", run.active), ("design_tokens", run.tokens)):
        low, high = _bounds(name)
        inside = inside & (values >= low) & (values <= high)
    return inside


def _bounds(name: str) -> tuple[float, float]:
    return REGISTRY[name].low, REGISTRY[name].high
