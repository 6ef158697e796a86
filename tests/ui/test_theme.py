"""Is every colour readable, and does the whole application follow the theme?"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from labsim.resources import asset_text, data_root
from labsim.ui.controllers.settings import SettingsController
from labsim.ui.dialogs import SettingsDialog
from labsim.ui.theme import USES, ThemeController, contrast, load_tokens, mixed, readable_on
from labsim.ui.widgets.icons import draw_pixmap, recoloured

THEMES = ("dark", "light")
TEXT = 4.5
"""Least contrast of text; source: WCAG 2.2, 1.4.3."""
SHAPE = 3.0
"""Least contrast of lines, icons and edges of inputs; source: WCAG 2.2, 1.4.11."""


@pytest.mark.parametrize("name", THEMES)
def test_text_is_readable_on_every_surface(name: str) -> None:
    tokens = load_tokens(name)
    for ground in (tokens.bg, tokens.surface, tokens.raised):
        for ink in ("text", "muted", "good", "warn", "bad", "info", "accent"):
            assert contrast(tokens.color(ink), ground) >= TEXT, (name, ink, ground)
    for ink in tokens.labs:
        assert contrast(ink, tokens.surface) >= TEXT, (name, ink)
    assert contrast(tokens.on_accent, tokens.accent) >= TEXT
    assert contrast(tokens.text, tokens.selection) >= TEXT


@pytest.mark.parametrize("name", THEMES)
def test_uses_and_edges_of_inputs_stand_out(name: str) -> None:
    tokens = load_tokens(name)
    for color in (*(tokens.color(use) for use in USES), tokens.border_strong, tokens.disabled):
        assert contrast(color, tokens.surface) >= SHAPE, (name, color)
        assert contrast(color, tokens.bg) >= SHAPE, (name, color)


@pytest.mark.parametrize("name", THEMES)
def test_writing_on_a_use_is_readable(name: str) -> None:
    tokens = load_tokens(name)
    for use in USES:
        fill = tokens.color(use)
        assert contrast(readable_on(fill, tokens), fill) >= TEXT, (name, use)


@pytest.mark.parametrize("name", THEMES)
def test_seven_labs_have_seven_colours(name: str) -> None:
    tokens = load_tokens(name)
    assert len(set(tokens.labs)) == 7
    assert tokens.color("lab8") == tokens.labs[1]


def test_an_unknown_colour_is_refused() -> None:
    with pytest.raises(KeyError, match="not a colour"):
        load_tokens("dark").color("puce")


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert mixed("#000000", "#FFFFFF", 0.0) == "#000000"
    assert mixed("#000000", "#FFFFFF", 1.0) == "#FFFFFF"


def test_a_change_of_mode_repaints_the_palette_and_tells_widgets(qtbot, theme: ThemeController) -> None:  # type: ignore[no-untyped-def]
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("light")
    window = QApplication.palette().color(QPalette.ColorRole.Window).name().upper()
    assert window == load_tokens("light").bg.upper()
    assert load_tokens("light").accent in QApplication.instance().styleSheet()  # type: ignore[union-attr]


def test_text_grows_with_the_percentage_and_stays_within_limits(theme: ThemeController) -> None:
    normal = theme.font("big").pixelSize()
    theme.set_text_percent(150)
    assert theme.font("big").pixelSize() == round(normal * 1.5)
    theme.set_text_percent(400)
    assert theme.text_percent == 150


def test_figures_have_one_width(theme: ThemeController) -> None:
    assert theme.font().featureValue(QFont.Tag("tnum")) == 1
    label = QLabel()
    widths = set()
    for digit in "0123456789":
        label.setText(digit * 8)
        widths.add(label.sizeHint().width())
    assert len(widths) == 1


def test_every_icon_can_be_recoloured() -> None:
    icons = [file.name for file in data_root("assets").joinpath("icons").iterdir() if file.name.endswith(".svg")]
    assert len(icons) >= 30
    for name in icons:
        assert b"currentColor" not in recoloured(name.removesuffix(".svg"), "#123456")
        assert b"#123456" in recoloured(name.removesuffix(".svg"), "#123456")


def test_an_icon_is_drawn_in_its_colour(qapp: QApplication) -> None:
    image = draw_pixmap("check", "#FF0000", 24, 1.0).toImage()
    strong = [image.pixelColor(x, y) for x in range(24) for y in range(24) if image.pixelColor(x, y).alpha() > 200]
    assert strong
    assert all(color.red() > 200 and color.green() < 60 for color in strong)


def test_everything_is_dressed_once_a_drag_of_the_text_size(
    theme: ThemeController, qtbot: QtBot, tmp_path: Path
) -> None:
    settings = SettingsController(tmp_path / "settings.ini")
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = SettingsDialog(theme, settings, parent)
    sizes: list[int] = []
    theme.changed.connect(lambda: sizes.append(theme.text_percent))
    with qtbot.waitSignal(theme.changed):
        for percent in (110, 120, 130):
            dialog.text_size.setValue(percent)
            assert dialog.size_words.text() == f"{percent} %"
    dialog.text_size.setValue(90)
    dialog.reject()  # at once: what was chosen holds all the same
    theme.set_text_percent(90)
    theme.set_mode(theme.mode)
    assert sizes == [130, 90]
    assert settings.text_percent == 90


def test_fonts_and_icons_come_with_their_licences() -> None:
    assert "SIL OPEN FONT LICENSE" in asset_text("fonts", "Inter-LICENSE.txt").upper()
    assert asset_text("icons", "LICENSE.txt").startswith("ISC License")


def test_the_style_sheet_uses_tokens_only() -> None:
    assert not re.search(r"#[0-9A-Fa-f]{6}\b", asset_text("themes", "style.qss"))


# Sight without red or green cones, on linear RGB; source: Machado, Oliveira and Fernandes 2009, severity 1.
_SIGHTS = {
    "full": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
}
_XYZ = ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0177, 0.1095, 0.8730))
"""Linear RGB to XYZ relative to the white of sRGB; source: IEC 61966-2-1."""
APART = 15.0
"""Least distance of two colours in CIELAB; 2.3 can just be told apart, lines on a chart need several times that."""


def _seen(color: str, sight: str) -> np.ndarray:
    parts = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = np.array(_XYZ) @ np.clip(np.array(_SIGHTS[sight]) @ linear, 0.0, 1.0)
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("sight", _SIGHTS)
@pytest.mark.parametrize("name", THEMES)
def test_labs_and_uses_are_told_apart_by_every_sight(name: str, sight: str) -> None:
    tokens = load_tokens(name)
    for family in (tokens.labs, tuple(tokens.color(use) for use in USES)):
        for one, other in combinations(family, 2):
            assert np.linalg.norm(_seen(one, sight) - _seen(other, sight)) >= APART, (name, sight, one, other)
