"""The day's registers: whose they are, how they stand, and the clock that ends them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from registers.marks.changes import MarkChange, MarkKey
from registers.models import Amendment, Cover, Register
from registers.policies import Refused
from registers.register.actions.late_entries import enter_late
from registers.register.actions.registers import end_registers, open_register
from registers.register.actions.saving import save_marks
from registers.register.cover import actions as cover_actions
from registers.tasks import end_registers as end_registers_task
from tests import factories
from tests.factories.classes import make_class

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)  # a Tuesday in winter: London is on UTC


def at(hour, minute=0):
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def room_today(pupils=3, days=10):
    """A class whose second day is DAY; nobody has opened a register."""
    room = make_class(pupils, first=DAY - timedelta(days=1), days=days)
    Register.objects.all().delete()
    return room


def session_of(room, on=DAY, half=0):
    return next(one for one in room.sessions if (one.date, one.half) == (on, half))


def opened(room, half=0, by=None, now=None):
    now = now or at(8, 46) if half == 0 else now or at(13, 16)
    return open_register(
        group=room.group, session=session_of(room, half=half), by=by or room.teacher, now=now
    )


def page(client, room, person, query=""):
    client.force_login(person)
    url = reverse("registers:today", kwargs={"urn": room.school.urn})
    return client.get(url + query)


def words(response):
    return " ".join(response.content.decode().split())


# ---------- the page


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(8, 0), "Not open yet"),
        (at(8, 46), "Due"),
        (at(9, 1), "Overdue"),
        (at(9, 15), "Not taken"),
    ],
)
def test_a_teacher_sees_how_the_register_stands(client, now, said):
    room = room_today()
    with time_machine.travel(now, tick=False):
        text = words(page(client, room, room.teacher))
    assert f"{room.group} morning" in text
    assert said in text


def test_the_page_counts_what_is_marked_and_who_took_it(client):
    room = room_today(4)
    register = opened(room)
    with time_machine.travel(at(8, 50), tick=False):
        save_marks(
            register_id=register.pk,
            changes=[
                MarkChange(MarkKey(enrolment.pk, DAY, 0), code, 0)
                for enrolment, code in zip(room.enrolments, "/NL", strict=False)
            ],
            save_key="3f1f3ad8-7a53-4d0a-a0c5-5b5a7e0e8c11",
            by=room.teacher,
        )
        text = words(page(client, room, room.teacher))
    assert "Incomplete" in text
    assert "1 of 4 pupils is not marked" in text
    assert "Go on with the register" in text


def test_a_teacher_sees_own_groups_and_cover_and_no_others(client):
    room = room_today()
    covered, other = (factories.GroupFactory(school=room.school, name=n) for n in ("8K", "8L"))
    for group in (covered, other):
        enrolment = factories.EnrolmentFactory(
            pupil__school=room.school, starts_on=room.enrolments[0].starts_on
        )
        factories.MembershipFactory(group=group, enrolment=enrolment)
    factories.CoverFactory(group=covered, date=DAY, user=room.teacher)
    with time_machine.travel(at(8, 50), tick=False):
        text = words(page(client, room, room.teacher))
        assert ">8K" in text  # a token may hold the two letters, but no tag before them
        assert "Cover" in text
        assert ">8L" not in text
        office = words(page(client, room, room.officer))
    assert ">8K" in office
    assert ">8L" in office


def test_a_teacher_without_groups_is_told_what_to_do(client):
    room = room_today()
    newcomer = factories.AppointmentFactory(school=room.school, role="teacher").user
    with time_machine.travel(at(8, 50), tick=False):
        text = words(page(client, room, newcomer))
    assert "No register is yours today" in text
    assert "administrator" in text


def test_a_day_without_school_names_the_next_session(client):
    room = room_today()
    with time_machine.travel(at(8, 50), tick=False):
        text = words(page(client, room, room.teacher, "?date=2026-11-28"))
    assert "The school does not meet on this day" in text
    assert "Monday 30 November 2026, in the morning" in text


def test_a_day_that_is_no_day_shows_today_and_says_so(client):
    room = room_today()
    with time_machine.travel(at(8, 50), tick=False):
        response = page(client, room, room.teacher, "?date=tomorrow")
    assert response.status_code == 200
    assert "That is no day" in words(response)


def test_what_is_planned_is_said_without_its_reason(client):
    room = room_today()
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[0], from_on=DAY, until_on=DAY, note="A grandparent's funeral"
    )
    with time_machine.travel(at(8, 50), tick=False):
        text = words(page(client, room, room.teacher))
    assert "Planned leave" in text
    assert "funeral" not in text


def test_a_school_without_pupils_or_calendar(client):
    person = factories.AppointmentFactory(role="office").user
    school = person.appointments.get().school
    client.force_login(person)
    response = client.get(reverse("registers:today", kwargs={"urn": school.urn}))
    assert response.status_code == 200
    assert "calendar" in words(response)


@pytest.mark.parametrize("role", ["teacher", "office"])
@pytest.mark.parametrize("pupils", [10, 60])
def test_a_bigger_school_costs_no_more_statements(
    client, django_assert_max_num_queries, role, pupils
):
    room = room_today(pupils)
    for enrolment in room.enrolments:
        factories.PlannedAbsenceFactory(enrolment=enrolment, from_on=DAY, until_on=DAY)
    person = room.teacher if role == "teacher" else room.officer
    client.force_login(person)
    url = reverse("registers:today", kwargs={"urn": room.school.urn})
    with time_machine.travel(at(8, 50), tick=False), django_assert_max_num_queries(13):
        assert client.get(url).status_code == 200


# ---------- opening


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (at(8, 44), "opens at 8:45 on Tuesday 24 November 2026"),
        (at(9, 15), "has ended"),
    ],
)
def test_nobody_opens_a_register_out_of_its_time(now, why):
    room = room_today()
    for person in (room.teacher, room.officer):
        with pytest.raises(Refused, match=why):
            opened(room, by=person, now=now)
    assert not Register.objects.exists()


def test_nobody_opens_the_register_of_a_day_to_come():
    room = room_today()
    with pytest.raises(Refused, match="Wednesday 25 November"):
        open_register(
            group=room.group,
            session=session_of(room, on=DAY + timedelta(days=1)),
            by=room.officer,
            now=at(8, 50),
        )


def test_a_session_that_was_not_held_has_no_register():
    room = room_today()
    session = session_of(room)
    session.is_open, session.closed_because = False, "Snow"
    session.save()
    with pytest.raises(Refused, match="Snow"):
        open_register(group=room.group, session=session, by=room.teacher, now=at(8, 50))


def test_opening_twice_keeps_the_first_and_costs_two_statements(django_assert_num_queries):
    room = room_today()
    session = session_of(room)
    with django_assert_num_queries(2):
        first = open_register(group=room.group, session=session, by=room.teacher, now=at(8, 46))
    again = open_register(group=room.group, session=session, by=room.officer, now=at(8, 50))
    assert again.pk == first.pk
    stands = Register.objects.get()
    assert (stands.opened_at, stands.opened_by) == (at(8, 46), room.teacher)


def test_a_teacher_opens_own_groups_and_those_given_for_that_day_alone():
    room = room_today()
    colleague = factories.AppointmentFactory(school=room.school, role="teacher").user
    stranger = factories.AppointmentFactory(role="slt").user
    for person in (colleague, stranger):
        with pytest.raises(Refused):
            opened(room, by=person)
    factories.CoverFactory(group=room.group, date=DAY - timedelta(days=1), user=colleague)
    with pytest.raises(Refused):
        opened(room, by=colleague)
    factories.CoverFactory(group=room.group, date=DAY, user=colleague)
    assert opened(room, by=colleague).pk


# ---------- the end


def test_the_clock_ends_registers_at_their_time_and_not_at_the_tasks():
    room = room_today()
    register = opened(room)
    assert end_registers(now=at(9, 14)) == 0
    assert end_registers(now=at(11, 40)) == 1
    register.refresh_from_db()
    assert register.ended_at == at(9, 15)
    assert end_registers(now=at(11, 41)) == 0


def test_the_clock_ends_all_schools_at_once(django_assert_num_queries):
    rooms = [room_today() for _ in range(4)]
    rooms[3].school.morning_at = "09:05"
    rooms[3].school.save()
    for room in rooms[:3]:
        opened(room)
    rooms[3].school.refresh_from_db()
    opened(rooms[3], now=at(9, 6))
    with django_assert_num_queries(2):
        assert end_registers(now=at(9, 20)) == 3
    assert Register.objects.filter(ended_at=None).get().group == rooms[3].group
    with time_machine.travel(at(9, 36)):
        end_registers_task()
    assert Register.objects.get(group=rooms[3].group).ended_at == at(9, 35)


def test_a_save_after_the_end_is_refused_before_the_task_has_run():
    room = room_today()
    register = opened(room)
    change = MarkChange(MarkKey(room.enrolments[0].pk, DAY, 0), "/", 0)
    with pytest.raises(Refused, match="has ended"):
        save_marks(
            register_id=register.pk,
            changes=[change],
            save_key="3f1f3ad8-7a53-4d0a-a0c5-5b5a7e0e8c12",
            by=room.teacher,
            now=at(9, 15),
        )
    saved = save_marks(
        register_id=register.pk,
        changes=[change],
        save_key="3f1f3ad8-7a53-4d0a-a0c5-5b5a7e0e8c12",
        by=room.teacher,
        now=at(9, 14),
    )
    assert len(saved.saved) == 1


# ---------- late entries


def late(room, *changes, by=None, reason="The system was down", **more):
    return enter_late(
        group=room.group,
        session=session_of(room),
        changes=changes,
        reason=reason,
        save_key=more.pop("save_key", "3f1f3ad8-7a53-4d0a-a0c5-5b5a7e0e8c13"),
        by=by or room.officer,
        now=at(11, 0),
        **more,
    )


def test_blanks_are_filled_with_an_amendment_each_even_where_nobody_opened_the_register():
    room = room_today(2)
    changes = [MarkChange(MarkKey(one.pk, DAY, 0), "/", 0) for one in room.enrolments]
    assert len(late(room, *changes).saved) == 2
    said = Amendment.objects.values_list("code_before", "code_after", "reason", "by_name")
    assert set(said) == {("", "/", "The system was down", room.officer.name)}
    assert late(room, *changes).repeated


def test_late_entries_need_a_reason_an_officer_and_an_end():
    room = room_today(1)
    change = MarkChange(MarkKey(room.enrolments[0].pk, DAY, 0), "/", 0)
    with pytest.raises(Refused, match="Say why"):
        late(room, change, reason=" ")
    with pytest.raises(Refused):
        late(room, change, by=room.teacher)
    with pytest.raises(Refused, match="not ended"):
        enter_late(
            group=room.group,
            session=session_of(room),
            changes=[change],
            reason="Early",
            save_key="3f1f3ad8-7a53-4d0a-a0c5-5b5a7e0e8c14",
            by=room.officer,
            now=at(9, 14),
        )
    assert not Amendment.objects.exists()


def test_a_register_taken_on_paper_names_both():
    room = room_today(1)
    late(room, MarkChange(MarkKey(room.enrolments[0].pk, DAY, 0), "/", 0), taken_by=room.teacher)
    register = Register.objects.get()
    assert (register.taken_by, register.entered_by) == (room.teacher, room.officer)
    stranger = factories.UserFactory()
    with pytest.raises(Refused, match="staff"):
        late(room, taken_by=stranger, save_key="3f1f3ad8-7a53-4d0a-a0c5-5b5a7e0e8c15")


# ---------- cover


def cover_page(client, room, person, **sent):
    client.force_login(person)
    url = reverse("registers:cover", kwargs={"urn": room.school.urn})
    return client.post(url, sent) if sent else client.get(url)


def test_cover_is_given_listed_and_taken_back(client):
    room = room_today()
    colleague = factories.AppointmentFactory(school=room.school, role="teacher").user
    with time_machine.travel(at(7, 50), tick=False):
        sent = {"date": str(DAY), "group": room.group.pk, "user": colleague.pk}
        assert cover_page(client, room, room.officer, **sent).status_code == 302
        cover = Cover.objects.get()
        assert (cover.given_by, cover.user) == (room.officer, colleague)
        text = words(cover_page(client, room, room.officer))
        assert colleague.name in text
        assert "Take back" in text
        again = cover_page(client, room, room.officer, **sent)
        assert cover_actions.ALREADY in words(again)
        url = reverse(
            "registers:cover_take_back", kwargs={"urn": room.school.urn, "cover_id": cover.pk}
        )
        assert client.post(url).status_code == 302
    assert not Cover.objects.exists()


def test_a_cover_that_was_used_stays(client):
    room = room_today()
    colleague = factories.AppointmentFactory(school=room.school, role="teacher").user
    cover = factories.CoverFactory(group=room.group, date=DAY, user=colleague)
    opened(room, by=colleague)
    with pytest.raises(Refused, match="stays"):
        cover_actions.take_back_cover(cover_id=cover.pk, school=room.school, by=room.officer)
    with time_machine.travel(at(9, 50), tick=False):
        assert "Used: it stays" in words(cover_page(client, room, room.officer))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"date": "", "group": "", "user": ""}, "Choose the day of the cover"),
        ({"date": "2026-11-23"}, "That day is over"),
        ({"date": "2026-13-45"}, "Write the day as a date"),
        ({"group": "999999"}, "Choose a group of the list"),
        ({"user": "x"}, "Choose somebody of this school’s staff"),
    ],
)
def test_wrong_cover_says_what_to_do_and_keeps_what_was_typed(client, sent, said):
    room = room_today()
    good = {"date": str(DAY), "group": room.group.pk, "user": room.teacher.pk}
    with time_machine.travel(at(7, 50), tick=False):
        response = cover_page(client, room, room.officer, **(good | sent))
    assert response.status_code == 200
    assert said in words(response)
    assert not Cover.objects.exists()


def test_cover_of_another_schools_group_or_by_a_teacher_is_refused(client):
    room, other = room_today(), room_today()
    with pytest.raises(Refused):
        cover_actions.give_cover(
            school=room.school, group=other.group, on=DAY, to=room.teacher, by=room.officer
        )
    assert cover_page(client, room, room.teacher).status_code == 403
    theirs = factories.CoverFactory(group=other.group, date=DAY)
    client.force_login(room.officer)
    url = reverse(
        "registers:cover_take_back", kwargs={"urn": room.school.urn, "cover_id": theirs.pk}
    )
    assert client.post(url).status_code == 404
