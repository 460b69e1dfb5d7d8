"""The school's academic years: planned, looked at before anything is written, then written."""

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers import policies
from registers.models import AcademicYear, Closure
from registers.models.school.academic_year import current_year
from registers.rules.calendar import (
    SATURDAY,
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
    YearChange,
    YearPlan,
    a_year_later,
    with_inset_days,
)
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages

OTHER_THAN_SHOWN = "This is what would happen now. It is not what was shown before: look once more."
FIRST_DAY, NAME = attrgetter("first"), attrgetter("name")  # of a closed stretch
KIND_AND_HALF = attrgetter("kind", "half")
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
    lines = {
        year: YearLine(
            year,
            Length(counts[year.pk], school.sessions_expected),
            year == now,
            when_of(year, today),
        )
        for year in years
    }
    context = {
        "school": school,
        "lines": [*lines.values()],
        "lede": lede_of_calendar(lines[now] if now else None),
    }
    return render(request, "registers/setup/calendar.html", context)


@require_http_methods(["GET", "POST"])
@allowed("keep_school")
def calendar_new(request: PageRequest) -> HttpResponse:
    """Begins with last year's weeks a year on, or with six half terms by name."""
    school = request.viewer.school
    last = school.academic_years.prefetch_related("terms", "closed_days").last()
    if last is None:
        return _edit(request, None, YearPlan(academic_year_name(timezone.localdate()), ()))
    return _edit(request, None, a_year_later(planning.saved_plan(last)), copied=last)


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
    with refusals_as_messages(request):
        planning.remove_year(year=year, by=request.user)
        messages.success(request, f"{name} is no longer in the calendar.")
        return redirect("registers:calendar", urn=school.urn)
    return redirect("registers:calendar_year", urn=school.urn, year_id=year.pk)


def _edit(
    request: PageRequest,
    year: AcademicYear | None,
    before: YearPlan,
    copied: AcademicYear | None = None,
    *,
    explained: bool = False,
) -> HttpResponse:
    context: dict = {
        "school": request.viewer.school,
        "year": year,
        "copied": copied,
        "explained": explained,
    }
    if request.method == "GET":
        shown = year and _year_view(year, before, planning.sessions_of(year))
        return _page(request, context | {"editor": YearEditor(None, before), "shown": shown})
    if "more" in request.POST:
        more = request.POST["more"]
        editor = YearEditor.with_one_more(request.POST, before, more)
        return _page(request, context | {"editor": editor, "more": more})
    editor = YearEditor(request.POST, before)
    context["editor"] = editor
    if not editor.is_valid():
        return _page(request, context)
    try:
        return _preview_or_save(request, context, editor.plan)
    except policies.Refused as refusal:
        editor.refusals.append(str(refusal))
        return _page(request, context)


def _preview_or_save(request: PageRequest, context: dict, plan: YearPlan) -> HttpResponse:
    """Raises Refused."""
    would = planning.preview(request.viewer.school, context["year"], plan)
    if "save" not in request.POST or would.blocked:
        return _look(request, context, plan, would)
    try:
        return _save(request, context["year"], plan, would)
    except planning.OtherThanShownError as other:
        return _look(request, context | {"notice": OTHER_THAN_SHOWN}, plan, other.now)


def _save(
    request: PageRequest, year: AcademicYear | None, plan: YearPlan, would: YearChange
) -> HttpResponse:
    """Raises Refused, OtherThanShownError."""
    school = request.viewer.school
    if would.is_nothing:
        messages.success(request, f"{plan.name} is saved already: nothing was changed.")
        return redirect("registers:calendar", urn=school.urn)
    seen = request.POST.get("seen", "")
    year, done = planning.plan_year(school=school, year=year, plan=plan, seen=seen, by=request.user)
    length = Length(done.planned, school.sessions_expected)
    messages.success(request, f"{plan.name} is saved. {length.said}")
    return redirect("registers:calendar_year", urn=school.urn, year_id=year.pk)


def _look(request: PageRequest, context: dict, plan: YearPlan, would: YearChange) -> HttpResponse:
    """What would happen, before anything is written."""
    year = context["year"] or AcademicYear(school=request.viewer.school)
    weekend = {key for key in planning.sessions_of(year) if key[0].weekday() >= SATURDAY}
    shown = _year_view(year, plan, plan.sessions() | weekend)
    context = context | {"shown": shown, "found": would}
    return _page(request, context | change_in_words(would, plan.name, timezone.localdate()))


def _year_view(year: AcademicYear, plan: YearPlan, sessions: set[SessionKey]) -> YearView:
    """Of a year that may not be kept yet."""
    closed_days = plan.closed_days()
    stretches = closed_days.values()
    closed, lost = planning.closed_and_lost(year)
    length = Length(len(sessions - closed), year.school.sessions_expected)
    return YearView(
        length=length,
        to_do=length.what_to_do(Counter(map(KIND_AND_HALF, stretches))[INSET, None]),
        terms=[_term_line(term, sessions) for term in plan.terms],
        closed=_closed_lines(Counter(stretches)),
        unexplained=Counter(map(NAME, stretches))[UNEXPLAINED],
        months=picture(sessions, closed_days),
        closures=_closures_of(year),
        lost=len(lost & sessions),
    )


def _closures_of(year: AcademicYear) -> list[Closure]:
    """Those in force, the first day first."""
    if year.pk is None:
        return []
    closures = Closure.objects.in_force().filter(school=year.school_id)
    within = closures.filter(from_on__lte=year.ends_on, until_on__gte=year.starts_on)
    return list(within.order_by("from_on", "from_half", "pk"))


def _term_line(term: HalfTerm, sessions: set[SessionKey]) -> TermLine:
    inside = [day for day, _ in sessions if day in term]
    return TermLine(term, len(set(inside)), len(inside))


def _closed_lines(days: Counter[ClosedStretch]) -> list[ClosedLine]:
    """Each stretch that closes something, with the days of term that it closes."""
    return [ClosedLine(stretch, days[stretch]) for stretch in sorted(days, key=FIRST_DAY)]


def _page(request: PageRequest, context: dict) -> HttpResponse:
    """With `errors` as (where, what), for the summary at the head of the form."""
    year = context["year"]
    context["errors"] = list(context["editor"].errors)
    context["shapes"] = SHAPES
    context["name"] = str(year or NEW_YEAR)
    context["heading"] = f"Academic year {year}" if year else NEW_YEAR
    context["lede"] = lede_of_year(context)
    return render(request, "registers/setup/year.html", context)
