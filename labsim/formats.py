"""How are numbers shown to people? The one place where money, tokens, FLOP and quarters become text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

NOTHING = "—"
"""Shown for None, NaN and infinities: there is no number to show."""

FIRST_YEAR = 2023
"""Calendar year of turn 0, which is its first quarter (model: t = 0 at 2023Q1)."""

_LADDER = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_TOO_LONG = 1e15  # digits people still read; from here on powers of ten
_QUARTER = re.compile(r"\s*(\d{4})\s*-?\s*[Qq]([1-4])\s*", re.ASCII)
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e([+-]?[0-9]{1,3}))?\s*([kmbt]?)", re.ASCII | re.IGNORECASE)


# --- quarters ----------------------------------------------------------------------------------------------------


def quarter_name(turn: float) -> str:
    """Return the quarter of a turn as it is written in files, `2023Q1` for turn 0."""
    year, quarter = divmod(int(turn), 4)
    return f"{FIRST_YEAR + year}Q{quarter + 1}"


def quarter_title(turn: float) -> str:
    """Return the quarter of a turn as a person says it, `Q1 2023` for turn 0."""
    year, quarter = divmod(int(turn), 4)
    return f"Q{quarter + 1} {FIRST_YEAR + year}"


def quarter_number(name: str) -> int:
    """Return the turn of a quarter such as `2025Q3`; quarters before 2023Q1 are negative. Raises ValueError."""
    match = _QUARTER.fullmatch(name)
    if match is None:
        raise ValueError(f'"{name}" is not a quarter; write it like 2025Q3')
    return (int(match[1]) - FIRST_YEAR) * 4 + int(match[2]) - 1


# --- sizes that people type --------------------------------------------------------------------------------------


def parse_size(text: str) -> float:
    """Return the number meant by `70B`, `2T`, `3e25` or `1,500`; k, M, B, T are 1e3 to 1e12. Raises ValueError."""
    match = _SIZE.fullmatch(text.strip().replace(",", "").replace("_", ""))
    if match is None:
        raise ValueError(f'"{text}" is not a size; write it like 70B, 2T, 1.4e12 or 3e25')
    factors = {sign.lower(): factor for factor, sign in _LADDER} | {"": 1.0}
    size = float(f"{match[1]}e{match[2] or 0}") * factors[match[3].lower()]
    if not math.isfinite(size):
        raise ValueError(f'"{text}" is too large; write it like 70B, 2T, 1.4e12 or 3e25')
    return size


# --- digits ------------------------------------------------------------------------------------------------------


def plain(value: float, decimals: int = 0) -> str:
    """Return a number with thousands separators and fixed decimals, never `-0`; huge ones in powers of ten."""
    if abs(value) >= _TOO_LONG:
        return scientific(value)
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not any(digit in text for digit in "123456789") else text


def significant(value: float, figures: int = 3) -> str:
    """Return a number with so many significant figures and no trailing zeros, never in exponent form."""
    if value == 0:
        return "0"
    exact = Decimal(repr(float(value)))
    step = Decimal(1).scaleb(min(exact.adjusted() - figures + 1, 0))
    text = f"{exact.quantize(step, ROUND_HALF_EVEN):,f}"
    return _trim(text)


def scientific(value: float) -> str:
    """Return a number with one decimal and a power of ten, `3.1e25`."""
    if value == 0:
        return "0"
    digits, power = f"{value:.1e}".split("e")
    return f"{digits}e{int(power)}"


def short(value: float, lowest: str = "k") -> str:
    """Return a size with at most two figures below ten and a letter: `4.2T`, `310B`, `12M`.

    The letter follows the rounded number: 999.7 M reads `1B`, not `1,000M`. `lowest` is the smallest letter used.
    What has no size, as when a unit took a number beyond the largest float, is a dash.
    """
    if not math.isfinite(value):
        return NOTHING
    sign, size = ("-" if value < 0 else ""), abs(value)
    rungs = _LADDER[: [letter for _, letter in _LADDER].index(lowest) + 1]
    for factor, letter in rungs:
        scaled = size / factor
        if _two_figures(scaled) >= 1:
            return f"{sign}{_trim(plain(_two_figures(scaled), 1))}{letter}"
    factor, letter = rungs[-1]
    if lowest == "k":
        return f"{sign}{ratio(size)}" if size else "0"
    return f"{sign}{significant(size / factor, 2)}{letter}" if size else "0"


def _two_figures(scaled: float) -> float:
    return round(scaled, 1) if scaled < 9.95 else float(round(scaled))


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- quantities, each in the unit of the declaration -------------------------------------------------------------


def dollars(value: float) -> str:
    """Return an amount in dollars, `$2.10`; under ten cents with two figures, from a thousand on without cents."""
    size = abs(value)
    if size < 0.0995:
        return _signed(value, significant(size, 2) if size >= 1e-6 else "0")
    return _signed(value, plain(size, 2 if size < 999.995 else 0))


def money(millions: float) -> str:
    """Return an amount in M$ as `$1.2B`, `$340M`, `$0.85M` or `-$12M`; under $0.1M as `$85k`."""
    size = abs(millions)
    if size < 0.0995:
        return _signed(millions, short(size * 1e6) if size >= 0.000995 else plain(size * 1e6))
    return _signed(millions, f"{size:.2f}M" if size < 0.995 else short(size * 1e6, "M"))


def _signed(value: float, digits: str) -> str:
    minus = "-" if value < 0 and any(digit in digits for digit in "123456789") else ""
    return f"{minus}${digits}"


def tokens(trillions: float) -> str:
    """Return a number of tokens given in T (1e12) as `4.2T`, `310B` or `12M`."""
    return short(trillions * 1e12)


def share(value: float) -> str:
    """Return a share 0-1 as `12.3 %`."""
    return f"{plain(value * 100, 1)} %"


def hundred(value: float) -> str:
    """Return a standing 0-1, such as trust, on the scale 0-100."""
    return plain(value * 100)


def power(megawatts: float) -> str:
    """Return power in MW as `12 MW` or `1.2 GW`."""
    size = abs(megawatts)
    if size >= 999.5:
        return f"{_trim(plain(megawatts / 1000, 1))} GW"
    return f"{plain(megawatts) if size >= 9.95 else _trim(plain(megawatts, 1))} MW"


def count(value: float) -> str:
    """Return a count with thousands separators, `12,400`."""
    return plain(value)


def ratio(value: float) -> str:
    """Return a bare number: three figures, thousands separators, powers of ten only where it is very large or small."""
    size = abs(value)
    return scientific(value) if size >= 1e9 or 0 < size < 1e-4 else significant(value)


def decimals(value: float) -> str:
    """Return a bare number with two decimals, `0.85`."""
    return plain(value, 2)


_UNITS: dict[str, Callable[[float], str]] = {
    "M$": money,
    "$": dollars,
    "T": tokens,
    "tokens": short,
    "parameters": short,
    "GPU": lambda value: f"{count(value)} {'GPU' if count(value) == '1' else 'GPUs'}",
    "H100e": lambda value: f"{count(value)} H100e",
    "MW": power,
    "1": ratio,
    "-": ratio,
    "": ratio,
    "0-1": hundred,
    "share": share,
    "persons": count,
    "count": count,
    "rounds": count,
    "flag": lambda value: "yes" if value else "no",
    "points": plain,
    "months": lambda value: f"{plain(value)} mo",
    "quarters": lambda value: f"{plain(value)} {'quarter' if plain(value) == '1' else 'quarters'}",
    "h": lambda value: f"{ratio(value)} h",
    "s": lambda value: f"{ratio(value)} s",
    "FLOP": scientific,
    "FLOP/s": lambda value: f"{scientific(value)} FLOP/s",
    "$/M tokens": lambda value: f"{dollars(value)} / M tok",
    "M subscribers": lambda value: f"{ratio(value)} M subscribers",
}
_ALIASES = {
    "T tokens": "T",
    "MW IT": "MW",
    "$/M tok": "$/M tokens",
}
_PER = {"quarter": "/qtr", "quarters": "/qtr", "year": "/yr", "yr": "/yr", "month": "/mo", "h": "/h", "MWh": "/MWh"}
_FORMATS: dict[str, Callable[[float], str]] = {
    "share": share,
    "percent": share,
    "hundred": hundred,
    "count": count,
    "money": money,
    "dollars": dollars,
    "tokens": tokens,
    "short": short,
    "scientific": scientific,
    "ratio": ratio,
    "decimals": decimals,
    "quarter": quarter_name,
    "quarter_title": quarter_title,
}


def show(value: float | None, unit: str, format: str | None = None) -> str:
    """Return a number in its declared unit as people read it.

    `format` is a name such as `share`, `hundred` or `quarter`, or a Python format such as `.2f`, and wins over the
    unit's own. None, NaN and infinities give a dash. A unit without rules of its own follows the bare number.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    number = float(value)
    if format in _FORMATS:
        return _FORMATS[format](number)
    if format:
        return python_format(number, format)
    unit = _ALIASES.get(unit, unit)
    if unit in _UNITS:
        return _UNITS[unit](number)
    top, _, bottom = unit.rpartition("/")
    top = _ALIASES.get(top, top)
    if top in _UNITS and bottom in _PER:
        return _UNITS[top](number) + _PER[bottom]
    return f"{ratio(number)} {unit}"


def python_format(number: float, spec: str) -> str:
    """Return a number by a Python format specification. Raises ValueError naming a specification that is none."""
    try:
        return format(number, spec)
    except ValueError as error:
        raise ValueError(
            f"unknown format {spec!r}; known are {', '.join(sorted(_FORMATS))} and Python's own"
        ) from error


def show_as(value: float | None, spec: str) -> str:
    """Return a number by one word that is either a named format (`share`, `quarter`) or a declared unit (`M$`)."""
    return show(value, "", spec) if spec in _FORMATS else show(value, spec)
