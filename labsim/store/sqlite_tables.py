"""Where does sqlite-utils come from? Late, and alone: importing it would import pandas wherever that is installed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database


def database() -> type[Database]:
    """The class `sqlite_utils.Database`.

    sqlite-utils looks for pandas only to give columns for its timestamps, of which there are none here: half a second
    and 110 MB of the window's memory for nothing. An entry of None says that it is not there; it goes again at once.
    """
    hide = "sqlite_utils" not in sys.modules and "pandas" not in sys.modules
    if hide:
        sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        from sqlite_utils import Database
    finally:
        if hide:
            del sys.modules["pandas"]
    return Database
