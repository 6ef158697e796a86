"""What does a person prefer? Theme, text size, motion, forecast horizon and plan, recent files; kept between starts."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Signal

from labsim.ui.theme import Mode, ThemeController

HORIZONS = (4, 8, 12)
RECENT = 10
COACHED = 50
"""Game files whose step of the coach is remembered; a choice."""


class SettingsController(QObject):
    """Preferences in an INI file; each change is kept at once and told by `changed` with its name."""

    changed = Signal(str)

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        """Read the preferences of ``file``; it is made when something is first changed."""
        super().__init__(parent)
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def mode(self) -> Mode:
        """`system`, `dark` or `light`."""
        said = str(self._store.value("look/mode", "system", type=str))
        return said if said in ("dark", "light") else "system"  # type: ignore[return-value]

    @property
    def text_percent(self) -> int:
        """Size of writing in percent."""
        return int(str(self._store.value("look/text_percent", 100, type=int)))

    @property
    def reduced_motion(self) -> bool | None:
        """Whether motion is off; None follows the system."""
        said = str(self._store.value("look/reduced_motion", "system", type=str))
        return {"yes": True, "no": False}.get(said)

    @property
    def horizon(self) -> int:
        """Quarters ahead that forecasts show."""
        said = int(str(self._store.value("forecast/horizon", 8, type=int)))
        return said if said in HORIZONS else 8

    @property
    def plan(self) -> str:
        """The plan that forecasts assume after the coming quarter; empty for the first one."""
        return str(self._store.value("forecast/plan", "", type=str))

    @property
    def skips_report(self) -> bool:
        """Whether the quarter report is skipped."""
        return bool(self._store.value("play/skips_report", False, type=bool))

    @property
    def recent(self) -> list[str]:
        """Files opened lately, the last one first."""
        try:
            listed = json.loads(str(self._store.value("files/recent", "[]", type=str)))
        except json.JSONDecodeError:
            return []
        return [str(name) for name in listed if Path(str(name)).exists()][:RECENT]

    def set_mode(self, mode: Mode) -> None:
        """Choose the theme."""
        self._keep("look/mode", mode, "mode")

    def set_text_percent(self, percent: int) -> None:
        """Choose the size of writing."""
        self._keep("look/text_percent", percent, "text_percent")

    def set_reduced_motion(self, reduced: bool | None) -> None:
        """Choose whether things move."""
        self._keep("look/reduced_motion", {True: "yes", False: "no", None: "system"}[reduced], "reduced_motion")

    def set_horizon(self, quarters: int) -> None:
        """Choose how far forecasts look."""
        self._keep("forecast/horizon", quarters, "horizon")

    def set_plan(self, plan: str) -> None:
        """Choose the plan that forecasts assume."""
        self._keep("forecast/plan", plan, "plan")

    def set_skips_report(self, skips: bool) -> None:
        """Choose whether the quarter report is shown."""
        self._keep("play/skips_report", skips, "skips_report")

    def add_recent(self, file: Path) -> None:
        """Remember a file as the last one opened."""
        kept = [str(file), *(name for name in self.recent if name != str(file))][:RECENT]
        self._keep("files/recent", json.dumps(kept), "recent")

    def coach(self, file: Path) -> tuple[int, bool]:
        """Step of the coach in a game file, from 0, and whether it was left."""
        kept = self._coached().get(str(file), [0, False])
        return int(kept[0]), bool(kept[1])

    def set_coach(self, file: Path, step: int, is_left: bool) -> None:
        """Remember how far the coach came in a game file; those of files long ago are forgotten."""
        others = [(name, kept) for name, kept in self._coached().items() if name != str(file)]
        kept = dict([*others, (str(file), [step, is_left])][-COACHED:])
        self._keep("play/coached", json.dumps(kept), "coach")

    def _coached(self) -> dict[str, list[int]]:
        try:
            said = json.loads(str(self._store.value("play/coached", "{}", type=str)))
        except json.JSONDecodeError:
            return {}
        is_good = isinstance(said, dict) and all(isinstance(kept, list) and len(kept) == 2 for kept in said.values())
        return said if is_good else {}

    def dress(self, theme: ThemeController) -> None:
        """Bring the theme to what is preferred."""
        theme.set_reduced_motion(self.reduced_motion)
        theme.set_text_percent(self.text_percent)
        theme.set_mode(self.mode)

    def _keep(self, key: str, value: object, name: str) -> None:
        self._store.setValue(key, value)
        self._store.sync()
        self.changed.emit(name)
