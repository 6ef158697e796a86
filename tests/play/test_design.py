"""Figures of designs are the engine's: what the Model lab says of a run is what a played quarter does."""

from __future__ import annotations

import dataclasses
import math
from functools import cache

import numpy as np
import pytest

from labsim.model.exogenous import quiet_quarter
from labsim.model.gate import gate
from labsim.model.laws import optimal_design
from labsim.model.step import step
from labsim.play.design import PARTS, Bench, Design, figures, loss_of
from labsim.play.design_curves import at_budget, best_design, frontier, iso_flop, nominal_flop, place
from labsim.play.design_models import known_model, known_models
from labsim.play.design_run import progress
from labsim.play.session import Session
from labsim.play.turn import TurnRecord
from labsim.scenario import load_scenario

SEAT = 1
SMALL = Design(1e9, 8.0, 0.2, 0.5)
LARGE = Design(280e9, 6.43, 13.0)


@cache
def played(quarters: int) -> Session:
    session = Session.new(load_scenario("token-era"), SEAT, 5, on_policy=True)
    for _ in range(quarters):
        session.end_quarter()
    return session


def bench(quarters: int = 4, is_idle: bool = True) -> Bench:
    """The bench after some quarters, without a run in progress unless asked for."""
    session = played(quarters)
    world = session.world()
    if is_idle:
        off = dict.fromkeys(("run_on", "run_done", "run_hold"), world.training.run_on * 0.0)
        world = world.replace(training=dataclasses.replace(world.training, **off))
    made = Bench.of(session.scenario, world, session.preview(), SEAT)
    return dataclasses.replace(made, record=stepped(made, {"start_run": 0.0, "stop_run": 0.0}))


def stepped(made: Bench, orders: dict[str, float]) -> TurnRecord:
    """The quarter of a bench with orders for its seat, on quiet dice."""

    def with_order(name: str, value: float) -> np.ndarray:
        row = getattr(made.record.decisions, name).copy()
        row[SEAT] = value
        return row

    asked = dataclasses.replace(made.record.decisions, **{name: with_order(name, v) for name, v in orders.items()})
    quarter = quiet_quarter(made.record.t, made.calendar, made.p)
    allowed, trimmed = gate(asked, made.world, made.p, quarter)
    world, report = step(made.world, allowed, made.p, quarter)
    return TurnRecord(made.record.t, allowed, trimmed, report, world)


def started(made: Bench, design: Design, **orders: float) -> TurnRecord:
    names = ("design_active", "design_sparsity", "design_tokens", "design_distil", "design_base")
    return stepped(made, {**dict(zip(names, dataclasses.astuple(design), strict=True)), "start_run": 1.0, **orders})


def test_the_parts_of_the_index_are_those_of_the_released_run() -> None:
    made = bench()
    one, flows = figures(SMALL, made), started(made, SMALL).report.training
    assert flows.released[SEAT, 0] == 1.0
    for name in PARTS:
        assert one.parts[name] == pytest.approx(flows.__dict__[f"index_{name}"][SEAT, 0], rel=1e-12, abs=1e-12)
    assert one.flop == pytest.approx(flows.released_flop[SEAT, 0], rel=1e-12)
    assert one.ready == made.record.t
    assert one.is_replacing == bool(flows.replaced[SEAT, 0])


def test_a_design_that_tunes_gives_and_takes_what_the_engine_says() -> None:
    made = bench()
    own = made.world.training
    design = Design(float(own.open_active[0]), float(own.open_sparsity[0]), 0.2, tunes=True)
    one, flows = figures(design, made), started(made, design).report.training
    assert flows.released[SEAT, 0] == 1.0
    for name in PARTS:
        assert one.parts[name] == pytest.approx(flows.__dict__[f"index_{name}"][SEAT, 0], rel=1e-12, abs=1e-12)
    assert one.capability > float(own.open_capability[0])  # half a point of loss, over two of gain
    assert one.needed == pytest.approx(flows.run_needed[SEAT, 0], rel=1e-12)
    longer = figures(dataclasses.replace(design, tokens=2.0), made)
    assert one.capability < longer.capability < one.capability + 3.0
    assert longer.needed == pytest.approx(10.0 * one.needed)
    assert longer.loss == one.loss


def test_needs_pace_and_engineering_are_those_of_the_first_quarter() -> None:
    made = bench()
    design = Design(2e12, 6.0, 60.0, 0.3)
    one, flows = figures(design, made), started(made, design).report.training
    assert one.needed == pytest.approx(flows.run_needed[SEAT, 0], rel=1e-12)
    assert one.needed / one.quarters == pytest.approx(flows.pretraining_flop[SEAT, 0], rel=1e-12)
    assert one.setup == pytest.approx(flows.moe_setup_cost[SEAT, 0], rel=1e-12)
    assert figures(dataclasses.replace(design, sparsity=1.0), made).setup == 0.0


