"""Marks that came in too late: the office accepts them into the register, or leaves them out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Case, Q, Value, When

from registers import policies
from registers.marks.actions.writing import (
    Author,
    Check,
    HowMade,
    LockedEnrolment,
    MarkChange,
    MarkKey,
    MarkNow,
    WriteResult,
    lock_enrolments,
    marks_now,
    write_marks,
)
from registers.marks.advising import advise
from registers.models import (
    HeldMark,
    Mark,
    MarkComment,
    Membership,
    Register,
    School,
    Session,
)
from registers.models.school.staff import User
from registers.register.held_marks.queries import reason_of, time_in_words
from registers.rules import allowed_codes
from registers.rules.clock import RegisterWindow, register_window
from registers.rules.codes import Half

NOT_THEIRS = "This pupil is not in this register."
STALE = (
    "The mark in the register was changed while you were looking. Look at how it stands now, and "
    "tick this one again if it is to be changed."
)
RegisterOf = tuple[int, date, int]  # group, day, half


@dataclass(slots=True)
class HeldMarkDecisions:
    """What became of each held mark of the school: one of the four, by its number."""

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)  # why, in words fit to show; it waits
    stale: dict[int, str] = field(default_factory=dict)  # another mark stands now; it waits
    already: dict[int, str] = field(default_factory=dict)  # who decided before, and when
    advice: dict[int, list[str]] = field(default_factory=dict)  # by enrolment: what is odd


@dataclass(frozen=True, slots=True)
class RegistersAround:
    """What the registers of the marks say: who is in them, what was held, what has ended."""

    sessions: Mapping[tuple[date, int], Session]
    windows: Mapping[tuple[date, int], RegisterWindow]
    ends: Mapping[RegisterOf, datetime]  # also those that are still to end
    members: Collection[tuple[int, MarkKey]]  # group and mark


@transaction.atomic
def accept_held(
    *,
    school: School,
    held: Collection[int],
    seen: Mapping[int, int],
    by: User,
    now: datetime,
) -> HeldMarkDecisions:
    """Let these marks into the register, each as its maker made it; `by` is whose amendment it is.

    `seen` is the version of the standing mark that the office saw beside each (0: none). Another
    code is amended only where it still is that one; the same code is left as it stands, and the
    held mark noted as accepted. Of several marks of one pupil and session the one made last
    counts, the earlier ones become its history. What may not be is answered in words and goes on
    waiting. A second press changes nothing. Raises Refused for whoever may not amend marks.

    Made in time counts as taken in time: a register that nobody took is noted as taken at the
    earliest of these marks, by its maker, where that time is before the end. Of a mark whose
    device's clock was wrong nothing is known but when it came in. That is what the register keeps
    as its time, and only if it came in before the end, was the register taken, then.

    A number of statements that does not grow with the marks: one round of writing, and another for
    each further mark of the same pupil and session.
    """
    author = _author(by, school)
    rows, decided = _lock(school, held)
    if not rows:
        return decided
    around = _around(school, rows, now)
    versions: dict[MarkKey, int] = {}  # as this call left them
    for one_each in _rounds(rows):
        _accept_round(school, one_each, seen, versions, around, author, now, decided)
    done = [row for row in rows if row.pk in set(decided.done)]
    _note_taken(done, around, now)
    _decide(done, accepted=True, by=by, now=now)
    return decided


@transaction.atomic
def decline_held(
    *, school: School, held: Collection[int], by: User, now: datetime
) -> HeldMarkDecisions:
    """Leave these marks out of the register; they stay on the page of the mark, as left out.

    A second press changes nothing. Raises Refused for whoever may not amend marks.
    """
    _author(by, school)
    rows, decided = _lock(school, held)
    decided.done = [row.pk for row in rows]
    _decide(rows, accepted=False, by=by, now=now)
    return decided


def _author(by: User, school: School) -> Author:
    appointment = policies.appointments(by, "amend_mark").filter(school=school).order_by("pk")
    here = appointment.first()
    if here is None:
        raise policies.Forbidden("Your role at this school does not include this.")
    return Author(by.pk, str(by), here.position or here.get_role_display())


def _lock(school: School, held: Collection[int]) -> tuple[list[HeldMark], HeldMarkDecisions]:
    """Hold the rows, so that of two who decide one waits and is told; those that are open still.

    In the order in which the marks were made. What is no held mark of this school is left out.
    """
    rows = (
        HeldMark.objects.select_for_update(of=("self",))
        .filter(pk__in=set(held), group__school=school, enrolment__school=school)
        .select_related("made_by")
        .order_by("pk")
    )
    decided, still_open = HeldMarkDecisions(), []
    for row in rows:
        if row.decided_at is None:
            still_open.append(row)
        else:
            decided.already[row.pk] = ""
    if decided.already:
        decided.already = _who_decided(decided.already)
    return sorted(still_open, key=lambda row: (row.made_at, row.pk)), decided


def _who_decided(held: Collection[int]) -> dict[int, str]:
    return {
        row.pk: (
            f"{'accepted' if row.accepted else 'left out'} by {row.decided_by} at "
            f"{time_in_words(row.decided_at, row.date)}"
        )
        for row in HeldMark.objects.filter(pk__in=held).select_related("decided_by")
        if row.decided_at is not None
    }


def _key(row: HeldMark) -> MarkKey:
    return MarkKey(row.enrolment_id, row.date, row.half)


def _register_of(row: HeldMark) -> RegisterOf:
    return (row.group_id, row.date, row.half)


def _rounds(rows: Iterable[HeldMark]) -> list[list[HeldMark]]:
    """The first mark of each pupil and session, then the second of each, and so on."""
    count: dict[MarkKey, int] = defaultdict(int)
    rounds: dict[int, list[HeldMark]] = defaultdict(list)
    for row in rows:
        rounds[count[_key(row)]].append(row)
        count[_key(row)] += 1
    return [rounds[number] for number in sorted(rounds)]


def _around(school: School, rows: Sequence[HeldMark], now: datetime) -> RegistersAround:
    """Three statements for all of the marks."""
    days = {row.date for row in rows}
    groups = {row.group_id for row in rows}
    held = Session.objects.filter(school=school, date__in=days)
    noted = Register.objects.filter(group__in=groups, session__date__in=days)
    ended_at = {
        (group, on, half): at
        for group, on, half, at in noted.values_list(
            "group", "session__date", "session__half", "ended_at"
        )
        if at is not None
    }
    windows = {(row.date, row.half): register_window(school, row.date, row.half) for row in rows}
    return RegistersAround(
        sessions={(one.date, one.half): one for one in held},
        windows=windows,
        ends={
            _register_of(row): min(
                ended_at.get(_register_of(row), windows[row.date, row.half].ends_at),
                windows[row.date, row.half].ends_at,
            )
            for row in rows
        },
        members=_members(rows, groups),
    )


def _members(rows: Sequence[HeldMark], groups: Collection[int]) -> set[tuple[int, MarkKey]]:
    spells = defaultdict(list)
    found = Membership.objects.filter(
        group__in=groups, enrolment__in={row.enrolment_id for row in rows}
    )
    for group, enrolment, first, last in found.values_list(
        "group", "enrolment", "from_on", "until_on"
    ):
        spells[group, enrolment].append((first, last or date.max))
    return {
        (row.group_id, _key(row))
        for row in rows
        if any(first <= row.date <= last for first, last in spells[row.group_id, row.enrolment_id])
    }


def _accept_round(
    school: School,
    rows: Sequence[HeldMark],
    seen: Mapping[int, int],
    versions: dict[MarkKey, int],
    around: RegistersAround,
    author: Author,
    now: datetime,
    decided: HeldMarkDecisions,
) -> None:
    """At most one mark of each pupil and session."""
    by_key = {_key(row): row for row in rows}
    locked = lock_enrolments({row.enrolment_id for row in rows})
    there = marks_now(list(by_key))
    has_comment = _with_comment(by_key.values(), there)
    changes = [
        _change(row, there.get(key), versions.get(key, seen.get(row.pk, 0)), key in has_comment)
        for key, row in by_key.items()
    ]
    written = write_marks(
        changes,
        by=author,
        source=Mark.Source.REGISTER,
        made_at=now,
        check=_check(school, by_key, around, now),
        locked=locked,
        there=there,
        ended=[key for key, row in by_key.items() if now >= around.ends[_register_of(row)]],
        each_made={key: _made(row) for key, row in by_key.items()},
    )
    versions.update(written.saved)
    said = advise(
        [change for change in changes if change.key in written.saved],
        locked=locked,
        before=there,
        windows=around.windows,
    )
    decided.advice |= {key.enrolment_id: words for key, words in said.items()}
    _note_outcome(by_key, written, decided)


def _note_outcome(
    by_key: Mapping[MarkKey, HeldMark], written: WriteResult, decided: HeldMarkDecisions
) -> None:
    for key, row in by_key.items():
        if key in written.refused:
            decided.refused[row.pk] = written.refused[key]
        elif key in written.conflicts:
            decided.stale[row.pk] = STALE
        else:
            decided.done.append(row.pk)


def _change(row: HeldMark, mark: MarkNow | None, seen: int, has_comment: bool) -> MarkChange:
    """The same code stands as it is, with its minutes and any comment that it has."""
    is_same = mark is not None and mark.code == row.code_id
    comment = row.comment or None
    return MarkChange(
        _key(row),
        row.code_id,
        seen,
        mark.minutes_late if mark and is_same else row.minutes_late,
        comment=None if is_same and has_comment else comment,
        reason=reason_of(row),
        paper=row.paper or None,
    )


def _with_comment(rows: Iterable[HeldMark], there: Mapping[MarkKey, MarkNow]) -> set[MarkKey]:
    """Where a comment stands already; asked only where one comes to a mark that is there."""
    asked = {_key(row) for row in rows if row.comment and _key(row) in there}
    if not asked:
        return set()
    found = MarkComment.objects.filter(
        enrolment__in={key.enrolment_id for key in asked}, date__in={key.date for key in asked}
    ).exclude(text="")
    return {MarkKey(*row) for row in found.values_list("enrolment", "date", "half")} & asked


def _made(row: HeldMark) -> HowMade:
    """When and by whom, as far as is known; the time of arrival where the mark had waited."""
    if row.why == HeldMark.Why.CLOCK:
        return HowMade(Mark.Source.REGISTER, row.made_by_id, row.arrived_at, row.arrived_at)
    waited = row.made_at < row.arrived_at
    arrived_at = row.arrived_at if waited else None
    return HowMade(Mark.Source.REGISTER, row.made_by_id, row.made_at, arrived_at)


def _check(
    school: School, by_key: Mapping[MarkKey, HeldMark], around: RegistersAround, now: datetime
) -> Check:
    def check(change: MarkChange, enrolment: LockedEnrolment, mark: MarkNow | None) -> str | None:
        key = change.key
        if enrolment.school_id != school.pk or (by_key[key].group_id, key) not in around.members:
            return NOT_THEIRS
        half_day = around.sessions.get((key.date, key.half))
        is_held = half_day is not None and half_day.is_open
        facts = allowed_codes.SessionFacts(key.date, Half(key.half), is_held)
        return allowed_codes.why_not(
            change.code, pupil=enrolment.facts, session=facts, today=now.date()
        )

    return check


def _note_taken(rows: Sequence[HeldMark], around: RegistersAround, now: datetime) -> None:
    """Note who took these registers, where the marks show that it was in time and nobody had."""
    earliest = _earliest_in_time(rows, around)
    if not earliest:
        return
    Register.objects.bulk_create(
        [
            Register(
                group_id=group,
                session=around.sessions[on, half],
                ended_at=_ended_at(around.ends[group, on, half], now),
            )
            for group, on, half in earliest
        ],
        ignore_conflicts=True,
    )
    which = {
        register: Q(group=register[0], session=around.sessions[register[1:]])
        for register in earliest
    }
    times = [When(which[register], then=Value(at)) for register, (at, _) in earliest.items()]
    people = [When(which[register], then=Value(who)) for register, (_, who) in earliest.items()]
    any_of_them = reduce(or_, which.values())
    Register.objects.filter(any_of_them, taken_at__isnull=True).update(
        taken_at=Case(*times), taken_by=Case(*people)
    )


def _earliest_in_time(
    rows: Sequence[HeldMark], around: RegistersAround
) -> dict[RegisterOf, tuple[datetime, int]]:
    """When each register's first mark was made before it ended, and by whom."""
    earliest: dict[RegisterOf, tuple[datetime, int]] = {}
    for row in rows:
        register = _register_of(row)
        at = row.arrived_at if row.why == HeldMark.Why.CLOCK else row.made_at
        if register[1:] not in around.sessions or at >= around.ends[register]:
            continue
        if register not in earliest or at < earliest[register][0]:
            earliest[register] = (at, row.made_by_id)
    return earliest


def _ended_at(ends_at: datetime, now: datetime) -> datetime | None:
    return ends_at if now >= ends_at else None


def _decide(rows: Sequence[HeldMark], *, accepted: bool, by: User, now: datetime) -> None:
    if rows:
        HeldMark.objects.filter(pk__in=[row.pk for row in rows]).update(
            accepted=accepted, decided_at=now, decided_by=by
        )
