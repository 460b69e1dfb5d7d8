"""Marks that were made on a device and came in too late: what waits for the office."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet

from registers.marks.day_sheet import natural
from registers.models import HeldMark, Mark, School
from registers.register.held_marks.lines import HeldRegister, HeldRow
from registers.rules.clock import register_window

DECIDED_FOR = timedelta(days=7)  # how long the page shows what was decided
DECIDED_SHOWN = 60


def waiting(school: School) -> QuerySet[HeldMark]:
    return HeldMark.objects.filter(group__school=school, decided_at__isnull=True)


def held_registers(school: School) -> list[HeldRegister]:
    """Everything that waits, by register, the latest day first: two statements."""
    rows = list(waiting(school).select_related("enrolment__pupil", "group", "made_by"))
    stand = _standing(rows)
    found: dict[tuple[int, date, int], HeldRegister] = {}
    for row in rows:
        key = (row.group_id, row.date, row.half)
        register = found.setdefault(key, HeldRegister(row.group, row.date, row.half))
        window = register_window(school, row.date, row.half)
        stands = stand.get((row.enrolment_id, row.date, row.half))
        register.rows.append(HeldRow(row, window, stands))
    for register in found.values():
        register.rows.sort(key=_in_order)
    in_groups = sorted(found.values(), key=lambda register: natural(register.group.name))
    return sorted(in_groups, key=lambda register: (register.date, register.half), reverse=True)


def _in_order(row: HeldRow) -> tuple:
    pupil = row.held.enrolment.pupil
    return (pupil.sort_key, pupil.pk, row.held.made_at, row.held.pk)


def _standing(rows: Sequence[HeldMark]) -> dict[tuple[int, date, int], Mark]:
    if not rows:
        return {}
    marks = Mark.objects.filter(
        enrolment__in={row.enrolment_id for row in rows}, date__in={row.date for row in rows}
    ).select_related("made_by")
    return {(mark.enrolment_id, mark.date, mark.half): mark for mark in marks}


def recently_decided(school: School, now: datetime) -> list[HeldMark]:
    """What was decided in the last seven days, the latest first."""
    found = HeldMark.objects.filter(group__school=school, decided_at__gte=now - DECIDED_FOR)
    return list(
        found.select_related("enrolment__pupil", "group", "made_by", "decided_by").order_by(
            "-decided_at", "-pk"
        )[:DECIDED_SHOWN]
    )


def waiting_by_school(schools: Iterable[int], today: date) -> dict[int, int]:
    """How many wait in each of these schools: one statement for all of them."""
    rows = HeldMark.objects.filter(
        group__school__in=list(schools), decided_at__isnull=True, date__lte=today
    ).order_by()
    return dict(rows.values_list("group__school").annotate(Count("pk")))


def of_session(enrolment_id: int, on: date, half: int) -> list[HeldMark]:
    """The held marks of one pupil and session that wait or were left out."""
    found = HeldMark.objects.filter(enrolment=enrolment_id, date=on, half=half)
    undone = found.exclude(accepted=True).select_related("made_by", "decided_by")
    return list(undone.order_by("made_at", "pk"))
