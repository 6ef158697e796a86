"""Does T show the table behind whatever has one?"""

from __future__ import annotations

from PySide6.QtCore import Qt

from labsim.ui.charts.twin import ChartTwin
from labsim.ui.charts.waterfall import Term, Waterfall
from labsim.ui.theme import ThemeController


def test_t_flips_between_chart_and_table(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    bridge = Waterfall(theme, "Cash", str)
    twin = ChartTwin(theme, bridge)
    qtbot.addWidget(twin)
    twin.show()
    qtbot.waitExposed(twin)
    bridge.set_data(Term("Q2", 1.0), [Term("Revenue", 2.0)], Term("Q3", 3.0))
    bridge.setFocus()
    with qtbot.waitSignal(twin.flipped) as told:
        qtbot.keyClick(bridge, Qt.Key.Key_T)
    assert told.args == [True]
    assert twin.view is not None
    assert twin.view.accessibleName() == "Cash table"
    assert twin.view.model().rowCount() == 3
    bridge.set_data(Term("Q2", 1.0), [], Term("Q3", 1.0))
    assert twin.view.model().rowCount() == 2
    qtbot.keyClick(twin.view, Qt.Key.Key_T)
    assert not twin.is_table
