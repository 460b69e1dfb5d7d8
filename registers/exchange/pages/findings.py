"""What an import found, as its page tells it: rows that are wrong in one way are one line."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from registers.exchange.layout.findings import PROBLEMS
from registers.exchange.problems.errors import Problem
from registers.exchange.upload import REPORT
from registers.rules.grouping import grouped_by

MOST_SHOWN = 100  # lines on the page; all rows are in the file
MOST_LINES = 5  # line numbers that are named where many rows are wrong in one way


@dataclass(frozen=True, slots=True)
class ReportedProblem:
    """A problem as its line of the report has it."""

    file: str
    line: int
    column: str
    code: str
    values: dict[str, Any]

    @classmethod
    def of(cls, problem: Problem) -> "ReportedProblem":
        kept = problem.reason.to_json()
        return cls(problem.file, problem.line, problem.column, kept["code"], kept["values"])

    @property
    def way(self) -> tuple[str, ...]:
        """What rows that are wrong in one way have in common."""
        return self.file, self.column, self.code, json.dumps(self.values, sort_keys=True)


def read_problems(
    report: Path | None,
) -> tuple[list[ReportedProblem], list[ReportedProblem]]:
    """What a report tells of: rows that are wrong, and marks that were left as they are."""
    wrong: list[ReportedProblem] = []
    left_alone: list[ReportedProblem] = []
    if report is not None:
        with report.with_name(PROBLEMS).open(encoding="utf-8") as stream:
            for kept in map(json.loads, stream):
                file, line, column = kept["place"]
                problem = ReportedProblem(file, line, column, kept["code"], kept["values"])
                (wrong if kept["what"] == "wrong" else left_alone).append(problem)
    return wrong, left_alone


def told(wrong: list[ReportedProblem], left_alone: list[ReportedProblem]) -> dict[str, Any]:
    """For the job's page: rows that are wrong in one way are one line of it."""
    problems = together(wrong)
    return {
        "problems": problems[:MOST_SHOWN],
        "problem_count": len(wrong),
        "problems_more": sum(group["rows"] for group in problems[MOST_SHOWN:]),
        "left_alone": together(left_alone)[:MOST_SHOWN],
        "left_alone_count": len(left_alone),
    }


def together(problems: Iterable[ReportedProblem]) -> list[dict[str, Any]]:
    """Problems by file, column and reason, with the first of their lines and how many they are."""
    return list(map(_group, grouped_by(problems, attrgetter("way")).values()))


def _group(alike: list[ReportedProblem]) -> dict[str, Any]:
    first = alike[0]
    return {
        "file": first.file,
        "lines": [problem.line for problem in alike[:MOST_LINES]],
        "column": first.column,
        "code": first.code,
        "values": first.values,
        "rows": len(alike),
    }


def wrong_rows_as_zip(kept: Path | None, report: Path | None) -> bytes | None:
    """The wrong rows as files of the same layout, and why each is wrong; then they are not kept
    anywhere else, since they hold children's data.
    """
    if report is None:
        return None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(kept.glob("*")) if kept else ():
            archive.write(path, path.name)
        archive.write(report, REPORT)
    shutil.rmtree(report.parent, ignore_errors=True)
    return packed.getvalue()
