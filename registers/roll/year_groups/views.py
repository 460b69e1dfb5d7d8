"""The year group of every pupil; everybody up a year."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers.models import (
    AcademicYear,
)
from registers.models.school.academic_year import current_year
from registers.roll.groups import actions, wording
from registers.roll.groups.forms import (
    YearGroupForm,
)
from registers.roll.year_groups import queries
from registers.rules.pupils.namesakes import pupils_apart
from registers.rules.pupils.year_groups import spoken
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.form_helpers import sent_with

PER_PAGE = 100


@require_safe
@allowed("keep_pupils")
def year_groups(request: PageRequest) -> HttpResponse:
    """Leads to the academic year of today."""
    school = request.viewer.school
    year = current_year(school.academic_years.all(), timezone.localdate())
    if year is None:
        return render(request, "registers/roll/year_groups/no_years.html", {"school": school})
    return redirect("registers:year_groups_of", urn=school.urn, year_id=year.pk)


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def year_groups_of(request: PageRequest, year_id: int) -> HttpResponse:
    school = request.viewer.school
    year = get_object_or_404(AcademicYear, pk=year_id, school=school)
    rows = queries.in_year(school, year)
    counts = queries.YearGroupCounts(queries.counted_by_year_group(rows))
    wanted = queries.filtered(rows, request.GET)
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    form = YearGroupForm(sent_with(request), found=[row.pk for row in page])
    if form.is_valid():
        _give(request, year, form)
        return redirect(request.get_full_path())
    context = {
        "school": school,
        "year": year,
        "years": list(school.academic_years.order_by("-starts_on")),
        "page": page,
        "apart": pupils_apart((row.pupil for row in page), with_birth=True),
        "form": form,
        "ticked": set(request.POST.getlist("pupils")),
        "counted": counts.named,
        "without": counts.without,
        "others": counts.others,
        "total": counts.total,
        "lede": wording.year_groups_lede(year, counts.total, counts.without),
        "nobody": wording.nobody_in_year(year, counts.total),
        "asked": request.GET,
        "moving": actions.moving_up(year),
    }
    return render(request, "registers/roll/year_groups/year_groups.html", context)


def _give(request: PageRequest, year: AcademicYear, form: YearGroupForm) -> None:
    chosen = form.cleaned_data["year_group"]
    done = actions.set_year_groups(
        year=year,
        enrolment_ids=form.cleaned_data["pupils"],
        year_group=chosen,
        by=request.user,
    )
    words = many(done, "pupil was", "pupils were")
    to = spoken(chosen) if chosen else "no year group"
    messages.success(request, f"{words} changed to {to} in {year.name}.")


@require_http_methods(["GET", "POST"])
@allowed("keep_pupils")
def year_move_up(request: PageRequest, year_id: int) -> HttpResponse:
    """Everybody up a year, looked at first."""
    school = request.viewer.school
    year = get_object_or_404(AcademicYear, pk=year_id, school=school)
    if request.method == "POST":
        with refusals_as_messages(request):
            done = actions.move_up(year=year, seen=request.POST.get("seen", ""), by=request.user)
            words = many(done, "pupil has", "pupils have")
            messages.success(request, f"{words} moved up a year for {year.name}.")
            return redirect("registers:year_groups_of", urn=school.urn, year_id=year.pk)
    moving = actions.moving_up(year)
    context = {"school": school, "year": year, "moving": moving, "lines": _lines(moving)}
    return render(request, "registers/roll/year_groups/move_up.html", context)


def _lines(moving: actions.MovingUp | None) -> list[tuple[str, str, int]]:
    """From, to, and how many pupils."""
    if moving is None:
        return []
    return [(spoken(before), spoken(after), number) for before, after, number in moving.lines]
