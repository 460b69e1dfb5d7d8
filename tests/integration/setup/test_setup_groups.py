"""Groups, places in them with their days, tutors, and year groups."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from registers import policies
from registers.models import Appointment, EnrolmentYear, Group, Membership
from registers.roll.groups import actions as groups_actions
from tests import factories
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.html_page import read_page

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def room(client, today):
    """Three pupils in a registration group, in the fortnight around today."""
    room = make_class(3, first=today - timedelta(days=today.weekday()))
    room.boss = factories.AppointmentFactory(school=room.school, role="administrator").user
    client.force_login(room.boss)
    return room


def address(name: str, room, **kwargs) -> str:
    return reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **kwargs})


def of(room, group=None) -> str:
    return address("group", room, group_id=(group or room.group).pk)


def places(enrolment) -> list[tuple[str, date, date | None]]:
    rows = Membership.objects.filter(enrolment=enrolment).order_by("from_on")
    return list(rows.values_list("group__name", "from_on", "until_on"))


def test_a_group_is_made_and_takes_pupils(client, room, today):
    response = client.post(address("groups", room), {"name": "Trip to York", "kind": "trip"})
    trip = Group.objects.get(kind="trip")
    assert response.url == of(room, trip)
    pupil = room.enrolments[0].pupil
    found = client.get(of(room, trip), {"q": pupil.surname})
    assert [one.pk for one in found.context["candidates"]] == [room.enrolments[0].pk]
    sent = {"add": "yes", "q": pupil.surname, "pupils": [room.enrolments[0].pk], "from_on": today}
    response = client.post(of(room, trip), sent, follow=True)
    assert "1 pupil is in Trip to York" in response.text
    assert len(places(room.enrolments[0])) == 2  # the registration group stays


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"name": "", "kind": "registration"}, "Name the group"), ({"name": "9X"}, "required")],
)
def test_what_is_wrong_with_a_group_is_said(client, room, sent, said):
    response = client.post(address("groups", room), sent)
    assert response.status_code == 200
    assert said in str(response.context["form"].errors)


def test_two_groups_of_a_kind_have_two_names(client, room):
    sent = {"name": room.group.name, "kind": "registration"}
    response = client.post(address("groups", room), sent)
    assert "is there already" in response.text
    other = factories.GroupFactory(school=room.school)
    response = client.post(of(room, other), {"rename": "yes", "name": room.group.name})
    assert "is there already" in response.text
    client.post(of(room, other), {"rename": "yes", "name": "9 Maple"})
    other.refresh_from_db()
    assert other.name == "9 Maple"


def test_a_pupil_moves_to_another_registration_group_from_a_day(client, room, today):
    other = factories.GroupFactory(school=room.school)
    enrolment = room.enrolments[0]
    place = enrolment.memberships.get()
    url = f"{address('group_end', room, group_id=room.group.pk)}?place={place.pk}"
    assert client.get(url).status_code == 200
    response = client.post(url, {"last_on": today, "move_to": other.pk}, follow=True)
    assert f"is in {other.name} from" in response.text
    assert places(enrolment) == [
        (room.group.name, enrolment.starts_on, today),
        (other.name, today + DAY, None),
    ]


def test_a_place_ends_on_a_day(client, room, today):
    place = room.enrolments[0].memberships.get()
    url = f"{address('group_end', room, group_id=room.group.pk)}?place={place.pk}"
    client.post(url, {"last_on": today})
    assert places(room.enrolments[0]) == [(room.group.name, room.enrolments[0].starts_on, today)]


def test_a_register_that_was_taken_keeps_its_pupils(room, today):
    """A place in a registration group does not begin or end before the pupil's last mark."""
    enrolment = room.enrolments[0]
    marks_of(room, "V" * 10)
    last = enrolment.marks.order_by("-date").first().date
    after = last + DAY
    other = factories.GroupFactory(school=room.school)
    done, refused = groups_actions.add_members(
        group=other, enrolment_ids=[enrolment.pk], from_on=last, by=room.boss, today=after
    )
    assert (done, "has marks up to" in refused[0].why) == (0, True)
    with pytest.raises(policies.Refused, match="has marks up to"):
        groups_actions.end_membership(
            membership=enrolment.memberships.get(), last_on=last - DAY, by=room.boss, today=after
        )
    assert len(places(enrolment)) == 1
    done, refused = groups_actions.add_members(
        group=other, enrolment_ids=[enrolment.pk], from_on=after, by=room.boss, today=after
    )
    assert (done, refused) == (1, [])
    assert places(enrolment)[0][2] == last


