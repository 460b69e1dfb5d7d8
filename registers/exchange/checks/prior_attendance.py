"""prior_attendance.csv: a year's sessions at another school, as a transfer file tells them."""

from registers.exchange.checks.whole import read_known_upn
from registers.exchange.layout.findings import Findings
from registers.exchange.layout.folder import PRIOR_COUNTS, Folder, PriorRow
from registers.exchange.layout.rows import FileRow, RowSource, read_rows
from registers.exchange.layout.values import read_academic_year, read_laestab, whole_number
from registers.exchange.problems.kinds import ProblemKind

MOST_SESSIONS = 500  # of one year; a school meets for 380
WHERE_FROM = "a file of the school"


def check_prior_attendance(table: RowSource, folder: Folder, findings: Findings) -> None:
    """Fills `folder.prior`; of two rows for a pupil, year and school the second is wrong."""
    lines: dict[tuple[str, str, str, str], int] = {}

    def read(row: FileRow) -> PriorRow:
        return _prior(row, read_known_upn(row, folder))

    for row, prior in read_rows(table, findings, read):
        row.wrong_if(
            prior.possible < prior.counted, "Sessions possible", ProblemKind.FEWER_THAN_COUNTED
        )
        row.wrong_if_again(lines, prior.key, "Academic year", ProblemKind.YEAR_AND_SCHOOL_TWICE)
        if row.ok:
            lines[prior.key] = row.line
            folder.prior.append(prior)


def _prior(row: FileRow, upn: str) -> PriorRow:
    row.text("LAESTAB", 7)
    laestab = row.value_or("LAESTAB", read_laestab, "")
    counts = {name: row.value(f"Sessions {name}", read_sessions) for name in PRIOR_COUNTS}
    return PriorRow(
        line=row.line,
        upn=upn,
        academic_year=row.value("Academic year", read_academic_year),
        laestab=laestab,
        school_name=row.text("School", 200),
        source=row.text("Source", 200) or WHERE_FROM,
        **counts,
    )


def read_sessions(text: str) -> int:
    sessions = range(MOST_SESSIONS + 1)
    return whole_number(text, sessions, ProblemKind.NOT_SESSIONS, most=MOST_SESSIONS)
