"""One piece of a link: what the session has, as text, and such a text checked and put into the session."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import streamlit as st

from mnist_app.texts.user_error import UserError
from mnist_app.views.plain import markdown

JOINT = "."  # between parts: an address keeps it as it is
SHOWN = 40  # letters of what a link holds that a sentence repeats


@dataclass(frozen=True)
class Piece:
    """One piece of a link.

    Attributes:
        name: what it is called in the address.
        tell: returns what a link says of the session; None where it need not say anything.
        take: puts what a link says into the session; raises UserError where that cannot be.
    """

    name: str
    tell: Callable[[], str | None]
    take: Callable[[str], None]


def choice(name: str, key: str, options: Callable[[], Collection[str]], default: str | None = None) -> Piece:
    """Return a piece that is one of some words.

    Args:
        name: in the address.
        key: in the session.
        options: returns the words; asked for when a link has the piece.
        default: need not be told.
    """

    def take(text: str) -> None:
        st.session_state[key] = one_of(text, options())

    return Piece(name, lambda: _told(key, default), take)


def whole(name: str, key: str, low: int, high: int, first: int = 0, default: int | None = None) -> Piece:
    """Return a piece that is a whole number.

    Args:
        name: in the address.
        key: in the session.
        low: the least in the session.
        high: the most there.
        first: what people call the session's 0.
        default: need not be told.
    """

    def tell() -> str | None:
        value = st.session_state.get(key)
        return None if value is None or value == default else str(int(value) + first)

    def take(text: str) -> None:
        st.session_state[key] = whole_number(text, low + first, high + first) - first

    return Piece(name, tell, take)


def switch(name: str, key: str) -> Piece:
    """Return a piece that is on (1) or off (0, which need not be told)."""

    def take(text: str) -> None:
        st.session_state[key] = one_of(text, ("0", "1")) == "1"

    return Piece(name, lambda: "1" if st.session_state.get(key) else None, take)


def several(
    name: str, key: str, options: Callable[[], Collection[str]], default: Collection[str], joint: str = JOINT
) -> Piece:
    """Return a piece that is any of some words, joined, or "none"."""

    def tell() -> str | None:
        chosen = st.session_state.get(key, default)
        return None if set(chosen) == set(default) else joint.join(chosen) or "none"

    def take(text: str) -> None:
        parts = [] if text == "none" else text.split(joint)
        known = options()
        st.session_state[key] = list(dict.fromkeys(one_of(part, known) for part in parts))

    return Piece(name, tell, take)


def one_of(text: str, options: Collection[str]) -> str:
    """Return a text that is one of the options.

    Raises:
        UserError: it is none of them.
    """
    if text not in options:
        raise UserError("error.link_choice", known=", ".join(map(markdown, options)), received=quoted(text))
    return text


def whole_number(text: str, low: int, high: int) -> int:
    """Return the whole number that a text is.

    Raises:
        UserError: it is none, or not from ``low`` to ``high``.
    """
    # More digits than any limit has are not worth reading; int() knows other scripts' digits too.
    if len(text) > 12 or not (text.removeprefix("-").isdigit() and text.isascii()):
        raise UserError("error.link_number", low=low, high=high, received=quoted(text))
    value = int(text)
    if not low <= value <= high:
        raise UserError("error.link_number", low=low, high=high, received=quoted(text))
    return value


def quoted(text: str) -> str:
    """Return the beginning of any text as code in Markdown, in which nothing else means anything."""
    unfit = "\N{REPLACEMENT CHARACTER}"
    plain = "".join(
        letter if letter.isprintable() and letter != "`" else unfit for letter in text[: SHOWN + 1]
    )
    return f"`{plain[:SHOWN]}{'…' if len(plain) > SHOWN else ''}`" if plain.strip() else "` `"


def _told(key: str, default: str | None) -> str | None:
    value = st.session_state.get(key)
    return None if value is None or value == default else str(value)
