"""Chips, rents, power and deliveries, by hand in a world of one or two labs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labsim.model.world import Compute
from tests.model import era


def lab(*rows: int) -> era.Era:
    return era.reseated(era.seats(), rows or (1,))


def follow(e: era.Era, quarters: int, first: era.Turn, t: int = 1) -> list[era.Turn]:
    game = [first]
    for later in range(t, t + quarters):
        game.append(era.single(dataclasses.replace(e, world=game[-1].after), later))
    return game


PRICE = 0.046 * 3.0**0.15  # H100 in 2023Q1 at scarcity 3


def test_purchases_are_scaled_to_the_cash() -> None:
    e = lab().with_world("capital", cash=np.array([[1000.0]]))
    turn = era.single(e, buy_gpus=1e6)
    assert turn.report.compute.chip_price_paid[0, 0] == pytest.approx(PRICE)
    assert turn.report.compute.bought[0, 0] == pytest.approx(850.0 / PRICE)
    assert turn.report.operating.capex_gpu[0, 0] == pytest.approx(-850.0)


def test_no_more_chips_are_granted_than_are_offered() -> None:
    turn = era.single(lab(), reserve_gpus=1e6)
    assert turn.report.compute.reserved[0, 0] == pytest.approx(60_000.0)
    assert turn.report.compute.fill[0, 0] == pytest.approx(0.06)


def test_the_supplier_favours_larger_orders_and_better_relationships() -> None:
    e = lab(1, 1).with_world("compute", relationship=np.array([[0.5], [0.0]]))
    got = era.single(e, reserve_gpus=50_000.0).report.compute.reserved[:, 0]
    weight = np.array([0.8**0.8, 0.3**0.8])
    assert got == pytest.approx(60_000.0 * weight / weight.sum(), rel=1e-6)
    alike = lab(1, 1)
    asks = np.array([[40_000.0], [80_000.0]])
    got = era.single(alike, reserve_gpus=asks).report.compute.reserved[:, 0]
    weight = asks[:, 0] ** 0.75
    assert got == pytest.approx(60_000.0 * weight / weight.sum(), rel=1e-6)


def test_a_contract_works_from_the_next_quarter_for_its_term_and_costs_its_rent() -> None:
    e = lab()
    e = e.with_world("compute", contract_gpus=0.0 * e.world.compute.contract_gpus)
    e = e.with_world("compute", contract_cost=0.0 * e.world.compute.contract_cost)
    e = e.with_world("capital", cash=np.array([[1e6]]))
    game = follow(e, 12, era.single(e, reserve_gpus=1000.0))
    rent = 1.32 * 1.680 * 3.0**0.55 * 0.62
    assert game[0].report.compute.contract_rent[0, 0] == pytest.approx(rent, rel=1e-3)
    due = [float(turn.report.compute.rent_reserved_cost[0, 0]) for turn in game]
    at_work = [float(turn.report.compute.fleet.sum()) for turn in game]
    assert due == pytest.approx([0.0] + [1000.0 * rent * 2190 / 1e6] * 10 + [0.0, 0.0], rel=1e-3)
    assert at_work == pytest.approx([0.0] + [1000.0] * 10 + [0.0, 0.0])


@pytest.mark.parametrize(("scarcity", "first"), [(2.4, 3), (2.6, 4)])
def test_bought_gpus_work_from_the_third_quarter_a_quarter_later_in_scarcity(scarcity: float, first: int) -> None:
    e = lab().with_world("capital", cash=np.array([[1e6]]))
    e = e.with_world("compute", scarcity=np.array([scarcity]), site_power=np.array([[100.0]]))
    game = follow(e, 25, era.single(e, buy_gpus=100.0))
    at_work = [float(turn.report.compute.owned_gpus[0, 0]) for turn in game]
    assert at_work == pytest.approx([0.0] * first + [100.0] * 20 + [0.0] * (26 - first - 20))
    paid = float(game[0].report.compute.capex_gpus[0, 0])
    assert sum(float(turn.report.compute.gpu_depreciation[0, 0]) for turn in game) == pytest.approx(paid)


def test_a_site_feeds_gpus_four_quarters_after_its_order() -> None:
    e = lab().with_world("capital", cash=np.array([[1e5]]))
    game = follow(e, 6, era.single(e, build_power=50.0))
    assert [float(turn.before.compute.site_power[0, 0]) for turn in game] == [0, 0, 0, 0, 0, 50, 50]
    assert game[0].report.operating.capex_site[0, 0] == pytest.approx(-50.0 * 11.0)
    assert [float(turn.before.compute.site_wip.sum()) for turn in game] == pytest.approx([0] + [550.0] * 4 + [0, 0])


def test_gpus_without_power_stand_still() -> None:
    e = lab(2)
    full = era.single(e).report.compute
    dark = era.single(e.with_world("compute", site_power=e.world.compute.site_power / 3.2)).report.compute
    assert full.powered[0, 0] == 1.0
    assert dark.powered[0, 0] == pytest.approx(0.5)
    assert dark.installed_compute[0, 0] == pytest.approx(0.5 * full.installed_compute[0, 0])
    assert dark.energy_cost[0, 0] == pytest.approx(0.5 * full.energy_cost[0, 0])


def test_energy_and_operations_of_own_gpus_cost_what_they_cost() -> None:
    flows = era.single(lab(2)).report.compute  # 110,000 A100 of 0.926 kW bought at 0.021 M$
    assert flows.energy_cost[0, 0] == pytest.approx(110_000 * 0.926 / 1000 * 1.2 * 2190 * 75 / 1e6)
    assert flows.operations_cost[0, 0] == pytest.approx(110_000 * 0.021 * 0.035 / 4)
    assert flows.gpu_depreciation[0, 0] == pytest.approx(110_000 * 0.021 / 20)


def test_on_demand_gpus_come_from_a_pool_and_leave_after_the_quarter() -> None:
    e = lab(1, 1)
    turn = era.single(e, on_demand_gpus=50_000.0)
    assert turn.report.compute.rented[:, 0] == pytest.approx([9_000.0, 9_000.0])  # 0.3 x 4 x 60,000 / 4, halved
    assert turn.after.compute.contract_gpus[0].sum() == 0.0
    rent = 1.32 * 1.680 * 3.0**0.55
    assert turn.report.operating.rent_on_demand[0, 0] == pytest.approx(-9_000 * rent * 2190 / 1e6, rel=1e-3)


def test_scarcity_eases_without_orders_and_rises_with_them() -> None:
    idle = era.single(lab()).after.compute.scarcity[0]
    assert idle == pytest.approx(0.6 * 3.0 + 0.4 * np.sqrt(0.3) * 3.0)
    busy = era.single(lab(), reserve_gpus=4 * 78_000.0).after.compute.scarcity[0]
    assert busy == pytest.approx(0.6 * 3.0 + 0.4 * 2.0 * 3.0)  # four times supply and pool


def test_a_partner_adds_its_mark_up_and_opens_the_door_to_chips() -> None:
    e = lab(1, 1).with_world("capital", partner_left=np.array([[5.0], [0.0]]))
    flows = era.single(e, reserve_gpus=50_000.0).report.compute
    assert flows.contract_rent[0, 0] == pytest.approx(1.12 * flows.contract_rent[1, 0])
    weight = np.array([1.1**0.8, 0.6**0.8])
    assert flows.reserved[:, 0] == pytest.approx(60_000.0 * weight / weight.sum(), rel=1e-6)


def test_the_supplier_remembers_who_took_its_chips_and_slowly_forgets() -> None:
    e = lab(1, 1).with_world("compute", relationship=np.array([[0.5], [0.1]]))
    idle = era.single(e).after.compute.relationship[:, 0]
    assert idle == pytest.approx([0.48, 0.096])
    turn = era.single(e, reserve_gpus=np.array([[3000.0], [1000.0]]))
    assert turn.after.compute.relationship[:, 0] == pytest.approx([0.48 + 0.24 * 0.75, 0.096 + 0.24 * 0.25])


def test_let_capacity_works_for_others_from_the_next_quarter_and_never_earns_what_it_costs() -> None:
    e = lab()  # with contracts cheaper than the market's
    e = e.with_world("compute", contract_cost=0.1 * e.world.compute.contract_cost)
    first = era.single(e, sublet=0.2)
    plain, let = (era.single(dataclasses.replace(e, world=world), 1) for world in (e.world, first.after))
    assert first.report.compute.sublet_due[0, 0] == 0.0
    share = (
        let.report.compute.installed_compute
        / era.single(
            dataclasses.replace(e, world=first.after.replace(compute=still(first))), 1
        ).report.compute.installed_compute
    )
    assert share[0, 0] == pytest.approx(0.8)
    bill = let.report.compute.rent_reserved_cost[0, 0]
    assert let.report.operating.sublet_income[0, 0] == pytest.approx(0.85 * 0.2 * bill)
    assert plain.report.operating.sublet_income[0, 0] == 0.0


def still(turn: era.Turn) -> Compute:
    return dataclasses.replace(turn.after.compute, let_share=0.0 * turn.after.compute.let_share)


def test_let_capacity_brings_the_contract_price_of_the_day_where_that_is_less_than_its_cost() -> None:
    e = lab()
    dear = e.with_world("compute", let_share=np.array([[0.3]]))
    flow = era.single(dear).report
    compute = 9000 * 0.624 / 1.979  # H100e
    rent = flow.compute.market_rent[0]
    assert flow.operating.sublet_income[0, 0] == pytest.approx(0.85 * 0.3 * compute * rent * 2190 / 1e6, rel=1e-6)


def test_reserving_or_buying_in_order_to_let_loses_in_every_reachable_state() -> None:
    for turn in era.play(era.seats(), 24, seed=5, runs=8, strategy=era.ordering(sublet=0.3)):
        fleet = turn.report.compute
        cost = fleet.bill + fleet.gpu_depreciation + fleet.site_depreciation - fleet.rent_on_demand_cost
        assert (fleet.sublet_due <= 0.85 * turn.before.compute.let_share * cost * (1.0 + 1e-12)).all()
