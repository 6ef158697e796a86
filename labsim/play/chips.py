"""Which chips can be estimated with? The published data sheets, in the form of the game's table of generations."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache

import numpy as np

from labsim.errors import BadInput, Problem, did_you_mean
from labsim.formats import quarter_number
from labsim.model.exogenous import generation_on_sale
from labsim.model.params import Chips, Params
from labsim.play.reference import Row, number, rows
from labsim.scenario import DEFAULT, load_scenario

MISSING = float("nan")
ALL_IN = 1.35  # server and network over the price of the GPU; as in the game's table of chips
IT_POWER_OF_TDP = 2.08  # IT power with server and network over TDP; H100: 1,453 W over 700 W
FIGURES = {  # column of the file -> (column of the game's table, factor)
    "bf16_flop_per_s": ("bf16", 1.0),
    "fp8_flop_per_s": ("fp8", 1.0),
    "fp4_flop_per_s": ("fp4", 1.0),
    "hbm_gb": ("hbm", 1e9),
    "bandwidth_tb_per_s": ("bandwidth", 1e12),
}
SHOWN = {
    "bf16": "BF16 speed",
    "fp8": "FP8 speed",
    "fp4": "FP4 speed",
    "hbm": "memory",
    "bandwidth": "memory bandwidth",
}


@dataclass(frozen=True)
class Chip:
    """One row of the estimators' table: its row in ``params().chips`` and when it was launched."""

    name: str
    row: int
    launched: int  # quarters since 2023Q1
    formats: tuple[str, ...]  # precisions with a published speed


@cache
def params() -> Params:
    """The calibrated constants with the published chips in place of the game's generations."""
    game = load_scenario(DEFAULT).params
    sheets = [_sheet(row, game) for row in rows("chips")]
    columns = {f: np.array([[sheet[f]] for sheet in sheets]) for f in sheets[0] if f != "launch"}
    return game.replace(
        chips=Chips(
            names=tuple(row["chip"] for row in rows("chips")),
            launch=tuple(round(sheet["launch"]) for sheet in sheets),
            **columns,
        )
    )


def _sheet(row: Row, game: Params) -> dict[str, float]:
    """Figures of one chip; those that the game's table has are the game's own."""
    launch = quarter_number(row["launch"])
    known = row["game_row"]
    like = game.chips.names.index(known) if known else generation_on_sale(launch, game.chips.launch)
    kept = {f.name: float(getattr(game.chips, f.name)[like, 0]) for f in dataclasses.fields(Chips)[2:]}
    if known:
        return {**kept, "launch": game.chips.launch[like]}
    given = {name: number(row, column) for column, (name, _) in FIGURES.items()}
    scale = dict(FIGURES.values())
    price, tdp, power = (number(row, column) for column in ("purchase_usd", "tdp_w", "it_power_w"))
    watts = power if power is not None else MISSING if tdp is None else tdp * IT_POWER_OF_TDP
    priced = quarter_number(row["purchase_quarter"]) if row["purchase_quarter"] else launch
    sheet = {name: MISSING if value is None else value * scale[name] for name, value in given.items()}
    return {
        **kept,
        **sheet,
        "fp8": sheet["fp8"],
        "it_kw": watts / 1000.0,
        "price": MISSING if price is None else price * ALL_IN / 1e6,
        "h100e": sheet["fp8"] / float(game.chips.fp8[game.chips.names.index("H100"), 0]),
        "launch": float(priced),
    }


def find_chip(name: str) -> Chip:
    """A chip by one of its names, in any case.

    Raises:
        BadInput: no such chip.
    """
    p = params()
    names: dict[str, int] = {}
    for index, row in enumerate(rows("chips")):
        names |= {_folded(each): index for each in (row["chip"], *row["other_names"].split("|")) if each}
    wanted = _folded(name)
    if wanted not in names:
        known = ", ".join(chip_names())
        hint = did_you_mean(name, chip_names())
        raise BadInput(Problem("--chip", f'unknown chip "{name[:60]}"', f"choose one of {known};{hint}".rstrip(";")))
    found = names[wanted]
    launch = quarter_number(rows("chips")[found]["launch"])
    speeds = {"bf16": p.chips.bf16, "fp8": p.chips.fp8, "fp4": p.chips.fp4}
    formats = tuple(f for f, speed in speeds.items() if np.isfinite(speed[found, 0]))
    if "fp4" in formats and p.chips.fp4[found, 0] <= p.chips.fp8[found, 0]:
        formats = tuple(f for f in formats if f != "fp4")  # the game's table gives older chips their FP8 speed
    return Chip(p.chips.names[found], found, launch, formats)


def _folded(name: str) -> str:
    """A name without case, spaces and dashes: `TPU v5e` is `tpuv5e`."""
    return "".join(sign for sign in name.casefold() if sign not in " -_")


def chip_names() -> list[str]:
    """The shortest name of every chip, in the order of the file."""
    return [min((each for each in (r["chip"], *r["other_names"].split("|")) if each), key=len) for r in rows("chips")]


def require(chip: Chip, *figures: str) -> None:
    """Refuse a chip that lacks one of these figures. Raises BadInput naming every figure that is not published."""
    chips = params().chips
    absent = [SHOWN[f] for f in figures if not np.isfinite(getattr(chips, f)[chip.row, 0])]
    if absent:
        what = f"{chip.name}: no {' and no '.join(absent)} is published"
        raise BadInput(Problem("--chip", what, "choose a chip with a complete data sheet, such as H100 or B200"))
