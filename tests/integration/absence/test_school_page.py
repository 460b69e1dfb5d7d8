"""The school in figures: the sentence, the same point of last year, today, and empty schools."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Session
from tests import factories
from tests.factories.classes import ClassOfPupils, make_class, school_days
from tests.factories.drawn_schools import marks_of, write_all
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
LAST_DAY = "2025-09-12"


def page_of(client, room: ClassOfPupils, person=None, **asked):
    client.force_login(person or room.officer)
    url = reverse("absence:school", kwargs={"urn": room.school.urn})
    return client.get(url, {"as_at": LAST_DAY, **asked})


def text_of(response) -> str:
    return read_page(response).text


def add_last_year(room: ClassOfPupils, codes: str, *, pupils: int = 1, days: int = 20) -> None:
    """A year before of some days in which each of these pupils had these marks."""
    met = school_days(date(2024, 9, 2), days)
    year = factories.AcademicYearFactory(
        school=room.school, name="2024/25", starts_on=met[0], ends_on=met[-1]
    )
    half_days = [(day, half) for day in met for half in (0, 1)]
    Session.objects.bulk_create(
        Session(school=room.school, academic_year=year, date=day, half=half)
        for day, half in half_days
    )
    for enrolment in room.enrolments[:pupils]:
        spell = factories.EnrolmentFactory(
            pupil=enrolment.pupil, school=room.school, starts_on=met[0], leaves_on=met[-1]
        )
        factories.EnrolmentYearFactory(enrolment=spell, academic_year=year, year_group="8")
        made = zip(half_days, codes, strict=False)
        write_all([MarkChange(MarkKey(spell.pk, *half_day), code, 0) for half_day, code in made])


@pytest.mark.parametrize("pupils", [2, 60])
def test_the_page_takes_twelve_statements_whatever_the_number_of_pupils(
    client, pupils, django_assert_max_num_queries
):
    room = make_class(pupils)
    for pupil in range(pupils):
        marks_of(room, "V" * 8 + "OI", pupil=pupil)
    add_last_year(room, "V" * 30, pupils=min(pupils, 5))
    client.force_login(room.officer)
    url = reverse("absence:school", kwargs={"urn": room.school.urn})
    with django_assert_max_num_queries(12):
        response = client.get(url, {"as_at": LAST_DAY})
    assert response.context["now"].pupils == pupils


def test_the_sentence_is_the_answer(client):
    room = make_class(2)
    marks_of(room, "OO" + "V" * 18)
    marks_of(room, "V" * 20, pupil=1)
    add_last_year(room, "V" * 20 + "O" * 20, pupils=2)
    text = text_of(page_of(client, room))
    assert "Attendance this year is 95.0%, down 5.0 points" in text
    assert "on this point of last year" in text
    assert "1 of 2 pupils is persistently absent, where there were 0 of 2" in text
    assert "2024/25 up to its 10th school day, Friday 13 September 2024" in text
    assert "England, secondary, 2025/26: 91.5%" in text


def test_last_year_is_only_counted_to_the_same_point(client):
    room = make_class(1)
    marks_of(room, "V" * 20)
    add_last_year(room, "V" * 20 + "O" * 20)
    response = page_of(client, room)
    assert response.context["last_point"] == date(2024, 9, 13)
    assert response.context["before"].tally.attended == 20
    assert response.context["before"].tally.absent == 0
    assert response.context["origins"].out == 1  # over the line in the whole of last year


def test_a_school_in_its_first_year_compares_with_nothing(client):
    room = make_class(1)
    marks_of(room, "V" * 20)
    response = page_of(client, room)
    text = text_of(response)
    assert "There is no year before in this register to compare with" in text
    assert "last year" not in text.lower().replace("no year before", "")
    assert response.context["trend"].chart


def test_in_the_first_week_the_chart_waits(client):
    room = make_class(1)
    marks_of(room, "VVVV")
    response = page_of(client, room, as_at="2025-09-02")
    assert "The first week is not over yet" in response.text
    assert "2 school days" in text_of(response)


def test_a_school_without_marks_or_pupils_or_calendar_reads_well(client):
    room = make_class(1)
    assert "There is no possible session in 2025/26 yet" in text_of(page_of(client, room))
    assert "They come with the first import" in page_of(client, make_class(0)).text
    officer = factories.AppointmentFactory()
    client.force_login(officer.user)
    response = client.get(reverse("absence:school", kwargs={"urn": officer.school.urn}))
    assert "has no calendar yet" in response.text


def test_who_left_counts_as_the_dfe_counts_and_the_list_agrees(client):
    room = make_class(3)
    marks_of(room, "O" * 10)
    for pupil in (1, 2):
        marks_of(room, "V" * 20, pupil=pupil)
    gone = room.enrolments[0]
    gone.leaves_on = date(2025, 9, 5)
    gone.save()
    response = page_of(client, room)
    assert response.context["now"].persistent == 1
    assert "2 of 3 still are" in text_of(response)
    (link, *_) = re.findall(r'class="figure">\s*<a href="([^"]+)"', response.text)
    link = link.replace("&amp;", "&")
    assert len(client.get(link.split("#")[0]).context["lines"]) == 1


def test_small_groups_are_not_shown(client):
    room = make_class(12)
    for pupil in range(12):
        marks_of(room, "V" * 18 + "OO", pupil=pupil)
    for enrolment in room.enrolments[:3]:
        factories.CharacteristicFactory(
            pupil=enrolment.pupil, kind="Looked after", value="Y", from_on=date(2025, 1, 1)
        )
    page = read_page(page_of(client, room))
    assert "Under 10 pupils and not shown: Looked after" in page.text
    assert not page.has_row("Looked after")


def test_the_week_stands_beside_the_week_of_the_same_number(client):
    room = make_class(1)
    marks_of(room, "V" * 10 + "OOVVVVVVVV")
    add_last_year(room, "V" * 10 + "OOOO" + "V" * 26)
    response = page_of(client, room, as_at="2025-09-11")
    week = next(figure for figure in response.context["ledger"] if "Week of" in figure.label)
    assert "75.0" in week.value  # six of eight
    assert week.note == "to Thursday. 50.0% in that week last year"  # four of eight


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ((8, 0), "Registers have not opened yet"),
        ((9, 0), "1 of 1 morning registers complete"),
        ((14, 0), "0 of 1 afternoon registers complete, 1 not marked"),
    ],
)
def test_today_is_told_while_it_goes_on(client, at, said):
    room = make_class(2, first=date(2025, 9, 1), days=10)
    for pupil in range(2):
        marks_of(room, "V" * 18 + ("IO" if pupil else "V."), pupil=pupil)
    with time_machine.travel(
        datetime(2025, 9, 12, *at, tzinfo=ZoneInfo("Europe/London")), tick=False
    ):
        client.force_login(room.officer)
        url = reverse("absence:school", kwargs={"urn": room.school.urn})
        response = client.get(url)
    assert response.context["as_at"] == date(2025, 9, 11)
    assert said in text_of(response)


def test_on_a_day_without_school_nothing_of_today_is_said(client):
    room = make_class(1)
    marks_of(room, "V" * 20)
    client.force_login(room.officer)
    url = reverse("absence:school", kwargs={"urn": room.school.urn})
    with time_machine.travel(
        datetime(2025, 9, 13, 9, tzinfo=ZoneInfo("Europe/London")), tick=False
    ):
        now, then = client.get(url), client.get(url, {"as_at": "2025-09-05"})
    assert now.context["today"] is None
    assert "The school does not meet today" in now.text
    assert "Today so far" not in then.text  # today is out of place beside another day's figures
    assert "After 5 school days" in text_of(then)


def test_the_movement_of_the_bands_is_that_of_the_list(client):
    room = make_class(2, days=20)
    marks_of(room, "V" * 30 + "I" * 10)
    marks_of(room, "V" * 40, pupil=1)
    response = page_of(client, room, as_at="2025-09-26", since="7")
    lines = {line.band.name: line.band for line in response.context["band_table"].lines}
    assert lines["<85-50"].came_in == 1
    assert response.context["since"] == date(2025, 9, 26) - timedelta(days=7)


def test_a_teacher_is_refused(client):
    room = make_class(1)
    assert page_of(client, room, room.teacher).status_code == 403
