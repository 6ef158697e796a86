"""What does the event card ask that struck last quarter? Its words, a button for each answer, and which one stands."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from labsim.play.cards import Dealt, named_answer, open_card
from labsim.scenario_orders import ANSWER, LETTERS
from labsim.text import say
from labsim.ui.controllers.draft import DraftController
from labsim.ui.controllers.game import GameController
from labsim.ui.orders.fields import OrderField
from labsim.ui.theme import ThemeController
from labsim.ui.widgets.cards import IconLabel
from labsim.ui.widgets.choices import ChoiceButton
from labsim.ui.widgets.styled import label_of


class AnswerOrder(OrderField):
    """The card that waits; hidden without one. `told(words, is_answered)` says what will stand, empty without one."""

    told = Signal(str, bool)

    def __init__(self, theme: ThemeController, game: GameController, draft: DraftController) -> None:
        """Follow the game and its draft."""
        self._game = game
        super().__init__(theme, draft, ANSWER)
        game.opened.connect(self.refresh)
        self.hide()

    @property
    def waits(self) -> bool:
        """Whether a card is there that the draft does not answer."""
        return self._open() is not None and not self._draft.is_ordered(ANSWER)

    def begin(self) -> None:
        """Put the hand on the answers."""
        self.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Show the card, and which answer is chosen."""
        found = self._open()
        self.setVisible(found is not None)
        if found is None:
            self.told.emit("", True)
            return
        self.title.setText(found.card.title)
        self.text.setText(found.card.text)
        is_answered, stands = self._draft.is_ordered(ANSWER), self._stands(found)
        remark = "" if is_answered else say("answer.policy" if self._game.session.on_policy else "answer.stands")
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(found.card.choices))
            if place < len(found.card.choices):
                words = say("answer.choice", letter=LETTERS[place], label=found.card.choices[place].label)
                is_it = place + 1 == stands
                button.show_choice(words, remark if is_it else "", is_answered and is_it)
        key = "answer.answered" if is_answered else "answer.unanswered"
        self.told.emit(say(key, answer=named_answer(found, stands)), is_answered)

    def _open(self) -> Dealt | None:
        if not self._game.is_open or self._game.is_over:
            return None
        return open_card(self._game.world, self._game.scenario, self._game.seat)

    def _stands(self, found: Dealt) -> int:
        """The choice that holds as the draft is: ordered, the policy's own, or the card's default."""
        choice = round(self._draft.value(ANSWER))
        return choice if 1 <= choice <= len(found.card.choices) else found.card.default

    def _make(self, theme: ThemeController) -> QWidget:
        whole = QWidget()
        whole.setProperty("kind", "card")
        whole.setObjectName("event_card")
        self.title, self.text = label_of("", "title"), label_of("")
        self.buttons = tuple(ChoiceButton(theme, f"answer_{letter}") for letter in LETTERS)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel(theme, "circle-question-mark", "accent"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        column = QVBoxLayout(whole)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.text)
        for label in (self.title, self.text):
            label.setWordWrap(True)
        for place, button in enumerate(self.buttons, start=1):
            column.addWidget(button)
            button.clicked.connect(lambda _=False, place=place: self._order(place))
        return whole

    def _order(self, choice: int) -> None:
        self._draft.order({ANSWER: float(choice)}, self.title.text())
