"""The nights of a school: what was done, what failed, what moved; and one more by hand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from absence.models import Standing
from absence.rules.bands import bands_from_settings
from interventions.models import Letter, Night
from interventions.night.actions import by_hand
from registers import policies
from registers.models import Job, School
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of

PER_PAGE = 30
MOVES_PER_PAGE = 50
LETTERS_SHOWN = 50
SOON_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MovedPupil:
    """A pupil who came into another band or crossed a line."""

    standing: Standing
    before: str
    now: str


@require_safe
@allowed("see_nights")
def nights(request: PageRequest) -> HttpResponse:
    """The runs, and what one of them moved and proposed; the part that moves when htmx asks."""
    school = request.viewer.school
    runs = school.nights.select_related("started_by")
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    latest = _latest(page, runs)
    asked_last = by_hand.asked_last(school)
    waiting = asked_last if asked_last and not asked_last.is_over else None
    chosen = _chosen(page, runs, number_of(request.GET.get("night")))
    context: dict[str, Any] = {
        "page": page,
        "latest": latest,
        "waiting": waiting,
        "refused": _refused(asked_last, latest),
        "moves": waiting is not None or _is_at_work(latest),
        "night": chosen,
        "may_run": request.viewer.may("run_night"),
    }
    if chosen is not None:
        context |= {
            "moved": _moved_page(school, chosen, request.GET.get("moved")),
            "letters": _letters(school, chosen) if request.viewer.may("see_letters") else (),
        }
    part = "_nights" if request.htmx else "nights"
    return render(request, f"interventions/night/{part}.html", context)


def _latest(page: Page, runs: QuerySet[Night]) -> Night | None:
    return page[0] if page.number == 1 and page.object_list else runs.first()


def _chosen(page: Page, runs: QuerySet[Night], night_id: int | None) -> Night | None:
    """The night of the address: from the page, where it is on it."""
    if night_id is None:
        return None
    on_page = next((run for run in page if run.pk == night_id), None)
    return on_page or runs.filter(pk=night_id).first()


def _refused(asked_last: Job | None, latest: Night | None) -> Job | None:
    """The night that was asked for and could not begin, until a later one has run."""
    if asked_last is None or asked_last.state != Job.State.FAILED:
        return None
    later = latest is not None and latest.started_at > asked_last.started_at
    return None if later else asked_last


def _is_at_work(latest: Night | None) -> bool:
    return (
        latest is not None
        and latest.state == Night.State.RUNNING
        and latest.started_at > timezone.now() - SOON_AFTER
    )


def _moved_page(school: School, night: Night, number: str | None) -> Page:
    """Who moved that night, the gravest first."""
    before = Standing.objects.filter(
        enrolment=OuterRef("enrolment"),
        academic_year=OuterRef("academic_year"),
        on__lt=OuterRef("on"),
    ).order_by("-on")
    rows = (
        Standing.objects.filter(enrolment__school=school, known_at=night.started_at)
        .select_related("enrolment__pupil")
        .annotate(band_before=Subquery(before.values("band")[:1]))
        .order_by(
            "-severely_absent",
            "-persistently_absent",
            "enrolment__pupil__sort_key",
            "pk",
        )
    )
    page = Paginator(rows, MOVES_PER_PAGE).get_page(number)
    titles = {band.name: band.title for band in bands_from_settings(school.bands)}
    page.object_list = [
        MovedPupil(
            one,
            titles.get(one.band_before, one.band_before) if one.band_before else "",
            titles.get(one.band, one.band) or "No possible session",
        )
        for one in page.object_list
    ]
    return page


def _letters(school: School, night: Night) -> QuerySet[Letter]:
    """The letters that the night proposed."""
    last = night.finished_at or timezone.now()
    return (
        Letter.objects.filter(
            enrolment__school=school,
            proposed_at__range=(night.started_at, last),
            proposed_by=None,
        )
        .select_related("enrolment__pupil")
        .order_by("kind", "enrolment__pupil__sort_key")[:LETTERS_SHOWN]
    )


@allowed("run_night")
@require_http_methods(["GET", "POST"])
def run_night(request: PageRequest) -> HttpResponse:
    """Hand a night to the worker; the page of the nights shows how it goes."""
    school = request.viewer.school
    if request.method == "POST":
        try:
            by_hand.ask_for_night(school=school, by=request.user)
        except policies.Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("interventions:nights", urn=school.urn)
