"""Which laws do several verbs, the estimators and the policies share? Pure formulas over arrays.

Loss law, data repetition, sparse gain, compute equivalent, utilisation, price paths, rents, waterfill, logit.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from labsim.model.params import Params
from labsim.variables import Array, Flags

MILLION, TRILLION = 1e6, 1e12
KILO = 1e3
YEAR = 4.0  # quarters
HOUR = 3600.0  # seconds
POINTS = 10.0  # points of capability to which the weights of segments refer
IS_SET = 0.5  # a flag above it is set
TINY = 1e-300  # stands for 0 under a logarithm: any power of it that the model takes is 0 to within rounding


def clip(x: Array, low: Array | float, high: Array | float) -> Array:
    """``x`` held between two bounds."""
    return np.minimum(np.maximum(x, low), high)


def positive(x: Array) -> Array:
    """The larger of ``x`` and 0."""
    return np.maximum(x, 0.0)


def over(top: Array | float, bottom: Array) -> Array:
    """``top / bottom``, 0 where the bottom is 0."""
    return top / np.where(bottom == 0.0, np.inf, bottom)


def fraction(part: Array, whole: Array) -> Array:
    """``part / whole`` where a whole of 0 has a part of 0: then 0."""
    return part / np.maximum(whole, TINY)


def power(x: Array, exponent: Array) -> Array:
    """``x`` to an exponent, for ``x`` of 0 or more (``exp`` of ``log``: the same bits in every layout)."""
    return np.exp(exponent * np.log(np.maximum(x, TINY)))


def sum_labs(x: Array) -> Array:
    """Sum over the lab axis (the last but one), row by row: a run alone gives the bits of the same run in a batch.

    numpy's own sum of an array in C order goes row by row too, but for one run, where it pairs up the labs; running
    sums never do.
    """
    if x.shape[-1] > 1:
        summed: Array = np.add.reduce(_in_rows(x), axis=-2)
        return summed
    last: Array = np.add.accumulate(x, axis=-2)[..., -1, :]
    return last


def _in_rows(x: Array) -> Array:
    """``x`` in C order; asked first, since a call that finds nothing to do costs as much as a short sum."""
    return x if x.flags.c_contiguous else np.ascontiguousarray(x)


def sum_first(x: Array) -> Array:
    """Sum over the first axis, row by row (in C order numpy pairs up the rows only when a row holds one number)."""
    if x[0].size > 1:
        summed: Array = np.add.reduce(_in_rows(x), axis=0)
        return summed
    last: Array = np.add.accumulate(x, axis=0)[-1]
    return last


def sum_up(parts: Iterable[Array]) -> Array:
    """Sum of new arrays of one shape, one after the other; the first one holds it: it stays in the cache."""
    several = iter(parts)
    total = next(several)
    for part in several:
        total += part
    return total


WIDE = 2048
"""Numbers a row from which products are summed row by row: the rows then stay in the cache (1,024 runs: 2x faster)."""


def weighted_sum(rows: Array, weights: Array) -> Array:
    """Sum over rows ``(row, lab, run)`` times their weights ``(row, run)``, one after the other in either way."""
    if rows[0].size < WIDE:
        return sum_first(rows * weights[:, None, :])
    total: Array = rows[0] * weights[0]
    product = np.empty_like(total)  # one for all rows: it stays in the cache
    for row, weight in zip(rows[1:], weights[1:], strict=True):
        np.multiply(row, weight, out=product)
        total += product
    return total


def max_labs(x: Array, live: Flags) -> Array:
    """Largest value over live labs; minus infinity where none lives."""
    largest: Array = np.maximum.reduce(np.where(live, x, -np.inf), axis=-2)
    return largest


# ---- scaling laws ---------------------------------------------------------------------------------------------------


def unique_equivalent(tokens: Array, unique: Array, p: Params) -> Array:
    """Fresh-equivalent tokens of ``tokens`` drawn from ``unique`` ones (Muennighoff 2023, eq. 5). Units: tokens."""
    seen = np.minimum(tokens, unique)
    repeats = tokens / seen - 1.0
    return seen + unique * p.repeat_half * (1.0 - np.exp(-repeats / p.repeat_half))


def sparse_gain(active: Array, sparsity: Array, tokens: Array, exponent_max: Array, p: Params) -> Array:
    """Effective over active parameters of a sparse model: min(sparsity^e, moe_cap), e rising with tokens per parameter.

    Units: parameters, total over active, fresh-equivalent tokens.
    """
    per_parameter = tokens / (active * sparsity)
    exponent = exponent_max * per_parameter / (per_parameter + p.moe_data_half)
    return np.minimum(np.exp(exponent * np.log(sparsity)), p.moe_cap)


def reducible_loss(parameters: Array, tokens: Array, p: Params) -> Array:
    """A/N^alpha + B/D^beta (Hoffmann 2022; constants Besiroglu 2024). Units: parameters, tokens, nats a token."""
    return loss_of_parameters(np.log(parameters), p) + loss_of_tokens(np.log(tokens), p)


def loss_of_parameters(log_parameters: Array, p: Params) -> Array:
    """A/N^alpha from ln N."""
    return p.loss_n_scale * np.exp(-p.loss_n_exponent * log_parameters)


def loss_of_tokens(log_tokens: Array, p: Params) -> Array:
    """B/D^beta from ln D."""
    return p.loss_d_scale * np.exp(-p.loss_d_exponent * log_tokens)


def optimum_constants(p: Params) -> tuple[Array, Array, Array]:
    """gamma, G and K of the compute-optimal frontier: X = K C^-gamma, N* = G (C/6)^(beta/(alpha+beta))."""
    alpha, beta = p.loss_n_exponent, p.loss_d_exponent
    both = alpha + beta
    gamma = alpha * beta / both
    size = np.exp(np.log(alpha * p.loss_n_scale / (beta * p.loss_d_scale)) / both)
    scale = (p.loss_n_scale * np.exp(-alpha * np.log(size)) + p.loss_d_scale * np.exp(beta * np.log(size))) * np.exp(
        gamma * np.log(p.flop_per_token_train)
    )
    return gamma, size, scale


def optimal_design(flop: Array, p: Params) -> tuple[Array, Array]:
    """Parameters and tokens of the compute-optimal dense run of ``flop`` FLOP (closed form of the loss law)."""
    _, size, _ = optimum_constants(p)
    product = flop / p.flop_per_token_train
    exponent = p.loss_d_exponent / (p.loss_n_exponent + p.loss_d_exponent)
    parameters = size * np.exp(exponent * np.log(product))
    return parameters, product / parameters


def compute_equivalent(loss: Array, p: Params) -> Array:
    """FLOP that a compute-optimal dense run on fresh data needs for a reducible ``loss``."""
    gamma, _, scale = optimum_constants(p)
    return np.exp(log_of_equivalent(np.log(loss), gamma, scale))


def log_of_equivalent(log_loss: Array, gamma: Array, scale: Array) -> Array:
    """ln of that compute from ln of the loss and the constants of the frontier."""
    return (np.log(scale) - log_loss) / gamma


def training_flop(active: Array, tokens: Array, p: Params) -> Array:
    """Nominal training compute 6ND. Units: parameters, tokens, FLOP."""
    return p.flop_per_token_train * active * tokens


# ---- utilisation ----------------------------------------------------------------------------------------------------


def moe_training_factor(sparsity: Array, moe_train: Array, p: Params) -> Array:
    """Utilisation of a sparse run relative to a dense one; 1 for dense runs."""
    return np.where(sparsity > p.sparse_from, np.minimum(p.mfu_moe * moe_train, p.moe_train_max), 1.0)


def moe_exponent(expert_parallel: Flags, p: Params) -> Array:
    """Largest exponent of sparsity in effective parameters, with or without the expert_parallel technique."""
    return np.where(expert_parallel, p.moe_exponent, p.moe_exponent_early)


# ---- prices and rents -----------------------------------------------------------------------------------------------


def chip_price(generation: int, t: int, p: Params) -> Array:
    """List price of a generation at quarter ``t``, M$ a GPU, falling from its launch on (2023Q1 for older ones)."""
    age = float(t - max(p.chips.launch[generation], 0))
    listed: Array = p.chips.price[generation] * np.exp(-p.chips.price_decline[generation] * age)
    return listed


def owner_cost(price: Array, it_kw: Array, p: Params) -> Array:
    """Hourly cost of owning a GPU: capital and site, power, operations. Units: M$, kW, $/h."""
    dollars = price * MILLION
    capital = dollars * p.owner_overhead / (float(p.gpu_life) * p.hours)
    power = it_kw * p.pue * p.power_price / KILO
    return capital + power + dollars * p.ops_cost / (YEAR * p.hours)


def rent_on_demand(cost: Array, scarcity: Array, markup: Array, power_multiplier: Array, p: Params) -> Array:
    """On-demand rent in $/h: owner cost x margin x scarcity rent x sovereign mark-up x power."""
    return (
        p.rent_margin
        * cost
        * np.exp(p.scarcity_rent * np.log(scarcity))
        * (1.0 + markup)
        * np.exp(p.power_rent_exponent * np.log(power_multiplier))
    )


def supply(t: int, p: Params) -> Array:
    """Chips offered to the labs in quarter ``t``, H100e, before shocks; growth fades to the floor."""
    faded = (1.0 - np.exp(-float(t) / p.supply_fade)) / (1.0 - np.exp(-1.0 / p.supply_fade))
    return p.supply_start * np.exp(p.supply_floor * float(t) + (p.supply_growth - p.supply_floor) * faded)


def price_norm(t: float, p: Params) -> Array:
    """Market price norm by segment ``(segment, 1 or run)``: halves its gap to the floor every norm_half quarters."""
    s = p.segments
    return s.norm_floor + (s.norm_start - s.norm_floor) * np.exp2(-t / s.norm_half)


def expectation(t: float, p: Params) -> Array:
    """Capability that customers expect, by segment, points."""
    return p.segments.expectation_start + p.segments.expectation_growth * t


def capital_pool(t: int, mood: Array, p: Params) -> Array:
    """Money that investors offer to the labs this quarter, M$."""
    venture = p.vc_pool * np.exp(p.vc_growth * float(t)) * mood
    part = p.vc_concentration + p.vc_concentration_growth * float(t)
    faded = (1.0 - np.exp(-float(t) / p.strategic_fade)) / (1.0 - np.exp(-1.0 / p.strategic_fade))
    return venture * part + p.strategic_pool * np.exp(p.strategic_growth * faded) * mood


def own_frontier(tuned: Array, p: Params) -> Array:
    """Part of the option value granted for a model that others could tune as well; 1 for one's own."""
    return 1.0 - (1.0 - p.tune_option) * tuned


