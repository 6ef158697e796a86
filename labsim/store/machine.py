"""On what kind of machine do figures agree to the last bit? Same processor features, numpy and system."""

from __future__ import annotations

import hashlib
import importlib
import platform
from functools import cache

import numpy as np


@cache
def kind_of_machine() -> str:
    """A short name of everything besides the engine that may change the last bits of a result."""
    try:
        features = vars(importlib.import_module("numpy._core._multiarray_umath")).get("__cpu_features__", {})
    except ImportError:
        features = {}
    used = ",".join(sorted(name for name, is_there in features.items() if is_there))
    libc = "-".join(platform.libc_ver())
    digest = hashlib.sha256(f"{used} {libc}".encode()).hexdigest()[:12]
    return f"{platform.system()} {platform.machine()} {digest}"


def numpy_version() -> str:
    """The version of numpy."""
    return np.__version__
