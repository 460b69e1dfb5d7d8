"""Whole requests, from the WSGI server's call to the answer's last byte, beside a bare view.

In process, through Django's own handler with all its middleware and a connection that stays: eight
clients are eight processes. A web server in between would add the same time to both sides, and so
make every ratio look better than it is; `benchmarks/rush.py` is what goes through gunicorn.

The clock is moved into the session of each register before its request, since marks that come too
late would be held for the office.
"""

import json
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain, repeat
from pathlib import Path

import time_machine
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from benchmarks.registers.crowd import ROUNDS, WARM, Times, Turns, Works, measure, of_rounds
from benchmarks.registers.saves import WRITERS, Room, must_add_up
from benchmarks.registers.teachers import appoint_teachers, cookies_of
from benchmarks.registers.usual import BareMark
from benchmarks.timing import Row, ms, must_equal
from benchmarks.trust import TO_COME
from registers.models import Group, Mark, School, User
from registers.rules.clock import register_window
from registers.rules.codes import Half

KINDS = ("bare", "thirty", "one", "poll")
PART = "by turns"
ONE_CLIENT: Turns = {PART: (KINDS, 30)}
CROWD: Turns = {PART: (KINDS, 20)}
WORDS = {
    "thirty": "POST of thirty marks",
    "one": "POST of one mark",
    "poll": "live poll, answered 304",
}
Cookies = dict[int, dict[str, str]]  # of each group's teacher


class Client:
    """The browsers of some teachers: their requests go straight into Django's handler."""

    def __init__(self, school: School, people: dict[int, User], cookies: Cookies):
        self.school, self.people, self.cookies = school, people, cookies
        self.handler, self.factory = WSGIHandler(), RequestFactory(SERVER_NAME="127.0.0.1")
        self.clock = time_machine.travel(self.in_time(TO_COME[0], 0)).start()

    def in_time(self, day: date, half: int) -> datetime:
        return register_window(self.school, day, half).opens_at + timedelta(minutes=5)

    def address(self, room: Room) -> str:
        session = Half(room.session.half).name.lower()
        register = f"{room.group_id}/{room.session.date}/{session}"
        return f"/schools/{self.school.urn}/registers/{register}/marks/"

    def request(self, method: str, path: str, room: Room, body: str = "", **headers: str) -> dict:
        """The environment of a request by the register's teacher, with the clock in its session."""
        self.clock.move_to(self.in_time(room.session.date, room.session.half))
        cookies = self.cookies[room.group_id]
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers["X-CSRFToken"] = cookies[settings.CSRF_COOKIE_NAME]
        kind = "application/json"
        return self.factory.generic(method, path, body, kind, headers=headers).environ

    def body(self, room: Room, places: list[int]) -> str:
        """As `static/js/outbox.js` sends it."""
        at = self.in_time(room.session.date, room.session.half).timestamp() * 1000
        changes = [
            {"enrolment": room.enrolments[n], "code": room.code(n), "seen": 0, "minutes": None,
             "comment": None}
            for n in places
        ]  # fmt: skip
        sent = {"key": str(uuid.uuid4()), "person": self.people[room.group_id].pk}
        return json.dumps(sent | {"made_at": at, "sent_at": at + 200, "changes": changes})

    def ask(self, environ: dict, status: int = 200) -> dict[str, str]:
        """The answer's headers. Raises RuntimeError for another status than that."""
        said: list = []
        response = self.handler(environ, lambda *answer: said.extend(answer))
        try:
            body = b"".join(response)
        finally:
            response.close()
        if not said[0].startswith(str(status)):
            raise RuntimeError(f"{environ['PATH_INFO']} answered {said[0]}: {body[:200]!r}")
        return dict(said[1])

    # --- the kinds: endless works, each made ready before its time is taken

    def bare(self, rooms: list[Room]) -> Iterator[Callable[[], object]]:
        for room in rooms:
            path = f"/bare/{room.session.date}/{Half(room.session.half).name.lower()}/"
            body = self.body(room, [*range(len(room.enrolments))])
            yield partial(self.ask, self.request("POST", path, room, body))

    def thirty(self, rooms: list[Room]) -> Iterator[Callable[[], object]]:
        for room in rooms:
            body = self.body(room, [*range(len(room.enrolments))])
            yield partial(self.ask, self.request("POST", self.address(room), room, body))

    def one(self, rooms: list[tuple[Room, int]]) -> Iterator[Callable[[], object]]:
        for room, place in rooms:
            body = self.body(room, [place])
            yield partial(self.ask, self.request("POST", self.address(room), room, body))

    def poll(self, room: Room) -> Iterator[Callable[[], object]]:
        next(self.thirty([room]))()
        tag = self.ask(self.request("GET", self.address(room), room))["ETag"]
        for _ in repeat(None):
            headers = {"If-None-Match": tag}
            yield partial(self.ask, self.request("GET", self.address(room), room, **headers), 304)