def test_a_place_does_not_reach_into_a_later_one_of_the_same_group(room, today):
    trip = factories.GroupFactory(school=room.school, kind="trip")
    enrolment = room.enrolments[0]
    first = factories.MembershipFactory(
        group=trip, enrolment=enrolment, from_on=today, until_on=today + 2 * DAY
    )
    factories.MembershipFactory(group=trip, enrolment=enrolment, from_on=today + 5 * DAY)
    with pytest.raises(policies.Refused, match="Another place in this group begins"):
        groups_actions.end_membership(
            membership=first, last_on=today + 5 * DAY, by=room.boss, today=today
        )
    groups_actions.end_membership(
        membership=first, last_on=today + 4 * DAY, by=room.boss, today=today
    )
    first.refresh_from_db()
    assert first.until_on == today + 4 * DAY


def test_a_year_group_that_is_none_of_the_list_is_given_to_nobody(room):
    before = list(EnrolmentYear.objects.values_list("enrolment", "year_group"))
    with pytest.raises(policies.Refused):
        groups_actions.set_year_groups(
            year=room.year,
            enrolment_ids=[enrolment.pk for enrolment in room.enrolments],
            year_group="Maple",
            by=room.boss,
        )
    assert list(EnrolmentYear.objects.values_list("enrolment", "year_group")) == before


def test_nobody_is_in_a_group_before_or_after_their_time_on_the_roll(room, today):
    enrolment = room.enrolments[0]
    other = factories.GroupFactory(school=room.school)
    early = enrolment.starts_on - DAY
    _, refused = groups_actions.add_members(
        group=other, enrolment_ids=[enrolment.pk], from_on=early, by=room.boss, today=early
    )
    assert "comes on the roll" in refused[0].why
    enrolment.leaves_on = today + 3 * DAY
    enrolment.save()
    _, refused = groups_actions.add_members(
        group=other,
        enrolment_ids=[enrolment.pk],
        from_on=today + 5 * DAY,
        by=room.boss,
        today=today,
    )
    assert "leaves the roll" in refused[0].why
    groups_actions.add_members(
        group=other, enrolment_ids=[enrolment.pk], from_on=today + DAY, by=room.boss, today=today
    )
    assert places(enrolment)[-1] == (other.name, today + DAY, enrolment.leaves_on)


def test_a_second_place_in_the_same_group_is_refused(room, today):
    enrolment = room.enrolments[0]
    _, refused = groups_actions.add_members(
        group=room.group, enrolment_ids=[enrolment.pk], from_on=today, by=room.boss, today=today
    )
    assert "on that day already" in refused[0].why


def test_another_schools_pupil_comes_into_no_group(room, today):
    stranger = factories.EnrolmentFactory(starts_on=today)
    done, refused = groups_actions.add_members(
        group=room.group, enrolment_ids=[stranger.pk], from_on=today, by=room.boss, today=today
    )
    assert (done, refused) == (0, [])


def test_ticks_and_day_stay_after_a_wrong_day(client, room, today):
    trip = factories.GroupFactory(school=room.school, kind="trip", name="York")
    pupil = room.enrolments[0]
    sent = {"add": "yes", "q": pupil.pupil.surname, "pupils": [pupil.pk], "from_on": "soon"}
    response = client.post(of(room, trip), sent)
    assert "as a date" in response.text
    assert read_page(response).field("from_on").value == "soon"
    assert str(pupil.pk) in response.context["ticked"]
    assert "checked" in response.text


def test_an_empty_group_can_be_removed_and_no_other(client, room):
    other = factories.GroupFactory(school=room.school)
    client.post(of(room, other), {"remove": "yes"})
    assert not Group.objects.filter(pk=other.pk).exists()
    response = client.post(of(room), {"remove": "yes"})
    assert "has or had pupils" in response.text


def test_tutors_are_the_administrators_to_choose(client, room):
    held = Appointment.objects.get(user=room.teacher)
    room.group.staff.clear()
    client.post(of(room), {"set_tutors": "yes", "tutors": [held.pk]})
    assert list(room.group.staff.all()) == [held]
    client.force_login(room.officer)
    page = client.get(of(room))
    assert page.status_code == 200
    assert "Whose it is" not in page.text
    client.post(of(room), {"set_tutors": "yes", "tutors": []})
    assert list(room.group.staff.all()) == [held]


@pytest.mark.parametrize("pupils", [2, 30])
def test_a_group_takes_as_many_statements_whatever_its_size(
    client, pupils, today, django_assert_max_num_queries
):
    room = make_class(pupils, first=today)
    boss = factories.AppointmentFactory(school=room.school, role="administrator")
    client.force_login(boss.user)
    with django_assert_max_num_queries(11):
        client.get(of(room), {"without": "1"})
    with django_assert_max_num_queries(8):
        client.get(address("groups", room))
    with django_assert_max_num_queries(13):
        client.get(address("year_groups_of", room, year_id=room.year.pk))


