"""The school's academic years: planned, looked at before anything is written, then written."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers import policies
from registers.models import AcademicYear, Closure, School
from registers.models.school.academic_year import current_year
from registers.rules.calendar import (
    HALF_TERM_NAMES,
    HalfTerm,
    SessionKey,
    academic_year_name,
)
from registers.setup.calendar.actions import planning
from registers.setup.calendar.forms import YearEditor
from registers.setup.calendar.picture import PictureMonth, picture
from registers.setup.calendar.wording import (
    NEW_YEAR,
    ClosedLine,
    YearLine,
    change_in_words,
    lede_of_calendar,
    lede_of_year,
    when_of,
)
from registers.setup.calendar.year_plan import (
    INSET,
    UNEXPLAINED,
    ClosedStretch,
    Length,
    YearPlan,
    a_year_later,
    with_inset_days,
)
from registers.web.access import PageRequest, allowed

SHAPES = (  # of the picture's key, in this order
    ("school", "School day"),
    ("half", "Half a day"),
    ("inset", "INSET day"),
    ("bank_holiday", "Bank holiday"),
    ("holiday", "Holiday in term"),
    ("other", "Another closure"),
    ("out", "Not in term"),
)


@dataclass(frozen=True, slots=True)
class TermLine:
    """A half term with its sessions."""

    term: HalfTerm
    days: int
    sessions: int


@dataclass(frozen=True, slots=True)
class YearView:
    """A year to look at: its length, its terms, its closed days, its picture."""

    length: Length
    to_do: str
    terms: list[TermLine]
    closed: list[ClosedLine]
    unexplained: int
    months: list[PictureMonth]
    closures: list[Closure]  # made with one press, before or after their day
    lost: int  # sessions that were due and not held: they need not be made up


@require_safe
@allowed("keep_school")
def calendar(request: PageRequest) -> HttpResponse:
    """Every academic year, and the way to the next."""
    school, today = request.viewer.school, timezone.localdate()
    counts = planning.sessions_by_year(school)
    years = list(school.academic_years.order_by("-starts_on"))
    now = current_year(years, today)
    lines = [
        YearLine(
            year,
            Length(counts[year.pk], school.sessions_expected),
            year == now,
            when_of(year, today),
        )
        for year in years
    ]
    now_line = next((line for line in lines if line.is_now), None)
    context = {"school": school, "lines": lines, "lede": lede_of_calendar(now_line)}
    return render(request, "registers/setup/calendar.html", context)


@require_http_methods(["GET", "POST"])
@allowed("keep_school")
def calendar_new(request: PageRequest) -> HttpResponse:
    """Begins with last year's weeks a year on, or with six half terms by name."""
    school = request.viewer.school
    last = school.academic_years.prefetch_related("terms", "closed_days").last()
    plan = (
        a_year_later(planning.saved_plan(last))
        if last
        else YearPlan(academic_year_name(timezone.localdate()), ())
    )
    return _edit(request, None, plan, copied=last)


@require_http_methods(["GET", "POST"])
@allowed("keep_school")
def calendar_year(request: PageRequest, year_id: int) -> HttpResponse:
    school = request.viewer.school
    year = get_object_or_404(
        school.academic_years.prefetch_related("terms", "closed_days"), pk=year_id
    )
    if "remove" in request.POST:
        return _remove(request, year)
    plan = planning.saved_plan(year)
    if "inset" in request.GET and request.method == "GET":
        return _edit(request, year, with_inset_days(plan), explained=True)
    return _edit(request, year, plan)


def _remove(request: PageRequest, year: AcademicYear) -> HttpResponse:
    """Asked once more before a year goes."""
    school, name = request.viewer.school, year.name
    if request.POST["remove"] != "certainly":
        context = {"school": school, "year": year, "sessions": year.sessions.count()}
        return render(request, "registers/setup/remove_year.html", context)
    try:
        planning.remove_year(year=year, by=request.user)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("registers:calendar_year", urn=school.urn, year_id=year.pk)
    messages.success(request, f"{name} is no longer in the calendar.")
    return redirect("registers:calendar", urn=school.urn)