class Hand:
    """The registers of one client: what each kind of request is sent to, and how often."""

    def __init__(self, rooms: list[Room], turns: Turns):
        self.requests = WARM + ROUNDS * turns[PART][1]
        unused = [room for room in reversed(rooms) if room.session.date < TO_COME[-1]]
        self.polled, *unused = unused
        pupils = [(room, n) for room in unused[:10] for n in range(len(room.enrolments))]
        self.ones = pupils[: self.requests]
        self.thirties = unused[10 : 10 + self.requests]

    def sent(self) -> Iterator[tuple]:
        """Every mark that was sent: enrolment, day, half, code."""
        whole = [*self.thirties, self.polled]
        every = [(room, n) for room in whole for n in range(len(room.enrolments))]
        for room, n in [*every, *self.ones]:
            yield room.enrolments[n], room.session.date, room.session.half, room.code(n)


def works_of(school: School, people: dict[int, User], cookies: Cookies, hand: Hand) -> Works:
    settings.ROOT_URLCONF = "benchmarks.registers.urls"
    # The clock leaps by days: a connection must not seem to have grown old by that.
    connection.settings_dict["CONN_MAX_AGE"] = None
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115 (as long as this process)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(nowhere)  # log lines are made as ever, and not shown
    client = Client(school, people, cookies)
    return {
        "bare": client.bare(hand.thirties),
        "thirty": client.thirty(hand.thirties),
        "one": client.one(hand.ones),
        "poll": client.poll(hand.polled),
    }


def rows(rooms: list[list[Room]]) -> list[Row]:
    """Of rooms that the saves have left over; the last are for one client by itself."""
    school = School.objects.get(pk=1)
    people = appoint_teachers(Group.objects.filter(school=school))
    cookies = {group: cookies_of(person) for group, person in people.items()}
    works = partial(works_of, school, people, cookies)
    crowd = [Hand(of_one, CROWD) for of_one in rooms[:WRITERS]]
    alone = [Hand(of_one, ONE_CLIENT) for of_one in rooms[WRITERS:]]
    times = {
        "1 client": measure(alone, ONE_CLIENT, works),
        "8 clients": measure(crowd, CROWD, works),
    }
    _must_stand([*crowd, *alone], people)
    must_add_up()
    return [row for kind in WORDS for who in times for row in _rows_of(kind, who, times[who])]


def _rows_of(kind: str, who: str, times: Times) -> Iterator[Row]:
    for share in (0.5, 0.95):
        mine, bare = (of_rounds(times[PART, one], share) for one in (kind, "bare"))
        what = f"{WORDS[kind]}, to a bare view, {who}, p{100 * share:.0f}"
        yield Row(what, mine / bare, shown=ms(mine, bare))


def _must_stand(hands: list[Hand], people: dict[int, User]) -> None:
    """The marks that stand are those that were sent, and no other."""
    makers = [person.pk for person in people.values()]
    stand = Mark.objects.filter(made_by__in=makers, version=1)
    found = stand.values_list("enrolment_id", "date", "half", "code_id")
    must_equal(
        "the marks after the requests", sorted(found), sorted(chain(*(h.sent() for h in hands)))
    )
    bare = sum(len(room.enrolments) for hand in hands for room in hand.thirties)
    must_equal("the bare rows", BareMark.objects.filter(made_by__in=makers).count(), bare)
