"""The list of pupils: who moved, who is near, last year, a teacher's own groups, exports."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from structlog.testing import capture_logs

from absence.lists.views import PER_PAGE
from absence.rules.wording import short_day
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Enrolment, Session
from tests import factories
from tests.factories.classes import ClassOfPupils, make_class, school_days
from tests.factories.drawn_schools import marks_of, write_all
from tests.factories.figures import bring_standings_up_to_date
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
LAST_DAY = "2025-09-26"  # of four weeks


def page_of(client, room: ClassOfPupils, person=None, name="absence:pupils", **asked):
    client.force_login(person or room.officer)
    url = reverse(name, kwargs={"urn": room.school.urn})
    return client.get(url, {"as_at": LAST_DAY, **asked})


def names(response) -> list[str]:
    return [line.row.surname for line in response.context["lines"]]


def text_of(response) -> str:
    return read_page(response).text


def four_weeks(pupils: int = 3) -> ClassOfPupils:
    """Forty sessions marked: one who was over the line after two weeks and is not now, one the
    other way round, and the others always there."""
    room = make_class(pupils, days=20)
    marks_of(room, "OOO" + "V" * 37)
    marks_of(room, "V" * 30 + "I" * 10, pupil=1)
    for pupil in range(2, pupils):
        marks_of(room, "V" * 40, pupil=pupil)
    return room


def with_last_year(room: ClassOfPupils, codes: str, *, pupil: int = 0) -> Enrolment:
    """The pupil was here last year as well, in a spell that ended in July."""
    this = room.enrolments[pupil]
    days = school_days(date(2024, 9, 2), 10)
    year = room.school.academic_years.filter(name="2024/25").first()
    year = year or factories.AcademicYearFactory(
        school=room.school, name="2024/25", starts_on=days[0], ends_on=days[-1]
    )
    if not year.sessions.exists():
        Session.objects.bulk_create(
            Session(school=room.school, academic_year=year, date=day, half=half)
            for day in days
            for half in (0, 1)
        )
    spell = factories.EnrolmentFactory(
        pupil=this.pupil, school=room.school, starts_on=days[0], leaves_on=days[-1]
    )
    half_days = [(day, half) for day in days for half in (0, 1)]
    write_all(
        [
            MarkChange(MarkKey(spell.pk, *half_day), code, 0)
            for half_day, code in zip(half_days, codes, strict=False)
        ]
    )
    return spell


@pytest.mark.parametrize("pupils", [2, PER_PAGE + 5])
def test_the_page_takes_ten_statements_and_a_teachers_eleven(
    client, pupils, django_assert_num_queries
):
    room = make_class(pupils)
    for pupil in range(pupils):
        marks_of(room, "V" * 16 + "OO", pupil=pupil)
    teacher = room.teacher
    teacher.appointments.get().groups.add(room.group)
    url = reverse("absence:pupils", kwargs={"urn": room.school.urn})
    for person, statements in ((room.officer, 10), (teacher, 11)):
        client.force_login(person)
        with django_assert_num_queries(statements):
            response = client.get(url, {"as_at": "2025-09-12"})
        assert response.context["summary"].pupils == pupils


def test_who_crossed_a_line_is_named_first(client):
    room = four_weeks()
    response = page_of(client, room, since="7")
    crossed, near = response.context["first"]
    assert near.what == "is within two sessions of it"
    assert crossed.what == "became persistently absent"
    assert read_page(crossed.names).text == called(room, 1)
    text = text_of(response)
    assert "1 pupil became persistently absent" in text
    assert "from Good" in text
    assert "as many as on 19 Sep" in text  # one crossed and one went back since


def called(room: ClassOfPupils, pupil: int) -> str:
    one = room.enrolments[pupil].pupil
    return f"{one.forename} {one.surname}"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"moved": "worse", "since": "7"}, [1]),
        ({"moved": "better", "since_on": "2025-09-12"}, [0]),
        ({"moved": "into-persistent", "since_on": "2025-09-05"}, [1]),
        ({"moved": "out-of-persistent", "since_on": "2025-09-05"}, [0]),
        ({"was": "90-85", "since_on": "2025-09-12"}, [0]),
        ({"moved": "worse", "since": "28"}, []),  # before the first session
        ({"band": "at-or-near-the-line", "sort": "to-spare"}, [1, 0]),
        ({"need": "FSM"}, [2]),
        ({"need": "SEN"}, [0]),
        ({"last": "persistent"}, [0]),
        ({"last": "away"}, [1, 2]),
    ],
)
def test_the_filters_hold_together_in_the_address(client, asked, found):
    room = four_weeks()
    with_last_year(room, "O" * 10 + "V" * 10)
    first, _, third = (enrolment.pupil for enrolment in room.enrolments)
    factories.CharacteristicFactory(pupil=first, kind="SEN", value="K", from_on=date(2024, 1, 1))
    factories.CharacteristicFactory(pupil=third, kind="FSM", value="Y", from_on=date(2025, 1, 1))
    factories.CharacteristicFactory(  # it ended before
        pupil=first, kind="FSM", value="Y", from_on=date(2024, 1, 1), until_on=date(2025, 9, 1)
    )
    response = page_of(client, room, **asked)
    assert not response.context["form"].errors
    expected = [room.enrolments[pupil].pupil.surname for pupil in found]
    assert names(response) == expected if "sort" in asked else set(names(response)) == set(expected)
    for chip in response.context["chips"]:
        assert chip.label in response.text
        again = client.get(f"{response.request['PATH_INFO']}?{chip.query}")
        assert len(again.context["chips"]) == len(response.context["chips"]) - 1


def test_last_year_is_that_of_the_child_whatever_the_spell(client):
    room = four_weeks()
    with_last_year(room, "O" * 10 + "V" * 10)
    response = page_of(client, room, sort="-last-year")
    line = response.context["lines"][0]
    assert (line.row.last_year.absent, line.row.last_year.possible) == (10, 20)
    assert "50.0%" in response.text
    assert "severe" in response.text
    assert text_of(response).count("not here") == 2


@pytest.mark.parametrize("before", [True, False])
def test_every_row_has_a_cell_under_every_heading(client, before):
    room = four_weeks(4)
    if before:
        with_last_year(room, "V" * 20)
    factories.EnrolmentFactory(  # without a session yet
        pupil__school=room.school, starts_on=date(2025, 9, 26)
    )
    (table,) = re.findall(
        r'<table class="[^"]*at-risk-table.*?</table>', page_of(client, room).text, re.S
    )
    head, *rows = re.findall(r"<tr>.*?</tr>", table, re.S)
    assert len(rows) == 5
    assert {len(re.findall(r"<t[hd]\b", row)) for row in rows} == {head.count("<th")}


def test_without_a_year_before_nothing_is_said_of_it(client):
    response = page_of(client, four_weeks())
    assert "Last year" not in response.text.split("<table")[2]
    assert "Persistent last year too" not in response.text


def test_the_way_back_is_a_number_and_a_day(client):
    room = make_class(1, days=30)
    marks_of(room, "I" * 4 + "V" * 16)
    response = page_of(client, room, as_at="2025-09-12")
    (line,) = response.context["lines"]
    assert line.row.to_spare == 1  # of 60 sessions the year's line is 6
    back_on = short_day(room.sessions[40].date)
    assert f"back under after 21 in a row, {back_on}" in text_of(response)


def test_since_when_a_pupil_stands_where_it_stands_comes_from_the_nights(client):
    room = four_weeks(2)
    bring_standings_up_to_date(room.school, as_at=date(2025, 9, 26), known_at=timezone.now())
    response = page_of(client, room, sort="-missed")
    row = response.context["lines"][0].row
    # 5 of 35 are over an eighth, and under 15 per cent; 6 of 36 are over it
    assert row.in_band_since == room.sessions[35].date
    assert "since 24 Sep" in text_of(response)


def test_who_has_left_is_there_when_asked_for_and_says_so(client):
    room = four_weeks()
    gone = room.enrolments[2]
    gone.leaves_on = date(2025, 9, 19)
    gone.save()
    assert gone.pupil.surname not in names(page_of(client, room))
    response = page_of(client, room, left="on")
    assert gone.pupil.surname in names(response)
    assert "left 19 Sep" in text_of(response)


def test_a_teacher_sees_the_own_groups_and_no_export(client):
    room = four_weeks()
    other = factories.GroupFactory(school=room.school, name="9Z")
    room.enrolments[2].memberships.update(group=other)
    room.teacher.appointments.get().groups.add(room.group)
    response = page_of(client, room, room.teacher)
    assert set(names(response)) == {e.pupil.surname for e in room.enrolments[:2]}
    assert "of your 2 pupils" in text_of(response)
    assert "pupils.csv" not in response.text
    for name in ("absence:pupils_csv", "absence:pupils_xlsx"):
        assert page_of(client, room, room.teacher, name).status_code == 403


def test_a_teacher_without_a_group_reads_how_to_get_one(client):
    room = four_weeks()
    room.teacher.appointments.get().groups.clear()
    assert "No group is yours yet" in page_of(client, room, room.teacher).text


def test_what_cannot_be_read_is_said_and_the_list_is_there(client):
    room = four_weeks()
    for asked, said in [
        ({"moved": "sideways"}, "The list has no “sideways”: choose another"),
        ({"since": "3"}, "Choose the day that the movement is measured from"),
        ({"since_on": "2999-01-01"}, "Nobody has moved since a day to come"),
        ({"since_on": "yesterday"}, "Write the day as a date"),
    ]:
        response = page_of(client, room, **asked)
        assert said in response.text
        assert len(names(response)) == 3
        assert read_page(response).all_of("details", class_="further", open="")


def test_the_bands_lead_to_their_pupils(client):
    room = four_weeks()
    response = page_of(client, room, since="7")
    lines = {line.band.name: line.band for line in response.context["band_table"].lines}
    assert (lines["<85-50"].pupils, lines["<85-50"].came_in) == (1, 1)
    assert (lines["100-95"].went, lines["100-95"].change) == (1, -1)
    found = page_of(client, room, since="7", was="100-95", moved="any")
    assert names(found) == [room.enrolments[1].pupil.surname]


def test_a_spark_is_drawn_for_complete_weeks(client):
    room = four_weeks()
    response = page_of(client, room, sort="-missed")
    spark = response.context["lines"][0].spark
    assert "Missed in the last 4 complete weeks: 0, 0, 0, 10" in spark
    early = page_of(client, room, as_at="2025-09-03")
    assert {line.spark for line in early.context["lines"]} == {""}


def test_the_export_is_the_list_as_it_is_filtered(client):
    room = four_weeks()
    with capture_logs() as logs:
        response = page_of(
            client, room, name="absence:pupils_csv", moved="worse", since="7", sort="name"
        )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="pupils-{room.school.urn}-{LAST_DAY}.csv"' in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert lines[0] == [f"{room.school.name} ({room.school.urn}): 1 pupil"]
    assert "01/09/2025 to 26/09/2025; movement since 19/09/2025" in lines[1][0]
    assert lines[2] == ["Only: Into a worse band"]
    assert [line[1] for line in lines[6:]] == [room.enrolments[1].pupil.surname]
    (taken,) = [entry for entry in logs if entry["event"] == "pupils_exported"]
    assert (taken["user_id"], taken["school_id"], taken["pupils"]) == (
        room.officer.pk,
        room.school.pk,
        1,
    )


def test_the_workbook_has_every_pupil_and_not_only_a_page(client):
    room = make_class(PER_PAGE + 3)
    response = page_of(client, room, name="absence:pupils_xlsx", as_at="2025-09-12")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet.max_row == 5 + PER_PAGE + 3


def test_an_export_of_a_school_without_a_calendar_leads_to_the_page_that_says_so(client):
    officer = factories.AppointmentFactory()
    client.force_login(officer.user)
    response = client.get(reverse("absence:pupils_csv", kwargs={"urn": officer.school.urn}))
    assert response.status_code == 302
    assert response.url == reverse("absence:pupils", kwargs={"urn": officer.school.urn})


def test_the_day_before_the_year_is_half_terms_end(client):
    room = four_weeks()
    response = page_of(client, room, since="half-term")
    assert response.context["since"] == date(2025, 9, 1) - timedelta(days=1)
    assert not response.context["movement_is_known"]
    assert "Change" not in response.text.split("Bands")[1].split("</table>")[0].split("<thead>")[1]
