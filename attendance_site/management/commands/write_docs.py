"""Keeps the generated parts of docs/ as the code has them."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from attendance_site import env

DEPLOY = env.BASE_DIR / "docs" / "deploy.md"
BEGIN, END = "<!-- environment: begin -->\n", "<!-- environment: end -->\n"


def with_table(text: str) -> str:
    """The page with the table of variables between its two marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{env.table()}\n{END}{after}"


class Command(BaseCommand):
    help = "Writes the generated parts of docs/. With --check: exits 1 where they are stale."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        there = DEPLOY.read_text()
        wanted = with_table(there)
        if options["check"] and there != wanted:
            self.stderr.write("docs/deploy.md is stale: run ./rollbook docs")
            sys.exit(1)
        if there != wanted:
            DEPLOY.write_text(wanted)
            self.stdout.write("docs/deploy.md written")
