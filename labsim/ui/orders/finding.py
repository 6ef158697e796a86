"""Where is the control of an order? It is found on its page, brought into sight and given the keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSlider, QWidget

from labsim.text import say
from labsim.ui.orders.cards import SHARES
from labsim.ui.widgets.sight import bring_into_view


def show_control(page: QWidget, decision: str) -> None:
    """Bring the control of a decision into sight and give it the focus."""
    control = _control(page, decision)
    if control is None:
        return
    bring_into_view(control)
    control.setFocus(Qt.FocusReason.OtherFocusReason)


def _control(page: QWidget, decision: str) -> QWidget | None:
    """The part of a decision's control that takes the keyboard."""
    use = next((use for use, name in SHARES.items() if name == decision), "")
    if use:
        name = say("orders.share", name=say(f"use.{use}"))
        return next((s for s in page.findChildren(QAbstractSlider) if s.accessibleName() == name), None)
    holder = page.findChild(QWidget, "segment_prices" if decision == "price" else f"order_{decision}")
    if holder is None:
        return None
    able = [w for w in holder.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled()]
    return able[0] if able else holder
