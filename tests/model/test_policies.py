"""The rule set of rivals and autopilot, by hand for single rules."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.model.decisions import DECISIONS
from labsim.model.exogenous import quiet_quarter
from tests.model import era


def asked(e: era.Era, t: int = 0) -> dict[str, np.ndarray]:
    quarter = quiet_quarter(t, e.calendar, e.params)
    d = era.autopilots(e.world, e, quarter)
    return {v.name: getattr(d, v.name) for v in DECISIONS}


def lab(*rows: int) -> era.Era:
    return era.reseated(era.seats(), rows or (1,))


def test_what_serving_leaves_is_divided_by_the_row() -> None:
    d = asked(lab())  # Anthropic: train 0.32, align 0.17
    rest = 1.0 - d["inference_share"]
    assert d["training_share"] == pytest.approx(rest * 0.32)
    assert d["alignment_share"] == pytest.approx(rest * 0.17)
    total = sum(d[f"{name}_share"] for name in ("inference", "training", "alignment", "experiment"))
    assert total == pytest.approx(np.ones((1, 1)))


def test_serving_comes_first_within_its_bounds() -> None:
    e = lab()
    for demand, share in ((1e6, 0.62), (0.0, 0.06)):
        busy = e.with_world("market", demand_last=np.array([[demand]]))
        assert asked(busy)["inference_share"][0, 0] == share


def test_a_run_is_sized_for_the_horizon_and_overtrained() -> None:
    d = asked(lab())  # overtrain 4, sparsity 4, horizon 2.8: 18 x 4 x 2 tokens a parameter unless data run short
    needed = 6 * d["design_active"] * d["design_tokens"] * 1e12
    base = 9000 * 0.312e15 * 0.255 * 1.38 * 1.17 * 0.90 * 7.884e6
    assert needed == pytest.approx(base * d["training_share"] * 0.58 * 2.8 * 1.35)
    assert d["design_tokens"] * 1e12 / d["design_active"] == pytest.approx(np.array([[144.0]]))
    assert (d["start_run"][0, 0], d["design_sparsity"][0, 0], d["design_distil"][0, 0]) == (1.0, 4.0, 0.25)


def test_a_lab_raises_for_its_runway_and_ambition_unless_a_parent_pays() -> None:
    d = asked(lab(1, 2))
    assert d["raise_amount"][0, 0] == pytest.approx(max(8 * 0.12 * 900 - 900, 0) + 0.16 * 4000)
    assert d["raise_amount"][1, 0] == 0.0


def test_contracts_are_signed_for_half_of_what_is_missing() -> None:
    e = lab()
    d = asked(e)
    due = 7500 * 1.25 * 2190 / 1e6  # five sixths of the contracts run on
    target = 0.9 * 0.29 * 900
    rent = 1.32 * 1.680 * 3.0**0.55 * 0.62 * 2190 / 1e6
    assert d["reserve_gpus"][0, 0] == pytest.approx(0.5 * (target - due) / rent, rel=1e-3)


def test_prices_go_halfway_to_the_aim_and_rise_when_demand_is_not_served() -> None:
    e = lab(0, 1)
    d = asked(e)
    base = e.world.training.base_capability[:, 0]
    behind = np.maximum((base[1] - base[0]) / 10, -3.0)
    assert d["price"][1, 1, 0] == pytest.approx(np.sqrt(22 * 22 * 1.05 * np.exp(0.1 * behind)))
    hungry = asked(e.with_world("market", quality=np.full((2, 1), 0.5)))
    assert hungry["price"][1, :, 0] == pytest.approx([22 * 1.12] * 2)
    assert hungry["free_tier"][:, 0] == pytest.approx([0.25, 0.125])
    assert hungry["thinking"][:, 0] == pytest.approx([1.0, 1.0])


def test_weights_are_released_only_by_those_who_always_do() -> None:
    assert asked(era.seats())["design_open"][:, 0].tolist() == [0, 0, 0, 1, 0, 0, 1]


def test_staff_follows_income_within_bounds() -> None:
    d = asked(lab())
    assert d["staff_target"][0, 0] == pytest.approx(0.2 * 0.29 * 900 / 0.19)
    poor = asked(lab().with_world("capital", cash=np.zeros((1, 1))))
    assert poor["staff_target"][0, 0] == 20.0


def test_partners_are_signed_from_the_calendar_on_when_free_of_one() -> None:
    assert [asked(lab(), t)["partner_equity"][0, 0] for t in (1, 2)] == [0.0, 0.15]
    bound = lab().with_world("capital", partner_left=np.ones((1, 1)))
    assert asked(bound, 2)["partner_equity"][0, 0] == 0.0


def test_evidence_steers_the_work_on_alignment() -> None:
    shares = []
    for evidence in (0.2, 0.5, 0.9):
        d = asked(lab().with_world("alignment", evidence=np.array([[evidence]])), 4)
        shares.append(float(d["alignment_share"][0, 0] / (1 - d["inference_share"][0, 0])))
    assert shares == pytest.approx([0.17 * 1.25, 0.17, 0.17 * 0.5])


def test_the_autopilot_reads_only_the_state() -> None:
    e = era.seats()
    first, again = asked(e, 3), asked(e, 3)
    assert all(np.array_equal(first[name], again[name]) for name in first)
