"""What makes a game readable in Datasette? A metadata file: titles, meanings, facets, questions to begin with.

`datasette GAME.labsim -m GAME.metadata.json` shows the tables and views of the file itself; nothing is copied.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labsim.errors import BadInput, BadWorld, Problem
from labsim.formats import quarter_name
from labsim.play.tree import ROOT
from labsim.store.saves import SUFFIX, Save, open_save
from labsim.store.schema import FIXED, Column, all_views, wide_tables

ENDING = ".metadata.json"
_VIEWS = {
    "history": ("History of the labs", "A row for each lab and quarter of the branch that is being played."),
    "world_history": ("History of the world", "A row for each quarter."),
    "ledger": ("Ledger", "Lines that are not zero; they add up to the change of cash."),
    "order_history": ("Orders", "What the player ordered, what would have held, and what the rules allowed."),
    "active_turns": ("Turns", "The turns of the branch that is being played."),
}
_SHOWN = {
    "game": ("The game", "Scenario, seed and the seat that is played."),
    "branches": ("Branches", "Each is a name on a line of turns; tip is its last one."),
    "events": ("Events", "What happened, on all branches; figures belong to a sentence."),
    "explanations": ("Explanations", "Why headline figures changed; terms of a variable add up."),
    "notes": ("Notes", "What the player wrote."),
    "variables": ("Dictionary", "Every variable with its unit and meaning."),
    "turns": ("All turns", "Quarters of all branches; a fork is a second child of a turn."),
    "orders": ("All orders", "Orders on all branches."),
}
_FACETS = {"history": ["lab"], "ledger": ["lab", "line"], "order_history": ["decision"], "events": ["event"],
           "variables": ["kind", "in_table"], "explanations": ["variable"]}  # fmt: skip


def metadata(save: Save, database: str) -> dict[str, Any]:
    """The metadata of an opened game that Datasette knows as ``database``."""
    stored = save.load()
    played = [node for node in stored.tree.nodes.values() if node.id != ROOT]
    about = f"{stored.scenario.title or stored.scenario.name}, seed {stored.game.seed}, played as " \
            f"{stored.scenario.labs[stored.game.seat]}"  # fmt: skip
    if played:
        about += f", {quarter_name(min(n.t for n in played))} to {quarter_name(max(n.t for n in played))}"
    return {
        "title": "labsim",
        "databases": {
            database: {
                "title": stored.game.name,
                "description": f"{about}. Begin with the questions, or with history.",
                "source": "labsim",
                "tables": _tables(save.columns),
                "queries": _queries(save.columns),
            }
        },
    }


def _tables(columns: Sequence[Column]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in all_views(columns):
        title, text = _VIEWS.get(name, (name.replace("_", " ").capitalize(), "On the branch that is being played."))
        own = {c.name: f"{c.label} [{c.unit}]: {c.meaning}" for c in columns if name == _view_of(c)}
        made[name] = {"title": title, "description": text, "columns": own, "size": 50}
    for table in wide_tables(columns):
        made[table.name] = {"description": "On all branches, by number of turn; the views have names.", "hidden": True}
    for table in FIXED:
        if table.name in _SHOWN:
            title, text = _SHOWN[table.name]
            made[table.name] = {"title": title, "description": text}
        else:
            made[table.name] = {"hidden": True}
    for name, facets in _FACETS.items():
        made[name]["facets"] = facets
    return made


def _view_of(column: Column) -> str:
    return {"lab_quarters": "history", "world_quarters": "world_history"}.get(column.table, f"{column.table}_history")


def _queries(columns: Sequence[Column]) -> dict[str, Any]:
    there = {column.name for column in columns if column.table == "lab_quarters"}

    def shown(*names: str) -> str:
        return "".join(f', "{name}"' for name in names if name in there)

    figures = shown("cash", "revenue", "burn", "capability", "trust", "market_share", "valuation")
    return {
        "standings": {
            "title": "How do the labs stand at the end?",
            "sql": f"SELECT lab{figures} FROM history WHERE quarter = (SELECT max(quarter) FROM active_turns)",
        },
        "my_lab": {
            "title": "How did the played lab fare?",
            "sql": f"SELECT quarter{figures} FROM history WHERE lab = "
            "(SELECT labs.name FROM game JOIN labs ON labs.id = game.seat)",
        },
        "one_lab": {
            "title": "How did one lab fare?",
            "sql": f"SELECT quarter{figures} FROM history WHERE lab = :lab",
        },
        "where_the_money_went": {
            "title": "Where did a lab's money come from and go?",
            "sql": "SELECT line, sum(amount) AS amount FROM ledger WHERE lab = :lab GROUP BY line ORDER BY amount",
        },
        "meaning": {
            "title": "What does a variable mean?",
            "sql": "SELECT name, label, unit, meaning, source FROM variables WHERE name LIKE '%' || :word || '%' "
            "OR meaning LIKE '%' || :word || '%'",
        },
    }


def write_metadata(files: Sequence[Path], to: Path, *, force: bool = False) -> list[Path]:
    """Write a metadata file for each game into a folder; their names.

    Raises BadInput when there is such a file already, or a game is wrong; BadWorld when it cannot be written.
    """
    made = []
    for file in files:
        target = to / f"{file.name.removesuffix(SUFFIX)}{ENDING}"
        if target.exists() and not force:
            raise BadInput(Problem(str(target), "there is such a file already", "replace it with --force"))
        save = open_save(file, write=False)
        try:
            text = json.dumps(metadata(save, file.stem), indent=1, ensure_ascii=False, allow_nan=False)
        finally:
            save.close()
        try:
            to.mkdir(parents=True, exist_ok=True)
            target.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            what = f"it cannot be written ({error.strerror or error})"
            raise BadWorld(Problem(str(target), what, "check the folder, its permissions and the disk")) from error
        made.append(target)
    return made
