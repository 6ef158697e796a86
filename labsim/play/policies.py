"""How do rivals, and the player's autopilot, decide? One rule set over the state, one row of parameters a lab."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.cards import usual_answers
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import (
    Fleet,
    fleet_speed,
    gpu_book,
    gpus,
    h100e,
    merged,
    ordered_gpus,
    own_and_reserved,
    power_needed,
    rents,
    sum_in_service,
)
from labsim.model.flows import Effects
from labsim.model.gate import PRICE_LIMIT
from labsim.model.laws import (
    KILO,
    MILLION,
    TRILLION,
    YEAR,
    clip,
    max_labs,
    moe_training_factor,
    over,
    positive,
    price_norm,
    sum_first,
    training_flop,
    wage,
)
from labsim.model.params import CONSUMER, TOKEN_SEGMENTS, Params
from labsim.model.roofline import fleet_capacity
from labsim.model.scaling import quarter_flop
from labsim.model.skills import multiplier, software_of
from labsim.model.world import World, is_live
from labsim.play.policy_rows import PolicyRow as PolicyRow
from labsim.play.policy_rows import Rows
from labsim.play.policy_rows import policy_rows as policy_rows
from labsim.variables import REGISTRY, Array

# Literals of the rule set; game choices.
TOKENS_PER_PARAMETER = 18.0
SERVE_MARGIN = 1.25  # capacity planned over last demand
SERVE_MIN, SERVE_MAX = 0.06, 0.62
RUN_SOON = 0.65  # training share assumed when guessing whether a run ends now
RUN_MARGIN = 1.35  # growth of the fleet counted on while a run lasts
RUN_FLOP_MIN = 1e21
DATA_EPOCHS = 2.0
DATA_MIN = 1e10  # tokens
PARENT_PART = 0.3  # of the parent's money that rules count on
QUALITY_SPAN = 10.0  # points of capability over which prices of a lab that is behind fall by PRICE_BEHIND
CONTRACT_SPEED = 0.5
POWER_PLAN, POWER_MARGIN = 2.2, 300.0  # sites are built up to this multiple of need, plus MW
ON_DEMAND_PART, ON_DEMAND_BELOW, ON_DEMAND_RUNWAY = 0.06, 0.93, 3.0
STAFF_REVENUE, STAFF_MIN, STAFF_MAX = 0.45, 20.0, 9000.0
INCOME_YEARS = 8.0  # quarters over which resources count as income
DATA_PART, DATA_MAX = 0.03, 4.0
INFORMATION_GROWTH, INFORMATION_PART = 6.0, 0.02
PARENT_ENOUGH = 600.0  # M$/quarter of parent funding that makes rounds needless
REPAY_RUNWAY = 6.0
THINK_QUALITY, FREE_QUALITY, PRICE_QUALITY = 0.85, 0.9, 0.92
PRICE_STEP, FREE_CUT = 1.12, 0.5
PRICE_MIN = 1e-9  # $
PRICE_BEHIND, PRICE_GAP = 0.10, 3.0
PRICE_COST, PRICE_CAP = 1.15, 1.6
CONSUMER_MIN, CONSUMER_MAX = 6.0, 80.0
EVIDENCE_HIGH, EVIDENCE_LOW, ALIGN_LESS, ALIGN_MORE = 0.80, 0.30, 0.5, 1.25
_SIZES = REGISTRY["design_active"]


def autopilot(world: World, rows: Rows, effects: Effects, p: Params, quarter: Quarter) -> Decisions:
    """The decisions of every lab by its row, before the gate. Reads only the state."""
    rows = rows.at(quarter.t)
    plan = _Plan.of(world, effects, p, quarter)
    inference, full = _serve_first(world, plan, rows, p, quarter)
    rest = 1.0 - inference
    align = rest * (rows.align * _align_urgency(world, quarter))
    train = rest * rows.train
    return Decisions(
        inference_share=inference,
        training_share=train,
        alignment_share=align,
        experiment_share=np.maximum(rest - train - align, REGISTRY["experiment_share"].low),
        start_run=1.0 - world.training.run_on,
        stop_run=plan.zero,
        answer=usual_answers(world, p),
        **_design(world, rows, plan, train, p),
        **_hardware(world, rows, plan, p, quarter),
        **_finance(world, rows, plan, p, quarter),
        **_information(world, rows, plan, p, quarter),
        **_offer(world, rows, plan, full, p, quarter),
    )


@dataclass(frozen=True)
class _Plan:
    """Figures that several rules read."""

    zero: Array
    resources: Array
    revenue: Array
    burn: Array
    owned: Fleet
    fleet: Fleet  # own and reserved
    base_flop: Array
    moe_train: Array  # multiplier of techniques
    price: Array
    contract: Array  # $/h without partner mark-up
    generation: int
    rent_next: Array  # M$ due next quarter
    rent_now: Array  # M$ due this quarter
    depreciation: Array  # M$ a quarter of own GPUs

    @staticmethod
    def of(world: World, effects: Effects, p: Params, quarter: Quarter) -> _Plan:
        c, money = world.compute, world.capital
        owned, contracts = own_and_reserved(c, quarter.t, p)
        fleet = merged(owned, contracts)
        price = rents(world, quarter.generation, effects, p, quarter.t)
        rent_next = sum_first(c.contract_cost[:-1])
        return _Plan(
            zero=np.zeros_like(money.cash),
            resources=positive(money.cash) + money.credits,
            revenue=money.arr_history[0] / YEAR,
            burn=np.maximum(money.burn, 1.0),
            owned=owned,
            fleet=fleet,
            base_flop=quarter_flop(fleet_speed(fleet, p), multiplier("mfu", world, p, quarter), p),
            moe_train=multiplier("moe_train", world, p, quarter),
            price=price.price,
            contract=price.market_contract,
            generation=quarter.generation,
            rent_next=rent_next,
            rent_now=rent_next + c.contract_cost[-1],
            depreciation=sum_in_service(c.bought_cost, c, p) / p.gpu_life,
        )


def _serve_first(world: World, plan: _Plan, rows: Rows, p: Params, quarter: Quarter) -> tuple[Array, Array]:
    """Inference share for the model that will be served, and the capacity of the whole fleet."""
    m = world.training
    factor = moe_training_factor(m.run_sparsity, plan.moe_train, p)
    coming = m.run_done + plan.base_flop * factor * (RUN_SOON * rows.train)
    soon = (m.run_on > 0.0) & (coming >= training_flop(m.run_active, m.run_tokens * TRILLION, p))
    active = np.maximum(np.where(soon, m.run_active * m.run_distil, m.model_active), 1.0)
    sparsity = np.maximum(np.where(soon, m.run_sparsity, m.model_sparsity), 1.0)
    full, replica = fleet_capacity(active, sparsity, plan.fleet, software_of(world, p, quarter), p)
    wanted = over(SERVE_MARGIN * world.market.demand_last, full) + over(p.spare_replicas * replica, gpus(plan.fleet))
    return clip(wanted, SERVE_MIN, SERVE_MAX), full


def _align_urgency(world: World, quarter: Quarter) -> Array:
    evidence = world.alignment.evidence
    low = ALIGN_MORE if quarter.is_after("alignment_stepped_up") else 1.0
    return np.where(evidence > EVIDENCE_HIGH, ALIGN_LESS, np.where(evidence < EVIDENCE_LOW, low, 1.0))


def _design(world: World, rows: Rows, plan: _Plan, train: Array, p: Params) -> dict[str, Array]:
    """A run that the fleet finishes in ``horizon`` quarters, overtrained as the policy likes."""
    factor = moe_training_factor(rows.sparsity, plan.moe_train, p)
    budget = np.maximum(plan.base_flop * train * factor * (rows.horizon * RUN_MARGIN), RUN_FLOP_MIN)
    per_parameter = TOKENS_PER_PARAMETER * rows.overtrain * np.sqrt(rows.sparsity)
    product = budget / p.flop_per_token_train
    wanted = np.sqrt(product * per_parameter)
    tokens = np.minimum(wanted, np.maximum(DATA_EPOCHS * world.training.data * TRILLION, DATA_MIN))
    active = clip(product / tokens, _SIZES.low, _SIZES.high)
    return {
        "design_active": active,
        "design_sparsity": rows.sparsity + plan.zero,
        "design_tokens": product / active / TRILLION,
        "design_distil": rows.distil + plan.zero,
        "design_open": (rows.open >= 1.0) + plan.zero,
        "design_base": plan.zero,
    }


def _hardware(world: World, rows: Rows, plan: _Plan, p: Params, quarter: Quarter) -> dict[str, Array]:
    """Contracts, purchases, sites and on-demand GPUs."""
    c, capital = world.compute, world.capital
    parent = capital.parent_funding
    target = rows.rent * (rows.spend * plan.resources + rows.hope * plan.revenue + PARENT_PART * parent)
    funds = positive(capital.cash + parent)
    need = power_needed(plan.owned, p) + power_needed(ordered_gpus(c, quarter.t, p), p)
    near = c.site_pipeline[-1] + c.site_pipeline[-2]
    room = positive(c.site_power + near - need) / (p.chips.it_kw[plan.generation] / KILO)
    planned = c.site_power + sum_first(c.site_pipeline)
    thin = (world.market.quality < ON_DEMAND_BELOW) & (plan.resources > ON_DEMAND_RUNWAY * plan.burn)
    unit = p.chips.h100e[plan.generation]
    return {
        "buy_gpus": np.minimum(rows.buy * funds / plan.price, room),
        "build_power": rows.site * funds / p.site_cost * (planned < POWER_PLAN * need + POWER_MARGIN),
        "reserve_gpus": positive(target - plan.rent_next) * (CONTRACT_SPEED / (plan.contract * p.hours / MILLION)),
        "on_demand_gpus": h100e(plan.fleet, p) * (ON_DEMAND_PART / unit) * thin,
        "sell_gpus": plan.zero,
        "sublet": plan.zero,
    }


def _finance(world: World, rows: Rows, plan: _Plan, p: Params, quarter: Quarter) -> dict[str, Array]:
    """Rounds, debt and partnership."""
    capital = world.capital
    ask = positive(rows.runway * plan.burn - capital.cash) + rows.ambition * capital.valuation
    gap = rows.borrow * (p.loan_to_value * gpu_book(world.compute, p)) - capital.debt
    moves = (gap > 0.0) | (capital.cash > REPAY_RUNWAY * plan.burn)
    signs = (capital.partner_left <= 0.0) & quarter.is_after("partners_sign")
    return {
        "partner_equity": rows.partner * signs,
        "raise_amount": ask * (capital.parent_funding <= PARENT_ENOUGH),
        "borrow_change": gap * moves,
    }


def _information(world: World, rows: Rows, plan: _Plan, p: Params, quarter: Quarter) -> dict[str, Array]:
    """Staff, technique, data, evaluation, lobbying, transparency."""
    income = plan.resources / INCOME_YEARS + plan.revenue
    pay = rows.spend * plan.resources + STAFF_REVENUE * plan.revenue + PARENT_PART * world.capital.parent_funding
    growth = 1.0 + quarter.t / INFORMATION_GROWTH
    cap = INFORMATION_PART * income
    return {
        "staff_target": clip(pay * (rows.staff / wage(quarter.t, p)), STAFF_MIN, STAFF_MAX),
        "technique_focus": _focus(world, rows, quarter) + plan.zero,
        "data_purchase": np.minimum(income * (DATA_PART / p.data_price), DATA_MAX),
        "evaluation_spend": np.minimum(rows.evaluation * growth, cap),
        "lobbying_spend": np.minimum(rows.lobby * growth, cap),
        "transparency": rows.transparency + plan.zero,
    }


def _focus(world: World, rows: Rows, quarter: Quarter) -> Array:
    """The technique of the row while it is missing, else the first one missing."""
    row = np.maximum(rows.tech, 0.0).astype(np.intp)[:, 0]
    learned = world.people.technique_progress[row, np.arange(len(row))] >= 1.0
    done = learned | quarter.techniques_free[row, 0]
    return np.where((rows.tech < 0.0) | done, -1.0, rows.tech)


def _offer(world: World, rows: Rows, plan: _Plan, full: Array, p: Params, quarter: Quarter) -> dict[str, Array]:
    """Thinking, free tier and prices."""
    quality = world.market.quality
    return {
        "thinking": np.where(quality < THINK_QUALITY, 1.0, rows.thinking),
        "free_tier": rows.free * np.where(quality < FREE_QUALITY, FREE_CUT, 1.0),
        "price": _prices(world, rows, over(plan.rent_now + plan.depreciation, full), p, quarter),
    }


def _prices(world: World, rows: Rows, cost: Array, p: Params, quarter: Quarter) -> Array:
    """Halfway (in logs) from last price to the aim; up when service is bad; not under cost while customers bear it."""
    norm = price_norm(float(quarter.t), p)[:, None, :]
    trend = norm / price_norm(float(max(quarter.t - 1, 0)), p)[:, None, :]
    base = world.training.base_capability
    behind = clip((base - max_labs(base, is_live(world))) / QUALITY_SPAN, -PRICE_GAP, 0.0)
    premium = np.concatenate([rows.premium_c[None], *[rows.premium_t[None]] * len(TOKEN_SEGMENTS)])
    aim = norm * premium * np.exp(PRICE_BEHIND * behind)
    last = np.maximum(world.market.prices * trend, PRICE_MIN)
    price = np.where(world.market.quality < PRICE_QUALITY, last * PRICE_STEP, np.sqrt(last * aim))
    floor = np.minimum(PRICE_COST * cost, PRICE_CAP * norm)
    floor[CONSUMER], highest = CONSUMER_MIN, PRICE_LIMIT * norm + np.zeros_like(cost)
    highest[CONSUMER] = np.minimum(highest[CONSUMER], CONSUMER_MAX)
    return np.minimum(np.maximum(price, floor), highest)
