"""What would a training run cost, how fast would a model be served, which design is optimal? The game's own laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labsim.errors import BadInput, Problem, did_you_mean
from labsim.model.laws import (
    chip_price,
    compute_equivalent,
    moe_exponent,
    moe_training_factor,
    optimal_design,
    owner_cost,
    reducible_loss,
    rent_on_demand,
    sparse_gain,
    training_flop,
)
from labsim.model.params import Params
from labsim.model.roofline import Roofline, Software, roofline
from labsim.model.scaling import Run, flop_needed, predicted_index, quarter_flop
from labsim.play import chips
from labsim.variables import Array

QUARTERS_AFTER_LAUNCH = 8  # when a chip is taken to be used if nothing is said (model: a mature platform)
TECHNIQUE_LEAD = 2  # techniques of a run are those public two quarters before its release
FRESH_DATA = 1e6  # T of unique tokens: an estimate repeats none
BALANCED = np.ones(1)  # scarcity 1: estimates take a balanced market for chips
DEFAULT_CHIPS = 1024
SIZES = (1e6, 1e15)  # parameters that can be estimated
TOKENS = (1e6, 1e18)
FLOP = (1e15, 1e35)
PRECISIONS = ("bf16", "fp8", "fp4")


@dataclass(frozen=True)
class TrainingEstimate:
    """What a run takes and gives. Without a quarter, index and effective FLOP leave algorithmic progress out."""

    train_flop: float  # nominal, 6ND
    gpu_hours: float
    days: float
    energy_mwh: float | None  # None: no power is published for the chip
    cost_usd: float | None  # None: no price is published for the chip
    loss: float  # nats a token
    effective_flop: float  # compute of the optimal dense run of the same loss, times algorithmic progress
    capability: float  # points
    mfu: float


@dataclass(frozen=True)
class ServingEstimate:
    """What a GPU serves at the largest throughput; tokens are output tokens."""

    tokens_per_second_per_gpu: float
    usd_per_million_tokens: float | None
    min_gpus_per_replica: int
    energy_wh_per_thousand_tokens: float | None
    binding_limit: str
    precision: str


@dataclass(frozen=True)
class OptimalDesign:
    """The compute-optimal dense run of a budget."""

    flop: float
    params: float
    tokens: float
    tokens_per_param: float
    loss: float
    capability: float


def estimate_training(
    params: float,
    tokens: float,
    chip: str,
    *,
    active: float | None = None,
    chip_count: float = DEFAULT_CHIPS,
    at: int | None = None,
    techniques: Sequence[str] | None = None,
    usd_per_hour: float | None = None,
) -> TrainingEstimate:
    """Estimate a run of ``params`` total parameters on ``tokens`` tokens.

    ``at`` is the quarter of release (quarters since 2023Q1); techniques count that were public two quarters before.
    Without it, eight quarters after the chip's launch. ``techniques`` names those in hand instead. Rent is on demand
    in a balanced market. Raises BadInput for a size, chip or technique that cannot be estimated.
    """
    p = chips.params()
    active = _checked(params, active)
    _within("--tokens", tokens, TOKENS)
    _within("--chips", chip_count, (1.0, 1e9))
    found = chips.find_chip(chip)
    chips.require(found, "bf16")
    quarter = found.launched + QUARTERS_AFTER_LAUNCH if at is None else at
    flags = _named_techniques(techniques, p) if techniques is not None else _public(quarter - TECHNIQUE_LEAD, p)
    run = Run(*(np.array([[x]]) for x in (active, params / active, tokens / 1e12, 1.0)))
    factor = moe_training_factor(run.sparsity, _product("moe_train", flags, p), p)
    mfu = _product("mfu", flags, p)
    speed = p.chips.bf16[found.row] * p.chips.mfu_factor[found.row]
    hours = _one(flop_needed(run, p) / (quarter_flop(speed, mfu, p) * factor) * p.hours)
    experts = flags[p.techniques.index("expert_parallel")] > 0.0
    algorithms = p.algo_public_rate * float(at or 0)
    index = predicted_index(run, np.array([FRESH_DATA]), algorithms, experts, p).total
    gain = sparse_gain(run.active, run.sparsity, run.tokens * 1e12, moe_exponent(experts, p), p)
    reducible = reducible_loss(run.active * gain, run.tokens * 1e12, p)
    rent = usd_per_hour if usd_per_hour is not None else _rent(found, quarter, p)
    power = _one(p.chips.it_kw[found.row] * p.pue) / 1000.0
    return TrainingEstimate(
        train_flop=_one(training_flop(run.active, run.tokens * 1e12, p)),
        gpu_hours=hours,
        days=hours / chip_count / 24.0,
        energy_mwh=_known(hours * power),
        cost_usd=_known(hours * rent),
        loss=_one(p.loss_floor + reducible),
        effective_flop=_one(compute_equivalent(reducible, p) * np.exp(algorithms)),
        capability=_one(index),
        mfu=_one(p.mfu_base * mfu * p.chips.mfu_factor[found.row] * factor),
    )


def estimate_serving(
    params: float,
    chip: str,
    *,
    active: float | None = None,
    precision: str | None = None,
    input_tokens: float = 1000.0,
    output_tokens: float = 1000.0,
    at: int | None = None,
    gpus: float | None = None,
    usd_per_hour: float | None = None,
) -> ServingEstimate:
    """Estimate serving at the largest throughput, on a tuned engine of 2025 or, ``at`` a quarter, the game's software.

    ``gpus`` fixes the GPUs of a replica. Without ``precision``: FP8 (``at`` a quarter: what its public techniques
    allow), BF16 where the chip has nothing else. Raises BadInput for what cannot be estimated.
    """
    active = _checked(params, active)
    _within("--input-tokens", input_tokens, (1.0, 1e7))
    _within("--output-tokens", output_tokens, (1.0, 1e7))
    found = chips.find_chip(chip)
    chips.require(found, "bf16", "hbm", "bandwidth")
    p = chips.params().replace(in_tokens=np.array([input_tokens]), out_tokens=np.array([output_tokens]))
    flags = None if at is None else _public(at, p)
    chosen = _precision(found, precision, flags, p)
    software = _software(chosen, flags, p)
    size = np.array([[active]]), np.array([[params / active]])
    fixed = None if gpus is None else np.array([[gpus]])
    result = roofline(*size, found.row, software, p, fixed)
    rate = _one(result.output_rate * software.level)
    if not rate > 0.0:
        raise BadInput(Problem("--params", "no request fits beside the weights", "use more GPUs or shorter requests"))
    quarter = found.launched + QUARTERS_AFTER_LAUNCH if at is None else at
    rent = usd_per_hour if usd_per_hour is not None else _rent(found, quarter, p)
    watts = _one(p.chips.it_kw[found.row] * p.pue) * 1000.0
    return ServingEstimate(
        tokens_per_second_per_gpu=rate,
        usd_per_million_tokens=_known(rent / (rate * 3600.0) * 1e6),
        min_gpus_per_replica=round(_one(result.replica)),
        energy_wh_per_thousand_tokens=_known(watts / rate / 3.6),
        binding_limit=_limit(result, output_tokens, p),
        precision=chosen,
    )


def estimate_optimal(flop: float) -> OptimalDesign:
    """The compute-optimal dense design of ``flop`` FLOP: the closed form of the loss law. Raises BadInput."""
    _within("--flop", flop, FLOP)
    p = chips.params()
    active, tokens = optimal_design(np.array([flop]), p)
    reducible = reducible_loss(active, tokens, p)
    run = Run(active, BALANCED, tokens / 1e12, BALANCED)
    index = predicted_index(run, np.array([FRESH_DATA]), np.zeros(1), np.zeros(1, dtype=np.bool_), p).total
    return OptimalDesign(
        flop, _one(active), _one(tokens), _one(tokens / active), _one(p.loss_floor + reducible), _one(index)
    )


def _checked(params: float, active: float | None) -> float:
    """Active parameters; all of them unless said. Sparsity stays within what a design may have."""
    _within("--params", params, SIZES)
    active = params if active is None else active
    _within("--active", active, SIZES)
    if active > params:
        raise BadInput(Problem("--active", "more parameters are active than there are", "give --params the total"))
    return active


def _within(where: str, value: float, bounds: tuple[float, float]) -> None:
    low, high = bounds
    if not low <= value <= high:
        raise BadInput(Problem(where, f"{value:g} is outside {low:g} to {high:g}", "give a size such as 70B or 2T"))


def _public(quarter: int, p: Params) -> Array:
    """Techniques public by a quarter; flags ``(technique, 1, 1)``."""
    return np.array([public <= quarter for public in p.techniques.public], dtype=np.float64)[:, None, None]


def _product(name: str, flags: Array, p: Params) -> Array:
    """Product of one multiplier over the techniques in hand; ``(1, 1)``."""
    column: Array = getattr(p.techniques, name)
    total = np.ones((1, 1))
    for row, flag in enumerate(flags):
        total = total * np.where(flag > 0.0, column[row], 1.0)
    return total


def _named_techniques(names: Sequence[str], p: Params) -> Array:
    known = p.techniques.names
    wrong = [name for name in names if name not in known]
    if wrong:
        raise BadInput(
            *(
                Problem(
                    "--techniques",
                    f'unknown technique "{name[:60]}"',
                    f"choose from {', '.join(known)};{did_you_mean(name, known)}".rstrip(";"),
                )
                for name in wrong
            )
        )
    return np.array([name in names for name in known], dtype=np.float64)[:, None, None]


def _precision(chip: chips.Chip, wanted: str | None, flags: Array | None, p: Params) -> str:
    if wanted is not None and wanted not in chip.formats:
        remedy = f"choose one of {', '.join(chip.formats)}"
        raise BadInput(Problem("--precision", f"no {wanted} speed is published for {chip.name}", remedy))
    if wanted is not None:
        return wanted
    allowed = ["bf16", "fp8"]
    if flags is not None:
        allowed = [f for f in PRECISIONS if f == "bf16" or flags[p.techniques.index(f"{f}_serving")].item() > 0.0]
    return [f for f in allowed if f in chip.formats][-1]


def _software(precision: str, flags: Array | None, p: Params) -> Software:
    """Software level 1 without a quarter; else the game's public techniques."""
    one = np.ones((1, 1))
    fp8, fp4 = one * (precision != "bf16"), one * (precision == "fp4")
    if flags is None:
        # A tuned engine of 2025 sends tokens to experts as the technique of its year does.
        parallel = p.techniques.moe_serve[p.techniques.index("expert_parallel")]
        return Software(one, one, one * parallel, fp8, fp4)
    level, prefill, moe = (_product(name, flags, p) for name in ("serve", "prefill", "moe_serve"))
    return Software(p.software_start * level, prefill, moe, fp8, fp4)


def _rent(chip: chips.Chip, quarter: int, p: Params) -> float:
    """On-demand rent of a GPU in a balanced market, $/h; NaN where no price or power is published."""
    priced = max(quarter, p.chips.launch[chip.row], 0)
    cost = owner_cost(chip_price(chip.row, priced, p), p.chips.it_kw[chip.row], p)
    return _one(rent_on_demand(cost, BALANCED, np.zeros(1), BALANCED, p))


def _limit(result: Roofline, output_tokens: float, p: Params) -> str:
    """What takes most of the time of a batch, and for memory traffic what keeps the batch small."""
    answers = output_tokens * np.maximum(result.step_compute, result.step_memory)
    if _one(result.prefill_time) > _one(answers):
        return "prefill arithmetic"
    if _one(np.maximum(result.step_compute, result.step_memory)) < _one(p.step_overhead):
        return "overhead of a step"
    return "decode arithmetic" if _one(result.step_compute) > _one(result.step_memory) else "memory bandwidth"


def _one(value: Array) -> float:
    return float(np.asarray(value).reshape(-1)[0])


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