def test_the_served_model_has_the_capacity_that_the_quarter_reports() -> None:
    made = bench()
    models, report = made.record.world.training, made.record.report
    served = Design(float(models.model_active[SEAT, 0]), float(models.model_sparsity[SEAT, 0]), 1.0)
    one = figures(served, made)
    assert one.capacity == pytest.approx(report.serving.capacity[SEAT, 0], rel=1e-12)
    full = report.serving.full_capacity[SEAT, 0]
    spare = made.of_seat(made.parts.inference) - one.capacity / full
    assert (one.volume_share - spare) * full == pytest.approx(one.volume, rel=1e-9)
    assert one.serving_cost * one.volume == pytest.approx(
        report.result.compute_pool[SEAT, 0] * one.volume_share, rel=1e-12
    )


def test_stopping_gives_what_was_told() -> None:
    session = next(played(n) for n in range(1, 12) if has_run(played(n)))
    made = Bench.of(session.scenario, session.world(), session.preview(), SEAT)
    made = dataclasses.replace(made, record=stepped(made, {"stop_run": 0.0, "start_run": 0.0, "training_share": 0.05}))
    run = progress(made)
    assert run is not None
    flows = stepped(made, {"stop_run": 1.0}).report.training
    if flows.released[SEAT, 0]:
        reached = sum(float(flows.__dict__[f"index_{name}"][SEAT, 0]) for name in PARTS)
        assert run.stopped == pytest.approx(reached, rel=1e-12)
    assert run.stopped <= run.finished
    assert 0.0 < run.part < 1.0
    assert progress(bench()) is None


def has_run(session: Session) -> bool:
    own = session.world().training
    return bool(own.run_on[SEAT, 0] > 0.0 and own.run_done[SEAT, 0] > 0.0)


def test_thresholds_hold_from_their_date_on() -> None:
    early, late = bench(2), bench(11)
    assert early.calendar.dates["evidence_rules"] == 10
    assert figures(LARGE, early).rules.is_over == (True, False)
    assert not figures(LARGE, early).rules.is_in_force
    assert figures(LARGE, early).rules.evidence_asked == 0.0
    assert figures(LARGE, late).rules.evidence_asked == pytest.approx(float(late.p.rule_evidence[0]))
    assert figures(SMALL, late).rules.evidence_asked == 0.0


def test_without_a_training_share_a_run_never_ends() -> None:
    made = bench()
    idle = dataclasses.replace(made, record=stepped(made, {"training_share": 0.0}))
    one = figures(LARGE, idle)
    assert math.isinf(one.quarters)
    assert one.ready is None
    assert one.gpus == 0.0


def test_the_curve_at_a_budget_passes_through_the_design() -> None:
    made = bench()
    curve = iso_flop(LARGE, made, LARGE.active, LARGE.active * 100.0)[1]
    assert curve.flop == pytest.approx(nominal_flop(LARGE, made))
    assert curve.loss[0] == pytest.approx(figures(LARGE, made).loss, rel=1e-12)


def test_the_best_dense_size_on_fresh_data_is_the_closed_form() -> None:
    made = bench()
    best = best_design(1e24, 1.0, made)
    assert best.active == pytest.approx(float(optimal_design(np.array([1e24]), made.p)[0][0]), rel=0.01)
    assert nominal_flop(best, made) == pytest.approx(1e24)
    worse = [at_budget(best.active * factor, 1e24, best, made) for factor in (0.5, 2.0)]
    assert all(loss_of(other.run(), made) > loss_of(best.run(), made) for other in worse)


def test_no_design_is_above_the_frontier() -> None:
    made = bench()
    front = frontier(made, 1e23, 1e27)
    assert np.all(front.sparse >= front.dense)
    for model in known_models():
        at = place(model.design, made)
        assert at.index <= np.interp(np.log(at.flop), np.log(front.flop), front.sparse) + 0.2


def test_a_size_that_cannot_be_ordered_gives_the_nearest_one() -> None:
    made = bench()
    far = at_budget(1e30, 1e24, LARGE, made)
    assert far.tokens == pytest.approx(0.01)
    assert nominal_flop(far, made) == pytest.approx(1e24)


def test_known_models_say_where_the_essay_and_6nd_differ() -> None:
    made = bench()
    llama, mixtral = known_model("Llama 3 70B"), known_model("mixtral-8x22b")
    assert nominal_flop(llama.design, made) == pytest.approx(6.3e24, rel=0.02)
    assert llama.essay_flop == pytest.approx(2.0e25)
    assert mixtral.essay_flop is not None
    assert mixtral.essay_flop / nominal_flop(mixtral.design, made) > 4.0
    assert mixtral.design.total == pytest.approx(141e9)
    assert nominal_flop(known_model("gpt4-class").design, made) == pytest.approx(2.18e25, rel=0.01)
    assert all(model.source and model.note and model.confidence for model in known_models())
    with pytest.raises(KeyError):
        known_model("no such model")
