"""Is every order given by keys alone? Tab walks over all pages that take orders, and each control moves the draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from labsim.model.params import SEGMENTS
from labsim.play.tree import OrderValue
from labsim.ui.desktop import Desktop
from labsim.ui.orders.fields import OrderField
from labsim.ui.pages.model_lab_form import DESIGN, DesignForm
from labsim.ui.widgets.prices import SegmentPrices
from labsim.ui.widgets.stepper import Stepper
from labsim.ui.widgets.tokenbar import TokenBar
from tests.carded import STRIKES, carded_file

HOLDERS = (OrderField, TokenBar, SegmentPrices)
"""What holds controls of orders; whatever takes the focus in them must move the draft."""
TYPED = ("1", "3", "12", "60", "2T", "30B", "2T")
"""Numbers, one of which is another than the one that stands, within the limits and large enough to be read."""
MOST_STOPS = 200
Moved = set[str]


@pytest.fixture
def desktop(desktop: Desktop, tmp_path: Path) -> Desktop:
    """A desktop in the first quarter of a scenario with cards, its window in front."""
    desktop.start(str(carded_file(tmp_path)), "Anthropic", 1)
    desktop.window.activateWindow()
    return desktop


def stops(desktop: Desktop, page: str) -> Iterator[QWidget]:
    """Everything on a page that Tab stops at, in its order, once."""
    desktop.window.show_page(page)
    desktop.window.setFocus()
    QCoreApplication.processEvents()
    seen: list[QWidget] = []
    for _ in range(MOST_STOPS):
        QTest.keyClick(QApplication.focusWidget() or desktop.window, Qt.Key.Key_Tab)
        here = QApplication.focusWidget()
        assert here is not None
        if here in seen:
            return
        seen.append(here)
        if desktop.window.pages[page].isAncestorOf(here):
            yield here
            here.setFocus()
    raise AssertionError("Tab never comes round")


def press(widget: QWidget) -> Iterator[None]:
    """Try one way after the other to change a control by keys."""
    if isinstance(widget, QLineEdit):
        for text in TYPED:
            widget.selectAll()
            QTest.keyClicks(widget, text)
            QTest.keyClick(widget, Qt.Key.Key_Return)
            yield
    elif isinstance(widget, QRadioButton | QAbstractSlider | QComboBox):
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Up):
            QTest.keyClick(QApplication.focusWidget() or widget, key)
            yield
    elif isinstance(widget, QAbstractButton):
        QTest.keyClick(widget, Qt.Key.Key_Space)
        yield


def given(desktop: Desktop) -> dict[str, OrderValue]:
    """What the draft gives; each segment's price by itself."""
    orders = dict(desktop.draft.orders)
    prices = orders.pop("price", {})
    assert isinstance(prices, dict)
    standing = desktop.draft.prices()
    return orders | {f"price {key}": standing[key] for key in SEGMENTS if prices}


def moved_by(desktop: Desktop, widget: QWidget) -> Moved:
    """Orders that the keys of a control change; they are undone again."""
    names: Moved = set()
    before, start = given(desktop), desktop.draft.prices()
    for _ in press(widget):
        QCoreApplication.processEvents()
        after = given(desktop)
        names = {name for name, value in after.items() if before.get(name, _standing(name, start)) != value}
        if names:
            break
    while desktop.draft.undo_stack.canUndo():
        desktop.draft.undo_stack.undo()
    return names


def _standing(name: str, prices: dict[str, float]) -> float | None:
    return prices.get(name.removeprefix("price "))


def walk(desktop: Desktop, page: str) -> Moved:
    """Orders moved from a page; a control of an order that moves none is a mistake."""
    moved: Moved = set()
    for widget in stops(desktop, page):
        held = any(isinstance(above, HOLDERS) for above in _above(widget))
        if not held and not any(isinstance(above, DesignForm) for above in _above(widget)):
            continue
        names = moved_by(desktop, widget)
        assert names or not held or _is_at_its_end(widget), f"{widget.accessibleName()} of {page} moves nothing"
        moved |= names
    return moved


def _above(widget: QWidget) -> Iterator[QWidget]:
    while (parent := widget.parentWidget()) is not None:
        yield parent
        widget = parent


def _is_at_its_end(widget: QWidget) -> bool:
    """Whether a control cannot move: a `less` at nothing."""
    return isinstance(widget.parentWidget(), Stepper)


@pytest.mark.slow
def test_every_order_is_reached_by_tab_and_given_by_keys(desktop: Desktop) -> None:
    room = desktop.control_room
    moved = walk(desktop, "control_room")
    assert walk(desktop, "model_lab") >= {*DESIGN, "start_run"}
    desktop.draft.order({"start_run": 1.0}, "Start this run")
    for _ in range(STRIKES + 1):
        desktop.game.end_quarter()
    moved |= walk(desktop, "control_room")  # now with a run to stop and a card to answer
    wanted = set(room.gives) - {"price"} | {f"price {segment}" for segment in SEGMENTS}
    assert sorted(wanted - moved) == ["thinking"]
    thinking = room.findChild(QLineEdit, "thinking")
    assert thinking is not None
    assert not thinking.isEnabled()  # until its technique is in hand
