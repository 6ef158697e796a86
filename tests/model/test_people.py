"""People and techniques: hiring limits, own research, techniques in hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model import era


def lab_of(staff: float) -> era.Era:
    return era.reseated(era.seats(), [1]).with_world("people", staff=np.array([[staff]]))


@pytest.mark.parametrize(("target", "staff"), [(1000.0, 249.0), (210.0, 210.0), (180.0, 180.0), (0.0, 140.0)])
def test_staff_moves_to_its_target_within_the_limits(target: float, staff: float) -> None:
    assert era.single(lab_of(200.0), staff_target=target).after.people.staff[0, 0] == pytest.approx(staff)


def test_a_lab_researches_the_first_technique_that_it_lacks() -> None:
    e = lab_of(160.0)
    learned = era.single(e).after.people.technique_progress - e.world.people.technique_progress
    expected = np.zeros(len(e.params.techniques.names))
    expected[e.params.techniques.index("flash_attention_2")] = 0.20 * 160.0 / 120.0
    assert learned[:, 0, 0] == pytest.approx(expected)


def test_research_follows_the_focus_and_has_a_fastest_speed() -> None:
    e = lab_of(5000.0)
    focus = e.params.techniques.index("thinking")
    progress = era.single(e, technique_focus=float(focus)).after.people.technique_progress
    assert progress[focus, 0, 0] == 0.5
    assert progress[e.params.techniques.index("flash_attention_2"), 0, 0] == 0.0


def test_a_technique_in_hand_multiplies_from_its_quarter_on() -> None:
    e = lab_of(100.0)
    before, after = (era.single(e, t).report.skills for t in (1, 2))
    assert after.serve[0, 0] == pytest.approx(2.0 * before.serve[0, 0])
    assert after.mfu[0, 0] == pytest.approx(1.15 * before.mfu[0, 0])
    assert before.mfu[0, 0] == pytest.approx(1.38 * 1.17)
    progress = e.world.people.technique_progress.copy()
    progress[e.params.techniques.index("expert_parallel")] = 1.0
    early = era.single(e.with_world("people", technique_progress=progress), 1).report.skills
    assert early.moe_serve[0, 0] == 1.7


def test_a_public_technique_is_free_unless_adopting_it_takes_work() -> None:
    e, row = lab_of(30.0), lab_of(30.0).params.techniques.index("paged_attention")
    assert era.single(e, 4).report.skills.technique_held[row, 0, 0] == 1.0
    slow = e.with_params(adoption_percent=25)
    first = era.single(slow, 4, technique_focus=float(row))
    assert first.report.skills.technique_held[row, 0, 0] == 0.0
    assert first.after.people.technique_progress[row, 0, 0] == pytest.approx(0.20 * 30.0 / (0.25 * 120.0))
    before_public = era.single(slow, 1, technique_focus=float(row))
    assert before_public.after.people.technique_progress[row, 0, 0] == pytest.approx(0.20 * 30.0 / 120.0)


def test_hosts_serve_with_public_techniques_whatever_a_lab_must_adopt() -> None:
    e = lab_of(30.0)
    free, slow = (era.single(era_, 6).report.serving.open_cost for era_ in (e, e.with_params(adoption_percent=25)))
    assert free == pytest.approx(slow)
