"""The fingerprint names the engine: it stands still for the same engine and moves with any constant or rule."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labsim.play import fingerprint
from labsim.variables import REGISTRY


@pytest.fixture(autouse=True)
def _fresh() -> None:
    fingerprint.engine_fingerprint.cache_clear()


def test_the_fingerprint_is_a_digest_and_stands_still() -> None:
    first = fingerprint.engine_fingerprint()
    fingerprint.engine_fingerprint.cache_clear()
    assert re.fullmatch(r"[0-9a-f]{64}", first)
    assert fingerprint.engine_fingerprint() == first


def test_another_process_that_imports_more_has_the_same_fingerprint() -> None:
    code = "import labsim.scenario, labsim.play.turn, labsim.play.fingerprint as f; print(f.engine_fingerprint())"
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert answer.stdout.strip() == fingerprint.engine_fingerprint()


def test_a_changed_default_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint.engine_fingerprint()
    other = REGISTRY["interest"]
    monkeypatch.setitem(REGISTRY, "interest", type(other)(**{**vars(other), "default": 0.12}))
    fingerprint.engine_fingerprint.cache_clear()
    assert fingerprint.engine_fingerprint() != before


def test_a_changed_table_or_source_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint.engine_fingerprint()
    for part in ("data_digests", "source_digests"):
        with monkeypatch.context() as patch:
            patch.setattr(fingerprint, part, lambda: {"a": "b"})
            fingerprint.engine_fingerprint.cache_clear()
            assert fingerprint.engine_fingerprint() != before


def test_every_source_of_the_model_and_every_calendar_counts(root: Path) -> None:
    sources = {f"model/{file.name}" for file in (root / "labsim" / "model").glob("*.py")}
    assert sources | set(fingerprint.RULES) == set(fingerprint.source_digests())
    calendars = {f"calendar/{file.name}" for file in (root / "assets" / "calendar").iterdir()}
    assert calendars | {"policies.csv", "rivals.toml"} == set(fingerprint.data_digests())


def test_line_ends_do_not_count() -> None:
    assert fingerprint.digest(b"a\r\nb") == fingerprint.digest(b"a\nb") != fingerprint.digest(b"a\n\nb")


def test_a_program_without_sources_answers_from_its_manifest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fingerprint.resources, "files", lambda _: tmp_path)
    content = json.dumps({"sources": {"model/step.py": "1234"}}).encode()
    monkeypatch.setattr(fingerprint, "asset_bytes", lambda *_: content)
    assert fingerprint.source_digests() == {"model/step.py": "1234"}
