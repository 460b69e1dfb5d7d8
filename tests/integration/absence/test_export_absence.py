"""The command's door: its header, its errors, and a file that is whole or not there."""

import csv
import io
import os
import resource
import signal
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from registers.models import School
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.integration.absence.test_figures import exported

pytestmark = pytest.mark.django_db
DAY = date(2025, 9, 12)
HEADER = (
    "UPN,Surname,Forename,Year group,Registration group,Academic year,As at,Possible,Attended,"
    "Authorised,Unauthorised,Absent,Late,Unmarked,Attendance rate,Absence rate,"
    "Persistently absent,Severely absent,Band\n"
)


def rows(school, as_at=DAY) -> list[dict]:
    return list(csv.DictReader(io.StringIO(exported(school, as_at))))


def test_the_header_is_the_agreed_one():
    assert exported(make_class(1).school, DAY).startswith(HEADER)


def test_exactly_a_tenth_and_exactly_a_half_are_over_the_line():
    room = make_class(4)
    for pupil, missed in enumerate([1, 2, 9, 10]):
        marks_of(room, "O" * missed + "V" * (20 - missed), pupil=pupil)
    flags = {row["Absent"]: (row["Persistently absent"], row["Severely absent"], row["Band"])
             for row in rows(room.school)}  # fmt: skip
    assert flags == {
        "1": ("no", "no", "100-95"),
        "2": ("yes", "no", "90-85"),
        "9": ("yes", "no", "<85-50"),
        "10": ("yes", "yes", "50 and under"),
    }


def test_without_a_possible_session_there_is_no_rate_and_no_band():
    room = make_class(1, days=1)
    marks_of(room, ["Y1", "Y1"])
    (row,) = rows(room.school)
    assert (row["Possible"], row["Unmarked"]) == ("0", "0")
    assert (row["Attendance rate"], row["Absence rate"], row["Band"]) == ("", "", "")
    assert (row["Persistently absent"], row["Severely absent"]) == ("no", "no")


def test_a_half_is_rounded_up():
    room = make_class(1, days=8)
    marks_of(room, "O" + "V" * 15)  # 6.25 and 93.75 per cent
    (row,) = rows(room.school)
    assert (row["Attendance rate"], row["Absence rate"]) == ("93.8", "6.3")


def test_two_enrolments_of_a_pupil_are_two_rows_in_order():
    room = make_class(1)
    first = room.enrolments[0]
    first.leaves_on = date(2025, 9, 3)
    first.save()
    factories.EnrolmentFactory(pupil=first.pupil, starts_on=date(2025, 9, 8))
    assert [row["Unmarked"] for row in rows(room.school)] == ["6", "10"]


def test_a_school_s_own_bands_are_used():
    room = make_class(1)
    marks_of(room, "OV" * 5)
    School.objects.filter(pk=room.school.pk).update(
        bands=[
            {"name": "fine", "title": "Fine", "edge": "0", "inclusive": True},
            {"name": "half", "title": "Half", "edge": "1/2", "inclusive": True},
        ]
    )
    assert [row["Band"] for row in rows(room.school)] == ["half"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"school": "123"}, "no school with the URN '123'"),
        ({"as_at": "05/09/2025"}, "Write year, month and day as 2025-12-19"),
        ({"as_at": "2025-02-30"}, "not a date"),
        ({"as_at": "20250905"}, "not a date"),
        ({"as_at": "2025-08-31"}, "first session is on Monday 1 September 2025"),
        ({"output": "/nowhere/at/all.csv"}, "its folder is not there"),
        ({"output": "/tmp"}, "is a folder"),
    ],
)
def test_what_is_wrong_is_said_in_words(wrong, words):
    room = make_class(1)
    options = {"school": room.school.urn, "as_at": str(DAY)} | wrong
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    with pytest.raises(CommandError, match=words):
        call_command("export_absence", *arguments)


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path):
    """A limit on the size of files stands for the disk: the system refuses the write for real."""
    room = make_class(3)
    output = tmp_path / "absence.csv"
    output.write_text("yesterday's")
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, kept[1]))
    try:
        with pytest.raises(CommandError, match="the disk is full"):
            call_command(
                "export_absence", f"--school={room.school.urn}", f"--as-at={DAY}",
                f"--output={output}",
            )  # fmt: skip
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, ignored)
    assert output.read_text() == "yesterday's"
    assert os.listdir(tmp_path) == ["absence.csv"]


def test_the_file_holds_what_is_printed(tmp_path):
    room = make_class(2)
    output = tmp_path / "absence.csv"
    call_command(
        "export_absence", f"--school={room.school.urn}", f"--as-at={DAY}", f"--output={output}"
    )
    assert output.read_text() == exported(room.school, DAY)
