"""Who buys how many tokens from whom, and what do they pay?

Student: customers compare capability, price, trust and service with a moving norm and with free-standing alternatives,
and move slowly. Cheaper tokens win share and raise use, so total spending on tokens grows as prices fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labsim.model.cards import Levers
from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import (
    AlignmentFlows,
    ComputeFlows,
    Effects,
    MarketFlows,
    Rules,
    ServingFlows,
    Skills,
    TrainingFlows,
)
from labsim.model.laws import (
    POINTS,
    TINY,
    clip,
    expectation,
    fraction,
    logit,
    max_labs,
    over,
    positive,
    price_norm,
    sum_first,
    sum_labs,
)
from labsim.model.params import AGENTS, CONSUMER, DEVELOPER, ENTERPRISE, TOKEN_SEGMENTS, Params
from labsim.model.world import Market, Training, World, is_live
from labsim.variables import Array, Flags

LN10 = np.log(10.0)


def market(
    world: World,
    d: Decisions,
    trained: Training,
    released: TrainingFlows,
    aligned: AlignmentFlows,
    capacity: ServingFlows,
    fleet: ComputeFlows,
    skills: Skills,
    rules: Rules,
    effects: Effects,
    cards: Levers,
    p: Params,
    quarter: Quarter,
) -> tuple[Market, MarketFlows]:
    """Move customers towards their target, grow the market, serve what capacity allows, and bill it."""
    live = is_live(world)
    best = np.where(live.any(axis=0), max_labs(aligned.capability, live), 0.0)
    offer = _offers(world, d, trained, aligned, skills, rules, effects, p, quarter)
    hosts = _hosts(world, capacity.open_cost, effects, p, quarter)
    target, open_share, log_total = logit(offer.utility, hosts.utility, live)
    share = world.market.share + p.inertia * (target - world.market.share)
    units = _adopted(world, d.price, best, effects, p, quarter)
    sales = _sold(d, share, units, offer, capacity.capacity, cards, p)
    reach = world.market.open_reach + p.reach_rate * (world.training.open_owner - world.market.open_reach)
    income = p.platform * reach * world.training.open_capability
    flows = MarketFlows(
        target_share=target,
        share_served=share,
        open_share=open_share,
        log_denominator=log_total,
        norm=price_norm(float(quarter.t), p) + np.zeros_like(open_share),
        best_capability=best,
        platform_income=positive(income) * live,
        **_parts(offer),
        **_billed(world, sales, open_share * hosts.tokens, hosts.price, p),
    )
    new = Market(
        share=share,
        brand=_brand(world.market.brand, released, aligned.capability >= best, cards, p, quarter),
        prices=d.price.copy(),
        quality=p.quality_persist * world.market.quality + (1.0 - p.quality_persist) * sales.fraction,
        idle=_idle(sales, capacity, fleet),
        open_reach=reach,
        demand_last=sales.needed.copy(),
        units=units,
    )
    return new, flows


def _wide(column: Array) -> Array:
    """A figure of the segments, ``(segment, 1 or run)``, beside the labs."""
    return column[:, None, :]


@dataclass(frozen=True)
class _Offers:
    """What the labs offer, ``(segment, lab, run)``: parts of utility, use per unit and thought per answer."""

    capability: Array
    price: Array
    trust: Array
    brand: Array
    service: Array
    paid: Array  # price that customers pay this quarter
    usage: Array
    thought: Array

    @property
    def utility(self) -> Array:
        """The parts together."""
        return self.capability + self.price + self.trust + self.brand + self.service


def _offers(
    world: World,
    d: Decisions,
    trained: Training,
    aligned: AlignmentFlows,
    skills: Skills,
    rules: Rules,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> _Offers:
    s, old = p.segments, world.market
    think = 1.0 + (d.thinking - 1.0) * skills.technique_held[p.techniques.index("thinking")]
    log_think = np.log(think)
    log_price = np.log(d.price)
    unpaid = (1.0 - p.price_rise_paid) * positive(log_price - np.log(np.maximum(old.prices, TINY)))
    log_norm = np.log(price_norm(float(quarter.t), p))
    weight = s.cap_weight / POINTS
    bought = _wide(weight * p.think_gain / LN10 * s.think_weight) * log_think
    ahead = aligned.capability - _wide(expectation(float(quarter.t), p))
    service = -p.quality_weight * (1.0 - old.quality) - _wide(s.latency_weight) * log_think
    small = trained.model_active * trained.model_sparsity < p.small_model
    service[CONSUMER] += p.free_weight * d.free_tier
    if rules.release_delay.any():
        service[[ENTERPRISE, AGENTS]] -= p.hold_weight * rules.release_delay
    service -= p.tune_sameness * trained.model_tuned
    service[[CONSUMER, AGENTS]] += p.small_bonus * effects.small_models_effect * small
    return _Offers(
        capability=_wide(weight) * ahead + bought,
        price=_wide(s.choice_elasticity) * (_wide(log_norm) - log_price),
        trust=_wide(p.trust_weight * s.trust_factor) * (world.society.trust - p.trust_middle),
        brand=_wide(s.brand_factor) * old.brand,
        service=service,
        paid=d.price * np.exp(-unpaid),
        usage=_usage(log_price - unpaid, p) * effects.usage_effect,
        thought=1.0 + _wide(p.think_demand * s.think_weight) * (think - 1.0),
    )


@dataclass(frozen=True)
class _Hosts:
    """The best open-weights model at hosts, ``(segment, run)``."""

    price: Array
    utility: Array
    tokens: Array  # T if all customers chose it


def _hosts(world: World, cost: Array, effects: Effects, p: Params, quarter: Quarter) -> _Hosts:
    s = p.segments
    norm = price_norm(float(quarter.t), p)
    price = np.maximum(cost * p.open_host_margin, p.open_price_floor * norm)
    price[CONSUMER] = p.open_consumer_price * norm[CONSUMER]
    effort = positive(p.open_discount + effects.open_discount_effect)
    ahead = world.training.open_capability - effort - expectation(float(quarter.t), p)
    cheap = -p.open_elasticity * s.choice_elasticity * np.log(price / norm)
    utility = s.cap_weight * ahead / POINTS + cheap + np.log(s.open_access)
    usage = np.exp(-s.usage_elasticity * np.log(price / s.price_reference)) * effects.usage_effect
    return _Hosts(price, utility, world.market.units * s.tokens_per_unit * usage)


def _adopted(world: World, price: Array, best: Array, effects: Effects, p: Params, quarter: Quarter) -> Array:
    """Market potential adopted at the reference price; grows towards a ceiling.

    The ceiling rises with the best capability; that of consumers falls with the price they are asked.
    """
    s, units = p.segments, world.market.units
    best_of_all = np.maximum(best, world.training.open_capability)
    ceiling = s.ceiling * np.exp(s.ceiling_slope * (best_of_all - p.index_zero) / POINTS)
    ceiling[CONSUMER] *= _affordable(world, price[CONSUMER], p, quarter)
    ceiling[CONSUMER] *= effects.consumer_ceiling_effect
    ceiling[AGENTS] *= effects.agents_ceiling_effect
    growth = s.adoption_rate * (1.0 - units / ceiling) * np.exp(p.demand_sd * quarter.dice.demand)
    return units + units * clip(growth, p.adoption_min, p.adoption_max)


def _affordable(world: World, price: Array, p: Params, quarter: Quarter) -> Array:
    """Part of the consumers who would still subscribe at the prices asked, the mean by customers; ``(run,)``.

    A leader that asks far more than the norm keeps its own market small.
    """
    share = world.market.share[CONSUMER]
    dear = np.log(price) - np.log(p.dear_from * price_norm(float(quarter.t), p)[CONSUMER])
    return np.exp(-p.dear_elasticity * fraction(sum_labs(share * positive(dear)), sum_labs(share)))


def _usage(log_price: Array, p: Params) -> Array:
    """Use of a unit at a price over that at the reference price; ``(segment, lab, run)``."""
    s = p.segments
    return np.exp(_wide(s.usage_elasticity) * (_wide(np.log(s.price_reference)) - log_price))


def _bill(paid: Array, usage: Array, p: Params) -> Array:
    """What a unit pays a quarter, $: consumers by the month, the others by the token; ``(segment, lab, run)``."""
    bill = paid * usage * _wide(p.segments.tokens_per_unit)
    bill[CONSUMER] = paid[CONSUMER] * p.months
    return bill


def standing_sales(share: Array, prices: Array, units: Array, p: Params) -> tuple[Array, Array]:
    """Revenue (M$) and paid tokens (T) of a quarter in which nothing moves and all is served: ``(segment, lab, run)``.

    Shares and prices ``(segment, lab, run)``, units ``(segment, run)``; a price of 0 sells nothing.
    """
    usage = _usage(np.log(np.maximum(prices, TINY)), p) * (prices > 0.0)
    sold = share * _wide(units)
    return sold * _bill(prices, usage, p), sold * usage * _wide(p.segments.tokens_per_unit)


@dataclass(frozen=True)
class _Sales:
    bill: Array  # $ a unit (segment, lab, run)
    asked: Array  # units (segment, lab, run)
    needed: Array  # T
    free: Array  # T
    fraction: Array  # served


def _sold(
    d: Decisions, share: Array, units: Array, offer: _Offers, capacity: Array, cards: Levers, p: Params
) -> _Sales:
    """Tokens asked for, and the part of them that capacity serves."""
    per_unit = p.segments.tokens_per_unit
    bill = cards.times("bill_times", _bill(offer.paid, offer.usage, p))
    bill[list(TOKEN_SEGMENTS)] *= 1.0 + p.think_billed * (offer.thought[list(TOKEN_SEGMENTS)] - 1.0)
    asked = share * _wide(units)
    tokens = cards.times("traffic_times", asked * offer.usage * offer.thought * _wide(per_unit))
    free = d.free_tier * p.free_tokens * tokens[CONSUMER]
    needed = sum_first(tokens) + free
    fraction = np.minimum(over(capacity, needed), 1.0) + (needed == 0.0)
    return _Sales(bill, asked, needed, free, fraction)


def _idle(sales: _Sales, capacity: ServingFlows, fleet: ComputeFlows) -> Array:
    """Part of the fleet that nobody uses: serving capacity beyond the need, and own chips without power."""
    spare = fraction(positive(capacity.capacity - sales.needed), capacity.full_capacity)
    without_power = fleet.owned_gpus * (1.0 - fleet.powered)
    dark = fraction(without_power, sum_first(fleet.fleet) + without_power)
    return dark + (1.0 - dark) * spare


def _parts(offer: _Offers) -> dict[str, Array]:
    """What moved the customers."""
    return {
        "utility_capability": offer.capability,
        "utility_price": offer.price,
        "utility_trust": offer.trust,
        "utility_brand": offer.brand,
        "utility_service": offer.service,
        "usage": offer.usage,
    }


def _billed(world: World, sales: _Sales, open_tokens: Array, open_price: Array, p: Params) -> dict[str, Array]:
    """Money from customers and from hosts of own open weights; tokens served."""
    by_segment = sales.asked * sales.bill * sales.fraction
    from_customers = sum_first(by_segment)
    bills = sum_first((open_tokens * open_price)[list(TOKEN_SEGMENTS)])
    from_hosts = world.training.open_owner * (p.open_complement * bills)
    return {
        "bill": sales.bill,
        "open_price": open_price,
        "revenue_segment": by_segment,
        "revenue_customers": from_customers,
        "revenue": from_customers + from_hosts,
        "revenue_open": from_hosts,
        "open_tokens": sum_first(open_tokens),
        "tokens_needed": sales.needed,
        "tokens_free": sales.free,
        "tokens_served": sales.needed * sales.fraction,
        "served_fraction": sales.fraction,
    }


def _brand(brand: Array, released: TrainingFlows, is_best: Flags, cards: Levers, p: Params, quarter: Quarter) -> Array:
    """Brand fades, is shaken, and gains with a model that takes the lead or an open release."""
    following = p.brand_persist * brand + p.brand_sd * quarter.dice.brand + p.brand_lead * (released.replaced * is_best)
    if released.opened.any():
        following[DEVELOPER] += p.brand_open_developer * released.opened
        following[ENTERPRISE] += p.brand_open_enterprise * released.opened
    if "brand_plus" in cards.moved:
        following[CONSUMER] += cards["brand_plus"]
    if "brand_b2b_plus" in cards.moved:
        following[list(TOKEN_SEGMENTS)] += cards["brand_b2b_plus"]
    return following
