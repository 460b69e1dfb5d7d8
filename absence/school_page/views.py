"""A school in figures: better or worse than last year and than England, and where."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from absence.figures.calendar import NoAcademicYearError, year_to_date
from absence.figures.rows import AbsenceRow
from absence.lists import listing
from absence.lists.asked import usual_day
from absence.lists.band_table import bands_of_the_school
from absence.lists.forms import NEEDS, AsAtForm
from absence.lists.wording import counted_in_bands, early_days
from absence.rules import national, wording
from absence.rules.bands import bands_from_settings
from absence.school_page import figures as school_figures
from absence.school_page import ledger
from absence.school_page.figures import Compared, Today
from absence.school_page.ledger import SchoolFigure
from absence.school_page.pictures import with_bars, with_pictures
from absence.school_page.reading import SchoolRead, read, reasons_of, today_of
from absence.school_page.trend import trend_of
from absence.school_page.wording import compared_with, counted_as, no_figures, opening
from registers.rules.admission import in_natural_order
from registers.rules.pupils import year_groups
from registers.web.access import PageRequest, allowed


@require_safe
@allowed("see_school")
def school(request: PageRequest) -> HttpResponse:
    """Twelve statements, however many pupils the school has."""
    viewer = request.viewer
    asked = AsAtForm(request.GET, today=timezone.localdate())
    asked.is_valid()
    as_at = asked.cleaned_data.get("as_at") or usual_day(viewer.school)
    try:
        calendar = year_to_date(viewer.school, as_at)
    except NoAcademicYearError as missing:
        return render(request, "absence/school_page/no_calendar.html", {"why": str(missing)})
    since = asked.moved_since(as_at, calendar.year)
    page = _page(read(viewer.school, calendar, since))
    return render(request, "absence/school_page/school.html", page)


def _page(read: SchoolRead) -> dict[str, Any]:
    calendar, rows = read.calendar, read.absence.rows
    today = today_of(read)
    days = calendar.year.days_to(calendar.as_at)
    return {
        "as_at": calendar.as_at,
        "since": read.since,
        "year": calendar.year,
        "last_year": calendar.before,
        "last_point": read.last_point,
        "days": days,
        "now": read.now,
        "before": read.last_year,
        "opening": opening(read.now, read.last_year, read.points, calendar.year.name),
        "counted_as": counted_as(len(rows), read.on_roll),
        "compared_with": compared_with(calendar.before, days, read.last_point),
        "rows": len(rows),
        "no_figures": no_figures(len(rows)),
        "early_days": early_days(calendar.year.early_days(calendar.as_at)),
        "today": today,
        "is_today_shown": today is not None and today.tally.possible > 0,
        "ledger": _ledger(read, today),
        "trend": trend_of(read.school, calendar, read.england.rates),
        "reasons": with_bars(reasons_of(read), read.now, read.before),
        **_bands_and_origins(read),
        **_parts(rows, read.absence.last_year),
        "to_list": _to_list(read),
        "to_day": _to_day(read),
    }


def _to_list(read: SchoolRead) -> str:
    return reverse("absence:pupils", kwargs={"urn": read.school.urn})


def _to_day(read: SchoolRead) -> str:
    """The end of an address of the list: everybody of the year, on the day of the figures."""
    return f"&left=on&as_at={read.calendar.as_at.isoformat()}#pupils"


def _ledger(read: SchoolRead, today: Today | None) -> list[SchoolFigure]:
    week, week_before = read.tally_of("week"), read.tally_of("week before")
    now, before, england = read.now, read.last_year, read.england
    in_band = f"{_to_list(read)}?band={{}}{_to_day(read)}".format
    return [
        *([ledger.today_so_far(today)] if read.is_now else []),
        ledger.this_week(read.week, week, week_before, read.calendar.as_at),
        ledger.this_year(now, before, england),
        ledger.persistent(now, before, england, in_band(listing.PERSISTENT_ALL)),
        ledger.severe(now, before, in_band(listing.SEVERE_ALL)),
    ]


def _bands_and_origins(read: SchoolRead) -> dict[str, Any]:
    rows = read.absence.rows
    lines = listing.band_lines(rows, bands_from_settings(read.school.bands))
    return {
        "origins": school_figures.origins(rows),
        "near_words": wording.near_words(listing.NEAR_WITHIN),
        "near": sum(listing.is_near(row.tally) for row in rows),
        "counted_in_bands": counted_in_bands(len(rows), read.moved_since),
        "band_table": bands_of_the_school(
            lines,
            lambda band: f"{_to_list(read)}?band={quote(band)}{_to_day(read)}",
            with_movement=read.moved_since is not None,
        ),
    }


def _parts(rows: Sequence[AbsenceRow], then: Sequence[AbsenceRow]) -> dict[str, Any]:
    """The school by year group, by registration group, by characteristic."""
    years = year_groups.in_order({row.year_group for row in rows})
    by_year = school_figures.by(attrgetter("year_group"), rows, then, years)
    names = in_natural_order({row.registration_group for row in rows})
    by_group = school_figures.by(attrgetter("registration_group"), rows, [], names)
    gaps, too_small = school_figures.gaps(rows, NEEDS, national.by_group())
    return {
        "by_year": with_pictures(_large(by_year)),
        "years_too_small": _names_of_small(by_year),
        "by_group": _large(by_group),
        "groups_too_small": list(filter(None, _names_of_small(by_group))),
        "gaps": with_pictures(gaps, than="for the others", now="for this group"),
        "gaps_too_small": too_small,
        "fewest": school_figures.FEWEST,
    }


def _large(parts: Sequence[Compared]) -> list[Compared]:
    return [part for part in parts if not part.now.is_small]


def _names_of_small(parts: Sequence[Compared]) -> list[str]:
    return [part.name for part in parts if part.now.is_small]
