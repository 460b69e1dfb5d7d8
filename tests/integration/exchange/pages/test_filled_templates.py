"""A template that somebody has filled in comes in without a question."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registers.exchange.pages.actions import work
from registers.models import Appointment, Enrolment, Relationship
from tests.factories.school_files import AMIRA, BEN
from tests.integration.exchange.pages.test_pages import (  # noqa: F401 (fixtures)
    address,
    brought_in,
    checked,
    school,
)

pytestmark = pytest.mark.django_db
ROWS = {
    "pupils": [
        {
            "UPN": AMIRA,
            "Surname": "Haddad",
            "Forename": "Amira",
            "Date of birth": date(2012, 3, 4),
            "Sex": "F",
            "Year group": "9",
            "Registration group": "9-11",  # which a spreadsheet would take for a day
            "Date of entry": date(2025, 9, 1),
            "SEN": "K",
            "FSM": "Y",
            "Admission number": "004512",
        },
        {
            "UPN": BEN,
            "Surname": "Haddad",
            "Forename": "Ben",
            "Year group": 8,  # typed over the format
            "Registration group": "8B",
            "Date of entry": date(2025, 9, 1),
        },
    ],
    "contacts": [
        {
            "UPN": upn,
            "Contact name": "Joud Haddad",
            "Contact relationship": "Mother",
            "Parental responsibility": "Y",
            "Priority": 1,
            "Contact telephone": "01632 960001",
        }
        for upn in (AMIRA, BEN)
    ],
    "staff": [
        {
            "Username": "t.brannigan",
            "Name": "Tom Brannigan",
            "Role": "teacher",
            "Registration group": "9-11",
        }
    ],
}


def filled(content: bytes, rows: dict[str, list[dict]]) -> SimpleUploadedFile:
    """The template as somebody would hand it back: rows below its headings, in its formats."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name, of_sheet in rows.items():
        sheet = book[name]
        places = {cell.value: cell.column for cell in sheet[1]}
        for number, row in enumerate(of_sheet, 2):
            for heading, value in row.items():
                sheet.cell(number, places[heading], value)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("Our school.xlsx", stream.getvalue())


def test_a_filled_in_template_asks_nothing_and_is_taken_as_it_stands(client, school):  # noqa: F811
    template = client.get(address("import_template", school, template="all")).content
    check = checked(client, school, filled(template, ROWS))
    assert check.answer["stage"] == work.CHECKED
    assert check.answer["wrong_rows"] == 0
    brought_in(client, school, check)
    amira = Enrolment.objects.get(pupil__upn=AMIRA)
    assert amira.pupil.admission_number == "004512"
    assert amira.memberships.get(group__kind="registration").group.name == "9-11"
    assert Relationship.objects.filter(has_responsibility=True).count() == 2
    tom = Appointment.objects.get(user__username="t.brannigan")
    assert [group.name for group in tom.groups.all()] == ["9-11"]
