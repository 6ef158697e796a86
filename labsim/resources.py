"""Where are the files that come with labsim? In `assets` and `scenarios`, packaged or in a checkout."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from labsim.errors import BadWorld, Problem

KINDS = ("assets", "scenarios")
_REMEDY = "install labsim again, or restore it in the checkout"


def data_root(kind: str) -> Traversable:
    """Return the folder `assets` or `scenarios`: the packaged one first, that of the checkout second.

    Raises BadWorld when neither is there, ValueError for another kind.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of data {kind!r}; known are {', '.join(KINDS)}")
    packaged = resources.files("labsim") / "_bundled" / kind
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).resolve().parents[1] / kind
    if checkout.is_dir():
        return checkout
    raise BadWorld(Problem(kind, "this folder of labsim is missing", _REMEDY))


def asset_bytes(*parts: str) -> bytes:
    """Return the content of one file of `assets`, named by folders and file. Raises BadWorld when it is missing."""
    file = data_root("assets").joinpath(*parts)
    try:
        return file.read_bytes()
    except OSError as error:
        name = "/".join(("assets", *parts))
        raise BadWorld(Problem(name, "this file of labsim is missing", _REMEDY)) from error


def asset_text(*parts: str) -> str:
    """Return the text of one UTF-8 file of `assets`. Raises BadWorld when it is missing."""
    return asset_bytes(*parts).decode("utf-8")
