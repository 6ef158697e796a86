"""The market by hand: utilities, shares, adoption, usage, bills, what is not served."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labsim.model.params import CONSUMER, DEVELOPER
from tests.model import era


def pair(**market: np.ndarray) -> era.Era:
    """Two labs alike in all that customers see, with all the capacity they want."""
    e = era.reseated(era.seats(), [1, 1]).with_params(load_factor=np.array([1e6]))
    return e.with_world("market", brand=np.zeros((4, 2, 1)), **market)


def test_utilities_are_weighted_distances_to_what_customers_expect() -> None:
    e = pair(quality=np.array([[1.0], [0.5]]))
    e = e.with_world("society", trust=np.array([[0.6], [0.4]]))
    price = era.defaults(e.world, e.params, era.quiet_quarter(0, e.calendar, e.params)).price
    price = price * np.array([[1.0], [2.0]])
    turn = era.single(e, price=price, free_tier=0.5, alignment_share=0.0)
    flows, capability = turn.report.market, float(turn.report.alignment.capability[0, 0])
    assert flows.utility_capability[:, 0, 0] == pytest.approx(
        [weight * (capability - expected) / 10 for weight, expected in ((0.55, 92), (0.8, 94), (0.75, 98), (1.1, 104))]
    )
    assert flows.utility_price[:, 0, 0] == pytest.approx([0.0] * 4)
    assert flows.utility_price[:, 1, 0] == pytest.approx(
        [-elasticity * np.log(2) for elasticity in (1.3, 2.2, 1.4, 1.8)]
    )
    assert flows.utility_trust[:, 0, 0] == pytest.approx([2.6 * factor * 0.1 for factor in (0.8, 0.5, 1.5, 1.1)])
    assert flows.utility_trust[:, 1, 0] == pytest.approx(-flows.utility_trust[:, 0, 0])
    assert flows.utility_service[:, 0, 0] == pytest.approx([0.4, 0.0, 0.0, 0.0])
    assert flows.utility_service[:, 1, 0] == pytest.approx([-0.6, -1.0, -1.0, -1.0])


def test_customers_move_a_part_of_the_way_to_their_target() -> None:
    e = pair()
    flows = era.single(e).report.market
    start = e.world.market.share
    assert flows.share_served == pytest.approx(start + 0.3 * (flows.target_share - start))
    utility = sum(getattr(flows, f"utility_{term}") for term in ("capability", "price", "trust", "brand", "service"))
    target = np.exp(utility - flows.log_denominator[:, None, :])
    assert flows.target_share == pytest.approx(target)
    outside = np.exp(-flows.log_denominator)
    assert flows.target_share.sum(axis=1) + flows.open_share + outside == pytest.approx(np.ones((4, 1)))


def test_revenue_is_share_times_units_times_the_bill() -> None:
    e = pair()
    turn = era.single(e)
    share, units = turn.report.market.share_served[:, 0, 0], turn.after.market.units[:, 0]
    per_unit = np.array([20.0 * 3, 22.0 * (22 / 20) ** -0.75, 34.0 * (34 / 30) ** -0.55, 26.0 * (26 / 20) ** -0.85])
    assert turn.report.market.revenue_segment[:, 0, 0] == pytest.approx(share * units * per_unit)


def test_adoption_grows_towards_a_ceiling_that_capability_raises() -> None:
    e = pair()
    turn = era.single(e)
    best = float(turn.report.market.best_capability[0])
    ceiling = np.array([70, 110, 110, 50]) * np.exp(np.array([0.22, 0.32, 0.38, 0.5]) * (best - 100) / 10)
    start = np.array([2.4, 3.6, 1.0, 0.08])
    growth = np.array([0.44, 0.44, 0.44, 0.5]) * (1 - start / ceiling)
    assert turn.after.market.units[:, 0] == pytest.approx(start * (1 + growth))
    shrinking = pair(units=np.array([[1e4]] * 4))
    assert era.single(shrinking).after.market.units[:, 0] == pytest.approx([0.95e4] * 4)


def test_free_use_asks_for_tokens_and_pays_nothing() -> None:
    free, paid = era.single(pair(), free_tier=1.0).report.market, era.single(pair(), free_tier=0.0).report.market
    consumer = free.share_served[CONSUMER] * 2.4 * (1 + 0.44 * (1 - 2.4 / 70)) * 6.0
    assert free.tokens_free[0, 0] == pytest.approx(2.5 * consumer[0, 0], rel=0.02)
    assert paid.tokens_free[0, 0] == 0.0
    assert free.share_served[CONSUMER, 0, 0] > paid.share_served[CONSUMER, 0, 0]
    assert free.share_served[DEVELOPER, 0, 0] == pytest.approx(paid.share_served[DEVELOPER, 0, 0])


def test_what_is_not_served_is_not_billed_and_drives_customers_away() -> None:
    e = pair()
    plenty = era.single(e)
    need = plenty.report.market.tokens_needed[0, 0]
    scale = plenty.report.serving.capacity[0, 0] / (0.4 * need)
    short = e.with_params(load_factor=e.params.load_factor / scale)
    half = era.single(short)
    assert half.report.market.served_fraction[0, 0] == pytest.approx(0.4)
    assert half.report.market.revenue[0, 0] == pytest.approx(0.4 * plenty.report.market.revenue[0, 0])
    assert half.after.market.quality[0, 0] == pytest.approx(0.5 + 0.5 * 0.4)
    later = [era.single(dataclasses.replace(short, world=turn.after), 1) for turn in (half, plenty)]
    assert (later[0].report.market.target_share < later[1].report.market.target_share).all()


def test_thinking_wins_capability_costs_latency_and_tokens_once_the_technique_is_in_hand() -> None:
    early = [era.single(pair(), 7, thinking=tau).report.market for tau in (1.0, 10.0)]
    assert early[0].tokens_needed == pytest.approx(early[1].tokens_needed)
    plain, thoughtful = (era.single(pair(), 8, thinking=tau).report.market for tau in (1.0, 10.0))
    gain = (thoughtful.utility_capability - plain.utility_capability)[:, 0, 0]
    assert gain == pytest.approx([w * 8.0 * think / 10 for w, think in zip((0.55, 0.8, 0.75, 1.1), THINK, strict=True)])
    slower = (thoughtful.utility_service - plain.utility_service)[:, 0, 0]
    assert slower == pytest.approx([-weight * np.log(10.0) for weight in (0.3, 0.15, 0.1, 0.05)])
    asked = thoughtful.tokens_needed / plain.tokens_needed
    assert asked[0, 0] > 2.0


THINK = (0.35, 0.6, 0.7, 1.0)


def test_the_open_alternative_is_priced_by_its_hosts() -> None:
    flows = era.single(pair()).report
    norm = np.array([20.0, 22.0, 34.0, 26.0])
    cost = flows.serving.open_cost[0]
    expected = [0.8 * norm[0], *(max(cost * 1.35, 0.02 * price) for price in norm[1:])]
    assert flows.market.open_price[:, 0] == pytest.approx(expected)


def test_brand_fades_and_prices_are_remembered() -> None:
    e = pair().with_world("market", brand=np.ones((4, 2, 1)))
    turn = era.single(e, 0, {"brand": 2.0})
    assert turn.after.market.brand == pytest.approx(np.full((4, 2, 1), 0.93 + 0.2))
    assert turn.after.market.prices == pytest.approx(turn.decisions.price)


def test_small_models_are_liked_while_a_killer_application_lasts() -> None:
    e = pair()
    e = e.with_world("training", model_active=np.array([[5e10], [7e10]]))
    row = frozenset({e.params.events.index("killer_app")})
    flows = era.single(era.with_dates(e, {}, {0: row}), free_tier=0.0).report.market
    assert flows.utility_service[:, 0, 0] == pytest.approx([0.5, 0.0, 0.0, 0.5])
    assert flows.utility_service[:, 1, 0] == pytest.approx([0.0] * 4)


def test_a_lab_whose_release_would_be_held_loses_enterprises_and_agents() -> None:
    e = pair().with_params(hold_weight=np.array([0.25]))
    e = e.with_world("training", model_flop=np.array([[2e25], [2e25]]))
    e = e.with_world("alignment", evidence=np.array([[0.0], [0.9]]))
    e = e.with_world("society", pressure=np.array([0.5]))
    flows = era.single(e, 12).report.market
    assert flows.utility_service[:, 0, 0] - flows.utility_service[:, 1, 0] == pytest.approx([0.0, 0.0, -0.25, -0.25])


def test_capacity_beyond_the_need_and_chips_without_power_are_idle() -> None:
    tight, wide = era.reseated(era.seats(), [1, 1]), pair()
    busy, spare = era.single(tight), era.single(wide)
    assert busy.after.market.idle[0, 0] == 0.0
    capacity, full = spare.report.serving.capacity, spare.report.serving.full_capacity
    unused = (capacity - spare.report.market.tokens_needed) / full
    assert spare.after.market.idle == pytest.approx(unused)
    owner = era.reseated(era.seats(), [2, 2])
    dark = era.single(owner.with_world("compute", site_power=0.25 * owner.world.compute.site_power))
    assert dark.report.compute.powered[0, 0] == pytest.approx(0.4)  # sites of 1.6 times the need, cut to a quarter
    r = dark.report
    spare_part = max(float(((r.serving.capacity - r.market.tokens_needed) / r.serving.full_capacity)[0, 0]), 0.0)
    assert dark.after.market.idle[0, 0] == pytest.approx(0.6 + 0.4 * spare_part)


def test_a_platform_earns_on_the_reach_of_its_own_open_weights() -> None:
    e = pair().with_params(platform=np.array([[21.0], [0.0]]))
    e = e.with_world("training", open_owner=np.array([[1.0], [0.0]]), open_capability=np.array([100.0]))
    turn = era.single(e)
    assert turn.after.market.open_reach[:, 0] == pytest.approx([0.25, 0.0])
    assert turn.report.operating.platform_paid[:, 0] == pytest.approx([21.0 * 0.25 * 100.0, 0.0])


def test_consumers_do_without_at_prices_far_over_the_norm() -> None:
    e = pair().with_params(dear_from=np.array([2.0]), dear_elasticity=np.array([3.0]))
    ordered = era.defaults(e.world, e.params, era.quiet_quarter(0, e.calendar, e.params)).price
    share = e.world.market.share[CONSUMER, :, 0]
    dear = ordered.copy()
    dear[CONSUMER, 0] *= 4.0
    fair, asked = era.single(e, price=2.0 * ordered), era.single(e, price=dear)
    plain = era.single(e)
    assert fair.after.market.units[CONSUMER] == pytest.approx(plain.after.market.units[CONSUMER])
    over = 3.0 * np.log(2.0) * share[0] / share.sum()
    s, units, best = e.params.segments, e.world.market.units[CONSUMER, 0], plain.report.market.best_capability[0]
    ceiling = s.ceiling[CONSUMER, 0] * np.exp(s.ceiling_slope[CONSUMER, 0] * (best - 100.0) / 10.0 - over)
    grown = units * (1.0 + s.adoption_rate[CONSUMER, 0] * (1.0 - units / ceiling))
    assert asked.after.market.units[CONSUMER, 0] == pytest.approx(grown)


def test_thinking_is_billed_in_part_to_those_who_pay_by_the_token() -> None:
    e = pair().with_params(think_billed=np.array([0.7]), think_demand=np.array([0.5]))
    progress = np.ones_like(e.world.people.technique_progress)
    e = e.with_world("people", technique_progress=progress)
    plain, long = era.single(e), era.single(e, thinking=3.0)
    weight = e.params.segments.think_weight[:, 0]
    more = 1.0 + 0.7 * 0.5 * weight * 2.0
    more[CONSUMER] = 1.0
    assert long.report.market.bill[:, 0, 0] / plain.report.market.bill[:, 0, 0] == pytest.approx(more)
