"""Marks as a device sends them: at once or late, once for each key, never lost."""

import json
import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from registers.marks import guards
from registers.marks.verify import broken_seals
from registers.models import (
    Amendment,
    Enrolment,
    HeldMark,
    Mark,
    MarkComment,
    Membership,
    Register,
    SaveReceipt,
)
from registers.register.actions.answers import forget_receipts
from tests import factories
from tests.factories.classes import make_class
from tests.factories.registers import end_register

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 24, tzinfo=UTC)  # a Tuesday in winter: the wall and UTC are one


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute, seconds=second)


class Tablet:
    """A device in somebody's hands, with a clock of its own."""

    def __init__(self, pupils: int = 3, *, person=None, room=None, off: int = 0):
        self.room = room or make_class(pupils, first=DAY.date() - timedelta(days=7))
        if room is None:
            self.room.school.morning_at, self.room.school.register_minutes = time(8, 45), 30
            self.room.school.save()
            Register.objects.all().delete()
        self.person = person or self.room.teacher
        self.off = timedelta(seconds=off)
        self.client = Client()
        self.client.force_login(self.person)
        self.url = reverse(
            "registers:register_marks",
            kwargs={
                "urn": self.room.school.urn,
                "group_id": self.room.group.pk,
                "date": DAY.date(),
                "half": 0,
            },
        )

    def made(self, made: datetime, *changes: tuple, **more) -> dict:
        """What the device keeps: (pupil, code) or (pupil, code, version seen) or a whole dict."""
        return {
            "key": str(uuid.uuid4()),
            "person": self.person.pk,
            "made_at": (made + self.off).timestamp() * 1000,
            "changes": [self._change(*change) for change in changes],
        } | more

    def _change(self, pupil: int, code: str, seen: int = 0, **more) -> dict:
        pk = self.room.enrolments[pupil].pk
        return {"enrolment": pk, "code": code, "seen": seen, "minutes": None, "comment": None}

    def send(self, kept: dict, now: datetime, status: int = 200) -> dict:
        body = {"sent_at": (now + self.off).timestamp() * 1000} | kept
        with time_machine.travel(now, tick=False):
            response = self.client.post(self.url, json.dumps(body), "application/json")
        assert response.status_code == status, response.text
        return response.json()

    def mark(self, now: datetime, *changes: tuple, **more) -> dict:
        return self.send(self.made(now, *changes, **more), now)

    def look(self, now: datetime, **headers):
        with time_machine.travel(now, tick=False):
            return self.client.get(self.url, headers=headers)

    def codes(self) -> list[str]:
        found = dict(Mark.objects.filter(date=DAY.date()).values_list("enrolment_id", "code_id"))
        return [found.get(enrolment.pk, "") for enrolment in self.room.enrolments]


# ---------- saved as made


def test_a_mark_is_saved_as_it_is_made_and_opens_the_register():
    tablet = Tablet()
    answer = tablet.mark(at(8, 50), (0, "/"))
    assert [row["version"] for row in answer["saved"]] == [1]
    mark = Mark.objects.get()
    assert (mark.code_id, mark.made_at, mark.arrived_at) == ("/", at(8, 50), None)
    register = Register.objects.get()
    assert (register.taken_at, register.taken_by) == (at(8, 50), tablet.person)


def test_a_retry_a_double_click_and_a_lost_answer_change_nothing_twice():
    tablet = Tablet()
    kept = tablet.made(at(8, 50), (0, "/"), (1, "N"))
    first = tablet.send(kept, at(8, 50))
    again = tablet.send(kept, at(8, 58))
    assert again["saved"] == first["saved"]
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert Mark.objects.count() == 2
    assert SaveReceipt.objects.count() == 1
    assert not Amendment.objects.exists()


def test_what_is_chosen_next_builds_on_the_answer():
    tablet = Tablet()
    tablet.mark(at(8, 50), (0, "/"))
    tablet.mark(at(8, 51), (0, "N", 1))
    assert tablet.codes() == ["N", "", ""]
    assert Amendment.objects.get().reason == "Changed while the register was open."


def test_minutes_and_a_comment_come_with_a_mark():
    tablet = Tablet()
    change = tablet._change(0, "L") | {"minutes": 8, "comment": "  The bus  broke down "}
    tablet.send(tablet.made(at(8, 53)) | {"changes": [change]}, at(8, 53))
    assert Mark.objects.get().minutes_late == 8
    assert MarkComment.objects.get().text == "The bus broke down"


