"""A template as a workbook: headings, drop-downs, formats that spoil nothing, and notes.

Cells are formatted before anybody types: as text where a spreadsheet would eat leading zeros or
read 9-11 as a day, as year-month-day where a day belongs. A filled-in template is read like any
other file; its notes and its lists are passed over (`NOTES_TITLE`, and sheets that are hidden).
"""

import io
from collections.abc import Collection
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from registers.exchange.layout.files import COLUMNS, MAY_BE_EMPTY
from registers.exchange.templates.columns import DAY, NUMBER, TemplateColumn, column_of

NOTES_TITLE = "Rollbook template"
LAST_ROW = 5_000  # as far down as there are drop-downs
ROWS_OF_MARKS = 100_000
FORMATS = {DAY: "yyyy-mm-dd", NUMBER: "0"}
FIRST_DAY = (date(1990, 1, 1) - date(1899, 12, 30)).days  # as a spreadsheet counts
RULES = {
    DAY: {
        "type": "date",
        "operator": "greaterThan",
        "formula1": str(FIRST_DAY),
        "error": "A day, such as 2025-09-01",
    },
    NUMBER: {
        "type": "whole",
        "operator": "greaterThanOrEqual",
        "formula1": "0",
        "error": "A whole number",
    },
}
INK, NEEDED, OPTIONAL = "FFFFFF", "1F3A5F", "5B6470"
NOTES = ("Sheet", "TemplateColumn", "Must be filled in", "What it is", "May be", "Example")
NOTES_WIDTHS = {"A": 16, "B": 24, "C": 17, "D": 64, "E": 44, "F": 30}
INTRODUCTION = (
    "Fill in the other sheets, a row each, and bring the workbook in as it is.",
    "Headings in dark blue are filled in in every row; those in grey may stay empty.",
    "A sheet without rows is passed over. So is this one.",
)


def template_of(files: Collection[str]) -> bytes:
    """A workbook with a sheet for each of these files of the layout, as XLSX."""
    book = Workbook()
    notes = book.active
    notes.title = "Notes"
    lists = _Lists(book.create_sheet("Lists"))
    for file in files:
        _fill(book.create_sheet(file.removesuffix(".csv")), file, lists)
    _write_notes(notes, files)
    book.move_sheet(notes, len(files) + 1)
    book.move_sheet(lists.sheet, len(files) + 1)
    lists.sheet.sheet_state = "hidden"
    book.active = 0
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Lists:
    """The hidden sheet with the choices of the drop-downs: they may be too long for a rule."""

    def __init__(self, sheet: Worksheet):
        self.sheet = sheet
        self.at: dict[tuple[str, ...], str] = {}

    def range_of(self, choices: tuple[str, ...]) -> str:
        if choices not in self.at:
            column = len(self.at) + 1
            for row, choice in enumerate(choices, 1):
                self.sheet.cell(row, column, choice).number_format = "@"
            letter = get_column_letter(column)
            self.at[choices] = f"Lists!${letter}$1:${letter}${len(choices)}"
        return self.at[choices]


def _fill(sheet: Worksheet, file: str, lists: _Lists) -> None:
    sheet.freeze_panes = "A2"
    last = ROWS_OF_MARKS if file == "marks.csv" else LAST_ROW
    for number, name in enumerate(COLUMNS[file], 1):
        column, letter = column_of(file, name), get_column_letter(number)
        _write_heading(sheet.cell(1, number, name), column, needed=name not in MAY_BE_EMPTY[file])
        dimension = sheet.column_dimensions[letter]
        dimension.width = max(12, len(name) + 4, len(str(column.example)) + 2)
        dimension.number_format = FORMATS.get(column.kind, "@")
        if rule := _rule(column, lists):
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{last}")
    sheet.row_dimensions[1].height = 32


def _write_heading(cell: Cell, column: TemplateColumn, *, needed: bool) -> None:
    cell.font = Font(bold=True, color=INK)
    cell.fill = PatternFill("solid", fgColor=NEEDED if needed else OPTIONAL)
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    if column.about:
        cell.comment = Comment(f"{column.about}\nExample: {column.example!s}", "")


def _rule(column: TemplateColumn, lists: _Lists) -> DataValidation | None:
    """The drop-down of a column, or the rule that a day is a day and a number one."""
    if column.choices:
        rule = DataValidation("list", formula1=lists.range_of(column.choices), allow_blank=True)
        rule.showErrorMessage = not column.open_choices
        rule.error = f"One of {', '.join(column.choices)}"[:225]
    elif column.kind in RULES:
        rule = DataValidation(**RULES[column.kind], allow_blank=True, showErrorMessage=True)
    else:
        return None
    rule.errorTitle = "Not for this column"
    return rule


def _write_notes(sheet: Worksheet, files: Collection[str]) -> None:
    sheet.append([f"{NOTES_TITLE}: how to fill it in"])
    sheet["A1"].font = Font(bold=True, size=14)
    for words in INTRODUCTION:
        sheet.append([words])
    sheet.append([])
    sheet.append(list(NOTES))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for file in files:
        for name in COLUMNS[file]:
            sheet.append(_note(file, name))
    _lay_out_notes(sheet)


def _lay_out_notes(sheet: Worksheet) -> None:
    for letter, width in NOTES_WIDTHS.items():
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter][5:]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"


def _note(file: str, name: str) -> list[str]:
    """A line of the notes, in the order of NOTES."""
    column = column_of(file, name)
    return [
        file.removesuffix(".csv"),
        name,
        "" if name in MAY_BE_EMPTY[file] else "yes",
        column.about,
        ", ".join(column.choices),
        str(column.example),
    ]
