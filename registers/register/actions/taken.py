"""Who took a register and when, as the register keeps it: noted once, by whoever was first."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import attrgetter, or_
from typing import NamedTuple

from django.db import connection
from django.db.models import Case, Q, Value, When

from registers.models import Group, Register, Session
from registers.models.school.staff import User
from registers.rules.clock import RegisterWindow

# Written out, as in `mark_sql`: it is part of the first save of every register.
TAKEN = """
    UPDATE registers_register SET taken_at = %s, taken_by_id = %s, entered_by_id = %s
     WHERE id = %s AND taken_at IS NULL"""


class Taking(NamedTuple):
    """That somebody took a register, and when; when it ended, if it has."""

    group_id: int
    session: Session
    at: datetime
    by_id: int
    ended_at: datetime | None

    @property
    def is_of(self) -> Q:
        return Q(group=self.group_id, session=self.session)


def note_taken(register_id: int, *, at: datetime, by: User, on_paper_by: User | None) -> None:
    """Taken by `by`; or on paper by somebody else, and typed in by `by`."""
    who = [on_paper_by.pk, by.pk] if on_paper_by else [by.pk, None]
    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(at)
        cursor.execute(TAKEN, [moment, *who, register_id])


def note_taken_on_paper(
    group: Group, session: Session, *, taken_by: User, by: User, window: RegisterWindow
) -> None:
    """Taken at its opening, as far as anybody can say; nothing that was noted is changed."""
    register, _ = Register.objects.get_or_create(
        group=group, session=session, defaults={"ended_at": window.ends_at}
    )
    Register.objects.filter(pk=register.pk, taken_at__isnull=True).update(
        taken_at=window.opens_at, taken_by=taken_by, entered_by=by
    )


def note_all_taken(takings: Sequence[Taking]) -> None:
    """The same of several registers, whether or not they were opened: two statements."""
    if not takings:
        return
    Register.objects.bulk_create(
        [
            Register(group_id=taking.group_id, session=taking.session, ended_at=taking.ended_at)
            for taking in takings
        ],
        ignore_conflicts=True,
    )
    times = [When(taking.is_of, then=Value(taking.at)) for taking in takings]
    people = [When(taking.is_of, then=Value(taking.by_id)) for taking in takings]
    any_of_them = reduce(or_, map(attrgetter("is_of"), takings))
    Register.objects.filter(any_of_them, taken_at__isnull=True).update(
        taken_at=Case(*times), taken_by=Case(*people)
    )
