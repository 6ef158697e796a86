"""How are the terms of a change shown so that they add up? Steps of a scale, and largest remainders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from labsim import formats

MINUS = "−"
_FIGURES = 1000.0  # the gross change is shown in about so many steps


@dataclass(frozen=True)
class Scale:
    """One way to write all numbers of an explanation: ``value / unit`` with some decimals, between two signs."""

    unit: float
    decimals: int
    prefix: str = ""
    suffix: str = ""

    @property
    def step(self) -> float:
        """The smallest difference that is shown."""
        return self.unit * 10.0**-self.decimals

    def steps(self, value: float) -> int:
        """The nearest whole number of steps."""
        return round(value / self.step)

    def show(self, steps: int, signed: bool = False) -> str:
        """So many steps as text, with a plus where ``signed``."""
        digits = formats.plain(abs(steps) * 10.0**-self.decimals, self.decimals)
        sign = MINUS if steps < 0 else "+" if signed and steps > 0 else ""
        return f"{sign}{self.prefix}{digits}{self.suffix}"


def scale_of(unit: str, gross: float) -> Scale:
    """The scale for a change whose terms have the absolute sum ``gross``, in a declared unit."""
    if unit == "M$":
        rungs = ((1e3, "B"), (1.0, "M"), (1e-3, "k"))
        size, letter = next((rung for rung in rungs if gross >= 10.0 * rung[0]), rungs[-1])
        return Scale(size, _decimals(gross / size), "$", letter)
    if unit == "share":
        return Scale(0.01, max(_decimals(gross * 100.0), 1), suffix=" %")
    if unit == "0-1":
        return Scale(0.01, max(_decimals(gross * 100.0), 1))
    if unit == "$/M tokens":
        return Scale(1.0, max(_decimals(gross), 2), "$", " / M tok")
    if unit == "months":
        return Scale(1.0, max(_decimals(gross), 1), suffix=" mo")
    return Scale(1.0, max(_decimals(gross), 1))


def _decimals(gross: float) -> int:
    """Decimals with which ``gross`` has about four figures; 4 at most, but as many as a small one needs."""
    if gross <= 0.0:
        return 0
    return min(max(math.ceil(math.log10(_FIGURES / gross)), 0), 6)


def shares_of(total: int, exact: Sequence[float]) -> list[int]:
    """Whole numbers near ``exact`` that add up to ``total``: the largest remainders are rounded up."""
    low = [math.floor(value) for value in exact]
    missing = total - sum(low)
    by_remainder = sorted(range(len(exact)), key=lambda i: (low[i] - exact[i], i))
    turn, rest = divmod(missing, len(exact)) if exact else (0, 0)
    for place, i in enumerate(by_remainder):
        low[i] += turn + (1 if place < rest else 0)
    return low
