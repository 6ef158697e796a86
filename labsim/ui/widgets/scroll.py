"""How does what is too large scroll? Columns go up and down only, pages both ways; neither takes the focus itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class ColumnArea(QScrollArea):
    """Scrolls up and down. It is never narrower than what is in it, for it cannot scroll that way."""

    def minimumSizeHint(self) -> QSize:
        """Ask for the width of what is inside and of the bar beside it."""
        inside = self.widget()
        hint = super().minimumSizeHint()
        if inside is None:
            return hint
        return QSize(inside.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width(), hint.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask anew when what is inside asks for another width."""
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scroll_of(inside: QWidget) -> QScrollArea:
    """An area that scrolls ``inside`` up and down; the keyboard goes to what is in it."""
    area = ColumnArea()
    _set_up(area, inside)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def page_area(inside: QWidget) -> QScrollArea:
    """An area for a whole page, which scrolls where a small window or large text leave it too little room."""
    area = QScrollArea()
    _set_up(area, inside)
    area.setMinimumSize(0, 0)
    return area


def _set_up(area: QScrollArea, inside: QWidget) -> None:
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
