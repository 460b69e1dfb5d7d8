"""Style sheets and scripts: small files in small folders, nothing in them that nobody uses."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
APPS = ["registers", "absence", "interventions", "attendance_site"]
MOST_LINES, MOST_FILES = 400, 15

TEMPLATE_TAG = r"\{\{.*?\}\}|\{%.*?%\}"
CLASS_ATTRIBUTE = re.compile(rf'class="((?:{TEMPLATE_TAG}|[^"{{]|\{{(?![{{%]))*)"', re.DOTALL)
QUOTED = re.compile(r"""["']([^"']*)["']""")
STRING = re.compile(r'"[^"\n]*"|`[^`]*`')
BLOCK_OF_CLASSES = re.compile(r"\{% block \w+_class %\}(.*?)\{% endblock %\}")
NAME = re.compile(r"[\w-]+")
STATIC_TAG = re.compile(r"\{% static '([^']+)' %\}")
SHEET_TAG = re.compile(r"\{% static 'css/[^']+' %\}")
OWN_FRAME = {"printed.html"}  # no page of the frame
SHEET_IMPORT = re.compile(r'^@import "([^"]+)";', re.MULTILINE)
IMPORT = re.compile(r'^import .*? from "([^"]+)";', re.MULTILINE | re.DOTALL)


def sheets() -> list[Path]:
    return [path for path in sorted(STATIC.rglob("*.css")) if "vendor" not in path.parts]


def scripts() -> list[Path]:
    return sorted((STATIC / "js").rglob("*.js"))


def name_of(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def selectors(sheet: str) -> str:
    """A sheet without its comments and its declarations."""
    bare = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"\{[^{}]*\}", "{}", re.sub(r'"[^"]*"', '""', bare))


def classes(sheet: str) -> set[str]:
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", selectors(sheet)))


def strings_of_templates() -> Iterator[str]:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        yield from CLASS_ATTRIBUTE.findall(text)
        yield from BLOCK_OF_CLASSES.findall(text)
        for tag in re.findall(TEMPLATE_TAG, text, flags=re.DOTALL):
            yield from QUOTED.findall(tag)


def strings_of_python() -> Iterator[str]:
    for path in chain.from_iterable((ROOT / app).rglob("*.py") for app in APPS):
        tree = ast.parse(path.read_text())
        docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                yield ast.unparse(node)
            elif isinstance(node, ast.Constant) and node not in docstrings:
                yield str(node.value)


def strings_of_scripts() -> Iterator[str]:
    for path in scripts():
        yield from STRING.findall(path.read_text())


def names_in_use() -> tuple[set[str], re.Pattern[str]]:
    """The names that are written out, and a pattern for those put together, as `tag-{{ kind }}`."""
    names, composed = set(), set()
    for text in chain(strings_of_templates(), strings_of_python(), strings_of_scripts()):
        names.update(NAME.findall(text))
        starts, ends = re.findall(r"(\w[\w-]*-)\$?\{", text), re.findall(r"\}(-\w[\w-]*)", text)
        composed.update(rf"{re.escape(start)}[\w-]+" for start in starts)
        composed.update(rf"[\w-]+{re.escape(end)}" for end in ends)
    return names, re.compile("|".join(sorted(composed)))


def unused(found: set[str]) -> set[str]:
    names, composed = names_in_use()
    return {name for name in found - names if not composed.fullmatch(name)}


@pytest.mark.parametrize("path", sheets(), ids=name_of)
def test_no_sheet_is_longer_than_a_sitting(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_no_folder_is_fuller_than_a_glance():
    folders = {path.parent for path in STATIC.rglob("*") if path.is_file()}
    fullest = {
        name_of(folder): sum(path.is_file() for path in folder.iterdir()) for folder in folders
    }
    over = {name for name, files in fullest.items() if files > MOST_FILES}
    assert over == set()


def test_every_class_is_used_by_a_template_a_script_or_python():
    assert unused(set().union(*(classes(path.read_text()) for path in sheets()))) == set()


def test_a_class_that_nobody_uses_is_seen():
    sheet = """
        /* .not-a-class of a comment */
        .tag-good, .band-4::before { content: ".neither"; }
        @media print { a.looks-like-nobody:hover { width: 1.5rem; } }
    """
    assert classes(sheet) == {"tag-good", "band-4", "looks-like-nobody"}
    assert unused(classes(sheet)) == {"looks-like-nobody"}


def test_every_part_is_loaded_by_every_page():
    loaded = (STATIC / "css/rollbook.css").read_text()
    parts = {path.stem for path in (STATIC / "css/parts").glob("*.css")}
    assert set(re.findall(r"parts/([\w-]+)\.css", loaded)) == parts


def test_a_page_has_one_sheet_beside_the_one_of_all_pages():
    """What it needs of others, its sheet imports."""
    links = {
        path.name: len(SHEET_TAG.findall(path.read_text()))
        for path in (ROOT / "templates").rglob("*.html")
        if path.name not in OWN_FRAME
    }
    assert {name for name, number in links.items() if number > 1} == set()


def imported() -> Iterator[tuple[Path, Path]]:
    for files, pattern in ((scripts(), IMPORT), (sheets(), SHEET_IMPORT)):
        for path in files:
            for address in pattern.findall(path.read_text()):
                yield path, (path.parent / address).resolve()


def test_everything_that_is_imported_is_there():
    assert [(name_of(path), target) for path, target in imported() if not target.is_file()] == []


def named() -> set[Path]:
    pages = (path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    return {STATIC / name for name in STATIC_TAG.findall("".join(pages))}


def test_every_file_that_a_page_names_is_there():
    assert {name_of(path) for path in named() if not path.is_file()} == set()


def test_a_script_that_a_page_names_is_imported_by_no_other():
    """On an installation its name has a hash, an imported one has none: it would run twice."""
    scripts_imported = {target for _, target in imported() if target.suffix == ".js"}
    assert named() & scripts_imported == set()


def test_every_sheet_and_script_is_named_or_imported():
    by_python = {STATIC / "js/service-worker.js", *(STATIC / "documents").glob("*.css")}
    wanted = named() | {target for _, target in imported()} | by_python
    assert {name_of(path) for path in {*sheets(), *scripts()} - wanted} == set()
