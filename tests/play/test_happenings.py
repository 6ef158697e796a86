"""What is told of a quarter is what the record says, and every sentence can be made."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest

from labsim.formats import quarter_name
from labsim.play.happenings import Happening, happenings
from labsim.play.turn import TurnRecord, play
from labsim.scenario import Scenario, load_scenario, parse_scenario
from labsim.text import render

SEEDS = range(1, 13)


@cache
def era() -> Scenario:
    return load_scenario("token-era")


@cache
def told() -> tuple[tuple[TurnRecord, TurnRecord | None, int, tuple[Happening, ...]], ...]:
    """Quarters of a batch with what happened in each of its runs."""
    found = []
    before: TurnRecord | None = None
    for record in play(era(), 1, runs=len(SEEDS)):
        for run in range(len(SEEDS)):
            found.append((record, before, run, happenings(record, era(), before, run)))
        before = record
    return tuple(found)


@pytest.mark.parametrize(
    ("event", "flow"),
    [
        ("run_started", lambda r: r.training.run_started),
        ("model_released", lambda r: r.training.replaced),
        ("open_release", lambda r: r.training.opened),
        ("round_closed", lambda r: r.financing.equity_round),
        ("round_failed", lambda r: r.capital.round_failed),
        ("down_round", lambda r: r.financing.down_round),
        ("incident", lambda r: r.society.incident),
        ("antitrust_review", lambda r: r.society.review),
        ("partnership_signed", lambda r: r.capital.partner_signed),
        ("acquired", lambda r: r.capital.acquired),
        ("compute_bankruptcy", lambda r: r.capital.bankrupt),
    ],
)
def test_an_event_is_told_for_each_lab_that_it_befalls_and_no_other(event: str, flow) -> None:  # type: ignore[no-untyped-def]
    for record, _, run, all_told in told():
        befallen = {lab for seat, lab in enumerate(era().labs) if flow(record.report)[seat, run] > 0.0}
        assert {h.lab for h in all_told if h.event == event} == befallen, quarter_name(record.t)


def test_the_runs_met_most_kinds_of_events() -> None:
    kinds = {h.event for *_, all_told in told() for h in all_told}
    assert {"run_started", "model_released", "open_release", "round_closed", "round_failed", "runway_warning"} <= kinds
    assert kinds & {"incident"}
    assert kinds & {"down_round", "compute_bankruptcy", "acquired"}


def test_world_events_come_first_and_concern_no_lab() -> None:
    for record, _, run, all_told in told():
        struck = {
            name for row, name in enumerate(era().params.events.names) if record.report.effects.event_struck[row, run]
        }
        world = [h for h in all_told if h.lab is None]
        assert {h.event for h in world} == struck
        assert list(all_told[: len(world)]) == world


def test_every_event_becomes_a_sentence_with_its_lab() -> None:
    for *_, all_told in told():
        for happening in all_told:
            sentence = render(happening.message)
            assert sentence.endswith(".")
            assert "—" not in sentence, happening
            assert happening.lab is None or happening.lab in sentence


def test_a_run_is_told_as_held_once_and_a_short_runway_when_it_becomes_short() -> None:
    spans: dict[tuple[int, str | None], int] = {}
    for record, before, run, all_told in told():
        for h in all_told:
            if h.event == "run_held":
                seat = era().labs.index(str(h.lab))
                assert before is None or before.report.training.run_held[seat, run] == 0.0
            if h.event == "runway_warning":
                last = spans.get((run, h.lab), -9)
                assert record.t - last >= 2, "a warning is not repeated quarter by quarter"
                spans[run, h.lab] = record.t


def test_a_forced_event_is_told_in_its_quarter() -> None:
    forced = parse_scenario("x", [*era().texts, ("x", 'events.killer_app.force = ["2023Q2"]')])
    first, second = play(forced, 1, 2)
    assert [h.event for h in happenings(first, forced) if h.lab is None] == []
    (event,) = [h for h in happenings(second, forced, first) if h.lab is None]
    assert (event.quarter, event.event) == ("2023Q2", "killer_app")


def test_a_sale_is_distress_only_where_nobody_ordered_it() -> None:
    record = next(iter(play(era(), 1, 1)))
    part = np.zeros_like(record.world.capital.cash)
    part[1] = 0.5

    def with_sale(ordered: float) -> TurnRecord:
        lines = dataclasses.replace(record.report.financing, disposal=part * 100.0)
        capital = dataclasses.replace(record.report.capital, sold_part=part)
        decisions = dataclasses.replace(record.decisions, sell_gpus=part * 0.0 + ordered)
        report = dataclasses.replace(record.report, financing=lines, capital=capital)
        return dataclasses.replace(record, decisions=decisions, report=report)

    def sales(ordered: float) -> list[str]:
        return [h.event for h in happenings(with_sale(ordered), era()) if h.event in ("capacity_sale", "gpus_sold")]

    assert sales(0.0) == ["capacity_sale"]
    assert sales(0.5) == ["gpus_sold"]
