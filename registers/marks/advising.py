"""What the maker of marks is told beside the answer: reads what `registers.rules.advice` needs.

No statement where none of the codes is one that can be odd, so that nearly every save costs
nothing; one for each of Y4, D and E where a save has them, however many marks it has.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Count, Q

from registers.marks.actions.writing import LockedEnrolment, MarkChange, MarkKey, MarkNow
from registers.models import Mark, PlannedAbsence
from registers.rules import planned_absence
from registers.rules.advice import ADVISED, AdviceContext, advice
from registers.rules.allowed_codes import SessionFacts
from registers.rules.clock import MINUTE, RegisterWindow
from registers.rules.codes import ATTENDED, Half

LOOK_BACK = timedelta(days=60)  # for a suspension that goes on over a holiday
Session = tuple[date, int]


def advise(
    changes: Sequence[MarkChange],
    *,
    locked: Mapping[int, LockedEnrolment],
    before: Mapping[MarkKey, MarkNow],
    windows: Mapping[Session, RegisterWindow],
    ended: Collection[MarkKey] = (),
) -> dict[MarkKey, list[str]]:
    """Sentences by mark, for marks of one school that have just been written.

    `before` are the marks as they stood, `windows` the times of their registers, `ended` those
    whose time was over.
    """
    odd = [change for change in changes if change.code in ADVISED]
    if not odd:
        return {}
    presence = _presence(_of(odd, "Y4"), locked)
    schools, suspended = _other_schools(_of(odd, "D")), _days_suspended(_of(odd, "E"))
    found = {}
    for change in odd:
        key, mark = change.key, before.get(change.key)
        window = windows.get((key.date, key.half))
        present, closed = presence.get((key.date, key.half), (None, 0))
        around = AdviceContext(
            before=mark.code if mark else None,
            minutes_late=change.minutes_late,
            register_minutes=(window.ends_at - window.opens_at) // MINUTE if window else None,
            has_ended=key in ended,
            present=present,
            closed=closed,
            other_school=schools.get(key),
            days_suspended=suspended.get(key),
            paper=change.paper,
        )
        said = advice(
            change.code,
            pupil=locked[key.enrolment_id].facts,
            session=SessionFacts(key.date, Half(key.half), held=True),
            around=around,
        )
        if said:
            found[key] = [one.words for one in said]
    return found


def _of(changes: Sequence[MarkChange], code: str) -> list[MarkKey]:
    return [change.key for change in changes if change.code == code]


def _presence(
    keys: Sequence[MarkKey], locked: Mapping[int, LockedEnrolment]
) -> dict[Session, tuple[int, int]]:
    """How many of the school were present, and had Y4, in each of the sessions."""
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
    return {(on, half): (present, closed) for on, half, present, closed in rows}


def _other_schools(keys: Sequence[MarkKey]) -> dict[MarkKey, str]:
    """The other school of each mark by a plan that covers it; empty where there is no such plan."""
    if not keys:
        return {}
    found = dict.fromkeys(keys, "")
    rows = PlannedAbsence.objects.filter(
        enrolment__in={key.enrolment_id for key in keys},
        kind=planned_absence.DUAL,
        withdrawn_at__isnull=True,
    )
    by_pupil = defaultdict(list)
    for row in rows:
        by_pupil[row.enrolment_id].append(row)
    for key in keys:
        for row in by_pupil[key.enrolment_id]:
            is_within = row.from_on <= key.date <= row.until_on
            if is_within and row.slots & planned_absence.slot_bit(key.date, key.half):
                found[key] = row.place or found[key]
    return found


def _days_suspended(keys: Sequence[MarkKey]) -> dict[MarkKey, int]:
    """How many school days in a row have E up to and with each of these marks."""
    if not keys:
        return {}
    rows = Mark.objects.filter(
        enrolment__in={key.enrolment_id for key in keys},
        date__gte=min(key.date for key in keys) - LOOK_BACK,
        date__lte=max(key.date for key in keys),
    ).values_list("enrolment_id", "date", "code_id")
    days: dict[int, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    for pupil, on, code in rows:
        days[pupil][on].add(code)
    return {key: _in_a_row(days[key.enrolment_id], key.date) for key in keys}


def _in_a_row(days: Mapping[date, Collection[str]], until: date) -> int:
    number = 0
    for on in sorted((on for on in days if on <= until), reverse=True):
        if "E" not in days[on]:
            break
        number += 1
    return number
