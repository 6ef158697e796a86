"""How does the application look? One table of tokens, and the palette, fonts and style sheet made from it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLayout

from labsim.resources import asset_bytes, asset_text
from labsim.ui.widgets.icons import draw_icon, recoloured

Mode = Literal["system", "dark", "light"]
Role = Literal["small", "small_bold", "body", "title", "heading", "number", "big"]

USES = ("training", "alignment", "inference", "research")
"""What compute is used for, in the order in which it is always drawn."""

TEXT_PERCENT = (90, 150)
_SIZES: dict[Role, int] = {
    "small": 12,
    "small_bold": 12,
    "body": 13,
    "title": 13,
    "heading": 16,
    "number": 13,
    "big": 22,
}
_BOLD: tuple[Role, ...] = ("small_bold", "title", "heading", "number", "big")
_LINE, _LEAST_LINE = 1.25, 20  # height of a line of writing in a button: over its size, and pixels at least
_ACCESSIBLE_GROUPS = (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive)


@dataclass(frozen=True)
class Tokens:
    """The colours of one theme, as `#RRGGBB`."""

    name: str
    bg: str
    surface: str
    raised: str
    border: str
    border_strong: str
    grid: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    good: str
    warn: str
    bad: str
    info: str
    training: str
    alignment: str
    inference: str
    research: str
    labs: tuple[str, ...]

    def color(self, key: str) -> str:
        """Return a colour by its key: the name of a token, or `lab0` … `lab6`. Raises KeyError for another."""
        if key.startswith("lab") and key[3:].isdigit():
            return self.labs[int(key[3:]) % len(self.labs)]
        value = getattr(self, key, None)
        if not isinstance(value, str) or key == "name":
            raise KeyError(f"{key!r} is not a colour of the theme")
        return value


def load_tokens(name: str) -> Tokens:
    """Return the tokens of the theme `dark` or `light`."""
    table = tomllib.loads(asset_text("themes", f"{name}.toml"))
    labs = tuple(cast(list[str], table.pop("labs")))
    return Tokens(**table, labs=labs)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(one: str, other: str, part: float) -> str:
    """Return a colour with `part` (0-1) of the other mixed into the one."""
    pairs = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in pairs)


def readable_on(fill: str, tokens: Tokens) -> str:
    """Return the colour of writing, dark or light, that reads better on a fill."""
    return max(("#FFFFFF", "#12151B"), key=lambda ink: contrast(ink, fill)) if fill != tokens.surface else tokens.text


class ThemeController(QObject):
    """Holds the theme in use and dresses the application in it; widgets listen to `changed` and repaint."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "system", text_percent: int = 100) -> None:
        """Load the fonts and dress the application."""
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self._percent = _bounded(text_percent)
        self._family = _load_fonts()
        self._files = QTemporaryDir()
        self._reduced_motion: bool | None = None
        self._icons: dict[tuple[str, str, int], QIcon] = {}
        self.tokens = load_tokens(self._name())
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._dress()

    @property
    def mode(self) -> Mode:
        """What was chosen: `system`, `dark` or `light`."""
        return self._mode

    @property
    def text_percent(self) -> int:
        """The size of writing, 90 to 150 percent."""
        return self._percent

    @property
    def reduced_motion(self) -> bool:
        """Whether things should appear at once instead of moving."""
        if self._reduced_motion is not None:
            return self._reduced_motion
        return not self._app.isEffectEnabled(Qt.UIEffect.UI_General)

    def set_mode(self, mode: Mode) -> None:
        """Choose dark, light, or what the system says."""
        if mode != self._mode:  # dressing every widget anew takes most of a second
            self._mode = mode
            self._apply()

    def set_text_percent(self, percent: int) -> None:
        """Choose the size of writing; it is kept within 90 to 150 percent."""
        if _bounded(percent) == self._percent:
            return
        self._percent = _bounded(percent)
        self._apply()
        for window in self._app.topLevelWidgets():  # what is hidden would keep the room it had
            for layout in window.findChildren(QLayout):
                layout.update()

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """Choose whether things move; None asks the system."""
        self._reduced_motion = reduced
        self.changed.emit()

    def color(self, key: str, alpha: float = 1.0) -> QColor:
        """Return a colour by its key (a token, or `lab0` … `lab6`), or a `#RRGGBB` itself, with an opacity."""
        color = QColor(key if key.startswith("#") else self.tokens.color(key))
        color.setAlphaF(alpha)
        return color

    def px(self, pixels: float) -> int:
        """Return a length that grows with the writing."""
        return round(pixels * self._percent / 100)

    def font(self, role: Role = "body") -> QFont:
        """Return the font of a role; its figures all have the same width."""
        font = QFont(self._family)
        font.setPixelSize(self.px(_SIZES[role]))
        font.setWeight(QFont.Weight.DemiBold if role in _BOLD else QFont.Weight.Normal)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def icon(self, name: str, color: str = "muted", size: int = 18) -> QIcon:
        """Return an icon in a colour of the theme; ask again after `changed`."""
        key = (name, color, size)
        if key not in self._icons:
            self._icons[key] = draw_icon(name, self.color(color).name(), size, self._app.devicePixelRatio())
        return self._icons[key]

    def _name(self) -> str:
        if self._mode != "system":
            return self._mode
        return "light" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Light else "dark"

    def _follow(self) -> None:
        if self._mode == "system":
            self._apply()

    def _apply(self) -> None:
        self.tokens = load_tokens(self._name())
        self._icons.clear()
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        self._app.setStyleSheet("")  # Qt changes a style sheet once a widget and ancestor, and sets one once a widget
        self._app.setPalette(palette_of(self.tokens))
        self._app.setFont(self.font())
        self._app.setStyleSheet(self._style_sheet())

    def _style_sheet(self) -> str:
        tokens = self.tokens
        dark = tokens.name == "dark"
        values = {key: value for key, value in vars(tokens).items() if isinstance(value, str)}
        values |= {role: str(self.px(size)) for role, size in _SIZES.items()}
        values |= {
            "line": str(max(_LEAST_LINE, round(_LINE * self.px(_SIZES["body"])))),
            "groove": mixed(tokens.surface, tokens.border_strong, 0.4),
            "thumb": mixed(tokens.surface, tokens.border_strong, 0.55),
            "stripe": mixed(tokens.surface, tokens.raised, 0.4),
            "knob": tokens.text if dark else tokens.surface,
            "icon_check": self._file("check", tokens.on_accent),
            "icon_up": self._file("chevron-up", tokens.muted),
            "icon_down": self._file("chevron-down", tokens.muted),
            "icon_dot": self._file("dot", tokens.on_accent),
        }
        return Template(asset_text("themes", "style.qss")).substitute(values)

    def _file(self, name: str, color: str) -> str:
        """Write a recoloured icon where the style sheet can read it; return its address."""
        file = Path(self._files.path()) / f"{name}-{color[1:]}.svg"
        file.write_bytes(recoloured(name, color))
        return file.as_posix()


def palette_of(tokens: Tokens) -> QPalette:
    """Return the whole palette: platforms without a theme of their own would otherwise stay light."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.bg,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.raised,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.bad,
        role.Light: tokens.border_strong,
        role.Midlight: tokens.border,
        role.Mid: tokens.border,
        role.Dark: tokens.border,
        role.Shadow: tokens.bg,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
    }
    palette = QPalette()
    for group in _ACCESSIBLE_GROUPS:
        for which, color in colors.items():
            palette.setColor(group, which, QColor(color))
    faded = (role.WindowText, role.Text, role.ButtonText, role.HighlightedText)
    for which, color in colors.items():
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.disabled if which in faded else color))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(tokens.border))
    return palette


def _bounded(percent: int) -> int:
    return max(TEXT_PERCENT[0], min(TEXT_PERCENT[1], percent))


def _load_fonts() -> str:
    family = ""
    for file in ("Inter-Regular.otf", "Inter-SemiBold.otf"):
        number = QFontDatabase.addApplicationFontFromData(asset_bytes("fonts", file))
        family = (QFontDatabase.applicationFontFamilies(number) or [family])[0]
    return family or QFont().family()
