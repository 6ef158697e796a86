"""How capable is a training run of a given design? Shared by training, policies and estimators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.laws import (
    compute_equivalent,
    moe_exponent,
    reducible_loss,
    sparse_gain,
    training_flop,
    unique_equivalent,
)
from labsim.model.params import Params
from labsim.variables import Array

LN10 = np.log(10.0)


@dataclass(frozen=True)
class Run:
    """A finished or planned run; ``(lab, run)`` arrays, tokens in T."""

    active: Array
    sparsity: Array
    tokens: Array
    distil: Array


@dataclass(frozen=True)
class Index:
    """The capability index of a run in its named parts, points."""

    size: Array
    design: Array
    data: Array
    moe: Array
    algorithms: Array
    distillation: Array

    @property
    def total(self) -> Array:
        """Predicted index without luck."""
        return self.size + self.design + self.data + self.moe + self.algorithms + self.distillation


def predicted_index(run: Run, data: Array, algorithms: Array, expert_parallel: Array, p: Params) -> Index:
    """The index of a run trained on ``data`` T unique tokens with ``algorithms`` ln of progress; equations of loss."""
    tokens = run.tokens * 1e12
    fresh = unique_equivalent(tokens, data * 1e12, p)
    gain = sparse_gain(run.active, run.sparsity, fresh, moe_exponent(expert_parallel, p), p)
    dense = compute_equivalent(reducible_loss(run.active, tokens, p), p)
    repeated = compute_equivalent(reducible_loss(run.active, fresh, p), p)
    sparse = compute_equivalent(reducible_loss(run.active * gain, fresh, p), p)
    nominal = training_flop(run.active, tokens, p)

    def points(ratio: Array) -> Array:
        return p.index_slope * np.log10(ratio)

    return Index(
        size=p.index_zero + points(nominal / p.capability_ref_flop),
        design=points(dense / nominal),
        data=points(repeated / dense),
        moe=points(sparse / repeated),
        algorithms=p.index_slope * algorithms / LN10,
        distillation=p.distil_loss * np.log10(run.distil),
    )


def flop_needed(run: Run, p: Params) -> Array:
    """Compute of a run: 6ND, attention, and making the student."""
    student = np.where(run.distil < 1.0, 1.0 + p.distil_flop, 1.0)
    return training_flop(run.active, run.tokens * 1e12, p) * p.attention_overhead * student


def quarter_flop(fleet_flops: Array, mfu: Array, p: Params) -> Array:
    """Useful FLOP of a quarter at dense utilisation. Units: FLOP/s at peak x chip factor, multiplier of techniques."""
    return fleet_flops * p.mfu_base * mfu * p.availability * p.seconds
