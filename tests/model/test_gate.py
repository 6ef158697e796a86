"""The gate: bounds, clipping that is told, neutral orders of the dead, defaults, one seat's orders."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labsim.model.decisions import DECISIONS, ONCE, SETTINGS, shares
from labsim.model.exogenous import Quarter, quiet_quarter
from labsim.model.gate import defaults, gate, limits, merge
from labsim.model.laws import price_norm
from tests.model import era


def quarter(e: era.Era, t: int = 0) -> Quarter:
    return quiet_quarter(t, e.calendar, e.params, e.world.runs)


def test_orders_within_bounds_pass_untouched() -> None:
    e = era.seats()
    q = quarter(e)
    asked = era.autopilots(e.world, e, q)
    allowed, trimmed = gate(asked, e.world, e.params, q)
    assert dict(trimmed) == {}
    assert all(np.array_equal(getattr(allowed, v.name), getattr(asked, v.name)) for v in DECISIONS)


@pytest.mark.parametrize("name", [v.name for v in DECISIONS])
def test_an_order_beyond_its_bounds_is_cut_to_them_and_told(name: str) -> None:
    e = era.seats()
    q = quarter(e)
    plain = defaults(e.world, e.params, q)
    low, high = limits(name, e.world, e.params, q)
    for extreme, bound in ((-1e12, low), (1e18, high)):
        wild = dataclasses.replace(plain, **{name: getattr(plain, name) * 0.0 + extreme})
        allowed, trimmed = gate(wild, e.world, e.params, q)
        assert getattr(allowed, name) == pytest.approx(np.broadcast_to(bound, getattr(plain, name).shape))
        assert set(trimmed) == {name}
        assert trimmed[name].all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_finite_number_is_refused(bad: float) -> None:
    e = era.seats()
    plain = defaults(e.world, e.params, quarter(e))
    wrong = dataclasses.replace(plain, buy_gpus=plain.buy_gpus + bad)
    with pytest.raises(ValueError, match="buy_gpus"):
        gate(wrong, e.world, e.params, quarter(e))


def test_the_dead_order_nothing_and_nobody_is_told() -> None:
    e = era.seats()
    status = np.zeros((7, 1))
    status[3] = 2.0
    ended = e.with_world("capital", status=status)
    q = quarter(ended)
    asked = dataclasses.replace(era.autopilots(ended.world, ended, q), buy_gpus=np.full((7, 1), 9e9))
    allowed, trimmed = gate(asked, ended.world, ended.params, q)
    assert allowed.buy_gpus[:, 0].tolist() == [1e7] * 3 + [0.0] + [1e7] * 3
    assert trimmed["buy_gpus"][:, 0].tolist() == [True] * 3 + [False] + [True] * 3


def test_prices_are_bounded_by_the_norm_and_repayments_by_the_debt() -> None:
    e = era.seats().with_world("capital", debt=np.full((7, 1), 30.0))
    _, high = limits("price", e.world, e.params, quarter(e, 8))
    assert high[:, 0, 0] == pytest.approx(4 * price_norm(8.0, e.params)[:, 0])
    low, _ = limits("borrow_change", e.world, e.params, quarter(e))
    assert low[:, 0].tolist() == [-30.0] * 7


def test_defaults_are_declared_or_follow_from_the_state() -> None:
    e = era.seats()
    d = defaults(e.world, e.params, quarter(e))
    for v in DECISIONS:
        if np.isfinite(v.default):
            assert (getattr(d, v.name) == v.default).all(), v.name
    assert np.array_equal(d.staff_target, e.world.people.staff)
    assert d.price[:, :, 0] == pytest.approx(np.repeat(price_norm(0.0, e.params), 7, axis=1))
    year = 4 * 0.2 * 9000 * 0.312e15 * 0.255 * 1.38 * 1.17 * 0.9 * 7.884e6
    assert 6 * d.design_active[1, 0] * d.design_tokens[1, 0] * 1e12 == pytest.approx(year)
    assert all((getattr(d, name) == 0.0).all() for name in ONCE)


def test_settings_and_once_orders_are_all_the_decisions() -> None:
    assert len(SETTINGS) + len(ONCE) == len(DECISIONS)
    assert set(ONCE) == {
        "buy_gpus", "build_power", "reserve_gpus", "on_demand_gpus", "partner_equity", "start_run", "stop_run",
        "raise_amount", "borrow_change", "sell_gpus", "answer",
    }  # fmt: skip


def test_shares_are_divided_by_their_sum() -> None:
    e = era.seats()
    d = defaults(e.world, e.params, quarter(e))
    parts = shares(dataclasses.replace(d, inference_share=d.inference_share * 2.0))
    assert parts.inference[0, 0] == pytest.approx(0.6 / 1.3)
    total = parts.inference + parts.training + parts.alignment + parts.experiment
    assert total == pytest.approx(np.ones((7, 1)))


def test_one_seats_orders_change_its_row_only() -> None:
    e = era.seats()
    base = era.autopilots(e.world, e, quarter(e))
    merged = merge(base, 2, {"buy_gpus": np.array([7.0]), "price": np.array([[1.0], [2.0], [3.0], [4.0]])})
    assert merged.buy_gpus[2, 0] == 7.0
    assert merged.price[:, 2, 0].tolist() == [1.0, 2.0, 3.0, 4.0]
    others = [0, 1, 3, 4, 5, 6]
    assert np.array_equal(merged.buy_gpus[others], base.buy_gpus[others])
    assert np.array_equal(merged.price[:, others], base.price[:, others])
    assert base.buy_gpus[2, 0] != 7.0
