"""`labsim explain`: what a name means, or why a figure changed in a quarter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

import click

from labsim.cli import card_words
from labsim.cli.dictionary import Entry, citations, dictionary, find
from labsim.errors import BadInput, Problem
from labsim.formats import ratio
from labsim.scenario import DEFAULT, load_scenario

FORMATS = ("md", "json", "csv")
COLUMNS = ("name", "kind", "unit", "axes", "label", "meaning", "source", "low", "high", "default", "group", "values")


@click.command()
@click.argument("name", required=False)
@click.argument("source", required=False, metavar="[SCENARIO|GAME]")
@click.option(
    "--all", "everything", is_flag=True, help="Print the whole dictionary, with the share that cites a source."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="md", show_default=True, help="With --all.")
@click.option("--lab", metavar="NAME", help="Whose figure; else the lab that is played.")
@click.option("--quarter", metavar="QUARTER", help="When it changed, such as 2025Q3; else in the last quarter.")
@click.option("--seed", type=click.IntRange(0, 2**64 - 1), help="Seed of the scenario's dice.")
@click.option("--branch", default="", help="Branch of a saved game.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def explain(
    name: str | None,
    source: str | None,
    everything: bool,
    form: str,
    lab: str | None,
    quarter: str | None,
    seed: int | None,
    branch: str,
    as_json: bool,
) -> None:
    """Explain NAME: a variable, a constant, an event card or a quantity of a table, with unit, source and meaning.

    With a scenario or a saved game: why that figure of a lab changed in a quarter.
    """
    if everything:
        click.echo(_dictionary("json" if as_json else form), nl=False)
    elif name is None:
        raise BadInput(Problem("labsim explain", "no name is given", "name a variable, or use --all"))
    elif source is not None:
        from labsim.cli.why import why

        why(name, source, lab, quarter, seed, as_json, branch)
    elif as_json:
        click.echo(json.dumps(_plain(find(name)), ensure_ascii=False, allow_nan=False))
    else:
        entry = find(name)
        click.echo("\n".join([*_lines(entry), *_card_lines(entry)]))


def _plain(entry: Entry) -> dict[str, object]:
    row = {name: getattr(entry, name) for name in COLUMNS}
    return (
        {**row, "axes": list(entry.axes), "cites": entry.cites} if entry.source else {**row, "axes": list(entry.axes)}
    )


def _lines(entry: Entry) -> Iterable[str]:
    yield f"{entry.name} ({entry.label})"
    yield f"  {entry.meaning}"
    yield f"  kind    {entry.kind}{f', of {entry.group}' if entry.group else ''}"
    yield f"  unit    {entry.unit or '-'}"
    yield f"  axes    {' x '.join(entry.axes) or 'none: one number'}"
    if entry.low is not None or entry.high is not None:
        yield f"  range   {_bound(entry.low)} to {_bound(entry.high)}"
    if entry.default is not None:
        yield f"  default {entry.default:g}"
    elif entry.kind in ("setting", "once"):
        yield "  default follows from the state, as the meaning says"
    if entry.values:
        yield f"  values  {entry.values}"
    if entry.source:
        yield f"  source  {entry.source}"


def _card_lines(entry: Entry) -> Iterable[str]:
    deck = load_scenario(DEFAULT).deck if entry.group == "cards" else {}
    return (line for name, card in deck.items() if entry.name == f"cards.{name}" for line in card_words.lines(card))


def _bound(bound: float | None) -> str:
    return "without bound" if bound is None else ratio(bound)


def _dictionary(form: str) -> str:
    entries, shares = dictionary(), citations()
    if form == "json":
        cited = {group: {"cited": cited, "total": total} for group, (cited, total) in shares.items()}
        shown = {"entries": [_plain(entry) for entry in entries], "citations": cited}
        return json.dumps(shown, ensure_ascii=False, allow_nan=False) + "\n"
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(getattr(entry, name)) for name in COLUMNS] for entry in entries)
        return out.getvalue()
    return "\n".join(_markdown(entries, shares)) + "\n"


def _markdown(entries: Iterable[Entry], shares: dict[str, tuple[int, int]]) -> Iterable[str]:
    yield "# Variables and constants of labsim\n"
    yield "| constants | cite a source | of | share |"
    yield "|---|---|---|---|"
    for group, (cited, total) in shares.items():
        yield f"| {group} | {cited} | {total} | {100 * cited / total:.0f} % |"
    yield "\nA game choice, a definition and mere practice are no citations.\n"
    heads = ("name", "kind", "unit", "axes", "range", "default", "meaning", "source")
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for entry in entries:
        bounds = "" if entry.low is None and entry.high is None else f"{_bound(entry.low)} to {_bound(entry.high)}"
        default = entry.values or ("" if entry.default is None else f"{entry.default:g}")
        cells = (
            entry.name,
            entry.kind,
            entry.unit,
            " x ".join(entry.axes),
            bounds,
            default,
            entry.meaning,
            entry.source,
        )
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _cell(value: object) -> object:
    return " x ".join(value) if isinstance(value, tuple) else value
