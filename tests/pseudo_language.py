"""A language in which every letter is ж: any other letter on a page is not from the catalogs."""

from __future__ import annotations

import json
import re
import string
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from mnist_app.texts import catalog
from mnist_app.texts.particles import MARK

# What no person reads: the fields of elements that name, place or colour them.
FIELDS = {
    *("id", "icon", "type", "tag", "format", "query_param_key", "form_id", "component_name", "element_id"),
    *("js_content", "css_content", "html_content", "js_source_path", "css_source_path", "fragment_id"),
    *("url", "page_script_hash", "config", "page", "file_type", "data", "uuid", "theme"),
}
# And the same in what components and charts are given.
KEYS = {
    *("colours", "color", "colorscale", "font", "line", "marker", "dash", "mode", "type", "hovermode"),
    *("xref", "yref", "xaxis", "yaxis", "anchor", "side", "xanchor", "yanchor", "orientation", "overlaying"),
    *("picture", "reveal", "address", "url", "cookie", "person", "cards", "template", "tickformat", "align"),
    *("hoverinfo", "textposition", "symbol", "fill", "shape", "kind", "scaling", "scalings", "prepare"),
    *("format", "width", "barmode", "dragmode", "layer", "theme"),
}
ATTRIBUTES = re.compile(r'\b(?:title|aria-label|alt|placeholder)="([^"]*)"')
NO_WORDS = (
    re.compile("<style>.*?</style>", re.DOTALL),
    re.compile("<[^>]*>"),
    re.compile(r"(?<=\])\([^)]*\)"),  # a link's address
    re.compile(r":(?:material/\w+|small|red):?"),
    re.compile(r"\$[^$]+\$"),  # a formula
    re.compile(r"#[0-9A-Fa-f]{6}|\b[0-9a-f-]{16,}\b"),  # a colour, a file's name
    re.compile(r"%?\{[^}]*\}"),  # a value that a component or a chart fills in
)
WORD = re.compile(r"[^\W\d_ж]{2,}")


def translated(words: str) -> str:
    """Return a text of a catalog in this language; placeholders stay."""
    return "".join(
        re.sub(r"[^\W\d_]", "ж", literal) + (f"{{{name}}}" if name is not None else "")
        for literal, name, _, _ in string.Formatter().parse(MARK.sub("", words))
    )


@contextmanager
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make all catalogs ones of this language."""

    def loads(words: str) -> dict[str, dict[str, str]]:
        tables = tomllib.loads(words)
        return {
            table: {key: translated(text) for key, text in rows.items()} for table, rows in tables.items()
        }

    with monkeypatch.context() as patch:
        patch.setattr(catalog, "tomllib", SimpleNamespace(loads=loads))
        catalog.catalog.cache_clear()
        yield
    catalog.catalog.cache_clear()


def foreign_words(test: AppTest) -> set[str]:
    """Return the words on a page that are not in this language."""
    shown = [text for place in (test.main, test.sidebar) for text in _of_node(place)]
    return {word for text in shown for word in WORD.findall(_plain(text))}


def _of_node(node: Any) -> Iterator[str]:
    if isinstance(getattr(node, "proto", None), Message) and node.proto.DESCRIPTOR.name != "Latex":
        yield from _of_message(node.proto)
    for child in getattr(node, "children", {}).values():
        yield from _of_node(child)


def _of_message(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in FIELDS:
            continue
        repeated = not isinstance(value, str | bytes | Message) and hasattr(value, "__iter__")
        for each in value if repeated else [value]:
            if isinstance(each, Message):
                yield from _of_message(each)
            elif isinstance(each, str | bytes):
                yield from _of_json(each)


def _of_json(content: str | bytes) -> Iterator[str]:
    """Yield a text; of JSON, and of bytes that begin with JSON, the texts inside."""
    if isinstance(content, str) and not content.startswith(("{", "[{")):
        yield content
        return
    words = content if isinstance(content, str) else content.decode("utf-8", "ignore")
    start = words.find("{")
    if start >= 0:
        yield from _of_value(json.JSONDecoder().raw_decode(words[start:])[0])


def _of_value(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in KEYS or (isinstance(inner, dict) and ("title" in inner or "text" in inner)):
                yield from _of_value(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _of_value(inner)


def _plain(text: str) -> str:
    """Return what a person reads or hears of a text."""
    heard = " ".join(ATTRIBUTES.findall(text))
    for pattern in NO_WORDS:
        text = pattern.sub(" ", text)
    return unescape(f"{text} {heard}")
