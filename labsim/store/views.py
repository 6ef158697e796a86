"""Which tables make analysis easy? Views on the branch that is being played, with names in place of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_ACTIVE = """WITH RECURSIVE path(id) AS (
  SELECT tip FROM branches WHERE id = (SELECT active_branch FROM game)
  UNION ALL SELECT turns.parent FROM turns JOIN path ON turns.id = path.id WHERE turns.parent IS NOT NULL
) SELECT turns.* FROM turns JOIN path ON turns.id = path.id WHERE turns.parent IS NOT NULL"""
"""Turns of the active branch; the opening is left out."""

_ORDERS = """SELECT active_turns.quarter, labs.name AS lab, orders.decision, orders.segment, orders.before,
  orders.after, orders.allowed
FROM active_turns JOIN orders ON orders.turn = active_turns.id JOIN labs ON labs.id = orders.lab
ORDER BY active_turns.t, orders.decision, orders.segment"""

_NAMED = {
    "lab_quarters": "history",
    "world_quarters": "world_history",
}


def selects(
    wide: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]], ledger: Sequence[str], names: Mapping[str, str]
) -> dict[str, str]:
    """View -> SELECT. ``wide`` is table -> (key, variables); ``names`` is axis -> table of names."""
    made = {"active_turns": _ACTIVE, "order_history": _ORDERS}
    for table, (key, variables) in wide.items():
        made[_NAMED.get(table, f"{table}_history")] = _tidy(table, key, variables, names)
    made["ledger"] = _ledger(ledger)
    return made


def _tidy(table: str, key: Sequence[str], variables: Sequence[str], names: Mapping[str, str]) -> str:
    axes = key[1:]
    shown = ["active_turns.quarter", *(f'{names[axis]}.name AS "{axis}"' for axis in axes)]
    shown += [f'{table}."{name}"' for name in variables]
    joins = "".join(f' JOIN {names[axis]} ON {names[axis]}.id = {table}."{axis}"' for axis in axes)
    order = ", ".join(["active_turns.t", *(f'{table}."{axis}"' for axis in axes)])
    return (
        f"SELECT {', '.join(shown)} FROM active_turns JOIN {table} ON {table}.turn = active_turns.id{joins} "
        f"ORDER BY {order}"
    )


def _ledger(lines: Sequence[str]) -> str:
    """One row for each line that is not zero; they add up to the change of cash."""
    parts = [f"SELECT turn, lab, {i} AS place, '{x}' AS line, \"{x}\" AS amount FROM lab_quarters"
             for i, x in enumerate(lines)]  # fmt: skip
    return (
        "SELECT active_turns.quarter, labs.name AS lab, lines.line, lines.amount FROM active_turns JOIN ("
        + " UNION ALL ".join(parts)
        + ") AS lines ON lines.turn = active_turns.id JOIN labs ON labs.id = lines.lab WHERE lines.amount <> 0 "
        "ORDER BY active_turns.t, lines.lab, lines.place"
    )
