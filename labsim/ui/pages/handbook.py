"""How does everything work? The manual inside the window: linked pages, a search over all of them, and a way back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QResizeEvent, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QToolButton, QVBoxLayout

from labsim.errors import BadWorld, Message
from labsim.text import render, say
from labsim.ui import choosing
from labsim.ui.pages import handbook_text as text
from labsim.ui.pages.handbook_look import document, go_to, mark, set_margins
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.search import SearchItem, SearchList
from labsim.ui.widgets.styled import label_of
from labsim.ui.window import Page

LIST_WIDTH, WIDEST_TEXT = 280, 980
"""Pixels at 100 % text: of the contents, and of the lines of a page; game choice."""
MOST_FOUND = 200


class HandbookPage(Page):
    """The manual. `open_entry(page, heading)` shows a place; `begin_search()` begins a search."""

    def __init__(self, theme: ThemeController) -> None:
        """Make the page; its text is made when it is first shown."""
        super().__init__()
        self._theme = theme
        self.page = ""
        self._document: QTextDocument | None = None
        self._past: list[tuple[str, int]] = []
        self._coming: list[tuple[str, int]] = []
        self.search = SearchList(theme, say("handbook.contents"), say("handbook.search_handbook"))
        self.count = label_of("", "small")
        self.count.setWordWrap(True)
        self.back = self._button(say("handbook.back"), "chevron-left")
        self.forward = self._button(say("handbook.forward"), "chevron-right")
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.setAccessibleName(say("handbook.handbook_page"))
        self.browser.setObjectName("handbook_text")
        self._lay_out()
        self.browser.anchorClicked.connect(self._follow)
        self.search.edit.textChanged.connect(self._search)
        self.search.chosen.connect(self._choose)
        self.search.dismissed.connect(self._dismiss)
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        theme.changed.connect(self._retheme)

    def arrive(self) -> None:
        """Show the index the first time."""
        if not self.page:
            self._search("")
            self._retheme()
            self.open_entry(text.INDEX)
        self.browser.setFocus()

    def begin_search(self) -> None:
        """Begin a search."""
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.edit.selectAll()

    def open_entry(self, page: str, heading: str = "") -> None:
        """Show a page, at a heading or a row of a table; what was shown before can be gone back to."""
        if self.page and (self.page != page or heading):
            self._past.append((self.page, self._height()))
            self._coming.clear()
        self._show(page)
        if heading:
            go_to(self.browser, heading)
        self._allow()

    def go_back(self) -> None:
        """Show what was shown before."""
        self._turn(self._past, self._coming)

    def go_forward(self) -> None:
        """Undo going back."""
        self._turn(self._coming, self._past)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines at a length that reads well."""
        super().resizeEvent(event)
        if self.page:
            self._set_margins()

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show(self, page: str) -> None:
        try:
            words = text.page_text(page)
        except BadWorld:
            words = text.missing_page(page)
        self.page = page
        old, self._document = self._document, document(words, self._theme, self.browser)
        self.browser.setDocument(self._document)
        if old is not None:
            old.deleteLater()
        self._set_margins()
        typed = self.search.edit.text()
        mark(self.browser, self._theme, typed)
        self.browser.verticalScrollBar().setValue(0)
        self._mark_contents()

    def _mark_contents(self) -> None:
        keys = self.search.shown()
        if self.page in keys:
            self.search.view.setCurrentIndex(self.search.view.model().index(keys.index(self.page), 0))

    def _set_margins(self) -> None:
        set_margins(self.browser, self._theme, self._theme.px(WIDEST_TEXT))

    def _turn(self, source: list[tuple[str, int]], other: list[tuple[str, int]]) -> None:
        if not source:
            return
        other.append((self.page, self._height()))
        page, height = source.pop()
        self._show(page)
        self.browser.verticalScrollBar().setValue(height)
        self._allow()

    def _height(self) -> int:
        return self.browser.verticalScrollBar().value()

    def _allow(self) -> None:
        self.back.setEnabled(bool(self._past))
        self.forward.setEnabled(bool(self._coming))

    # ---- finding ----------------------------------------------------------------------------------------------------

    def _search(self, typed: str) -> None:
        if not typed.strip():
            self.count.setText("")
            self.search.set_items([SearchItem(page, title, icon="file-text") for page, title in text.contents()])
            self._mark_contents()
            return
        found = text.searched(typed)
        titles = dict(text.contents())
        self.search.set_items([
            SearchItem(f"{entry.page}#{entry.title}", entry.title, titles[entry.page], words=entry.words)
            for entry in found[:MOST_FOUND]
        ])  # fmt: skip
        key = "found" if found else "nothing"
        self.count.setText(render(Message(f"handbook.{key}", {"count": len(found), "words": f"“{typed.strip()}”"})))

    def _choose(self, key: str) -> None:
        page, _, heading = key.partition("#")
        self.open_entry(page, heading)

    def _dismiss(self) -> None:
        self.search.edit.clear()
        self.browser.setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow(self, link: QUrl) -> None:
        if link.scheme():
            choosing.open_link(link)
            return
        self.open_entry(link.path().removesuffix(".md"), link.fragment())

    # ---- making -----------------------------------------------------------------------------------------------------

    def _button(self, name: str, icon: str) -> QToolButton:
        button = QToolButton()
        button.setText(name)
        button.setAccessibleName(name)
        button.setObjectName(f"handbook_{name.lower()}")
        button.setToolTip(name)
        button.setProperty("handbook_icon", icon)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setEnabled(False)
        return button

    def _retheme(self) -> None:
        theme = self._theme
        side = theme.px(18)
        for button in (self.back, self.forward):
            button.setIcon(theme.icon(str(button.property("handbook_icon")), "muted", side))
            button.setIconSize(QSize(side, side))
        self.search.setFixedWidth(theme.px(LIST_WIDTH))
        self.count.setFixedWidth(theme.px(LIST_WIDTH))
        self.browser.setStyleSheet(
            f"QTextBrowser {{ background: {theme.tokens.surface}; border: 1px solid {theme.tokens.border};"
            f" border-radius: 8px; padding: 4px; }} QTextBrowser:focus {{ border: 2px solid {theme.tokens.accent};"
            " padding: 3px; }"
        )
        if self.page:
            height = self._height()
            self._show(self.page)
            self.browser.verticalScrollBar().setValue(height)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label_of(say("handbook.handbook"), "heading"))
        head.addStretch(1)
        head.addWidget(self.back)
        head.addWidget(self.forward)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(head)
        left.addWidget(self.search, 1)
        left.addWidget(self.count)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 16)
        row.setSpacing(12)
        row.addLayout(left)
        row.addWidget(self.browser, 1)
