"""Is this what was built? The manifest: digests of every file, all constants, and the figures of a short run."""

from __future__ import annotations

from typing import Any

import numpy as np

from labsim.model.world import stocks
from labsim.play.fingerprint import (
    MANIFEST,
    MODEL_VERSION,
    default_constants,
    digest,
    engine_fingerprint,
    files,
    source_digests,
)
from labsim.play.turn import play
from labsim.resources import data_root
from labsim.scenario import DEFAULT, load_scenario

RUN_SEED = 1
RUN_QUARTERS = 8
FIGURES = ("cash", "valuation", "model_flop", "base_capability", "trust", "staff", "scarcity", "mood", "pressure")
"""Stocks that the short run is compared by."""
TOLERANCE = 1e-9
"""Relative; processors differ in the last bits of exponentials (performance.md), a changed rule by far more."""


def current_manifest() -> dict[str, Any]:
    """The manifest of what is installed here. Raises BadWorld when a file that is needed for it is missing."""
    return {
        "model_version": MODEL_VERSION,
        "engine": engine_fingerprint(),
        "constants": default_constants(),
        "sources": source_digests(),
        "assets": folder_digests("assets"),
        "scenarios": folder_digests("scenarios"),
        "run": short_run(),
    }


def folder_digests(kind: str) -> dict[str, str]:
    """File of ``assets`` or ``scenarios`` -> digest; the manifest itself is left out."""
    return {name: digest(file.read_bytes()) for name, file in files(data_root(kind)) if name != MANIFEST}


def short_run() -> dict[str, list[float]]:
    """Stock -> its values, a number a lab or one for the world, after a short run of the default scenario."""
    *_, last = play(load_scenario(DEFAULT), RUN_SEED, RUN_QUARTERS)
    found = stocks(last.world)
    return {name: [float(value) for value in np.ravel(found[name][..., 0])] for name in FIGURES}
