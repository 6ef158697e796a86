"""`labsim run`: play a scenario on policies or on a list of orders."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from labsim import tables
from labsim.cli.rivals import rivals_option
from labsim.cli.run_document import document, played
from labsim.errors import BadInput, Collector, LabsimError, Problem, read_text_safely
from labsim.formats import quarter_name
from labsim.play.orders import LARGEST_FILE, QuarterOrders, parse_orders, play_orders
from labsim.play.plays import find_play, play_as_orders, rows_with
from labsim.play.tree import Orders
from labsim.play.turn import TurnRecord, play, policy_rows, rival_rows
from labsim.scenario import Scenario, load_scenario
from labsim.scenario_plays import Play

DEFAULT_SEED = 1
LONGEST = 80
"""Quarters that a game may last."""
TRIMMED_SHOWN = 10


@click.command()
@click.argument("scenario")
@click.option("--lab", metavar="NAME", help="The seat that matters (else the scenario's default seat).")
@click.option(
    "--policy",
    metavar="NAME|FILE",
    help="Give that seat another policy or a play: one that `labsim list policies` names, or a .toml file.",
)
@click.option(
    "--orders",
    metavar="FILE",
    help="Play a list of orders for that seat. Its policy is off and defaults stand, unless --policy is also given: "
    "then the policy decides and orders hold in their own quarters. `labsim orders template` writes such a file.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**64 - 1),
    default=DEFAULT_SEED,
    show_default=True,
    help="The same seed gives the same dice.",
)
@click.option("--quarters", type=click.IntRange(1, LONGEST), help="How long to play (else as the scenario says).")
@rivals_option
@click.option("--out", metavar="FILE", help="Keep the game in a new file that `labsim resume`, fork and verify take.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON; README.md tells the shape.")
@click.option("--all", "everything", is_flag=True, help="With --json: also what play hides, such as true coverage.")
def run(
    scenario: str,
    lab: str | None,
    policy: str | None,
    orders: str | None,
    seed: int,
    quarters: int | None,
    rivals: str | None,
    out: str | None,
    as_json: bool,
    everything: bool,
) -> None:
    """Play SCENARIO, a name from `labsim list scenarios` or a file, and print how it ends."""
    loaded = load_scenario(scenario)
    lasts = quarters or loaded.quarters
    chosen = _choices(loaded, lab, policy, orders, lasts)
    seat, given = chosen.seat, chosen.orders
    records = computable(_records(loaded, seed, lasts, chosen, rivals, out), loaded)
    game = played(loaded, seed, with_progress(records, lasts))
    if given is not None:
        _tell_trimmed(loaded, seat, game.records, given)
    if as_json:
        import json

        shown = document(game, everything=everything)
        click.echo(json.dumps(shown, separators=(",", ":"), allow_nan=False, ensure_ascii=False))
    else:
        from labsim.cli.run_table import show_game

        show_game(game, seat)


@dataclass(frozen=True)
class _Chosen:
    """Who plays the seat that matters."""

    seat: int
    play: Play | None
    orders: QuarterOrders | None

    @property
    def row(self) -> Mapping[str, float] | None:
        """The numbers of a named policy of another lab; None for everything else."""
        named = tables.policies()
        plain = self.play is not None and self.play == Play(self.play.name, title=self.play.name, like=self.play.name)
        return named[self.play.name] if self.play is not None and plain else None


def _choices(scenario: Scenario, lab: str | None, policy: str | None, orders: str | None, quarters: int) -> _Chosen:
    """The seat that matters, its policy and its orders; everything that is wrong is said at once."""
    problems = Collector()
    seat, play, given = 0, None, None
    try:
        seat = scenario.seat(lab or scenario.default_seat)
    except LabsimError as error:
        problems.extend(error.problems)
    try:
        play = find_play(policy, scenario) if policy is not None else None
    except LabsimError as error:
        problems.extend(error.problems)
    if orders is not None:
        try:
            given = parse_orders(read_text_safely(Path(orders), LARGEST_FILE), orders, scenario, quarters)
        except LabsimError as error:
            problems.extend(error.problems)
    problems.raise_if_any()
    return _Chosen(seat, play, given)


def _records(
    scenario: Scenario, seed: int, quarters: int, chosen: _Chosen, rivals: str | None, out: str | None
) -> Iterator[TurnRecord]:
    """Play the quarters as was chosen, and keep them in a file if one is named."""
    seat, given, row = chosen.seat, chosen.orders, chosen.row
    instead: dict[int, Mapping[str, float]] = dict(rival_rows(scenario, seat, rivals)) if rivals else {}
    instead |= {seat: row} if row is not None else {}
    plain = policy_rows(scenario, instead, seat)
    on_policy = given is None or row is not None
    said: Mapping[int, Orders] = given or {}
    if chosen.play is not None and row is None:
        rows, on_policy, orders = rows_with(scenario, seat, chosen.play, instead), False, dict[int, Orders]()
        records = play_as_orders(scenario, seed, quarters, seat, rows, plain, orders, given)
        said = orders
    elif given is None:
        records = play(scenario, seed, quarters, plain)
    else:
        records = play_orders(scenario, seed, quarters, seat, given, on_policy, plain)
    if out is None:
        return records
    from labsim.store.recording import record_game

    other = {scenario.labs[lab]: numbers for lab, numbers in instead.items()}
    return record_game(
        out, records, scenario, seat, seed, quarters=quarters, orders=said, on_policy=on_policy, instead=other
    )


def computable(records: Iterator[TurnRecord], scenario: Scenario) -> Iterator[TurnRecord]:
    """The same records. Raises BadInput when a scenario is so far out that its figures are no numbers any more."""
    t = scenario.start
    try:
        with np.errstate(all="ignore"):
            for record in records:
                yield record
                t = record.t + 1
    except ValueError as error:
        if "finite" not in str(error):
            raise
        what = f"its figures leave what can be computed in {quarter_name(t)}"
        problem = Problem(f"scenario {scenario.name}", what, "bring its constants nearer to those of the base")
        raise BadInput(problem) from error


def with_progress(records: Iterator[TurnRecord], quarters: int) -> Iterator[TurnRecord]:
    """The same records, with a bar on standard error where that is a terminal."""
    if not sys.stderr.isatty():
        yield from records
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(records, "playing", total=quarters, console=Console(stderr=True), transient=True)


def _tell_trimmed(scenario: Scenario, seat: int, records: object, given: QuarterOrders) -> None:
    """Say on standard error which orders the gate moved into their limits."""
    assert isinstance(records, list)
    notes = [
        f"{quarter_name(record.t)}.{name}: moved into its limits of that quarter"
        for record in records
        for name, flags in record.trimmed.items()
        if name in given.get(record.t, {}) and flags[..., seat, 0].any()
    ]
    for note in notes[:TRIMMED_SHOWN]:
        click.echo(f"note: {note}", err=True)
    if len(notes) > TRIMMED_SHOWN:
        click.echo(f"note: and {len(notes) - TRIMMED_SHOWN} more", err=True)
