"""A register as it stands this moment, for a page that is open: what others have marked meanwhile.

Two statements, whatever the class's size; an open page asks every few seconds.
"""

import json
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from django.db.models import OuterRef, Subquery

from registers.clock import register_window
from registers.models import Mark, MarkComment, Register, School
from registers.register_page import members_on


def live_register(
    school: School, group_id: int, on: date, half: int, now: datetime
) -> dict[str, Any]:
    """The marks of the class in this session, and whether the register has ended.

    `marks` are lists of enrolment, version, code, minutes late or None, the comment, the id and
    name of the maker, when it was made (seconds since 1970) and the source.
    """
    register = (
        Register.objects.filter(
            group=group_id, session__school=school, session__date=on, session__half=half
        )
        .values_list("ended_at", "taken_at", "taken_by__name")
        .first()
    )
    ended_at, taken_at, taken_by = register or (None, None, None)
    window = register_window(school, on, half)
    return {
        "ended": ended_at is not None or window.has_ended(now),
        "taken_at": taken_at and int(taken_at.timestamp()),
        "taken_by": taken_by or "",
        "marks": [_words(*mark) for mark in _marks(school, group_id, on, half)],
    }


def _marks(school: School, group_id: int, on: date, half: int) -> Any:
    comment = MarkComment.objects.filter(enrolment=OuterRef("enrolment"), date=on, half=half)
    members = members_on(on).filter(group=group_id, group__school=school)
    return (
        Mark.objects.filter(date=on, half=half, enrolment__in=members.values("enrolment"))
        .annotate(comment=Subquery(comment.values("text")))
        .order_by("enrolment_id")
        .values_list(
            "enrolment_id",
            "version",
            "code_id",
            "minutes_late",
            "comment",
            "made_by_id",
            "made_by__name",
            "made_at",
            "source",
        )
    )


def _words(
    enrolment: int,
    version: int,
    code: str,
    minutes: int | None,
    comment: str | None,
    by_id: int | None,
    by_name: str | None,
    made_at: datetime,
    source: int,
) -> list[Any]:
    at = int(made_at.timestamp())
    return [enrolment, version, code, minutes, comment or "", by_id, by_name or "", at, source]


def tag_of(live: dict[str, Any]) -> str:
    """The same for the same register: an open page that has this one needs no answer."""
    words = json.dumps(live, sort_keys=True).encode()
    return f'"{blake2b(words, digest_size=12).hexdigest()}"'
