"""Plan an academic year: its sessions, terms, closed days and school weeks are written as one.

`preview` says what a plan would do, `plan_year` does exactly that: it looks again under the
school's lock, and whatever is no longer as it was shown is shown again instead of written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

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


class OtherThanShownError(Exception):
    """Since the preview somebody changed the calendar: what would happen now is shown first."""

    def __init__(self, now: YearChange):
        self.now = now
        super().__init__("The calendar has changed since you looked.")


# --- what is there


def saved_plan(year: AcademicYear) -> YearPlan:
    """The plan of a year as it stands, whoever wrote it: here or in an imported calendar."""
    terms = [HalfTerm(term.name, term.starts_on, term.ends_on) for term in year.terms.all()]
    return plan_of(year.name, terms, saved_stretches(year), sessions_of(year))


def saved_stretches(year: AcademicYear) -> list[ClosedStretch]:
    return in_stretches(
        ClosedStretch(
            day.date, day.date, day.kind, day.name, None if day.half is None else Half(day.half)
        )
        for day in year.closed_days.all()
    )


def sessions_of(year: AcademicYear) -> set[SessionKey]:
    rows = Session.objects.filter(academic_year=year).values_list("date", "half")
    return {(day, Half(half)) for day, half in rows.order_by()}


def closed_and_lost(year: AcademicYear) -> tuple[set[SessionKey], set[SessionKey]]:
    """The year's sessions that a closure known beforehand took out of what is due, and those that
    were due and lost. One statement.
    """
    rows = Session.objects.filter(academic_year=year).exclude(closed_because="")
    by_standing: dict[bool, set[SessionKey]] = {True: set(), False: set()}
    for day, half, is_open in rows.values_list("date", "half", "is_open"):
        by_standing[is_open].add((day, Half(half)))
    return by_standing[False], by_standing[True]


def sessions_in_use(school: School, keys: Collection[SessionKey]) -> dict[SessionKey, str]:
    """Those of the sessions that marks or a class register hold on to, and by what, in words."""
    if not keys:
        return {}
    days = {day for day, _ in keys}
    found: dict[SessionKey, str] = {}
    opened = Register.objects.filter(
        session__school=school, session__date__range=(min(days), max(days))
    )
    for day, half in opened.values_list("session__date", "session__half").distinct():
        found[day, Half(half)] = "a class register"
    marks = Mark.objects.filter(
        enrolment__school=school, date__range=(min(days), max(days)), date__in=days
    )
    counted = marks.order_by().values("date", "half").annotate(number=Count("*"))
    for day, half, number in counted.values_list("date", "half", "number"):
        found[day, Half(half)] = "1 mark" if number == 1 else f"{number:,} marks"
    return {key: found[key] for key in sorted(keys) if key in found}


# --- what would be


def preview(school: School, year: AcademicYear | None, plan: YearPlan) -> YearChange:
    """What the plan would do. Raises Refused where the year as a whole cannot be so."""
    found = change(plan, sessions_of(year) if year else set())
    _check_place(school, year, plan)
    return replace(
        found,
        blocked=sessions_in_use(school, found.taken_out),
        other=tuple(_other_changes(year, plan)),
    )


def _check_place(school: School, year: AcademicYear | None, plan: YearPlan) -> None:
    days = sorted({day for day, _ in plan.sessions()})
    if not days:
        raise policies.Refused("No session is left: every day of these terms is closed.")
    others = AcademicYear.objects.filter(school=school)
    if year is not None:
        others = others.exclude(pk=year.pk)
    for other in others:
        if other.name == plan.name:
            raise policies.Refused(f"{plan.name} is in the calendar already. Open that year.")
        if days[0] <= other.ends_on and other.starts_on <= days[-1]:
            raise policies.Refused(
                f"{plan.name} would be from {days_from_until(days[0], days[-1])}, and "
                f"{other.name} is from {days_from_until(other.starts_on, other.ends_on)}: "
                "two academic years cannot share days."
            )


def _other_changes(year: AcademicYear | None, plan: YearPlan) -> Iterable[str]:
    """What changes besides sessions, so that a new name or reason is not “nothing”."""
    if year is None:
        yield f"the academic year {plan.name} is new"
        return
    if year.name != plan.name:
        yield f"{year.name} is called {plan.name}"
    terms = {(term.name, term.starts_on, term.ends_on) for term in year.terms.all()}
    if terms != {(term.name, term.starts_on, term.ends_on) for term in plan.terms}:
        yield "half terms have other names or days"
    closed = {(day.date, day.kind, day.name, day.half) for day in year.closed_days.all()}
    if closed != {(row.date, row.kind, row.name, row.half) for row in _closed_rows(plan)}:
        yield "closed days have other days or reasons"


def _closed_rows(plan: YearPlan) -> list[ClosedDay]:
    return [
        ClosedDay(
            date=day,
            kind=stretch.kind,
            name=stretch.name,
            half=None if stretch.half is None else stretch.half.value,
        )
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
    found = preview(school, year, plan)
    if found.blocked:
        raise policies.Refused(why_blocked(found))
    if found.digest != seen:
        raise OtherThanShownError(found)
    year = _write_year(school, year, plan, found)
    _write_terms(year, plan)
    _write_closed_days(year, plan)
    days = Session.objects.filter(school=school).order_by().values_list("date", flat=True)
    number_weeks(school, set(days.distinct()))
    return year, found


def why_blocked(found: YearChange) -> str:
    days = "; ".join(days_in_words(found.blocked, most=8))
    return (
        "Sessions that have marks or a class register cannot be taken out of the calendar: "
        f"{days}. Put these days back. Where a session was due and could not be held, it stays: "
        "make a closure of it."
    )


def _write_year(
    school: School, year: AcademicYear | None, plan: YearPlan, found: YearChange
) -> AcademicYear:
    there = sessions_of(year) if year else set()
    days = {day for day, _ in (there | set(found.added)) - set(found.taken_out)}
    if year is None:
        year = AcademicYear(school=school)
    year.name, year.starts_on, year.ends_on = plan.name, min(days), max(days)
    year.save()
    _take_out(year, found.taken_out)
    Session.objects.bulk_create(
        Session(school=school, academic_year=year, date=day, half=half.value)
        for day, half in found.added
    )
    return year


def _take_out(year: AcademicYear, keys: Collection[SessionKey]) -> None:
    ids = {
        (day, Half(half)): pk
        for pk, day, half in Session.objects.filter(academic_year=year).values_list(
            "pk", "date", "half"
        )
    }
    gone = [ids[key] for key in keys]
    try:
        for start in range(0, len(gone), BATCH):
            Session.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    except ProtectedError:
        raise policies.Refused(
            "A class register was opened for one of these sessions just now. Look again."
        ) from None


def _write_terms(year: AcademicYear, plan: YearPlan) -> None:
    """Terms keep their rows by name: other tables may one day point at them."""
    there = {term.name: term for term in year.terms.all()}
    for term in plan.terms:
        row = there.pop(term.name, None) or Term(academic_year=year, name=term.name)
        row.starts_on, row.ends_on = term.starts_on, term.ends_on
        row.save()
    Term.objects.filter(pk__in=[row.pk for row in there.values()]).delete()


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
    used = sessions_in_use(school, sessions_of(year))
    if used:
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
    days = Session.objects.filter(school=school).order_by().values_list("date", flat=True)
    number_weeks(school, set(days.distinct()))


# --- an overview


def sessions_by_year(school: School) -> dict[int, int]:
    """Planned sessions by academic year, in one statement: those that a closure took out of what
    is due, known beforehand, are not among them; those that were lost are.
    """
    rows = Session.objects.filter(school=school, is_open=True).order_by()
    counted: dict[int, int] = defaultdict(int)
    counted.update(rows.values_list("academic_year").annotate(Count("pk")))
    return counted
