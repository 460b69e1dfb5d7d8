"""What the pupil page shows, gathered in a number of statements that grows with nothing.

At most eleven, beside those of signing in: the school's years; the pupil's spells on the roll;
dated facts (characteristics, standings, calls home); plans; contacts and siblings; letters; years
at other schools; the log with its documents; then the year's sessions, the marks and last year's
weeks.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import product
from operator import attrgetter
from typing import TypeVar

from django.db.models import (
    Count,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.utils import timezone

from absence.figures.calendar import SchoolCalendar, calendar_of
from absence.figures.elsewhere import elsewhere_of
from absence.figures.pupil_years import pupil_years
from absence.rules.academic_year import SchoolYear
from absence.rules.effects import BEFORE_AN_ACTION
from absence.rules.pupil_year import PupilYear
from absence.rules.year_grid import GridTerm, year_grid
from interventions.models import Letter
from interventions.pupil.facts import read_facts
from interventions.pupil.log import add_log, notes_of
from interventions.pupil.page import LoggedAction, PupilPage, overlaps
from interventions.pupil.people import people_of
from registers.models import (
    Enrolment,
    EnrolmentYear,
    Membership,
    PlannedAbsence,
    School,
)
from registers.rules.calendar import SessionKey
from registers.rules.clock import register_window
from registers.rules.codes import Half
from registers.rules.planned_absence import covers
from registers.web.access import SchoolViewer

Row = TypeVar("Row", SchoolYear, Enrolment)


class NoSuchPupilError(LookupError):
    """No pupil of this number that the person may see, or no such year of theirs."""


def pupil_page(
    viewer: SchoolViewer,
    pupil_id: int,
    *,
    today: date,
    now: datetime,
    year: str = "",
    spell: str = "",
) -> PupilPage:
    """The page of one pupil. Raises NoSuchPupilError."""
    calendar = calendar_of(viewer.school)
    enrolments = list(_enrolments(viewer, pupil_id, today))
    chosen, enrolment = _chosen(calendar, enrolments, today, year, spell)
    page = PupilPage(enrolment, enrolments, calendar, today, year=chosen)
    read_facts(page, with_calls=viewer.may("see_morning"))
    page.plans = list(_plans(enrolments, chosen, today))
    if viewer.may("see_contacts"):
        page.contacts, page.siblings = people_of(pupil_id, today)
    if viewer.may("see_letters"):
        page.letters = list(_letters(pupil_id, viewer.school, chosen))
    page.years_elsewhere = elsewhere_of([pupil_id]).get(pupil_id, ())
    notes = notes_of(pupil_id, viewer) if viewer.may("see_interventions") else []
    if chosen:
        _read_figures(page, chosen, notes, now)
    add_log(page, notes)
    return page


def _enrolments(viewer: SchoolViewer, pupil_id: int, today: date) -> QuerySet[Enrolment]:
    """Every spell of a pupil whom this person may see, the latest first, each with its group and
    year group as at its last day or today."""
    theirs = viewer.enrolments().filter(pupil=pupil_id)
    return (
        Enrolment.objects.not_void()
        .filter(pupil__in=theirs.values("pupil"))
        .select_related("pupil", "school")
        .annotate(group=_group_of("pk", today), year_group=_year_group(today))
        .order_by("-starts_on")
    )


def _group_of(enrolment: str, on: date) -> Subquery:
    memberships = Membership.objects.filter(
        enrolment=OuterRef(enrolment), group__kind="registration", from_on__lte=on
    )
    return Subquery(memberships.order_by("-from_on").values("group__name")[:1])


def _year_group(on: date) -> Subquery:
    years = EnrolmentYear.objects.filter(enrolment=OuterRef("pk"), academic_year__starts_on__lte=on)
    return Subquery(years.order_by("-academic_year__starts_on").values("year_group")[:1])


def _chosen(
    calendar: SchoolCalendar, enrolments: Sequence[Enrolment], today: date, year: str, spell: str
) -> tuple[SchoolYear | None, Enrolment]:
    """The academic year and the spell that were asked for; else the latest. Raises
    NoSuchPupilError for a year or a spell that is not this pupil's."""
    spells = _of_number(enrolments, spell)
    years = _of_number(calendar.years, year) if year else calendar.begun_by(today)
    for one, own in product(reversed(years), spells):
        if overlaps(own, one):
            return one, own
    if year or not spells:
        raise NoSuchPupilError
    return calendar.latest_by(today), spells[0]


