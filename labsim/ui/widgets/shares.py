"""How do four shares that add to one change when one of them does? Plain arithmetic, exact to the last bit."""

from __future__ import annotations

import math
from collections.abc import Sequence

Shares = tuple[float, ...]

GRAIN = 0.001
"""What a hand can choose: tenths of a percent."""


def exact(parts: Sequence[float]) -> Shares:
    """Return shares in proportion to the parts whose sum is exactly one; parts that are all zero share alike."""
    clean = [max(0.0, float(part)) if math.isfinite(part) else 0.0 for part in parts]
    whole = math.fsum(clean)
    shares = [part / whole for part in clean] if whole > 0 else [1 / len(clean)] * len(clean)
    return _closed(shares, max(range(len(shares)), key=shares.__getitem__))


def with_part(shares: Sequence[float], which: int, wanted: float) -> Shares:
    """Return the shares with one set to a value; the others give or take in proportion to what they have."""
    value = min(1.0, max(0.0, round(wanted / GRAIN) * GRAIN))
    others = [share for at, share in enumerate(shares) if at != which]
    held = math.fsum(others)
    rest = 1.0 - value
    moved = [share * rest / held if held > 0 else rest / len(others) for share in others]
    moved.insert(which, value)
    largest = max((at for at in range(len(moved)) if at != which), key=moved.__getitem__)
    return _closed(moved, largest)


def with_border(shares: Sequence[float], border: int, place: float) -> Shares:
    """Return the shares with the border after part `border` moved to a place 0-1; only its two neighbours change."""
    before = math.fsum(shares[:border])
    both = shares[border] + shares[border + 1]
    left = min(both, max(0.0, round((place - before) / GRAIN) * GRAIN))
    moved = [*shares[:border], left, both - left, *shares[border + 2 :]]
    return _closed(moved, border if left >= both - left else border + 1)


def _closed(shares: list[float], at: int) -> Shares:
    """Let one part take what rounding left over, so that the sum is one."""
    shares[at] = max(0.0, shares[at] + (1.0 - math.fsum(shares)))
    return tuple(shares)
