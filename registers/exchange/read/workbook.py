"""XLSX, XLSM, XLSB, XLS and ODS → a table for each sheet. No Django in this module.

A workbook is a zip (the old XLS apart), so how large it becomes is measured before it is opened.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from registers.exchange.problems.errors import UnreadableFile
from registers.exchange.problems.kinds import ProblemKind
from registers.exchange.read.archives import ENCRYPTED
from registers.exchange.read.headings import with_headings
from registers.exchange.read.pieces import pieces_of
from registers.exchange.read.tables import Rows, SourceTable

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_BYTES = 300 * 1024 * 1024  # of a workbook, unpacked
TEMPLATE = "Rollbook template"  # how the sheet of notes of a template begins
Cell = str | float | int | bool | date | datetime | time | object


def read_workbook(path: Path, source: str) -> list[SourceTable]:
    """A table for each sheet that is shown and has rows. Raises UnreadableFile."""
    _measure(path, source)
    tables = [
        with_headings(called, rows, is_sheet=True)
        for called, rows in _sheets(path, source)
        if _has_table(rows())
    ]
    if not tables:
        raise UnreadableFile(source, ProblemKind.NO_SHEET)
    return tables


def _sheets(path: Path, source: str) -> Iterator[tuple[str, Callable[[], Rows]]]:
    """What a person calls each sheet that is shown, and its rows."""
    shown = [sheet.name for sheet in _open(path, source).sheets_metadata if _is_shown(sheet)]
    for name in shown:
        called = source if len(shown) == 1 else f"{source}, sheet {name}"
        yield called, partial(_rows, path, source, name)


def _is_shown(sheet: SheetMetadata) -> bool:
    return sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible


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
            _refuse_too_large(packed, source)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableFile(source, ProblemKind.CANNOT_BE_OPENED) from error


def _refuse_too_large(packed: zipfile.ZipFile, source: str) -> None:
    """The bytes of its members are counted; what it says of them is not believed."""
    size = 0
    for member in packed.infolist():
        if member.flag_bits & ENCRYPTED:
            raise UnreadableFile(source, ProblemKind.HAS_PASSWORD)
        with packed.open(member) as stream:
            for piece in pieces_of(stream):
                size += len(piece)
                if size > MOST_BYTES:
                    raise UnreadableFile(source, ProblemKind.WORKBOOK_TOO_LARGE)


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
            texts = list(map(as_text, cells))
            if any(texts):
                yield line, texts
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
