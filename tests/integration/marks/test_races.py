"""Several people, one mark, the same moment: one wins, the others are told."""

import os
import threading
import time
import uuid
from functools import partial

import pytest
from django.db import connection, connections, transaction

from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Amendment, Mark, SaveReceipt, WeekTally
from registers.register.actions.saving import save_marks
from registers.rules.everyday_codes import choosable
from tests.at_once import at_once
from tests.factories import RegisterFactory
from tests.factories.classes import make_class

WRITERS = 8
CODES = ["N", "I", "M", "L", "G", "O", "U", "E"]
RACES = int(os.environ.get("ROLLBOOK_RACES", "25"))


def class_that_uses_all_codes():
    """One pupil, in a school whose teachers may set every code."""
    room = make_class(1)
    room.school.everyday_codes = choosable()
    room.school.save()
    return room


def race(room, *, seen: int, saves: list[tuple[str, uuid.UUID]]) -> list:
    """All of these saves at once; their answers."""
    key = MarkKey(room.enrolments[0].pk, room.sessions[0].date, 0)

    def write(code: str, save_key: uuid.UUID):
        return save_marks(
            register_id=room.register.pk,
            changes=[MarkChange(key, code, seen)],
            save_key=save_key,
            by=room.teacher,
        )

    return at_once([partial(write, *save) for save in saves])


def test_eight_writers_race_on_one_mark_and_one_wins(racing_db):
    room = class_that_uses_all_codes()
    for seen in range(RACES):
        turned = CODES[seen % WRITERS :] + CODES[: seen % WRITERS]
        now = Mark.objects.filter(enrolment=room.enrolments[0]).first()
        codes = [code for code in turned if not now or code != now.code_id]
        answers = race(room, seen=seen, saves=[(code, uuid.uuid4()) for code in codes])
        winners = [answer for answer in answers if answer.saved]
        assert len(winners) == 1
        stands = Mark.objects.get(enrolment=room.enrolments[0])
        assert stands.version == seen + 1
        for answer in answers:
            if answer is not winners[0]:
                assert answer.conflicts[0]["code"] == stands.code_id
    assert Amendment.objects.count() == RACES - 1
    assert sum(WeekTally.objects.values_list("attended", "authorised", "unauthorised").get()) == 1
    assert not list(broken_seals(room.school))


def test_a_double_click_saves_once(racing_db):
    room = make_class(1)
    key = uuid.uuid4()
    answers = race(room, seen=0, saves=[("N", key)] * WRITERS)
    assert all(answer.saved == answers[0].saved for answer in answers)
    assert sum(not answer.repeated for answer in answers) == 1
    assert SaveReceipt.objects.count() == 1
    assert Mark.objects.get().version == 1


def test_a_save_that_waited_moves_the_seal_that_the_other_left(racing_db):
    """Morning and afternoon of one pupil at once: the second must not read what stood before."""
    room = make_class(2)
    afternoon = RegisterFactory(group=room.group, session=room.sessions[1])
    saved = threading.Event()

    def save(register) -> None:
        half_day = register.session
        save_marks(
            register_id=register.pk,
            changes=[
                MarkChange(MarkKey(enrolment.pk, half_day.date, half_day.half), "I", 0)
                for enrolment in room.enrolments
            ],
            save_key=uuid.uuid4(),
            by=room.teacher,
        )

    def morning() -> None:
        with transaction.atomic():
            save(room.register)
            saved.set()
            time.sleep(0.5)  # the afternoon's save is waiting for the same pupils by now
        connections.close_all()

    first = threading.Thread(target=morning)
    first.start()
    saved.wait()
    save(afternoon)
    first.join()
    assert Mark.objects.count() == 4
    assert not list(broken_seals(room.school))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_who_save_overlapping_classes_never_deadlock(racing_db):
    room = make_class(30)
    keys = [MarkKey(enrolment.pk, room.sessions[0].date, 0) for enrolment in room.enrolments]
    failures = []

    def write(order: list[MarkKey]) -> None:
        try:
            for _ in range(10):
                save_marks(
                    register_id=room.register.pk,
                    changes=[MarkChange(key, "/", 0) for key in order],
                    save_key=uuid.uuid4(),
                    by=room.teacher,
                )
        except Exception as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(order,)) for order in (keys, keys[::-1]) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Mark.objects.count() == 30
