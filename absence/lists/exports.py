"""The list of pupils as a file: text for any program, or a workbook.

A spreadsheet reads a cell that begins with = + - @ as a formula, so such text gets an apostrophe
in front. Counts stay numbers. The first line says what the file is of.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from absence.figures.rows import AbsenceRow
from absence.lists.listing import INTO_PERSISTENT, MOVES, OUT_OF_PERSISTENT, move_of
from registers.rules.tally import Tally

Cell = str | int | float | date | None

HEADINGS = (
    "UPN,Surname,Forename,Year group,Registration group,Characteristics,Date of entry,"
    "Date of leaving,Possible,Attended,Authorised,Unauthorised,Absent,Late,Unmarked,"
    "Attendance rate,Absence rate,Persistently absent,Severely absent,Band,In this band since,"
    "Band before,Moved,Line crossed,Last year possible,Last year absent,Last year absence rate,"
    "Last year persistently absent,Last year severely absent,"
    "Last year elsewhere,Possible elsewhere,Absent elsewhere,Sessions to spare"
).split(",")
WIDTHS = {"Surname": 20, "Forename": 18, "UPN": 16, "Characteristics": 20, "Band before": 14}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOT_IN_A_SHEET = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def guarded(text: str) -> str:
    """With an apostrophe in front where a spreadsheet would take the text for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def cells_of(row: AbsenceRow) -> list[Cell]:
    tally, last = row.tally, row.last_year
    return [
        row.upn,
        row.surname,
        row.forename,
        row.year_group,
        row.registration_group,
        ", ".join(row.characteristics),
        row.starts_on,
        row.leaves_on,
        tally.possible,
        tally.attended,
        tally.authorised,
        tally.unauthorised,
        tally.absent,
        tally.late,
        tally.unmarked,
        _number(tally.attendance_rate),
        _number(tally.absence_rate),
        *_flags(tally),
        row.band.name if row.band else "",
        row.in_band_since,
        row.earlier_band.name if row.earlier_band else "",
        move_of(row),
        _line_crossed(row),
        last.possible if last.possible else None,
        last.absent if last.possible else None,
        _number(last.absence_rate),
        *_flags(last),
        "; ".join(one.school for one in row.elsewhere),
        sum(one.tally.possible for one in row.elsewhere) or None,
        sum(one.tally.absent for one in row.elsewhere) if row.elsewhere else None,
        row.to_spare,
    ]


def _number(rate) -> float | None:
    """A rate has one place, which a float shows as it is."""
    return None if rate is None else float(rate)


def _flags(tally: Tally) -> tuple[str, str]:
    if not tally.possible:
        return "", ""
    return (
        "yes" if tally.persistently_absent else "no",
        "yes" if tally.severely_absent else "no",
    )


def _line_crossed(row: AbsenceRow) -> str:
    if MOVES[INTO_PERSISTENT](row):
        return "into persistent absence"
    return "out of persistent absence" if MOVES[OUT_OF_PERSISTENT](row) else ""


def as_csv(said: Sequence[str], rows: Iterable[AbsenceRow]) -> bytes:
    """With a byte-order mark, so that Excel reads the names as they are written."""
    text = io.StringIO()
    lines = csv.writer(text)
    for line in said:
        lines.writerow([guarded(line)])
    lines.writerow([])
    lines.writerow(HEADINGS)
    for row in rows:
        lines.writerow([guarded(c) if isinstance(c, str) else c for c in cells_of(row)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(said: Sequence[str], rows: Sequence[AbsenceRow]) -> bytes:
    """The same lines; the headings stay in sight and can be filtered by."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Pupils")
    for number, heading in enumerate(HEADINGS, start=1):
        width = WIDTHS.get(heading, max(11, min(len(heading), 16)))
        sheet.column_dimensions[get_column_letter(number)].width = width
    at = len(said) + 2
    sheet.freeze_panes = f"D{at + 1}"
    sheet.auto_filter.ref = f"A{at}:{get_column_letter(len(HEADINGS))}{at + len(rows)}"
    for line in said:
        sheet.append([_text(sheet, line)])
    sheet.append([])
    sheet.append([_heading(sheet, heading) for heading in HEADINGS])
    for row in rows:
        sheet.append(
            [_text(sheet, cell) if isinstance(cell, str) else cell for cell in cells_of(row)]
        )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text(sheet, text: str) -> WriteOnlyCell:
    """A cell that is text whatever it begins with; a sheet holds no control characters."""
    cell = WriteOnlyCell(sheet, value=guarded(NOT_IN_A_SHEET.sub("", text)))
    cell.data_type = "s"
    return cell


def _heading(sheet, text: str) -> WriteOnlyCell:
    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    return cell
