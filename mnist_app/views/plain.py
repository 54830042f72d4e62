"""What people have typed, shown as it is: no sign in it is Markdown, HTML or a formula.

Names and notes, the names of files and what a stranger's file says of itself are read by
others than those who wrote them.  HTML has ``html.escape``; here is the rest.
"""

from __future__ import annotations

import re
from html import escape

from mnist_app.texts.user_error import UserError
from mnist_app.views.language import language

SIGNS = re.compile(r"([\\`*\[\]<>$~|&]|(?<![^\W_])_|_(?![^\W_]))")  # what can mean something in Markdown
BLOCK = re.compile(r"(?=[#+=-]|\d+[.)])")  # and what can at a line's beginning
SHORT_CODE = re.compile(r":(?=[\w+/-])")  # as in an emoji's name, an icon's, an address
WORD_JOINER = "\N{WORD JOINER}"  # nothing to be seen


def markdown(text: str) -> str:
    """Return Markdown in which a text stands as it is, on one line."""
    apart = SHORT_CODE.sub(f":{WORD_JOINER}", " ".join(text.split()))
    start = WORD_JOINER if BLOCK.match(apart) else ""
    return start + SIGNS.sub(r"\\\1", apart)


def sentence(error: UserError) -> str:
    """Return what an error says, in the language of the page, as Markdown."""
    return markdown(error.message(language()))


def plotly(text: str) -> str:
    """Return a text for a Plotly figure, which knows some tags of HTML and templates such as %{x}."""
    return escape(text, quote=False).replace("%{", "%&#123;")
