"""Reads the tables of docs/rules, so that each worked example is written once and also run."""

from datetime import date
from functools import cache
from pathlib import Path

RULES = Path(__file__).parents[2] / "docs" / "rules"
Example = dict[str, str]


@cache
def _page(name: str) -> list[str]:
    return (RULES / f"{name}.md").read_text(encoding="utf-8").splitlines()


def examples(page: str, heading: str) -> list[Example]:
    """The rows of the table under this heading, each by column. Raises KeyError without one."""
    lines = _page(page)
    if f"## {heading}" not in lines:
        raise KeyError(f"{page}.md has no heading “{heading}”")
    below = lines[lines.index(f"## {heading}") + 1 :]
    end = next((n for n, line in enumerate(below) if line.startswith("## ")), len(below))
    rows = [_cells(line) for line in below[:end] if line.startswith("|")]
    if len(rows) < 3:
        raise KeyError(f"“{heading}” in {page}.md has no examples")
    columns = rows[0]
    return [dict(zip(columns, row, strict=True)) for row in rows[2:]]


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]


def as_date(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def as_numbers(example: Example, *columns: str) -> list[int]:
    return [int(example[column]) for column in columns]


def name(example: Example) -> str:
    return " ".join(example.values())
