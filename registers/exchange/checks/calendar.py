"""school.csv, calendar.csv and terms.csv: when the school meets."""

import re
from collections import defaultdict
from datetime import date
from itertools import pairwise

from registers.exchange.checks.known import Known
from registers.exchange.layout.folder import Folder, SessionKey, TermRow
from registers.exchange.layout.problems import Findings, WrongFile
from registers.exchange.layout.readers import Table
from registers.exchange.layout.rows import Row, rows_of
from registers.exchange.layout.values import read_academic_year, read_email, read_half

LONGEST = {"URN": 6, "LAESTAB": 7, "Postcode": 10, "Telephone": 40, "Address": 1000}


def check_school(table: Table, findings: Findings) -> dict[str, str]:
    """The one row of school.csv. Raises WrongFile when there is not exactly one that is right."""
    rows = list(rows_of(table, findings))
    if len(rows) != 1:
        raise WrongFile(table.file, f"holds {len(rows)} schools: one row is expected")
    (row,) = rows
    for column in row.cells:
        row.text(column, LONGEST.get(column, 200), needed=column in ("URN", "Name"))
    row.value("Email", read_email, empty="")
    row.cells["LAESTAB"] = row.cells["LAESTAB"].replace("/", "")
    for column, digits in (("URN", 6), ("LAESTAB", 7)):
        if row.cells[column] and not re.fullmatch(rf"[0-9]{{{digits}}}", row.cells[column]):
            row.wrong(column, f"is not a number of {digits} digits")
    if not row.ok:
        raise WrongFile(table.file, "the school's own row must be right first", line=row.line)
    return row.cells


def check_calendar(table: Table, folder: Folder, known: Known, findings: Findings) -> None:
    """The sessions of the file, and which of Rollbook's are no longer there."""
    lines: dict[SessionKey, int] = {}
    whole = True
    for row in rows_of(table, findings):
        day, half = row.date("Date"), row.value("Session", read_half)
        year = row.value("Academic year", read_academic_year)
        if row.ok and (day, half) in lines:
            row.wrong("Session", f"this session is in line {lines[day, half]} already")
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


def spans(sessions: dict[SessionKey, str]) -> dict[str, tuple[date, date]]:
    """The first and last day of each academic year, in order."""
    days = defaultdict(set)
    for (day, _), year in sessions.items():
        days[year].add(day)
    found = {year: (min(those), max(those)) for year, those in days.items()}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def _find_taken_out(folder: Folder, known: Known, findings: Findings) -> None:
    years = set(folder.sessions.values())
    gone = {
        key
        for key, (year, _) in known.sessions.items()
        if year in years and key not in folder.sessions
    }
    in_use = known.sessions_in_use(gone)
    for (day, half), what in sorted(in_use.items()):
        reason = (
            f"{day} {half.name} is no longer there, but Rollbook has {what} for it. Put it back"
        )
        findings.wrong("calendar.csv", 0, "Date", reason)
    folder.taken_out = gone - in_use.keys()


def _refuse_overlaps(folder: Folder, lines: dict[SessionKey, int]) -> None:
    for (one, (_, ends)), (other, (starts, _)) in pairwise(folder.years.items()):
        if starts <= ends:
            line = min((lines[key] for key in lines if key[0] == starts), default=0)
            reason = f"{other} starts on {starts}, before {one} ends on {ends}"
            raise WrongFile("calendar.csv", reason, line=line, column="Academic year")


def check_terms(table: Table, folder: Folder, findings: Findings) -> None:
    for row in rows_of(table, findings):
        name = row.text("Term", 40, needed=True)
        first, last = row.date("From"), row.date("Until")
        year = _known_year(row, folder)
        if row.ok and last < first:
            row.wrong("Until", "is before From")
        if row.ok and any((term.year, term.name) == (year, name) for term in folder.terms):
            row.wrong("Term", "this term is there twice")
        if row.ok:
            folder.terms.append(TermRow(year, name, first, last))


def _known_year(row: Row, folder: Folder) -> str:
    year = row.value("Academic year", read_academic_year)
    if row.ok and year not in folder.years:
        row.wrong("Academic year", "the calendar has no session of this academic year")
    return year
