"""Which events and explanations does a game give to an export? Those in its file; explanations are else computed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labsim.errors import LabsimError, Message
from labsim.play.bridge import Term, explain
from labsim.play.bridge_figures import HEADLINES, Moment, world_of
from labsim.play.timeline import Timeline
from labsim.play.tree import Branch, Node
from labsim.store.export_blocks import Block, Floats, Wholes, Words, as_unicode, texts
from labsim.store.export_rows import GameRows, marks
from labsim.variables import REGISTRY

Tell = Callable[[Message], str]
"""Makes a sentence of a message; the command line and the Python door hand in labsim.text.render."""


_Key = tuple[str, str | None, str]
Labels = dict[_Key, str]
"""(variable, inside, term) -> the cause in words."""


@dataclass(frozen=True)
class _Row:
    """One cause of one change."""

    lab: int
    variable: str
    place: int
    inside: str | None
    term: str
    label: str
    amount: float
    link: str | None


class ToldRows:
    """Events and explanations of one game, in words."""

    def __init__(self, game: GameRows, tell: Tell, labs: Sequence[int], labels: Labels | None = None) -> None:
        """Take the game, what makes sentences, and the rows of the labs whose changes are explained.

        ``labels`` are those learned from other games; what is learned here joins them.
        """
        self.game = game
        self.tell = tell
        self.labs = labs
        self.notes: list[str] = []  # what could not be explained, and why
        self._labels: Labels = {} if labels is None else labels
        self._timeline = Timeline(game.save)
        self._of_turn: dict[int, list[_Row]] = {}  # branches share turns

    # ---- events -----------------------------------------------------------------------------------------------------

    def events(self, branch: Branch, nodes: Sequence[Node]) -> Block:
        """The events of some quarters of a branch."""
        game = self.game
        found = game.ask(
            f"SELECT turn, place, event, lab, figures FROM events WHERE turn IN ({marks(nodes)}) ORDER BY turn, place",
            nodes,
        )
        names = game.stored.scenario.labs
        labs = [None if row[3] is None or not 0 <= row[3] < len(names) else names[row[3]] for row in found]
        columns = {
            **game.when_by(branch, nodes, _places(nodes, [row[0] for row in found])),
            "place": Wholes(np.array([row[1] for row in found], dtype=np.int64)),
            "event": texts([row[2] for row in found]),
            "lab": texts(labs),
            "text": texts([self._sentence(row[2], lab, row[4]) for row, lab in zip(found, labs, strict=True)]),
            "figures": texts([row[4] for row in found]),
        }
        return Block("events", len(found), columns)

    def _sentence(self, event: str, lab: str | None, figures: str) -> str:
        """The sentence of an event; its name where another labsim wrote it and this one has no words for it."""
        try:
            values: Any = json.loads(figures)
            return as_unicode(self.tell(Message(f"event.{event}" if lab is None else f"lab.{event}", values)))
        except (KeyError, ValueError, TypeError, RecursionError):
            return event.replace("_", " ")

    # ---- explanations -----------------------------------------------------------------------------------------------

    def explanations(self, branch: Branch, nodes: Sequence[Node]) -> Block:
        """Why the headline figures changed in some quarters of a branch."""
        missing = [node for node in nodes if node.id not in self._of_turn]
        held = self._held(missing)
        for node in missing:
            known = [row for row in held.get(node.id, []) if row.lab in self.labs]
            others = [lab for lab in self.labs if lab not in {row.lab for row in known}]
            self._of_turn[node.id] = known + (self._computed(node, others) if others else [])
        rows = [(node.id, row) for node in nodes for row in self._of_turn[node.id]]
        columns: dict[str, Words | Wholes | Floats] = {
            **self.game.when_by(branch, nodes, _places(nodes, [turn for turn, _ in rows])),
            "lab": texts([self.game.stored.scenario.labs[row.lab] for _, row in rows]),
            "variable": texts([row.variable for _, row in rows]),
            "place": Wholes(np.array([row.place for _, row in rows], dtype=np.int64)),
            "inside": texts([row.inside for _, row in rows]),
            "term": texts([row.term for _, row in rows]),
            "label": texts([row.label for _, row in rows]),
            "unit": texts([_unit(row.variable) for _, row in rows]),
            "amount": Floats(np.array([row.amount for _, row in rows], dtype=np.float64)),
            "link": texts([row.link for _, row in rows]),
        }
        return Block("explanations", len(rows), columns)

    def _held(self, nodes: Sequence[Node]) -> dict[int, list[_Row]]:
        """The terms that the file holds, by turn."""
        select = 'SELECT turn, lab, variable, place, "inside", term, amount, link FROM explanations'
        found = self.game.ask(f"{select} WHERE turn IN ({marks(nodes)}) ORDER BY turn, lab, place", nodes)
        nodes_by_id = {node.id: node for node in nodes}
        held: dict[int, list[_Row]] = {}
        for turn, lab, variable, place, inside, term, amount, link in found:
            if math.isfinite(amount) and 0 <= lab < len(self.game.stored.scenario.labs):
                label = self._learned(nodes_by_id[turn], lab, (variable, inside or None, term))
                row = _Row(lab, variable, place, inside or None, term, label, amount, link or None)
                held.setdefault(turn, []).append(row)
        return held

    def _learned(self, node: Node, lab: int, key: _Key) -> str:
        """The label of a cause. A file keeps none, so the first time its quarter is explained again to learn it."""
        if key not in self._labels:
            notes = list(self.notes)
            again = self._computed(node, [lab])
            self.notes = notes  # nothing is lost but words
            self._labels |= {(row.variable, row.inside, row.term): row.label for row in again}
            self._labels.setdefault(key, key[2].replace("_", " "))
        return self._labels[key]

    def _computed(self, node: Node, labs: Sequence[int]) -> list[_Row]:
        """The terms of one quarter, from the records; none, with a note, where another model played it."""
        scenario = self.game.stored.scenario
        try:
            before = self._before(node)
            world = world_of(before)
            alive = [lab for lab in labs if world.capital.status[lab, 0] == 0.0]
            after = self._timeline.record(node.id)
            return [
                row
                for lab in alive
                for row in self._rows(
                    lab, [(name, explain(name, before, after, lab, scenario).terms) for name in HEADLINES]
                )
            ]
        except LabsimError as error:
            self.notes.append(f"{self.game.run}: turn {node.id} is not explained: {error.problems[0].what}")
            return []

    def _before(self, node: Node) -> Moment:
        parent = self.game.stored.tree.nodes[node.parent or 0]
        return self._timeline.world(parent.id) if parent.parent is None else self._timeline.record(parent.id)

    def _rows(self, lab: int, explained: Sequence[tuple[str, Sequence[Term]]]) -> Iterator[_Row]:
        """The terms of a lab's figures, numbered as a file numbers them."""
        flat = ((variable, *part) for variable, terms in explained for part in _flat(terms))
        for place, (variable, inside, term) in enumerate(flat):
            links = "; ".join(f"{link.kind}:{link.name}" for link in term.links) or None
            label = self._label(term.label, term.name)
            yield _Row(lab, variable, place, inside, term.name, label, term.value, links)

    def _label(self, message: Message, otherwise: str) -> str:
        try:
            return self.tell(message)
        except KeyError:
            return otherwise.replace("_", " ")


def _flat(terms: Sequence[Term], inside: str | None = None) -> Iterator[tuple[str | None, Term]]:
    """Terms, each followed by its parts."""
    for term in terms:
        yield inside, term
        yield from _flat(term.terms, term.name)


def _unit(variable: str) -> str | None:
    if variable in HEADLINES:
        return HEADLINES[variable].unit
    return REGISTRY[variable].unit if variable in REGISTRY else None


def _places(nodes: Sequence[Node], turns: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int32]]:
    """The place of each turn among the nodes."""
    places = {node.id: place for place, node in enumerate(nodes)}
    return np.array([places[turn] for turn in turns], dtype=np.int32)
