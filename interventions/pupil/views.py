"""The pupil page: one child, everything that is known about the absence, on one page."""

from collections.abc import Sequence
from datetime import date

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from absence.charts.pupil_year import TrendNote, TrendWeek, weekly_trend
from absence.rules.academic_year import SchoolYear
from absence.rules.bands import bands_from_settings
from absence.rules.pupil_marks import WeekToDate
from absence.rules.wording import shape, titles
from interventions.pupil.queries import NoSuchPupilError, PupilPage, pupil_page
from interventions.pupil.wording import ledger, missed_note, opening
from registers.models import FollowUp, Pupil
from registers.roll.merging.queries import stands_for
from registers.rules.calendar import monday_of
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed

log = structlog.get_logger(__name__)


@require_safe
@allowed("see_pupil")
def pupil(request: PageRequest, pupil_id: int) -> HttpResponse:
    """At most fourteen statements, whatever there is about the pupil."""
    try:
        page = pupil_page(
            request.viewer,
            pupil_id,
            today=timezone.localdate(),
            now=timezone.now(),
            year=request.GET.get("year", ""),
            spell=request.GET.get("enrolment", ""),
        )
    except NoSuchPupilError:
        if one := stands_for(request.viewer.school, pupil_id):
            return _to(request, one)
        raise Http404("There is no such pupil here, or not among your groups.") from None
    if page.pupil.merged_into_id and (one := stands_for(request.viewer.school, pupil_id)):
        return _to(request, one)
    who = {"user_id": request.user.pk, "enrolment_id": page.enrolment.pk}
    log.info("pupil_page_read", **who)
    if any(one.is_readable and one.intervention.is_sensitive for one in page.log):
        log.info("sensitive_note_read", **who)
    return render(request, "interventions/pupil/pupil.html", _context(request, page))


def _to(request: PageRequest, pupil: Pupil) -> HttpResponse:
    """Two that were one child have one page."""
    return redirect("interventions:pupil", urn=request.viewer.school.urn, pupil_id=pupil.pk)


def _context(request: PageRequest, page: PupilPage) -> dict:
    bands = bands_from_settings(request.viewer.school.bands)
    shapes = {band.name: shape(bands, number) for number, band in enumerate(bands)}
    return {
        "page": page,
        "pupil": page.pupil,
        "name": f"{page.pupil.forename} {page.pupil.surname}",
        "initials": f"{page.pupil.forename[:1]}{page.pupil.surname[:1]}".upper(),
        "figures": page.figures,
        "year": page.year,
        "chart": _chart(page),
        "grid": _with_addresses(request, page),
        "sessions": _sessions_in_a_list(request, page),
        "opening": opening(page),
        "ledger": list(ledger(page, page.figures)) if page.figures else [],
        "missed_note": missed_note(page.figures.tally) if page.figures else "",
        "movements": _movements(page, titles(bands), shapes),
        "calls": _calls(page),
        "may": {
            action: request.viewer.may(action)
            for action in (
                *("see_contacts", "see_letters", "decide_letter", "see_interventions"),
                *("record_intervention", "keep_pupils", "amend_mark", "plan_absence"),
                *("make_certificate", "see_mark", "see_morning"),
            )
        },
    }


def _with_addresses(request: PageRequest, page: PupilPage) -> list:
    """The half terms, each cell with the address of its mark: one reverse, then the day and half
    put in, since a year has 380 of them."""
    address = _address_of_marks(request, page)
    return [
        {
            "term": term,
            "is_ahead": _is_ahead(term),
            "weeks": [
                {
                    "monday": week.monday,
                    "days": [
                        [
                            (cell, address(cell.date, cell.half) if _leads_on(cell) else "")
                            for cell in (day.morning, day.afternoon)
                        ]
                        for day in week.days
                    ],
                }
                for week in term.weeks
            ],
        }
        for term in page.terms
    ]


def _is_ahead(term) -> bool:
    """Whether nothing is known of the half term yet: a small screen leaves it out."""
    return not any(
        cell.symbol or not (cell.is_future or cell.is_closed or cell.is_off)
        for week in term.weeks
        for day in week.days
        for cell in (day.morning, day.afternoon)
    )


def _leads_on(cell) -> bool:
    return not (cell.is_future or cell.is_planned or cell.is_closed or cell.is_off)


