"""How do rivals, and the player's autopilot, decide? One rule set over the state, one row of parameters a lab."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.fleet import fleet_speed, gpu_book, in_service, ordered_gpus, own_and_reserved, power_needed, rents
from labsim.model.flows import Effects
from labsim.model.laws import (
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
from labsim.model.params import CONSUMER, SEGMENTS, Params
from labsim.model.roofline import Software, fleet_capacity
from labsim.model.scaling import Run, quarter_flop
from labsim.model.skills import held, multiplier
from labsim.model.world import World, is_live
from labsim.resources import asset_text
from labsim.variables import Array


@dataclass(frozen=True)
class PolicyRow:
    """One policy: numbers that say how much of what; game choices, range -30 % to +30 %."""

    train: float  # training share of what serving leaves
    align: float  # alignment share of what serving leaves
    horizon: float  # quarters a run should take
    overtrain: float  # tokens per parameter over the compute-optimal 18
    sparsity: float  # total over active parameters
    distil: float  # size of the served student
    open: float  # 1 releases the weights
    premium_c: float  # consumer price over the norm
    premium_t: float  # token prices over the norm
    free: float  # free tier
    rent: float  # appetite for contracts
    buy: float  # share of money spent on GPUs
    site: float  # share of money spent on sites
    borrow: float  # debt over its limit
    staff: float  # share of income spent on staff
    hope: float  # part of revenue counted on when renting
    runway: float  # quarters of burn wanted in cash
    ambition: float  # share of the company sold a round
    spend: float  # part of resources spent a quarter
    evaluation: float  # M$/quarter
    lobby: float  # M$/quarter
    transparency: float  # 0-1
    thinking: float  # tokens of thought per answer token
    partner: float  # equity sold to a partner
    tech: float  # technique to research, -1 none


POLICY_FIELDS = tuple(f.name for f in dataclasses.fields(PolicyRow))


@cache
def policy_rows() -> Mapping[str, PolicyRow]:
    """The named policies of ``assets/policies.csv``."""
    rows = csv.DictReader(asset_text("policies.csv").splitlines())
    return {row["name"]: PolicyRow(**{f: float(row[f]) for f in POLICY_FIELDS}) for row in rows}


@dataclass(frozen=True)
class Rows:
    """Policy numbers of all seats as ``(lab, 1)`` columns."""

    columns: Mapping[str, Array]

    @staticmethod
    def of(rows: Sequence[PolicyRow]) -> Rows:
        """Stack one row a lab."""
        return Rows({f: np.array([[getattr(row, f)] for row in rows]) for f in POLICY_FIELDS})

    def __getattr__(self, name: str) -> Array:
        return self.columns[name]


# Literals of the rule set; game choices.
TOKENS_PER_PARAMETER = 18.0
SERVE_MARGIN = 1.25  # capacity planned over last demand
SERVE_MIN, SERVE_MAX = 0.06, 0.62
RUN_SOON = 0.65  # training share assumed when guessing whether a run ends now
RUN_MARGIN = 1.35  # growth of the fleet counted on while a run lasts
RUN_FLOP_MIN = 1e21
DATA_EPOCHS = 2.0
PARENT_PART = 0.3
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
PRICE_STEP = 1.12
PRICE_BEHIND, PRICE_GAP = 0.10, 3.0
PRICE_COST, PRICE_CAP, PRICE_LIMIT = 1.15, 1.6, 4.0
CONSUMER_MIN, CONSUMER_MAX = 6.0, 80.0
EVIDENCE_HIGH, EVIDENCE_LOW, ALIGN_LESS, ALIGN_MORE = 0.80, 0.30, 0.5, 1.25


def autopilot(world: World, rows: Rows, effects: Effects, p: Params, quarter: Quarter) -> Decisions:
    """The decisions of every lab by its row, before the gate. Reads only the state."""
    plan = _Plan.of(world, effects, p, quarter)
    inference, full = _serve_first(world, plan, rows, p)
    rest = 1.0 - inference
    align = rows.align * _align_urgency(world, quarter)
    train = rest * rows.train
    money = _money(world, rows, plan, p, quarter)
    return Decisions(
        inference_share=inference,
        training_share=train,
        alignment_share=rest * align,
        experiment_share=np.maximum(rest - train - rest * align, 1e-6),
        start_run=np.where(world.training.run_on > 0.0, 0.0, 1.0),
        stop_run=plan.zero,
        **_design(world, rows, plan, train, p),
        **money,
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
    owned: dict[int, Array]
    contracts: dict[int, Array]
    fleet: Array  # GPUs
    base_flop: Array
    software: Software
    moe_train: Array
    price: Array
    contract: Array  # $/h without partner mark-up
    generation: int
    rent_next: Array  # M$ due next quarter
    depreciation: Array  # M$ a quarter of own GPUs

    @staticmethod
    def of(world: World, effects: Effects, p: Params, quarter: Quarter) -> _Plan:
        c, money = world.compute, world.capital
        zero = np.zeros_like(money.cash)
        owned, contracts = own_and_reserved(c, quarter.t, p)
        flags = held(p.techniques, world.people.technique_progress, quarter.techniques_public)
        price = rents(world, quarter.generation, effects, p, quarter.t)
        t = p.techniques
        return _Plan(
            zero=zero,
            resources=positive(money.cash) + money.credits,
            revenue=money.arr_history[0] / 4.0,
            burn=np.maximum(money.burn, 1.0),
            owned=owned,
            contracts=contracts,
            fleet=sum_first(np.stack([*owned.values(), *contracts.values()])),
            base_flop=quarter_flop(fleet_speed((owned, contracts), p), multiplier(t, "mfu", flags), p),
            software=Software(
                level=p.software_start * multiplier(t, "serve", flags),
                prefill=multiplier(t, "prefill", flags),
                moe_serve=multiplier(t, "moe_serve", flags),
                fp8=flags[t.index("fp8_serving")],
                fp4=flags[t.index("fp4_serving")],
            ),
            moe_train=multiplier(t, "moe_train", flags),
            price=price.price + zero,
            contract=price.market_contract + zero,
            generation=quarter.generation,
            rent_next=sum_first(c.contract_cost[:-1]),
            depreciation=sum_first(np.where(in_service(c, p), c.bought_cost, 0.0)) / p.gpu_life,
        )


def _serve_first(world: World, plan: _Plan, rows: Rows, p: Params) -> tuple[Array, Array]:
    """Inference share for the model that will be served, and the capacity of the whole fleet."""
    m = world.training
    on = m.run_on > 0.0
    run = Run(*(np.where(on, x, 1.0) for x in (m.run_active, m.run_sparsity, m.run_tokens, m.run_distil)))
    factor = moe_training_factor(run.sparsity, plan.moe_train, p)
    soon = on & (
        m.run_done + plan.base_flop * factor * RUN_SOON * rows.train >= training_flop(run.active, run.tokens * 1e12, p)
    )
    active = np.maximum(np.where(soon, run.active * run.distil, m.model_active), 1.0)
    sparsity = np.maximum(np.where(soon, run.sparsity, m.model_sparsity), 1.0)
    generations = sorted({*plan.owned, *plan.contracts})
    used = [(g, plan.owned.get(g, plan.zero) + plan.contracts.get(g, plan.zero)) for g in generations]
    full, replica = fleet_capacity(active, sparsity, used, plan.software, p)
    wanted = SERVE_MARGIN * over(world.market.demand_last, full) + over(p.spare_replicas * replica, plan.fleet)
    return clip(wanted, SERVE_MIN, SERVE_MAX), full


def _align_urgency(world: World, quarter: Quarter) -> Array:
    evidence = world.alignment.evidence
    low = ALIGN_MORE if quarter.is_after("alignment_stepped_up") else 1.0
    return np.where(evidence > EVIDENCE_HIGH, ALIGN_LESS, np.where(evidence < EVIDENCE_LOW, low, 1.0))


def _design(world: World, rows: Rows, plan: _Plan, train: Array, p: Params) -> dict[str, Array]:
    """A run that the fleet finishes in ``horizon`` quarters, overtrained as the policy likes."""
    factor = moe_training_factor(rows.sparsity + plan.zero, plan.moe_train, p)
    budget = np.maximum(plan.base_flop * train * factor * rows.horizon * RUN_MARGIN, RUN_FLOP_MIN)
    per_parameter = TOKENS_PER_PARAMETER * rows.overtrain * np.sqrt(rows.sparsity)
    product = budget / p.flop_per_token_train
    active = np.sqrt(product / per_parameter)
    tokens = np.minimum(per_parameter * active, np.maximum(DATA_EPOCHS * world.training.data * 1e12, 1e10))
    active = clip(product / tokens, 1e8, 4e13)
    return {
        "design_active": active,
        "design_sparsity": rows.sparsity + plan.zero,
        "design_tokens": product / active / 1e12,
        "design_distil": rows.distil + plan.zero,
        "design_open": np.where(rows.open >= 1.0, 1.0, 0.0) + plan.zero,
    }


def _money(world: World, rows: Rows, plan: _Plan, p: Params, quarter: Quarter) -> dict[str, Array]:
    """Contracts, purchases, sites, on-demand, rounds, debt and partnership."""
    c, capital = world.compute, world.capital
    parent = capital.parent_funding
    target = rows.rent * (rows.spend * plan.resources + rows.hope * plan.revenue + PARENT_PART * parent)
    gpu_quarter = plan.contract * p.hours / 1e6
    reserve = CONTRACT_SPEED * positive(target - plan.rent_next) / gpu_quarter

    funds = capital.cash + parent
    need = power_needed(plan.owned, p) + power_needed(ordered_gpus(c, quarter.t, p), p)
    near = c.site_pipeline[-1] + c.site_pipeline[-2]
    room = positive(c.site_power + near - need) / (p.chips.it_kw[plan.generation] / 1000.0)
    buy = np.minimum(rows.buy * positive(funds) / plan.price, room)
    planned = c.site_power + sum_first(c.site_pipeline)
    build = np.where(planned < POWER_PLAN * need + POWER_MARGIN, rows.site * positive(funds) / p.site_cost, 0.0)

    thin = (world.market.quality < ON_DEMAND_BELOW) & (plan.resources > ON_DEMAND_RUNWAY * plan.burn)
    unit = p.chips.h100e[plan.generation]
    fleet_h100e = _h100e(plan, p)
    raises = parent <= PARENT_ENOUGH
    ask = positive(rows.runway * plan.burn - capital.cash) + rows.ambition * capital.valuation
    limit = p.loan_to_value * gpu_book(c, p)
    gap = rows.borrow * limit - capital.debt
    repay = (gap < 0.0) & (capital.cash > REPAY_RUNWAY * plan.burn)
    signs = (capital.partner_left <= 0.0) & quarter.is_after("partners_sign")
    return {
        "buy_gpus": buy,
        "build_power": build,
        "reserve_gpus": reserve,
        "on_demand_gpus": np.where(thin, ON_DEMAND_PART * fleet_h100e / unit, 0.0),
        "partner_equity": np.where(signs, rows.partner, 0.0),
        "raise_amount": np.where(raises, ask, 0.0),
        "borrow_change": np.where(repay | (gap > 0.0), gap, 0.0),
        "sell_gpus": plan.zero,
    }


def _h100e(plan: _Plan, p: Params) -> Array:
    return sum_first(
        np.stack([count * p.chips.h100e[g] for d in (plan.owned, plan.contracts) for g, count in d.items()])
    )


def _information(world: World, rows: Rows, plan: _Plan, p: Params, quarter: Quarter) -> dict[str, Array]:
    """Staff, technique, data, evaluation, lobbying, transparency."""
    income = plan.resources / INCOME_YEARS + plan.revenue
    pay = rows.spend * plan.resources + STAFF_REVENUE * plan.revenue + PARENT_PART * world.capital.parent_funding
    growth = 1.0 + quarter.t / INFORMATION_GROWTH
    cap = INFORMATION_PART * income
    row = np.maximum(rows.tech, 0.0).astype(np.intp)[:, 0]
    flags = held(p.techniques, world.people.technique_progress, quarter.techniques_public)
    done = np.stack([flags[row[lab], lab] for lab in range(len(row))]) > 0.0
    return {
        "staff_target": clip(rows.staff * pay / wage(quarter.t, p), STAFF_MIN, STAFF_MAX),
        "technique_focus": np.where((rows.tech < 0.0) | done, -1.0, rows.tech),
        "data_purchase": np.minimum(DATA_PART * income / p.data_price, DATA_MAX),
        "evaluation_spend": np.minimum(rows.evaluation * growth, cap),
        "lobbying_spend": np.minimum(rows.lobby * growth, cap),
        "transparency": rows.transparency + plan.zero,
    }


def _offer(world: World, rows: Rows, plan: _Plan, full: Array, p: Params, quarter: Quarter) -> dict[str, Array]:
    """Thinking, free tier and prices."""
    quality = world.market.quality
    live = is_live(world)
    norm = price_norm(float(quarter.t), p)
    trend = norm / price_norm(float(max(quarter.t - 1, 0)), p)
    base = world.training.base_capability
    behind = clip((base - max_labs(base, live)) / 10.0, -PRICE_GAP, 0.0)
    cost = over(sum_first(world.compute.contract_cost) + plan.depreciation, full)
    prices = []
    for row in range(len(SEGMENTS)):
        premium = rows.premium_c if row == CONSUMER else rows.premium_t
        aim = norm[row] * premium * np.exp(PRICE_BEHIND * behind)
        last = np.maximum(world.market.prices[row] * trend[row], 1e-9)
        price = np.where(quality < PRICE_QUALITY, last * PRICE_STEP, np.sqrt(last * aim))
        if row == CONSUMER:
            price = clip(price, CONSUMER_MIN, CONSUMER_MAX)
        else:
            price = np.maximum(price, np.minimum(PRICE_COST * cost, PRICE_CAP * norm[row]))
        prices.append(np.minimum(price, PRICE_LIMIT * norm[row]))
    return {
        "thinking": np.where(quality < THINK_QUALITY, 1.0, rows.thinking),
        "free_tier": np.where(quality < FREE_QUALITY, rows.free / 2.0, rows.free),
        "price": np.stack(prices),
    }