# --- year groups


def test_ticked_pupils_get_a_year_group(client, room):
    url = address("year_groups_of", room, year_id=room.year.pk)
    ids = [enrolment.pk for enrolment in room.enrolments[:2]]
    response = client.post(url, {"pupils": ids, "year_group": "10"}, follow=True)
    assert "2 pupils were changed to Year 10" in response.text
    assert EnrolmentYear.objects.filter(year_group="10").count() == 2
    client.post(url, {"pupils": ids[:1], "year_group": "none"})
    page = client.get(url, {"year": "none"})
    assert [row.pk for row in page.context["page"]] == ids[:1]
    assert "1 without a year group" in " ".join(page.text.split())


def test_no_year_group_is_taken_away_by_accident(client, room):
    url = address("year_groups_of", room, year_id=room.year.pk)
    ids = [enrolment.pk for enrolment in room.enrolments]
    response = client.post(url, {"pupils": ids, "year_group": ""})
    assert "Choose the year group that the ticked pupils are in" in response.text
    assert response.text.count("checked") == 3
    assert EnrolmentYear.objects.count() == 3


def test_nobody_ticked_is_said(client, room):
    url = address("year_groups_of", room, year_id=room.year.pk)
    assert "Tick the pupils" in client.post(url, {"year_group": "10"}).text


def test_everybody_moves_up_as_it_was_shown(client, room):
    after = factories.AcademicYearFactory(
        school=room.school, name="2027/28", starts_on=date(2027, 9, 1), ends_on=date(2028, 7, 20)
    )
    stays, leaver, odd = room.enrolments
    leaver.leaves_on = date(2027, 7, 20)
    leaver.save()
    EnrolmentYear.objects.filter(enrolment=odd).update(year_group="Maple")
    url = address("year_move_up", room, year_id=after.pk)
    page = client.get(url)
    assert page.context["lines"] == [("Year 9", "Year 10", 1)]
    assert "1 pupil leaves the roll" in page.text
    assert "does not know the next of" in page.text
    client.post(url, {"seen": page.context["moving"].digest})
    rows = EnrolmentYear.objects.filter(academic_year=after).values_list("enrolment", "year_group")
    assert list(rows) == [(stays.pk, "10")]
    assert "There is nobody to move up" in client.post(url, {"seen": ""}).text


def test_a_roll_that_changed_meanwhile_is_looked_at_again(client, room):
    after = factories.AcademicYearFactory(
        school=room.school, name="2027/28", starts_on=date(2027, 9, 1), ends_on=date(2028, 7, 20)
    )
    url = address("year_move_up", room, year_id=after.pk)
    assert "Look once more" in client.post(url, {"seen": "another"}).text
    assert not EnrolmentYear.objects.filter(academic_year=after).exists()


def test_a_year_group_of_no_list_is_shown_until_it_is_put_right(client, room):
    odd = room.enrolments[0]
    EnrolmentYear.objects.filter(enrolment=odd).update(year_group="Maple")
    guide = client.get(address("set_up", room))
    assert "1 pupil with a year group that is none of the list" in guide.text
    url = address("year_groups_of", room, year_id=room.year.pk)
    page = client.get(url)
    assert page.context["others"] == [("Maple", 1)]
    assert [row.pk for row in client.get(url, {"year": "Maple"}).context["page"]] == [odd.pk]
    client.post(url, {"pupils": [odd.pk], "year_group": "R"})
    assert client.get(url).context["others"] == []
    with pytest.raises(policies.Refused):
        groups_actions.set_year_groups(
            year=room.year, enrolment_ids=[odd.pk], year_group="Maple", by=room.boss
        )


@pytest.mark.parametrize(
    ("kept", "code"),
    [("Year 12", "12"), ("Y12", "12"), ("Year  7", "7"), ("07", "7"), ("Reception", "R"),
     ("Maple", "Maple"), ("²", "²"), ("15", "15"), ("N2", "N2")],
)  # fmt: skip
def test_year_groups_that_stand_in_other_words_get_their_code(room, kept, code):
    migration = import_module("registers.migrations.0010_year_groups_of_one_list")
    EnrolmentYear.objects.filter(enrolment=room.enrolments[0]).update(year_group=kept)
    migration.forwards(apps, connection.schema_editor())
    assert EnrolmentYear.objects.get(enrolment=room.enrolments[0]).year_group == code


def test_the_office_may_not_plan_the_year_and_may_keep_groups(client, room):
    client.force_login(room.officer)
    assert client.get(address("groups", room)).status_code == 200
    assert client.get(address("calendar", room)).status_code == 403
    with pytest.raises(policies.Refused):
        groups_actions.make_group(school=room.school, kind="trip", name="York", by=room.teacher)
