"""Where is the control that a step names? Found by its accessible name among everything the window really has."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from labsim.ui.actions import PAGE_ACTIONS, spec
from labsim.ui.window import MainWindow


@dataclass(frozen=True)
class Target:
    """A control, or the page that has to be opened to reach it."""

    widget: QWidget | None = None
    menu: str = ""  # title of a menu
    page: str = ""  # key of the page that has the control, when another one is in front


def find_target(window: MainWindow, name: str) -> Target | None:
    """The control of this accessible name, one that shows first; None when the window has none."""
    if any(action.text().replace("&", "") == name for action in window.menuBar().actions()):
        return Target(menu=name)
    found = [widget for widget in window.findChildren(QWidget) if widget.accessibleName() == name]
    front = [widget for widget in found if widget.isVisible()]
    if front:
        return Target(widget=front[0])
    for key, page in window.pages.items():
        inside = [widget for widget in found if page.isAncestorOf(widget)]
        if inside and key == window.page_key:
            return Target(widget=inside[0])  # on this page, but folded away or behind a tab
        if inside:
            return Target(page=key)
    return None


def rect_of(window: MainWindow, target: Target) -> QRect:
    """Where the ring goes, in the window: what is seen of the control, or the way to its page; empty for nowhere."""
    if target.menu:
        bar = window.menuBar()
        named = [action for action in bar.actions() if action.text().replace("&", "") == target.menu]
        return bar.actionGeometry(named[0]).translated(bar.mapTo(window, QPoint())) if named else QRect()
    widget = window.rail.button(target.page) if target.page in PAGE_ACTIONS else target.widget
    if widget is None or not widget.isVisible():
        return QRect()
    seen = widget.visibleRegion().boundingRect()
    return seen.translated(widget.mapTo(window, QPoint())) if not seen.isEmpty() else QRect()


def page_words(target: Target) -> str:
    """The title of the page that has to be opened; empty when it is in front."""
    return spec(target.page).text if target.page in PAGE_ACTIONS else ""
