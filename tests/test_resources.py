"""The two data folders are found, and what is missing is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from labsim import resources
from labsim.errors import BadWorld
from labsim.resources import asset_bytes, asset_text, data_root


def test_the_texts_are_found_in_the_checkout() -> None:
    assert "[event]" in asset_text("text", "en.toml")
    assert asset_bytes("text", "en.toml").decode() == asset_text("text", "en.toml")
    assert data_root("assets").is_dir()


def test_the_packaged_folder_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = tmp_path / "_bundled" / "scenarios"
    packaged.mkdir(parents=True)
    monkeypatch.setattr(resources.resources, "files", lambda _: tmp_path)
    assert data_root("scenarios") == packaged


def test_a_missing_folder_is_a_known_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources.resources, "files", lambda _: tmp_path)
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "labsim" / "resources.py"))
    with pytest.raises(BadWorld, match="scenarios: this folder of labsim is missing"):
        data_root("scenarios")


def test_a_missing_asset_is_a_known_error_that_names_it() -> None:
    with pytest.raises(BadWorld, match=r"assets/icons/no\.svg: this file of labsim is missing"):
        asset_bytes("icons", "no.svg")


def test_another_kind_of_data_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="unknown kind of data 'fonts'"):
        data_root("fonts")