def test_receipts_go_after_a_month_and_a_repeat_then_writes_nothing():
    tablet = Tablet()
    kept = tablet.made(at(8, 50), (0, "/"))
    tablet.send(kept, at(8, 50))
    tablet.mark(at(8, 51), (0, "N", 1))
    assert forget_receipts(now=at(9) + timedelta(days=30)) == 0
    assert forget_receipts(now=at(9) + timedelta(days=31)) == 2
    answer = tablet.send(kept, at(8, 55))
    assert answer["conflicts"][0]["code"] == "N"
    assert tablet.codes()[0] == "N"


# ---------- it waited


def test_made_in_time_counts_as_taken_in_time():
    tablet = Tablet()
    answer = tablet.send(tablet.made(at(8, 47), (0, "/")), at(9, 10))
    assert answer["saved"]
    mark = Mark.objects.get()
    assert (mark.made_at, mark.arrived_at) == (at(8, 47), at(9, 10))
    assert Register.objects.get().taken_at == at(8, 47)
    assert not list(broken_seals(tablet.room.school))
    guards.lift(connection)
    Mark.objects.update(arrived_at=at(9))  # the time at which it came in is sealed too
    guards.install(connection)
    assert list(broken_seals(tablet.room.school))


def test_a_register_that_has_ended_meanwhile_goes_to_the_office():
    tablet = Tablet()
    tablet.mark(at(8, 46), (2, "/"))
    kept = tablet.made(at(8, 50), (0, "/"), (1, "L"))
    answer = tablet.send(kept, at(9, 30))
    assert not answer["saved"]
    assert {row["why"] for row in answer["held"]} == {
        "The register ended at 9:15, before this mark came in. The attendance office looks at it."
    }
    assert tablet.codes() == ["", "", "/"]
    held = HeldMark.objects.order_by("pk")
    assert [one.code_id for one in held] == ["/", "L"]
    assert (held[0].made_at, held[0].arrived_at) == (at(8, 50), at(9, 30))
    assert (held[0].made_by, held[0].why) == (tablet.person, HeldMark.Why.ENDED)
    assert tablet.send(kept, at(9, 31))["held"] == answer["held"]
    assert HeldMark.objects.count() == 2


def test_a_register_that_nobody_opened_holds_what_comes_after_its_end():
    tablet = Tablet()
    assert tablet.send(tablet.made(at(8, 50), (0, "/")), at(11))["held"]
    register = Register.objects.get()
    assert (register.opened_at, register.taken_at, register.ended_at) == (None, None, at(9, 15))


def test_a_register_that_was_ended_by_hand_holds_what_comes_after():
    tablet = Tablet()
    tablet.mark(at(8, 46), (2, "/"))
    end_register(register=Register.objects.get(), at=at(8, 55))
    assert tablet.mark(at(8, 56), (0, "/"))["held"]


@pytest.mark.parametrize(("off", "is_held"), [(0, 0), (120, 0), (-120, 0), (121, 1), (-121, 1)])
def test_a_clock_more_than_two_minutes_off_goes_to_the_office(off, is_held):
    tablet = Tablet(off=off)
    answer = tablet.send(tablet.made(at(8, 50), (0, "/")), at(9, 0))
    assert len(answer["held"]) == is_held
    assert HeldMark.objects.filter(clock_off=off, why=HeldMark.Why.CLOCK).count() == is_held
    assert tablet.codes()[0] == ("" if is_held else "/")


def test_a_wrong_clock_is_no_matter_while_nothing_waits():
    tablet = Tablet(off=-3 * 3600)
    tablet.mark(at(8, 50), (0, "/"))
    assert Mark.objects.get().made_at == at(8, 50)


def test_what_may_not_stand_is_refused_at_once_and_is_no_matter_for_the_office():
    tablet = Tablet()
    answer = tablet.send(tablet.made(at(8, 50), (0, "O"), (1, "\\"), (2, "N")), at(9, 30))
    assert [row["why"] for row in answer["refused"]] == [
        "O (Absent for another or unknown reason) is set by the attendance office. "
        "Mark N when the pupil is not here, and tell the office.",
        "\\ (Present in the afternoon) is for afternoons only, and this mark is for "
        "Tuesday 24 November 2026, morning. Use / (Present in the morning).",
    ]
    assert [held.code_id for held in HeldMark.objects.all()] == ["N"]


def test_what_stands_already_is_not_held():
    tablet = Tablet()
    tablet.mark(at(8, 50), (0, "N"))
    answer = tablet.send(tablet.made(at(8, 51), (0, "N", 0)), at(9, 30))
    assert answer["saved"]
    assert not answer["held"]


