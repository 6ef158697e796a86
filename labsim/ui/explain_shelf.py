"""Where do explanation cards stand? Side by side over the page, pinned ones first; they follow the game."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from labsim.errors import LabsimError, Message
from labsim.model.terms import Link
from labsim.text import render
from labsim.ui.controllers.game import GameController
from labsim.ui.explain_card import WIDTH, ExplanationCard
from labsim.ui.explain_content import Content, content, opening_content
from labsim.ui.orders.finding import show_control
from labsim.ui.theme import ThemeController
from labsim.ui.window import MainWindow

GAP = 8
_TARGETS = {"rival": ("market", "control_room"), "event": ("timeline", "market", "control_room")}
"""Pages that tell more of what is behind a cause, the best first."""


class ExplanationShelf(QWidget):
    """The open cards of a window. `ask(key)` opens the card of a headline figure."""

    def __init__(self, window: MainWindow, theme: ThemeController, game: GameController) -> None:
        """Make an empty shelf over the window's pages; it stays hidden until something is asked."""
        super().__init__(window.centralWidget())
        self._window, self._theme, self._game = window, theme, game
        self._whole = window.centralWidget() or window
        self.cards: dict[str, ExplanationCard] = {}
        self._asker: QWidget | None = None
        self.setObjectName("explanation_shelf")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self.hide()
        self._whole.installEventFilter(self)
        game.turned.connect(self.refresh)
        game.opened.connect(self.close_all)
        theme.changed.connect(self.place)

    def ask(self, key: str) -> None:
        """Open the card of a figure; a card that is not pinned makes room. Asked again, an unpinned card closes."""
        self._asker = self._window.focusWidget()
        if key in self.cards:
            card = self.cards[key]
            card.focus_first() if card.is_pinned else self.close_card(key)
            return
        try:
            said = self._content(key)
        except LabsimError:
            self._game.said.emit(render(Message("explain_card.ended")))
            return
        for other in [other for other, card in self.cards.items() if not card.is_pinned]:
            self._take(other)
        while len(self.cards) >= self._most():
            self._take(next(iter(self.cards)))
        self._add(key, said)

    def refresh(self) -> None:
        """Explain the last quarter in every open card."""
        for key in list(self.cards):
            try:
                self.cards[key].set_content(self._content(key))
            except LabsimError:
                self._take(key)
        self.place()

    def close_card(self, key: str) -> None:
        """Close one card; the focus goes to another one, or back to where it came from."""
        self._take(key)
        self.place()
        if self.cards:
            next(reversed(self.cards.values())).focus_first()
        elif self._asker is not None and isValid(self._asker) and self._asker.isVisible():
            self._asker.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_all(self) -> None:
        """Close every card, as when another game is opened."""
        for key in list(self.cards):
            self._take(key)
        self.place()

    def follow(self, link: Link) -> None:
        """Go to what stands behind a cause: the control of a decision, the page of a rival or an event."""
        for key in [key for key, card in self.cards.items() if not card.is_pinned]:
            self._take(key)
        self.place()
        if link.kind == "decision":
            self._window.show_page("control_room")
            show_control(self._window.pages["control_room"], link.name)
            return
        pages = [key for key in _TARGETS.get(link.kind, ()) if key in self._window.pages]
        if pages:
            self._window.show_page(pages[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the window."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def place(self) -> None:
        """Stand under the top bar, near the figure that was asked about, inside the window."""
        self.setVisible(bool(self.cards))
        if not self.cards:
            return
        whole, top = self._whole, self._window.top_bar
        wide = len(self.cards) * (self._theme.px(WIDTH) + GAP) - GAP
        room = self._room()
        tile = top.tiles.get(next(reversed(self.cards)))
        wanted = tile.mapTo(whole, QPoint(0, 0)).x() if tile is not None else room.x()
        left = max(min(wanted, whole.width() - GAP - wide), room.x())
        under = top.mapTo(whole, QPoint(0, top.height())).y() + 2
        room_below = whole.height() - under - GAP
        for card in self.cards.values():
            card.setFixedHeight(min(card.wanted_height(), room_below))
        self.setGeometry(left, under, wide, max(card.height() for card in self.cards.values()))
        self.raise_()

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _content(self, key: str) -> Content:
        game = self._game
        root = game.session.world(game.session.path()[0].id)
        if not game.records:
            return opening_content(key, root, game.t, game.seat, game.scenario)
        before = game.records[-2] if len(game.records) > 1 else root
        return content(key, before, game.records[-1], game.seat, game.scenario)

    def _add(self, key: str, said: Content) -> None:
        card = ExplanationCard(self._theme, said)
        card.closed.connect(lambda: self.close_card(key))
        card.followed.connect(self.follow)
        card.grew.connect(lambda: QTimer.singleShot(0, self, self.place))
        self.cards[key] = card
        self._row.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        self.place()
        card.focus_first()

    def _take(self, key: str) -> None:
        card = self.cards.pop(key)
        card.hide()
        self._row.removeWidget(card)
        card.deleteLater()

    def _room(self) -> QPoint:
        """Where the pages begin."""
        return self._window.stack.mapTo(self._whole, QPoint(GAP, 0))

    def _most(self) -> int:
        """Cards that fit side by side."""
        room = self._whole.width() - self._room().x()
        return max(1, int(room // (self._theme.px(WIDTH) + GAP)))


def shelf_of(window: MainWindow) -> ExplanationShelf | None:
    """The shelf of a window; None before the first card was asked for."""
    found = window.findChild(ExplanationShelf, "explanation_shelf")
    return found if isinstance(found, ExplanationShelf) else None


def open_card(window: MainWindow, theme: ThemeController, game: GameController, key: str) -> ExplanationShelf:
    """Open the card of a headline figure over a window, whose shelf is made when first needed."""
    shelf = shelf_of(window) or ExplanationShelf(window, theme, game)
    shelf.ask(key)
    return shelf
