"""Looks through the project's files for what might belong to a real person."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from attendance_site.env import BASE_DIR

SUFFIXES = {".py", ".md", ".csv", ".html", ".txt", ".json", ".yaml", ".toml", ".js", ".in"}
SKIPPED = {".git", ".venv", "var", "node_modules", "static"}
EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
INVENTED = re.compile(r"\.example\.|(^|\.)(example(\.\w+)*|invalid|test|localhost)$|^[\d.]+$")
# Numbers that Ofcom keeps free for drama, and no others.
TELEPHONE = re.compile(r"(?<![\w.-])(?:\+44 ?|0)[127](?: ?\d){9}(?![\w.])")
DRAMA = re.compile(r"(?:\+44 ?|0)(1632 ?960|7700 ?900|20 ?7946 ?0|1\d\d ?496 ?0|808 ?157 ?0)")


def files() -> Iterator[Path]:
    for path in sorted(BASE_DIR.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and not _is_skipped(path):
            yield path


def _is_skipped(path: Path) -> bool:
    parts = path.relative_to(BASE_DIR).parts
    return any(part in SKIPPED or part.endswith("_cache") for part in parts)


def suspicious(line: str) -> Iterator[str]:
    for address in EMAIL.finditer(line):
        if not INVENTED.search(address[1]):
            yield f"e-mail at {address[1]}"
    for number in TELEPHONE.finditer(line):
        if not DRAMA.match(number[0]):
            yield "telephone number outside the ranges kept for drama"


class Command(BaseCommand):
    help = "Lists e-mail addresses and telephone numbers that are not invented ones. Exits 1."

    def handle(self, *args: Any, **options: Any) -> None:
        found = [f"{path.relative_to(BASE_DIR)}:{what}" for path in files() for what in _in(path)]
        self.stdout.writelines(f"{line}\n" for line in found)
        if found:
            sys.exit(1)


def _in(path: Path) -> Iterator[str]:
    """What is suspicious in a file, each behind the number of its line."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        yield from (f"{number}: {what}" for what in suspicious(line))