@pytest.mark.parametrize("what", ["comment", "paper"])
def test_words_beside_what_stands_already_are_held_and_not_lost(what):
    room = Tablet().room
    office = Tablet(room=room, person=room.officer)
    office.mark(at(8, 50), (0, "K"))
    change = office._change(0, "K", 1) | {what: "Swimming, Mondays"}
    answer = office.send(office.made(at(8, 51)) | {"changes": [change]}, at(9, 30))
    assert answer["held"]
    held = HeldMark.objects.get()
    assert {"comment": held.comment, "paper": held.paper} == {
        "comment": "",
        "paper": "",
        what: "Swimming, Mondays",
    }


# ---------- two people


def test_a_stale_save_is_not_applied_and_says_what_stands():
    tablet = Tablet()
    office = Tablet(room=tablet.room, person=tablet.room.officer)
    office.mark(at(8, 52), (0, "L"))
    answer = tablet.mark(at(8, 53), (0, "N"), (1, "/"))
    assert tablet.codes() == ["L", "/", ""]
    (conflict,) = answer["conflicts"]
    assert (conflict["code"], conflict["version"]) == ("L", 1)
    assert conflict["by"] == tablet.room.officer.pk


def test_an_open_page_is_told_what_others_marked():
    tablet = Tablet()
    office = Tablet(room=tablet.room, person=tablet.room.officer)
    before = tablet.look(at(8, 50))
    assert before.json()["marks"] == []
    office.mark(at(8, 52), (1, "L"))
    live = tablet.look(at(8, 53), if_none_match=before["ETag"]).json()
    ((enrolment, version, code, _, _, by, name, made_at, _),) = live["marks"]
    assert (enrolment, version, code) == (tablet.room.enrolments[1].pk, 1, "L")
    assert (by, name) == (tablet.room.officer.pk, tablet.room.officer.name)
    assert made_at == at(8, 52).timestamp()


def test_an_open_page_that_knows_it_all_is_told_nothing():
    tablet = Tablet()
    tablet.mark(at(8, 50), (0, "/"))
    tag = tablet.look(at(8, 51))["ETag"]
    assert tablet.look(at(8, 52), if_none_match=tag).status_code == 304
    ended = tablet.look(at(9, 15), if_none_match=tag)
    assert ended.json()["ended"] is True


# ---------- whose it is


def test_what_waits_belongs_to_the_person_who_made_it():
    tablet = Tablet()
    kept = tablet.made(at(8, 50), (0, "/")) | {"person": tablet.room.officer.pk}
    assert "made by somebody else" in tablet.send(kept, at(8, 51), status=409)["why"]
    assert not Mark.objects.exists()


def test_a_teacher_of_another_group_is_told_so():
    tablet = Tablet()
    other = factories.AppointmentFactory(school=tablet.room.school, role="teacher").user
    theirs = Tablet(room=tablet.room, person=other)
    assert "own groups" in theirs.send(theirs.made(at(8, 50), (0, "/")), at(8, 50), 403)["why"]
    assert theirs.look(at(8, 50)).status_code == 403


def test_somebody_who_has_signed_out_is_sent_to_the_sign_in_page():
    tablet = Tablet()
    tablet.client.logout()
    kept = tablet.made(at(8, 50), (0, "/"))
    response = tablet.client.post(tablet.url, json.dumps(kept), "application/json")
    assert response.status_code == 302


def test_it_needs_the_pages_token():
    tablet = Tablet()
    tablet.client = Client(enforce_csrf_checks=True)
    tablet.client.force_login(tablet.person)
    kept = json.dumps(tablet.made(at(8, 50), (0, "/")) | {"sent_at": at(8, 50).timestamp() * 1000})
    assert tablet.client.post(tablet.url, kept, "application/json").status_code == 403
    with time_machine.travel(at(8, 50), tick=False):
        tablet.client.get(tablet.url)  # brings one
        headers = {"X-CSRFToken": tablet.client.cookies["csrftoken"].value}
        sent = tablet.client.post(tablet.url, kept, "application/json", headers=headers)
    assert sent.status_code == 200


def test_a_register_taken_on_paper_names_both():
    tablet = Tablet()
    office = Tablet(room=tablet.room, person=tablet.room.officer)
    office.mark(at(8, 52), (0, "/"), on_paper=str(tablet.room.teacher.pk))
    register = Register.objects.get()
    assert (register.taken_by, register.entered_by) == (tablet.room.teacher, tablet.room.officer)


