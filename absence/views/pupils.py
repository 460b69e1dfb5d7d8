"""The pupils of a school with their figures."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from absence import figures, listing
from absence.forms import AsAtForm, PupilsForm, order_from
from absence.measures import bands_from_settings
from registers.models import School
from registers.views.access import allowed

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that puts the list in order: where its link leads, and how it stands now."""

    label: str
    order: str
    sorted: str  # "", "ascending", "descending": the words of aria-sort
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on; its link takes it off."""

    label: str
    query: str


@require_safe
@allowed("see_pupils")
def pupils(request: HttpRequest) -> HttpResponse:
    """Ten statements, however many pupils the school has."""
    school = request.place.school
    asked = AsAtForm(request.GET, today=timezone.localdate())
    as_at = (asked.is_valid() and asked.cleaned_data["as_at"]) or usual_day(school)
    try:
        everyone = figures.absence_to(school, as_at)
    except figures.NoAcademicYearError as missing:
        return render(request, "absence/no_calendar.html", {"why": str(missing)})
    rows = [row for row in everyone if row.is_on_roll(as_at)]
    return render(request, "absence/pupils.html", _list(request, rows, as_at))


def usual_day(school: School) -> date:
    """The last day before today on which the school met; yesterday where it never did."""
    return school.last_met_on or timezone.localdate() - timedelta(days=1)


def _list(request: HttpRequest, rows: list[figures.AbsenceRow], as_at: date) -> dict:
    bands = bands_from_settings(request.place.school.bands)
    order = order_from(request.GET.get("sort"))
    given = request.GET.copy()
    given.setdefault("as_at", as_at.isoformat())
    form = PupilsForm(given, rows=rows, bands=bands, order=order, today=timezone.localdate())
    form.is_valid()
    wanted = form.wanted
    found = listing.in_order((row for row in rows if wanted.holds(row)), order)
    return {
        "as_at": as_at,
        "summary": listing.summary_of(rows),
        "bands": listing.band_lines(rows, bands),
        "shapes": listing.shapes(bands),
        "form": form,
        "chips": _chips(request, form),
        "columns": _columns(order),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
    }


def _columns(order: str) -> list[Column]:
    """Each heading turns the order round when it is the one that holds; else the usual way."""
    usual = {
        "name": "Pupil",
        "-missed": "Missed",
        "-authorised": "Authorised",
        "-unauthorised": "Unauthorised",
        "-late": "Late",
        "attendance": "Attendance",
    }
    columns = []
    for way, label in usual.items():
        name = way.lstrip("-")
        held = order.lstrip("-") == name
        turned = name if order.startswith("-") else f"-{name}"
        stands = ("descending" if order.startswith("-") else "ascending") if held else ""
        columns.append(Column(label, turned if held else way, stands, numeric=name != "name"))
    return columns


def _chips(request: HttpRequest, form: PupilsForm) -> list[Chip]:
    chips = []
    for name in ("q", "band", "year", "group"):
        if value := form.cleaned_data.get(name):
            query = request.GET.copy()
            query.pop(name, None)
            query.pop("page", None)
            label = dict(getattr(form.fields[name], "choices", ())).get(value, f"“{value}”")
            chips.append(Chip(label, query.urlencode()))
    return chips
