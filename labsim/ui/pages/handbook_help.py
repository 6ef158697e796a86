"""Which entry of the handbook tells about a control? From its name, or from what it stands in."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from labsim.model.decisions import DECISIONS
from labsim.ui.orders.fields import label_for

Place = tuple[str, str]
"""Page and heading; an empty heading is the top of the page."""

_DECISIONS = {variable.name: label_for(variable.name) for variable in DECISIONS}
_NAMED: dict[str, Place] = {
    "token_bar": ("tokens", ""),
    "tokens_card": ("tokens", ""),
    "compute_card": ("compute", ""),
    "model_card": ("training", ""),
    "market_card": ("market", ""),
    "capital_card": ("capital", ""),
    "policy_card": ("society", ""),
    "segment_prices": ("orders", label_for("price")),
    "cash_chart": ("forecast", "Bands"),
    "revenue_a_year_chart": ("forecast", "Bands"),
    "capability_chart": ("forecast", "Bands"),
    "share_of_revenue_chart": ("forecast", "Bands"),
    "forecast_summary": ("forecast", "Bands"),
    "why_cash": ("accounts", ""),
    "why_runway": ("capital", ""),
    "why_revenue": ("market", ""),
    "why_capability": ("training", ""),
    "why_share": ("market", ""),
    "why_trust": ("society", ""),
    "branch_tree": ("play", ""),
}
_SHARES = {f"{use}_share": label_for(name) for use, name in (
    ("training", "training_share"), ("alignment", "alignment_share"), ("inference", "inference_share"),
    ("research", "experiment_share"))}  # fmt: skip
_PAGES: dict[str, Place] = {
    "control_room": ("play", ""),
    "model_lab": ("training", ""),
    "market": ("market", ""),
    "finance": ("accounts", ""),
    "timeline": ("play", ""),
    "report": ("forecast", "Why?"),
}


def place_for(widget: QWidget | None, page: str) -> Place:
    """The entry for the control with the focus on a page of the window: the nearest one around it that has any."""
    while widget is not None:
        for name in (widget.objectName(), widget.accessibleName().lower().replace(" ", "_")):
            if name.removeprefix("order_") in _DECISIONS:
                return "orders", _DECISIONS[name.removeprefix("order_")]
            if name in _SHARES:
                return "orders", _SHARES[name]
            if name in _NAMED:
                return _NAMED[name]
        widget = widget.parentWidget()
    return _PAGES.get(page, ("index", ""))
