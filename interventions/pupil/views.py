"""The pupil page: one child, everything that is known about the absence, on one page."""

from operator import attrgetter

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from absence.rules.bands import bands_from_settings
from absence.rules.pupil_year import PupilYear
from interventions.pupil import wording
from interventions.pupil.acts import pupil_acts
from interventions.pupil.chart import week_tables, year_chart
from interventions.pupil.marks import MarkAddresses, listed_sessions
from interventions.pupil.movements import band_moves, calls_home
from interventions.pupil.page import PupilPage
from interventions.pupil.plans import PlanShown
from interventions.pupil.queries import NoSuchPupilError, pupil_page
from registers.roll.merging.queries import stands_for
from registers.web.access import PageRequest, allowed

log = structlog.get_logger(__name__)

ASKED_BY_THE_PAGE = (
    *("see_contacts", "see_letters", "decide_letter", "see_interventions"),
    *("record_intervention", "keep_pupils", "plan_absence", "see_morning"),
)


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
        return _to_the_one_kept(request, pupil_id)
    if page.pupil.merged_into_id:
        return _to_the_one_kept(request, pupil_id)
    _log_reading(request, page)
    return render(request, "interventions/pupil/pupil.html", _context(request, page))


def _to_the_one_kept(request: PageRequest, pupil_id: int) -> HttpResponse:
    """Two that were one child have one page. Raises Http404 for one who was never merged."""
    kept = stands_for(request.viewer.school, pupil_id)
    if kept is None:
        raise Http404("There is no such pupil here, or not among your groups.") from None
    return redirect("interventions:pupil", urn=request.viewer.school.urn, pupil_id=kept.pk)


def _log_reading(request: PageRequest, page: PupilPage) -> None:
    who = {"user_id": request.user.pk, "enrolment_id": page.enrolment.pk}
    log.info("pupil_page_read", **who)
    readable = filter(attrgetter("is_readable"), page.log)
    if any(map(attrgetter("intervention.is_sensitive"), readable)):
        log.info("sensitive_note_read", **who)


def _context(request: PageRequest, page: PupilPage) -> dict:
    may = {action: request.viewer.may(action) for action in ASKED_BY_THE_PAGE}
    return {
        "page": page,
        "pupil": page.pupil,
        "name": f"{page.pupil.forename} {page.pupil.surname}",
        "initials": f"{page.pupil.forename[:1]}{page.pupil.surname[:1]}".upper(),
        "year": page.year,
        "opening": wording.opening(page),
        "about": wording.about(page),
        "acts": pupil_acts(request, page),
        "log_note": wording.log_note(page),
        "nothing_logged": wording.nothing_logged(page),
        "plans": _plans(request, page, may_plan=may["plan_absence"]),
        "movements": band_moves(page.standings, bands_from_settings(request.viewer.school.bands)),
        "calls": calls_home(page.follow_ups),
        "tries": wording.tries(len(page.follow_ups)),
        "may": may,
        **(_figures(request, page, page.figures) if page.figures else {}),
    }


def _plans(request: PageRequest, page: PupilPage, *, may_plan: bool) -> list[PlanShown]:
    """Whoever may plan can change them, and reads their notes."""
    urn = request.viewer.school.urn
    return [
        PlanShown(
            plan,
            page.today,
            url=reverse("registers:planned_edit", args=[urn, plan.pk]) if may_plan else "",
        )
        for plan in page.plans
    ]


def _figures(request: PageRequest, page: PupilPage, figures: PupilYear) -> dict:
    """What there is once the school has a calendar."""
    addresses = MarkAddresses.of_page(request, page)
    return {
        "figures": figures,
        "addresses": addresses,
        "tally": figures.tally,
        "chart": year_chart(page, figures),
        "week_tables": week_tables(page, figures),
        "sessions": listed_sessions(figures.marks, addresses),
        "ledger": list(wording.ledger(page, figures)),
        "missed_term": wording.missed_term(page),
        "missed_note": wording.missed_note(figures.tally),
        "working": {
            "heading": wording.working_heading(figures.tally),
            "notes": wording.working_notes(figures),
            "no_mark": wording.no_mark(figures),
        },
    }
