"""Qt for Python must not lose references of None: PySide6 6.12.0 does on Python 3.11 and aborts the interpreter."""

from __future__ import annotations

import gc
import sys
from typing import Any


def test_qt_keeps_the_references_of_none(qapp: Any) -> None:
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(500):
        qapp.processEvents()
    gc.collect()
    assert sys.getrefcount(None) > before - 100  # immortal from Python 3.12 on: unchanged
