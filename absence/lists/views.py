"""The pupils of a school with their figures: who is over the line, who is near it, who moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from absence.figures.calendar import NoAcademicYearError
from absence.figures.rows import AbsenceRow
from absence.lists import listing
from absence.lists.asked import AskedList, changed_query
from absence.lists.band_table import band_table
from absence.lists.lines import PupilAddresses, lines_of
from absence.lists.named import first_look, lists
from absence.lists.wording import (
    counted_in_bands,
    early_days,
    last_year_note,
    listed,
    nobody_first,
    nobody_listed,
    opening,
)
from absence.rules import wording
from registers.rules.pupils.namesakes import told_apart
from registers.web.access import PageRequest, allowed

PER_PAGE = 50
HEADINGS = {  # what it puts in order, the usual way round, and what stands there
    "name": "Pupil",
    "-missed": "Missed",
    "-authorised": "Authorised",
    "-unauthorised": "Unauthorised",
    "-late": "Late",
    "attendance": "Attendance",
    "-last-year": "Last year",
    "to-spare": "To spare",
}


@dataclass(frozen=True, slots=True)
class ListColumn:
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
def pupils(request: PageRequest) -> HttpResponse:
    """Nine statements, however many pupils the school has; one more for a teacher's own groups."""
    try:
        asked = AskedList(request.viewer, request.GET)
    except NoAcademicYearError as missing:
        return render(request, "absence/lists/no_calendar.html", {"why": str(missing)})
    return render(request, "absence/lists/pupils.html", _page(request, asked))


def _page(request: PageRequest, asked: AskedList) -> dict[str, Any]:
    page = Paginator(asked.found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "as_at": asked.as_at,
        "since": asked.since,
        "year": asked.calendar.year,
        "period": _period(asked),
        "last_year_note": last_year_note(
            asked.calendar.before.name if asked.calendar.before else "",
            shows_last_year=asked.shows_last_year,
        ),
        "movement_is_known": asked.movement_is_known,
        "form": asked.form,
        "chips": [Chip(label, _query(request, **{name: None})) for name, label in asked.filters()],
        "export": _query(request),
        "shows_last_year": asked.shows_last_year,
        "columns": list(_columns(asked)),
        "page": page,
        "can_export": asked.place.may("export_pupils"),
        **_overview(request, asked),
        **_lines(asked, page),
    }


def _period(asked: AskedList) -> str:
    first = wording.short_day(asked.calendar.year.starts_on)
    movement = f"; movement since {wording.day_and_month(asked.since)}"
    return f"{first} to {wording.long_day(asked.as_at)}{movement * asked.movement_is_known}"


def _overview(request: PageRequest, asked: AskedList) -> dict[str, Any]:
    """What stands above the list: its answer, who wants a look first, the bands, other lists."""
    summary = listing.summary_of(asked.rows)
    own = asked.place.own_groups is not None
    since = asked.since if asked.movement_is_known else None
    early = asked.calendar.year.early_days(asked.as_at)
    return {
        "summary": summary,
        "heading": "Pupils of your groups" if own else "All pupils",
        "listed": listed(len(asked.found), summary.pupils),
        "nobody": nobody_listed(summary.pupils, own=own),
        "early_days": early_days(early) if summary.tally.possible else "",
        "opening": opening(
            summary,
            than_before=_than_before(asked, summary),
            near_words=wording.near_words(listing.NEAR_WITHIN),
            own=own,
        ),
        "first": list(first_look(asked, PupilAddresses(asked.school))),
        "nobody_first": nobody_first(asked.since, movement_is_known=asked.movement_is_known),
        "lists": list(lists(asked)),
        "band_table": band_table(
            listing.band_lines(asked.rows, asked.bands),
            partial(_query, request),
            without_sessions=summary.without_sessions,
            since=since,
        ),
        "counted_in_bands": counted_in_bands(summary.pupils, since),
    }


def _than_before(asked: AskedList, summary: listing.Summary) -> str:
    if not asked.movement_is_known:
        return ""
    return wording.than_before(summary.more_persistent, asked.since)


def _lines(asked: AskedList, page: Page[AbsenceRow]) -> dict[str, Any]:
    rows = list(page)
    return {
        "lines": lines_of(asked, rows, PupilAddresses(asked.school)),
        "apart": told_apart(
            ((row.pupil_id, row.namesake) for row in rows),
            with_birth=asked.place.may("keep_pupils"),
        ),
    }


def _query(request: PageRequest, **changes: str | None) -> str:
    """The address of the list with these changes, at its first page."""
    return changed_query(request.GET, page=None, **changes)


def _columns(asked: AskedList) -> Iterator[ListColumn]:
    """Each heading turns the order round when it is the one that holds; else the usual way."""
    for usual, label in HEADINGS.items():
        name = usual.removeprefix("-")
        numeric = name not in ("name", "to-spare")
        if name == "last-year" and not asked.shows_last_year:
            continue
        if asked.order == name:
            yield ListColumn(label, f"-{name}", "ascending", numeric)
        elif asked.order == f"-{name}":
            yield ListColumn(label, name, "descending", numeric)
        else:
            yield ListColumn(label, usual, "", numeric)
