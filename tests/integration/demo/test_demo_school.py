"""The demonstration school through the real import, and its sign-ins."""

from datetime import date

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from registers.demo import make_school
from registers.demo.rows import FILES
from registers.management.commands.demo_school import PASSWORD, sign_ins
from registers.models import Enrolment, Mark, Person, School

SMALL = {"pupils": 20, "years": 1, "until": date(2026, 10, 9)}


@pytest.fixture
def imported(racing_db):
    call_command("demo_school", **SMALL)
    return make_school(**SMALL)


def test_every_row_arrives_and_who_is_named_can_sign_in(imported):
    rows = {name: list(table(imported))[1:] for name, table in FILES.items()}
    assert Mark.objects.count() == len(rows["marks.csv"])
    assert Enrolment.objects.count() == len(rows["pupils.csv"])
    people = {(row[1], row[7]) for row in rows["contacts.csv"]}  # name and address
    assert Person.objects.count() == len(people)
    assert len(sign_ins(imported)) == 6
    assert all(authenticate(username=name, password=PASSWORD) for name in sign_ins(imported))
    assert School.objects.get().set_up_at is not None


def test_a_second_school_by_nobody_is_refused(imported):
    with pytest.raises(CommandError):
        call_command("demo_school", **SMALL)
