"""What an import finds wrong: kept row by row on disk, so that a million of them cost no memory."""

import csv
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from registers.exchange.layout.files import COLUMNS
from registers.exchange.layout.origin import Origin
from registers.exchange.questions import Answers, Question

SHOWN = 50
REASONS_TO_PASS_OVER = (
    "closed days",
    "not yet on roll",
    "no longer on roll",
    "days still to come",
    "no mark",
)
LONGEST_SHOWN = 60  # characters of a cell that a message repeats


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong row, or (line 0) one wrong file."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self):
        where = f"{self.file}, line {self.line}" if self.line else self.file
        column = f", {self.column}" if self.column else ""
        return f"{where}{column}: {self.reason}"


class ImportRefused(Exception):
    """Nothing was written. `problems` are the first of `count`; `report` holds them all.

    `questions` are those that a person can answer; with the answers the same files may pass.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        *,
        count: int | None = None,
        report: Path | None = None,
        warnings: Sequence[str] = (),
        questions: Sequence[Question] = (),
    ):
        self.problems = list(problems)
        self.questions = list(questions)
        self.count = len(problems) if count is None else count
        self.report = report
        self.warnings = list(warnings)
        super().__init__("\n".join(map(str, problems)))


class ImportStopped(Exception):
    """The writing broke off; what is written is whole, and the same import again finishes it."""


class WrongFile(Exception):
    """A file that cannot be read at all; no row of it can be skipped."""

    def __init__(self, file: str, reason: str, *, line: int = 0, column: str = ""):
        self.problem = Problem(file, line, column, reason)
        super().__init__(str(self.problem))


class Findings:
    """Collects wrong rows, warnings and marks that were left alone.

    Wrong rows go to `report.csv` in `folder` as they are found. With `keep` they are also kept
    there as files of the same headers, to be mended and fed again.
    """

    def __init__(self, folder: Path, *, keep: bool = False, answers: Answers | None = None):
        self.folder = folder
        self.keep = keep
        self.answers = answers or {}
        self.questions: list[Question] = []
        self.origin: Origin | None = None  # where rows of other systems' tables came from
        self.wrong_by_file: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.count = 0
        self.left_alone = 0
        self.wrong_rows: Counter[str] = Counter()
        self.passed_over: Counter[str] = Counter()  # rows of marks that are no marks, by reason
        self._passed_first = ""
        self._warnings: dict[str, tuple[str, int]] = {}
        self._open: dict[Path, tuple] = {}

    @property
    def report(self) -> Path | None:
        return self.folder / "report.csv" if self.count or self.left_alone else None

    @property
    def kept(self) -> Path | None:
        return self.folder / "wrong rows" if self.keep and self.count else None

    def wrong(self, file: str, line: int, column: str, reason: str) -> None:
        if self.origin is not None:
            reason = self.origin.words(file, reason)
            file, line, column = self.origin.place(file, line, column)
        problem = Problem(file, line, column, reason)
        self.count += 1
        self.wrong_by_file[file] += 1
        if len(self.problems) < SHOWN:
            self.problems.append(problem)
        self._report("wrong", file, line, column, reason)

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
        if question.id not in {asked.id for asked in self.questions}:
            self.questions.append(question)

    def leave_alone(self, line: int, reason: str) -> None:
        """A mark that a person changed in Rollbook: reported, never overwritten."""
        self.left_alone += 1
        place = ("marks.csv", line, "Code")
        self._report("left alone", *(self.origin.place(*place) if self.origin else place), reason)

    def pass_over(self, reason: str, where: str) -> None:
        """A row that says of a session that there is no mark: counted, in one warning for all."""
        self._passed_first = self._passed_first or self.where(where)
        self.passed_over[reason] += 1

    def warn(self, about: str, where: str) -> None:
        """One warning for each thing `about`, with the place where it was first seen."""
        first, times = self._warnings.get(about) or (self.where(where), 0)
        self._warnings[about] = (first, times + 1)

    def where(self, place: str) -> str:
        """“marks.csv, line 7” as the person knows it: their own file and line."""
        return self.origin.where(place) if self.origin else place

    @property
    def warnings(self) -> list[str]:
        said = [
            f"{about} ({where}{f' and {times - 1:,} more' if times > 1 else ''})"
            for about, (where, times) in self._warnings.items()
        ]
        return [*self._of_passed_over(), *said]

    def _of_passed_over(self) -> list[str]:
        number = self.passed_over.total()
        if not number:
            return []
        rows = f"{number:,} row{'' if number == 1 else 's'}"
        reasons = ", ".join(sorted(self.passed_over, key=REASONS_TO_PASS_OVER.index))
        return [f"{rows} passed over: {reasons} (the first: {self._passed_first})"]

    def keep_whole(self, source: Path) -> None:
        """Copy a file beside the wrong rows: one that they cannot be read again without."""
        if self.kept:
            target = self.kept / source.name
            self._close_one(target)
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(source, target)

    def _report(self, *cells) -> None:
        header = ["What", "File", "Line", "Column", "Reason"]
        self._write(self.folder / "report.csv", header, cells)

    def _write(self, path: Path, header: Sequence[str], cells: Sequence) -> None:
        if path not in self._open:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds children's data
            path.parent.mkdir(exist_ok=True, mode=0o700)
            stream = path.open("w", encoding="utf-8", newline="")
            writer = csv.writer(stream)
            writer.writerow(header)
            self._open[path] = (stream, writer)
        self._open[path][1].writerow(cells)

    def _close_one(self, path: Path) -> None:
        stream, _ = self._open.pop(path, (None, None))
        if stream:
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


def shown(text: str) -> str:
    """A cell as a message repeats it: one line, quoted, cut where it is long."""
    flat = " ".join(text.split())
    return f"“{flat[:LONGEST_SHOWN]}{'…' if len(flat) > LONGEST_SHOWN else ''}”"
