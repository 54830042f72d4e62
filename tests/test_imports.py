"""Imports point one way, and the app never sees TensorFlow."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PACKAGE = PROJECT / "mnist_app"
MODULES = sorted(PACKAGE.rglob("*.py"))

# What each layer may import besides itself; whatever it is, nothing points back.
BELOW = {
    "texts": set(),
    "numerics": {"texts"},
    "nets": {"texts", "numerics"},
    "data": {"texts", "numerics"},
    "serving": {"texts", "numerics", "nets", "data"},
    "training": {"texts", "numerics", "nets", "data", "serving"},
    "views": {"texts", "numerics", "nets", "data", "serving", "training"},
    "pages": {"texts", "numerics", "nets", "data", "serving", "training", "views"},
    "api": {"texts", "numerics", "nets", "data", "serving", "training"},
    "commands": {"texts", "numerics", "nets", "data", "serving", "training", "api"},
    "__main__": {"commands", "texts"},
}
TENSORFLOW = {"tensorflow", "keras"}
WORKERS_SIDE = {
    f"training/{name}.py"
    for name in (
        *("accuracy", "batches", "conductor", "confidence", "export", "filters"),
        *("first_model", "fitting", "learner", "patterns"),
    )
}
KNOW_STREAMLIT = {"views", "pages"}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path, at_module_level_only: bool = False) -> Iterator[str]:
    """Yield the dotted names that a file imports, relative ones made absolute.

    What stands under ``if TYPE_CHECKING`` is never run and does not count.
    """

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if at_module_level_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        yield node
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    package = path.relative_to(PROJECT).parent.parts
    for node in walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def test_every_layer_of_the_package_is_known():
    layers = {layer_of(path) for path in MODULES if path.name != "__init__.py"}
    assert layers == set(BELOW)
    assert len(MODULES) > 40


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_from_its_own_layer_and_those_below(path):
    layer = layer_of(path)
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("mnist_app.")}
    assert ours <= BELOW.get(layer, set()) | {layer}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_workers_side_imports_tensorflow_at_module_level(path):
    found = {name.split(".")[0] for name in imported(path, at_module_level_only=True)} & TENSORFLOW
    assert bool(found) == (name_of(path) in WORKERS_SIDE)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_below_the_views_knows_streamlit(path):
    found = [name for name in imported(path) if name.split(".")[0].startswith("streamlit")]
    assert not found or layer_of(path) in KNOW_STREAMLIT


@pytest.mark.parametrize("path", sorted((PACKAGE / "numerics").glob("*.py")), ids=name_of)
def test_the_numerics_need_only_numpy_scipy_and_pillow(path):
    outside = {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names)
    assert outside <= {"numpy", "scipy", "PIL", "mnist_app"}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.relative_to(PROJECT).as_posix()
)
def test_no_code_stands_in_an_init(path):
    assert path.read_text("utf-8") == ""


def test_the_charts_know_plotly_and_not_streamlit():
    found = {name.split(".")[0] for name in imported(PACKAGE / "views" / "charts.py")}
    assert "plotly" in found
    assert "streamlit" not in found


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_running_the_app_does_not_import_tensorflow():
    loaded = run(
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        "from tests import canvas_stand_in\n"
        "from tests.drawings import SEVEN, canvas_image\n"
        "canvas_stand_in.install()\n"
        "canvas_stand_in.image = canvas_image(SEVEN)\n"
        "test = AppTest.from_file('mnist_app/pages/router.py', default_timeout=60).run()\n"
        "assert not test.exception, test.exception\n"
        "print('ai_edge_litert' in sys.modules, 'tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    assert loaded.split() == ["True", "False", "False"]


def test_the_command_line_does_not_import_tensorflow():
    loaded = run(
        "import sys\n"
        "import mnist_app.__main__, mnist_app.training.launch\n"
        "print([name for name in ('tensorflow', 'keras', 'streamlit') if name in sys.modules])"
    )
    assert loaded == "[]\n"
