"""A tiny school as the CSV files that its system could export. All names are invented."""

from datetime import date
from pathlib import Path

from registers.exchange.importing import ImportRefused, ImportResult, import_school
from registers.exchange.layout.files import needed_columns
from registers.exchange.problems.warnings import WarningKind
from registers.rules.advice import Odd
from tests.factories import make_upn

AMIRA, BEN, CHIDI = make_upn(1), make_upn(2), make_upn(3)
TODAY = date(2025, 9, 12)
DAYS = [date(2025, 9, day) for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12)]
HOME = "mother,4 Mill Lane,EW4 7QT,j.haddad@home.example,01632 960001"


def default_files() -> dict[str, list[str]]:
    """Three pupils, two of them siblings, two weeks, marks for all but the last day."""
    calendar = [f"{day},{half},2025/26" for day in DAYS for half in ("AM", "PM")]
    pupils = [
        f"{AMIRA},Haddad,Amira,2012-03-04,F,9,9A,2025-09-01,,K,Y,Y,N,Joud Haddad,{HOME}",
        f"{BEN},Haddad,Ben,2013-05-06,M,8,8B,2025-09-01,,N,Y,Y,N,Joud Haddad,{HOME}",
        f"{CHIDI},Okafor,Chidi,2012-11-30,M,9,9A,2025-09-03,2025-09-10,N,N,N,N,,,,,,",
    ]
    marks = [
        f"{upn},{day},{half},{code},,"
        for upn, days in ((AMIRA, DAYS[:9]), (BEN, DAYS[:9]), (CHIDI, DAYS[2:8]))
        for day in days
        for half, code in (("AM", "/"), ("PM", "\\"))
    ]
    school = "900123,3304001,Ellerwick School,Mrs Clarke,Saltergate Road,EW4 7QT,01632 960417,"
    return {
        "school.csv": [school + "office@ellerwick.example"],
        "calendar.csv": calendar,
        "pupils.csv": pupils,
        "marks.csv": marks,
    }


class SchoolFiles:
    """Rows by file, without headers; line 2 of a file is its row 0."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.rows = default_files()
        self.headers: dict[str, list[str]] = {}  # where a file has other columns

    def add(self, file: str, *rows: str) -> "SchoolFiles":
        self.rows.setdefault(file, []).extend(rows)
        return self

    def change(self, file: str, old: str, new: str) -> "SchoolFiles":
        """Put `new` for `old` in the first row that has it."""
        at = next(number for number, row in enumerate(self.rows[file]) if old in row)
        self.rows[file][at] = self.rows[file][at].replace(old, new)
        return self

    def mark(self, upn: str, day: date, half: str, rest: str) -> "SchoolFiles":
        """The mark's row now ends with `rest`, such as `L,5,`."""
        start = f"{upn},{day},{half},"
        at = next(n for n, row in enumerate(self.rows["marks.csv"]) if row.startswith(start))
        self.rows["marks.csv"][at] = start + rest
        return self

    def text(self, file: str) -> str:
        """With the header that most systems write: without the columns that may be missing."""
        header = ",".join(self.headers.get(file, needed_columns(file)))
        return "".join(f"{row}\r\n" for row in [header, *self.rows[file]])

    def write(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in self.rows:
            (self.folder / file).write_text(self.text(file), encoding="utf-8", newline="")
        return self.folder

    def read_in(self, **options) -> ImportResult:
        return import_school(self.write(), **{"today": TODAY} | options)

    def refused(self, **options) -> list[str]:
        """The sentences with which the import is refused."""
        try:
            self.read_in(**options)
        except ImportRefused as refused:
            return [str(problem) for problem in refused.problems]
        raise AssertionError("the import was not refused")


def told(result: ImportResult) -> list[str]:
    """What an import warned of, in words."""
    return [str(warning) for warning in result.warnings]


def kinds_of_warnings(result: ImportResult) -> list[WarningKind | Odd]:
    return [warning.kind for warning in result.warnings]
