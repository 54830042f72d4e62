"""The catalogs: same keys, same placeholders, nothing missing and nothing left over."""

from __future__ import annotations

import ast
import errno
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_app.texts.catalog import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    TERMINAL,
    catalog,
    language_of,
    terminal_language,
    text,
)
from mnist_app.texts.duration import duration
from mnist_app.texts.particles import MARK, PARTICLES
from mnist_app.texts.user_error import UserError, why
from tests.conftest import PROJECT

ENGLISH = catalog(DEFAULT_LANGUAGE)
OTHERS = [language for language in LANGUAGES if language != DEFAULT_LANGUAGE]
SOURCES = [PROJECT / "app.py", *sorted((PROJECT / "mnist_app").rglob("*.py"))]
TAKE_A_KEY = {"t", "text", "UserError"}  # functions whose first argument is a key
WORD = re.compile(r"[A-Za-z]{2,}")
HANGUL = re.compile("[가-힣]")


def placeholders(sentence: str) -> set[str]:
    """Return the names of the values that a text takes; Korean particles are none."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None} - {*PARTICLES}


# ------------------------------------------------------------- languages


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_texts_in_the_same_order(language):
    assert list(catalog(language)) == list(ENGLISH)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_the_same_placeholders_in_every_language(language):
    assert {key: placeholders(words) for key, words in catalog(language).items()} == {
        key: placeholders(words) for key, words in ENGLISH.items()
    }


def test_only_korean_has_korean_particles():
    assert [key for key, words in ENGLISH.items() if MARK.search(words)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_begins_or_ends_with_space(language):
    assert [key for key, words in catalog(language).items() if words.strip() != words or not words] == []


def test_korean_texts_are_in_korean():
    in_words = {key for key, words in ENGLISH.items() if WORD.search(re.sub(r"{\w*}", "", words))}
    assert len(in_words) > 100
    assert [key for key in in_words if not HANGUL.search(catalog("ko")[key])] == []


def test_english_texts_are_in_english():
    assert [key for key, words in ENGLISH.items() if HANGUL.search(words)] == []


# ------------------------------------------------------------- keys in the source


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def alternatives(node: ast.expr) -> list[ast.expr]:
    """Return the expressions that a conditional expression can become."""
    if isinstance(node, ast.IfExp):
        return alternatives(node.body) + alternatives(node.orelse)
    return [node]


def pattern(node: ast.JoinedStr) -> str:
    """Return the regular expression of what an f-string can become, as a key."""
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
    )


def calls() -> Iterator[tuple[str, ast.Call, ast.expr]]:
    """Yield all calls that take a key: where, the call, and what the key can be."""
    for path in SOURCES:
        for node in nodes(path):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            if name in TAKE_A_KEY:
                for key in alternatives(node.args[0]):
                    yield f"{path.relative_to(PROJECT)}:{node.lineno}", node, key


CALLS = list(calls())
LITERAL = [(where, call, key.value) for where, call, key in CALLS if isinstance(key, ast.Constant)]


def test_the_calls_that_take_a_key_are_found():
    assert len(LITERAL) > 100
    assert {key.split(".")[0] for _, _, key in LITERAL} >= {"error", "command", "draw", "canvas"}


def test_every_key_that_is_asked_for_exists():
    assert [(where, key) for where, _, key in LITERAL if key not in ENGLISH] == []


def test_every_call_fills_all_placeholders_of_its_text():
    missing = []
    for where, call, key in LITERAL:
        given = {keyword.arg for keyword in call.keywords}
        if None not in given and key in ENGLISH and (lacks := placeholders(ENGLISH[key]) - given):
            missing.append((where, key, lacks))
    assert missing == []


def test_every_error_fills_its_text_and_nothing_more():
    wrong = []
    for where, call, key in LITERAL:
        given = {keyword.arg for keyword in call.keywords}
        is_error = getattr(call.func, "id", None) == "UserError"
        if is_error and None not in given and placeholders(ENGLISH[key]) != given:
            wrong.append((where, key, given))
    assert wrong == []


def test_every_text_with_a_particle_is_filled_by_python():
    """The scripts of the components fill in values, but know no Korean."""
    asked = {key for _, _, key in LITERAL}
    patterns = [pattern(key) for _, _, key in CALLS if isinstance(key, ast.JoinedStr)]
    with_particle = [key for key, words in catalog("ko").items() if MARK.search(words)]
    assert len(with_particle) > 10
    assert [
        key for key in with_particle if key not in asked and not any(re.fullmatch(p, key) for p in patterns)
    ] == []


def test_every_key_that_is_put_together_can_exist():
    wrong = [
        (where, pattern(key))
        for where, _, key in CALLS
        if isinstance(key, ast.JoinedStr) and not any(re.fullmatch(pattern(key), known) for known in ENGLISH)
    ]
    assert wrong == []


def words_of(node: ast.AST) -> set[str]:
    """Return the texts and names in one node of a program."""
    found = {getattr(node, field, None) for field in ("value", "id", "attr", "arg", "name")}
    return {word for word in found if isinstance(word, str)}


def test_every_text_is_used_somewhere():
    words = {"AveragePooling2D"}  # a layer's class name comes from the model's card
    patterns: set[str] = set()
    for path in SOURCES:
        for node in nodes(path):
            words |= words_of(node)
            if isinstance(node, ast.JoinedStr) and re.search("[A-Za-z]", pattern(node).replace(r"\w+", "")):
                patterns.add(pattern(node).replace(r"\w+", r"(\w+)"))

    def is_put_together(key: str) -> bool:
        # What stands in the f-string's braces has to come from somewhere too.
        matches = filter(None, (re.fullmatch(known, key) for known in patterns))
        return any(words.issuperset(match.groups()) for match in matches)

    assert [key for key in ENGLISH if key not in words and not is_put_together(key)] == []


# ------------------------------------------------------------- what the functions do


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_takes_its_values(language):
    words = text("error.unknown_model", language, name="lenet", known="a, b")
    assert "lenet" in words
    assert "a, b" in words
    assert "{" not in words


def test_a_missing_text_or_value_is_a_bug_and_shows():
    with pytest.raises(KeyError):
        text("error.nothing", "en")
    with pytest.raises(KeyError):
        text("error.unknown_model", "en", name="lenet")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        *[("ko-KR", "ko"), ("ko_KR.UTF-8", "ko"), ("ko", "ko"), ("KO", "ko")],
        *[("en-US", "en"), ("de-DE", "en"), ("C.UTF-8", "en"), ("", "en"), (None, "en")],
    ],
)
def test_a_locale_has_a_language(locale, language):
    assert language_of(locale) == language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
        ({"LC_ALL": "en_US.UTF-8", "MNIST_APP_LANG": "ko"}, "ko"),
        ({"LC_ALL": "ko_KR.UTF-8", "MNIST_APP_LANG": "en"}, "en"),
        ({}, "en"),
    ],
    ids=str,
)
def test_the_terminals_language_is_the_environments(environment, language, monkeypatch):
    for name in TERMINAL:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal_language() == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_speaks_every_language_inside_another_one_too(language):
    inner = UserError("error.picture_damaged")
    outer = UserError("error.file", path="a.png", problem=inner)
    assert outer.message(language) == f"a.png: {inner.message(language)}"
    assert bool(HANGUL.search(outer.message(language))) == (language == "ko")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_system_refuses_in_the_readers_language(language, tmp_path):
    with pytest.raises(OSError, match="directory") as refused:
        tmp_path.read_bytes()
    error = UserError("error.path_unreadable", path="a", reason=why(refused.value))
    assert error.message(language) == text(
        "error.path_unreadable", language, path="a", reason=text("error.is_folder", language)
    )


def test_an_unknown_refusal_keeps_the_systems_words():
    assert why(OSError(errno.EIO, "Input/output error")) == "Input/output error"


def test_an_error_is_in_english_where_nobody_asks():
    assert str(UserError("error.path_missing", path="a.png")) == "There is no file or folder a.png."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *[(-3, "0 s"), (0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s")],
        *[(3599, "59 min 59 s"), (3600, "1 h 0 min"), (7384, "2 h 3 min")],
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(seconds, words):
    assert duration(seconds, "en") == words
