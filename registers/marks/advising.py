"""What the maker of marks is told beside the answer: reads what `registers.rules.advice` needs.

No statement where none of the codes is one that can be odd, so that nearly every save costs
nothing; one for each of Y4, D and E where a save has them, however many marks it has.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from typing import NamedTuple

from django.db.models import Count, Q

from registers.marks.changes import (
    NO_MARK,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    WriteResult,
)
from registers.models import Mark, PlannedAbsence
from registers.rules import planned_absence
from registers.rules.advice import ADVISED, AdviceContext, advice
from registers.rules.allowed_codes import SessionFacts
from registers.rules.clock import RegisterWindow
from registers.rules.codes import ATTENDED, Half

LOOK_BACK = timedelta(days=60)  # for a suspension that goes on over a holiday
Session = tuple[date, int]


def advise(
    changes: Sequence[MarkChange],
    written: WriteResult,
    *,
    locked: Mapping[int, LockedEnrolment],
    before: Mapping[MarkKey, MarkNow],
    windows: Mapping[Session, RegisterWindow],
    ended: Collection[MarkKey] = (),
) -> dict[MarkKey, list[str]]:
    """Sentences by mark, for those changes to marks of one school that have just been `written`.

    `before` are the marks as they stood, `windows` the times of their registers, `ended` those
    whose time was over.
    """
    odd = [change for change in changes if change.code in ADVISED and change.key in written.saved]
    if not odd:
        return {}
    read = _read(odd, locked)
    advised = {}
    for change in odd:
        key = change.key
        advised[key] = advice(
            change.code,
            pupil=locked[key.enrolment_id].facts,
            session=SessionFacts(key.date, Half(key.half), held=True),
            around=replace(
                read.around(key),
                before=before.get(key, NO_MARK).code,
                minutes_late=change.minutes_late,
                register_minutes=windows[key.date, key.half].minutes,
                has_ended=key in ended,
                paper=change.paper,
            ),
        )
    return {key: [piece.words for piece in pieces] for key, pieces in advised.items() if pieces}


class PupilsPresent(NamedTuple):
    """How many of the school were present in a session, and had Y4."""

    present: int | None
    closed: int


NOT_COUNTED = PupilsPresent(None, 0)


@dataclass(frozen=True, slots=True)
class AroundMarks:
    """What was read of the school for the marks whose codes ask for it."""

    presence: Mapping[Session, PupilsPresent]
    other_schools: Mapping[MarkKey, str]
    days_suspended: Mapping[MarkKey, int]

    def around(self, key: MarkKey) -> AdviceContext:
        """What is known of one mark from outside it."""
        presence = self.presence.get((key.date, key.half), NOT_COUNTED)
        return AdviceContext(
            present=presence.present,
            closed=presence.closed,
            other_school=self.other_schools.get(key),
            days_suspended=self.days_suspended.get(key),
        )


def _read(odd: Sequence[MarkChange], locked: Mapping[int, LockedEnrolment]) -> AroundMarks:
    return AroundMarks(
        presence=_presence(_of(odd, "Y4"), locked),
        other_schools=_other_schools(_of(odd, "D")),
        days_suspended=_days_suspended(_of(odd, "E")),
    )


def _of(changes: Sequence[MarkChange], code: str) -> list[MarkKey]:
    return [change.key for change in changes if change.code == code]


def _presence(
    keys: Sequence[MarkKey], locked: Mapping[int, LockedEnrolment]
) -> dict[Session, PupilsPresent]:
    """Of the school, in each session of these marks."""
    if not keys:
        return {}
    school = locked[keys[0].enrolment_id].school_id
    rows = (
        Mark.objects.on_roll()
        .filter(enrolment__school=school, date__in={key.date for key in keys})
        .order_by()
        .values_list("date", "half")
        .annotate(
            present=Count("pk", filter=Q(code__in=ATTENDED)),
            closed=Count("pk", filter=Q(code="Y4")),
        )
    )
    return {(on, half): PupilsPresent(*counted) for on, half, *counted in rows}


def _other_schools(keys: Sequence[MarkKey]) -> dict[MarkKey, str]:
    """The other school of each mark by a plan that covers it; empty where there is no such plan."""
    plans = defaultdict(list)
    for plan in PlannedAbsence.objects.filter(
        enrolment__in={key.enrolment_id for key in keys},
        kind=planned_absence.DUAL,
        withdrawn_at__isnull=True,
    ):
        plans[plan.enrolment_id].append(plan)
    return {key: _other_school(plans[key.enrolment_id], key) for key in keys}


def _other_school(plans: Iterable[PlannedAbsence], key: MarkKey) -> str:
    covering = (plan for plan in plans if planned_absence.covers(plan, key.date, key.half))
    return next(filter(None, (plan.place for plan in reversed([*covering]))), "")


def _days_suspended(keys: Sequence[MarkKey]) -> dict[MarkKey, int]:
    """How many school days in a row have E up to and with each of these marks."""
    if not keys:
        return {}
    days = sorted(key.date for key in keys)
    rows = (
        Mark.objects.filter(
            enrolment__in={key.enrolment_id for key in keys},
            date__range=(days[0] - LOOK_BACK, days[-1]),
        )
        .order_by("enrolment", "-date")
        .values_list("enrolment_id", "date")
        .annotate(suspended=Count("pk", filter=Q(code="E")))
    )
    by_pupil: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for pupil, on, suspended in rows:
        by_pupil[pupil].append((on, suspended))
    return {key: _in_a_row(by_pupil[key.enrolment_id], key.date) for key in keys}


def _in_a_row(latest_first: Iterable[tuple[date, int]], until: date) -> int:
    """How many days up to `until` have one suspended session or two, before one has none."""
    suspended = (number for on, number in latest_first if on <= until)
    return len([*takewhile(bool, suspended)])
