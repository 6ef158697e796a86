"""How is a TOML file read that anybody may have written? With bounds, and with errors that say what to do."""

from __future__ import annotations

import tomllib
from typing import Any

from labsim.errors import BadInput, Problem

MOST_DOTS = 100
"""Dots in a line; the parser needs memory with the square of the parts of a dotted key."""


def toml_table(text: str, where: str) -> dict[str, Any]:
    """The table that a TOML text holds.

    Raises:
        BadInput: it is not TOML, or nested beyond all use; the place is ``where``, with the line if it is known.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MOST_DOTS:
            place, remedy = f"{where}, line {number}", "break the line; keys have few parts"
            raise BadInput(Problem(place, f"more than {MOST_DOTS} dots in one line", remedy))
    try:
        return tomllib.loads(text)
    except RecursionError:
        # Without the cause: its traceback is as deep as the file.
        raise BadInput(Problem(where, "it is nested too deeply", "write tables of few levels")) from None
    except ValueError as error:  # TOMLDecodeError, or a number with thousands of digits
        what = f"not a TOML file: {str(error)[:200]}"
        raise BadInput(Problem(where, what, "correct the line that is named")) from error
