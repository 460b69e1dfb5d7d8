"""The late desk and signing out."""

from datetime import date

import pytest
from django.urls import reverse

from registers.marks.changes import MarkKey
from registers.models import Amendment, Mark, MarkComment, SignOut
from registers.rules.codes import Half
from tests import factories
from tests.factories.office import TUESDAY, at, code_of, office_class, page, put, the_time
from tests.html_page import read_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    room = office_class(3)
    client.force_login(room.officer)
    return room


def key(room, number=0, half=0):
    return MarkKey(room.enrolments[number].pk, TUESDAY, half)


def come_in(client, room, clock, number=0, half=0, **said):
    sent = {"enrolment": room.enrolments[number].pk, "half": half, "seen": 0, "keep": 0} | said
    with the_time(clock):
        return client.post(page(room, "late_desk_in"), sent, follow=True)


def mark(room, number=0, half=0):
    return Mark.objects.get(enrolment=room.enrolments[number], date=TUESDAY, half=half)


@pytest.mark.parametrize("letters", ["kit", "katherine ad"])
def test_a_pupil_is_found_by_both_forenames(client, room, letters):
    pupil = room.enrolments[0].pupil
    pupil.forename, pupil.preferred_name, pupil.surname = "Katherine", "Kit", "Adams"
    pupil.save()
    client.force_login(room.officer)
    with the_time("09:00"):
        for desk in ("late_desk", "sign_outs"):
            text = client.get(page(room, desk) + f"?q={letters}").content.decode()
            assert "Katherine (Kit) Adams" in text, desk


@pytest.mark.parametrize(
    ("clock", "half", "code", "minutes"),
    [
        ("08:45", 0, "L", 0),
        ("09:14", 0, "L", 29),
        ("09:15", 0, "U", 30),
        ("10:01", 0, "U", 76),
        ("13:20", 1, "L", 5),
        ("13:45", 1, "U", 30),
    ],
)
def test_one_press_marks_by_the_clock(client, room, clock, half, code, minutes):
    """Whether or not the register was opened."""
    come_in(client, room, clock, half=half)
    made = mark(room, half=half)
    assert (made.code_id, made.minutes_late) == (code, minutes)
    assert (made.source, made.made_by_id) == (Mark.Source.LATE_DESK, room.officer.pk)


def test_before_the_opening_nobody_is_late(client, room):
    assert "has not opened yet" in come_in(client, room, "08:40").content.decode()
    assert code_of(key(room)) is None


def test_n_becomes_u_with_its_amendment(client, room):
    put(room, 0, "N")
    come_in(client, room, "09:31", seen=1, reason="Bus broke down")
    assert code_of(key(room)) == "U"
    [changed] = Amendment.objects.all()
    assert (changed.code_before, changed.code_after) == ("N", "U")
    assert changed.reason == "Late desk: came in at 9.31am. Bus broke down"
    assert MarkComment.objects.get().text == "Bus broke down"


def test_n_becomes_l_while_the_register_is_open(client, room):
    put(room, 0, "N")
    come_in(client, room, "09:00", seen=1)
    assert code_of(key(room)) == "L"


def test_a_planned_appointment_asks_and_stays_with_the_hour_of_arrival(client, room):
    factories.PlannedAbsenceFactory(
        enrolment=room.enrolments[0], code_id="M", from_on=TUESDAY, until_on=TUESDAY, note="Dentist"
    )
    with the_time("10:14"):
        text = client.get(page(room, "late_desk") + "?q=okafor").content.decode()
    assert "Keep M" in text
    assert "Dentist" in text
    come_in(client, room, "10:14", keep=1)
    made = mark(room)
    assert (made.code_id, made.minutes_late, made.source) == ("M", 89, Mark.Source.LATE_DESK)


def test_a_planned_code_can_give_way(client, room):
    put(room, 0, "M", source=Mark.Source.PLAN)
    come_in(client, room, "10:14", seen=1, keep=0)
    assert code_of(key(room)) == "U"


def test_keeping_a_code_that_stands_notes_the_minutes_and_amends_no_code(client, room):
    put(room, 0, "M", source=Mark.Source.PLAN)
    come_in(client, room, "10:14", seen=1, keep=1)
    made = mark(room)
    assert (made.code_id, made.minutes_late, made.version) == ("M", 89, 2)
    noted = Amendment.objects.get()
    assert (noted.code_before, noted.code_after, noted.minutes_after) == ("M", "M", 89)
    assert not Amendment.objects.of_codes().exists()


def test_present_already_stays_as_it_is(client, room):
    put(room, 0, "/")
    assert "present already" in come_in(client, room, "09:31", seen=1).content.decode()
    assert code_of(key(room)) == "/"


