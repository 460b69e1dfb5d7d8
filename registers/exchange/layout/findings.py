"""What an import finds wrong: kept row by row on disk, so that a million of them cost no memory."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.origin import Origin
from registers.exchange.problems.errors import Problem
from registers.exchange.problems.places import FilePlace
from registers.exchange.problems.reasons import ProblemReason
from registers.exchange.problems.warnings import (
    ImportNotice,
    PassedOver,
    ToldWarning,
    WarningKind,
)
from registers.exchange.questions import Answers, Question
from registers.rules.advice import Odd
from registers.rules.wording import many

SHOWN = 50
REPORT, PROBLEMS = "report.csv", "problems.jsonl"


class Findings:
    """Collects wrong rows, warnings and marks that were left alone.

    Wrong rows go to `report.csv` in `folder` as they are found, in words for a person, and to
    `problems.jsonl` as codes and values for the page. With `keep` they are also kept there as files
    of the same headers, to be mended and fed again.
    """

    def __init__(self, folder: Path, *, keep: bool = False, answers: Answers | None = None):
        self.folder = folder
        self.keep = keep
        self.answers: Answers = answers or {}
        self.questions_by_id: dict[str, Question] = {}
        self.origin = Origin()  # where rows of other systems' tables came from
        self.wrong_by_file: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.count = 0
        self.left_alone = 0
        self.wrong_rows: Counter[str] = Counter()
        self.passed_over: Counter[PassedOver] = Counter()  # rows of marks that are no marks
        self._passed_first: FilePlace | None = None
        self._warnings: dict[ImportNotice, ToldWarning] = {}
        self._open: dict[Path, TextIO] = {}

    @property
    def report(self) -> Path | None:
        return self.folder / REPORT if self.count or self.left_alone else None

    @property
    def kept(self) -> Path | None:
        return self.folder / "wrong rows" if self.keep and self.count else None

    def wrong(self, file: str, line: int, column: str, reason: ProblemReason) -> None:
        problem = self._as_the_person_has_it(Problem(file, line, column, reason))
        self.count += 1
        self.wrong_by_file[problem.file] += 1
        if len(self.problems) < SHOWN:
            self.problems.append(problem)
        self._report("wrong", problem)

    def set_aside(
        self, file: str, cells: Sequence[str], columns: Sequence[str] | None = None
    ) -> None:
        """Keep a wrong row as it was read, once, whatever number of its cells is wrong.

        `columns` are those that the file has, all of the layout's unless they are given.
        """
        self.wrong_rows[file] += 1
        if self.keep:
            path = self.folder / "wrong rows" / file
            self._write(path, columns or COLUMNS[file], cells)

    def ask(self, question: Question) -> None:
        """What only a person can say; the rows that hang on it are wrong rows until they do."""
        self.questions_by_id.setdefault(question.id, question)

    @property
    def questions(self) -> list[Question]:
        return list(self.questions_by_id.values())

    def leave_alone(self, line: int, reason: ProblemReason) -> None:
        """A mark that a person changed in Rollbook: reported, never overwritten."""
        self.left_alone += 1
        problem = Problem("marks.csv", line, "Code", reason)
        self._report("left alone", self._as_the_person_has_it(problem))

    def _as_the_person_has_it(self, problem: Problem) -> Problem:
        place = self.origin.place(problem.file, problem.line, problem.column)
        return Problem(*place, problem.reason.told_by(self.origin, problem.file))

    def pass_over(self, reason: PassedOver, place: FilePlace) -> None:
        """A row that says of a session that there is no mark: counted, in one warning for all."""
        self._passed_first = self._passed_first or place
        self.passed_over[reason] += 1

    def warn(self, kind: WarningKind | Odd, place: FilePlace, **values: str) -> None:
        """One warning for each kind and its values, with the place where it was first seen."""
        notice = ImportNotice(kind, tuple(values.items()))
        if notice not in self._warnings:
            self._warnings[notice] = ToldWarning(notice, self.where(place))
        self._warnings[notice].times += 1

    def where(self, place: FilePlace) -> str:
        """“marks.csv, line 7” as the person knows it: their own file and line."""
        return self.origin.where(place)

    @property
    def warnings(self) -> list[ToldWarning]:
        return [*self._of_passed_over(), *self._warnings.values()]

    def _of_passed_over(self) -> Iterator[ToldWarning]:
        if self._passed_first is not None:
            rows = many(self.passed_over.total(), "row")
            reasons = ", ".join(one.value for one in PassedOver if one in self.passed_over)
            notice = ImportNotice(WarningKind.PASSED_OVER, (("rows", rows), ("reasons", reasons)))
            yield ToldWarning(notice, f"the first: {self.where(self._passed_first)}")

    def keep_whole(self, source: Path) -> None:
        """Copy a file beside the wrong rows: one that they cannot be read again without."""
        if self.kept:
            target = self.kept / source.name
            self._close_one(target)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(source, target)

    def _report(self, what: str, problem: Problem) -> None:
        place = [problem.file, problem.line, problem.column]
        header = ["What", "File", "Line", "Column", "ProblemReason"]
        self._write(self.folder / REPORT, header, [what, *place, str(problem.reason)])
        stream = self._opened(self.folder / PROBLEMS)
        kept = {"what": what, "place": place, **problem.reason.to_json()}
        stream.write(json.dumps(kept, ensure_ascii=False) + "\n")

    def _write(self, path: Path, header: Sequence[str], cells: Sequence) -> None:
        is_new = path not in self._open
        writer = csv.writer(self._opened(path))
        if is_new:
            writer.writerow(header)
        writer.writerow(cells)

    def _opened(self, path: Path) -> TextIO:
        if path not in self._open:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds children's data
            path.parent.mkdir(exist_ok=True, mode=0o700)
            self._open[path] = path.open("w", encoding="utf-8", newline="")
        return self._open[path]

    def _close_one(self, path: Path) -> None:
        if stream := self._open.pop(path, None):
            stream.close()

    def close(self) -> None:
        for path in list(self._open):
            self._close_one(path)

    def __enter__(self) -> "Findings":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
