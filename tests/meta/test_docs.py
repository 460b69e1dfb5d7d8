"""The documents are of this code: links lead somewhere, what they name is there."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

from tests.meta.layers import APPS
from tests.meta.source import ROOT

FOLDERS = [*APPS, "templates", "static", "tests", "docs", "benchmarks"]
FILES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*"))]
FILES = [path for path in [*ROOT.glob("*"), *FILES] if path.is_file()]
PAGES = [path for path in FILES if path.suffix == ".md" and "vendor" not in path.parts]
NAMES = [path.relative_to(ROOT).as_posix() for path in FILES]

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
A_FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|html|js|css|toml|md|svg)")
A_PLACE = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./-]*")
A_NAME = re.compile(rf"(?:{'|'.join(APPS)})(?:\.\w+)+")
AN_IDENTIFIER = re.compile(
    r"(?:\w+\.)*(?:_?[a-z]+_\w+|_[a-z]+|[A-Z]+_[A-Z_]+|(?:[A-Z][a-z]+){2,})(?:\(\))?"
    r"|(?:\w+\.)+[A-Za-z]\w+"
)

A_COMMAND = re.compile(r"\bmanage(?:\.py)? ([a-z_]{3,})")
A_WORD = re.compile(r"^\| ([^|]+) \|", re.MULTILINE)
A_DOCUMENT = re.compile(r"\bdocs/[\w/-]+\.md")

IN_EVERY_PACKAGE = set(
    "__init__.py apps.py actions.py queries.py forms.py views.py urls.py tasks.py".split()
)
MOST_FILES = 15  # of one folder: more than that nobody surveys
MOST_BYTES = 3_000_000  # of all pictures


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """What a page leads to within the repository, each with its heading."""
    for link in LINK.findall(page.read_text()):
        if not re.match(r"[a-z]+:", link):
            path, _, heading = link.partition("#")
            yield (page.parent / path if path else page).resolve(), heading


def headings(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    bare = (
        re.sub(r"[^\w\s-]", "", heading).lower() for heading in HEADING.findall(page.read_text())
    )
    return {heading.strip().replace(" ", "-") for heading in bare}


def in_backticks(page: Path) -> list[str]:
    return IN_BACKTICKS.findall(FENCED.sub("", page.read_text()))


def is_there(path: str) -> bool:
    """Whether it is a path from the root, or the end of one path and no other."""
    ends = sum(name.endswith(f"/{path}") for name in NAMES)
    return (ROOT / path).exists() or ends == 1 or path in IN_EVERY_PACKAGE


def is_importable(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, rest = name.partition(".")
    found = importlib.import_module(module)
    for part in filter(None, rest.split(".")):
        if not hasattr(found, part):
            try:
                importlib.import_module(f"{found.__name__}.{part}")
            except (ImportError, AttributeError):
                return False
        found = getattr(found, part)
    return True


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page):
    assert not [
        f"{target}#{heading}"
        for target, heading in links(page)
        if not target.exists() or (heading and heading not in headings(target))
    ]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_in_backticks_is_there(page):
    named = [
        word for word in in_backticks(page) if A_FILE.fullmatch(word) or A_PLACE.fullmatch(word)
    ]
    assert not [word for word in named if not is_there(word)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_dotted_name_in_backticks_is_there(page):
    named = [word for word in in_backticks(page) if A_NAME.fullmatch(word)]
    assert not [word for word in named if not A_FILE.fullmatch(word) and not is_importable(word)]


@cache
def words_of_code() -> set[str]:
    code = [path for path in FILES if path.suffix in {".py", ".html", ".js", ".toml", ".yaml"}]
    return {word for path in code for word in re.findall(r"\w+", path.read_text())}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_identifier_in_backticks_is_in_the_code(page):
    named = [word for word in in_backticks(page) if AN_IDENTIFIER.fullmatch(word)]
    lasts = {word: word.removesuffix("()").rpartition(".")[2] for word in named}
    known = words_of_code() | set(re.findall(r"\w+", " ".join(FENCED.findall(page.read_text()))))
    assert not [word for word, last in lasts.items() if last not in known]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_is_there(page):
    assert not set(A_COMMAND.findall(page.read_text())) - set(get_commands())


def test_the_index_leads_to_every_document():
    start = ROOT / "docs" / "README.md"
    seen, waiting = {start}, [start]
    while waiting:
        for target, _ in links(waiting.pop()):
            if target not in seen:
                seen.add(target)
                waiting += [target] if target.suffix == ".md" else []
    documents = {path for path in FILES if path.is_relative_to(ROOT / "docs")}
    assert not sorted(name_of(path) for path in documents - seen)


def test_the_picture_has_every_package():
    page = ROOT / "docs" / "building" / "how-to-work-on-it.md"
    picture = set(re.findall(r"\w+", FENCED.findall(page.read_text())[0]))
    packages = {path.parent.name for app in APPS for path in (ROOT / app).glob("*/__init__.py")}
    left_out = {"demo", "management", "migrations", "templatetags"}
    assert not packages - left_out - picture


def test_code_names_documents_that_are_there():
    code = [path for path in FILES if path.suffix in {".py", ".html", ".yaml", ".toml", ".js"}]
    assert not [
        f"{name_of(path)}: {document}"
        for path in code
        for document in A_DOCUMENT.findall(path.read_text())
        if not (ROOT / document).exists()
    ]


def test_no_folder_of_documents_is_too_full_to_be_surveyed():
    documents = [path for path in FILES if path.is_relative_to(ROOT / "docs")]
    folders = [path.parent for path in documents]
    assert not {name_of(one) for one in folders if folders.count(one) > MOST_FILES}


def test_pictures_are_few_and_light():
    pictures = [path for path in FILES if path.is_relative_to(ROOT / "docs" / "pictures")]
    assert sum(path.stat().st_size for path in pictures) < MOST_BYTES


def words() -> list[str]:
    """The words of the glossary as they stand in it."""
    rows = A_WORD.findall((ROOT / "docs" / "glossary.md").read_text())
    return [word.strip() for row in rows[1:] for word in row.split(",")]


def test_the_glossary_says_each_word_once_and_in_order():
    rows = A_WORD.findall((ROOT / "docs" / "glossary.md").read_text())[1:]
    assert rows == sorted(rows, key=lambda row: re.sub(r"[^a-z ]", "", row.lower()))
    assert len(words()) == len(set(words()))


def test_the_glossary_has_every_model():
    known = {word.lower().replace("-", " ") for word in words()}
    named = {model.__name__ for app in APPS for model in apps.get_app_config(app).get_models()}
    assert not [
        name for name in named if re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower() not in known
    ]
