"""Alignment by hand: carry, decay, coverage, what evaluations see, what it does to capability."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model import era


def lab(ratio: float = 1.0, base: float = 100.0, flop: float = 1e24) -> era.Era:
    e = era.reseated(era.seats(), [1])
    e = e.with_world("training", model_flop=np.array([[flop]]), base_capability=np.array([[base]]))
    return e.with_world("alignment", align_ratio=np.array([[ratio]]))


def test_alignment_decays_and_grows_by_the_work_on_the_served_model() -> None:
    idle = era.single(lab(), alignment_share=0.0)
    assert idle.after.alignment.align_ratio[0, 0] == pytest.approx(0.97)
    busy = era.single(lab())
    assert busy.after.alignment.align_ratio[0, 0] == pytest.approx(
        0.97 + float(busy.report.training.alignment_flop[0, 0]) / 1e24
    )


def test_a_new_model_carries_over_part_of_the_alignment() -> None:
    e = lab(base=0.0)
    run = {"run_on": 1.0, "run_active": 1e10, "run_sparsity": 1.0, "run_tokens": 0.2, "run_distil": 1.0}
    e = e.with_world("training", **{name: np.array([[value]]) for name, value in run.items()})
    turn = era.single(e, alignment_share=0.0)
    assert turn.report.training.replaced[0, 0] == 1.0
    assert turn.after.alignment.align_ratio[0, 0] == pytest.approx(0.65 * 0.97)


@pytest.mark.parametrize("base", [100.0, 140.0, 180.0])
def test_coverage_has_diminishing_returns_in_the_ratio_over_the_need(base: float) -> None:
    flows = era.single(lab(ratio=3.0 / 0.97, base=base), alignment_share=0.0).report.alignment
    needed = 2.0 * np.exp(0.01 * (base - 100.0))
    assert flows.align_needed[0, 0] == pytest.approx(needed)
    assert flows.coverage[0, 0] == pytest.approx(1.0 - np.exp(-3.0 / needed))


def test_alignment_adds_capability_and_too_much_takes_it_back() -> None:
    some = era.single(lab(ratio=0.8 / 0.97), alignment_share=0.0).report.alignment
    assert some.capability[0, 0] == pytest.approx(100.0 + 6.0 * (1.0 - np.exp(-1.0)))
    assert some.over_refusal[0, 0] == 0.0
    much = era.single(lab(ratio=20.0 / 0.97), alignment_share=0.0).report.alignment  # 4 x (2.5 x need 2)
    assert much.over_refusal[0, 0] == pytest.approx(-8.0)
    assert much.capability[0, 0] == pytest.approx(100.0 + 6.0 - 8.0, abs=1e-6)


def test_evaluations_narrow_what_is_seen_and_make_evidence() -> None:
    blind = era.single(lab(), 0, {"evaluation": 1.0}, evaluation_spend=0.0)
    paid = era.single(lab(), 0, {"evaluation": 1.0}, evaluation_spend=6.0)
    for turn, width in ((blind, 0.30), (paid, 0.15)):
        flows = turn.report.alignment
        assert flows.alignment_width[0, 0] == pytest.approx(width)
        assert flows.alignment_seen[0, 0] == pytest.approx(min(float(flows.coverage[0, 0]) + width, 1.0))
        assert turn.after.alignment.evidence[0, 0] == pytest.approx(float(flows.coverage[0, 0]) - width)


def test_an_alignment_bottleneck_asks_for_more() -> None:
    e = lab()
    row = frozenset({e.params.events.index("alignment_bottleneck")})
    assert era.single(era.with_dates(e, {}, {0: row})).report.alignment.align_needed[0, 0] == pytest.approx(3.4)


def test_the_constitutional_technique_makes_alignment_work_count_for_more() -> None:
    worth = []
    for turn in (era.single(lab(), t) for t in (5, 6)):
        gained = turn.after.alignment.align_ratio[0, 0] - 0.97
        worth.append(gained / turn.report.training.alignment_flop[0, 0])
    assert worth[1] == pytest.approx(1.6 * worth[0])
