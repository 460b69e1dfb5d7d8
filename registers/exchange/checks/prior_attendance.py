"""prior_attendance.csv: a year's sessions at another school, as a transfer file tells them."""

from registers.exchange.checks.pupils import PUPIL_UNKNOWN, read_upn
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import PRIOR_COUNTS, Folder, PriorRow
from registers.exchange.layout.readers import Table
from registers.exchange.layout.rows import FileRow, rows_of
from registers.exchange.layout.values import read_academic_year
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import line, shortened

MOST_SESSIONS = 500  # of one year; a school meets for 380
WHERE_FROM = "a file of the school"


def check_prior_attendance(table: Table, folder: Folder, findings: Findings) -> None:
    """Fills `folder.prior`; of two rows for a pupil, year and school the second is wrong."""
    lines: dict[tuple[str, str, str, str], int] = {}
    for row in rows_of(table, findings):
        upn = read_upn(row, folder)
        if row.ok and upn not in folder.spells:
            row.refuse("UPN", PUPIL_UNKNOWN)
        prior = _prior(row, upn)
        if not row.ok:
            continue
        if prior.key in lines:
            first = line(lines[prior.key])
            row.wrong("Academic year", ProblemKind.YEAR_AND_SCHOOL_TWICE, line=first)
            continue
        lines[prior.key] = row.line
        folder.prior.append(prior)


def _prior(row: FileRow, upn: str) -> PriorRow:
    laestab = row.text("LAESTAB", 7).replace("/", "")
    if laestab and not (len(laestab) == 7 and laestab.isdecimal()):
        row.wrong("LAESTAB", ProblemKind.NOT_DIGITS, digits=7)
    counts = {name: row.value(f"Sessions {name}", read_sessions) for name in PRIOR_COUNTS}
    prior = PriorRow(
        row.line,
        upn,
        row.value("Academic year", read_academic_year),
        laestab,
        row.text("School", 200),
        counts["possible"],
        counts["attended"],
        counts["authorised"],
        counts["unauthorised"],
        row.text("Source", 200) or WHERE_FROM,
    )
    if row.ok and prior.possible < prior.attended + prior.authorised + prior.unauthorised:
        row.wrong("Sessions possible", ProblemKind.FEWER_THAN_COUNTED)
    return prior


def read_sessions(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text[:9]) > MOST_SESSIONS:
        raise WrongCell(ProblemKind.NOT_SESSIONS, cell=shortened(text), most=MOST_SESSIONS)
    return int(text)
