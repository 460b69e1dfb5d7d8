"""prior_attendance.csv: a year's sessions at another school, as a transfer file tells them.

They are kept beside this school's register and never in it: see `registers.models.PriorAttendance`.
"""

from collections import Counter
from datetime import datetime

from registers.exchange.actions.bring import bring_into_line
from registers.exchange.checks.pupils import PUPIL_UNKNOWN, read_upn
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import Folder, PriorRow
from registers.exchange.layout.readers import Table
from registers.exchange.layout.rows import Row, rows_of
from registers.exchange.layout.values import read_academic_year
from registers.exchange.problems.errors import WrongCell
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.problems.reasons import line, shortened
from registers.models import PriorAttendance, Pupil, School
from registers.models.school.staff import User

MOST_SESSIONS = 500  # of one year; a school meets for 380
COUNTS = ("possible", "attended", "authorised", "unauthorised")
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


def _prior(row: Row, upn: str) -> PriorRow:
    laestab = row.text("LAESTAB", 7).replace("/", "")
    if laestab and not (len(laestab) == 7 and laestab.isdecimal()):
        row.wrong("LAESTAB", ProblemKind.NOT_DIGITS, digits=7)
    counts = {name: row.value(f"Sessions {name}", read_sessions) for name in COUNTS}
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


def write_prior_attendance(
    school: School, folder: Folder, *, by: User | None, at: datetime
) -> Counter[str]:
    """What a later file says of the same year and school takes the place of what stood there."""
    if not folder.prior:
        return Counter()
    pupils = dict(Pupil.objects.filter(school=school).values_list("upn", "pk"))
    wanted = {
        (pupils[row.upn], *row.key[1:]): PriorAttendance(
            pupil_id=pupils[row.upn],
            academic_year=row.academic_year,
            laestab=row.laestab,
            school_name=row.school_name,
            **{name: getattr(row, name) for name in COUNTS},
            source=row.source,
            read_at=at,
            by=by,
        )
        for row in folder.prior
    }
    there = {
        (row.pupil_id, row.academic_year, row.laestab, row.school_name): row
        for row in PriorAttendance.objects.filter(pupil__school=school)
    }
    return bring_into_line(wanted, there, [*COUNTS, "source"])