def test_a_mark_that_changed_meanwhile_is_shown_first(client, room):
    put(room, 0, "N")
    put(room, 0, "I", seen=1, reason="Mother rang")
    text = come_in(client, room, "09:00", seen=1).content.decode()
    assert "somebody else changed the mark meanwhile, to I" in text
    assert code_of(key(room)) == "I"


def test_a_second_press_changes_nothing(client, room):
    come_in(client, room, "09:00")
    assert "late already" in come_in(client, room, "09:01").content.decode()
    assert mark(room).version == 1


def test_undo_amends_back(client, room):
    put(room, 0, "N")
    come_in(client, room, "09:31", seen=1)
    sent = {"enrolment": room.enrolments[0].pk, "half": 0, "seen": 2}
    with the_time("09:33"):
        client.post(page(room, "late_desk_undo"), sent)
    assert code_of(key(room)) == "N"
    assert Amendment.objects.count() == 2


def test_undo_of_an_arrival_that_kept_its_code_takes_the_minutes_back(client, room):
    put(room, 0, "M", source=Mark.Source.PLAN)
    come_in(client, room, "10:14", seen=1, keep=1)
    sent = {"enrolment": room.enrolments[0].pk, "half": 0, "seen": 2}
    with the_time("10:16"):
        client.post(page(room, "late_desk_undo"), sent)
    assert (mark(room).code_id, mark(room).minutes_late) == ("M", None)


def test_undo_of_what_was_blank_leads_to_the_mark(client, room):
    come_in(client, room, "09:00")
    sent = {"enrolment": room.enrolments[0].pk, "half": 0, "seen": 1}
    with the_time("09:33"):
        response = client.post(page(room, "late_desk_undo"), sent)
    assert f"/marks/{room.enrolments[0].pk}/2025-09-09/am/" in response.url
    assert code_of(key(room)) == "L"


def test_after_the_end_a_blank_is_a_late_entry_whether_or_not_it_was_opened(client, room):
    come_in(client, room, "09:31")
    assert [row.code_before for row in Amendment.objects.all()] == [""]


def test_the_search_answers_with_and_without_script(client, room):
    with the_time("09:31"):
        desk = page(room, "late_desk")
        whole = read_page(client.get(f"{desk}?q=siyuan"))
        part = read_page(client.get(f"{desk}?q=siyuan", headers={"HX-Request": "true"}))
        none = read_page(client.get(f"{desk}?q=<script>"))
    assert whole.text.count("U, 46 min, Siyuan") == part.text.count("U, 46 min, Siyuan") == 3
    assert whole.is_whole
    assert not part.is_whole
    assert "<script>" in none.text


def test_a_pupil_who_is_out_is_offered_the_return(client, room):
    factories.SignOutFactory(
        enrolment=room.enrolments[0], date=TUESDAY, left_at=at("09:20"), reason="Dentist"
    )
    with the_time("09:31"):
        assert "Back in" in client.get(page(room, "late_desk") + "?q=okafor").content.decode()


@pytest.mark.parametrize("sent", [{}, {"enrolment": "x"}, {"enrolment": "99999999"}])
def test_a_wrong_pupil_is_not_found(client, room, sent):
    with the_time("09:31"):
        assert client.post(page(room, "late_desk_in"), sent).status_code == 404


@pytest.mark.parametrize("size", [10, 60])
def test_the_desks_statements_do_not_grow(client, size, django_assert_max_num_queries):
    room = office_class(size)
    client.force_login(room.officer)
    for number in range(size):
        put(room, number, "L", minutes=4)
    with the_time("09:31"), django_assert_max_num_queries(10):
        client.get(page(room, "late_desk") + "?q=siyuan")


# --- signing out


def leave(client, room, clock="10:45", number=0, **said):
    sent = {
        "enrolment": room.enrolments[number].pk,
        "left_at": clock,
        "reason": "Dentist",
        "collected_by_whom": "Mother",
    } | said
    with the_time("11:00"):
        return client.post(page(room, "sign_outs"), sent, follow=True)


def test_leaving_is_written_down_and_the_mark_stays(client, room):
    put(room, 0, "/")
    before = Mark.objects.values().get()
    leave(client, room)
    outing = SignOut.objects.get()
    assert (outing.left_at, outing.reason) == (at("10:45"), "Dentist")
    with the_time("11:30"):
        client.post(page(room, "sign_out", sign_out_id=outing.pk), {"back": 1})
    outing.refresh_from_db()
    assert outing.returned_at == at("11:30")
    assert outing.returned_by == room.officer
    assert Mark.objects.values().get() == before
    assert not Amendment.objects.exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": ""}, "Say why the pupil leaves"),
        ({"left_at": ""}, "Write the time"),
        ({"left_at": "25:99"}, "hours and minutes"),
        ({"left_at": "14:00"}, "still to come"),
    ],
)
def test_what_is_wrong_with_a_signing_out(client, room, said, sentence):
    response = leave(client, room, **said)
    assert sentence in response.content.decode()
    assert "Mother" in response.content.decode()
    assert not SignOut.objects.exists()


