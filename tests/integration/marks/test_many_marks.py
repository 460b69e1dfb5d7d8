"""Marks by the thousand, as an import writes them: on PostgreSQL they come in through COPY."""

from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from registers.marks import guards
from registers.marks.actions import sql
from registers.marks.actions.locking import lock_enrolments, marks_now
from registers.marks.actions.taking_back import take_back_marks
from registers.marks.actions.writing import write_marks
from registers.marks.changes import Author, MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Amendment, Mark, WeekTally
from tests.factories.classes import make_class
from tests.factories.registers import end_register

pytestmark = pytest.mark.django_db
MADE_AT = timezone.make_aware(datetime(2025, 9, 20, 12, 0))
CODES = ["/", "I", "L", "X"]  # attended, authorised, attended late, not possible


@pytest.fixture
def room():
    """Thirty pupils and twenty sessions: more marks than one INSERT writes on PostgreSQL."""
    room = make_class(30)
    assert len(keys_of(room)) == 600 >= sql.COPY_FROM
    return room


def keys_of(room) -> list[MarkKey]:
    return [
        MarkKey(enrolment.pk, half_day.date, half_day.half)
        for enrolment in room.enrolments
        for half_day in room.sessions
    ]


def drawn(keys, *, seen=0, shift=0) -> list[MarkChange]:
    """A change for each key, the four codes by turns."""
    codes = [CODES[(number + shift) % 4] for number in range(len(keys))]
    return [
        MarkChange(key, code, seen, 5 if code == "L" else None, reason="As the file has it")
        for key, code in zip(keys, codes, strict=True)
    ]


def write(room, changes, **more):
    return write_marks(
        changes,
        by=Author(room.officer.pk, "Olu Ade", "Officer"),
        source=Mark.Source.IMPORT,
        made_at=MADE_AT,
        check=lambda *change: None,
        **more,
    )


def as_it_stands() -> dict[MarkKey, tuple]:
    fields = ("enrolment", "date", "half", "code", "version", "minutes_late", "made_at")
    return {MarkKey(*row[:3]): row[3:] for row in Mark.objects.values_list(*fields)}


def wanted(changes, version=1) -> dict[MarkKey, tuple]:
    return {change.key: (change.code, version, change.minutes_late, MADE_AT) for change in changes}


def totals() -> tuple[int, int, int, int]:
    rows = list(WeekTally.objects.values_list("made", "attended", "authorised", "late"))
    return tuple(map(sum, zip(*rows, strict=True)))


def test_new_marks_have_their_totals_and_seals(room):
    changes = drawn(keys_of(room))
    written = write(room, changes)
    assert written.saved == dict.fromkeys(keys_of(room), 1)
    assert as_it_stands() == wanted(changes)
    assert totals() == (600, 300, 150, 150)
    assert not Amendment.objects.exists()
    assert list(broken_seals(room.school)) == []


@pytest.mark.parametrize("changed", [40, 560])
def test_new_marks_beside_those_that_change(room, changed):
    """Few that change, and so many that they too come through COPY."""
    keys = keys_of(room)
    write(room, drawn(keys[:changed]))
    new, others = drawn(keys[changed:]), drawn(keys[:changed], seen=1, shift=1)
    written = write(room, [*others, *new])
    assert len(written.saved) == 600
    assert as_it_stands() == wanted(new) | wanted(others, version=2)
    assert Amendment.objects.count() == changed
    assert totals()[0] == 600
    assert list(broken_seals(room.school)) == []


def test_a_mark_that_stands_though_its_pupil_was_held_undoes_all(room):
    keys = keys_of(room)
    write(room, drawn(keys[:1]))
    locked = lock_enrolments({enrolment.pk for enrolment in room.enrolments})
    with pytest.raises(sql.LostRace):
        write(room, drawn(keys, shift=1), locked=locked, there={})
    # The transaction is over, as it is for the import: nothing of the piece can be committed.
    assert connection.needs_rollback


def test_what_is_refused_of_one_mark_is_refused_of_many(room):
    end_register(register=room.register, at="2025-09-01T08:15:00Z")
    with pytest.raises(DatabaseError, match=guards.NO_LATE_ENTRY):
        write(room, drawn(keys_of(room)))


def test_late_entries_among_many_new_marks_say_why(room):
    end_register(register=room.register, at="2025-09-01T08:15:00Z")
    ended = [key for key in keys_of(room) if (key.date, key.half) == (room.sessions[0].date, 0)]
    write(room, drawn(keys_of(room)), ended=ended)
    assert Amendment.objects.filter(code_before="").count() == 30
    assert list(broken_seals(room.school)) == []


def test_a_code_that_is_not_of_the_list_is_refused_among_many(room):
    changes = drawn(keys_of(room))
    changes[77] = MarkChange(changes[77].key, "A", 0)
    with pytest.raises(IntegrityError, match="mark_has_a_code_of_the_list"):
        write(room, changes)


def test_a_mark_that_was_taken_back_goes_on_where_it_ended(room):
    keys = keys_of(room)
    write(room, drawn(keys[:3]))
    locked = lock_enrolments({keys[0].enrolment_id})
    author = Author(room.officer.pk, "Olu Ade", "Officer")
    take_back_marks(marks_now(keys[:3]), by=author, reason="No closure", locked=locked)
    changes = drawn(keys)
    write(room, changes)
    assert as_it_stands() == wanted(changes[3:]) | wanted(changes[:3], version=3)
    assert list(broken_seals(room.school)) == []
