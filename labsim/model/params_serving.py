"""Which constants govern the roofline of inference?

Literals of the equations are declared too; a range of a game choice is its value -30 % to +30 %.
"""

from __future__ import annotations

from labsim.variables import Array, declares, parameter


@declares("serving")
class ServingParams:
    """Constants of the roofline of inference."""

    u_prefill: Array = parameter(
        0.593, "1", (0.45, 0.7), "fit: serving_throughput.csv", "Compute utilisation of prefill."
    )
    u_decode: Array = parameter(0.4, "1", (0.3, 0.55), "fit: serving_throughput.csv", "Compute utilisation of decode.")
    u_band: Array = parameter(0.9, "1", (0.7, 0.95), "fit: serving_throughput.csv", "Bandwidth utilisation of decode.")
    moe_compute: Array = parameter(
        0.36, "1", (0.25, 0.6), "fit: serving_throughput.csv", "Compute utilisation of sparse models relative to dense."
    )
    step_overhead: Array = parameter(
        0.012, "s", (0.005, 0.03), "fit: serving_throughput.csv", "Fixed time per decode step at software level 1."
    )
    sparse_step: Array = parameter(
        0.029,
        "s",
        (0.0, 0.06),
        "fit: serving_throughput.csv, sparse rows",
        "Extra time per decode step of a sparse model of 2e10 active parameters: tokens travel to their experts.",
    )
    sparse_step_exponent: Array = parameter(
        0.75, "1", (0.6, 1.0), "a token's way grows with layers and width; fit: sparse rows", "Its growth with size."
    )
    sparse_step_params: Array = parameter(
        2e10, "parameters", (2e10, 2e10), "definition of the reference model", "Active parameters of that model."
    )
    batch_max: Array = parameter(
        1330.0, "sequences", (500.0, 3000.0), "fit: serving_throughput.csv", "Largest batch per replica / sqrt(GPUs)."
    )
    fp4_real: Array = parameter(0.59, "1", (0.4, 0.9), "fit: serving_throughput.csv", "Usable share of FP4 peak.")
    tp_loss: Array = parameter(
        0.15, "1", (0.08, 0.2), "fit bounded by textbook 10% per doubling", "Exponent of tensor-parallel loss."
    )
    usable: Array = parameter(0.9, "1", (0.85, 0.95), "practice", "HBM share usable for weights and cache.")
    software_start: Array = parameter(
        0.3,
        "1",
        (0.15, 0.4),
        "TensorRT-LLM 0.5 vs 1.0: 5x",
        "Serving software level at the 2023Q1 start, no technique.",
    )
    spare_replicas: Array = parameter(
        4.0,
        "replicas",
        (1.0, 12.0),
        "one per region, game choice",
        "Warm replicas a service must keep whatever the volume.",
    )
    load_factor: Array = parameter(
        0.4, "1", (0.3, 0.5), "published day of the DeepSeek fleet, February 2025", "Average load over peak load."
    )
    latency_derate: Array = parameter(
        0.55,
        "1",
        (0.3, 0.8),
        "published throughput at interactive speed (InferenceX)",
        "Throughput kept at interactive speed.",
    )
    in_tokens: Array = parameter(1500.0, "tokens", (500.0, 4000.0), "3:1 blend", "Input tokens per request.")
    out_tokens: Array = parameter(500.0, "tokens", (200.0, 2000.0), "3:1 blend", "Output tokens per request.")
    kv_bytes: Array = parameter(
        65500.0,
        "bytes/token",
        (45850.0, 85150.0),
        "65.5 KB: 8B model with grouped-query attention",
        "Cache values per token of an 8e9 model (one byte each).",
    )
    kv_params: Array = parameter(
        8e09,
        "parameters",
        (8e09, 8e09),
        "definition of the reference model",
        "Active parameters of the cache reference.",
    )
    kv_exponent: Array = parameter(
        0.35, "1", (0.245, 0.455), "fit: serving_throughput.csv", "Exponent of active parameters in cache size."
    )
    replica_fill: Array = parameter(
        0.55,
        "1",
        (0.385, 0.715),
        "practice: half the memory is left for the cache",
        "HBM share that weights may fill before a replica doubles.",
    )
    moe_serve_max: Array = parameter(
        0.85, "1", (0.595, 1.105), "game choice", "Largest compute utilisation of sparse models relative to dense."
    )
    bytes_bf16: Array = parameter(2.0, "bytes", (2.0, 2.0), "definition", "Bytes per weight and cache value in BF16.")
    bytes_fp8: Array = parameter(1.0, "bytes", (1.0, 1.0), "definition", "Bytes per weight and cache value in FP8.")
    bytes_fp4: Array = parameter(0.56, "bytes", (0.392, 0.728), "FP4 with block scales", "Bytes per weight in FP4.")
