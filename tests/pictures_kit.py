"""Photographs every widget of the kit, dark and light, in two window sizes: `python tests/pictures_kit.py FOLDER`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from ui.gallery_more import PAGES

from labsim.ui.theme import Mode, ThemeController

SIZES = ((1280, 720), (1440, 900))


def photograph(app: QApplication, theme: ThemeController, folder: Path, wanted: list[str]) -> None:
    """Save a picture of each page in each theme and size."""
    modes: tuple[Mode, ...] = ("dark", "light")
    for mode in modes:
        theme.set_mode(mode)
        for name, make in PAGES.items():
            if wanted and name not in wanted:
                continue
            widget = make(theme)
            for wide, high in SIZES:
                if name != "report":
                    widget.resize(wide, high)
                widget.show()
                for _ in range(4):
                    app.processEvents()
                widget.grab().save(str(folder / f"{name}-{mode}-{wide}x{high}.png"))
            widget.close()
            widget.deleteLater()


def main() -> None:
    """Photograph the gallery into the folder named on the command line; further words choose pages."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    percent = int(os.environ.get("LABSIM_TEXT_PERCENT", "100"))
    photograph(app, ThemeController(app, "dark", percent), folder, sys.argv[2:])


if __name__ == "__main__":
    main()
