"""Templates are downloaded by whoever may bring files in."""

import io

import openpyxl
import pytest
from django.urls import reverse

from registers.models import School
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(client) -> School:
    school = School.objects.create(urn="900123", name="Ellerwick School")
    client.force_login(factories.AppointmentFactory(school=school, role="administrator").user)
    return school


def get(client, school, template: str):
    words = {"urn": school.urn, "template": template}
    return client.get(reverse("registers:import_template", kwargs=words))


@pytest.mark.parametrize(
    ("template", "sheets"),
    [
        ("pupils", ["pupils", "Notes", "Lists"]),
        ("all", ["pupils", "contacts", "groups", "staff", "Notes", "Lists"]),
    ],
)
def test_a_template_is_a_workbook(client, school, template, sheets):
    answer = get(client, school, template)
    assert answer["Content-Disposition"] == f'attachment; filename="rollbook-{template}.xlsx"'
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames == sheets


def test_there_is_no_template_of_anything_else(client, school):
    assert get(client, school, "letters").status_code == 404
