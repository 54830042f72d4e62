"""The README says the same in both languages: the same commands, the same figures."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PROJECT

ENGLISH, KOREAN = (PROJECT.joinpath(name).read_text("utf-8") for name in ("README.md", "README.ko.md"))
BLOCK = re.compile("^```.*?^```", re.MULTILINE | re.DOTALL)
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def sections(text: str) -> list[str]:
    return text.split("\n## ")


def commands(text: str) -> list[str]:
    """Return the lines of all code blocks without their remarks."""
    return [line.partition(" #")[0].rstrip() for block in BLOCK.findall(text) for line in block.splitlines()]


def spans(text: str) -> list[str]:
    """Return what is written as code within sentences."""
    return sorted(" ".join(span.split()) for span in re.findall("`([^`]+)`", BLOCK.sub("", text)))


def figures(text: str) -> list[str]:
    return sorted(FIGURE.findall(BLOCK.sub("", text)))


def pictures(text: str) -> list[str]:
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)


def rows(text: str) -> int:
    return len(re.findall(r"^\|", text, re.MULTILINE))


PAIRS = list(zip(sections(ENGLISH), sections(KOREAN), strict=True))


def test_the_commands_are_the_same():
    assert len(commands(ENGLISH)) > 10
    assert commands(KOREAN) == commands(ENGLISH)


@pytest.mark.parametrize("same", [spans, figures, pictures, rows], ids=lambda same: same.__name__)
@pytest.mark.parametrize(("english", "korean"), PAIRS, ids=[pair[0].splitlines()[0] for pair in PAIRS])
def test_every_section_has_the_same_in_both_languages(english, korean, same):
    assert same(korean) == same(english)


def test_the_korean_readme_is_in_korean():
    prose = re.sub(r"`[^`]+`|\([^)]*\)", "", BLOCK.sub("", KOREAN))
    sentences = [line for line in prose.splitlines() if re.search("[a-z]{3,} [a-z]{3,} [a-z]{3,}", line)]
    assert sentences == []
