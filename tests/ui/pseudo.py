"""Which words of the window do not come from the text file? Every sentence of the file is marked, and made longer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from labsim import text
from labsim.ui.orders.figures import technique_name
from labsim.variables import REGISTRY

UNITS = frozenset(
    "FLOP FLOPs GPU GPUs tok tokens qtr quarter quarters units subscribers GWh MWh Ctrl Shift Return".split()
)
"""What labsim.formats writes beside numbers, and names of keys."""
VOWELS = "aeiou"
_PARTS = re.compile(r"(\{[^{}]*\})")
_MARKED = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(r"[A-Za-z][a-z]{2,}")
_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)


def longer(template: str) -> str:
    """A template about a third longer, word by word as other languages are, in brackets that show where it is used."""
    parts = _PARTS.split(template)
    doubled = [part if part.startswith("{") else re.sub(f"[{VOWELS}]", lambda m: m[0] * 2, part) for part in parts]
    return f"[{''.join(doubled)}]"


def speak_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything be told in longer words until the end of the test."""
    told = {key: longer(template) for key, template in text.sentences().items()}
    monkeypatch.setattr(text, "sentences", lambda: told)


def unmarked(said: str) -> str:
    """What of a text did not come from the text file."""
    before = None
    while said != before:
        before, said = said, _MARKED.sub(" ", said)
    return said


def unspoken(said: str, names: Sequence[str]) -> str:
    """The words of a text that came neither from the text file nor are names or units."""
    left = " ".join(unmarked(said).split())
    for name in names:
        if not _WORD.search(left):
            return ""
        left = left.replace(name, " ")
    return " ".join(word for word in _WORD.findall(left) if word not in UNITS)


def words(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Every text that the widgets of a root show, or tell to a pointer or an assistive tool."""
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        for said in _texts(widget):
            if said:
                yield widget, said


def _texts(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow():
        yield widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QMenu):
        yield from (action.text() for action in widget.actions())
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(at) for at in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget.model())


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    rows, columns = model.rowCount(), model.columnCount() if isinstance(model, QAbstractTableModel) else 1
    for row in range(rows):
        for column in range(columns):
            yield from (str(model.index(row, column).data(role) or "") for role in _ROLES)
    for way, count in ((Qt.Orientation.Horizontal, columns), (Qt.Orientation.Vertical, rows)):
        yield from (str(model.headerData(at, way, role) or "") for at in range(count) for role in _ROLES)


def known_names(root: Path) -> list[str]:
    """What is content and not wording, longest first: scenarios, declarations, techniques, pages of the handbook."""
    found: set[str] = set()
    for file in (*root.glob("scenarios/*.toml"), root / "assets/reference/models.toml"):
        found.update(_leaves(tomllib.loads(file.read_text("utf-8"))))
    techniques = (root / "assets/calendar/techniques.csv").read_text("utf-8").splitlines()[0].split(",")[4:]
    found.update(technique_name(key) for key in techniques)
    for file in root.glob("assets/handbook/*.md"):
        found.update(line.lstrip("# ") for line in file.read_text("utf-8").splitlines() if line.startswith("#"))
    for variable in REGISTRY.values():
        found.update((variable.label, variable.meaning, variable.unit))
    found = {" ".join(name.split()) for name in found}
    return sorted((name for name in found if _WORD.search(name)), key=len, reverse=True)


def _leaves(tree: object) -> Iterator[str]:
    if isinstance(tree, Mapping):
        for branch in tree.values():
            yield from _leaves(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _leaves(branch)
    elif isinstance(tree, str):
        yield tree
