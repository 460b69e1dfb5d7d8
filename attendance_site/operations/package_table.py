"""The packages of the code as a page of the documentation: docs/reference/packages.md."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attendance_site.env import BASE_DIR

APPS = ("registers", "absence", "interventions", "attendance_site")  # each imports those before
DJANGO_S_OWN = {"management", "migrations", "templatetags"}
HEAD = """\
# The packages

Generated from what each package says of itself and from its imports: `./rollbook docs`. In each
app a package imports those above it alone. Modules beside the packages (`apps.py`, `urls.py`,
`tasks.py`) and Django's own folders are left out.
"""


@cache
def packages(app: str) -> tuple[Path, ...]:
    """The folders of an app that say what people do, or what several of them share."""
    folders = sorted(path.parent for path in (BASE_DIR / app).glob("*/__init__.py"))
    return tuple(folder for folder in folders if folder.name not in DJANGO_S_OWN)


def what_is_in(package: Path) -> str:
    """The first paragraph of what the package says of itself."""
    says = ast.get_docstring(ast.parse((package / "__init__.py").read_text())) or ""
    return " ".join(says.split("\n\n")[0].split())


def imported(package: Path) -> Iterator[str]:
    """Every module and name that a package imports, dotted."""
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            yield from _names(node)


def _names(node: ast.AST) -> list[str]:
    """What a node of the code imports, dotted; nothing where it is no import."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


@cache
def imports(package: Path) -> frozenset[Path]:
    """The other packages that a package imports, of its own app and of those below."""
    known = {other for app in APPS for other in packages(app)} - {package}
    parts = (name.split(".") for name in imported(package))
    return frozenset(known & {BASE_DIR / Path(*part[:2]) for part in parts})


@cache
def height(package: Path) -> int:
    """How far a package stands above what imports nothing of its app."""
    return 1 + max(map(height, own_imports(package)), default=0)


def own_imports(package: Path) -> set[Path]:
    """Those of the same app."""
    return {other for other in imports(package) if other.parent == package.parent}


def row(package: Path) -> str:
    own = own_imports(package)
    lower = imports(package) - own
    names = ", ".join(
        (
            *sorted(f"`{other.name}`" for other in own),
            *sorted(f"`{other.parent.name}.{other.name}`" for other in lower),
        )
    )
    return f"| `{package.parent.name}/{package.name}/` | {what_is_in(package)} | {names or '–'} |"


def table(app: str) -> Iterator[str]:
    yield f"\n## `{app}/`\n"
    yield "| package | what is in it | imports |"
    yield "|---|---|---|"
    yield from map(row, sorted(packages(app), key=lambda package: (height(package), package)))


def as_markdown() -> str:
    """The whole page."""
    return HEAD + "\n".join(line for app in APPS for line in table(app)) + "\n"
