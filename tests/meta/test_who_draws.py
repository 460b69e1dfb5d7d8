"""No view draws a PDF: it would hold up everybody else. A worker draws, and the view starts a job.

Read here from what functions call; `tests/conftest.py` holds it for every page a test asks for.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.test import Client
from django.urls import path

from registers.web.documents.pdf import pdf_renderer
from tests.meta.layers import APPS
from tests.meta.source import ROOT, dotted, modules

RENDERER = "registers.web.documents.pdf.pdf_renderer"
Calls = dict[str, set[str]]  # function -> what its body names, all in full


def names_of_imports(tree: ast.Module) -> dict[str, str]:
    """What a module calls each thing that it imports, inside functions too."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def named_in(node: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    """Functions of the module itself, what it imports, and `module.function`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in known:
            yield known[part.id]
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            yield f"{known.get(part.value.id, '')}.{part.attr}"


def is_view(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any("allowed(" in ast.unparse(decorator) for decorator in decorators)


def read(*apps: str, root: Path = ROOT) -> tuple[Calls, set[str]]:
    """What every function names, and which of them are views."""
    calls: Calls = {}
    views = set()
    for module in modules(*apps, root=root):
        tree, name = ast.parse(module.read_text()), dotted(module, root)
        own = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        known = names_of_imports(tree) | {node.name: f"{name}.{node.name}" for node in own}
        calls |= {f"{name}.{node.name}": set(named_in(node, known)) for node in own}
        views |= {f"{name}.{node.name}" for node in own if is_view(node)}
    return calls, views


def who_draws(calls: Calls) -> set[str]:
    """Every function that comes to the renderer, however far the way."""
    drawing = {RENDERER}
    while more := {who for who, named in calls.items() if named & drawing} - drawing:
        drawing |= more
    return drawing


def test_no_view_comes_to_the_renderer():
    calls, views = read(*APPS)
    drawing = who_draws(calls)
    assert len(views) > 100
    assert drawing >= {
        "interventions.letters.actions.drawing.render_copy",
        "registers.register.printed.actions.make_registers",
    }
    assert views & drawing == set()


def test_a_view_that_draws_by_way_of_others_is_seen(tmp_path):
    package = tmp_path / "registers"
    package.mkdir()
    (package / "sheet.py").write_text(
        "from registers.web.documents.pdf import pdf_renderer\ndef draw(): pdf_renderer()"
    )
    (package / "views.py").write_text(
        "from registers import sheet as paper\n@allowed('see')\ndef page(request): return _pdf()\n"
        "def _pdf(): return paper.draw()\n@allowed('see')\ndef other(request): return paper.words()"
    )
    calls, views = read("registers", root=tmp_path)
    assert views & who_draws(calls) == {"registers.views.page"}


urlpatterns = [path("drawn/", lambda _: pdf_renderer())]


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_whoever_draws_while_a_page_is_answered_fails():
    with pytest.raises(AssertionError, match="give it to a worker"):
        Client().get("/drawn/")
