"""Figures of folders, templates, style sheets, pictures and the tests' assertions."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.house.python_code import APPS

WITH_FOLDERS = (*APPS, "templates", "static", "tests")
MADE_BY_OTHERS = {"migrations", "vendor", "__pycache__"}
LOGIC = re.compile(r"{%-?\s*(?:if|elif|else|for|with)\b")
DRAWN = "<path"  # the data of a drawing, which nobody reads
LONG_LINE = 160
LONG_STYLE_SHEET = 400


def files(root: Path, *folders: str, ending: str = "") -> Iterator[Path]:
    """The files in and below the folders, but for migrations and what others have made."""
    for folder in folders:
        for path in sorted((root / folder).rglob(f"*{ending}")):
            if path.is_file() and not MADE_BY_OTHERS & set(path.relative_to(root).parts):
                yield path.relative_to(root)


def files_per_folder(root: Path, *folders: str) -> Counter[str]:
    """How many files stand in each folder itself; `__init__.py` is one of them."""
    return Counter(str(path.parent) for path in files(root, *folders))


def templates(root: Path) -> dict[str, str]:
    return {str(path): (root / path).read_text() for path in files(root, "templates")}


def long_lines_by_template(root: Path) -> dict[str, int]:
    return {
        name: sum(len(line) > LONG_LINE and DRAWN not in line for line in text.splitlines())
        for name, text in templates(root).items()
    }


def logic_by_template(root: Path) -> dict[str, float]:
    """Logic tags per 100 lines of each template."""
    return {
        name: round(100 * len(LOGIC.findall(text)) / max(1, len(text.splitlines())), 1)
        for name, text in templates(root).items()
    }


def asks_for_prose(assertion: ast.Assert) -> bool:
    """Whether it looks for a piece of HTML, or for words with a space between, inside a text."""
    return any(
        isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops)
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
        and (" " in node.left.value or "<" in node.left.value)
        for node in ast.walk(assertion.test)
    )


def assertions_on_prose(root: Path) -> int:
    return sum(
        isinstance(node, ast.Assert) and asks_for_prose(node)
        for path in files(root, "tests", ending=".py")
        for node in ast.walk(ast.parse((root / path).read_text()))
    )


def long_style_sheets(root: Path) -> int:
    sheets = files(root, "static", ending=".css")
    return sum(len((root / path).read_text().splitlines()) > LONG_STYLE_SHEET for path in sheets)


def figures(root: Path) -> dict[str, float]:
    everywhere = sorted(files_per_folder(root, *WITH_FOLDERS).values())
    in_apps = sorted(files_per_folder(root, *APPS).values())
    texts = "".join(templates(root).values())
    pictures = sum((root / path).stat().st_size for path in files(root, "docs/pictures"))
    return {
        "folder_fullest": everywhere[-1],
        "folder_90th": everywhere[len(everywhere) * 9 // 10],
        "app_folder_fullest": in_apps[-1],
        "app_folder_90th": in_apps[len(in_apps) * 9 // 10],
        "template_logic": round(100 * len(LOGIC.findall(texts)) / len(texts.splitlines()), 1),
        "template_long_lines": sum(long_lines_by_template(root).values()),
        "long_style_sheets": long_style_sheets(root),
        "pictures_mb": round(pictures / 1e6, 1),
        "assertions_on_prose": assertions_on_prose(root),
    }
