"""Which file, which folder, which page of the web? The one place that opens windows of the system."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget


def file_to_open(parent: QWidget, title: str, folder: Path, kinds: str) -> Path | None:
    """A file that is there; None when nothing was chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, title, str(folder), kinds)
    return Path(name) if name else None


def file_to_save(parent: QWidget, title: str, proposed: Path, kinds: str) -> Path | None:
    """A file to write, which the person agreed to replace if it is there; None when nothing was chosen."""
    name, _ = QFileDialog.getSaveFileName(parent, title, str(proposed), kinds)
    return Path(name) if name else None


def new_file(parent: QWidget, title: str, proposed: Path, kinds: str) -> Path | None:
    """A file that is not there yet; None when nothing was chosen."""
    options = QFileDialog.Option.DontConfirmOverwrite  # a game is never written over another file
    name, _ = QFileDialog.getSaveFileName(parent, title, str(proposed), kinds, options=options)
    return Path(name) if name else None


def folder_for(parent: QWidget, title: str, folder: str) -> Path | None:
    """A folder; None when nothing was chosen."""
    name = QFileDialog.getExistingDirectory(parent, title, folder)
    return Path(name) if name else None


def open_link(link: QUrl) -> None:
    """Show a page of the web in the person's browser."""
    QDesktopServices.openUrl(link)
