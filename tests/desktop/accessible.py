"""What can a screen reader see of a window? The tree of accessible objects, read over D-Bus (AT-SPI 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

_SPI = "org.a11y.atspi"
_REGISTRY = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
_BUS = ("org.a11y.Bus", "/org/a11y/bus")
STATES = {"checked": 4, "enabled": 8, "focused": 12, "selected": 23, "showing": 25}
"""Bits of an object's state that are asked for here; atspi-constants.h."""
_ON_SCREEN = 0
_DEEPEST = 60

Reference = tuple[str, str]
"""Name on the bus and path of an accessible object."""


@dataclass(frozen=True)
class Box:
    """A rectangle on the screen, in pixels."""

    x: int
    y: int
    wide: int
    high: int

    @property
    def middle(self) -> tuple[int, int]:
        """The point in its middle."""
        return self.x + self.wide // 2, self.y + self.high // 2

    def holds(self, point: tuple[int, int]) -> bool:
        """Whether a point lies inside."""
        return 0 <= point[0] - self.x < self.wide and 0 <= point[1] - self.y < self.high


@dataclass(frozen=True)
class Node:
    """One object as it was when it was looked at, with the one that holds it."""

    reference: Reference
    parent: Node | None
    role: str
    name: str
    id: str  # the object name of its widget
    bits: int

    def has(self, state: str) -> bool:
        """Whether it is in a state of STATES."""
        return bool(self.bits >> STATES[state] & 1)

    @property
    def holders(self) -> tuple[Node, ...]:
        """What holds it, from near to far."""
        return (self.parent, *self.parent.holders) if self.parent is not None else ()

    def __str__(self) -> str:
        """Role, name, id and states, as far to the right as it lies deep: a line of a printed tree."""
        states = ", ".join(state for state in STATES if self.has(state))
        return f"{'  ' * len(self.holders)}{self.role} {self.name!r} {self.id}: {states}"


class Tree:
    """The accessible objects of every program on one session bus."""

    def __init__(self, session_bus: str) -> None:
        """Ask the session bus for the accessibility bus, and programs to fill it."""
        with open_dbus_connection(session_bus) as session:
            address = DBusAddress(_BUS[1], _BUS[0])
            asked = session.send_and_get_reply(new_method_call(address.with_interface("org.a11y.Bus"), "GetAddress"))
            on = Properties(address.with_interface("org.a11y.Status")).set("IsEnabled", "b", True)
            session.send_and_get_reply(on)
        self._bus: DBusConnection = open_dbus_connection(asked.body[0])

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def look(self) -> list[Node]:
        """Everything that shows now, level by level: what lies on top comes last in its level."""
        found: list[Node] = []
        level: list[tuple[Reference, Node | None]] = [(_REGISTRY, None)]
        for _ in range(_DEEPEST):
            children = list(self._children(level))
            nodes = [node for node in self._nodes(children) if node.role == "application" or node.has("showing")]
            if not nodes:
                break
            found += nodes
            level = [(node.reference, node) for node in nodes]
        return found

    def again(self, nodes: Sequence[Node]) -> list[Node]:
        """The same objects with the states that they have now, without those that are gone; quicker than a look."""
        answers = self._ask([_call(node.reference, "Accessible", "GetState") for node in nodes])
        return [replace(node, bits=_bits(answer)) for node, answer in zip(nodes, answers, strict=True) if answer]

    def text(self, node: Node) -> str:
        """The text in a field, or of a label."""
        (answer,) = self._ask([_call(node.reference, "Text", "GetText", "ii", (0, -1))])
        return str(answer[0]) if answer else node.name

    def box(self, node: Node) -> Box:
        """Where it is on the screen."""
        (answer,) = self._ask([_call(node.reference, "Component", "GetExtents", "u", (_ON_SCREEN,))])
        if answer is None:
            raise LookupError(f"{node} has no place")
        return Box(*answer[0])

    def value(self, node: Node) -> float:
        """Where a slider or a spin box stands."""
        (answer,) = self._ask([_property(node.reference, "Value", "CurrentValue")])
        if answer is None:
            raise LookupError(f"{node} has no value")
        return float(answer[0][1])

    def _children(self, level: Sequence[tuple[Reference, Node | None]]) -> Iterator[tuple[Reference, Node | None]]:
        answers = self._ask([_call(reference, "Accessible", "GetChildren") for reference, _ in level])
        for (_, node), answer in zip(level, answers, strict=True):
            for name, path in answer[0] if answer else ():
                yield (name, path), node

    def _nodes(self, pairs: Sequence[tuple[Reference, Node | None]]) -> Iterator[Node]:
        asked = [
            message
            for reference, _ in pairs
            for message in (
                _call(reference, "Accessible", "GetState"),
                _call(reference, "Accessible", "GetRoleName"),
                _property(reference, "Accessible", "Name"),
                _property(reference, "Accessible", "AccessibleId"),
            )
        ]
        answers = iter(self._ask(asked))
        fours = zip(answers, answers, answers, answers, strict=True)
        for (reference, parent), (state, role, name, widget) in zip(pairs, fours, strict=True):
            if state and role and name and widget:  # else it went away while we looked
                yield Node(reference, parent, role[0], name[0][1], widget[0][1].rpartition(".")[2], _bits(state))

    def _ask(self, messages: Sequence[Message]) -> list[tuple | None]:
        """The bodies of the answers, None for an error. All are asked before the first answer is waited for."""
        waiting = {}
        for place, message in enumerate(messages):
            serial = next(self._bus.outgoing_serial)
            self._bus.send(message, serial=serial)
            waiting[serial] = place
        answers: list[tuple | None] = [None] * len(messages)
        while waiting:
            reply = self._bus.receive(timeout=30)
            place = waiting.pop(reply.header.fields.get(HeaderFields.reply_serial, -1), None)
            if place is not None and reply.header.message_type == MessageType.method_return:
                answers[place] = reply.body
        return answers


def _bits(state: tuple) -> int:
    """The states of an object, from the two numbers that carry them."""
    low, high = state[0]
    return low | high << 32


def _address(reference: Reference, interface: str) -> DBusAddress:
    return DBusAddress(reference[1], reference[0], f"{_SPI}.{interface}")


def _call(reference: Reference, interface: str, method: str, signature: str | None = None, body: tuple = ()) -> Message:
    return new_method_call(_address(reference, interface), method, signature, body)


def _property(reference: Reference, interface: str, name: str) -> Message:
    return Properties(_address(reference, interface)).get(name)