def test_nobody_is_out_twice(client, room):
    leave(client, room)
    assert "out already, since 10.45am" in leave(client, room, "10:50").content.decode()
    assert SignOut.objects.count() == 1


def test_times_are_put_right_to_the_minute(client, room):
    leave(client, room)
    outing = SignOut.objects.get()
    url = page(room, "sign_out", sign_out_id=outing.pk)
    said = {"left_at": "10:40", "returned_at": "10:30", "reason": "Optician"}
    with the_time("12:00"):
        assert "cannot be before" in client.post(url, said).content.decode()
        client.post(url, said | {"returned_at": "11:10"})
    outing.refresh_from_db()
    assert (outing.left_at, outing.returned_at, outing.reason) == (
        at("10:40"),
        at("11:10"),
        "Optician",
    )


def test_two_outings_may_not_overlap(client, room):
    leave(client, room, "09:30")
    first = SignOut.objects.get()
    with the_time("10:00"):
        client.post(page(room, "sign_out", sign_out_id=first.pk), {"back": 1})
    leave(client, room, "10:30")
    second = SignOut.objects.latest("left_at")
    said = {"left_at": "09:45", "returned_at": "", "reason": "Dentist"}
    with the_time("12:00"):
        response = client.post(page(room, "sign_out", sign_out_id=second.pk), said)
    assert "overlap" in response.content.decode()


def test_nobody_leaves_again_before_the_return(client, room):
    leave(client, room, "09:30")
    with the_time("10:00"):
        client.post(page(room, "sign_out", sign_out_id=SignOut.objects.get().pk), {"back": 1})
    again = {"room": room, "clock": "10:30", "left_at": "09:45"}
    assert "was out until 10.00am" in read_page(leave(client, **again)).text
    assert SignOut.objects.count() == 1
    leave(client, **again | {"left_at": "10:00"})
    assert SignOut.objects.count() == 2


def test_another_schools_outing_is_not_there(client, room):
    other = factories.SignOutFactory()
    assert client.get(page(room, "sign_out", sign_out_id=other.pk)).status_code == 404


@pytest.mark.parametrize("size", [10, 60])
def test_the_list_of_the_day_costs_the_same_at_any_size(
    client, size, django_assert_max_num_queries
):
    room = office_class(size)
    client.force_login(room.officer)
    for enrolment in room.enrolments:
        factories.SignOutFactory(enrolment=enrolment, date=TUESDAY, left_at=at("10:00"))
    with the_time("11:00"), django_assert_max_num_queries(6):
        assert client.get(page(room, "sign_outs")).status_code == 200


def found_by(client, room, letters, clock="09:20"):
    with the_time(clock):
        return client.get(page(room, "late_desk"), {"q": letters}).context


def test_those_without_a_reason_come_first_then_the_unmarked_then_the_rest(client):
    room = office_class(5)
    client.force_login(room.officer)
    for number, code in ((0, "/"), (1, "I"), (3, "N")):
        put(room, number, code)
    shown = found_by(client, room, "okafor")
    numbers = {each.pk: number for number, each in enumerate(room.enrolments)}
    order = [numbers[one.child.enrolment_id] for one in shown["pupils"]]
    assert order == [3, 2, 4, 1, 0]


def test_namesakes_are_told_apart_at_the_desk_and_in_the_register(client):
    room = office_class(3)
    client.force_login(room.officer)
    for number, born_on in ((0, date(2012, 1, 5)), (1, date(2012, 6, 5))):
        pupil = room.enrolments[number].pupil
        pupil.forename, pupil.surname, pupil.born_on = "Mohammed", "Khan", born_on
        pupil.save()
    khans = [room.enrolments[number].pupil_id for number in (0, 1)]
    shown = found_by(client, room, "khan")
    assert shown["apart"] == dict(zip(khans, ["born 5 Jan 2012", "born 5 Jun 2012"], strict=True))
    for desk in ("late_desk", "sign_outs", "on_site"):
        with the_time("09:20"):
            assert "born 5 Jun 2012" in client.get(page(room, desk), {"q": "khan"}).text, desk
    with the_time("09:20"):
        chooser = client.get(page(room, "planned_new"), {"q": "khan"})
        listed = client.get(
            reverse("absence:pupils", args=[room.school.urn]), {"as_at": str(TUESDAY)}
        )
        client.force_login(room.teacher)
        words = {"group_id": room.group.pk, "date": TUESDAY, "half": Half.AM}
        register = client.get(page(room, "register", **words)).text
    assert "born 5 Jan 2012" in chooser.text
    assert "born 5 Jan 2012" in listed.text
    assert "birthday 5 January" in register
    assert "birthday 5 June" in register
    assert "2012" not in register
