"""`labsim scenario`: check, show and list scenario files, and print their schema."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from labsim.cli.run import computable
from labsim.errors import AnswerIsNo, BadInput, Collector, LabsimError
from labsim.formats import quarter_name, share
from labsim.play.par_results import kept_results
from labsim.play.turn import play
from labsim.scenario import DEFAULT, Scenario, load_scenario, scenario_text

WIDTH = 100
CHECK_SEED = 1


@click.group()
def scenario() -> None:
    """Check and show scenario files."""


@scenario.command()
@click.argument("files", metavar="SCENARIO...", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> None:
    """Check scenarios, by name or file: the form, every name, unit and range, and that they can be played.

    Exit status 0: all are good; 1: one is not, with every problem of each; 2: a file cannot be read.
    """
    answer, unreadable = Collector(), Collector()
    for file in files:
        try:
            scenario_text(file)
        except LabsimError as error:
            unreadable.extend(error.problems)
            continue
        try:
            loaded = load_scenario(file)
            for _ in computable(play(loaded, CHECK_SEED), loaded):
                pass
        except LabsimError as error:
            answer.extend(error.problems)
        else:
            click.echo(f"{file}: good; {len(loaded.labs)} labs, {loaded.quarters} quarters")
    if unreadable:
        raise BadInput(*unreadable.problems, *answer.problems)
    if answer:
        raise AnswerIsNo(*answer.problems)


@scenario.command()
@click.argument("name", metavar="SCENARIO")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(name: str, as_json: bool) -> None:
    """Show what a scenario is about: briefing, seats, objectives, and what it changes of the base."""
    loaded = load_scenario(name)
    facts = _facts(loaded)
    if as_json:
        click.echo(json.dumps(facts, separators=(",", ":"), allow_nan=False, ensure_ascii=False))
        return
    click.echo(f"{loaded.title or loaded.name} ({loaded.name})")
    click.echo(
        f"{facts['first']} to {facts['last']}, {facts['difficulty'] or 'any'} difficulty, {facts['minutes']} min\n"
    )
    for text in (loaded.lesson, loaded.briefing):
        if text:
            click.echo(textwrap.fill(" ".join(text.split()), WIDTH) + "\n")
    click.echo(f"seats: {', '.join(loaded.labs)}; yours by default: {loaded.default_seat}")
    if loaded.hidden_orders:
        click.echo(f"orders left to the policy: {', '.join(loaded.hidden_orders)}")
    for way in loaded.plays.values():
        click.echo(f"play {way.name}{f' ({way.role})' if way.role else ''}: {way.text or way.title}")
    click.echo("objectives:" if loaded.objectives else "objectives: none")
    for part in loaded.objectives:
        at = part.anchors(loaded.default_seat)
        marks = f"0 at {at.low:g}, 60 at {at.par:g}, 100 at {at.high:g}"
        click.echo(f"  {part.weight:.2f}  {part.label or part.variable} ({part.variable}, {part.over}): {marks}")
    for line in _par_lines(facts["par_results"]):
        click.echo(line)
    click.echo(f"files: {' over '.join(reversed(facts['files']))}")


def _par_lines(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the plays reach over many dice; nothing for a scenario that was not measured."""
    if not results:
        return
    yield f"score over {results[0]['games']} dice, and where eight in ten lie:"
    width = max(len(one["play"]) for one in results)
    for one in sorted(results, key=lambda each: -each["score"]):
        ends = ", ".join(f"{share(one[fate])} {fate}" for fate in ("alive", "sold", "bankrupt") if one[fate])
        span = f"{one['score_low']:.1f} to {one['score_high']:.1f}"
        yield f"  {one['play']:<{width}}  {one['score']:5.1f}  {span:<14}  {ends}"


def _facts(loaded: Scenario) -> dict[str, Any]:
    last = loaded.start + loaded.quarters - 1
    return {
        "name": loaded.name,
        "title": loaded.title,
        "lesson": loaded.lesson,
        "briefing": loaded.briefing,
        "difficulty": loaded.difficulty,
        "minutes": loaded.minutes,
        "first": quarter_name(loaded.start),
        "last": quarter_name(last),
        "quarters": loaded.quarters,
        "seats": list(loaded.labs),
        "default_seat": loaded.default_seat,
        "dice": "quiet" if loaded.is_quiet else "thrown",
        "hidden_orders": list(loaded.hidden_orders),
        "rivals": loaded.rivals,
        "plays": [
            {"name": way.name, "title": way.title, "role": way.role, "text": way.text} for way in loaded.plays.values()
        ],
        "shows": [form.model_dump(exclude_none=True) for form in loaded.shows],
        "objectives": [part.model_dump() for part in loaded.objectives],
        "questions": list(loaded.questions),
        "par_results": [dataclasses.asdict(result) for result in kept_results(loaded)],
        "files": [name for name, _ in loaded.texts],
        "digest": loaded.digest,
    }


@scenario.command()
@click.option("--json", "as_json", is_flag=True, help="Print the JSON schema, for editors.")
def schema(as_json: bool) -> None:
    """Say what a scenario file may hold: keys, and every name with its unit and bounds."""
    from labsim.cli.scenario_schema import json_schema, readable_schema

    click.echo(json_schema() if as_json else readable_schema())


@scenario.command()
@click.argument("name")
@click.option("--based-on", default=DEFAULT, show_default=True, help="The bundled scenario over which it is laid.")
def new(name: str, based_on: str) -> None:
    """Write NAME.toml here: a commented scenario with plays and a lesson, to be filled in."""
    from labsim.cli.scenario_new import write_new

    click.echo(f"written: {write_new(name, based_on, Path())}")


@scenario.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with all columns.")
@click.pass_context
def list_scenarios(context: click.Context, as_json: bool) -> None:
    """List the bundled scenarios; the same as `labsim list scenarios`."""
    from labsim.cli.listing import listing

    context.invoke(listing, what="scenarios", as_json=as_json)
