"""The list as a file: no formula, no lost name, the same figures."""

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from absence.figures.rows import AbsenceRow
from absence.lists import exports
from absence.rules.bands import DEFAULT_BANDS
from registers.rules.tally import Tally

SAID = ["Ellerwick (999417): 1 pupil", "Sessions from 03/09/2026 to 23/11/2026"]


def row(surname: str = "Zielińska", **more) -> AbsenceRow:
    fields = {
        "enrolment_id": 1,
        "pupil_id": 1,
        "upn": "A330200021001",
        "surname": surname,
        "forename": "Anna",
        "starts_on": date(2026, 9, 3),
        "leaves_on": None,
        "year_group": "9",
        "registration_group": "9A",
        "tally": Tally(90, 4, 6, 2, 1),
        "band": DEFAULT_BANDS[3],
        "earlier": Tally(60, 0, 0),
        "earlier_band": DEFAULT_BANDS[0],
        "characteristics": ("SEN K", "FSM"),
        "to_come": 280,
    }
    return AbsenceRow(**fields | more)


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_file_says_what_it_is_of_and_has_a_line_for_each_pupil():
    lines = read(exports.as_csv(SAID, [row()]))
    assert lines[:3] == [[SAID[0]], [SAID[1]], []]
    cells = dict(zip(lines[3], lines[4], strict=True))
    assert cells["Surname"] == "Zielińska"
    assert cells["Characteristics"] == "SEN K, FSM"
    assert (cells["Possible"], cells["Absent"], cells["Absence rate"]) == ("100", "10", "10.0")
    assert (cells["Persistently absent"], cells["Severely absent"]) == ("yes", "no")
    assert (cells["Moved"], cells["Line crossed"]) == ("worse", "into persistent absence")
    assert cells["Band before"] == "100-95"
    assert cells["Last year possible"] == cells["Last year persistently absent"] == ""
    assert cells["Sessions to spare"] == "27"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_text(start):
    name = f'{start}HYPERLINK("http://x","y")'
    assert read(exports.as_csv(SAID, [row(name)]))[4][1] == f"'{name}"
    sheet = load_workbook(io.BytesIO(exports.as_xlsx([name], [row(name)]))).active
    for cell in (sheet["A1"], sheet["B4"]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")


def test_a_number_below_nothing_stays_a_number():
    lines = read(exports.as_csv(SAID, [row(tally=Tally(10, 0, 90))]))
    assert lines[4][-1] == "-53"
    sheet = load_workbook(io.BytesIO(exports.as_xlsx(SAID, [row(tally=Tally(10, 0, 90))]))).active
    assert sheet.cell(5, len(exports.HEADINGS)).value == -53


def test_the_workbook_holds_names_of_any_kind():
    content = exports.as_xlsx(SAID, [row("الحداد"), row("Bell\x07")])
    sheet = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[4]] == exports.HEADINGS
    assert sheet["B5"].value == "الحداد"
    assert sheet["B6"].value == "Bell"
    assert sheet["G5"].value.date() == date(2026, 9, 3)
    assert sheet.auto_filter.ref == "A4:AG6"


def test_who_had_no_session_has_no_rate_and_no_status():
    nobody = row(tally=Tally(0, 0, 0), band=None, earlier_band=None, to_come=0)
    cells = dict(zip(exports.HEADINGS, exports.cells_of(nobody), strict=True))
    assert cells["Attendance rate"] is None
    assert cells["Persistently absent"] == ""
    assert cells["Sessions to spare"] is None
