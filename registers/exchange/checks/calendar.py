"""school.csv, calendar.csv and terms.csv: when the school meets."""

from itertools import pairwise

from registers.exchange.checks.known import Known
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, SessionKey, TermRow, spans
from registers.exchange.layout.rows import FileRow, RowSource, read_rows, rows_of
from registers.exchange.layout.values import (
    read_academic_year,
    read_email,
    read_half,
    read_laestab,
    read_urn,
)
from registers.exchange.problems.errors import WrongFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import because
from registers.exchange.problems.warnings import WarningKind

LONGEST = {"URN": 6, "LAESTAB": 7, "Postcode": 10, "Telephone": 40, "Address": 1000}
SATURDAY = 5


def check_school(table: RowSource, findings: Findings) -> dict[str, str]:
    """The one row of school.csv. Raises WrongFile when there is not exactly one that is right."""
    rows = list(rows_of(table, findings))
    if len(rows) != 1:
        raise WrongFile(table.file, because(ProblemKind.NOT_ONE_SCHOOL, schools=len(rows)))
    (row,) = rows
    for column in row.cells:
        row.text(column, LONGEST.get(column, 200), needed=column in ("URN", "Name"))
    row.value_or("Email", read_email, "")
    row.value_or("URN", read_urn, "")
    row.cells["LAESTAB"] = row.value_or("LAESTAB", read_laestab, "")
    if not row.ok:
        raise WrongFile(table.file, because(ProblemKind.SCHOOL_ROW_WRONG), line=row.line)
    return row.cells


def check_calendar(table: RowSource, folder: Folder, known: Known, findings: Findings) -> None:
    """The sessions of the file, and which of Rollbook's are no longer there."""
    lines: dict[SessionKey, int] = {}
    for row, (key, year) in read_rows(table, findings, _session):
        row.wrong_if_again(lines, key, "Session", ProblemKind.SESSION_TWICE)
        if row.ok:
            lines[key] = row.line
            folder.sessions[key] = year
            _warn_of_weekend(row, key)
    if not findings.wrong_rows[table.file]:
        _find_taken_out(folder, known, findings)
    folder.years = spans(_sessions_of_both(folder, known))
    _refuse_overlaps(folder, lines)


def _sessions_of_both(folder: Folder, known: Known) -> dict[SessionKey, str]:
    """Rollbook's that stay, and the file's."""
    stay = {key: year for key, year in known.sessions.items() if key not in folder.taken_out}
    return stay | folder.sessions


def _session(row: FileRow) -> tuple[SessionKey, str]:
    key = row.day("Date"), row.value("Session", read_half)
    return key, row.value("Academic year", read_academic_year)


def _warn_of_weekend(row: FileRow, key: SessionKey) -> None:
    day, _ = key
    if day.weekday() >= SATURDAY:
        row.warn(WarningKind.WEEKEND)


def _find_taken_out(folder: Folder, known: Known, findings: Findings) -> None:
    gone = known.sessions_of(folder.sessions.values()) - folder.sessions.keys()
    in_use = known.sessions_in_use(gone)
    for (day, half), what in sorted(in_use.items()):
        session = f"{day} {half.name}"
        reason = because(ProblemKind.SESSION_IN_USE, session=session, what=what)
        findings.wrong("calendar.csv", 0, "Date", reason)
    folder.taken_out = gone - in_use.keys()


def _refuse_overlaps(folder: Folder, lines: dict[SessionKey, int]) -> None:
    for (before, (_, ends_on)), (year, (starts_on, _)) in pairwise(folder.years.items()):
        if starts_on <= ends_on:
            reason = because(
                ProblemKind.YEARS_OVERLAP,
                year=year,
                starts_on=str(starts_on),
                before=before,
                ends_on=str(ends_on),
            )
            first = min((at for (day, _), at in lines.items() if day == starts_on), default=0)
            raise WrongFile("calendar.csv", reason, line=first, column="Academic year")


def check_terms(table: RowSource, folder: Folder, findings: Findings) -> None:
    names: set[tuple[str, str]] = set()
    for row, term in read_rows(table, findings, _term):
        name = term.year, term.name
        row.first_wrong_if(
            term.year not in folder.years, "Academic year", ProblemKind.YEAR_WITHOUT_SESSION
        )
        row.first_wrong_if(term.ends_on < term.starts_on, "Until", ProblemKind.UNTIL_BEFORE_FROM)
        row.first_wrong_if(name in names, "Term", ProblemKind.TERM_TWICE)
        if row.ok:
            names.add(name)
            folder.terms.append(term)


def _term(row: FileRow) -> TermRow:
    name = row.text("Term", 40, needed=True)
    first, last = row.day("From"), row.day("Until")
    return TermRow(row.value("Academic year", read_academic_year), name, first, last)
