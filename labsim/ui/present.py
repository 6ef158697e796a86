"""What do figures of a turn look like in words? Tiles of the top bar and names of labs, from records of the engine."""

from __future__ import annotations

from collections.abc import Sequence

from labsim import formats
from labsim.model.figures import RUNWAY_MONTHS_MAX
from labsim.play.standing import NO_END, Standing
from labsim.text import say
from labsim.ui.widgets.tiles import Kpi

WARN_QUARTERS, BAD_QUARTERS = 4.0, 2.0  # runway: twelve and six months
LOW_TRUST = 0.3
_LARGEST = 1e15  # stands for no end in differences


def tiles(history: Sequence[Standing]) -> dict[str, Kpi]:
    """The tiles of the top bar for the last of a row of turns, with the change since the one before."""
    if not history:
        return dict.fromkeys(("cash", "runway", "revenue", "capability", "share", "trust"), Kpi(formats.NOTHING))
    now, before = history[-1], history[-2] if len(history) > 1 else None

    def change(name: str, show: object) -> tuple[str, int]:
        if before is None:
            return "", 0
        step = min(getattr(now, name), _LARGEST) - min(getattr(before, name), _LARGEST)
        text = show(abs(step))  # type: ignore[operator]
        if abs(step) > _LARGEST / 2.0 or text == show(0.0):  # type: ignore[operator]
            return ("", 0) if abs(step) > _LARGEST / 2.0 else (say("tiles.unchanged"), 0)
        return f"{'+' if step > 0.0 else '−'}{text}", 1 if step > 0.0 else -1

    def tile(name: str, value: str, show: object, state: str = "", note: str = "") -> Kpi:
        text, way = change(name, show)
        past = [
            min(float(getattr(item, name)), RUNWAY_MONTHS_MAX if name == "runway" else _LARGEST) for item in history
        ]
        return Kpi(value, text, way, None if way == 0 else way > 0, state, note, past)  # type: ignore[arg-type]

    months = now.runway
    state = "bad" if months < 3.0 * BAD_QUARTERS else "warn" if months < 3.0 * WARN_QUARTERS else ""
    return {
        "cash": tile("cash", formats.money(now.cash), formats.money, "bad" if now.cash <= 0.0 else ""),
        "runway": tile("runway", runway_text(months), lambda m: formats.show(m, "months"), state),
        "revenue": tile("revenue", f"{formats.money(now.revenue)}/yr", formats.money),
        "capability": tile("capability", f"{now.capability:.0f} (#{now.rank})", lambda x: f"{x:.0f}"),
        "share": tile("share", formats.share(now.share), formats.share),
        "trust": tile("trust", formats.hundred(now.trust), formats.hundred, "bad" if now.trust < LOW_TRUST else ""),
    }


def runway_text(months: float) -> str:
    """Runway in months, more than can be planned, or that it does not end."""
    if months == NO_END:
        return say("tiles.no_end")
    return (
        say("tiles.over_mo", months=f"{RUNWAY_MONTHS_MAX:.0f}")
        if months > RUNWAY_MONTHS_MAX
        else formats.show(months, "months")
    )
