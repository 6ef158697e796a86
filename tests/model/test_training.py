"""Training by hand: progress, release, index, stagnation, algorithms, data, open weights."""

from __future__ import annotations

import numpy as np
import pytest

from labsim.model.scaling import Run, flop_needed, predicted_index
from labsim.variables import Array
from tests.model import era


def cell(x: float) -> Array:
    return np.array([[x]])


def lab(*rows: int, **training: float) -> era.Era:
    e = era.reseated(era.seats(), rows or (1,))
    zero = np.zeros((e.world.labs, 1))
    return e.with_world("training", **{name: zero + value for name, value in training.items()})


def in_progress(done: float = 0.0, active: float = 1e10, tokens: float = 0.2, **more: float) -> dict[str, float]:
    run = {"run_on": 1.0, "run_active": active, "run_sparsity": 1.0, "run_tokens": tokens, "run_distil": 1.0}
    return {**run, "run_done": done, **more}


def test_the_fleet_makes_the_flop_of_its_chips_at_their_utilisation() -> None:
    turn = era.single(lab(**in_progress(active=1e12, tokens=100.0)), training_share=0.3, inference_share=0.2)
    flop = 9000 * 0.312e15 * 0.255 * 1.38 * 1.17 * 0.90 * 7.884e6  # 9,000 A100
    assert turn.report.training.fleet_flop[0, 0] == pytest.approx(flop)
    assert turn.report.training.pretraining_flop[0, 0] == pytest.approx(0.3 * flop)
    assert turn.report.training.experiment_flop[0, 0] == pytest.approx(0.42 * flop)
    assert turn.report.training.alignment_flop[0, 0] == pytest.approx(0.08 * flop * 0.7)


def test_a_sparse_run_uses_the_fleet_less_well_and_costs_its_setup() -> None:
    dense = era.single(lab(), start_run=1.0, design_active=1e12, design_tokens=100.0)
    sparse = era.single(lab(), start_run=1.0, design_active=1e12, design_tokens=100.0, design_sparsity=8.0)
    ratio = sparse.report.training.pretraining_flop / dense.report.training.pretraining_flop
    assert ratio[0, 0] == pytest.approx(0.58)
    assert sparse.report.operating.moe_setup_paid[0, 0] == -10.0
    assert dense.report.operating.moe_setup_paid[0, 0] == 0.0


def test_without_a_run_the_training_share_goes_to_research() -> None:
    flows = era.single(lab()).report.training
    assert flows.pretraining_flop[0, 0] == 0.0
    assert flows.experiment_flop[0, 0] == pytest.approx(0.62 * flows.fleet_flop[0, 0])


def test_a_run_is_released_when_its_flop_is_done_and_the_rest_goes_to_research() -> None:
    e = lab(**in_progress(base_capability=0.0))
    needed = 6 * 1e10 * 0.2e12 * 1.03
    turn = era.single(e)
    flows = turn.report.training
    assert flows.run_needed[0, 0] == pytest.approx(needed)
    assert flows.pretraining_flop[0, 0] == pytest.approx(needed)
    share = 0.62 * flows.fleet_flop[0, 0]
    assert flows.experiment_flop[0, 0] == pytest.approx(share - needed)
    assert (flows.released[0, 0], flows.replaced[0, 0], turn.after.training.run_on[0, 0]) == (1.0, 1.0, 0.0)
    assert turn.after.training.model_flop[0, 0] == pytest.approx(6 * 1e10 * 0.2e12)


def test_the_index_of_a_release_is_the_sum_of_its_parts_and_luck_moves_it_by_its_spread() -> None:
    e = lab(**in_progress(base_capability=0.0), algo_lead=0.15)
    quiet, lucky = era.single(e), era.single(e, 0, {"luck": 1.0})
    plain = predicted_index(
        Run(cell(1e10), cell(1.0), cell(0.2), cell(1.0)), cell(9.0), cell(0.15), cell(0.0) > 0.0, e.params
    )
    assert quiet.after.training.base_capability[0, 0] == pytest.approx(plain.total[0, 0])
    gained = lucky.after.training.base_capability - quiet.after.training.base_capability
    assert gained[0, 0] == pytest.approx(2.5)
    names = ("size", "design", "data", "moe", "algorithms", "distillation", "luck", "stagnation")
    parts = [getattr(lucky.report.training, f"index_{name}") for name in names]
    assert sum(parts)[0, 0] == pytest.approx(lucky.after.training.base_capability[0, 0], rel=1e-12)


def test_a_model_much_worse_than_the_served_one_does_not_replace_it() -> None:
    for base, replaced in ((1000.0, 0.0), (0.0, 1.0)):
        turn = era.single(lab(**in_progress(base_capability=base)))
        assert turn.report.training.released[0, 0] == 1.0
        assert turn.report.training.replaced[0, 0] == replaced
        assert turn.after.training.run_on[0, 0] == 0.0
        assert (turn.after.training.base_capability[0, 0] == base) == (replaced == 0.0)


