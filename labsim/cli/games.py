"""`labsim resume|tree|fork|diff|info|games`: games in files, their branches, and the folder where they live."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from labsim.cli.run import with_progress
from labsim.cli.run_document import document, played
from labsim.errors import BadInput, BadWorld, Problem, read_text_safely
from labsim.formats import quarter_name, quarter_number, show
from labsim.play.cards import answer_words
from labsim.play.explainer import explainer_of
from labsim.play.journal import Draft, flat
from labsim.play.orders import ANSWER, LARGEST_FILE, QuarterOrders, parse_orders
from labsim.play.series import RENAMED
from labsim.play.session import Session
from labsim.play.tree import Branch
from labsim.play.turn import TurnRecord
from labsim.store import games as folder
from labsim.store.saves import SUFFIX, Save, open_save
from labsim.variables import REGISTRY

_NAMES = {shown: name for name, shown in RENAMED.items()}
MOST_OUTCOMES = 40
"""Outcomes that a table of differences shows; --json shows all."""


def game_path(text: str) -> Path:
    """The file that somebody names: a path, or the name of a game in the folder of games."""
    path = Path(text)
    if not path.exists() and path.name == text:
        for candidate in (text, f"{text}{SUFFIX}"):
            if (folder.games_folder() / candidate).is_file():
                return folder.games_folder() / candidate
    return path


def opened(file: str, *, write: bool) -> tuple[Session, Save]:
    """A game from a file; when it is to be changed and cannot be, the reason is an error."""
    save = open_save(game_path(file), write=write)
    if write and not save.can_write:
        save.close()
        raise BadWorld(Problem(file, f"it can only be read: {save.why_read_only}", "close it there, or copy it"))
    if save.mended:
        click.echo(f"note: {file}: {save.mended}", err=True)
    session = Session(save)
    session.explainer = explainer_of(session.scenario, session.seat)
    return session, save


@click.command()
@click.argument("file")
@click.option("--orders", metavar="FILE", help="Orders of the seat for the quarters to come.")
@click.option("--quarters", type=click.IntRange(1, 400), help="How many quarters to play (else to the end).")
@click.option("--json", "as_json", is_flag=True, help="Print the branch as `labsim run --json` does.")
def resume(file: str, orders: str | None, quarters: int | None, as_json: bool) -> None:
    """Play the game in FILE on; a finished one says so."""
    session, _ = opened(file, write=True)
    try:
        given = _orders(session, orders)
        left = min(quarters or session.quarters_left, session.quarters_left)
        if session.quarters_left == 0:
            click.echo("This game has been played to its end; fork it to play on from an earlier quarter.", err=True)
        for _ in with_progress(_on(session, given, left), left):
            pass
        _show(session, as_json)
    finally:
        session.close()


def _orders(session: Session, file: str | None) -> QuarterOrders:
    if file is None:
        return {}
    text = read_text_safely(Path(file), LARGEST_FILE)
    given = parse_orders(text, file, session.scenario, session.game.quarters)
    late = [t for t in given if t < session.t]
    if late:
        what = f"{quarter_name(late[0])} has been played already"
        raise BadInput(Problem(file, what, f"order from {quarter_name(session.t)} on, or fork an earlier quarter"))
    return given


def _on(session: Session, given: QuarterOrders, quarters: int) -> Any:
    for _ in range(quarters):
        draft = session.draft
        session.put_draft(Draft({**draft.orders, **given.get(session.t, {})}, draft.on_policy), keep=False)
        session.end_quarter()
        yield session.record()


def _records(session: Session) -> list[TurnRecord]:
    return [session.record(node.id) for node in session.path() if node.parent is not None]


def _show(session: Session, as_json: bool) -> None:
    records = _records(session)
    if not records:
        click.echo("Nothing has been played yet.", err=True)
        return
    game = played(session.scenario, session.game.seed, records)
    if as_json:
        _print_json(document(game))
        return
    from labsim.cli.run_table import show_game

    show_game(game, session.seat)


def _print_json(found: Any) -> None:
    click.echo(json.dumps(found, separators=(",", ":"), allow_nan=False, ensure_ascii=False))


# --- branches --------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print turns and branches as JSON.")
def tree(file: str, as_json: bool) -> None:
    """Show the branches of the game in FILE."""
    session, _ = opened(file, write=False)
    if as_json:
        _print_json({"branches": [_branch(session, b) for b in session.branches()], "turns": _turns(session)})
    else:
        for branch in session.branches():
            click.echo(_branch_line(session, branch))
    session.close()


def _branch(session: Session, branch: Branch) -> dict[str, Any]:
    path = session.path(branch.tip)
    played = [node for node in path if node.parent is not None]
    return {
        "name": branch.name,
        "active": branch.id == session.branch.id,
        "turns": len(played),
        "last": quarter_name(played[-1].t) if played else None,
        "forked_from": session.branches_by_id()[session.path(branch.origin)[-1].branch].name if branch.origin else None,
        "forked_at": quarter_name(session.path(branch.origin)[-1].t + 1),
        "tip": branch.tip,
        "continued_under": branch.continued_under or None,
    }


def _branch_line(session: Session, branch: Branch) -> str:
    shown = _branch(session, branch)
    mark = "▸" if shown["active"] else " "
    parts = [f"{mark} {shown['name']}: {shown['turns']} turns"]
    if shown["last"]:
        parts.append(f"to {shown['last']}")
    if branch.origin or branch.id > 1:
        whose = f" of {shown['forked_from']}" if shown["forked_from"] else ""
        parts.append(f"forked at {shown['forked_at']}{whose}")
    if branch.continued_under:
        parts.append(f"continued under model {branch.continued_under}")
    return ", ".join(parts)


def _turns(session: Session) -> list[dict[str, Any]]:
    names = session.branches_by_id()
    return [
        {
            "turn": node.id,
            "parent": node.parent,
            "quarter": quarter_name(node.t),
            "branch": names[node.branch].name,
            "when": node.when,
            "model_version": node.model_version,
            "orders": [{"order": n, "segment": s or None, "value": v} for n, s, v in flat(node.orders)],
        }
        for node in session.nodes()
        if node.parent is not None
    ]


@click.command()
@click.argument("file")
@click.option("--at", metavar="QUARTER", required=True, help="The first quarter that the new branch plays: 2024Q1.")
@click.option("--name", required=True, help="The name of the new branch.")
@click.option("--branch", help="The branch to fork (else the one that is being played).")
def fork(file: str, at: str, name: str, branch: str | None) -> None:
    """Begin a branch in FILE at the start of a quarter, with the same dice, and play it from now on."""
    try:
        t = quarter_number(at)
    except ValueError as error:
        raise BadInput(Problem("--at", f'"{at[:60]}" is not a quarter', "write it like 2024Q1")) from error
    session, _ = opened(file, write=True)
    try:
        made = session.fork(session.node_at(t, branch).id, name)
        click.echo(_branch_line(session, made))
    finally:
        session.close()


@click.command()
@click.argument("file")
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="Print every difference as JSON.")
def diff(file: str, a: str, b: str, as_json: bool) -> None:
    """Show in which orders and outcomes branches A and B of FILE differ."""
    session, _ = opened(file, write=False)
    found = session.difference(a, b)
    shared = quarter_name(found.common.t) if found.common.parent is not None else None
    if as_json:
        orders = [{"quarter": quarter_name(o.t), "order": o.decision, "segment": o.segment or None, "a": o.a, "b": o.b}
                  for o in found.orders]  # fmt: skip
        outcomes = [{"quarter": quarter_name(o.t), "variable": o.variable, "a": o.a, "b": o.b} for o in found.outcomes]
        _print_json({"a": a, "b": b, "common": shared, "orders": orders, "outcomes": outcomes})
        return
    click.echo(f"{a} and {b} share all quarters to {shared}." if shared else f"{a} and {b} share the opening only.")
    click.echo("\nOrders that differ" + (":" if found.orders else ": none"))
    for order in found.orders:
        label = f"{order.decision} {order.segment}".rstrip()
        one, other = (_order(session, branch, order.t, order.decision, value)
                      for branch, value in ((a, order.a), (b, order.b)))  # fmt: skip
        click.echo(f"  {quarter_name(order.t)}  {label}: {one} | {other}")
    last = max((o.t for o in found.outcomes), default=0)
    click.echo("\nOutcomes that differ" + (f" in {quarter_name(last)}:" if found.outcomes else ": none"))
    for outcome in [o for o in found.outcomes if o.t == last][:MOST_OUTCOMES]:
        name = _NAMES.get(outcome.variable, outcome.variable)
        click.echo(f"  {outcome.variable}: {_value(name, outcome.a)} | {_value(name, outcome.b)}")
    session.close()


def _order(session: Session, branch: str, t: int, name: str, value: float | None) -> str:
    """An order in words; an answer by its card, and what stood in its place where none was given."""
    here = [node for node in session.path(session.tip(branch).id) if node.t == t]
    if name != ANSWER or not here:
        return _value(name, value)
    words = answer_words(session.world(here[0].id), session.scenario, session.seat, value)
    return words if value is not None else f"{_value(name, value)} ({words})" if words else _value(name, value)


def _value(name: str, value: float | None) -> str:
    return "not given" if value is None else show(value, REGISTRY[name].unit, REGISTRY[name].format or None)


# --- files -----------------------------------------------------------------------------------------------------------


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def info(file: str, as_json: bool) -> None:
    """Show what game is in FILE: scenario, lab, seed, turns, and which labsim has played it."""
    session, save = opened(file, write=False)
    shown = {**_about(session), "file": str(save.path), "bytes": save.path.stat().st_size, "engines": save.engines()}
    session.close()
    if as_json:
        _print_json(shown)
        return
    for key, value in shown.items():
        if key == "engines":
            for engine in value:
                click.echo(f"played by: labsim {engine['labsim']}, model {engine['model_version']}, "
                           f"numpy {engine['numpy']}, {engine['turns']} turns")  # fmt: skip
        else:
            click.echo(f"{key.replace('_', ' ')}: {value}")


def _about(session: Session) -> Mapping[str, Any]:
    game, nodes = session.game, session.nodes()
    return {
        "name": game.name,
        "scenario": session.scenario.name,
        "lab": session.scenario.labs[session.seat],
        "seed": game.seed,
        "turns": len(nodes) - 1,
        "branches": len(session.branches()),
        "branch": session.branch.name,
        "next_quarter": quarter_name(session.t) if session.quarters_left else "none, it is finished",
        "quarters_left": session.quarters_left,
        "notes": len(session.notes),
        "created": game.created,
        "last_played": nodes[-1].when,
        "scenario_digest": session.scenario.digest,
    }


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_context
def games(ctx: click.Context, as_json: bool) -> None:
    """List the games in the folder of games; copy, rename or delete one."""
    if ctx.invoked_subcommand is not None:
        return
    found = folder.list_games()
    if as_json:
        _print_json([{"file": str(game.path), "name": game.name, "scenario": game.scenario, "lab": game.lab,
                      "last": game.quarter or None, "turns": game.turns, "problem": game.problem or None}
                     for game in found])  # fmt: skip
        return
    click.echo(f"{folder.games_folder()}: {len(found)} games")
    for game in found:
        told = game.problem or f"{game.name}: {game.lab} in {game.scenario}, {game.turns} turns, last {game.quarter}"
        click.echo(f"  {game.path.name}  {told}")


@games.command()
@click.argument("file")
def duplicate(file: str) -> None:
    """Copy a game beside itself."""
    click.echo(str(folder.duplicate(game_path(file))))


@games.command()
@click.argument("file")
@click.argument("name")
def rename(file: str, name: str) -> None:
    """Give a game and its file another name."""
    click.echo(str(folder.rename(game_path(file), name)))


@games.command()
@click.argument("file")
def delete(file: str) -> None:
    """Move a game to the trash."""
    click.echo(str(folder.delete(game_path(file))))
