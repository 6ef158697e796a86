"""How does a page of the handbook look, and where in it is a heading? Formats laid over the Markdown of Qt."""

from __future__ import annotations

from PySide6.QtGui import (
    QBrush,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrame,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from labsim.ui.theme import ThemeController

_SIZES = {1: 20, 2: 15, 3: 13}
"""Pixels of headings at 100 % text, by level."""
_ABOVE = {1: 0, 2: 18, 3: 12}
MOST_MARKS = 200
SHORTEST = 3
"""Letters from which a typed word is marked on the page."""


def document(words: str, theme: ThemeController, parent: QTextBrowser) -> QTextDocument:
    """A page as a document with headings and tables as the rest of the window has them.

    It is made before anything shows it: formats of a shown document are laid out one by one.
    """
    made = QTextDocument(parent)
    made.setDefaultFont(theme.font("body"))
    made.setMarkdown(words)
    edit = QTextCursor(made)
    edit.beginEditBlock()
    block = made.begin()
    while block.isValid():
        _dress_block(block, theme)
        block = block.next()
    for table in _tables(made.rootFrame()):
        _dress_table(table, theme)
    edit.endEditBlock()
    return made


def set_margins(browser: QTextBrowser, theme: ThemeController, widest: int) -> None:
    """Keep the lines of a page at a length that reads well, in the middle of the window."""
    root = browser.document().rootFrame()
    frame = root.frameFormat()
    side = max(theme.px(20), (browser.viewport().width() - widest) // 2)
    if frame.leftMargin() == side:
        return
    frame.setLeftMargin(side)
    frame.setRightMargin(side)
    frame.setTopMargin(theme.px(12))
    frame.setBottomMargin(theme.px(24))
    root.setFrameFormat(frame)


def _tables(frame: QTextFrame) -> list[QTextTable]:
    return [child for child in frame.childFrames() if isinstance(child, QTextTable)]


def _dress_block(block: QTextBlock, theme: ThemeController) -> None:
    cursor = QTextCursor(block)
    level = block.blockFormat().headingLevel()
    shape = QTextBlockFormat()
    if level:
        letters = QTextCharFormat()
        font = QFont(theme.font("title"))
        font.setPixelSize(theme.px(_SIZES.get(level, 13)))
        letters.setFont(font)
        letters.setForeground(QBrush(theme.color("text")))
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        cursor.mergeCharFormat(letters)
        shape.setTopMargin(theme.px(_ABOVE.get(level, 10)))
        shape.setBottomMargin(theme.px(4))
    else:
        if block.textList() is None and cursor.currentTable() is None:
            shape.setBottomMargin(theme.px(8))
        shape.setLineHeight(130.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor.mergeBlockFormat(shape)


def _dress_table(table: QTextTable, theme: ThemeController) -> None:
    shape = QTextTableFormat(table.format())
    shape.setBorder(1)
    shape.setBorderBrush(QBrush(theme.color("border")))
    shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBorderCollapse(True)
    shape.setCellPadding(theme.px(6))
    shape.setCellSpacing(0)
    shape.setTopMargin(theme.px(6))
    shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(shape)
    small = QTextCharFormat()
    small.setFont(theme.font("small"))
    head = QTextCharFormat()
    head.setFont(theme.font("small_bold"))
    head.setForeground(QBrush(theme.color("muted")))
    for row in range(table.rows()):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            cursor = cell.firstCursorPosition()
            cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(small if row else head)


def go_to(browser: QTextBrowser, heading: str) -> bool:
    """Scroll to the heading, the cell of a table or the term of these words; say whether there is one."""
    block = browser.document().begin()
    while block.isValid():
        words = block.text().strip()
        if words == heading or words.startswith(f"{heading} –"):
            top = browser.document().documentLayout().blockBoundingRect(block).top()
            browser.verticalScrollBar().setValue(max(0, round(top) - 12))
            browser.setTextCursor(QTextCursor(block))
            browser.verticalScrollBar().setValue(max(0, round(top) - 12))
            return True
        block = block.next()
    return False


def mark(browser: QTextBrowser, theme: ThemeController, typed: str) -> None:
    """Mark the typed words wherever they stand on the page."""
    look = QTextCharFormat()
    look.setBackground(QBrush(theme.color("selection")))
    found: list[QTextEdit.ExtraSelection] = []
    for word in typed.split():
        cursor = QTextCursor(browser.document())
        while len(word) >= SHORTEST and len(found) < MOST_MARKS:
            cursor = browser.document().find(word, cursor)
            if cursor.isNull():
                break
            selection = QTextEdit.ExtraSelection()
            selection.cursor, selection.format = cursor, look
            found.append(selection)
    browser.setExtraSelections(found)
