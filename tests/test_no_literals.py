"""No text that a person reads stands in the source of a page, in a script or in a style."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import PROJECT

NAMES = {"ReLU"}  # the same in every language
WORD = re.compile(r"[^\W\d_]{2,}")
APP = PROJECT / "mnist_app"
# Two words side by side, or one in Korean; a name or a class of a style is neither.
PHRASE = re.compile(r"(?<![\w-])[A-Za-z]{2,}[,.:]? [A-Za-z]+(?![\w-])|[가-힣]")
STYLE = re.compile(r'\\\w+|<[^>]*>?|[\w-]+="[^"]*"?|"[^"]*"|[\w-]+\s*:\s*[^;{}]*(?:;|$)|[\w-]+\([^)]*\)?')
RULES = re.compile(r"[{}]\s|export default")  # rules of a style, a script
SHOWN_AS = {  # calls whose words a person reads, and the arguments that are words
    *("title", "header", "subheader", "markdown", "caption", "write", "info", "warning", "error", "success"),
    *("button", "download_button", "toggle", "checkbox", "radio", "selectbox", "multiselect", "slider"),
    *("select_slider", "number_input", "text_input", "text_area", "file_uploader", "pills", "popover"),
    *("segmented_control", "expander", "tabs", "metric", "spinner", "progress", "dialog", "toast", "Page"),
    *("page_link", "set_page_config", "plotly_chart", "dataframe", "image", "form_submit_button"),
}
WORDS_IN = {"label", "help", "placeholder", "alt", "title", "page_title", "body", "text"}
PYTHON = [PROJECT / "app.py", *sorted(APP.glob("pages/*.py")), *sorted(APP.glob("views/**/*.py"))]
SCRIPTS = sorted(APP.glob("views/**/*.js"))


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield the texts in a program that are neither its documentation nor for its programmers."""
    left_out: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            left_out.add(id(body[0].value))
        if isinstance(node, ast.Raise):
            left_out |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_no_phrase_stands_in_the_source_of_a_page(path):
    found = [
        (node.lineno, node.value)
        for node in literals(ast.parse(path.read_text("utf-8")))
        if PHRASE.search(STYLE.sub(" ", node.value)) and not RULES.search(node.value)
    ]
    assert found == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_no_word_stands_in_a_call_that_shows_it(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SHOWN_AS:
            words = [keyword.value for keyword in node.keywords if keyword.arg in WORDS_IN]
            for text_node in [*node.args[:1], *words]:
                if isinstance(text_node, ast.Constant) and isinstance(text_node.value, str):
                    found += [(node.lineno, text_node.value)] if WORD.search(text_node.value) else []
    assert [each for each in found if each[1] not in NAMES] == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_streamlit_says_nothing_of_its_own(path):
    """An empty choice has words of ours, and a cache that is being filled none."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            given = {keyword.arg for keyword in node.keywords}
            name = getattr(node.func, "attr", "")
            assert name != "multiselect" or "placeholder" in given, node.lineno
            assert name not in ("cache_data", "cache_resource") or "show_spinner" in given, node.lineno


def quoted(script: str) -> Iterator[str]:
    """Yield the texts in a script; what is filled into one is left out."""
    bare = re.sub(r"/\*.*?\*/|(?<![:\w])//[^\n]*", " ", script, flags=re.DOTALL)
    for match in re.finditer(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`((?:[^`\\]|\\.)*)`', bare):
        yield re.sub(r"\$\{[^}]*\}", " ", next(group for group in match.groups() if group is not None))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_no_phrase_stands_in_a_script(path):
    script = path.read_text("utf-8")
    assert [words for words in quoted(script) if PHRASE.search(STYLE.sub(" ", words))] == []
    # And no single word where it would be read or heard.
    said = re.compile(
        r"(?:textContent|innerText|innerHTML|ariaLabel|ariaDescription|\.title|\.alt|placeholder)\s*=\s*"
        r"[\"'`]([^\"'`]*)|setText\([^,]+,\s*[\"'`]([^\"'`]*)|[\"']aria-label[\"'],\s*[\"'`]([^\"'`]*)"
    )
    words = [next(filter(None, match.groups()), "") for match in said.finditer(script)]
    assert [each for each in words if WORD.search(re.sub(r"\$\{[^}]*\}", " ", each))] == []


def test_no_words_stand_in_a_style():
    contents = re.findall(
        r"content:\s*\"([^\"]*)\"", " ".join(path.read_text("utf-8") for path in APP.glob("views/**/*.css"))
    )
    assert [each for each in contents if WORD.search(each)] == []


@pytest.mark.parametrize("words", ['"Draw a digit"', "`${name}: three digits`", "'숫자'"])
def test_a_phrase_in_a_script_would_be_found(words):
    assert [text for text in quoted(f"node.title = {words}; // a remark on it") if PHRASE.search(text)]