def test_stopping_a_run_releases_what_it_has_learned_so_far() -> None:
    e = lab(**in_progress(active=1e11, tokens=10.0, base_capability=0.0))
    turn = era.single(e, stop_run=1.0)
    seen = 10.0 * float(turn.report.training.pretraining_flop[0, 0] / turn.report.training.run_needed[0, 0])
    assert 0.2 < seen < 9.0
    assert turn.report.training.released_flop[0, 0] == pytest.approx(6 * 1e11 * seen * 1e12)
    assert turn.report.training.tokens_trained[0, 0] == pytest.approx(seen)
    assert era.single(e).report.training.released[0, 0] == 0.0


def test_a_student_is_smaller_less_capable_and_costs_extra_flop() -> None:
    e = lab(**in_progress(base_capability=0.0))
    student = lab(**{**in_progress(base_capability=0.0), "run_distil": 0.1})
    whole, small = era.single(e), era.single(student)
    lost = whole.after.training.base_capability - small.after.training.base_capability
    assert lost[0, 0] == pytest.approx(9.0)
    assert small.after.training.model_active[0, 0] == pytest.approx(1e9)
    run = Run(cell(1e10), cell(1.0), cell(0.2), cell(0.1))
    assert flop_needed(run, e.params)[0, 0] == pytest.approx(6 * 1e10 * 0.2e12 * 1.03 * 1.06)


def test_stagnation_takes_part_of_the_gain_over_the_served_model() -> None:
    e = lab(**in_progress(base_capability=10.0))
    row = frozenset({e.params.events.index("scaling_stagnation")})
    free, slow = era.single(e), era.single(era.with_dates(e, {}, {0: row}))
    gain = free.after.training.base_capability[0, 0] - 10.0
    assert slow.after.training.base_capability[0, 0] - 10.0 == pytest.approx(0.6 * gain)


def test_a_start_is_ignored_while_a_run_is_on() -> None:
    e = lab(**in_progress(active=1e12, tokens=100.0))
    turn = era.single(e, start_run=1.0, design_active=2e9, design_tokens=1.0)
    assert turn.report.training.run_started[0, 0] == 0.0
    assert turn.after.training.run_active[0, 0] == 1e12


def test_algorithms_leak_are_made_by_research_and_become_public() -> None:
    e = lab(1, 1, algo_lead=0.5)
    e = e.with_world("people", staff=np.array([[100.0], [50.0]]))
    turn = era.single(e, experiment_share=np.array([[0.42], [0.0]]))
    flows = turn.report.training.experiment_flop
    effort = (float(flows[1, 0] / flows[0, 0])) ** 0.55 * 0.5**0.2
    assert turn.after.training.algo_lead[:, 0] == pytest.approx([0.42 + 0.12, 0.42 + 0.12 * effort])
    assert turn.after.training.algo_public[0] == pytest.approx(0.19 + 0.03 * 0.5)


def test_data_grows_with_the_web_and_with_purchases() -> None:
    turn = era.single(lab(), data_purchase=2.0)
    assert turn.after.training.data[0, 0] == pytest.approx(9.0 + 0.9 + 2.0)
    assert turn.report.operating.data_paid[0, 0] == -120.0


def test_an_open_release_wins_brand_community_and_the_lead_of_open_weights() -> None:
    e = lab(1, 1, **in_progress(base_capability=0.0), algo_lead=0.0)
    e = e.with_world("training", run_open=np.array([[1.0], [0.0]]), open_capability=np.array([1.0]))
    turn = era.single(e)
    models, closed = turn.after.training, era.single(e.with_world("training", run_open=np.zeros((2, 1))))
    assert turn.report.training.opened[:, 0].tolist() == [1.0, 0.0]
    assert models.open_owner[:, 0].tolist() == [1.0, 0.0]
    assert models.open_capability[0] == pytest.approx(models.base_capability[0, 0])
    assert models.open_active[0] == 1e10
    assert (models.algo_lead - closed.after.training.algo_lead)[:, 0] == pytest.approx([0.1, 0.0])
    brand = (turn.after.market.brand - closed.after.market.brand)[:, :, 0]
    assert brand[:, 0] == pytest.approx([0.0, 0.25, 0.08, 0.0])
    assert brand[:, 1] == pytest.approx([0.0] * 4)


def test_open_weights_are_tuned_by_their_users_and_a_worse_release_takes_no_lead() -> None:
    e = lab(1, **in_progress(base_capability=0.0, run_open=1.0))
    far = e.with_world("training", open_capability=np.array([500.0]))
    turn = era.single(far)
    assert turn.report.training.opened[0, 0] == 1.0
    assert turn.after.training.open_capability[0] == pytest.approx(501.2)
    assert turn.after.training.open_owner[0, 0] == 0.0


