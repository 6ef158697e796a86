"""Who buys how many tokens from whom, and what do they pay?

Student: customers compare capability, price, trust and service with a moving norm and with free-standing alternatives,
and move slowly. Cheaper tokens win share and raise use, so total spending on tokens grows as prices fall.
"""

from __future__ import annotations

import numpy as np

from labsim.model.decisions import Decisions
from labsim.model.exogenous import Quarter
from labsim.model.flows import AlignmentFlows, Effects, MarketFlows, ServingFlows, Skills, TrainingFlows
from labsim.model.laws import clip, expectation, logit, max_labs, over, positive, price_norm
from labsim.model.params import AGENTS, CONSUMER, DEVELOPER, ENTERPRISE, SEGMENTS, TOKEN_SEGMENTS, Params
from labsim.model.world import Market, Training, World, is_live
from labsim.variables import Array

SEGMENT = ("segment", "lab", "run")
SEGMENT_WORLD = ("segment", "run")


def market(
    world: World,
    d: Decisions,
    trained: Training,
    released: TrainingFlows,
    aligned: AlignmentFlows,
    capacity: ServingFlows,
    skills: Skills,
    effects: Effects,
    p: Params,
    quarter: Quarter,
) -> tuple[Market, MarketFlows]:
    """Move customers towards their target, grow the market, serve what capacity allows, and bill it."""
    old = world.market
    live = is_live(world)
    s = p.segments
    runs = world.runs
    norm = price_norm(float(quarter.t), p)
    think = np.where(skills.technique_held[p.techniques.index("thinking")] > 0.0, d.thinking, 1.0)
    best = max_labs(aligned.capability, live)
    best_of_all = np.maximum(best, world.training.open_capability)
    units = _adopted(old.units, best_of_all, effects, p, quarter)
    log_think = np.log10(think)
    size = trained.model_active * trained.model_sparsity
    small = p.small_bonus * effects.small_models_effect * np.where(size < p.small_model, 1.0, 0.0)

    found: dict[str, list[Array]] = {name: [] for name in _PER_SEGMENT}
    for row in range(len(SEGMENTS)):
        price = d.price[row]
        ahead = aligned.capability + p.think_gain * log_think * s.think_weight[row] - _expected(row, quarter, p)
        capability = s.cap_weight[row] * ahead / 10.0
        cheap = -s.choice_elasticity[row] * np.log(price / norm[row])
        trust = p.trust_weight * s.trust_factor[row] * (world.society.trust - p.trust_middle)
        brand = s.brand_factor[row] * old.brand[row]
        service = -p.quality_weight * (1.0 - old.quality) - s.latency_weight[row] * np.log(think)
        if row == CONSUMER:
            service = service + p.free_weight * d.free_tier
        if row in (CONSUMER, AGENTS):
            service = service + small
        open_price, open_utility = _open_offer(row, world.training, capacity.open_cost, norm, effects, p, quarter)
        target, open_share, log_total = logit(
            capability + cheap + trust + brand + service, open_utility + np.zeros(runs), live
        )
        share = np.where(live, old.share[row] + p.inertia * (target - old.share[row]), 0.0)
        usage = np.exp(-s.usage_elasticity[row] * np.log(price / s.price_reference[row]))
        bill = price * p.months if row == CONSUMER else price * s.tokens_per_unit[row] * usage
        open_usage = np.exp(-s.usage_elasticity[row] * np.log(open_price / s.price_reference[row]))
        tokens_open = open_share * old.units[row] * s.tokens_per_unit[row] * open_usage
        thought = 1.0 + p.think_demand * s.think_weight[row] * (think - 1.0)
        asked = share * units[row] * s.tokens_per_unit[row] * usage * thought
        values = (capability, cheap, trust, brand, service, target, share, usage, bill, open_share, open_price,
                  log_total, tokens_open, asked)  # fmt: skip
        for name, value in zip(_PER_SEGMENT, values, strict=True):
            found[name].append(value)

    asked = found["asked"]
    free = d.free_tier * p.free_tokens * asked[CONSUMER]
    needed = asked[0] + asked[1] + asked[2] + asked[3] + free
    fraction = np.where(needed > 0.0, np.minimum(over(capacity.capacity, needed), 1.0), 1.0)
    hosts = sum((found["tokens_open"][row] * found["open_price"][row] for row in TOKEN_SEGMENTS), np.zeros(runs))
    share = np.stack(found["share_served"])
    bill = np.stack(found["bill"])
    full = np.zeros_like(share)
    by_segment = np.where(live, share * units[:, None, :] * bill * fraction, 0.0)
    from_customers = by_segment[0] + by_segment[1] + by_segment[2] + by_segment[3]
    from_hosts = np.where(live, world.training.open_owner * p.open_complement * hosts, 0.0)
    flows = MarketFlows(
        **{name: np.stack(found[name]) + full for name in _PER_SEGMENT[:9]},
        revenue_segment=by_segment,
        revenue_customers=from_customers,
        revenue=from_customers + from_hosts,
        open_share=np.stack(found["open_share"]),
        open_price=np.stack(found["open_price"]) + np.zeros((len(SEGMENTS), runs)),
        log_denominator=np.stack(found["log_denominator"]),
        norm=norm + np.zeros((len(SEGMENTS), runs)),
        open_tokens=sum(found["tokens_open"], np.zeros(runs)),
        revenue_open=from_hosts,
        tokens_needed=needed,
        tokens_free=free,
        tokens_served=needed * fraction,
        served_fraction=fraction,
        best_capability=best,
    )
    leads = (released.replaced > 0.0) & (aligned.capability >= best)
    new = Market(
        share=share,
        brand=_brand(old.brand, leads, released.opened, p, quarter),
        prices=d.price,
        quality=p.quality_persist * old.quality + (1.0 - p.quality_persist) * fraction,
        demand_last=needed,
        units=units,
    )
    return new, flows


