"""What can be done with the selected quarter and its branch now? A row of buttons, each off with its reason."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from labsim.errors import Message
from labsim.play.session import Session
from labsim.text import render, say
from labsim.ui.widgets.branch_layout import TreeNode
from labsim.ui.widgets.buttons import named_button


class BranchButtons(QWidget):
    """`restored(branch)` from the menu of deleted branches; the other buttons are joined by the page."""

    restored = Signal(int)

    def __init__(self) -> None:
        """Make the row."""
        super().__init__()
        self._session: Session | None = None
        self.fork = named_button(say("timeline.fork_here"), "fork_here")
        self.compare = named_button(say("timeline.compare_name"), "compare_branches")
        self.switch = named_button(say("timeline.switch_branch"), "switch_branch")
        self.rename = named_button(say("timeline.rename_branch"), "rename_branch")
        self.delete = named_button(say("timeline.delete_branch"), "delete_branch")
        self.restore = named_button(say("timeline.restore_branch"), "restore_branch")
        self.fork.setProperty("kind", "primary")
        self.restore.clicked.connect(self._show_deleted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.fork, self.compare, self.switch, self.rename, self.delete, self.restore):
            row.addWidget(button)

    def allow(self, session: Session, here: TreeNode, branch: str, ticked: int) -> None:
        """Allow what can be done with a node on a branch, and say of the rest why not."""
        self._session = session
        read_only = "" if session.can_write else render(Message("timeline.read_only"))
        playing = branch == session.branch.name
        _permit(self.fork, read_only or why_no_fork(session, here))
        _permit(self.compare, "" if ticked > 1 else render(Message("timeline.compare")))
        _permit(self.switch, read_only or (render(Message("timeline.is_playing")) if playing else ""))
        _permit(self.rename, read_only)
        _permit(self.delete, read_only or (render(Message("timeline.no_delete")) if playing else ""))
        _permit(self.restore, read_only or ("" if self._deleted() else render(Message("timeline.none_deleted"))))

    def _deleted(self) -> list[tuple[int, str]]:
        assert self._session is not None
        return [(branch.id, branch.name) for branch in self._session.branches_by_id().values() if branch.is_deleted]

    def _show_deleted(self) -> None:
        menu = QMenu(self)
        for number, name in self._deleted():
            menu.addAction(name).triggered.connect(partial(self.restored.emit, number))
        menu.popup(self.restore.mapToGlobal(self.restore.rect().bottomLeft()))


def why_no_fork(session: Session, here: TreeNode) -> str:
    """Why no branch can begin after a node; empty when one can."""
    if here.is_open:
        return render(Message("timeline.no_fork_open"))
    if here.t + 1 >= session.scenario.start + session.game.quarters:
        return render(Message("timeline.no_fork_last"))
    if session.world(here.key).capital.status[session.seat, 0] != 0.0:
        return render(Message("timeline.no_fork_end"))
    return ""


def _permit(button: QPushButton, reason: str) -> None:
    button.setEnabled(not reason)
    button.setToolTip(reason)
    button.setAccessibleDescription(reason)
