"""The demonstration's sign-in page, and starting it again from new."""

import sqlite3
from contextlib import closing

import pytest
from django.urls import reverse

from attendance_site import env
from attendance_site.running import preparing
from attendance_site.running.processes import CannotStart
from registers.demo.school import DETAILS
from registers.management.commands.demo_school import PASSWORD
from registers.models import Appointment
from registers.setup.staff.actions import staff
from tests import factories

Role = Appointment.Role


@pytest.fixture
def demonstration(db, settings):
    """The invented school with a teacher and an officer, both with the published password."""
    settings.DEMONSTRATION = True
    school = factories.SchoolFactory(urn=DETAILS["URN"])
    for role in (Role.ATTENDANCE_OFFICER, Role.TEACHER):
        appointment = factories.AppointmentFactory(school=school, role=role)
        staff.set_password(appointment.user, PASSWORD)
    return school


def people_on(client) -> list[str]:
    found = client.get(reverse("sign_in")).context["demonstration"]
    return [person.username for person in found]


def username(role: str) -> str:
    return Appointment.objects.get(role=role).user.username


def test_its_people_are_there_with_a_press_each_and_the_press_signs_in(client, demonstration):
    shown = client.get(reverse("sign_in"))
    assert "This is a demonstration" in shown.text
    assert people_on(client) == [username(Role.TEACHER), username(Role.ATTENDANCE_OFFICER)]
    pressed = shown.context["demonstration"][0]
    done = client.post(
        reverse("sign_in"), {"login": pressed.username, "password": pressed.password}
    )
    assert done.status_code == 302
    assert client.session["_auth_user_id"]


@pytest.mark.parametrize("reason", ["not a demonstration", "a real school beside it"])
def test_nobody_is_offered_elsewhere(client, settings, demonstration, reason):
    if reason == "not a demonstration":
        settings.DEMONSTRATION = False
    else:
        factories.SchoolFactory(urn="100001")
    assert people_on(client) == []
    assert PASSWORD not in client.get(reverse("sign_in")).text


def test_whoever_has_no_password_is_not_offered(client, demonstration):
    factories.AppointmentFactory(school=demonstration, role=Role.OFFICE)
    assert len(people_on(client)) == 2


def test_production_refuses_to_be_a_demonstration():
    with pytest.raises(env.WrongEnvironment, match="ROLLBOOK_DEMONSTRATION"):
        env.read({"ROLLBOOK_MODE": "production", "ROLLBOOK_DEMONSTRATION": "yes"})


@pytest.fixture
def folder(tmp_path):
    """A demonstration's folder with a database of one school."""

    def make(urn: str):
        with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
            database.execute("CREATE TABLE registers_school (urn TEXT)")
            database.execute("INSERT INTO registers_school VALUES (?)", [urn])
            database.commit()
        (tmp_path / "documents" / "letters").mkdir(parents=True)
        (tmp_path / "secret_key").write_text("kept")
        return tmp_path

    return make


def test_from_new_empties_the_folder_and_keeps_its_secrets(folder):
    var = folder(DETAILS["URN"])
    preparing.throw_away(var, {})
    assert sorted(path.name for path in var.iterdir()) == ["secret_key"]
    preparing.throw_away(var, {})  # nothing there is nothing to throw away


def test_a_real_school_is_never_thrown_away(folder):
    var = folder("100001")
    with pytest.raises(CannotStart, match="100001"):
        preparing.throw_away(var, {})
    assert (var / "db.sqlite3").exists()
    assert (var / "documents" / "letters").exists()


def test_a_database_of_ones_own_is_not_touched(folder):
    var = folder(DETAILS["URN"])
    with pytest.raises(CannotStart, match="DATABASE_URL"):
        preparing.throw_away(var, {"DATABASE_URL": "postgresql://somebody@elsewhere/theirs"})
    assert (var / "db.sqlite3").exists()