_PER_SEGMENT = (
    "utility_capability",
    "utility_price",
    "utility_trust",
    "utility_brand",
    "utility_service",
    "target_share",
    "share_served",
    "usage",
    "bill",
    "open_share",
    "open_price",
    "log_denominator",
    "tokens_open",
    "asked",
)


def _expected(row: int, quarter: Quarter, p: Params) -> Array:
    return expectation(float(quarter.t), p)[row]


def _adopted(units: Array, best: Array, effects: Effects, p: Params, quarter: Quarter) -> Array:
    """Market potential adopted at the reference price; grows towards a ceiling that rises with capability."""
    s = p.segments
    ones = np.ones_like(best)
    event = np.stack([effects.consumer_ceiling_effect * ones, ones, ones, effects.agents_ceiling_effect * ones])
    ceiling = s.ceiling * np.exp(s.ceiling_slope * (best - p.index_zero) / 10.0) * event
    growth = s.adoption_rate * (1.0 - units / ceiling) * np.exp(p.demand_sd * quarter.dice.demand)
    return units + units * clip(growth, p.adoption_min, p.adoption_max)


def _open_offer(
    row: int, models: Training, cost: Array, norm: Array, effects: Effects, p: Params, quarter: Quarter
) -> tuple[Array, Array]:
    """Price and utility of the best open-weights model at hosts, in one segment; ``(run,)``."""
    s = p.segments
    hosted = np.maximum(cost * p.open_host_margin, p.open_price_floor * norm[row])
    price = p.open_consumer_price * norm[row] + 0.0 * hosted if row == CONSUMER else hosted
    effort = positive(p.open_discount + effects.open_discount_effect)
    ahead = models.open_capability - effort - _expected(row, quarter, p)
    cheap = -p.open_elasticity * s.choice_elasticity[row] * np.log(price / norm[row])
    return price, s.cap_weight[row] * ahead / 10.0 + cheap + np.log(s.open_access[row])


def _brand(brand: Array, leads: Array, opened: Array, p: Params, quarter: Quarter) -> Array:
    bonus = np.stack([p.brand_lead * leads] * len(SEGMENTS))
    bonus[DEVELOPER] += p.brand_open_developer * opened
    bonus[ENTERPRISE] += p.brand_open_enterprise * opened
    return p.brand_persist * brand + p.brand_sd * quarter.dice.brand + bonus
