"""How does what is folded away or scrolled out come into sight? Cards above it unfold, and areas scroll to it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from labsim.ui.widgets.cards import Card

_BESIDE, _AROUND = 50, 60
"""Pixels of what stands around it that are shown with it; game choice."""


def bring_into_view(widget: QWidget) -> None:
    """Unfold the card of a control and scroll to it; no page is opened and the focus stays."""
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, Card) and above.is_folded:
            above.set_folded(False)
        if isinstance(above, QScrollArea):  # once what was unfolded has its place
            QTimer.singleShot(0, widget, lambda area=above: area.ensureWidgetVisible(widget, _BESIDE, _AROUND))
        above = above.parentWidget()
