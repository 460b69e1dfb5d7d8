"""The pupil page: what it says, to whom, of what pupils schools really have, at what cost."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from absence.figures.calendar import NoAcademicYearError, calendar_of
from absence.figures.pupil_years import pupil_years
from absence.figures.school import pupils_to
from registers.marks.changes import MarkChange, MarkKey
from registers.models import Enrolment, Session
from registers.rules.tally import Tally
from registers.web.addresses import mark_url
from tests import factories
from tests.factories.classes import ClassOfPupils, make_class
from tests.factories.drawn_schools import drawn_schools, marks_of, write_all, write_school
from tests.factories.figures import pupil_year, year_of
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 9, 15)  # the day after the two weeks of `make_class`
PAGE_BYTES = 82_000  # the database gives ids of one digit more or less
SIXTY_LETTERS = "Maximiliana-Oluwaseun-Konstantinopolita-Fernandez-Villarreal"


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(datetime(2025, 9, 15, 9, 0, tzinfo=UTC), tick=False):
        yield


def page(client, room: ClassOfPupils, *, pupil: int = 0, by=None, **asked):
    client.force_login(by or room.officer)
    return client.get(address(room, pupil), asked)


def address(room: ClassOfPupils, pupil: int = 0) -> str:
    pupil_id = room.enrolments[pupil].pupil_id
    return reverse("interventions:pupil", kwargs={"urn": room.school.urn, "pupil_id": pupil_id})


def text_of(response) -> str:
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&lt;", "<").split())


def test_it_opens_with_how_much_since_when_and_the_way_out(client):
    room = make_class(1, days=60)
    marks_of(room, "VV" * 4 + "OO" + "VV" * 5)
    said = text_of(page(client, room))
    assert "Missed 2 of 20 sessions since Monday 1 September: persistently absent" in said
    assert "since Friday 5 September" in said
    assert "The way out: miss at most 9 sessions more" in said
    assert "2 of 20 missed is 10.0%" in said
    assert "20 ≥ 20" in said


def test_the_figures_are_those_of_the_list(client):
    room = make_class(3)
    marks_of(room, [*"/\\LUION", "Y4"], pupil=0)
    marks_of(room, "/\\" * 10, pupil=1)
    response = page(client, room)
    row = next(
        row
        for row in pupils_to(room.school, room.year.ends_on)
        if row.enrolment_id == room.enrolments[0].pk
    )
    assert response.context["figures"].tally == row.tally


def test_marks_of_a_day_are_links_amended_ones_are_folded(client):
    room = make_class(1)
    marks_of(room, "/O")
    enrolment = room.enrolments[0]
    key = MarkKey(enrolment.pk, room.sessions[1].date, 1)
    write_all([MarkChange(key, "I", 1, reason="Parent rang")])
    shown = read_page(page(client, room))
    (cell,) = shown.all_of("a", class_="is-amended")
    day = room.sessions[1].date
    assert cell.get("href") == mark_url(room.school.urn, enrolment.pk, day, 1)
    assert cell.get("aria-label") == "Mon 1 Sep, afternoon, I, Illness, amended"


def test_a_change_while_the_register_was_open_is_no_fold(client):
    room = make_class(1)
    marks_of(room, "O")
    key = MarkKey(room.enrolments[0].pk, room.sessions[0].date, 0)
    write_all([MarkChange(key, "/", 1)])
    assert page(client, room).context["figures"].marks[0].amended is False


def test_plans_stand_dashed_in_the_grid_and_in_their_list(client):
    room = make_class(1, days=20)
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[0], from_on=date(2025, 9, 17), until_on=date(2025, 9, 17),
        slots=0b11 << 4, note="Funeral",
    )  # fmt: skip
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[0], from_on=date(2025, 9, 18), until_on=date(2025, 9, 18),
        withdrawn_at=datetime(2025, 9, 10, tzinfo=UTC), withdrawn_by=room.officer,
    )  # fmt: skip
    response = page(client, room)
    assert response.content.decode().count("is-planned") == 4  # two sessions, the key, the list
    assert "Funeral" in text_of(response)
    teacher = page(client, room, by=_teacher_of(room))
    assert "Funeral" not in text_of(teacher)


def _teacher_of(room):
    room.teacher.appointments.get().groups.add(room.group)
    return room.teacher


def test_without_a_mark_there_is_nothing_to_add_up(client):
    said = text_of(page(client, make_class(1)))
    assert "No possible session in 2025/26 yet" in said
    assert "20 sessions were due and have none" in said


def test_a_school_without_a_calendar_still_shows_the_pupil(client):
    enrolment = factories.EnrolmentFactory()
    officer = factories.AppointmentFactory(school=enrolment.school).user
    client.force_login(officer)
    url = reverse(
        "interventions:pupil",
        kwargs={"urn": enrolment.school.urn, "pupil_id": enrolment.pupil_id},
    )
    assert "No figures yet" in text_of(client.get(url))
    with pytest.raises(NoAcademicYearError, match="no calendar yet"):
        pupil_year(enrolment, MONDAY)


def test_the_first_day_of_term_counts_itself(client):
    room = make_class(1, first=MONDAY)
    marks_of(room, "/")
    response = page(client, room)
    assert response.context["figures"].tally == Tally(1, 0, 0, 0, 1)
    assert "Here for all 1 possible sessions" in text_of(response)


def test_before_the_first_day_the_last_year_is_shown(client):
    room = make_class(1)
    marks_of(room, "OO")
    factories.AcademicYearFactory(
        school=room.school, name="2026/27", starts_on=date(2026, 9, 3), ends_on=date(2027, 7, 20)
    )
    response = page(client, room)
    assert response.context["year"].name == "2025/26"
    assert [year.name for year, _ in response.context["page"].choices] == ["2025/26"]


def test_somebody_who_has_left_and_somebody_yet_to_come(client):
    room = make_class(2)
    marks_of(room, "OO")
    gone, coming = room.enrolments
    Enrolment.objects.filter(pk=gone.pk).update(
        leaves_on=date(2025, 9, 3), leaving_ground="Moved away"
    )
    Enrolment.objects.filter(pk=coming.pk).update(starts_on=date(2025, 9, 22))
    said = text_of(page(client, room))
    assert "Left on Wednesday 3 September 2025 (Moved away)." in said
    assert "The way out" not in said
    assert "Joins on Monday 22 September 2025." in text_of(page(client, room, pupil=1))


def test_years_and_spells_can_be_chosen(client):
    room = make_class(1)
    marks_of(room, "OO")
    pupil = room.enrolments[0].pupil
    earlier = factories.AcademicYearFactory(
        school=room.school, name="2024/25", starts_on=date(2024, 9, 2), ends_on=date(2025, 7, 21)
    )
    spell = factories.EnrolmentFactory(
        pupil=pupil, starts_on=date(2024, 9, 2), leaves_on=date(2025, 3, 7)
    )
    Session.objects.create(school=room.school, academic_year=earlier, date=date(2024, 9, 2), half=0)
    write_all([MarkChange(MarkKey(spell.pk, date(2024, 9, 2), 0), "I", 0)])
    response = page(client, room)
    assert [year.name for year, _ in response.context["page"].choices] == ["2025/26", "2024/25"]
    assert response.context["figures"].last_year_tally == Tally(0, 1, 0)
    other = page(client, room, year=earlier.pk, enrolment=spell.pk)
    assert other.context["figures"].tally == Tally(0, 1, 0)
    assert "Missed 1 of 1 sessions in 2024/25" in text_of(other)
    not_then = {"year": earlier.pk, "enrolment": room.enrolments[0].pk}
    for wrong in ({"year": "no"}, {"year": 99999}, {"enrolment": 99999}, not_then):
        assert page(client, room, **wrong).status_code == 404


def test_long_names_and_names_from_right_to_left_are_isolated(client):
    room = make_class(2)
    first, second = (enrolment.pupil for enrolment in room.enrolments)
    first.surname, first.forename = SIXTY_LETTERS, SIXTY_LETTERS
    second.surname, second.forename = "الحسيني", "فاطمة"
    first.save()
    second.save()
    for number, pupil in enumerate((first, second)):
        marks_of(room, "VVOO" + "VV" * 6, pupil=number)
        response = page(client, room, pupil=number)
        assert f"{pupil.forename} {pupil.surname}" in read_page(response).names_apart
        html = response.text
        assert f"\N{FIRST STRONG ISOLATE}{pupil.forename}\N{POP DIRECTIONAL ISOLATE}" in html


def test_an_address_that_is_confidential_is_not_on_the_page(client):
    room = make_class(1)
    pupil = room.enrolments[0].pupil
    person = factories.PersonFactory(school=room.school, telephone="01632 960001, 01632 960002")
    factories.RelationshipFactory(
        pupil=pupil, person=person, address_confidential=True, court_order="No contact with W."
    )
    response = page(client, room)
    assert "Fuller" not in response.text
    assert "EW4 9RJ" not in response.text
    shown = read_page(response)
    assert "Address confidential" in shown.text
    assert {"tel:01632960001", "tel:01632960002"} <= shown.addresses
    assert "No contact with W." in shown.text


def test_siblings_share_somebody_with_responsibility_and_are_on_the_roll(client):
    room = make_class(4)
    pupils = [enrolment.pupil for enrolment in room.enrolments]
    mother, minder = (factories.PersonFactory(school=room.school) for _ in range(2))
    for pupil in pupils[:2]:
        factories.RelationshipFactory(pupil=pupil, person=mother)
    for pupil in (pupils[0], pupils[2]):
        factories.RelationshipFactory(
            pupil=pupil, person=minder, has_responsibility=False, kind="childminder"
        )
    factories.RelationshipFactory(pupil=pupils[3], person=mother)
    Enrolment.objects.filter(pk=room.enrolments[3].pk).update(leaves_on=date(2025, 9, 10))
    found = page(client, room).context["page"]
    assert [one.pupil_id for one in found.siblings] == [pupils[1].pk]
    assert len(found.contacts) == 2


def test_a_teacher_sees_pupils_of_own_groups_without_contacts_letters_and_log(client):
    room = make_class(1)
    marks_of(room, "OO")
    factories.RelationshipFactory(pupil=room.enrolments[0].pupil)
    factories.LetterFactory(enrolment=room.enrolments[0], academic_year=room.year)
    factories.InterventionFactory(enrolment=room.enrolments[0], next_step="Ring",
                                  next_step_on=MONDAY, next_step_owner=room.officer)  # fmt: skip
    stranger = factories.AppointmentFactory(school=room.school, role="teacher").user
    assert page(client, room, by=stranger).status_code == 404
    response = page(client, room, by=_teacher_of(room))
    assert response.status_code == 200
    said = text_of(response)
    for hidden in ("Contacts", "Meiling Chen", "Letters", "What was done", "Ring", "Calls home"):
        assert hidden not in said.replace("Calls home are", "")
    found = response.context["page"]
    assert [found.contacts, found.letters, found.log, found.next_steps] == [[], [], [], []]


def test_a_teacher_in_another_group_s_place_for_a_day_sees_its_pupils(client):
    room = make_class(1)
    other = factories.AppointmentFactory(school=room.school, role="teacher").user
    factories.CoverFactory(group=room.group, date=MONDAY, user=other)
    assert page(client, room, by=other).status_code == 200


def test_bands_that_the_pupil_was_in_stand_with_the_way_they_moved(client):
    room = make_class(1)
    marks_of(room, "OO" + "VV" * 9)
    for on, band, persistent in (
        (date(2025, 9, 5), "90-85", True),
        (date(2025, 9, 12), "<92-90", False),
    ):
        factories.StandingFactory(
            enrolment=room.enrolments[0], academic_year=room.year, on=on, band=band,
            persistently_absent=persistent, attended=9, authorised=1, unauthorised=0,
        )  # fmt: skip
    said = text_of(page(client, room))
    assert re.search(r"At risk .*?1 of 10 missed .*?Better .*?Persistent", said)


def test_characteristics_in_force_today_are_said_in_words(client):
    room = make_class(1)
    pupil = room.enrolments[0].pupil
    factories.CharacteristicFactory(pupil=pupil, kind="SEN", value="K")
    factories.CharacteristicFactory(pupil=pupil, kind="EAL", value="Y", until_on=date(2025, 9, 10))
    said = text_of(page(client, room))
    assert "SEN support" in said
    assert "additional language" not in said


def test_reading_it_is_logged_without_a_name(client, caplog):
    room = make_class(1)
    with caplog.at_level("INFO"):
        page(client, room)
    events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    (read,) = [event for event in events if event.get("event") == "pupil_page_read"]
    assert read["enrolment_id"] == room.enrolments[0].pk
    assert read["user_id"] == room.officer.pk


def _everything(room, many: int) -> None:
    """So much of everything about the first pupil, and siblings with their own."""
    enrolment = room.enrolments[0]
    marks_of(room, "O/" * 10)
    last = factories.AcademicYearFactory(
        school=room.school, name="2024/25", starts_on=date(2024, 9, 2), ends_on=date(2025, 7, 21)
    )
    factories.TermFactory(academic_year=room.year)
    factories.ClosedDayFactory(academic_year=last, date=date(2024, 10, 28))
    for number in range(many):
        person = factories.PersonFactory(school=room.school)
        factories.RelationshipFactory(pupil=enrolment.pupil, person=person)
        sibling = factories.EnrolmentFactory(
            pupil__school=room.school, starts_on=room.year.starts_on
        )
        factories.RelationshipFactory(pupil=sibling.pupil, person=person)
        factories.CharacteristicFactory(
            pupil=enrolment.pupil, from_on=date(2025, 9, 1) + timedelta(days=number)
        )
        factories.StandingFactory(
            enrolment=enrolment,
            academic_year=room.year,
            on=date(2025, 9, 2) + timedelta(days=number),
        )
        factories.PlannedAbsenceFactory(enrolment=enrolment, made_by=room.officer)
        factories.FollowUpFactory(enrolment=enrolment, made_by=room.officer)
        copy = factories.LetterCopyFactory(
            letter__enrolment=enrolment, letter__academic_year=room.year, letter__ordinal=number + 1
        )
        colleague = factories.AppointmentFactory(school=room.school).user
        note = factories.InterventionFactory(
            enrolment=enrolment, made_by=room.officer, letter=copy.letter, next_step="Ring",
            next_step_on=MONDAY, next_step_owner=colleague,
            kind="own", own_kind=factories.InterventionKindFactory(school=room.school),
            done_on=date(2025, 9, 2) + timedelta(days=number),
        )  # fmt: skip
        for _ in range(3):
            factories.InterventionDocumentFactory(
                intervention=note, added_by=room.officer, name=f"{uuid.uuid4()}.pdf"
            )


def test_a_full_year_is_sent_in_few_bytes(client):
    """190 days, 57 half days to list, each half day a link with its name: before compression."""
    room = make_class(1, days=190)
    marks_of(room, ("/\\" * 7 + "II" + "/\\" + "L\\") * 19)
    with time_machine.travel(datetime(2026, 5, 25, 9, 0, tzinfo=UTC), tick=False):
        answer = page(client, room)
    marks = [link for link in read_page(answer).all_of("a") if link.get("aria-label")]
    assert len(marks) == 380
    assert len(answer.content) < PAGE_BYTES


@pytest.mark.parametrize("many", [1, 9])
@pytest.mark.parametrize(
    ("role", "statements"),
    [("attendance_officer", 14), ("safeguarding_lead", 15), ("teacher", 13), ("administrator", 13)],
)
def test_it_takes_as_many_statements_for_a_little_as_for_much(
    client, django_assert_max_num_queries, many, role, statements
):
    room = make_class(1)
    _everything(room, many)
    held = factories.AppointmentFactory(school=room.school, role=role)
    held.groups.add(room.group)
    client.force_login(held.user)
    with django_assert_max_num_queries(statements):
        response = client.get(address(room))
    assert response.status_code == 200
    if role == "attendance_officer":
        assert len(response.context["page"].log) == many
        assert len(response.context["page"].log[0].documents) == 3
        assert len(response.context["page"].siblings) == many


def test_the_figures_of_many_take_no_more_statements_than_of_one(django_assert_num_queries):
    room = make_class(20)
    for number in range(20):
        marks_of(room, "O/" * (number % 9 + 1), pupil=number)
    calendar = calendar_of(room.school)
    year = calendar.with_sessions(calendar.year_at(MONDAY))
    before = calendar.before(year)
    for some in (room.enrolments[:1], room.enrolments):
        with django_assert_num_queries(2 if before else 1):
            found = pupil_years(some, year, as_at=room.year.ends_on, last_year=before)
        assert len(found) == len(some)


def test_the_figures_agree_with_the_list_in_any_school():
    from hypothesis import HealthCheck, given, settings

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn_schools())
    def check(drawn):
        school = write_school(drawn)
        rows = {row.pupil_id: row.tally for row in pupils_to(school, drawn.as_at)}
        enrolments = list(Enrolment.objects.filter(school=school).select_related("school"))
        year = year_of(school, on=drawn.as_at)
        found = pupil_years(enrolments, year, as_at=drawn.as_at)
        for pupil, tally in rows.items():
            assert found[pupil].tally == tally
            counted = [line.total for line in found[pupil].sum_lines if line.counts]
            assert sum(counted) == tally.possible

    check()
