"""How do measured lessons read? Plays, stated differences, marks to paste, pacing, and scenarios held together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click
import numpy as np

from labsim import formats
from labsim.formats import quarter_name
from labsim.play.balance_pacing import PACING_DICE, Pacing, named, pacing
from labsim.play.balance_plays import AnchorsFound, Lessons, PlayResult, anchors, exits, lessons, ranking, stated
from labsim.play.balance_rivals import rivals_by_skill
from labsim.play.balance_scenarios import moved, twins
from labsim.scenario import Scenario, load_scenario, scenario_names
from labsim.scenario_shows import FATES

Row = dict[str, Any]
ROLE_ORDER = ("insight", "par", "careful", "autopilot", "trap", "control", "standing", "")


def print_lessons(found: Lessons) -> None:
    """Print the plays of a scenario, then every lesson: stated, measured, holds or FAILS."""
    click.echo(f"{found.scenario.title or found.scenario.name}: {len(found.results[0].score)} dice, paired")
    _table([_result_row(found.scenario, result) for result in _ordered(found.results)])
    click.echo("")
    for shown in found.shown:
        click.echo(f"{'holds' if shown.holds else 'FAILS'}  {stated(shown.form)}")
        better, worse = (_measured(shown.form.measure, value) for value in (shown.better, shown.worse))
        failed = f"; not: {', '.join(shown.failed)}" if shown.failed else ""
        click.echo(f"       {better} against {worse}, better in {formats.share(shown.part)} of the dice{failed}")
    held = sum(shown.holds for shown in found.shown)
    click.echo(f"{held} of {len(found.shown)} lessons hold" if found.shown else "it states no lesson ([[shows]])")


def _ordered(results: Sequence[PlayResult]) -> list[PlayResult]:
    return sorted(results, key=lambda result: (ROLE_ORDER.index(result.play.role), result.play.name))


def _result_row(scenario: Scenario, result: PlayResult) -> Row:
    alive, sold, bankrupt = exits(result)
    row: Row = {
        "play": result.play.name,
        "role": result.play.role,
        "score": f"{result.score.mean():.1f}",
        "alive / sold / bankrupt": " / ".join(formats.share(part) for part in (alive, sold, bankrupt)),
    }
    for objective, marks, values in zip(scenario.objectives, result.marks, result.values, strict=True):
        row[f"{objective.variable} {objective.over}"] = (
            f"{formats.ratio(float(np.median(values)))} ({marks.mean():.0f})"
        )
    return row


def _measured(measure: str, value: float) -> str:
    return formats.share(value) if measure in FATES[1:] else formats.ratio(value)


def as_json(found: Lessons) -> dict[str, object]:
    """Plays and lessons as plain data."""
    objectives = found.scenario.objectives
    plays = [
        {
            "play": result.play.name,
            "role": result.play.role,
            "score": float(result.score.mean()),
            **dict(zip(("alive", "sold", "bankrupt"), exits(result), strict=True)),
            "marks": {o.variable: float(marks.mean()) for o, marks in zip(objectives, result.marks, strict=True)},
            "medians": {o.variable: float(np.median(x)) for o, x in zip(objectives, result.values, strict=True)},
        }
        for result in _ordered(found.results)
    ]
    shown = [
        {
            "lesson": stated(one.form),
            "holds": one.holds,
            "better": one.better,
            "worse": one.worse,
            "part": one.part,
            "failed": list(one.failed),
        }
        for one in found.shown
    ]
    return {"scenario": found.scenario.name, "holds": found.hold, "plays": plays, "shows": shown}


def print_anchors(found: Lessons, own: str) -> bool:
    """Print the objectives with marks taken from the plays, as TOML to paste. Returns whether all could be.

    From another seat than the scenario's ``own``, only the marks of that seat.
    """
    seat, made = found.scenario.default_seat, anchors(found)
    for each in made:
        o, marks = each.objective, list(_marks(each, seat))
        if each.problem:
            click.echo(f"# {each.problem}")
        if seat == own:
            click.echo(f'[[objectives]]\nvariable = "{o.variable}"\nover = "{o.over}"\nweight = {o.weight:g}')
            for mark, note in marks:
                click.echo(f"{mark}  # {note}")
            click.echo(f'scale = "{o.scale}"\nlabel = "{o.label}"\n')
        else:
            inline = ", ".join(mark for mark, _ in marks)
            click.echo(f'# {o.variable} {o.over}\nby_seat."{seat}" = {{ {inline} }}\n')
    return not any(each.problem for each in made)


def _marks(made: AnchorsFound, seat: str) -> Iterator[tuple[str, str]]:
    """Each mark as TOML, the present one where no play sets it, and a remark on what it was."""
    present = made.objective.anchors(seat)
    for name in ("low", "par", "high"):
        value, was = getattr(made, name), getattr(present, name)
        note = "no such play" if value is None else f"was {was:g}"
        yield f"{name} = {float(f'{was if value is None else value:.3g}')!r}", note


def print_pacing(scenario: Scenario, seed: int) -> None:
    """Print what each quarter offers on the path of the par play, and the sums."""
    found = pacing(scenario, seed=seed)
    rows: list[Row] = [
        {
            "quarter": quarter_name(one.t),
            "spread": f"{one.spread:.1f}",
            "best change": named(one.best),
            "real choice": "yes" if one.is_real else "",
        }
        for one in found.quarters
    ]
    click.echo(f"pacing on the path of {found.play.name}, {PACING_DICE} dice")
    _table(rows)
    for line in _pacing_lines(found):
        click.echo(line)


def _pacing_lines(found: Pacing) -> Iterable[str]:
    name, part = found.most_often
    yield f"{formats.share(found.real)} of the quarters hold a real choice (aim 70 %)"
    yield f"longest row of quarters without one: {found.longest_dull} (aim under 3)"
    yield f"best most often: {name}, in {formats.share(part)} of the quarters (aim at most 60 %)"
    yield f"quarters with nothing to decide: {found.nothing}"
    lasts = f"{found.half_life:.1f} quarters" if np.isfinite(found.half_life) else "longer than the game"
    yield f"half-life of a lead in capability: {lasts} (aim at most 6)"
    yield f"comebacks: another lab first in value at the end than at half-time in {formats.share(1 - found.kept_first)}"


def print_rivals(scenario: Scenario, runs: int, seed: int) -> None:
    """Print what the skill of rivals is worth to them, and what it costs the seat on its own policy."""
    _table([{**row} for row in rivals_by_skill(scenario, runs, seed)])


def print_all(runs: int, seed: int) -> bool:
    """Measure every bundled scenario that has plays of its own, and see that no two are the same."""
    found = [lessons(loaded, runs, seed) for name in scenario_names() if (loaded := load_scenario(name)).plays]
    rows: list[Row] = []
    for one in found:
        rows.append(
            {
                "scenario": one.scenario.name,
                "lessons": f"{sum(s.holds for s in one.shown)} of {len(one.shown)} hold",
                "ranking": " > ".join(ranking(one)),
                "moves": len(moved(one.scenario)),
            }
        )
    _table(rows) if rows else click.echo("no bundled scenario has plays of its own")
    same = twins(found)
    for a, b in same:
        click.echo(f"FAILS  {a} and {b} share both the ranking of their plays and what they change")
    if not same:
        click.echo("holds  no two scenarios share both the ranking of their plays and what they change")
    return not same and all(one.hold for one in found)


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    widths = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in rows[0]}
    for row in ({name: name for name in widths}, *rows):
        cells = (
            f"{row[name]!s:<{w}}" if i < 1 else f"{row[name]!s:>{w}}" for i, (name, w) in enumerate(widths.items())
        )
        click.echo("  " + "  ".join(cells).rstrip())
