"""Plan an academic year: its sessions, terms, closed days and school weeks are written as one.

`preview` says what a plan would do, `plan_year` does exactly that: it looks again under the
school's lock, and whatever is no longer as it was shown is shown again instead of written.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from operator import attrgetter

from django.db import transaction
from django.db.models import Count, ProtectedError

from registers import policies
from registers.models import (
    AcademicYear,
    ClosedDay,
    Mark,
    Register,
    School,
    Session,
    Term,
)
from registers.models.school.staff import User
from registers.rules.calendar import HalfTerm, SessionKey
from registers.rules.codes import Half
from registers.rules.wording import all_so, many
from registers.setup.calendar.actions.school_weeks import number_weeks
from registers.setup.calendar.year_plan import (
    ClosedStretch,
    YearChange,
    YearPlan,
    change,
    days_from_until,
    days_in_words,
    in_stretches,
    plan_of,
)

BATCH = 300  # rows of one statement
AS_KEPT = attrgetter("date", "kind", "name", "half")  # of a closed day


class OtherThanShownError(Exception):
    """Since the preview somebody changed the calendar: what would happen now is shown first."""

    def __init__(self, now: YearChange):
        self.now = now
        super().__init__("The calendar has changed since you looked.")


# --- what is there


def saved_plan(year: AcademicYear) -> YearPlan:
    """The plan of a year as it stands, whoever wrote it: here or in an imported calendar."""
    return plan_of(year.name, _saved_terms(year), saved_stretches(year), sessions_of(year))


def _saved_terms(year: AcademicYear) -> list[HalfTerm]:
    return [HalfTerm(term.name, term.starts_on, term.ends_on) for term in year.terms.all()]


def saved_stretches(year: AcademicYear) -> list[ClosedStretch]:
    return in_stretches(map(_stretch, year.closed_days.all()))


def _stretch(day: ClosedDay) -> ClosedStretch:
    half = None if day.half is None else Half(day.half)
    return ClosedStretch(day.date, day.date, day.kind, day.name, half)


def sessions_of(year: AcademicYear) -> set[SessionKey]:
    """None of a year that is not kept yet."""
    rows = Session.objects.filter(academic_year=year.pk).order_by().values_list("date", "half")
    return {(day, Half(half)) for day, half in rows}


def closed_and_lost(year: AcademicYear) -> tuple[set[SessionKey], set[SessionKey]]:
    """The year's sessions that a closure known beforehand took out of what is due, and those that
    were due and lost. One statement.
    """
    rows = Session.objects.filter(academic_year=year.pk).exclude(closed_because="")
    by_standing: dict[bool, set[SessionKey]] = {True: set(), False: set()}
    for session in rows:
        by_standing[session.is_open].add((session.date, Half(session.half)))
    return by_standing[False], by_standing[True]


def sessions_in_use(school: School, keys: Collection[SessionKey]) -> dict[SessionKey, str]:
    """Those of the sessions that marks or a class register hold on to, and by what, in words."""
    if not keys:
        return {}
    days = {day for day, _ in keys}
    span = (min(days), max(days))
    opened = Register.objects.filter(session__school=school, session__date__range=span)
    marks = Mark.objects.filter(enrolment__school=school, date__range=span, date__in=days)
    counted = marks.order_by().values("date", "half").annotate(number=Count("*"))
    holds: dict[tuple[date, int], str] = {
        **dict.fromkeys(
            opened.values_list("session__date", "session__half").distinct(), "a class register"
        ),
        **{(row["date"], row["half"]): many(row["number"], "mark") for row in counted},
    }
    return {key: holds[key] for key in sorted(keys) if key in holds}


# --- what would be


def preview(school: School, year: AcademicYear | None, plan: YearPlan) -> YearChange:
    """What the plan would do. Raises Refused where the year as a whole cannot be so."""
    year = year or AcademicYear(school=school)
    would = change(plan, sessions_of(year))
    _check_place(year, plan)
    return replace(
        would,
        blocked=sessions_in_use(school, would.taken_out),
        other=tuple(_other_changes(year, plan)),
    )


def _check_place(year: AcademicYear, plan: YearPlan) -> None:
    days = {day for day, _ in plan.sessions()}
    if not days:
        raise policies.Refused("No session is left: every day of these terms is closed.")
    others = AcademicYear.objects.filter(school=year.school).exclude(pk=year.pk)
    if others.filter(name=plan.name).exists():
        raise policies.Refused(f"{plan.name} is in the calendar already. Open that year.")
    first, last = min(days), max(days)
    other = others.filter(ends_on__gte=first, starts_on__lte=last).first()
    if other is not None:
        raise policies.Refused(
            f"{plan.name} would be from {days_from_until(first, last)}, and "
            f"{other.name} is from {days_from_until(other.starts_on, other.ends_on)}: "
            "two academic years cannot share days."
        )


def _other_changes(year: AcademicYear, plan: YearPlan) -> list[str]:
    """What changes besides sessions, so that a new name or reason is not “nothing”."""
    if year.pk is None:
        return [f"the academic year {plan.name} is new"]
    return all_so(
        (year.name != plan.name, f"{year.name} is called {plan.name}"),
        (
            set(_saved_terms(year)) != set(plan.terms),
            "half terms have other names or days",
        ),
        (
            set(map(AS_KEPT, year.closed_days.all())) != set(map(AS_KEPT, _closed_rows(plan))),
            "closed days have other days or reasons",
        ),
    )


def _closed_rows(plan: YearPlan) -> list[ClosedDay]:
    return [
        ClosedDay(date=day, kind=stretch.kind, name=stretch.name, half=stretch.half)
        for day, stretch in plan.closed_days().items()
    ]


# --- writing it


@transaction.atomic
def plan_year(
    *, school: School, year: AcademicYear | None, plan: YearPlan, seen: str, by: User
) -> tuple[AcademicYear, YearChange]:
    """Write the plan; `seen` is the digest of the preview that the person agreed to.

    Raises Refused (also where a session in use would go), OtherThanShownError.
    """
    policies.check(by, "keep_school", school=school)
    school = School.objects.select_for_update().get(pk=school.pk)
    would = preview(school, year, plan)
    if would.blocked:
        raise policies.Refused(why_blocked(would))
    if would.digest != seen:
        raise OtherThanShownError(would)
    year = _write_year(year or AcademicYear(school=school), plan, would)
    _write_terms(year, plan)
    _write_closed_days(year, plan)
    _number_weeks(school)
    return year, would


def _number_weeks(school: School) -> None:
    days = Session.objects.filter(school=school).order_by().values_list("date", flat=True)
    number_weeks(school, set(days.distinct()))


def why_blocked(found: YearChange) -> str:
    days = "; ".join(days_in_words(found.blocked, most=8))
    return (
        "Sessions that have marks or a class register cannot be taken out of the calendar: "
        f"{days}. Put these days back. Where a session was due and could not be held, it stays: "
        "make a closure of it."
    )


def _write_year(year: AcademicYear, plan: YearPlan, would: YearChange) -> AcademicYear:
    sessions = (sessions_of(year) | set(would.added)) - set(would.taken_out)
    days = {day for day, _ in sessions}
    year.name, year.starts_on, year.ends_on = plan.name, min(days), max(days)
    year.save()
    _take_out(year, would.taken_out)
    Session.objects.bulk_create(
        Session(school=year.school, academic_year=year, date=day, half=half.value)
        for day, half in would.added
    )
    return year


def _take_out(year: AcademicYear, keys: Collection[SessionKey]) -> None:
    rows = Session.objects.filter(academic_year=year, date__in={day for day, _ in keys})
    wanted = set(keys)
    gone = [row.pk for row in rows if (row.date, Half(row.half)) in wanted]
    try:
        for start in range(0, len(gone), BATCH):
            Session.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    except ProtectedError:
        raise policies.Refused(
            "A class register was opened for one of these sessions just now. Look again."
        ) from None


def _write_terms(year: AcademicYear, plan: YearPlan) -> None:
    """Terms keep their rows by name: other tables may one day point at them."""
    for term in plan.terms:
        days = {"starts_on": term.starts_on, "ends_on": term.ends_on}
        Term.objects.update_or_create(academic_year=year, name=term.name, defaults=days)
    year.terms.exclude(name__in=[term.name for term in plan.terms]).delete()


def _write_closed_days(year: AcademicYear, plan: YearPlan) -> None:
    year.closed_days.all().delete()
    rows = _closed_rows(plan)
    for row in rows:
        row.academic_year = year
    ClosedDay.objects.bulk_create(rows)


@transaction.atomic
def remove_year(*, year: AcademicYear, by: User) -> None:
    """Take a whole year out of the calendar. Raises Refused where anything rests on it."""
    policies.check(by, "keep_school", school=year.school_id)
    school = School.objects.select_for_update().get(pk=year.school_id)
    if sessions_in_use(school, sessions_of(year)):
        raise policies.Refused(
            f"{year.name} has marks or class registers, so it stays in the calendar."
        )
    try:
        with transaction.atomic():
            _take_out(year, sessions_of(year))
            year.terms.all().delete()
            year.closed_days.all().delete()
            year.delete()
    except ProtectedError:
        raise policies.Refused(
            f"{year.name} is used: pupils have a year group in it, or letters are about it. "
            "It stays in the calendar."
        ) from None
    _number_weeks(school)


# --- an overview


def sessions_by_year(school: School) -> Counter[int]:
    """Planned sessions by academic year, in one statement: those that a closure took out of what
    is due, known beforehand, are not among them; those that were lost are.
    """
    rows = Session.objects.filter(school=school, is_open=True).order_by()
    return Counter(dict(rows.values_list("academic_year").annotate(Count("pk"))))
