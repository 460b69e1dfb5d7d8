"""A pupil who has left, and was marked since: the quick path, and what the grounds ask for."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from registers.models import Enrolment, LeavingEvidence, Mark, RollChange, WeekTally
from registers.rules.admission import GROUNDS
from tests.factories.classes import make_class
from tests.factories.drawn_schools import marks_of
from tests.html_page import numbers_in, read_page

pytestmark = pytest.mark.django_db
FIRST, TODAY = date(2026, 10, 5), date(2026, 11, 20)
ANOTHER_SCHOOL = next(ground for ground in GROUNDS if ground.startswith("9(1)(a)"))
TWENTY_DAYS = next(ground for ground in GROUNDS if ground.startswith("9(1)(i)"))


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def room(db):
    """Seven weeks; the last week N, after days in school."""
    room = make_class(2, first=FIRST, days=35)
    marks_of(room, "/\\" * 30 + "NN" * 5)
    return room


def page(room, name="enrolment_leave", **query):
    enrolment = room.enrolments[0]
    kwargs = {"pupil_id": enrolment.pupil_id, "enrolment_id": enrolment.pk}
    address = reverse(f"registers:{name}", kwargs={"urn": room.school.urn, **kwargs})
    return address + (f"?next={query['next']}" if query else "")


def hidden(response):
    return {name: response.context["form"][name].value() or "" for name in ("seen", "asked")}


def test_a_leaver_of_last_week_is_off_the_roll_in_two_presses(client, room):
    client.force_login(room.officer)
    address = page(room)
    first = client.get(address)
    assert "13 November" in read_page(first).help_of("leaves_on")
    typed = {"leaves_on": "2026-11-13", "leaving_ground": ANOTHER_SCHOOL, "reason": "Told late"}
    looked = client.post(address, typed)
    falls = looked.context["moves"].falls
    assert (falls.sessions, falls.marks, falls.first) == (10, 10, date(2026, 11, 16))
    cells = [cell for row in read_page(looked).rows for cell in row.cells]
    assert {"10 of 70", "0 of 60"} <= set(cells)
    assert not looked.context["form"].errors  # the ground's own field is shown, not yet asked for
    typed |= hidden(looked)
    again = client.post(address, typed)
    assert list(again.context["form"].errors) == ["text"]
    done = client.post(address, typed | hidden(again) | {"text": "Ellerwick Academy"})
    assert done.status_code == 302
    enrolment = Enrolment.objects.get(pk=room.enrolments[0].pk)
    assert enrolment.leaves_on == date(2026, 11, 13)
    assert LeavingEvidence.objects.get().text == "Ellerwick Academy"
    assert Mark.objects.on_roll().filter(enrolment=enrolment).count() == 60
    assert not WeekTally.objects.filter(monday=date(2026, 11, 16), unauthorised__gt=0).exists()
    assert RollChange.objects.get().after == "13 November 2026; 10 marks count no more"


def test_the_twenty_day_ground_is_refused_for_a_pupil_who_was_present_with_the_run(client, room):
    client.force_login(room.officer)
    typed = {"leaves_on": "2026-11-20", "leaving_ground": TWENTY_DAYS, "reason": ""}
    refused = client.post(page(room), typed)
    assert numbers_in(read_page(refused).wrong["leaving_ground"])[:2] == [
        20,
        5,
    ]  # asked for, and counted
    assert read_page(refused).has_field("text")
    assert Enrolment.objects.get(pk=room.enrolments[0].pk).leaves_on is None


def test_a_date_is_put_back_by_the_same_page(client, room):
    Enrolment.objects.filter(pk=room.enrolments[0].pk).update(
        leaves_on=date(2026, 11, 13), leaving_ground=ANOTHER_SCHOOL
    )
    client.force_login(room.officer)
    address = page(room, "enrolment_edit")
    typed = {"starts_on": str(FIRST), "kind": "main", "leaves_on": "", "leaving_ground": ""}
    assert list(read_page(client.post(address, typed)).wrong) == ["reason"]
    looked = client.post(address, typed | {"reason": "Still here"})
    assert looked.context["moves"].opens.marks == 10
    typed |= {"reason": "Still here", **hidden(looked)}
    assert client.post(address, typed).status_code == 302
    assert Enrolment.objects.get(pk=room.enrolments[0].pk).leaves_on is None


def test_a_leaver_without_marks_since_is_off_the_roll_at_once_and_back_on_the_register(
    client, room
):
    client.force_login(room.officer)
    back = f"/schools/{room.school.urn}/registers/"
    typed = {"leaves_on": "2026-11-20", "leaving_ground": "9(1)(k) Died", "reason": ""}
    done = client.post(page(room, next=back), typed)
    assert (done.status_code, done["Location"]) == (302, back)


@pytest.mark.parametrize("days", [10, 35])
def test_the_page_takes_as_many_statements_for_few_marks_as_for_many(
    client, django_assert_max_num_queries, days
):
    room = make_class(2, first=FIRST, days=days)
    marks_of(room, "/\\" * days)
    client.force_login(room.officer)
    typed = {"leaves_on": "2026-10-09", "leaving_ground": TWENTY_DAYS, "reason": "x"}
    with django_assert_max_num_queries(24):
        assert client.post(page(room), typed).status_code == 200


def test_the_quick_path_begins_at_the_register_row_the_roll_and_the_pupils_page(client, room):
    teacher, officer = room.teacher, room.officer
    pupil = {"urn": room.school.urn, "pupil_id": room.enrolments[0].pupil_id}
    register = {"urn": room.school.urn, "group_id": room.group.pk, "half": "am", "date": FIRST}
    places = [
        reverse("registers:register", kwargs=register),
        reverse("registers:roll", kwargs={"urn": room.school.urn}),
        reverse("registers:pupil_edit", kwargs=pupil),
        reverse("interventions:pupil", kwargs=pupil),
    ]
    client.force_login(officer)
    assert [place for place in places[1:] if page(room) not in client.get(place).text] == []
    opens_at = timezone.make_aware(datetime.combine(FIRST, room.school.morning_at))
    for person, there in ((officer, True), (teacher, False)):
        client.force_login(person)
        with time_machine.travel(opens_at + timedelta(minutes=5), tick=False):
            assert (page(room) in client.get(places[0]).text) is there
