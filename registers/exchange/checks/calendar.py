"""school.csv, calendar.csv and terms.csv: when the school meets."""

import re
from itertools import pairwise

from registers.exchange.checks.known import Known
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, SessionKey, TermRow, spans
from registers.exchange.layout.readers import Table
from registers.exchange.layout.rows import FileRow, rows_of
from registers.exchange.layout.values import read_academic_year, read_email, read_half
from registers.exchange.problems.errors import WrongFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import because, line

LONGEST = {"URN": 6, "LAESTAB": 7, "Postcode": 10, "Telephone": 40, "Address": 1000}


def check_school(table: Table, findings: Findings) -> dict[str, str]:
    """The one row of school.csv. Raises WrongFile when there is not exactly one that is right."""
    rows = list(rows_of(table, findings))
    if len(rows) != 1:
        raise WrongFile(table.file, because(ProblemKind.NOT_ONE_SCHOOL, schools=len(rows)))
    (row,) = rows
    for column in row.cells:
        row.text(column, LONGEST.get(column, 200), needed=column in ("URN", "Name"))
    row.value("Email", read_email, empty="")
    row.cells["LAESTAB"] = row.cells["LAESTAB"].replace("/", "")
    for column, digits in (("URN", 6), ("LAESTAB", 7)):
        if row.cells[column] and not re.fullmatch(rf"[0-9]{{{digits}}}", row.cells[column]):
            row.wrong(column, ProblemKind.NOT_DIGITS, digits=digits)
    if not row.ok:
        raise WrongFile(table.file, because(ProblemKind.SCHOOL_ROW_WRONG), line=row.line)
    return row.cells


def check_calendar(table: Table, folder: Folder, known: Known, findings: Findings) -> None:
    """The sessions of the file, and which of Rollbook's are no longer there."""
    lines: dict[SessionKey, int] = {}
    whole = True
    for row in rows_of(table, findings):
        day, half = row.date("Date"), row.value("Session", read_half)
        year = row.value("Academic year", read_academic_year)
        if row.ok and (day, half) in lines:
            row.wrong("Session", ProblemKind.SESSION_TWICE, line=line(lines[day, half]))
        if row.ok:
            lines[day, half] = row.line
            folder.sessions[day, half] = year
            if day.weekday() > 4:
                findings.warn("a session at a weekend", f"{table.file}, line {row.line}")
        whole = whole and row.ok
    if whole:
        _find_taken_out(folder, known, findings)
    merged = {key: year for key, (year, _) in known.sessions.items() if key not in folder.taken_out}
    folder.years = spans(merged | folder.sessions)
    _refuse_overlaps(folder, lines)


def _find_taken_out(folder: Folder, known: Known, findings: Findings) -> None:
    years = set(folder.sessions.values())
    gone = {
        key
        for key, (year, _) in known.sessions.items()
        if year in years and key not in folder.sessions
    }
    in_use = known.sessions_in_use(gone)
    for (day, half), what in sorted(in_use.items()):
        session = f"{day} {half.name}"
        reason = because(ProblemKind.SESSION_IN_USE, session=session, what=what)
        findings.wrong("calendar.csv", 0, "Date", reason)
    folder.taken_out = gone - in_use.keys()


def _refuse_overlaps(folder: Folder, lines: dict[SessionKey, int]) -> None:
    for (one, (_, ends)), (other, (starts, _)) in pairwise(folder.years.items()):
        if starts <= ends:
            first = min((lines[key] for key in lines if key[0] == starts), default=0)
            reason = because(
                ProblemKind.YEARS_OVERLAP,
                year=other,
                starts_on=str(starts),
                before=one,
                ends_on=str(ends),
            )
            raise WrongFile("calendar.csv", reason, line=first, column="Academic year")


def check_terms(table: Table, folder: Folder, findings: Findings) -> None:
    for row in rows_of(table, findings):
        name = row.text("Term", 40, needed=True)
        first, last = row.date("From"), row.date("Until")
        year = _known_year(row, folder)
        if row.ok and last < first:
            row.wrong("Until", ProblemKind.UNTIL_BEFORE_FROM)
        if row.ok and any((term.year, term.name) == (year, name) for term in folder.terms):
            row.wrong("Term", ProblemKind.TERM_TWICE)
        if row.ok:
            folder.terms.append(TermRow(year, name, first, last))


def _known_year(row: FileRow, folder: Folder) -> str:
    year = row.value("Academic year", read_academic_year)
    if row.ok and year not in folder.years:
        row.wrong("Academic year", ProblemKind.YEAR_WITHOUT_SESSION)
    return year
