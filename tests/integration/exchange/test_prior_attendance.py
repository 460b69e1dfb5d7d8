"""What another school says of last year: brought in, shown apart, in no sum of this school."""

import csv
import re
from datetime import date

import pytest
from django.urls import reverse

from absence.figures import school as figures
from absence.figures.calendar import year_to_date
from absence.figures.elsewhere import year_before
from registers.models import PriorAttendance, Pupil
from tests import factories
from tests.factories.school_files import AMIRA, BEN, TODAY, SchoolFiles
from tests.html_page import read_page

ROW = f"{AMIRA},2024/25,3302001,Saltergate Primary,370,330,25,15,3302001_CTF_3304001_001.xml"


@pytest.fixture
def files(tmp_path, db):
    return SchoolFiles(tmp_path / "school").add("prior_attendance.csv", ROW)


def test_a_year_at_another_school_is_kept_with_its_source(files):
    result = files.read_in()
    assert result.counts["new years at other schools"] == 1
    prior = PriorAttendance.objects.get()
    assert (prior.pupil.upn, prior.academic_year, prior.laestab) == (AMIRA, "2024/25", "3302001")
    assert (prior.possible, prior.attended, prior.authorised, prior.unauthorised) == (
        370,
        330,
        25,
        15,
    )
    assert prior.source == "3302001_CTF_3304001_001.xml"
    assert set(+files.read_in().counts) == {"unchanged marks"}
    files.change("prior_attendance.csv", "330,25,15", "340,20,10")
    assert files.read_in().counts["changed years at other schools"] == 1
    assert PriorAttendance.objects.get().attended == 340


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (AMIRA, factories.make_upn(900), "UPN: this pupil is neither in pupils.csv"),
        ("2024/25", "2024", "Academic year: “2024” is not an academic year"),
        ("330,25,15", "330,25,16", "Sessions possible: is less than the sessions attended"),
        ("370,330", "999,330", "Sessions possible: “999” is not a number of sessions from 0"),
        (",330,", ",,", "Sessions attended: is empty"),
        ("3302001,", "33020,", "LAESTAB: is not a number of 7 digits"),
    ],
)
def test_a_wrong_row_is_told(files, old, new, said):
    files.change("prior_attendance.csv", old, new)
    (problem,) = files.refused()
    assert problem.startswith(f"prior_attendance.csv, line 2, {said}")
    assert not PriorAttendance.objects.exists()


def test_a_year_of_a_pupil_who_waits_waits_too(files):
    files.change("pupils.csv", "2012-03-04", "no date")
    said = [words for words in files.refused() if words.startswith("prior_attendance.csv")]
    assert said == [
        "prior_attendance.csv, line 2, UPN: this pupil's row in pupils.csv is wrong (line 2)"
    ]


def test_a_year_and_school_stand_once(files):
    files.add("prior_attendance.csv", ROW.replace("330,25,15", "331,24,15"))
    (problem,) = files.refused()
    assert "line 2 has this year and school already" in problem


def test_it_is_in_no_figure_of_this_school(files):
    without = SchoolFiles(files.folder)
    without.read_in()
    school = Pupil.objects.get(upn=AMIRA).school
    before = figures.absence_of(school, year_to_date(school, TODAY))
    files.read_in()
    after = figures.absence_of(school, year_to_date(school, TODAY))
    (amira,) = [row for row in after.rows if row.upn == AMIRA]
    (then,) = amira.elsewhere
    assert (then.school, then.tally.absent, then.standing) == (
        "Saltergate Primary",
        40,
        "persistently absent",
    )
    assert [(row.tally, row.last_year, row.band) for row in after.rows] == [
        (row.tally, row.last_year, row.band) for row in before.rows
    ]


def test_the_list_and_the_pupils_page_tell_it_apart(files, client):
    files.read_in()
    school = Pupil.objects.get(upn=AMIRA).school
    officer = factories.AppointmentFactory(school=school, role="attendance_officer").user
    client.force_login(officer)
    address = reverse("absence:pupils", kwargs={"urn": school.urn})
    page = read_page(client.get(address, {"as_at": "2025-09-12"}))
    assert "89.2% at Saltergate Primary" in page.text
    assert "Saltergate Primary" in page.names_apart
    assert "in no sum and no band" in page.text
    about = reverse(
        "interventions:pupil",
        kwargs={"urn": school.urn, "pupil_id": Pupil.objects.get(upn=AMIRA).pk},
    )
    text = read_page(client.get(about)).text
    assert "At another school" in text
    assert "3302001_CTF_3304001_001.xml" in text
    assert re.search(r"\b40\b", text)
    other = about.replace(str(Pupil.objects.get(upn=AMIRA).pk), str(Pupil.objects.get(upn=BEN).pk))
    assert "At another school" not in client.get(other).text


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("370,0,200,170", "0.0% at Saltergate Primary"),
        ("370,0,0,0", "– at Saltergate Primary"),
    ],
)
def test_a_year_without_a_session_attended_is_told_from_one_without_marks(files, client, row, said):
    files.change("prior_attendance.csv", "370,330,25,15", row)
    files.read_in()
    school = Pupil.objects.get(upn=AMIRA).school
    client.force_login(factories.AppointmentFactory(school=school, role="slt").user)
    address = reverse("absence:pupils", kwargs={"urn": school.urn})
    assert said in read_page(client.get(address, {"as_at": "2025-09-12"})).text


@pytest.mark.parametrize(
    ("starts_on", "before"),
    [
        (date(2025, 9, 1), "2024/25"),
        (date(2025, 8, 28), "2024/25"),
        (date(2000, 9, 4), "1999/00"),
        (date(2026, 1, 6), "2024/25"),  # a calendar that begins late
    ],
)
def test_the_year_before(starts_on, before):
    assert year_before(starts_on) == before


def test_who_was_persistently_absent_elsewhere_can_be_listed_and_exported(files, client):
    files.read_in()
    school = Pupil.objects.get(upn=AMIRA).school
    client.force_login(factories.AppointmentFactory(school=school, role="slt").user)
    asked = {"as_at": "2025-09-12", "last": "elsewhere"}
    page = client.get(reverse("absence:pupils", kwargs={"urn": school.urn}), asked)
    assert [line.row.upn for line in page.context["lines"]] == [AMIRA]
    table = client.get(reverse("absence:pupils_csv", kwargs={"urn": school.urn}), asked)
    lines = table.content.decode("utf-8-sig").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("UPN,"))
    (cells,) = csv.DictReader(lines[first:])
    assert (cells["Last year elsewhere"], cells["Possible elsewhere"]) == (
        "Saltergate Primary",
        "370",
    )
    assert (cells["Absent elsewhere"], cells["Last year absent"]) == ("40", "")