def test_hosts_pay_the_owner_of_the_leading_open_model_a_part_of_their_bills() -> None:
    e = lab(1, 1).with_world("training", open_owner=np.array([[1.0], [0.0]]))
    flows = era.single(e).report.market
    p = e.params
    usage = (flows.open_price[1:, 0] / p.segments.price_reference[1:, 0]) ** -p.segments.usage_elasticity[1:, 0]
    bills = flows.open_share[1:, 0] * e.world.market.units[1:, 0] * usage * flows.open_price[1:, 0]
    assert flows.revenue_open[:, 0] == pytest.approx([0.2 * bills.sum(), 0.0])
    assert flows.revenue[0, 0] == pytest.approx(flows.revenue_customers[0, 0] + 0.2 * bills.sum())


def test_a_new_leader_of_capability_wins_brand_and_a_follower_none() -> None:
    e = lab(1, 1, **in_progress(base_capability=0.0))
    follower = e.with_world("training", base_capability=np.array([[0.0], [900.0]]), run_on=np.array([[1.0], [0.0]]))
    assert era.single(e).after.market.brand[0, 0, 0] == pytest.approx(0.93 * e.world.market.brand[0, 0, 0] + 0.06)
    behind = era.single(follower)
    assert behind.report.training.replaced[0, 0] == 1.0
    assert behind.after.market.brand[0, 0, 0] == pytest.approx(0.93 * e.world.market.brand[0, 0, 0])


def test_labs_that_are_gone_are_nobodys_rivals_in_research() -> None:
    e = lab(1, 0)
    ended = e.with_world("capital", status=np.array([[0.0], [2.0]]))
    alone = era.single(ended)
    assert alone.after.training.algo_lead[0, 0] == pytest.approx(0.84 * 0.15 + 0.12)
    assert alone.after.training.algo_lead[1, 0] == 0.0


def tuned(tokens: float, **orders: float) -> era.Turn:
    e = lab(open_capability=90.0, open_active=1e9, open_sparsity=2.0, open_flop=3e24, base_capability=50.0)
    e = e.with_world("training", open_capability=np.array([90.0]), open_active=np.array([1e9]))
    e = e.with_world("training", open_sparsity=np.array([2.0]), open_flop=np.array([3e24]))
    return era.single(e, start_run=1.0, design_base=1.0, design_tokens=tokens, design_active=1e13, **orders)


def test_a_tuned_run_takes_the_best_open_weights_and_gains_with_its_tokens() -> None:
    short, long = tuned(0.02), tuned(1.0)
    for turn, tokens in ((short, 0.02), (long, 1.0)):
        gain = 3.0 * (1.0 - np.exp(-tokens / 0.1))
        assert turn.report.training.run_needed[0, 0] == pytest.approx(6 * 1e9 * tokens * 1e12 * 1.03)
        assert turn.report.training.index_base[0, 0] == pytest.approx(90.0 - 2.0 + gain)
        assert turn.after.training.base_capability[0, 0] == pytest.approx(90.0 - 2.0 + gain)
        assert turn.after.training.model_active[0, 0] == pytest.approx(1e9)
        assert turn.after.training.model_sparsity[0, 0] == pytest.approx(2.0)
        assert turn.after.training.model_flop[0, 0] == pytest.approx(3e24)  # what alignment must be in proportion to
        assert turn.report.training.index_size[0, 0] == 0.0


def test_tuned_weights_never_become_the_open_model_that_others_build_on() -> None:
    turn = tuned(1.0, design_open=1.0)
    assert turn.report.training.released[0, 0] == 1.0
    assert turn.report.training.opened[0, 0] == 0.0
    assert turn.after.training.open_owner[0, 0] == 0.0


def test_a_tuned_run_goes_on_with_the_weights_it_began_with() -> None:
    e = lab(**in_progress(active=1e12, tokens=100.0, run_base=1.0))
    turn = era.single(e, design_base=0.0)
    assert turn.after.training.run_base[0, 0] == 1.0
    assert turn.after.training.run_active[0, 0] == 1e12


def test_a_tuned_model_is_no_frontier_of_ones_own_and_like_what_any_host_offers() -> None:
    turn = tuned(1.0)
    assert turn.after.training.model_tuned[0, 0] == 1.0
    own = lab(base_capability=turn.after.training.base_capability[0, 0])
    plain = era.single(own, start_run=0.0)
    r, other = turn.report, plain.report
    gap = r.capital.capability_gap[0, 0] - other.capital.capability_gap[0, 0]
    ratio = 0.1 * np.exp(-own.params.option_slope[0] * gap)
    assert r.capital.option_part[0, 0] == pytest.approx(ratio * other.capital.option_part[0, 0])
    assert r.market.utility_service[:, 0, 0] == pytest.approx(other.market.utility_service[:, 0, 0] - 0.6)
