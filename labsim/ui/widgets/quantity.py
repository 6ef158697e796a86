"""How does typed text become a number? `70B`, `$2.10`, `15 %` and `12,000 GPUs`, in the unit of the declaration."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from labsim import formats
from labsim.text import say

_TYPED = re.compile(
    r"(?P<sign>[-−+]?)\s*\$?\s*(?P<digits>[\d.,_]+(?:e[+-]?\d+)?)\s*(?P<letter>(?:[kmbtq](?![a-z]))?)\s*"
    r"(?P<percent>%?)(?P<rest>[^\d]*)",
    re.IGNORECASE,
)
_SIZES = {"M$": 1e6, "T": 1e12, "T tokens": 1e12}
_LARGEST = 1e60  # game choice: far above any FLOP of a run, far below what units make infinite
_HUNDREDTHS = ("share", "0-1")


@dataclass(frozen=True)
class Quantity:
    """How one kind of number is shown and typed."""

    show: Callable[[float], str]
    size: float = 1.0
    """What one unit is in ones: 1e6 for a value in M$, so that `1.2B` is read as 1,200."""
    is_hundredths: bool = False
    """Whether a bare `15` means 0.15."""

    def parse(self, text: str) -> float:
        """Return the number that was typed. Raises ValueError with a sentence for the user."""
        match = _TYPED.fullmatch(text.strip())
        if match is None:
            raise ValueError(say("kit.not_number_write", text=text.strip(), example=self.example()))
        number = formats.parse_size(match["digits"] + match["letter"])
        if number > _LARGEST:
            raise ValueError(f'"{text.strip()}" is too large a number; write it like {self.example()}')
        if match["letter"]:
            number /= self.size
        if match["percent"] or self.is_hundredths:
            number /= 100
        return -number if match["sign"] in ("-", "−") else number

    def example(self) -> str:
        """Return how such a number may be written."""
        if self.is_hundredths:
            return "15 %"
        return say("kit.example_size" if self.size == 1.0 else "kit.example_money")


def quantity(unit: str = "", format: str | None = None) -> Quantity:
    """Return how a number of a declared unit is shown and typed."""
    return Quantity(
        show=lambda value: formats.show(value, unit, format),
        size=_SIZES.get(unit, 1.0),
        is_hundredths=unit in _HUNDREDTHS or format in ("share", "percent", "hundred"),
    )
