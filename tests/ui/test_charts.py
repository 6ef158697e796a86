"""Do charts keep their pieces, follow the theme, and say what they show in words and as a table?"""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from labsim import formats
from labsim.ui.charts.base import Chart
from labsim.ui.charts.bubble import Bubble, BubbleChart
from labsim.ui.charts.curves import Curve, CurveChart, Reference
from labsim.ui.charts.fan import FanChart, FanData
from labsim.ui.charts.history import HistoryChart
from labsim.ui.charts.items import log_ticks, nice_ticks, spread
from labsim.ui.charts.lines import Line, Threshold
from labsim.ui.charts.names import place_names
from labsim.ui.charts.sparkline import Sparkline
from labsim.ui.charts.stacked import StackedShares
from labsim.ui.charts.waterfall import Term, Waterfall, signed
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.tables import QuarterTable

NOW = 10
LABS = ("Anthropic", "OpenAI", "Google")


def money(value: float) -> str:
    return formats.show(value, "M$")


def share(value: float) -> str:
    return f"{formats.plain(value * 100)} %"


def lines(count: int = 6, start: int = 0) -> list[Line]:
    return [Line(name, np.linspace(0.2, 0.3, count), start, f"lab{at}") for at, name in enumerate(LABS)]


def fan_data(scale: float = 1.0, extras: bool = True) -> FanData:
    x = np.arange(9.0)
    bands = scale * (1000 + 50 * x + np.array([-1.6, -0.7, 0, 0.7, 1.6])[:, None] * 60 * np.sqrt(x))
    past = scale * np.linspace(700, 1000, 5)
    rivals = (Line("OpenAI", 1.2 * bands[2], NOW, "lab1"),)
    marks = (Threshold(900.0, "covenant", "warn"),)
    if not extras:
        return FanData(NOW, bands)
    return FanData(NOW, bands, past, bands[2] * 0.9, bands[2] * 1.1, rivals, marks)


@pytest.fixture
def fan(qtbot, theme: ThemeController) -> FanChart:  # type: ignore[no-untyped-def]
    chart = FanChart(theme, "Cash", money, formats.quarter_title)
    return show(qtbot, chart)


def show(qtbot, chart):  # type: ignore[no-untyped-def]
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    chart.show()
    qtbot.waitExposed(chart)
    return chart


def brightness(widget: QWidget) -> float:
    image = widget.grab().toImage()
    return float(np.array(image.constBits()).mean())


def made(theme: ThemeController) -> list[Chart | Waterfall]:
    """Every kind of chart, with data."""
    fan = FanChart(theme, "Cash", money, formats.quarter_title)
    fan.set_data(fan_data())
    history = HistoryChart(theme, "Revenue", money, formats.quarter_title)
    history.set_data(lines())
    stacked = StackedShares(theme, "Shares", share, formats.quarter_title)
    stacked.set_data(lines())
    bubbles = BubbleChart(theme, "Market", formats.dollars, formats.plain, money)
    bubbles.set_data([Bubble(name, 1.0 + at, 100.0 + at, 10.0**at, f"lab{at}") for at, name in enumerate(LABS)])
    curves = CurveChart(theme, "Loss", formats.short, formats.decimals, x_name="Parameters", y_name="Loss")
    n = np.logspace(9, 12, 20)
    curves.set_data([Curve("1e25 FLOP", n, 2 + (np.log10(n) - 10.5) ** 2)], [Reference("Llama 3 70B", 7e10, 2.2)])
    curves.set_design(1e11, 2.3)
    bridge = Waterfall(theme, "Why cash", money)
    bridge.set_data(Term("Q2", 100), [Term("Revenue", 50), Term("Salaries", -20)], Term("Q3", 130))
    return [fan, history, stacked, bubbles, curves, bridge]


