"""`labsim selftest`: check that this installation is whole."""

from __future__ import annotations

import json

import click

from labsim import __version__
from labsim.cli.checks import CHECKS, problems_of
from labsim.errors import AnswerIsNo, LabsimError
from labsim.play.fingerprint import MODEL_VERSION, engine_fingerprint


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def selftest(as_json: bool) -> int:
    """Check files, constants, scenarios and a short run against what was built; exit status 1 names what differs."""
    found = {name: problems_of(name) for name in CHECKS}
    if as_json:
        checks = [
            {"check": name, "ok": not problems, "problems": [str(problem) for problem in problems]}
            for name, problems in found.items()
        ]
        click.echo(json.dumps({"version": __version__, "model": MODEL_VERSION, "engine": _engine(), "checks": checks}))
        return int(any(found.values()))
    click.echo(f"labsim {__version__}, model {MODEL_VERSION}, engine {_engine()}")
    for name, problems in found.items():
        click.echo(f"{name:12} {'good' if not problems else 'NOT good'}")
    wrong = [problem for problems in found.values() for problem in problems]
    if wrong:
        raise AnswerIsNo(*dict.fromkeys(wrong))
    return 0


def _engine() -> str:
    try:
        return engine_fingerprint()
    except LabsimError:
        return "incomplete"
