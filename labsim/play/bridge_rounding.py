"""How are the terms of a change shown so that they add up? Steps of a scale, and largest remainders."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from labsim import formats

MINUS = "−"
_GROSS_FIGURES = 4  # figures with which the gross change is shown
_MOST_FIGURES = 6  # figures of the value itself, so that a small change of a large value stays readable


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


def scale_of(unit: str, gross: float, size: float = 0.0) -> Scale:
    """The scale for a value up to ``size`` whose change has terms with the absolute sum ``gross``; a declared unit."""
    if unit == "M$":
        largest = max(gross, size)
        rungs = ((1e3, "B"), (1.0, "M"), (1e-3, "k"))
        rung, letter = next((rung for rung in rungs if largest >= 10.0 * rung[0]), rungs[-1])
        return Scale(rung, _decimals(gross / rung, size / rung, 0), "$", letter)
    factor, least, most, prefix, suffix = _FIXED.get(unit, (1.0, 1, 2, "", ""))
    return Scale(factor, min(_decimals(gross / factor, size / factor, least), most), prefix, suffix)


_FIXED = {
    # unit: its size, fewest and most decimals, prefix and suffix
    "share": (0.01, 1, 3, "", " %"),
    "0-1": (0.01, 1, 1, "", ""),  # no finer: nobody measures trust to a thousandth, and it would tell true coverage
    "$/M tokens": (1.0, 2, 4, "$", " / M tok"),
    "months": (1.0, 1, 1, "", " mo"),
}


def _decimals(gross: float, size: float, least: int) -> int:
    """Decimals that show the change well without drowning the value in figures."""
    if gross <= 0.0:
        return least
    wanted = _GROSS_FIGURES - 1 - math.floor(math.log10(gross))
    allowed = _MOST_FIGURES - 1 - math.floor(math.log10(max(size, gross)))
    return max(min(wanted, allowed), least)


def shares_of(total: int, exact: Sequence[float]) -> list[int]:
    """Whole numbers near ``exact`` that add up to ``total``: the largest remainders are rounded up."""
    low = [math.floor(value) for value in exact]
    missing = total - sum(low)
    by_remainder = sorted(range(len(exact)), key=lambda i: (low[i] - exact[i], i))
    turn, rest = divmod(missing, len(exact)) if exact else (0, 0)
    for place, i in enumerate(by_remainder):
        low[i] += turn + (1 if place < rest else 0)
    return low
