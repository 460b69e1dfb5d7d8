"""What an import found, as its page tells it: rows that are wrong in one way are one line."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from registers.exchange.layout.problems import Problem
from registers.exchange.upload import REPORT

MOST_SHOWN = 100  # lines on the page; all rows are in the file
MOST_LINES = 5  # line numbers that are named where many rows are wrong in one way


def cells_of(problem: Problem) -> list[str]:
    return [problem.file, str(problem.line), problem.column, problem.reason]


def read_report(report: Path | None) -> tuple[list[list[str]], list[list[str]]]:
    """The rows of a report: those that are wrong, and the marks that were left as they are."""
    wrong: list[list[str]] = []
    left_alone: list[list[str]] = []
    if report is not None:
        with report.open(encoding="utf-8", newline="") as stream:
            for what, *cells in list(csv.reader(stream))[1:]:
                (wrong if what == "wrong" else left_alone).append(cells)
    return wrong, left_alone


def told(wrong: list[list[str]], left_alone: list[list[str]]) -> dict[str, Any]:
    """For the job's page: rows that are wrong in one way are one line of it."""
    problems = together(wrong)
    return {
        "problems": problems[:MOST_SHOWN],
        "problem_count": len(wrong),
        "problems_more": sum(number for *_, number in problems[MOST_SHOWN:]),
        "left_alone": together(left_alone)[:MOST_SHOWN],
        "left_alone_count": len(left_alone),
    }


def together(rows: Iterable[list[str]]) -> list[tuple[str, list[int], str, str, int]]:
    """Rows of a report by file, column and reason: file, first lines, column, reason, rows."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for file, line, column, reason in rows:
        lines.setdefault((file, column, reason), []).append(int(line or 0))
    return [
        (file, found[:MOST_LINES], column, reason, len(found))
        for (file, column, reason), found in lines.items()
    ]


def wrong_rows_as_zip(kept: Path | None, report: Path | None) -> bytes | None:
    """The wrong rows as files of the same layout, and why each is wrong; then they are not kept
    anywhere else, since they hold children's data.
    """
    if kept is None and report is None:
        return None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(kept.glob("*")) if kept else ():
            archive.write(path, path.name)
        if report is not None:
            archive.write(report, REPORT)
    place = report.parent if report is not None else kept.parent if kept else None
    if place is not None:
        shutil.rmtree(place, ignore_errors=True)
    return packed.getvalue()