def _edit(
    request: PageRequest,
    year: AcademicYear | None,
    before: YearPlan,
    copied: AcademicYear | None = None,
    *,
    explained: bool = False,
) -> HttpResponse:
    school = request.viewer.school
    context: dict = {"school": school, "year": year, "copied": copied, "explained": explained}
    there = planning.sessions_of(year) if year else set()
    if request.method == "GET":
        editor = YearEditor(None, before)
        if not before.terms:
            editor.terms.initial = [{"name": name} for name in HALF_TERM_NAMES]
        shown = _year_view(school, year, before, there) if year else None
        return _page(request, context | {"editor": editor, "shown": shown})
    if "more" in request.POST:
        editor = YearEditor.with_one_more(request.POST, before, request.POST["more"])
        return _page(request, context | {"editor": editor, "more": request.POST["more"]})
    editor = YearEditor(request.POST, before)
    if not editor.is_valid():
        return _page(request, context | {"editor": editor})
    return _preview_or_save(request, context, editor, there)


def _preview_or_save(
    request: PageRequest, context: dict, editor: YearEditor, there: set[SessionKey]
) -> HttpResponse:
    school, year, plan = context["school"], context["year"], editor.plan
    notice = ""
    try:
        found = planning.preview(school, year, plan)
        if "save" in request.POST and not found.blocked:
            if found.is_nothing:
                messages.success(request, f"{plan.name} is saved already: nothing was changed.")
                return redirect("registers:calendar", urn=school.urn)
            seen = request.POST.get("seen", "")
            year, found = planning.plan_year(
                school=school, year=year, plan=plan, seen=seen, by=request.user
            )
            length = Length(found.planned, school.sessions_expected)
            messages.success(request, f"{plan.name} is saved. {length.said}")
            return redirect("registers:calendar_year", urn=school.urn, year_id=year.pk)
    except planning.OtherThanShownError as other:
        found = other.now
        notice = "This is what would happen now. It is not what was shown before: look once more."
    except policies.Refused as refusal:
        editor.refusals.append(str(refusal))
        return _page(request, context | {"editor": editor})
    weekend = {key for key in there if key[0].weekday() > 4}
    shown = _year_view(school, year, plan, plan.sessions() | weekend)
    context |= {"editor": editor, "shown": shown, "notice": notice, "found": found}
    return _page(request, context | change_in_words(found, plan.name, timezone.localdate()))


def _year_view(
    school: School, year: AcademicYear | None, plan: YearPlan, sessions: set[SessionKey]
) -> YearView:
    closed_days = plan.closed_days()
    closed, lost = planning.closed_and_lost(year) if year else (set(), set())
    length = Length(len(sessions - closed), school.sessions_expected)
    inset = sum(stretch.kind == INSET and stretch.half is None for stretch in closed_days.values())
    return YearView(
        length=length,
        to_do=length.what_to_do(inset),
        terms=[_term_line(term, sessions) for term in plan.terms],
        closed=_closed_lines(closed_days),
        unexplained=sum(stretch.name == UNEXPLAINED for stretch in closed_days.values()),
        months=picture(sessions, closed_days),
        closures=list(_closures_of(year)) if year else [],
        lost=len(lost & sessions),
    )


def _closures_of(year: AcademicYear) -> QuerySet[Closure]:
    """Those in force, the first day first."""
    found = Closure.objects.in_force().filter(school=year.school_id)
    within = found.filter(from_on__lte=year.ends_on, until_on__gte=year.starts_on)
    return within.order_by("from_on", "from_half", "pk")


def _term_line(term: HalfTerm, sessions: set[SessionKey]) -> TermLine:
    inside = [day for day, _ in sessions if day in term]
    return TermLine(term, len(set(inside)), len(inside))


def _closed_lines(closed_days: dict[date, ClosedStretch]) -> list[ClosedLine]:
    """Each stretch that closes something, with the days of term that it closes."""
    days = Counter(closed_days.values())
    stretches = sorted(days, key=lambda stretch: stretch.first)
    return [ClosedLine(stretch, days[stretch]) for stretch in stretches]


def _page(request: PageRequest, context: dict) -> HttpResponse:
    """With `errors` as (where, what), for the summary at the head of the form."""
    editor = context["editor"]
    year = context["year"]
    context["errors"] = list(editor.errors)
    context["shapes"] = SHAPES
    context["name"] = str(year) if year else NEW_YEAR
    context["heading"] = f"Academic year {year}" if year else NEW_YEAR
    context["lede"] = lede_of_year(context)
    return render(request, "registers/setup/year.html", context)
