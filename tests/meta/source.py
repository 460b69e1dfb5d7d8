"""The project's own modules, read and not run: where they are and what they import."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def modules(*folders: str, root: Path = ROOT) -> Iterator[Path]:
    for folder in folders:
        path = root / folder
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def imported(path: Path) -> tuple[str, ...]:
    """The dotted name of each module or thing that is imported, inside functions too."""
    return _imported(path.read_text())


@cache
def _imported(text: str) -> tuple[str, ...]:
    return tuple(
        alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and not node.level)
        for alias in node.names
    )


def name_of(path: Path, root: Path = ROOT) -> str:
    return str(path.relative_to(root))


def dotted(path: Path, root: Path = ROOT) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
