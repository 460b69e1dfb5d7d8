"""XLSX, XLSM, XLSB, XLS and ODS → a table for each sheet. No Django in this module.

A workbook is a zip (the old XLS apart), so how large it becomes is measured before it is opened.
"""

import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.headings import with_headings
from registers.exchange.read.tables import Rows, SourceTable

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_BYTES = 300 * 1024 * 1024  # of a workbook, unpacked
CHUNK = 1 << 20
TEMPLATE = "Rollbook template"  # how the sheet of notes of a template begins
Cell = str | float | int | bool | date | datetime | time | object


def read_workbook(path: Path, source: str) -> list[SourceTable]:
    """A table for each sheet that is shown and has rows. Raises UnreadableFile."""
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

        if _has_table(rows()):
            found.append(with_headings(said, rows, is_sheet=True))
    if not found:
        raise UnreadableFile(source, ProblemKind.NO_SHEET)
    return found


def _has_table(rows: Rows) -> bool:
    """Whether a sheet has rows; the notes of our own templates are none."""
    _, first = next(rows, (0, []))
    written = next(filter(None, first), "")
    return bool(written) and not written.startswith(TEMPLATE)


def _measure(path: Path, source: str) -> None:
    """Raises UnreadableFile where a workbook would grow too large, or cannot be opened."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            left = MOST_BYTES
            for member in packed.infolist():
                if member.flag_bits & 0x1:
                    raise UnreadableFile(source, ProblemKind.HAS_PASSWORD)
                left -= _size(packed, member, left, source)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableFile(source, ProblemKind.CANNOT_BE_OPENED) from error


def _size(packed: zipfile.ZipFile, member: zipfile.ZipInfo, most: int, source: str) -> int:
    """The bytes of a member, counted and not believed."""
    size = 0
    with packed.open(member) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise UnreadableFile(source, ProblemKind.WORKBOOK_TOO_LARGE)
    return size


def _open(path: Path, source: str) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError as error:
        raise UnreadableFile(source, ProblemKind.HAS_PASSWORD) from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(source, ProblemKind.NOT_A_WORKBOOK) from error


def _rows(path: Path, source: str, name: str) -> Rows:
    try:
        for line, cells in enumerate(_open(path, source).get_sheet_by_name(name).iter_rows(), 1):
            if any(cell != "" for cell in cells):
                yield line, [as_text(cell) for cell in cells]
    except (CalamineError, ValueError) as error:
        raise UnreadableFile(f"{source}, sheet {name}", ProblemKind.CANNOT_BE_READ) from error


def as_text(cell: Cell) -> str:
    """Real dates as 2025-09-01, whole numbers without their point."""
    return AS_TEXT.get(type(cell), str)(cell)


def _number(cell: float) -> str:
    return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else str(cell)


def _moment(cell: datetime) -> str:
    return cell.date().isoformat() if cell.time() == time() else cell.isoformat()


def _time(cell: time) -> str:
    return cell.isoformat("minutes")


AS_TEXT: dict[type, Callable[[Any], str]] = {
    bool: lambda cell: str(cell).upper(),
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: _time,
}
