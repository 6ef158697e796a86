"""How many tokens does a GPU serve? The roofline of inference: arithmetic for prompts, memory for answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labsim.model.laws import TRILLION, fraction, positive
from labsim.model.params import Params
from labsim.variables import Array


@dataclass(frozen=True)
class Software:
    """State of the serving software; arrays ``(lab, run)`` or ``(run,)``, flags 0/1."""

    level: Array  # software_start x serving multipliers; 1 is a tuned engine of 2025
    prefill: Array  # share of the prompt that must be read
    moe_serve: Array  # multiplier of sparse efficiency
    fp8: Array
    fp4: Array


@dataclass(frozen=True)
class Roofline:
    """Serving of one model on one chip; arrays ``(lab, run)``."""

    replica: Array  # GPUs
    batch: Array  # sequences
    output_rate: Array  # output tokens/s/GPU at software level 1
    blended_rate: Array  # input + output tokens/s/GPU at this software level
    prefill_time: Array  # s a batch
    step_compute: Array  # s a decode step, arithmetic
    step_memory: Array  # s a decode step, bandwidth


@dataclass(frozen=True)
class _Model:
    """What serving a model takes on any chip."""

    weights: Array  # bytes of a replica
    cache_full: Array  # bytes of a finished request
    cache_mean: Array  # bytes of a request on average over its answer
    work: Array  # FLOP/s at full utilisation that a token a second takes, worse kernels counted as more work
    prompt: Array  # tokens read a request, over the utilisation of reading
    step: Array  # s a decode step, whatever the batch


def weight_bytes(software: Software, p: Params) -> Array:
    """Bytes a weight: BF16, FP8 or FP4."""
    return np.where(software.fp4 > 0.0, p.bytes_fp4, np.where(software.fp8 > 0.0, p.bytes_fp8, p.bytes_bf16))


def cache_per_token(active: Array, software: Software, p: Params) -> Array:
    """Bytes of cache a token of context; grouped-query attention, growing slowly with size."""
    size = np.where(software.fp8 > 0.0, p.bytes_fp8, p.bytes_bf16)
    return p.kv_bytes * size * np.exp(p.kv_exponent * np.log(active / p.kv_params))


def roofline(
    active: Array, sparsity: Array, generation: int, software: Software, p: Params, replica: Array | None = None
) -> Roofline:
    """Throughput of a model of ``active`` parameters on a chip generation.

    ``replica`` fixes the GPUs a replica; by default the smallest power of two whose memory holds the weights.
    Source: fit to published throughput (see the handbook page on calibration).
    """
    return _on_chip(_model(active, sparsity, software, p), generation, software, p, replica)


def _model(active: Array, sparsity: Array, software: Software, p: Params) -> _Model:
    sparse = np.where(sparsity > p.sparse_from, np.minimum(p.moe_compute * software.moe_serve, p.moe_serve_max), 1.0)
    prompt = p.in_tokens * software.prefill
    cache = cache_per_token(active, software, p)
    return _Model(
        weights=active * sparsity * weight_bytes(software, p),
        cache_full=cache * (prompt + p.out_tokens),
        cache_mean=cache * (prompt + p.out_tokens / 2.0),
        work=p.flop_per_token_serve * active / sparse,
        prompt=prompt / p.u_prefill,
        step=p.step_overhead + _expert_traffic(active, p) * ((sparsity > p.sparse_from) & (software.moe_serve > 1.0)),
    )


def _expert_traffic(active: Array, p: Params) -> Array:
    """Seconds a decode step in which tokens travel to experts on other chips and back, once experts are spread so."""
    return p.sparse_step * np.exp(p.sparse_step_exponent * np.log(active / p.sparse_step_params))


def _on_chip(model: _Model, generation: int, software: Software, p: Params, replica: Array | None = None) -> Roofline:
    hbm, bandwidth = p.chips.hbm[generation], p.chips.bandwidth[generation]
    if replica is None:
        doublings = np.ceil(np.log2(np.maximum(model.weights / (p.replica_fill * hbm), 1.0)))
        replica = np.exp2(doublings)
    else:
        doublings = np.log2(replica)
    room = positive(replica * (hbm * p.usable) - model.weights)
    batch = np.minimum(room / model.cache_full, p.batch_max * np.exp2(doublings / 2.0))
    # Chips of a replica lose tp_loss of their speed, in the exponent: their joint speed grows as replica^(1 - tp_loss).
    speed = _chip_speed(generation, software, p) * np.exp2((1.0 - p.tp_loss) * doublings)
    seconds = model.work * batch / speed  # one token of every sequence at full utilisation
    prefill_time = seconds * model.prompt
    step_compute = seconds / p.u_decode
    step_memory = (model.weights + batch * model.cache_mean) / (replica * (bandwidth * p.u_band))
    step = np.maximum(step_compute, step_memory) + model.step
    output_rate = batch / ((prefill_time / p.out_tokens + step) * replica)
    blended = output_rate * ((p.in_tokens + p.out_tokens) / p.out_tokens * software.level)
    return Roofline(replica, batch, output_rate, blended, prefill_time, step_compute, step_memory)


def _chip_speed(generation: int, software: Software, p: Params) -> Array:
    """FLOP/s of a chip at the precision that the software serves in."""
    chips = p.chips
    fp8 = np.where(software.fp8 > 0.0, chips.fp8[generation], chips.bf16[generation])
    fp4 = np.maximum(chips.fp4[generation] * p.fp4_real, chips.fp8[generation])
    speed: Array = np.where(software.fp4 > 0.0, fp4, fp8)
    return speed


def fleet_capacity(
    active: Array, sparsity: Array, fleet: Mapping[int, Array], software: Software, p: Params
) -> tuple[Array, Array]:
    """Tokens a quarter if the whole fleet served, and the mean GPUs a replica; T and GPU, ``(lab, run)``.

    ``fleet`` holds the GPUs of the generations in use, in a fixed order.
    """
    model = _model(active, sparsity, software, p)
    rate = gpus = replicas = np.zeros_like(active)
    for generation, count in fleet.items():
        one = _on_chip(model, generation, software, p)
        rate = rate + count * one.blended_rate
        gpus = gpus + count
        replicas = replicas + count * one.replica
    full = rate * (p.seconds * p.availability * p.load_factor * p.latency_derate / TRILLION)
    return full, fraction(replicas, gpus) + (gpus == 0.0)