def test_every_chart_says_and_tabulates_what_it_shows(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    for chart in made(theme):
        qtbot.addWidget(chart)
        summary, model = chart.summary(), chart.table()
        assert len(summary) > 20
        assert "nan" not in summary
        assert chart.accessibleDescription() == summary
        assert chart.accessibleName()
        assert chart.objectName()
        assert model.rowCount() >= 1
        assert model.columnCount() >= 1
        cells = [model.index(row, 0).data() for row in range(model.rowCount())]
        assert all(isinstance(cell, str) and cell for cell in cells)
        assert model.headerData(0, Qt.Orientation.Vertical)


def test_every_chart_is_drawn_in_the_colours_of_the_theme(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    charts = made(theme)
    holder = QWidget()
    qtbot.addWidget(holder)
    for chart in charts:
        chart.setParent(holder)
    before = [brightness(chart) for chart in charts]
    theme.set_mode("light")
    after = [brightness(chart) for chart in charts]
    for old, new, chart in zip(before, after, charts, strict=True):
        if isinstance(chart, Chart):
            assert new > old + 60, chart.objectName()
    fan = charts[0]
    assert isinstance(fan, FanChart)
    assert fan.median.opts["pen"].color().name().upper() == theme.tokens.accent.upper()
    assert fan.plot.backgroundBrush().color().name().upper() == theme.tokens.surface.upper()


def test_a_new_forecast_moves_the_pieces_and_makes_none(fan: FanChart) -> None:
    fan.set_data(fan_data())
    items = list(fan.plot.getPlotItem().items)
    scene = len(fan.plot.scene().items())
    for scale in (1.0, 1.01, 1.02):
        fan.set_data(fan_data(scale))
    assert list(fan.plot.getPlotItem().items) == items
    assert len(fan.plot.scene().items()) == scene
    assert fan.median.yData[0] == pytest.approx(1020)
    assert fan.wide.boundingRect().right() == NOW + 8


def test_the_axis_stays_until_the_data_leave_it_or_shrink_much(fan: FanChart) -> None:
    def heights() -> list[float]:
        return fan.plot.getViewBox().viewRange()[1]

    fan.set_data(fan_data(1.0, extras=False))
    first = heights()
    fan.set_data(fan_data(0.99, extras=False))
    assert heights() == first
    fan.set_data(fan_data(3.0, extras=False))
    assert heights() != first
    wide = heights()
    fan.set_data(fan_data(0.5, extras=False))
    assert heights() != wide


def test_optional_lines_come_and_go(fan: FanChart) -> None:
    fan.set_data(fan_data())
    assert fan.ghost.isVisible()
    assert fan.committed.isVisible()
    assert fan.past.isVisible()
    assert fan.rivals[0].isVisible()
    assert fan.thresholds[0].isVisible()
    fan.set_data(fan_data(extras=False))
    shown = [fan.ghost, fan.committed, fan.past, fan.rivals[0], fan.thresholds[0]]
    assert not any(item.isVisible() for item in shown)


def test_the_forecast_is_read_out_where_one_points_and_with_the_arrows(qtbot, fan: FanChart) -> None:  # type: ignore[no-untyped-def]
    fan.set_data(fan_data())
    assert fan.readout.text().startswith("90 %: $")  # at rest the band at the end; its middle stands at the line
    fan.point_at(NOW + 2.2, 0)
    assert fan.readout.text().startswith(formats.quarter_title(NOW + 2))
    fan.point_at(NOW - 3, 0)
    assert fan.readout.text() == f"{formats.quarter_title(NOW - 3)}   {money(775)}"
    fan.unpoint()
    qtbot.keyClick(fan, Qt.Key.Key_Left)
    qtbot.keyClick(fan, Qt.Key.Key_Left)
    assert fan.readout.text().startswith(formats.quarter_title(NOW + 7))
    assert "nine chances in ten" in fan.summary()
    assert "covenant" in FanChart.summary(fan) or fan_data().bands[0, -1] > 900


def test_a_table_that_is_shown_follows_the_chart(qtbot, theme: ThemeController, fan: FanChart) -> None:  # type: ignore[no-untyped-def]
    fan.set_data(fan_data())
    view = QuarterTable(theme, "Forecast table")
    qtbot.addWidget(view)
    view.show_model(fan.table())
    names = [row.name for row in fan.table().data_shown.rows]
    assert names == [
        "Happened",
        "5 % lower than",
        "25 % lower than",
        "Median",
        "75 % lower than",
        "95 % lower than",
        "Orders unchanged",
        "Last forecast",
        "OpenAI",
    ]
    with qtbot.waitSignal(fan.table().dataChanged):
        fan.set_data(fan_data(2.0))
    assert fan.table().data_shown.rows[3].cells[-1] == money(2800)
    assert fan.table().data_shown.rows[0].cells[-1] == "—"


def test_a_bridge_shows_signs_and_what_is_not_explained(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    bridge = show(qtbot, Waterfall(theme, "Why cash", money))
    bridge.set_data(Term("Q2", 100), [Term("Revenue", 50), Term("Nothing", 0), Term("Salaries", -20)], Term("Q3", 120))
    rows = [(row.name, row.cells[0]) for row in bridge.table_data().rows]
    assert rows == [
        ("Q2", "$100M"),
        ("Revenue", "+$50M"),
        ("Salaries", "-$20M"),
        ("Not explained", "-$10M"),
        ("Q3", "$120M"),
    ]
    bridge.set_data(Term("Q2", 0.1), [Term("a", 0.1), Term("b", 0.1)], Term("Q3", 0.3))
    assert [row.name for row in bridge.table_data().rows] == ["Q2", "a", "b", "Q3"]
    assert signed(0.0, money) == "$0"


def test_bubbles_have_areas_in_proportion_to_revenue(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    chart = show(qtbot, BubbleChart(theme, "Market", formats.dollars, formats.plain, money))
    chart.set_data([Bubble("a", 1, 100, 400, "lab0"), Bubble("b", 2, 110, 100, "lab1", is_estimate=True)])
    large, small = chart.sizes()
    assert large**2 / small**2 == pytest.approx(4)
    assert "b (est.)" in chart.summary()
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.readout.text().startswith("a: ")


def test_a_click_on_a_reference_point_picks_it(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    chart = made(theme)[4]
    assert isinstance(chart, CurveChart)
    show(qtbot, chart)
    place = chart._spots.points()[0].pos()
    spot = chart.plot.getViewBox().mapViewToScene(place)
    with qtbot.waitSignal(chart.picked) as told:
        qtbot.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=chart.plot.mapFromScene(spot))
    assert told.args == ["Llama 3 70B"]


def test_the_design_moves_with_the_hand_and_with_keys(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    chart = made(theme)[4]
    assert isinstance(chart, CurveChart)
    show(qtbot, chart)
    with qtbot.assertNotEmitted(chart.moving):
        chart.set_design(2e11, 2.4)
    with qtbot.waitSignal(chart.moving) as told:
        chart.marker.setPos(11.0, 2.5)
    assert told.args[0] == pytest.approx((1e11, 2.5))
    with qtbot.waitSignal(chart.moved) as told:
        qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert told.args[0][0] == pytest.approx(1.02e11)


def test_histories_are_read_out_nearest_first(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    chart = show(qtbot, HistoryChart(theme, "Revenue", money, formats.quarter_title))
    chart.set_data([Line("low", np.array([1.0, 1.0]), 0), Line("high", np.array([9.0, np.nan]), 0)])
    chart.point_at(0, 8.5)
    text = chart.readout.text()
    assert text.index("high") < text.index("low")
    assert chart.table_data().rows[1].cells[1] == "—"


def test_a_sparkline_bears_gaps_and_nothing(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    line = show(qtbot, Sparkline(theme, "Cash so far", money))
    for values in ([], [np.nan], [1.0], [1.0, np.nan, 3.0], [2.0, 2.0]):
        line.set_data(np.array(values))
        line.grab()
    line.set_data(np.array([1.0, 3.0]))
    assert line.accessibleDescription() == f"from {money(1)} to {money(3)}"


def test_labels_are_spread_without_leaving_the_plot() -> None:
    places = spread([50.0, 51.0, 52.0, 99.0], 10, 0, 100)
    assert all(b - a >= 10 - 1e-9 for a, b in zip(sorted(places), sorted(places)[1:], strict=False))
    assert 0 <= min(places) <= max(places) <= 100
    assert spread([], 10, 0, 100) == []


def test_names_of_points_cover_nothing_when_there_is_room() -> None:
    spots = [QRectF(100, 100, 10, 10), QRectF(120, 100, 10, 10)]
    boxes = [box for box in place_names([(40, 12), (40, 12)], spots, QRectF(0, 0, 300, 300)) if box is not None]
    assert len(boxes) == 2
    assert not boxes[0].intersects(boxes[1])
    assert not any(box.intersects(spot) for box in boxes for spot in spots)


def test_names_without_room_are_left_to_the_read_out() -> None:
    spots, whole = [QRectF(50 + at, 30, 8, 8) for at in range(20)], QRectF(0, 0, 160, 70)
    boxes = place_names([(60, 12)] * 20, spots, whole)
    written = [box for box in boxes if box is not None]
    assert boxes[0] is not None
    assert 1 < len(written) < len(boxes)
    assert all(whole.adjusted(-1, -1, 1, 1).contains(box) for box in written)
    assert not any(
        one.adjusted(1, 1, -1, -1).intersects(other.adjusted(1, 1, -1, -1))
        for at, one in enumerate(written) for other in written[at + 1 :]
    )  # fmt: skip


def test_ticks_are_round_numbers() -> None:
    assert nice_ticks(-0.5, 10.2, 5) == [0, 2.5, 5, 7.5, 10]
    assert nice_ticks(1.0, 1.0, 5) == []
    assert [round(10**tick) for tick in log_ticks(0, 2, 3)] == [1, 10, 100]
