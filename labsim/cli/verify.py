"""`labsim verify|salvage`: is a game what its file says, and what can be saved of a damaged one?"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import click

from labsim.cli.games import game_path
from labsim.errors import AnswerIsNo, LabsimError, Problem
from labsim.store.salvage import salvage as recover
from labsim.store.verify import DIGESTS_ONLY, Verdict
from labsim.store.verify import verify as check


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a file.")
def verify(files: tuple[str, ...], as_json: bool) -> None:
    """Play FILES again and compare every number. Exit status 1 when one differs.

    It finds carelessness, not a forger: names, notes, times and forecasts seen are under digests only, which anybody
    can compute again, and who plays other orders and writes the file that belongs to them is not found.
    """
    problems: list[Problem] = []
    unreadable: LabsimError | None = None
    for file in files:
        try:
            verdict = check(game_path(file))
        except LabsimError as error:
            unreadable = error
            if len(files) == 1:
                raise
            for problem in error.problems:
                click.echo(f"{file}: cannot be opened: {problem.what}", err=not as_json)
            continue
        click.echo(json.dumps(_as_data(verdict), ensure_ascii=False) if as_json else _as_text(verdict))
        if not verdict.is_good:
            problems.append(Problem(file, _wrong(verdict), "ask for the file as it was saved"))
    if problems:
        raise AnswerIsNo(*problems)
    if unreadable is not None:
        raise unreadable


def _as_data(verdict: Verdict) -> dict[str, Any]:
    return {**dataclasses.asdict(verdict), "good": verdict.is_good, "digests_only": DIGESTS_ONLY}


def _as_text(verdict: Verdict) -> str:
    how = "bit for bit" if verdict.is_exact else "within 1e-9 (another kind of machine, numpy or source played it)"
    word = "good" if verdict.is_good else "differs"
    lines = [f"{verdict.path}: {word}; {verdict.replayed} of {verdict.turns} turns replayed, compared {how}"]
    lines += [f"  digest does not match: {part}" for part in verdict.broken]
    if (first := verdict.difference) is not None:
        lines.append(f"  first difference: {first.quarter}, {first.lab or 'world'}, {first.variable}: "
                     f"the file says {first.kept!r}, the replay {first.replayed!r}")  # fmt: skip
    lines += [f"  could not check: {what}" for what in verdict.unchecked]
    lines.append(f"  under digests only: {', '.join(DIGESTS_ONLY)}")
    return "\n".join(lines)


def _wrong(verdict: Verdict) -> str:
    if verdict.difference is not None:
        first = verdict.difference
        return f"{first.variable} of {first.lab or 'the world'} in {first.quarter} is not what the replay gives"
    return f"{', '.join(verdict.broken)}: changed after it was saved"


@click.command()
@click.argument("file")
@click.option("--to", "target", metavar="NEW", required=True, help="The file for what is recovered; must not exist.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def salvage(file: str, target: str, as_json: bool) -> None:
    """Recover what can be read of the damaged game in FILE: its orders are played again into a new file."""
    found = recover(game_path(file), Path(target))
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False))
        return
    click.echo(f"{target}: {found.turns} of {found.known} turns, {found.branches} branches, {found.notes} notes")
    for what in found.lost:
        click.echo(f"  lost: {what}")
