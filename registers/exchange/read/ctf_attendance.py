"""Attendance at the last school in a Common Transfer File: sessions by academic year."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from registers.exchange.read.tables import Cells, NumberedCells
from registers.exchange.read.xml import text_of

# What holds the counts of one year of a pupil; public readers differ on what it is called.
YEARS = etree.XPath(
    "*[starts-with(local-name(), 'Attendance')]"
    "/descendant-or-self::*[*[local-name() = 'SessionsPossible']]"
)


@dataclass
class PriorYear:
    """The sessions of one year, with the line on which it stands; its name as the file has it."""

    line: int
    name: str
    cells: Cells
    starts_on: date | None  # the first day of attendance, where the file tells it

    def row(self, begins: bool) -> NumberedCells:
        return self.line, self.cells | {"Academic year": _written_out(self.name, begins)}


def years_of(pupil: etree._Element, upn: str, source: str) -> Iterator[PriorYear]:
    """Each year that has a name and possible sessions."""
    for element in YEARS(pupil):
        if text_of(element, "Year") and text_of(element, "SessionsPossible"):
            yield _year(element, upn, source)


def _year(element: etree._Element, upn: str, source: str) -> PriorYear:
    cells = {
        "UPN": upn,
        "Academic year": "",
        "LAESTAB": laestab_of(element),
        "School": text_of(element, "SchoolName"),
        "Sessions possible": text_of(element, "SessionsPossible"),
        "Sessions attended": text_of(element, "SessionsAttended"),
        "Sessions authorised": text_of(element, "SessionsAuthorised"),
        "Sessions unauthorised": text_of(element, "SessionsUnauthorised"),
        "Source": source[:200],
    }
    starts_on = day_in(text_of(element, "AttendanceStartDate"))
    return PriorYear(element.sourceline, text_of(element, "Year"), cells, starts_on)


def rows_of_years(
    years: Sequence[PriorYear], written_on: date | None
) -> tuple[list[NumberedCells], str]:
    """The rows, each academic year written out, since 2025 says either its end or its start; and
    why it is read so, where that is not sure.
    """
    numbered = [year for year in years if year.name.isdecimal()]
    started = [
        (int(year.name), academic_year_of(year.starts_on)) for year in numbered if year.starts_on
    ]
    begins, why = year_begins([int(year.name) for year in numbered], started, written_on)
    return [year.row(begins) for year in years], why


def year_begins(
    years: Sequence[int], started: Iterable[tuple[int, int]], written_on: date | None
) -> tuple[bool, str]:
    """Whether the file names an academic year by the year in which it begins, and a sentence on
    why it is read so. `started` pairs a year with that in which its first day of attendance is.
    """
    pairs = list(started)
    if pairs:
        return all(year == begins for year, begins in pairs), ""
    if not years or (written_on and max(years) > academic_year_of(written_on)):
        return False, ""  # it cannot have begun yet, so it is named by its end
    last = max(years)
    return False, f"the year {last} of attendance is read as the one that ended in {last}"


def academic_year_of(on: date) -> int:
    """The year in which the academic year of a day began."""
    return on.year if on.month >= 8 else on.year - 1


def _written_out(year: str, begins: bool) -> str:
    """2025/26; whatever is neither a year nor two stays as it is, to be told as wrong."""
    if pair := re.fullmatch(r"(\d{4})[/-](?:\d{2})?(\d{2})", year):
        return f"{pair[1]}/{pair[2]}"
    if not re.fullmatch(r"\d{4}", year):
        return year
    first = int(year) if begins else int(year) - 1
    return f"{first}/{(first + 1) % 100:02d}"


def laestab_of(school: etree._Element) -> str:
    """Seven digits; empty where the element does not give them."""
    joined = text_of(school, "LEA") + text_of(school, "Estab")
    return joined if re.fullmatch(r"[0-9]{7}", joined) else ""


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
