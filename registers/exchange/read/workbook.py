"""XLSX, XLSM, XLSB, XLS and ODS → a table for each sheet. No Django in this module.

A workbook is a zip (the old XLS apart), so how large it becomes is measured before it is opened.
"""

import zipfile
import zlib
from datetime import date, datetime, time
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from registers.exchange.problems.errors import Unreadable
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.headings import with_headings
from registers.exchange.read.tables import Rows, SourceTable

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_BYTES = 300 * 1024 * 1024  # of a workbook, unpacked
CHUNK = 1 << 20
TEMPLATE = "Rollbook template"  # how the sheet of notes of a template begins
Cell = str | float | int | bool | date | datetime | time | object


def read_workbook(path: Path, source: str) -> list[SourceTable]:
    """A table for each sheet that is shown and has rows. Raises Unreadable."""
    _measure(path, source)
    book = _open(path, source)
    shown = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    found = []
    for name in shown:
        said = source if len(shown) == 1 else f"{source}, sheet {name}"

        def rows(name: str = name) -> Rows:
            return _rows(path, source, name)

        first = next(rows(), (0, [""]))[1]
        if any(first) and not next(cell for cell in first if cell).startswith(TEMPLATE):
            found.append(with_headings(said, rows, is_sheet=True))
    if not found:
        raise Unreadable(source, ProblemKind.NO_SHEET)
    return found


def _measure(path: Path, source: str) -> None:
    if not zipfile.is_zipfile(path):
        return
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(path) as packed:
            for member in packed.infolist():
                if member.flag_bits & 0x1:
                    raise Unreadable(source, ProblemKind.HAS_PASSWORD)
                with packed.open(member) as stream:
                    while chunk := stream.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise Unreadable(source, ProblemKind.WORKBOOK_TOO_LARGE)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise Unreadable(source, ProblemKind.CANNOT_BE_OPENED) from error


def _open(path: Path, source: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise Unreadable(source, ProblemKind.HAS_PASSWORD) from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(source, ProblemKind.NOT_A_WORKBOOK) from error


def _rows(path: Path, source: str, name: str) -> Rows:
    try:
        for line, cells in enumerate(_open(path, source).get_sheet_by_name(name).iter_rows(), 1):
            if any(cell != "" for cell in cells):
                yield line, [as_text(cell) for cell in cells]
    except (CalamineError, ValueError) as error:
        raise Unreadable(f"{source}, sheet {name}", ProblemKind.CANNOT_BE_READ) from error


def as_text(cell: Cell) -> str:
    """Real dates as 2025-09-01, whole numbers without their point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    return str(cell)
