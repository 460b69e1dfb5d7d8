"""A teacher saves in the very moment in which the office closes the school, and undoes it."""

from datetime import date, datetime
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from registers import policies
from registers.closures.actions import closing, marks
from registers.closures.queries import ClosureWanted
from registers.marks.changes import MarkChange, MarkKey
from registers.marks.verify import broken_seals
from registers.models import Closure, Mark
from registers.register.actions.saving import save_marks
from registers.rules.codes import Half
from tests.at_once import at_once
from tests.factories.classes import make_class

MONDAY = date(2025, 9, 1)
AT_NINE = datetime(2025, 9, 1, 9, tzinfo=ZoneInfo("Europe/London"))
SNOW = ClosureWanted("snow", (MONDAY, Half.AM), (MONDAY, Half.AM))
RACES = 6


def save(room) -> str:
    """The teacher's whole class present; what came of it."""
    keys = [MarkKey(one.pk, MONDAY, 0) for one in room.enrolments]
    try:
        answer = save_marks(
            register_id=room.register.pk,
            changes=[MarkChange(key, "/", 0) for key in keys],
            save_key=uuid4(),
            by=room.teacher,
            now=AT_NINE,
            today=MONDAY,
        )
    except policies.Refused:
        return "closed"
    assert len(answer.saved) in (0, len(keys))
    return "saved" if answer.saved else "conflicts"


def test_whoever_is_first_the_other_is_told_and_nothing_is_lost(racing_db):
    for _ in range(RACES):
        room = make_class(5)
        closure = closing.close_sessions(
            school=room.school, asked=SNOW, by=room.officer, now=AT_NINE
        )
        # The page was sent off before the closure was made: its register was still open.
        Closure.objects.filter(pk=closure.pk).update(written_on=None)
        room.sessions[0].__class__.objects.filter(pk=room.sessions[0].pk).update(closed_because="")
        write = partial(marks.write_closure, closure, now=AT_NINE)
        written, told = at_once([write, partial(save, room)])
        codes = set(Mark.objects.filter(enrolment__school=room.school).values_list("code", flat=1))
        assert (written, told, codes) in ((5, "conflicts", {"Y4"}), (0, "saved", {"/"}))
        assert list(broken_seals(room.school)) == []


def test_a_closure_is_undone_while_its_marks_are_written(racing_db):
    for _ in range(RACES):
        room = make_class(5)
        closure = closing.close_sessions(
            school=room.school, asked=SNOW, by=room.officer, now=AT_NINE
        )
        undo = partial(closing.undo_closure, closure=closure, by=room.officer)
        at_once([partial(marks.write_closure, closure, now=AT_NINE), undo])
        marks.undo_marks(Closure.objects.select_related("undone_by", "school").get(pk=closure.pk))
        assert not Mark.objects.filter(enrolment__school=room.school).exists()
        assert list(broken_seals(room.school)) == []
