"""`labsim explain VARIABLE SCENARIO|FILE`: why a lab's figure changed in a quarter, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from labsim.errors import BadInput, Message, Problem
from labsim.formats import quarter_name, quarter_number
from labsim.model.terms import Link
from labsim.play.bridge import Explanation, Term, explain
from labsim.play.bridge_anatomy import Anatomy, anatomy, anatomy_name
from labsim.play.bridge_figures import Moment, headline, headline_name
from labsim.play.turn import TurnRecord, opening, play
from labsim.scenario import Scenario, load_scenario
from labsim.text import render
from labsim.variables import REGISTRY

DEFAULT_SEED = 1
SAVED = ".labsim"
WIDTH = 120  # letters of a line where there is no terminal


@dataclass(frozen=True)
class _Question:
    """Two moments of one lab."""

    scenario: Scenario
    seat: int
    before: Moment
    after: TurnRecord


def why(
    variable: str, source: str, lab: str | None, quarter: str | None, seed: int | None, as_json: bool, branch: str = ""
) -> None:
    """Print why ``variable`` changed in ``quarter``: of a scenario played on policies, or of a saved game.

    Without a lab it is the one that is played, without a quarter the last one. Raises BadInput, BadWorld.
    """
    _check_variable(variable)
    asked = _of_file(source, lab, quarter, branch) if _is_saved(source) else _of_scenario(source, lab, quarter, seed)
    known = headline_name(variable)
    found = explain(known, asked.before, asked.after, asked.seat, asked.scenario) if known else None
    made_of = anatomy(variable, asked.after, asked.seat, asked.scenario) if anatomy_name(variable) else None
    if as_json:
        import json

        shown = change_document(found) if found else part_document(made_of) if made_of else {}
        click.echo(json.dumps(shown, ensure_ascii=False, allow_nan=False))
        return
    if found:
        values = {"from": found.shown_from, "to": found.shown_to, "change": found.shown_change}
        _print(_title("title", found.label, asked, values), _change_table(found))
    if made_of:
        _print(_title("made_of", made_of.label, asked, {"value": made_of.shown}), _parts_table(made_of))


def _check_variable(variable: str) -> None:
    if headline_name(variable) is None and anatomy_name(variable) is None:
        headline(variable)


def _is_saved(source: str) -> bool:
    return source.endswith(SAVED) or (Path(source).is_file() and not source.endswith(".toml"))


# ---- the two moments ------------------------------------------------------------------------------------------------


def _of_scenario(source: str, lab: str | None, quarter: str | None, seed: int | None) -> _Question:
    """A scenario on policies, played up to the quarter."""
    scenario = load_scenario(source)
    seat = scenario.seat(lab or scenario.default_seat)
    t = _turn(quarter, scenario.start, scenario.start + scenario.quarters - 1)
    before: Moment = opening(scenario)
    chosen = DEFAULT_SEED if seed is None else seed
    *earlier, after = play(scenario, chosen, t - scenario.start + 1)
    return _Question(scenario, seat, earlier[-1] if earlier else before, after)


def _of_file(source: str, lab: str | None, quarter: str | None, branch: str) -> _Question:
    """A saved game, up to the quarter on one of its branches."""
    from labsim.play.session import Session
    from labsim.store.saves import open_save

    session = Session(open_save(source, write=False))
    try:
        path = session.path(session.tip(branch).id) if branch else session.path()
        if len(path) < 2:
            raise BadInput(Problem(source, "no quarter has been played", "play one, or name a scenario"))
        t = _turn(quarter, path[1].t, path[-1].t)
        at = t - path[0].t
        first = at == 1
        before: Moment = session.world(path[0].id) if first else session.record(path[at - 1].id)
        seat = session.scenario.seat(lab) if lab else session.seat
        return _Question(session.scenario, seat, before, session.record(path[at].id))
    finally:
        session.close()


def _turn(quarter: str | None, first: int, last: int) -> int:
    if quarter is None:
        return last
    remedy = f"choose one from {quarter_name(first)} to {quarter_name(last)}"
    try:
        t = quarter_number(quarter)
    except ValueError as error:
        raise BadInput(Problem("--quarter", str(error), remedy)) from error
    if not first <= t <= last:
        raise BadInput(Problem("--quarter", f"{quarter} is not played", remedy))
    return t


# ---- as JSON --------------------------------------------------------------------------------------------------------


def change_document(found: Explanation) -> dict[str, Any]:
    """An explanation as JSON shows it: values exact, in the declared unit."""
    return {"from": found.from_, "to": found.to, "terms": [_term_document(term) for term in found.terms]}


def _term_document(term: Term) -> dict[str, Any]:
    return {
        "name": term.name,
        "label": render(term.label),
        "value": term.value,
        "links": _link_documents(term.links),
        "terms": [_term_document(inner) for inner in term.terms],
    }


def part_document(part: Anatomy) -> dict[str, Any]:
    """A value and its parts as JSON shows them; ``how`` they make it: product or sum."""
    return {
        "name": part.name,
        "label": render(part.label),
        "value": part.value,
        "unit": part.unit,
        "how": part.how,
        "links": _link_documents(part.links),
        "parts": [part_document(inner) for inner in part.parts],
    }


def _link_documents(links: Iterable[Link]) -> list[dict[str, str]]:
    return [{"kind": link.kind, "name": link.name} for link in links]


# ---- as a table -----------------------------------------------------------------------------------------------------


def link_text(link: Link) -> str:
    """What stands behind a term, for people."""
    if link.kind == "decision":
        name = REGISTRY[link.name].label
    else:
        name = link.name if link.kind == "rival" else link.name.replace("_", " ")
    return render(Message(f"explain.behind.{link.kind}", {"name": name}))


def _change_table(found: Explanation) -> Table:
    table = Table(box=None)
    table.add_column(_text("why"))
    table.add_column(_text("change"), justify="right", no_wrap=True)
    table.add_column(_text("behind"), style="dim")
    for term in found.terms:
        _add_term(table, term, "")
    if not found.terms:
        table.add_row(_text("nothing"))
    return table


def _is_shown(term: Term) -> bool:
    """Is a term, or a part of it, more than 0 as shown?"""
    return any(digit in "123456789" for digit in term.shown) or any(_is_shown(inner) for inner in term.terms)


def _add_term(table: Table, term: Term, indent: str) -> None:
    if not _is_shown(term):
        return
    sentence = render(_what(term.sentence))
    links = ", ".join(link_text(link) for link in term.links[:3])
    table.add_row(
        indent + sentence, term.shown, links if indent or not term.terms else "", style=None if indent else "bold"
    )
    for inner in term.terms:
        _add_term(table, inner, "  ")


def _what(sentence: Message) -> Message:
    what = sentence.values["what"]
    assert isinstance(what, Message)
    return what


def _parts_table(made_of: Anatomy) -> Table:
    table = Table(box=None)
    table.add_column(_text("part"))
    table.add_column(_text("value"), justify="right", no_wrap=True)
    _add_parts(table, made_of, "")
    return table


def _add_parts(table: Table, whole: Anatomy, indent: str) -> None:
    for place, part in enumerate(whole.parts):
        sign = ("× " if whole.how == "product" else "+ ") if place else "  "
        table.add_row(f"{indent}{sign}{render(part.label)}", part.shown)
        _add_parts(table, part, indent + "    ")


def _title(key: str, figure: Message, asked: _Question, values: dict[str, str]) -> str:
    given = {"figure": figure, "lab": asked.scenario.labs[asked.seat], "quarter": asked.after.t, **values}
    return render(Message(f"explain.why.{key}", given))


def _text(key: str) -> str:
    return render(Message(f"explain.why.{key}"))


def _print(title: str, table: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:  # a file or another program: do not squeeze the table into a width that nobody has
        console = Console(highlight=False, width=WIDTH)
    console.print(title, style="bold", soft_wrap=True)
    console.print(table)