def wage(t: int, p: Params) -> Array:
    """Cash cost of a member of staff, M$ a quarter, before events."""
    return p.wage * (1.0 + p.wage_growth * float(t))


# ---- divisions ------------------------------------------------------------------------------------------------------

WATERFILL_ROUNDS = 6  # rounds after which what is left is within rounding (game choice)
WATERFILL_REST = 1e-14  # part of a pool that is rounding: a run that has no more is done, whatever runs beside it


def waterfill(ask: Array, weight: Array, pool: Array) -> Array:
    """Divide ``pool`` ``(run,)`` among labs by weight, nobody above its ask, in a few rounds; ``(lab, run)``."""
    missing, left, rest = ask, pool, WATERFILL_REST * pool
    for _ in range(WATERFILL_ROUNDS):
        asks = (missing > 0.0) & (left > rest)
        if not asks.any():
            break
        active = weight * asks
        step = np.minimum(missing, active * over(left, sum_labs(active)))
        missing = missing - step
        left = positive(left - sum_labs(step))
    return ask - missing


def logit(utility: Array, open_utility: Array, live: Flags) -> tuple[Array, Array, Array]:
    """Shares of live labs, of open weights, and ln of the denominator (outside option at utility 0).

    Shapes: utility ``(segment, lab, run)``, open_utility ``(segment, run)``, live ``(lab, run)``; without the
    segment axis too.
    """
    offered = np.where(live, utility, -np.inf)
    top = np.maximum(np.maximum(np.maximum.reduce(offered, axis=-2), open_utility), 0.0)
    weight = np.exp(offered - top[..., None, :])
    open_weight = np.exp(open_utility - top)
    total = sum_labs(weight) + open_weight + np.exp(-top)
    return weight / total[..., None, :], open_weight / total, top + np.log(total)


def concentration(revenue: Array) -> tuple[Array, Array]:
    """Share of each lab in all revenue ``(lab, run)`` and the Herfindahl index ``(run,)``."""
    part = fraction(revenue, sum_labs(revenue))
    return part, sum_labs(part * part)
