"""Which known models can be loaded as designs? The essay's reference models, from `assets/reference/models.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from labsim.errors import BadWorld, Problem
from labsim.formats import quarter_number
from labsim.play.design import Design
from labsim.resources import asset_text

_FILE = ("reference", "models.toml")
_WHERE = "assets/reference/models.toml"


@dataclass(frozen=True)
class KnownModel:
    """A published or assumed design; FLOP as the essay and as others state them, None where they do not."""

    key: str
    name: str
    lab: str
    released: int  # quarters since 2023Q1
    design: Design
    essay_flop: float | None
    published_flop: float | None
    is_assumed: bool
    confidence: str
    source: str
    note: str


@cache
def known_models() -> tuple[KnownModel, ...]:
    """Every known model, oldest first. Raises BadWorld when the file is damaged."""
    try:
        rows = tomllib.loads(asset_text(*_FILE))["model"]
        return tuple(_model(row) for row in rows)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadWorld(Problem(_WHERE, f"cannot be read: {error}", "install labsim again")) from error


def known_model(name: str) -> KnownModel:
    """The known model of a name or key. Raises KeyError for another."""
    for model in known_models():
        if name in (model.name, model.key):
            return model
    raise KeyError(name)


def _model(row: Mapping[str, Any]) -> KnownModel:
    active, tokens = float(row["active"]), float(row["tokens"])
    return KnownModel(
        key=row["key"],
        name=row["name"],
        lab=row["lab"],
        released=quarter_number(row["released"]),
        design=Design(active, float(row["total"]) / active, tokens),
        essay_flop=row.get("essay_flop"),
        published_flop=row.get("published_flop"),
        is_assumed=row.get("is_assumed", False),
        confidence=row["confidence"],
        source=row["source"],
        note=row["note"],
    )
