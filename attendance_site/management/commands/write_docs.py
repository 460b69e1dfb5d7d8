"""Keeps the generated parts of docs/ as the code has them."""

import sys
from argparse import ArgumentParser
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from attendance_site import env
from attendance_site.operations import package_table, who_may_see
from registers.code_list import table as code_table

DOCS = env.BASE_DIR / "docs"
DEPLOY = DOCS / "running" / "deploy.md"
WHO_MAY_SEE = DOCS / "reference" / "who-may-see-what.md"
BEGIN, END = "<!-- environment: begin -->\n", "<!-- environment: end -->\n"


def with_table(text: str) -> str:
    """The page with the table of variables between its two marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{env.table()}\n{END}{after}"


def generated() -> dict[Path, str]:
    """Each page of which code knows the whole or a part, as it should be."""
    return {
        DEPLOY: with_table(DEPLOY.read_text()),
        WHO_MAY_SEE: who_may_see.as_markdown(),
        DOCS / "reference" / "codes.md": code_table.as_markdown(),
        DOCS / "reference" / "packages.md": package_table.as_markdown(),
    }


class Command(BaseCommand):
    help = "Writes the generated parts of docs/. With --check: exits 1 where they are stale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        pages = generated()
        stale = {page: text for page, text in pages.items() if _text_of(page) != text}
        if options["check"]:
            self._complain(stale)
        else:
            self._write(stale)

    def _complain(self, stale: Collection[Path]) -> None:
        for page in stale:
            self.stderr.write(f"{page.relative_to(env.BASE_DIR)} is stale: run ./rollbook docs")
        if stale:
            sys.exit(1)

    def _write(self, stale: Mapping[Path, str]) -> None:
        for page, text in stale.items():
            page.write_text(text)
            self.stdout.write(f"{page.relative_to(env.BASE_DIR)} written")


def _text_of(page: Path) -> str:
    return page.read_text() if page.exists() else ""
