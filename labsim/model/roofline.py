"""How many tokens does a GPU serve? The roofline of inference: arithmetic for prompts, memory for answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.laws import positive
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
    chips = p.chips
    per_weight = weight_bytes(software, p)
    weights = active * sparsity * per_weight
    if replica is None:
        needed = np.maximum(weights / (p.replica_fill * chips.hbm[generation]), 1.0)
        replica = np.exp2(np.ceil(np.log2(needed)))
    sparse = np.minimum(p.moe_compute * software.moe_serve, p.moe_serve_max)
    efficiency = np.where(sparsity > p.sparse_from, sparse, 1.0) * np.exp2(-p.tp_loss * np.log2(replica))
    fp8_speed = np.where(software.fp8 > 0.0, chips.fp8[generation], chips.bf16[generation])
    speed = np.where(
        software.fp4 > 0.0, np.maximum(chips.fp4[generation] * p.fp4_real, chips.fp8[generation]), fp8_speed
    )
    cache = cache_per_token(active, software, p)
    prompt = p.in_tokens * software.prefill
    room = positive(replica * chips.hbm[generation] * p.usable - weights)
    batch = np.minimum(room / (cache * (prompt + p.out_tokens)), p.batch_max * np.sqrt(replica))
    work = p.flop_per_token_serve * active * batch
    prefill_time = work * prompt / (replica * speed * p.u_prefill * efficiency)
    step_compute = work / (replica * speed * p.u_decode * efficiency)
    traffic = weights + batch * cache * (prompt + p.out_tokens / 2.0)
    step_memory = traffic / (replica * chips.bandwidth[generation] * p.u_band)
    step = np.maximum(step_compute, step_memory) + p.step_overhead
    output_rate = batch * p.out_tokens / (prefill_time + p.out_tokens * step) / replica
    blended = output_rate * (p.in_tokens + p.out_tokens) / p.out_tokens * software.level
    return Roofline(replica, batch, output_rate, blended, prefill_time, step_compute, step_memory)


def fleet_capacity(
    active: Array, sparsity: Array, fleet: list[tuple[int, Array]], software: Software, p: Params
) -> tuple[Array, Array]:
    """Tokens a quarter if the whole fleet served, and the mean GPUs a replica; T and GPU, ``(lab, run)``.

    ``fleet`` lists (generation, GPUs) for the generations in use.
    """
    rate = np.zeros_like(active)
    gpus = np.zeros_like(active)
    replicas = np.zeros_like(active)
    for generation, count in fleet:
        one = roofline(active, sparsity, generation, software, p)
        rate = rate + count * one.blended_rate
        gpus = gpus + count
        replicas = replicas + count * one.replica
    full = rate * p.seconds * p.availability * p.load_factor * p.latency_derate / 1e12
    return full, np.where(gpus > 0.0, replicas / np.where(gpus > 0.0, gpus, 1.0), 1.0)
