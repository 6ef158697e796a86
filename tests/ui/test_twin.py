"""Does T show the table behind whatever has one?"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt

from labsim.ui.charts.fan import FanChart, FanData
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


def test_the_table_of_a_forecast_begins_with_the_forecast(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    fan = FanChart(theme, "Cash", str, lambda turn: f"Q{turn:.0f}")
    twin = ChartTwin(theme, fan)
    qtbot.addWidget(twin)
    twin.resize(400, 300)
    twin.show()
    qtbot.waitExposed(twin)
    fan.set_data(FanData(9, np.ones((5, 8)), np.arange(10.0)))
    twin.flip()
    assert twin.view is not None
    assert twin.view.model().headerData(fan.table_from, Qt.Orientation.Horizontal) == "Q9"
    qtbot.waitUntil(lambda: twin.view.columnViewportPosition(fan.table_from) == 0)
