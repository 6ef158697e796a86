"""How is a window used? Eyes that find things by their accessible names, a keyboard and a mouse; each is one class."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from tests.desktop.accessible import Box, Node, Tree
from tests.desktop.screen import Screen

PATIENCE = 20.0  # seconds until something that should show is given up
_GLANCE = 0.02  # seconds between two looks
_TABS = 150  # more controls than any page has
_WHEEL = {"up": "4", "down": "5"}
_TURNS = 120  # of the wheel, more than the longest page has
_STEPS = 24  # places at which a dragging pointer is told


_T = TypeVar("_T")


class NotSeen(AssertionError):
    """Something that should show does not."""


class Eyes:
    """Sees what shows, waits for it, and takes pictures."""

    def __init__(self, screen: Screen, program: subprocess.Popen[str], pictures: Path) -> None:
        """Look at a program on a screen."""
        self._screen, self._program, self._pictures = screen, program, pictures
        self._tree = Tree(screen.env["DBUS_SESSION_BUS_ADDRESS"])
        self._seen: list[Node] = []
        self._taken = 0

    def close(self) -> None:
        """Look away."""
        self._tree.close()

    def all(self) -> list[Node]:
        """Everything that shows now."""
        self._seen = self._tree.look()
        return self._seen

    def now(self, name: str, role: str = "") -> Node | None:
        """What has this accessible name (or object name) now; a field rather than the label beside it."""
        found = [node for node in self.all() if name in (node.name, node.id) and role in ("", node.role)]
        found.sort(key=lambda node: node.role == "label")
        return found[0] if found else None

    def see(self, name: str, role: str = "") -> Node:
        """Wait until something with this name shows and return it."""
        return self.until(lambda: self.now(name, role), f"{role or 'anything'} {name!r} shows")

    def enabled(self, name: str, role: str = "") -> Node:
        """Wait until something with this name shows and can be used."""

        def found() -> Node | None:
            node = self.now(name, role)
            return node if node is not None and node.has("enabled") else None

        return self.until(found, f"{role or 'anything'} {name!r} can be used")

    def any_of(self, *names: str) -> str:
        """Wait until one of these shows and return its name; the first of several."""

        def found() -> str:
            shown = {name for node in self.all() for name in (node.name, node.id)}
            return next((name for name in names if name in shown), "")

        return self.until(found, f"one of {names} shows")

    def gone(self, name: str) -> None:
        """Wait until nothing with this name shows."""
        self.until(lambda: self.now(name) is None, f"{name!r} is gone")

    def focus(self) -> Node | None:
        """What has the keyboard now: the innermost of what says so."""
        return _innermost(self._tree.again(self._seen)) or _innermost(self.all())

    def text(self, node: Node) -> str:
        """What is written in it."""
        return self._tree.text(node)

    def box(self, node: Node) -> Box:
        """Where it is on the screen."""
        return self._tree.box(node)

    def value(self, node: Node) -> float:
        """Where it stands."""
        return self._tree.value(node)

    def until(self, question: Callable[[], _T], what: str, patience: float = PATIENCE) -> _T:
        """Ask until the answer is true and return it. Raises NotSeen after a while, or when the program ended."""
        end = time.monotonic() + patience
        while not (answer := question()):
            if self._program.poll() is not None:
                code = self._program.returncode
                raise NotSeen(f"waited until {what}, but the program ended with {code}: {self._said()}")
            if time.monotonic() > end:
                raise NotSeen(f"waited {patience:.0f} s until {what}")
            time.sleep(_GLANCE)
        return answer

    def ended(self) -> None:
        """Wait until the program has ended by itself, and well."""
        code = self._program.wait(PATIENCE)
        if code != 0:
            raise NotSeen(f"the program ended with {code}: {self._said()}")

    def picture(self, name: str) -> Path:
        """Keep a picture of the whole screen; its number says when it was taken."""
        self._taken += 1
        return self._screen.picture(self._pictures / f"{self._taken:02d}-{name}.png")

    def keep_failure(self) -> None:
        """Keep a picture and the tree of what shows when something went wrong."""
        (self._pictures / "failure.txt").write_text("\n".join(map(str, self.all())), "utf-8")
        self._screen.picture(self._pictures / "failure.png")

    def _said(self) -> str:
        return self._program.stderr.read() if self._program.stderr is not None else ""


def _innermost(nodes: Sequence[Node]) -> Node | None:
    """The deepest of those that have the focus; Qt says it of a window and of a scrolled area, too."""
    focused = (node for node in reversed(nodes) if node.has("focused") and node.has("showing"))
    return next((node for node in focused if node.role != "frame" and node.id != "qt_scrollarea_viewport"), None)


class Keyboard:
    """Uses a program by keys alone; it counts them."""

    def __init__(self, screen: Screen, eyes: Eyes) -> None:
        """A keyboard on this screen, with eyes to see what has the focus."""
        self._screen, self._eyes = screen, eyes
        self.strokes = 0

    def press(self, *keys: str) -> None:
        """Press keys one after the other, in the notation of xdotool: Tab, shift+Tab, ctrl+Return."""
        self.strokes += len(keys)
        _xdo(self._screen, "key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self.strokes += len(text)
        _xdo(self._screen, "type", "--delay", "8", text)

    def go_to(self, name: str, *, back: bool = False) -> Node:
        """Press Tab until the control with this name has the focus."""
        passed: list[str] = []
        for _ in range(_TABS):
            here = self._eyes.focus()
            if here is not None and name in (here.name, here.id):
                return here
            passed.append(f"{here.name or here.id}" if here is not None else "nothing")
            self.press("shift+Tab" if back else "Tab")
            self._wait_for_other(here)
        raise NotSeen(f"Tab does not reach {name!r}; it passed {passed}")

    def replace(self, text: str) -> None:
        """Write another text into the field that has the focus."""
        self.press("ctrl+a")
        self.type(text)

    def _wait_for_other(self, before: Node | None) -> None:
        """Wait until the focus is elsewhere."""

        def is_elsewhere() -> bool:
            now = self._eyes.focus()
            return now is not None and (before is None or now.reference != before.reference)

        where = f"{before.role} {before.name!r} {before.id}" if before is not None else "nothing"
        self._eyes.until(is_elsewhere, f"Tab leaves {where}", patience=5.0)


class Mouse:
    """Uses a program by pointer alone; it counts clicks and drags."""

    def __init__(self, screen: Screen, eyes: Eyes) -> None:
        """A mouse on this screen, with eyes to see where things are."""
        self._screen, self._eyes = screen, eyes
        self.clicks = self.drags = self.turns = 0

    def click(self, name: str, role: str = "") -> None:
        """Click on the middle of something, once it can be used; turn the wheel first when it is out of view."""
        x, y = self._in_view(name, role).middle
        self.clicks += 1
        _xdo(self._screen, "mousemove", x, y, "click", 1)

    def drag(self, name: str, role: str, start: float, end: float) -> None:
        """Drag across something from one part of its width to another, through places between."""
        box = self._in_view(name, role)
        y = box.middle[1]
        places = [round(box.x + (start + (end - start) * step / _STEPS) * box.wide) for step in range(_STEPS + 1)]
        moves: list[str | int] = ["mousemove", places[0], y, "mousedown", 1]
        for x in places[1:]:
            moves += ["mousemove", x, y, "sleep", "0.01"]  # a hand is not infinitely fast; Qt drops what comes at once
        self.drags += 1
        _xdo(self._screen, *moves, "mouseup", 1)

    def choose(self, box: str, item: str) -> None:
        """Open a combo box and click on one of its items."""
        self.click(box, "combo box")
        self.click(item, "list item")

    def _in_view(self, name: str, role: str) -> Box:
        """Where something is that can be used, once the wheel has brought its middle into the area that holds it."""
        eyes = self._eyes
        node = eyes.enabled(name, role)
        for _ in range(_TURNS):
            box = eyes.box(node)
            area = next((area for area in map(eyes.box, _areas(node)) if not area.holds(box.middle)), None)
            if area is None:
                return box
            self.turns += 1
            way = "up" if box.middle[1] < area.y else "down"
            _xdo(self._screen, "mousemove", *area.middle, "click", _WHEEL[way])
            eyes.until(lambda before=box: eyes.box(node) != before, f"the wheel moves {name!r}")
        raise NotSeen(f"the wheel does not bring {name!r} into view")


def _areas(node: Node) -> Iterator[Node]:
    """The viewports of the areas that scroll around something, from near to far."""
    return (holder for holder in node.holders if holder.id == "qt_scrollarea_viewport")


def _xdo(screen: Screen, *words: object) -> None:
    subprocess.run(["xdotool", *map(str, words)], env=screen.env, check=True, timeout=60)
