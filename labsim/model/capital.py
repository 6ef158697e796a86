"""What is a lab worth, who finances it, and when is it over?

Student: investors pay a multiple of revenue that rises with growth, plus the value of being near the frontier, times
their mood. A lab that runs out of cash gets one down-round, one capacity sale, perhaps a buyer, and then it is over.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import gpu_book
from labsim.model.flows import AlignmentFlows, CapitalFlows, Effects
from labsim.model.laws import (
    TINY,
    YEAR,
    capital_pool,
    clip,
    fraction,
    max_labs,
    over,
    own_frontier,
    positive,
    power,
    sum_labs,
    waterfill,
)
from labsim.model.ledger import COMPUTE_LINES, Financing, Operating, Result, total
from labsim.model.params import Params
from labsim.model.world import Capital, Compute, World, is_live
from labsim.variables import Array, Flags

RUNWAY_MAX = 1e6  # quarters; stands for "never" where nothing burns
ACQUIRED, BANKRUPT = 1.0, 2.0  # codes of status
SLOPE = 10.0  # sum of squares of -2, -1, 0, 1, 2: least squares through five quarters


def capital(
    world: World,
    d: Decisions,
    delivered: Compute,
    tuned: Array,
    aligned: AlignmentFlows,
    revenue: Array,
    lines: Operating,
    result: Result,
    effects: Effects,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> tuple[Capital, Financing, CapitalFlows]:
    """Value the labs, close rounds and partnerships, lend, and end those that cannot pay."""
    value = _valued(world, tuned, aligned, revenue, effects, p, quarter)
    pool = capital_pool(quarter.t, world.capital.mood, p)
    round_ = _round(world, d, value, pool, cards, p, quarter)
    deal = _partnership(world, d, value, lines, cards, p)
    loan = _lent(world, d, delivered, p)
    burn = -(result.operating_cash + p.gpu_resale * loan.sold_book)
    before = world.capital.cash + world.capital.parent_funding + loan.change + round_.raised - burn
    fall = _sold_out(world, _rescued(world, before, burn, value, loan, pool, p), cards)
    flows = _flows(world, d, value, round_, deal, loan, fall, burn, pool, p)
    financing = Financing(
        parent_paid=world.capital.parent_funding,
        debt_change=loan.change,
        equity_round=round_.raised,
        down_round=fall.down_round,
        disposal=p.gpu_resale * flows.sold_part * loan.book,
        write_off=-fall.cash * (fall.acquired | fall.bankrupt),
    )
    mood = _mood(world.capital.mood, fall, effects, cards, p, quarter)
    new = _next(world, value, round_, deal, loan, fall, burn, lines, result, flows, mood, cards, p, quarter)
    return new, financing, flows


@dataclass(frozen=True)
class _Value:
    annual: Array  # revenue of the quarter, a year
    arr: Array  # annual revenue that investors pay for
    growth: Array
    multiple: Array
    option: Array
    gap: Array
    valuation: Array


def _valued(
    world: World,
    tuned: Array,
    aligned: AlignmentFlows,
    revenue: Array,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> _Value:
    """ARR times a multiple of growth, plus the option value of the frontier."""
    live = is_live(world)
    alive = live.astype(np.float64)
    mood = world.capital.mood
    annual = YEAR * revenue
    arr = _read_revenue(annual, world.capital.arr_history, p)
    growth = _growth(annual, world.capital.arr_history, p, quarter)
    multiple = clip(p.multiple_base + p.multiple_growth * growth, p.multiple_min, p.multiple_max)
    multiple = multiple * (mood * effects.valuation_effect) * alive
    gap = np.where(live, max_labs(aligned.capability, live) - aligned.capability, 0.0)
    frontier = p.option_value * np.exp(p.option_growth * float(quarter.t) - p.option_slope * gap)
    option = frontier * mood * (p.option_trust + world.society.trust) * alive * p.fame
    option = option * own_frontier(tuned, p)
    return _Value(annual, arr, growth, multiple, option, gap, arr * multiple + option)


def _read_revenue(annual: Array, history: Array, p: Params) -> Array:
    """Annual revenue that investors pay for: partly the quarter's, partly the mean of the year's quarters."""
    known = 1.0 + (history[0] > 0.0) + (history[1] > 0.0) + (history[2] > 0.0)
    mean = (annual + history[0] + history[1] + history[2]) / known
    read: Array = annual + p.arr_trailing * (mean - annual)
    return read


def _growth(annual: Array, history: Array, p: Params, quarter: Quarter) -> Array:
    """Growth of revenue as investors read it: over four quarters, partly the trend through all five of them.

    The trend is the least-squares slope of ln(revenue). Before a year is over, an assumption.
    """
    if not quarter.is_after("revenue_growth_known"):
        return p.growth_unknown + np.zeros_like(annual)
    year_ago = history[-1]
    now, before = (np.log(np.maximum(revenue, TINY)) for revenue in (annual, year_ago))
    read = now - before
    inner = np.log(np.maximum(history[0], TINY)) - np.log(np.maximum(history[2], TINY))
    steady = (history[0] > 0.0) & (history[2] > 0.0)
    trend = YEAR * (2.0 * read + inner) / SLOPE
    read = read + p.growth_trend * np.where(steady, trend - read, 0.0)
    read = np.where((annual > 0.0) & (year_ago > 0.0), read, p.growth_max)
    return clip(read, p.growth_min, p.growth_max)


@dataclass(frozen=True)
class _Round:
    asked: Array
    failed: Flags
    raised: Array


def _round(
    world: World, d: Decisions, value: _Value, pool: Array, cards: Levers, p: Params, quarter: Quarter
) -> _Round:
    """Who asks, whose round fails, and who gets how much of the pool."""
    old = world.capital
    allowed = (old.since_round >= p.round_gap) & is_live(world)
    cap = p.dilution_max / (1.0 - p.dilution_max) * value.valuation
    asked = clip(d.raise_amount, 0.0, cap) * allowed
    distress = positive(old.cash) < p.round_runway * positive(old.burn)
    chance = clip(
        cards["round_fail_plus"]
        + p.round_fail
        + p.round_mood * positive(1.0 - old.mood)
        + p.round_gap_points * positive(value.gap - p.round_gap_free)
        + p.round_distress * distress,
        0.0,
        p.round_fail_max,
    )
    failed = (quarter.dice.round < chance) & (asked > 0.0)
    return _Round(asked, failed, waterfill(asked * ~failed, power(value.valuation, p.pool_exponent), pool))


@dataclass(frozen=True)
class _Deal:
    signs: Flags
    stake: Array  # M$ of equity
    credits: Array  # M$


def _partnership(world: World, d: Decisions, value: _Value, lines: Operating, cards: Levers, p: Params) -> _Deal:
    """A stake for compute credits, while no other partnership lasts; and credits that an event card brought."""
    bill = -total(lines, COMPUTE_LINES)
    enough = (d.partner_equity > 0.0) & (d.partner_equity >= p.partner_min)
    signs = enough & (world.capital.partner_left <= 0.0) & is_live(world)
    stake = d.partner_equity * value.valuation * signs
    return _Deal(signs, stake, cards["credits_per_bill"] * bill + p.partner_premium * stake)


@dataclass(frozen=True)
class _Loan:
    book: Array  # own GPUs after delivery
    sold_book: Array  # book value of the GPUs that the lab chose to sell
    limit: Array
    debt: Array
    change: Array


def _lent(world: World, d: Decisions, delivered: Compute, p: Params) -> _Loan:
    """Loans up to a part of the GPU book; an old debt over it runs off."""
    old = world.capital
    book = gpu_book(delivered, p)
    limit = p.loan_to_value * book * (1.0 - d.sell_gpus)
    debt = clip(old.debt + d.borrow_change, 0.0, np.maximum(limit, p.debt_runoff * old.debt))
    return _Loan(book, d.sell_gpus * book, limit, debt, debt - old.debt)


@dataclass(frozen=True)
class _Rescue:
    down_round: Array
    sold: Array  # part of the GPUs that were left
    cash: Array  # in the end
    acquired: Flags
    bankrupt: Flags


def _rescued(world: World, cash: Array, burn: Array, value: _Value, loan: _Loan, pool: Array, p: Params) -> _Rescue:
    """The four steps of failure, each only when the one before was not enough."""
    short = (cash < 0.0) & is_live(world)
    nothing = np.zeros_like(cash)
    if not short.any():
        return _Rescue(nothing, nothing, cash, short, short)
    old = world.capital
    book = loan.book - loan.sold_book
    wanted = p.rescue_burn * positive(burn) - cash
    cap = np.minimum(p.rescue_dilution * p.rescue_price * value.valuation, p.rescue_pool * pool)
    down = np.where(short & (old.rescues < p.rescue_max), np.minimum(wanted, cap), 0.0)
    after = cash + down
    sells = short & (after < 0.0) & (old.sold_capacity == 0.0) & (book > 0.0)
    sold = np.where(sells, clip(over(p.sale_margin * -after, p.gpu_resale * book), 0.0, p.sale_max), 0.0)
    left = after + p.gpu_resale * sold * book
    lost = (left < 0.0) & short
    buyer = (value.gap < p.exit_gap) & (value.valuation > p.exit_value_min)
    return _Rescue(down, sold, left, lost & buyer, lost & ~buyer)


def _sold_out(world: World, fall: _Rescue, cards: Levers) -> _Rescue:
    """Labs that are alive and answered an offer with yes are bought."""
    if "exit_part" not in cards.moved:
        return fall
    sells = (cards["exit_part"] > 0.0) & is_live(world) & ~fall.bankrupt
    return dataclasses.replace(fall, acquired=fall.acquired | sells)


def _exit_price(cards: Levers, p: Params) -> Array:
    """Part of the value that a buyer pays: what was offered, or what a lab in distress gets."""
    return np.where(cards["exit_part"] > 0.0, cards["exit_part"], p.exit_price)


def _flows(
    world: World,
    d: Decisions,
    value: _Value,
    round_: _Round,
    deal: _Deal,
    loan: _Loan,
    fall: _Rescue,
    burn: Array,
    pool: Array,
    p: Params,
) -> CapitalFlows:
    sold = d.sell_gpus + (1.0 - d.sell_gpus) * fall.sold
    burns = burn > 0.0
    return CapitalFlows(
        arr=value.arr,
        revenue_growth=value.growth,
        multiple=value.multiple,
        option_part=value.option,
        capability_gap=value.gap,
        debt_limit=loan.limit,
        round_asked=round_.asked,
        round_failed=round_.failed.astype(np.float64),
        partner_signed=deal.signs.astype(np.float64),
        credits_new=deal.credits,
        runway=np.where(burns, over(positive(world.capital.cash), burn), RUNWAY_MAX),
        sold_part=sold,
        disposal_loss=(1.0 - p.gpu_resale) * sold * loan.book,
        acquired=fall.acquired.astype(np.float64),
        bankrupt=fall.bankrupt.astype(np.float64),
        equity_pool=pool,
    )


def _next(
    world: World,
    value: _Value,
    round_: _Round,
    deal: _Deal,
    loan: _Loan,
    fall: _Rescue,
    burn: Array,
    lines: Operating,
    result: Result,
    flows: CapitalFlows,
    mood: Array,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> Capital:
    """The accounts a quarter later; those of a lab that ends are cleared in the last line of the turn."""
    old = world.capital
    holders = old.holders * _kept(round_.raised, value.valuation) * _kept(deal.stake, value.valuation)
    holders = holders * _kept(fall.down_round, p.rescue_price * value.valuation)
    holders = np.minimum(cards.times("holders_times", holders), 1.0)
    equity = round_.raised + fall.down_round
    parent = old.parent_funding * np.exp(p.parent_growth * np.exp(-float(quarter.t) / p.parent_fade))
    partner = np.where(deal.signs, p.partner_term, positive(old.partner_left - 1.0))
    return Capital(
        cash=fall.cash,
        credits=old.credits - lines.credits_used + deal.credits,
        debt=loan.debt,
        paid_in=old.paid_in + old.parent_funding + equity + deal.credits,
        retained=old.retained + result.net_result - flows.disposal_loss,
        losses_forward=old.losses_forward - result.losses_used + positive(-result.profit_before_tax),
        valuation=value.valuation,
        holders=np.where(is_live(world), holders, old.holders),
        since_round=old.since_round * (equity <= 0.0) + 1.0,
        rescues=old.rescues + (fall.down_round > 0.0),
        sold_capacity=np.maximum(old.sold_capacity, fall.sold > 0.0),
        arr_history=np.concatenate([value.annual[None], old.arr_history[:-1]]),
        burn=burn,
        parent_funding=cards.times("parent_times", parent),
        partner_left=cards.plus("partner_quarters", cards.times("partner_times", partner)),
        status=old.status + fall.acquired * ACQUIRED + fall.bankrupt * BANKRUPT,
        exit_value=np.where(fall.acquired, _exit_price(cards, p) * value.valuation * holders, old.exit_value),
        mood=mood,
    )


def _mood(mood: Array, fall: _Rescue, effects: Effects, cards: Levers, p: Params, quarter: Quarter) -> Array:
    """Capital mood returns to normal, is shaken, and sinks with every lab that ends."""
    failures = sum_labs((fall.acquired | fall.bankrupt).astype(np.float64))
    given = sum_labs(cards["mood_plus"] + np.zeros_like(fall.cash))
    shock = given + p.mood_sd * quarter.dice.mood + effects.mood_effect - p.failure_mood * failures
    return clip(1.0 + p.mood_persist * (mood - 1.0) + shock, p.mood_min, p.mood_max)


def _kept(sold: Array, value: Array) -> Array:
    """What the holders keep of a company worth ``value`` before it sells shares for ``sold``."""
    return 1.0 - fraction(sold, value + sold)
