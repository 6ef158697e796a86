"""Do the smaller widgets tell what was done to them, and have they names?"""

from __future__ import annotations

import pytest
from PySide6.QtCore import QAbstractAnimation, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from labsim import formats
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.calendar import Delivery, DeliveryCalendar
from labsim.ui.widgets.cards import Card, Chip, EmptyState
from labsim.ui.widgets.flowlayout import FlowLink, FlowNode, lay_out
from labsim.ui.widgets.messages import Banner, Toast
from labsim.ui.widgets.report import ReportDialog
from labsim.ui.widgets.search import SearchItem, SearchList
from labsim.ui.widgets.tables import QuarterTable, TableData, TableRow
from labsim.ui.widgets.tiles import Kpi, KpiTile
from labsim.ui.widgets.tokenflow import TokenFlow
from tests.ui.looks import moving

NODES = [
    FlowNode("flop", "Compute", "8e25 FLOP", 0),
    FlowNode("training", "Training", "4.2T tokens", 1, "training"),
    FlowNode("inference", "Inference", "92T tokens", 1, "inference"),
]
LINKS = [FlowLink("flop", "training", 30.0), FlowLink("flop", "inference", 50.0)]


def shown(qtbot, widget):  # type: ignore[no-untyped-def]
    qtbot.addWidget(widget)
    widget.resize(600, 300)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_a_tile_answers_why_by_mouse_and_keyboard(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    tile = shown(qtbot, KpiTile(theme, "Cash"))
    tile.set_data(Kpi("$2.1B", "-$310M", -1, False, "warn", "Runway is 5 months.", (3.0, 2.0, 1.0)))
    assert tile.accessibleName() == "Why cash"
    assert tile.accessibleDescription() == "Cash $2.1B. change -$310M. Runway is 5 months."
    with qtbot.waitSignal(tile.asked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(tile.asked):
        qtbot.keyClick(tile, Qt.Key.Key_Space)


def test_widths_in_the_flow_are_exactly_to_scale() -> None:
    found = lay_out(NODES, LINKS, QRectF(0, 0, 400, 200), 10, 20)
    widths = [ribbon.width for ribbon in found.ribbons]
    assert widths[0] / widths[1] == pytest.approx(30 / 50, rel=1e-12)
    assert found.boxes["flop"].height() == pytest.approx(sum(widths))
    assert all(box.top() >= 0 and box.bottom() <= 200 for box in found.boxes.values())
    assert found.boxes["inference"].top() - found.boxes["training"].bottom() >= 20 - 1e-9


def test_the_flow_tells_what_is_under_the_pointer(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    flow = shown(qtbot, TokenFlow(theme))
    flow.set_data(NODES, LINKS)
    boxes = flow.layout_now().boxes
    assert flow.text_at(boxes["training"].center()) == "Training: 4.2T tokens"
    ribbon = flow.layout_now().ribbons[0]
    assert flow.text_at(QPointF(ribbon.left + 8, ribbon.left_top + 2)) == "Compute → Training: 38 % of Compute"
    assert flow.table().data_shown.rows[0].cells == ("8e25 FLOP", "Training, Inference")
    assert "Inference 92T tokens" in flow.accessibleDescription()


def test_a_flow_of_nothing_is_drawn_without_complaint(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    flow = shown(qtbot, TokenFlow(theme))
    flow.grab()
    flow.set_data(NODES, [FlowLink("flop", "training", 0.0)])
    flow.grab()


def test_the_calendar_shows_what_is_on_order(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    calendar = shown(qtbot, DeliveryCalendar(theme, formats.quarter_title))
    assert calendar.summary() == "Nothing is on order."
    items = [Delivery(11, "chips", "4,000 B200"), Delivery(11, "chips", "100 H200"), Delivery(30, "sites", "far away")]
    calendar.set_data(10, 8, items)
    assert calendar.summary() == f"{formats.quarter_title(11)}: 4,000 B200; {formats.quarter_title(11)}: 100 H200"
    assert calendar.table().data_shown.rows[0].cells[1] == "4,000 B200, 100 H200"
    pills = [rect for rect, _, _ in calendar._pills()]
    assert not pills[0].intersects(pills[1])


def test_a_card_folds_and_says_so(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    card = shown(qtbot, Card(theme, "Compute", "cpu", can_fold=True))
    button = card.findChild(QWidget, "fold_compute_card")
    with qtbot.waitSignal(card.folded) as told:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert told.args == [True]
    assert card.is_folded
    card.set_folded(False)
    assert not card.is_folded
    card.set_live(True)
    assert card.live.isVisible()


def test_a_banner_acts_and_goes(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    banner = shown(qtbot, Banner(theme, "warn", "Runway is below 6 months", "Raise or cut.", "See ways out"))
    assert banner.accessibleName() == "Runway is below 6 months"
    with qtbot.waitSignal(banner.acted):
        qtbot.mouseClick(banner.button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(banner.dismissed):
        qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert banner.isHidden()


def test_a_toast_can_be_undone_and_stays_at_the_foot(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    window = shown(qtbot, QWidget())
    toast = Toast(theme, window)
    toast.say("Bought 4,000 B200")
    window.resize(700, 500)
    assert toast.geometry().bottom() < 500
    assert abs(toast.geometry().center().x() - 350) <= 2
    with qtbot.waitSignal(toast.undone):
        qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert toast.isHidden()


def test_a_toast_fades_in_shortly_and_appears_at_once_when_motion_is_reduced(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    window = shown(qtbot, QWidget())
    toast = Toast(theme, window)
    for is_reduced in (True, False):
        theme.set_reduced_motion(is_reduced)
        toast.say("Bought 4,000 B200")
        assert bool(moving(window)) != is_reduced
    assert toast.findChild(QAbstractAnimation).duration() <= 200


def test_search_ranks_beginnings_first_and_chooses_with_the_keyboard(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    found = shown(qtbot, SearchList(theme, "Commands", "Type a command"))
    found.set_items(
        [
            SearchItem("weekend", "Weekend"),
            SearchItem("end", "End quarter", words="advance next"),
            SearchItem("back", "Back end"),
            SearchItem("undo", "Undo"),
        ]
    )
    qtbot.keyClicks(found.edit, "end")
    assert found.shown() == ["end", "back", "weekend"]
    qtbot.keyClick(found.edit, Qt.Key.Key_Down)
    with qtbot.waitSignal(found.chosen) as told:
        qtbot.keyClick(found.edit, Qt.Key.Key_Return)
    assert told.args == ["back"]
    found.edit.setText("advance")
    assert found.shown() == ["end"]
    found.edit.setText("zzz")
    assert found.shown() == []
    with qtbot.waitSignal(found.dismissed):
        qtbot.keyClick(found.edit, Qt.Key.Key_Escape)


def table() -> TableData:
    rows = (
        TableRow("Revenue", ("$1B", "$2B")),
        TableRow("Costs", ("-$3B", "-$4B")),
        TableRow("Net", ("-$2B", "-$2B"), True),
    )
    return TableData(("Q1 2025", "Q2 2025"), rows)


def test_a_table_is_copied_for_a_spreadsheet(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    view = shown(qtbot, QuarterTable(theme, "Income statement"))
    view.set_data(table())
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines() == ["\tQ1 2025\tQ2 2025", "Revenue\t$1B\t$2B", "Costs\t-$3B\t-$4B", "Net\t-$2B\t-$2B"]
    view.setCurrentIndex(view.own_model.index(0, 1))
    view.selectionModel().select(view.own_model.index(1, 1), view.selectionModel().SelectionFlag.Select)
    assert view.selected_text().splitlines() == ["\tQ2 2025", "Revenue\t$2B", "Costs\t-$4B"]


def test_figures_are_right_aligned_and_a_same_shape_keeps_the_view(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    view = shown(qtbot, QuarterTable(theme, "Income statement"))
    view.set_data(table())
    align = view.own_model.index(0, 0).data(Qt.ItemDataRole.TextAlignmentRole)
    assert align & Qt.AlignmentFlag.AlignRight
    with qtbot.assertNotEmitted(view.own_model.modelReset), qtbot.waitSignal(view.own_model.dataChanged):
        view.set_data(table())
    with qtbot.waitSignal(view.own_model.modelReset):
        view.set_data(TableData(("Q1 2025",), table().rows))


def test_a_report_can_be_copied(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    dialog = shown(qtbot, ReportDialog(theme, "Something went wrong", "Your orders are safe.", "Traceback: x"))
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Traceback: x"


def test_an_empty_state_offers_its_action(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    empty = shown(qtbot, EmptyState(theme, "git-branch", "No branches yet", "Fork to see one.", "Fork here"))
    with qtbot.waitSignal(empty.acted):
        qtbot.mouseClick(empty.button, Qt.MouseButton.LeftButton)


def test_everything_that_takes_the_focus_has_a_name(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    holder = QWidget()
    layout = QVBoxLayout(holder)
    widgets = [
        KpiTile(theme, "Cash"),
        TokenFlow(theme),
        DeliveryCalendar(theme, formats.quarter_title),
        Card(theme, "Compute", can_fold=True),
        Banner(theme, "info", "Hello", action="Act"),
        SearchList(theme, "Commands", "Type a command"),
        QuarterTable(theme, "Income statement"),
        EmptyState(theme, "info", "Nothing", "Yet.", "Act"),
        Chip(theme, "word"),
    ]
    for widget in widgets:
        layout.addWidget(widget)
    shown(qtbot, holder)
    for widget in holder.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not widget.objectName().startswith("qt_"):
            assert widget.accessibleName(), widget
            assert widget.objectName(), widget