# ---------- wrong input


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "no"},
        {"key": None},
        {"person": "1"},
        {"person": True},
        {"made_at": "8:50"},
        {"made_at": 1e300},
        {"made_at": None},
        {"changes": []},
        {"changes": None},
        {"changes": "/"},
        {"changes": [{"enrolment": 1}]},
        {"changes": [{"enrolment": 1.5, "code": "/", "seen": 0}]},
        {"changes": [{"enrolment": 2**31, "code": "/", "seen": 0}]},
        {"changes": [{"enrolment": 1, "code": "/" * 11, "seen": 0}]},
        {"changes": [{"enrolment": 1, "code": "/\0", "seen": 0}]},
        {"changes": [{"enrolment": 1, "code": "/", "seen": 99_999}]},
        {"changes": [{"enrolment": 1, "code": "/", "seen": -1}]},
        {"changes": [{"enrolment": 1, "code": "/", "seen": 0, "comment": "\0"}]},
        {"changes": [{"enrolment": 1, "code": "/", "seen": 0}] * 2},
        {"changes": [{"enrolment": n, "code": "/", "seen": 0} for n in range(1001)]},
        {"on_paper": ["1"]},
    ],
)
def test_what_no_page_sends_is_turned_away(wrong):
    tablet = Tablet(1)
    tablet.send(tablet.made(at(8, 50), (0, "/")) | wrong, at(8, 50), status=400)
    assert not Mark.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{", "null", "[" * 100_000, '"\ud800"'])
def test_what_is_no_json_of_ours_is_turned_away(body):
    tablet = Tablet(1)
    sent = body.encode(errors="surrogatepass")
    with time_machine.travel(at(8, 50), tick=False):
        response = tablet.client.post(tablet.url, sent, "application/json")
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"code": "L", "minutes": "8"}, "whole number"),
        ({"code": "L", "minutes": -1}, "whole number"),
        ({"code": "L", "minutes": 601}, "whole number"),
        ({"code": "/", "comment": "x" * 501}, "500 characters"),
        ({"code": "Q9"}, "is not an attendance code"),
        ({"code": ""}, "There is no code"),
        ({"code": "I", "seen": 7}, None),
    ],
)
def test_wrong_input_is_named_in_its_row_and_the_rest_is_saved(change, why):
    tablet = Tablet(2)
    changes = [tablet._change(0, "/") | change, tablet._change(1, "N")]
    answer = tablet.send(tablet.made(at(8, 50)) | {"changes": changes}, at(8, 50))
    assert tablet.codes() == ["", "N"]
    if why:
        assert why in answer["refused"][0]["why"]
    else:
        assert answer["conflicts"][0]["code"] is None


def test_another_schools_pupil_is_refused_and_its_register_is_not_there():
    tablet, other = Tablet(1), Tablet(1)
    change = tablet._change(0, "/") | {"enrolment": other.room.enrolments[0].pk}
    answer = tablet.send(tablet.made(at(8, 50)) | {"changes": [change]}, at(8, 50))
    assert answer["refused"][0]["why"] == "This pupil is not in this register."
    tablet.url = other.url
    with time_machine.travel(at(8, 50), tick=False):
        assert tablet.client.post(tablet.url, "{}", "application/json").status_code == 404


def test_before_it_opens_nothing_can_be_marked():
    tablet = Tablet(1)
    sent = tablet.send(tablet.made(at(8, 40), (0, "/")), at(8, 40), status=403)
    assert "opens at 8:45" in sent["why"]


# ---------- what it costs


def test_an_open_page_hears_of_those_who_are_in_the_class_today():
    tablet = Tablet(pupils=5)
    tablet.mark(at(8, 50), *((n, "/") for n in range(5)))
    yesterday, today, tomorrow = (DAY.date() + timedelta(days=n) for n in (-1, 0, 1))
    pupils = tablet.room.enrolments
    for n, of_group in (
        (0, {"until_on": yesterday}),
        (1, {"until_on": today}),
        (2, {"from_on": tomorrow}),
    ):
        Membership.objects.filter(enrolment=pupils[n]).update(**of_group)
    Enrolment.objects.filter(pk=pupils[3].pk).update(leaves_on=yesterday)
    live = tablet.look(at(8, 51)).json()
    assert [mark[0] for mark in live["marks"]] == [pupils[1].pk, pupils[4].pk]


@pytest.mark.parametrize("pupils", [1, 10, 60])
def test_saving_costs_fourteen_statements_whatever_its_size(pupils, django_assert_max_num_queries):
    tablet = Tablet(pupils)
    tablet.mark(at(8, 46), (0, "/"))
    first = tablet.made(at(8, 50), *[(n, "/") for n in range(1, pupils)] or [(0, "/")])
    with django_assert_max_num_queries(14):
        tablet.send(first, at(8, 50))
    with django_assert_max_num_queries(14):
        tablet.mark(at(8, 51), *[(n, "N", 1) for n in range(pupils)])
    with django_assert_max_num_queries(7):
        assert len(tablet.look(at(8, 52)).json()["marks"]) == pupils
    with django_assert_max_num_queries(14):
        tablet.mark(at(9, 20), *[(n, "/", 2) for n in range(pupils)])
    assert HeldMark.objects.count() == pupils
