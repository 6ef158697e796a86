"""Where does the design stand? Loss at a fixed budget and capability over compute, with known models as points."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from labsim import formats
from labsim.play.design import Bench, Design, Figures
from labsim.play.design_curves import Frontier, Place, best_design, frontier, iso_flop, place
from labsim.play.design_models import KnownModel
from labsim.text import say
from labsim.ui.charts.curves import Curve, CurveChart, Reference
from labsim.ui.charts.twin import ChartTwin
from labsim.ui.theme import ThemeController

_DECADES = 0.25  # ranges end at whole steps of this, so that they stay while the design moves
_CAP = 1.12  # half the width of a cap of the luck band, as a factor
_HEADROOM = 0.12  # loss drawn above the highest point, as a part of the span


def best_name() -> str:
    """What the compute-optimal size is called; it is picked by this name."""
    return say("model_lab.best_size")


class _FrontierChart(CurveChart):
    """Capability over compute; in words it tells what is reached, not what is lowest."""

    def summary(self) -> str:
        """Return the design and the models in words."""
        rows = self.table_data().rows
        return f"{self.accessibleName()}. " + " ".join(f"{row.name}: {', '.join(row.cells)}." for row in rows)


class DesignCharts(QWidget):
    """Both charts. `picked(name)` a known model or the best size; `moving` and `moved(active)` the design by hand."""

    picked = Signal(str)
    moving = Signal(float)
    moved = Signal(float)

    def __init__(self, theme: ThemeController) -> None:
        """Make empty charts."""
        super().__init__()
        self.budget = CurveChart(
            theme, say("model_lab.loss_fixed_budget"), formats.short, lambda loss: formats.show(loss, "", ".2f"),
            x_name=say("model_lab.active_parameters"), y_name=say("model_lab.loss"),
        )  # fmt: skip
        self.frontier = _FrontierChart(
            theme, say("model_lab.capability_over_training"), formats.scientific, formats.plain,
            x_name=say("model_lab.training_compute"), y_name=say("model_lab.capability"),
        )  # fmt: skip
        self.twins = (ChartTwin(theme, self.budget), ChartTwin(theme, self.frontier))
        self._split = split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("model_lab_charts_split")
        split.setChildrenCollapsible(False)
        for twin in self.twins:
            split.addWidget(twin)
        split.setSizes([500, 500])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        self._known: list[tuple[str, Place]] = []
        self._frontier: Frontier | None = None
        self._rivals: list[Reference] = []
        for chart in (self.budget, self.frontier):
            chart.picked.connect(self.picked)
        self.budget.moving.connect(lambda at: self.moving.emit(at[0]))
        self.budget.moved.connect(lambda at: self.moved.emit(at[0]))

    def set_quarter(self, bench: Bench, known: Sequence[KnownModel], labs: Sequence[str]) -> None:
        """Take up what stays the same while a design is changed: known models, rivals, and the frontiers."""
        self._known = [(model.name, place(model.design, bench)) for model in known]
        self._rivals = _served(bench, labs)
        reach = [point.x for point in self._rivals] + [at.flop for _, at in self._known]
        low, high = _window(min(reach) / 2.0, max(reach) * 10.0)
        self._frontier = frontier(bench, low, high)
        self.budget.forget_range()
        self.frontier.forget_range()

    def show_design(self, one: Figures, bench: Bench, can_move: bool) -> None:
        """Show a design among the others."""
        here = place(one.design, bench)
        self._show_budget(one.design, here, bench, can_move)
        self._show_frontier(here, one.luck)

    def set_beside(self, is_beside: bool) -> None:
        """Put the charts side by side, or one above the other."""
        self._split.setOrientation(Qt.Orientation.Horizontal if is_beside else Qt.Orientation.Vertical)

    def flip(self) -> None:
        """Show tables instead of charts, or charts again."""
        for twin in self.twins:
            twin.flip()

    def _show_budget(self, design: Design, here: Place, bench: Bench, can_move: bool) -> None:
        best = place(best_design(here.flop, design.sparsity, bench), bench)
        sizes = [at.active for _, at in self._known] + [here.active, best.active]
        low, high = _window(min(sizes) / 1.2, max(sizes) * 1.4)
        curves = iso_flop(design, bench, low, high)
        points = [at.loss for _, at in self._known] + [here.loss]
        floor = min(float(curve.loss.min()) for curve in curves)
        top = max(points) + _HEADROOM * (max(points) - floor)
        drawn = [
            Curve(formats.scientific(curve.flop), curve.active, np.where(curve.loss <= top, curve.loss, np.nan),
                  "accent" if at == 1 else "muted", is_dashed=at != 1, is_strong=at == 1)
            for at, curve in enumerate(curves)
        ]  # fmt: skip
        star = Reference(best_name(), best.active, best.loss, "warn", is_star=True)
        known = [Reference(name, at.active, at.loss, "muted") for name, at in self._known]
        self.budget.set_data(drawn, [star, *known])
        self.budget.set_design(here.active, here.loss, say("model_lab.your_design"), can_move)

    def _show_frontier(self, here: Place, luck: float) -> None:
        if self._frontier is None:
            return
        front = self._frontier
        band = _band(here, luck)
        drawn = [
            Curve(say("model_lab.best_dense"), front.flop, front.dense, "info"),
            Curve(say("model_lab.best_moe"), front.flop, front.sparse, "good"),
        ]
        known = [Reference(name, at.flop, at.index, "muted", is_named=False) for name, at in self._known]
        self.frontier.set_data([*drawn, band], [*self._rivals, *known])
        self.frontier.set_design(here.flop, here.index, say("model_lab.your_design"), is_movable=False)


def _band(here: Place, luck: float) -> Curve:
    """The luck of the run as a bar with caps: one standard deviation up and down."""
    x = here.flop * np.array([1.0 / _CAP, _CAP, np.nan, 1.0, 1.0, np.nan, 1.0 / _CAP, _CAP])
    up, down = here.index + luck, here.index - luck
    return Curve("", x, np.array([up, up, np.nan, up, down, np.nan, down, down]), "accent", is_strong=True)


def _served(bench: Bench, labs: Sequence[str]) -> list[Reference]:
    """The models that the labs serve now, before post-training; the own one by name of what it is."""
    models = bench.world.training
    found = []
    for row, lab in enumerate(labs):
        flop, index = float(models.model_flop[row, 0]), float(models.base_capability[row, 0])
        if flop > 0.0 and float(bench.world.capital.status[row, 0]) == 0.0:
            name = say("model_lab.served_now") if row == bench.seat else lab
            found.append(Reference(name, flop, index, f"lab{row}", is_clickable=False))
    return found


def _window(low: float, high: float) -> tuple[float, float]:
    """The range widened to quarters of a decade, so that it stays while the design moves."""
    down = math.floor(math.log10(low) / _DECADES) * _DECADES
    up = math.ceil(math.log10(high) / _DECADES) * _DECADES
    return 10.0**down, 10.0**up
