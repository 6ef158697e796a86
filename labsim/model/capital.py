"""What is a lab worth, who finances it, and when is it over?

Student: investors pay a multiple of revenue that rises with growth, plus the value of being near the frontier, times
their mood. A lab that runs out of cash gets one down-round, one capacity sale, perhaps a buyer, and then it is over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import gpu_book
from labsim.model.flows import (
    OPERATING_LINES,
    AlignmentFlows,
    CapitalFlows,
    Effects,
    Financing,
    Operating,
    Result,
    total,
)
from labsim.model.laws import capital_pool, clip, max_labs, over, positive, sum_labs, waterfill
from labsim.model.params import Params
from labsim.model.world import Capital, Compute, World, is_live
from labsim.variables import Array

RUNWAY_MAX = 1e6  # quarters; stands for "never" where nothing burns


def capital(
    world: World,
    d: Decisions,
    delivered: Compute,
    aligned: AlignmentFlows,
    revenue: Array,
    lines: Operating,
    result: Result,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> tuple[Capital, Financing, CapitalFlows]:
    """Value the labs, close rounds and partnerships, lend, and end those that cannot pay."""
    old = world.capital
    live = is_live(world)
    alive = live.astype(np.float64)
    value = _valued(world, aligned, revenue, effects, p, quarter)
    book = gpu_book(delivered, p)
    limit = p.loan_to_value * book * (1.0 - d.sell_gpus)
    debt = clip(old.debt + d.borrow_change, 0.0, np.maximum(limit, p.debt_runoff * old.debt)) * alive
    pool = capital_pool(quarter.t, old.mood, p)

    paid_for = d.sell_gpus * book * alive
    operating = total(lines, OPERATING_LINES)
    burn = -(operating + p.gpu_resale * paid_for) * alive
    runway = np.where(burn > 0.0, positive(old.cash) / np.where(burn > 0.0, burn, 1.0), RUNWAY_MAX)

    asked, failed, raised = _round(world, d, value, pool, p, quarter)
    holders = old.holders * (1.0 - over(raised, value.valuation + raised))
    signs = (d.partner_equity > 0.0) & (old.partner_left <= 0.0) & live
    stake = np.where(signs, d.partner_equity * value.valuation, 0.0)
    holders = holders * (1.0 - over(stake, value.valuation + stake))
    credits_new = p.partner_premium * stake

    parent = old.parent_funding * alive
    before = old.cash + operating + parent + (debt - old.debt) * alive + raised + p.gpu_resale * paid_for
    fall = _Rescue.of(world, before, burn, value, book - paid_for, pool, aligned, p)
    holders = holders * (1.0 - over(fall.down_round, p.rescue_price * value.valuation + fall.down_round))

    sold = (d.sell_gpus + (1.0 - d.sell_gpus) * fall.sold) * alive
    disposed = p.gpu_resale * sold * book
    disposal_loss = (1.0 - p.gpu_resale) * sold * book
    cash = before + fall.down_round + p.gpu_resale * fall.sold * (book - paid_for)
    ends = fall.acquired | fall.bankrupt
    on = live & ~ends
    net = result.net_result - disposal_loss
    partner_left = np.where(signs, p.partner_term, positive(old.partner_left - 1.0))
    financing = Financing(
        parent_paid=parent,
        debt_change=(debt - old.debt) * alive,
        equity_round=raised,
        down_round=fall.down_round,
        disposal=disposed,
        write_off=np.where(ends, -cash, 0.0),
    )

    def keep(stock: Array) -> Array:
        return np.where(on, stock, 0.0)

    got_money = (raised > 0.0) | (fall.down_round > 0.0)
    failures = sum_labs(ends.astype(np.float64))
    new = Capital(
        cash=keep(cash),
        credits=keep(old.credits - lines.credits_used + credits_new),
        debt=keep(debt),
        paid_in=keep(old.paid_in + parent + raised + fall.down_round + credits_new),
        retained=keep(old.retained + net),
        losses_forward=keep(old.losses_forward - result.losses_used + positive(-result.profit_before_tax)),
        valuation=keep(value.valuation),
        holders=np.where(live, holders, old.holders),
        since_round=keep(np.where(got_money, 1.0, old.since_round + 1.0)),
        rescues=keep(old.rescues + (fall.down_round > 0.0)),
        sold_capacity=keep(np.maximum(old.sold_capacity, fall.sold > 0.0)),
        arr_history=np.where(on, np.concatenate([value.arr[None], old.arr_history[:-1]]), 0.0),
        burn=keep(burn),
        parent_funding=keep(old.parent_funding * np.exp(p.parent_growth * np.exp(-float(quarter.t) / p.parent_fade))),
        partner_left=keep(partner_left),
        status=np.where(fall.acquired, 1.0, np.where(fall.bankrupt, 2.0, old.status)),
        exit_value=np.where(fall.acquired, p.exit_price * value.valuation * holders, old.exit_value),
        mood=clip(
            1.0
            + p.mood_persist * (old.mood - 1.0)
            + p.mood_sd * quarter.dice.mood
            + effects.mood_effect
            - p.failure_mood * failures,
            p.mood_min,
            p.mood_max,
        ),
    )
    flows = CapitalFlows(
        arr=value.arr,
        revenue_growth=value.growth,
        multiple=value.multiple,
        option_part=value.option,
        capability_gap=value.gap,
        debt_limit=limit,
        round_asked=asked,
        round_failed=failed,
        partner_signed=signs.astype(np.float64),
        credits_new=credits_new,
        runway=runway,
        sold_part=sold,
        disposal_loss=disposal_loss,
        acquired=fall.acquired.astype(np.float64),
        bankrupt=fall.bankrupt.astype(np.float64),
        equity_pool=pool,
    )
    return new, financing, flows


@dataclass(frozen=True)
class _Value:
    arr: Array
    growth: Array
    multiple: Array
    option: Array
    gap: Array

    @property
    def valuation(self) -> Array:
        return self.arr * self.multiple + self.option


def _valued(
    world: World, aligned: AlignmentFlows, revenue: Array, effects: Effects, p: Params, quarter: Quarter
) -> _Value:
    """ARR times a multiple of growth, plus the option value of the frontier."""
    live = is_live(world)
    alive = live.astype(np.float64)
    mood = world.capital.mood
    arr = 4.0 * revenue
    before = world.capital.arr_history[3]
    known = (arr > 0.0) & (before > 0.0)
    ratio = np.where(known, arr, 1.0) / np.where(known, before, 1.0)
    read = np.where(known, np.log(ratio), p.growth_max)
    growth = clip(read, p.growth_min, p.growth_max) if quarter.is_after("revenue_growth_known") else (
        p.growth_unknown + np.zeros_like(arr)
    )  # fmt: skip
    multiple = clip(p.multiple_base + p.multiple_growth * growth, p.multiple_min, p.multiple_max)
    best = max_labs(aligned.capability, live)
    gap = np.where(live, best - aligned.capability, 0.0)
    frontier = p.option_value * np.exp(p.option_growth * float(quarter.t) - p.option_slope * gap)
    option = frontier * mood * (p.option_trust + world.society.trust) * alive
    return _Value(arr, growth, multiple * mood * effects.valuation_effect * alive, option, gap)


def _round(
    world: World, d: Decisions, value: _Value, pool: Array, p: Params, quarter: Quarter
) -> tuple[Array, Array, Array]:
    """Money asked, flag of failure, money raised."""
    old = world.capital
    allowed = (old.since_round >= p.round_gap) & is_live(world)
    cap = p.dilution_max / (1.0 - p.dilution_max) * value.valuation
    asked = np.where(allowed, clip(d.raise_amount, 0.0, cap), 0.0)
    distress = positive(old.cash) < p.round_runway * np.maximum(old.burn, 0.0)
    chance = clip(
        p.round_fail
        + p.round_mood * positive(1.0 - old.mood)
        + p.round_gap_points * positive(value.gap - p.round_gap_free)
        + np.where(distress, p.round_distress, 0.0),
        0.0,
        p.round_fail_max,
    )
    failed = (quarter.dice.round < chance) & (asked > 0.0)
    open_ask = np.where(failed, 0.0, asked)
    weight = np.exp(p.pool_exponent * np.log(np.maximum(value.valuation, 1e-300)))
    return asked, failed.astype(np.float64), waterfill(open_ask, weight, pool)


@dataclass(frozen=True)
class _Rescue:
    down_round: Array
    sold: Array
    acquired: Array
    bankrupt: Array

    @staticmethod
    def of(
        world: World, cash: Array, burn: Array, value: _Value, book: Array, pool: Array,
        aligned: AlignmentFlows, p: Params,
    ) -> _Rescue:  # fmt: skip
        """The four steps of failure, each only when the one before was not enough."""
        old = world.capital
        live = is_live(world)
        short = (cash < 0.0) & live
        wanted = -cash + p.rescue_burn * positive(burn)
        cap = np.minimum(p.rescue_dilution * p.rescue_price * value.valuation, p.rescue_pool * pool)
        helped = short & (old.rescues < p.rescue_max)
        down = np.where(helped, np.minimum(wanted, cap), 0.0)
        after = cash + down
        sells = (after < 0.0) & live & (old.sold_capacity == 0.0) & (book > 0.0)
        part = clip(over(p.sale_margin * -after, p.gpu_resale * book), 0.0, p.sale_max)
        sold = np.where(sells, part, 0.0)
        lost = (after + p.gpu_resale * sold * book < 0.0) & live
        buyer = (value.gap < p.exit_gap) & (value.valuation > p.exit_value_min)
        return _Rescue(down, sold, lost & buyer, lost & ~buyer)