def _of_number(rows: Sequence[Row], number: str) -> list[Row]:
    """The one of this number; all of them where the address names none."""
    return [row for row in rows if number in ("", str(row.pk))]


def _plans(
    enrolments: Sequence[Enrolment], year: SchoolYear | None, today: date
) -> QuerySet[PlannedAbsence]:
    """Those of the year, and those still to come."""
    since = min(year.starts_on, today) if year else today
    return PlannedAbsence.objects.filter(
        enrolment__in=enrolments, withdrawn_at__isnull=True, until_on__gte=since
    ).order_by("made_at", "pk")


def _letters(pupil_id: int, school: School, year: SchoolYear | None) -> QuerySet[Letter]:
    letters = Letter.objects.filter(enrolment__pupil=pupil_id, enrolment__school=school)
    if year:
        letters = letters.filter(academic_year=year.pk)
    return letters.annotate(copy_count=Count("copies"), sent_at=Max("copies__sent_at")).order_by(
        "-dated", "-pk"
    )


def last_day_that_counts(school: School, year: SchoolYear, today: date) -> date:
    """The last day before today on which the school met, as on every list; on the first day of a
    year today itself, since there is no other."""
    met = school.last_met_on or today
    if met < year.starts_on:
        met = today
    return min(met, year.ends_on)


def _read_figures(
    page: PupilPage, year: SchoolYear, notes: Sequence[LoggedAction], now: datetime
) -> None:
    """The year's sessions, its marks and last year's weeks; and what is worked out from them."""
    as_at = last_day_that_counts(page.calendar.school, year, page.today)
    earliest = min(map(attrgetter("done_on"), notes), default=year.starts_on)
    since = earliest - BEFORE_AN_ACTION
    page.year = page.calendar.with_sessions(year, since=since)
    years = pupil_years(
        page.enrolments,
        page.year,
        as_at=as_at,
        last_year=page.year_before,
        today=page.today,
        since=since,
    )
    page.figures = years[page.enrolment.pupil_id]
    page.terms = _terms(page, page.figures, now)


def _terms(page: PupilPage, figures: PupilYear, now: datetime) -> list[GridTerm]:
    year, begun = figures.year, _begun(page.calendar.school, now)
    return year_grid(
        sessions=year.sessions,
        marks={mark.key: mark.symbol for mark in figures.marks},
        amended={mark.key for mark in figures.marks if mark.amended},
        planned=_planned(page.plans, year, begun),
        begun=begun,
        on_roll=[(one.starts_on, one.leaves_on) for one in page.spells],
        terms=year.terms,
        closed_days=year.closed_days,
    )


def _begun(school: School, now: datetime) -> SessionKey:
    """The last half day whose register has opened."""
    local = timezone.localtime(now)
    for half in (Half.PM, Half.AM):
        if register_window(school, local.date(), half).has_opened(local):
            return local.date(), half
    return local.date() - timedelta(days=1), Half.PM


def _planned(
    plans: Iterable[PlannedAbsence], year: SchoolYear, begun: SessionKey
) -> dict[SessionKey, str]:
    """Codes that are planned for sessions still to come; where two plans meet, the later made."""
    to_come = [session for session in year.sessions if session.key > begun]
    return {
        session.key: plan.code_id
        for plan, session in product(plans, to_come)
        if covers(plan, session.date, session.half)
    }
