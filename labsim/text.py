"""How do messages become sentences? Templates from `assets/text/en.toml`, their numbers shown by labsim.formats."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from labsim import formats
from labsim.errors import Message
from labsim.resources import asset_text

LANGUAGE = "en"


@cache
def sentences() -> Mapping[str, str]:
    """Return every template by its full key, `event.supply_shock`. Raises BadWorld when the text file is missing."""
    tree = tomllib.loads(asset_text("text", f"{LANGUAGE}.toml"))
    return MappingProxyType(dict(_leaves(tree, "")))


def render(message: Message) -> str:
    """Return the sentence of a message, each `{name:unit}` shown in its declared unit.

    Raises KeyError naming the key that has no template, or the value that the template asks for and did not get.
    """
    try:
        template = sentences()[message.key]
    except KeyError:
        raise KeyError(f"no text for {message.key!r} in assets/text/{LANGUAGE}.toml") from None
    try:
        return _FORMATTER.vformat(template, (), message.values)
    except KeyError as error:
        raise KeyError(f"the text of {message.key!r} needs the value {error}") from None


def say(key: str, /, **values: object) -> str:
    """Return the sentence of a key with its values; what a window says without handing a message on."""
    return render(Message(key, values))


def placeholders(key: str) -> frozenset[str]:
    """Return the names of the values that a template needs. Raises KeyError for an unknown key."""
    return frozenset(name for _, name, _, _ in _FORMATTER.parse(sentences()[key]) if name)


class _UnitFormatter(string.Formatter):
    """str.format whose format specification is a declared unit or a named format of labsim.formats.

    `{left:quarter|quarters}` is the word that fits the number: the first for what reads 1, the second for all else.
    """

    def format_field(self, value: Any, format_spec: str) -> str:
        """Show a number in its unit; text is left as it is; a rendered message may stand inside another."""
        if "|" in format_spec:
            one, many = format_spec.split("|")
            said = value if isinstance(value, str) else formats.show_as(value, "count")
            return one if said == "1" else many
        if isinstance(value, Message):
            return render(value)
        if isinstance(value, str):
            return value
        if value is not None and not hasattr(value, "__float__"):
            return str(value)
        return formats.show_as(value, format_spec)


_FORMATTER = _UnitFormatter()


def _leaves(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, branch in tree.items():
        if isinstance(branch, Mapping):
            yield from _leaves(branch, f"{prefix}{name}.")
        elif isinstance(branch, str):
            yield f"{prefix}{name}", branch
        else:
            raise TypeError(f"assets/text/{LANGUAGE}.toml: {prefix}{name} is not a text")
