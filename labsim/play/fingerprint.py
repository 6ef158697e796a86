"""Which engine is this? One digest of everything that decides its figures, and the version of its model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, get_type_hints

from labsim.errors import LabsimError
from labsim.model.decisions import Decisions
from labsim.model.flows import Report
from labsim.model.params import Params
from labsim.model.world import World
from labsim.resources import asset_bytes, data_root
from labsim.variables import Variable, variables_of

MODEL_VERSION = 3
"""Raised by one whenever a change moves the figures of a game; saves carry it."""

MANIFEST = "manifest.json"
"""File of ``assets`` with the digests made when labsim was built (packaging/make_manifest.py)."""

DATA = ("calendar", "policies.csv", "rivals.toml")
"""Files and folders of ``assets`` that the engine computes with."""
RULES = ("first_state.py", "tables.py", "play/policies.py", "play/policy_rows.py", "play/turn.py")
"""Sources outside ``model`` that decide figures: the first world, the tables, the rivals and the turn."""


@cache
def engine_fingerprint() -> str:
    """SHA-256, as hex, of declarations, default constants, tables, calendars and the sources of the engine.

    Two installations with the same fingerprint play the same game from the same seed, up to the processor's last
    bits. Outputs are not part of it. Raises BadWorld when a file of the engine is missing.
    """
    parts = {"version": MODEL_VERSION, "declared": _declared(), "data": data_digests(), "sources": source_digests()}
    return digest(json.dumps(parts, sort_keys=True).encode())


def digest(content: bytes) -> str:
    """SHA-256 of a file as hex; line ends of texts do not count."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def engine_variables() -> tuple[Variable, ...]:
    """What the engine declares, in a fixed order; variables that other floors may add are left out."""
    groups = [cls for holder in (World, Report) for cls in get_type_hints(holder).values()]
    return tuple(variable for cls in (Params, Decisions, *groups) for variable in variables_of(cls))


def default_constants() -> dict[str, float]:
    """The calibrated value of every scalar constant by name."""
    return {v.name: v.default for v in variables_of(Params)}


def data_digests() -> dict[str, str]:
    """File of ``assets`` that the engine computes with -> digest."""
    root = data_root("assets")
    return {name: digest(file.read_bytes()) for name, file in files(root) if name.split("/")[0] in DATA}


def source_digests() -> dict[str, str]:
    """Source file of the engine -> digest. A frozen program without sources answers from its manifest."""
    package = resources.files("labsim")
    sources = {f"model/{name}": file for name, file in files(package / "model") if name.endswith(".py")}
    if not sources:
        return dict(manifest().get("sources", {}))
    sources |= {rule: package.joinpath(rule) for rule in RULES}
    return {name: digest(file.read_bytes()) for name, file in sorted(sources.items())}


def files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Every file under a folder as (path with slashes, file), sorted; hidden files and caches are left out."""
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith((".", "__pycache__")):
            continue
        if entry.is_dir():
            yield from files(entry, f"{prefix}{entry.name}/")
        elif entry.is_file():
            yield f"{prefix}{entry.name}", entry


def manifest() -> dict[str, Any]:
    """What the build noted; empty when there is no manifest or it cannot be read."""
    try:
        found = json.loads(asset_bytes(MANIFEST))
    except (LabsimError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _declared() -> list[list[Any]]:
    return [
        [v.name, v.kind, v.axes, v.unit, repr(v.low), repr(v.high), repr(v.default), v.structural]
        for v in engine_variables()
    ]
