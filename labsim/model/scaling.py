"""How capable is a training run of a given design? Shared by training, policies and estimators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.laws import (
    TRILLION,
    log_of_equivalent,
    loss_of_parameters,
    loss_of_tokens,
    moe_exponent,
    optimum_constants,
    sparse_gain,
    training_flop,
    unique_equivalent,
)
from labsim.model.params import Params
from labsim.variables import Array, Flags

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
    base: Array | float = 0.0  # the open weights that a run tunes, and what tuning adds; then the parts above are 0

    @property
    def total(self) -> Array:
        """Predicted index without luck."""
        own: Array = self.size + self.design + self.data + self.moe + self.algorithms + self.distillation
        return own + self.base


def predicted_index(run: Run, data: Array, algorithms: Array, expert_parallel: Array, p: Params) -> Index:
    """The index of a run trained on ``data`` T unique tokens with ``algorithms`` ln of progress.

    Points per factor of ten of the compute that a compute-optimal dense run needs for the same loss: the laws of loss
    (Besiroglu 2024), of repetition (Muennighoff 2023) and of sparsity, in logarithms.
    """
    tokens = run.tokens * TRILLION
    fresh = unique_equivalent(tokens, data * TRILLION, p)
    gain = sparse_gain(run.active, run.sparsity, fresh, moe_exponent(expert_parallel > 0.0, p), p)
    log_active, log_tokens, log_fresh = np.log(run.active), np.log(tokens), np.log(fresh)
    by_size, by_fresh = loss_of_parameters(log_active, p), loss_of_tokens(log_fresh, p)
    gamma, _, scale = optimum_constants(p)
    # Differences of ln(loss) between the designs; over gamma they are differences of ln(compute equivalent).
    log_dense = np.log(by_size + loss_of_tokens(log_tokens, p))
    log_repeated = np.log(by_size + by_fresh)
    log_sparse = np.log(loss_of_parameters(log_active + np.log(gain), p) + by_fresh)
    log_nominal = np.log(p.flop_per_token_train) + log_active + log_tokens
    slope = p.index_slope / LN10
    return Index(
        size=p.index_zero + slope * (log_nominal - np.log(p.capability_ref_flop)),
        design=slope * (log_of_equivalent(log_dense, gamma, scale) - log_nominal),
        data=(slope / gamma) * (log_dense - log_repeated),
        moe=(slope / gamma) * (log_repeated - log_sparse),
        algorithms=slope * algorithms,
        distillation=p.distil_loss * np.log10(run.distil),
    )


def tuned_index(index: Index, tunes: Flags, run: Run, open_capability: Array, p: Params) -> Index:
    """The index where some runs tune the best open weights: those less a loss, plus the gain of the tokens seen."""
    gain = p.tune_gain * (1.0 - np.exp(-run.tokens / p.tune_half))
    own = {name: np.where(tunes, 0.0, getattr(index, name)) for name in ("size", "design", "data", "moe", "algorithms")}
    base = np.where(tunes, open_capability - p.tune_loss + gain, 0.0)
    return Index(**own, distillation=index.distillation, base=base)


def flop_needed(run: Run, p: Params) -> Array:
    """Compute of a run: 6ND, attention, and making the student."""
    student = 1.0 + p.distil_flop * (run.distil < 1.0)
    return training_flop(run.active, run.tokens * TRILLION, p) * p.attention_overhead * student


def quarter_flop(fleet_flops: Array, mfu: Array, p: Params) -> Array:
    """Useful FLOP of a quarter at dense utilisation. Units: FLOP/s at peak x chip factor, multiplier of techniques."""
    return fleet_flops * mfu * (p.mfu_base * p.availability * p.seconds)
