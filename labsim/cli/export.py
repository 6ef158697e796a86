"""`labsim export`: saved games as tidy tables for pandas, R, DuckDB and spreadsheets, or pages for Datasette."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from labsim.cli.games import game_path
from labsim.errors import AnswerIsNo, Problem
from labsim.store.export import Explained, Exported, Wanted, export, game_files
from labsim.store.export_datasette import write_metadata
from labsim.store.export_formats import FORMATS
from labsim.text import render

DATASETTE = "datasette"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--to", "target", metavar="DIR", required=True, help="The folder for the tables.")
@click.option(
    "--format",
    "form",
    type=click.Choice((*FORMATS, DATASETTE)),
    default="csv",
    show_default=True,
    help="parquet needs the extra `parquet`, xlsx the extra `xlsx`; datasette writes metadata for `datasette FILE -m`.",
)
@click.option("--branch", "branches", metavar="NAME", multiple=True, help="A branch (else the one being played).")
@click.option("--all-branches", is_flag=True, help="Every branch that has not been deleted.")
@click.option("--wide", is_flag=True, help="Also a table for spreadsheets: a row a figure, a column a quarter.")
@click.option(
    "--explain",
    "explained",
    type=click.Choice(("seat", "all", "none")),
    default="seat",
    show_default=True,
    help="Whose changes are explained: the played lab's, every lab's (slow), or nobody's (fast).",
)
@click.option("--force", is_flag=True, help="Replace an export that is there.")
def export_command(
    files: tuple[str, ...],
    target: str,
    form: str,
    branches: tuple[str, ...],
    all_branches: bool,
    wide: bool,
    explained: Explained,
    force: bool,
) -> None:
    """Export the games in FILES (or in folders of games) as one set of tables with a dictionary and a README.

    Files that cannot be read are left out and listed at the end; the exit status is then 1.
    """
    found = game_files([game_path(file) for file in files])
    if form == DATASETTE:
        for file in write_metadata(found, Path(target), force=force):
            click.echo(str(file))
        return
    wanted = Wanted(form, branches, all_branches, explained, wide)
    with _progress(found) as step:
        done = export(found, Path(target), wanted, render, force=force, progress=step)
    _tell(done, len(found), target)


def _tell(done: Exported, files: int, target: str) -> None:
    rows = sum(done.rows.values())
    click.echo(f"{target}: {done.runs:,} of {files:,} games, {len(done.rows)} tables, {rows:,} rows; see README.txt")
    for note in done.notes[:20]:
        click.echo(f"note: {note}", err=True)
    if len(done.notes) > 20:
        click.echo(f"note: and {len(done.notes) - 20} more", err=True)
    if done.problems:
        said = f"{files - done.runs:,} of {files:,} files were left out"
        raise AnswerIsNo(Problem("labsim export", said, "see below"), *done.problems)


@contextmanager
def _progress(files: Sequence[Path]) -> Iterator[Callable[[Path], None]]:
    """A bar on standard error where that is a terminal and there are several files."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    hidden = not console.is_terminal or len(files) == 1
    with Progress(*columns, console=console, disable=hidden, transient=True) as bar:
        task = bar.add_task("exporting", total=len(files))
        yield lambda _: bar.advance(task)