def _address_of_marks(request: PageRequest, page: PupilPage):
    if not request.viewer.may("see_mark"):
        return lambda on, half: ""
    known = reverse(
        "registers:mark",
        kwargs={
            "urn": request.viewer.school.urn,
            "enrolment_id": 0,
            "date": "2000-01-01",
            "half": "am",
        },
    )

    def address(on: date, half: int) -> str:
        return known.replace("/0/", f"/{_spell_on(page, on)}/").replace(
            "2000-01-01/am", f"{on.isoformat()}/{'pm' if half else 'am'}"
        )

    return address


def _spell_on(page: PupilPage, on: date) -> int:
    """The enrolment that a day's mark hangs on; the latest for a day off the roll."""
    begun = [one.pk for one in page.spells if one.starts_on <= on]
    return begun[-1] if begun else page.enrolment.pk


def _sessions_in_a_list(request: PageRequest, page: PupilPage) -> list[dict]:
    """Every session that was not simply attended, the latest first: the larger way to each mark."""
    if not page.figures:
        return []
    address = _address_of_marks(request, page)
    return [
        {"mark": mark, "url": address(mark.date, mark.half), "is_afternoon": mark.half == 1}
        for mark in reversed(page.figures.marks)
        if not (mark.code.attended and not mark.code.late) or mark.amended
    ]


def _chart(page: PupilPage) -> str:
    """The year week by week; empty before its first complete week."""
    figures = page.figures
    if not figures or not (figures.weeks or figures.last_year):
        return ""
    return weekly_trend(
        [_trend_week(week) for week in figures.weeks],
        _last_years_line(page.year_before, figures.last_year),
        first_on=figures.year.starts_on,
        last_on=figures.year.ends_on,
        name=page.pupil.forename or page.pupil.surname,
        title=_chart_title(page),
        notes=[
            TrendNote(logged.intervention.done_on, str(logged.number))
            for logged in page.log
            if logged.number and logged.intervention.done_on >= figures.year.starts_on
        ],
    )


def _trend_week(week: WeekToDate) -> TrendWeek:
    tally = week.tally
    return TrendWeek(
        week.monday, tally.authorised, tally.unauthorised, tally.possible, _share(week.to_date)
    )


def _last_years_line(
    year: SchoolYear | None, weeks: Sequence[WeekToDate]
) -> list[tuple[int, float]]:
    """The year to date in per cent, by the number of weeks since that year's first Monday."""
    if year is None:
        return []
    first_monday = monday_of(year.starts_on)
    shares = ((week.monday, _share(week.to_date)) for week in weeks)
    return [
        ((monday - first_monday).days // 7, share) for monday, share in shares if share is not None
    ]


def _share(tally) -> float | None:
    return 100 * tally.attended / tally.possible if tally.possible else None


def _chart_title(page: PupilPage) -> str:
    tally = page.figures.tally
    if not tally.possible:
        return "Attendance week by week: no possible session yet."
    said = f"Attendance week by week, {tally.attendance_rate}% by the end"
    missed = sum(1 for week in page.figures.weeks if week.tally.absent)
    return f"{said}; sessions were missed in {missed} of {many(len(page.figures.weeks), 'week')}."


def _movements(page: PupilPage, names: dict, shapes: dict) -> list[dict]:
    """The bands the pupil has been in this year, latest first, each with the one before it."""
    rows = []
    for number, fact in enumerate(page.standings):
        before = page.standings[number + 1] if number + 1 < len(page.standings) else None
        rows.append(
            {
                "fact": fact,
                "title": names.get(fact.kind, fact.kind),
                "shape": shapes.get(fact.kind, 1),
                "on": fact.until or fact.on,
                "is_worse": bool(before) and shapes.get(fact.kind, 0) > shapes.get(before.kind, 0),
                "is_better": bool(before) and shapes.get(fact.kind, 0) < shapes.get(before.kind, 0),
            }
        )
    return rows


def _calls(page: PupilPage) -> list[dict]:
    channels, outcomes = dict(FollowUp.Channel.choices), dict(FollowUp.Outcome.choices)
    return [
        {
            "on": fact.on,
            "channel": channels.get(fact.kind, fact.kind),
            "outcome": outcomes.get(fact.value, fact.value),
            "note": fact.words,
        }
        for fact in page.follow_ups
    ]
