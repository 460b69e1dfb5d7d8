"""Templates of an import: each column explained, each drop-down right, nothing spoilt by Excel."""

import io
from datetime import date

import openpyxl
import pytest
import python_calamine

from registers.exchange.checks.dated import KINDS
from registers.exchange.checks.staff import ROLES as ROLES_READ
from registers.exchange.layout.files import COLUMNS, MAY_BE_EMPTY
from registers.exchange.templates import NOTES_TITLE, template_of
from registers.exchange.templates.columns import DAY, FILES, ROLES, column_of
from registers.rules.codes import CODES
from registers.rules.pupils.upn import why_not_upn

EACH = [(file, name) for file, names in COLUMNS.items() for name in names]


def book(*files: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template_of(files)))


def rule_of(sheet, column: int):
    letter = openpyxl.utils.get_column_letter(column)
    return next(
        (rule for rule in sheet.data_validations.dataValidation if f"{letter}2" in rule.sqref),
        None,
    )


def choices_of(workbook, sheet, column: int) -> list[str]:
    name, cells = rule_of(sheet, column).formula1.split("!")
    return [row[0].value for row in workbook[name][cells.replace("$", "")]]


@pytest.mark.parametrize(("file", "name"), EACH)
def test_every_column_is_told_with_an_example_where_it_must_be_filled_in(file, name):
    column = column_of(file, name)
    assert column.about, "describe it in registers/exchange/templates/columns.py"
    if name not in MAY_BE_EMPTY[file]:
        assert column.example
    if column.choices and column.example:
        assert column.example in column.choices
    if column.kind == DAY and column.example:
        assert isinstance(column.example, date)


def test_no_column_is_told_of_that_no_file_has():
    assert {(file, name) for file, names in FILES.items() for name in names} <= set(EACH)


def test_the_example_of_a_upn_is_one():
    assert why_not_upn(column_of("pupils.csv", "UPN").example) is None


def test_the_roles_and_kinds_are_those_that_are_read():
    assert set(ROLES) == set(ROLES_READ)
    assert column_of("groups.csv", "Kind").choices == KINDS


@pytest.mark.parametrize("file", COLUMNS)
def test_a_template_has_the_headings_of_its_file_and_no_row(file):
    rows = list(book(file)[file.removesuffix(".csv")].iter_rows(values_only=True))
    assert rows == [tuple(COLUMNS[file])]


def test_codes_come_from_a_list_of_all_of_them():
    workbook = book("marks.csv")
    assert choices_of(workbook, workbook["marks"], 4) == list(CODES)


def test_a_drop_down_of_relationships_takes_other_words_too():
    sheet = book("contacts.csv")["contacts"]
    assert not rule_of(
        sheet, COLUMNS["contacts.csv"].index("Contact relationship") + 1
    ).showErrorMessage
    assert rule_of(sheet, COLUMNS["contacts.csv"].index("Lives with") + 1).showErrorMessage


@pytest.mark.parametrize(
    ("name", "written"),
    [("Registration group", "@"), ("Contact telephone", "@"), ("Date of entry", "yyyy-mm-dd")],
)
def test_cells_are_formatted_before_anybody_types(name, written):
    sheet = book("pupils.csv")["pupils"]
    letter = openpyxl.utils.get_column_letter(COLUMNS["pupils.csv"].index(name) + 1)
    assert sheet.column_dimensions[letter].number_format == written


def test_what_is_no_table_is_hidden_or_says_so():
    read = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(template_of(["pupils.csv", "staff.csv"]))
    )
    visible = [
        sheet.name
        for sheet in read.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    assert visible == ["pupils", "staff", "Notes"]
    assert read.get_sheet_by_name("Notes").to_python()[0][0].startswith(NOTES_TITLE)
