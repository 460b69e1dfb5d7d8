"""A roll call: everybody at once, each press once, nothing lost that waited on a device."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from registers.models import RollCall, RollCallChild, RollCallTick
from registers.office.roll_call import actions
from registers.office.roll_call.queries import past_calls, read_roll_call
from registers.policies import Refused, Role
from tests import factories
from tests.at_once import at_once
from tests.factories.office import at, office_class, page, put, the_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    """Four pupils: in, in, ill, and one without a mark."""
    room = office_class(4)
    for number, code in enumerate("//I"):
        put(room, number, code)
    return room


@pytest.fixture
def call(room):
    return actions.start_roll_call(
        school=room.school, is_practice=True, by=room.teacher, now=at("10:00")
    )


def ids(room) -> list[int]:
    return [one.pk for one in room.enrolments]


def sent(room, *found: tuple[int, bool], made="10:02", now="10:02", **more) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "person": room.teacher.pk,
        "made_at": at(made).timestamp() * 1000,
        "sent_at": at(now).timestamp() * 1000,
        "changes": [{"enrolment": ids(room)[n], "found": is_found} for n, is_found in found],
    } | more


def post(room, call, body, person=None, now="10:02"):
    client = Client()
    client.force_login(person or room.teacher)
    with the_time(now):
        url = page(room, "roll_call_ticks", call_id=call.pk)
        return client.post(url, json.dumps(body), "application/json")


def missing_names(call) -> set[int]:
    return {one.enrolment_id for group in read_roll_call(call).groups for one in group.missing}


def test_it_begins_with_everybody_where_they_should_be(room, call):
    where = dict(RollCallChild.objects.values_list("enrolment_id", "where"))
    assert [where[pk] for pk in ids(room)] == ["here", "here", "away", "look"]
    assert actions.missing(call) == 3


def test_who_presses_second_gets_the_same_one(room, call):
    again = actions.start_roll_call(
        school=room.school, is_practice=False, by=room.officer, now=at("10:01")
    )
    assert again == call
    assert RollCall.objects.count() == 1


def test_what_is_marked_later_does_not_change_the_list(room, call):
    put(room, 3, "I")
    assert actions.missing(call) == 3


def test_a_tick_is_there_once_however_often_it_is_sent(room, call):
    body = sent(room, (0, True), (1, True))
    for _ in range(3):
        answer = post(room, call, body)
        assert len(answer.json()["saved"]) == 2
    assert RollCallTick.objects.count() == 2
    assert missing_names(call) == {ids(room)[3]}


def test_two_tablets_that_were_apart_agree(room, call):
    """The first ticked at 10:02 without a wifi; the second took it back at 10:05, which was sent
    before."""
    post(room, call, sent(room, (0, False), made="10:05", now="10:05"), now="10:05")
    post(room, call, sent(room, (0, True), made="10:02", now="10:07"), now="10:07")
    assert ids(room)[0] in missing_names(call)
    made = RollCallTick.objects.get(is_found=True).made_at
    assert made == at("10:02")


def test_who_was_away_can_be_found_and_is_not_missed(room, call):
    post(room, call, sent(room, (2, True)))
    found = read_roll_call(call).groups[0].away[0]
    assert (found.enrolment_id, bool(found.tick)) == (ids(room)[2], True)
    assert actions.missing(call) == 3


def test_nobody_elses_pupils_and_nobody_elses_ticks(room, call):
    other = factories.EnrolmentFactory()
    body = sent(room)
    body["changes"] = [{"enrolment": other.pk, "found": True}]
    refused = post(room, call, body).json()
    assert refused["refused"] == [{"enrolment": other.pk, "why": actions.NOT_IN_IT}]
    assert post(room, call, sent(room, (0, True)), person=room.officer).status_code == 409
    assert not RollCallTick.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "no"},
        {"changes": []},
        {"changes": [{"enrolment": 1}]},
        {"changes": [{"enrolment": True, "found": True}]},
        {"changes": [{"enrolment": 1, "found": "yes"}]},
        {"changes": {"enrolment": 1}},
        {"made_at": None},
        {"person": "7"},
    ],
)
def test_what_no_page_of_ours_sends_is_refused(room, call, wrong):
    assert post(room, call, sent(room, (0, True)) | wrong).status_code == 400


def test_it_ends_with_a_word_about_who_was_not_found(room, call):
    with pytest.raises(Refused, match="what was done"):
        actions.end_roll_call(call=call, note=" ", by=room.teacher, now=at("10:20"))
    stranger = factories.AppointmentFactory(school=room.school, role=Role.TEACHER).user
    with pytest.raises(Refused):
        actions.end_roll_call(call=call, note="Rang home", by=stranger, now=at("10:20"))
    ended = actions.end_roll_call(call=call, note="At home", by=room.officer, now=at("10:20"))
    assert (ended.ended_by, ended.note) == (room.officer, "At home")
    post(room, call, sent(room, (0, True), made="10:03", now="10:30"), now="10:30")
    assert ids(room)[0] not in missing_names(call)  # seen before it ended, sent after


def test_how_long_it_took_is_told(room, call):
    assert past_calls([call])[0].words == "3 not found"
    post(room, call, sent(room, (0, True), (1, True), (3, True), made="10:04", now="10:04"))
    actions.end_roll_call(call=call, note="", by=room.teacher, now=at("10:10"))
    RollCallTick.objects.update(made_at=at("10:04"))
    assert past_calls([call])[0].words == "all found in 4 min"


def test_without_scripts_a_form_says_the_same(client, room, call):
    client.force_login(room.teacher)
    url = page(room, "roll_call_on", call_id=call.pk)
    with the_time("10:02"):
        client.post(url, {"row": ids(room), "found": ids(room)[:2]})
        assert missing_names(call) == {ids(room)[3]}
        client.post(url, {"row": ids(room), "was": ids(room)[:2], "found": ids(room)[:1]})
    assert missing_names(call) == {ids(room)[1], ids(room)[3]}


def test_a_form_that_was_opened_before_takes_nobody_back(client, room, call):
    post(room, call, sent(room, (0, True)))
    client.force_login(room.officer)
    client.post(
        page(room, "roll_call_on", call_id=call.pk), {"row": ids(room), "found": ids(room)[1]}
    )
    assert missing_names(call) == {ids(room)[3]}


def test_an_open_page_hears_of_it_and_is_told_nothing_twice(client, room, call):
    client.force_login(room.officer)
    url = page(room, "roll_call_ticks", call_id=call.pk)
    before = client.get(url)
    assert before.json()["found"] == {}
    assert client.get(url, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    post(room, call, sent(room, (1, True)))
    after = client.get(url, headers={"If-None-Match": before.headers["ETag"]}).json()
    assert after["found"][str(ids(room)[1])]["by"] == str(room.teacher)


def test_the_address_starts_one_and_leads_to_the_one_that_is_on(client, room):
    client.force_login(room.teacher)
    with the_time("10:00"):
        assert client.get(page(room, "roll_call")).context["counts"]["expected"] == 3
        started = client.post(page(room, "roll_call"), {"is_practice": "on"})
        call = RollCall.objects.get()
        assert started.url == page(room, "roll_call_on", call_id=call.pk)
        assert client.get(page(room, "roll_call")).url == started.url
    assert call.is_practice


@pytest.mark.parametrize("pupils", [4, 40])
def test_it_asks_as_much_for_many_as_for_few(client, pupils, django_assert_max_num_queries):
    room = office_class(pupils)
    call = actions.start_roll_call(
        school=room.school, is_practice=True, by=room.teacher, now=at("10:00")
    )
    actions.tick(
        call=call,
        changes=dict.fromkeys(ids(room)[: pupils // 2], True),
        key=uuid.uuid4(),
        by=room.teacher,
        now=at("10:02"),
    )
    client.force_login(room.teacher)
    with the_time("10:03"):
        with django_assert_max_num_queries(8):
            client.get(page(room, "roll_call_on", call_id=call.pk))
        with django_assert_max_num_queries(7):
            client.get(page(room, "roll_call_ticks", call_id=call.pk))
        with django_assert_max_num_queries(11):
            client.get(page(room, "roll_call"), follow=False)
        with django_assert_max_num_queries(10):
            client.get(page(room, "evacuation_page"))


@pytest.mark.parametrize("number", [1, 5])
def test_roll_calls_before_cost_the_same_for_one_as_for_five(
    client, room, number, django_assert_max_num_queries
):
    for _ in range(number):
        call = actions.start_roll_call(
            school=room.school, is_practice=True, by=room.teacher, now=at("10:00")
        )
        actions.end_roll_call(call=call, note="At home", by=room.teacher, now=at("10:10"))
    client.force_login(room.teacher)
    with the_time("10:30"), django_assert_max_num_queries(13):
        before = client.get(page(room, "roll_call")).context["before"]
    assert [one.words for one in before] == ["3 not found"] * number


def test_eight_who_press_at_the_same_moment_start_one(racing_db):
    room = office_class(2)

    def start() -> int:
        return actions.start_roll_call(
            school=room.school, is_practice=False, by=room.teacher, now=at("10:00")
        ).pk

    assert len(set(at_once([start] * 8))) == 1
    assert RollCallChild.objects.count() == 2


def test_a_wait_is_told_by_the_device_and_not_by_its_clock(room, call):
    """A tablet whose clock is a year behind, which waited five minutes."""
    body = sent(room, (0, True))
    year_ago = at("10:09") - timedelta(days=365)
    body["made_at"] = (year_ago - timedelta(minutes=5)).timestamp() * 1000
    body["sent_at"] = year_ago.timestamp() * 1000
    post(room, call, body, now="10:09")
    assert RollCallTick.objects.get().made_at == at("10:04")
