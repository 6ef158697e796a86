"""Would the window do in another language? Every word comes from the text file, and longer ones fit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from labsim.ui.theme import ThemeController
from tests.ui.looks import clipped, described
from tests.ui.pseudo import known_names, longer, speak_longer, unmarked, unspoken, words
from tests.ui.tour import tour, touring

NOT_WORDS = ("labsim", "Parquet", "Excel", "Cancel", "Close", "main", "Another way", "Title", "Message.", "details")
"""Names of formats, buttons that Qt itself translates, and what the tour wrote into the game and a message."""


def test_longer_words_are_longer_and_marked() -> None:
    template = "Cash lasts {months:months} at {left:quarter|quarters}"
    assert longer(template) == "[Caash laasts {months:months} aat {left:quarter|quarters}]"
    assert unmarked("[Why [caash] feell] in [Q1]").split() == ["in"]


def test_every_word_comes_from_the_text_file_and_longer_ones_fit(
    theme: ThemeController, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak_longer(monkeypatch)
    names = [str(Path.home()), f"{datetime.now():%b}", *NOT_WORDS, *known_names(root)]
    found: dict[str, str] = {}
    with touring(tmp_path, theme, monkeypatch) as desktop:
        for where, part in tour(desktop):
            for widget, said in words(part):
                if left := unspoken(said, names):
                    found.setdefault(f"not from the text file: {left!r}", f"{where}: {described(widget)}")
            for problem in clipped(part):
                found.setdefault(problem, where)
    assert [f"{where}: {problem}" for problem, where in found.items()] == []
