"""Known errors: every problem at once, each with a remedy."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.errors import (
    AnswerIsNo,
    BadInput,
    BadWorld,
    Collector,
    LabsimError,
    Message,
    Problem,
    did_you_mean,
    read_text_safely,
)


def test_a_problem_reads_where_what_remedy() -> None:
    assert str(Problem("lab.toml, line 3", "price is negative", "write 0 or more")) == (
        "lab.toml, line 3: price is negative; write 0 or more"
    )


def test_an_error_shows_each_problem_on_its_line_and_knows_its_exit_code() -> None:
    first, second = Problem("a", "b", "c"), Problem("d", "e", "f")
    error = BadInput(first, second)
    assert error.problems == (first, second)
    assert str(error) == "a: b; c\nd: e; f"
    assert (LabsimError.exit_code, BadInput.exit_code, BadWorld.exit_code, AnswerIsNo.exit_code) == (2, 2, 2, 1)


def test_an_error_survives_the_way_between_processes() -> None:
    error = AnswerIsNo(Problem("a", "b", "c"))
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is AnswerIsNo
    assert back.problems == error.problems


def test_an_error_without_problems_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="at least one problem"):
        BadInput()


def test_a_message_cannot_be_changed_through_the_dictionary_it_was_made_from() -> None:
    values: dict[str, object] = {"lab": "Anthropic"}
    message = Message("lab.acquired", values)
    values["lab"] = "other"
    assert message.values["lab"] == "Anthropic"
    assert message == Message("lab.acquired", {"lab": "Anthropic"})
    assert hash(message) == hash(Message("lab.acquired", {"lab": "Anthropic"}))
    assert pickle.loads(pickle.dumps(message)) == message


def test_a_collector_raises_everything_once() -> None:
    collector = Collector()
    collector.raise_if_any()
    assert not collector
    collector.add("a", "b", "c")
    collector.add("a", "b", "c")
    collector.extend([Problem("d", "e", "f"), Problem("a", "b", "c")])
    assert collector
    with pytest.raises(BadInput) as caught:
        collector.raise_if_any()
    assert caught.value.problems == (Problem("a", "b", "c"), Problem("d", "e", "f")) == collector.problems


def test_a_slip_of_the_pen_gets_a_proposal_and_nonsense_gets_none() -> None:
    assert did_you_mean("traning_share", ["training_share", "price"]) == ' did you mean "training_share"?'
    assert did_you_mean("PRICE", ["training_share", "price"]) == ' did you mean "price"?'
    assert did_you_mean("zzz", ["training_share", "price"]) == ""
    assert did_you_mean("price", []) == ""


@given(st.text(), st.lists(st.text()))
def test_a_proposal_is_always_one_of_the_candidates(word: str, candidates: list[str]) -> None:
    answer = did_you_mean(word, candidates)
    assert answer == "" or any(answer == f' did you mean "{candidate}"?' for candidate in candidates)


def test_text_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes("\ufeffname = 'Žluťoučký'\n".encode())
    assert read_text_safely(file) == "name = 'Žluťoučký'\n"
    assert read_text_safely(str(file), max_bytes=file.stat().st_size) == "name = 'Žluťoučký'\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match=r"none\.toml: there is no such file; check"):
        read_text_safely(tmp_path / "none.toml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWorld, match="this is a folder"):
        read_text_safely(tmp_path)


def test_a_device_is_refused() -> None:
    with pytest.raises(BadWorld, match="not a regular file"):
        read_text_safely("/dev/zero")


def test_a_name_with_a_zero_byte_or_without_end_is_refused() -> None:
    for name in ("a\0b", "x" * 5000):
        with pytest.raises(BadWorld):
            read_text_safely(name)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "big.toml"
    file.write_bytes(b"x" * 11)
    with pytest.raises(BadInput, match="larger than 10 bytes"):
        read_text_safely(file, max_bytes=10)


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_bytes(b"# fine\nname = 'caf\xe9'\n")
    with pytest.raises(BadInput, match=r"old\.toml, line 2: the text is not UTF-8; save"):
        read_text_safely(file)
