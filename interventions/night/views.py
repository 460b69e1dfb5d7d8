"""The nights of a school: what was done, what failed, what moved; and one more by hand."""

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from absence.models import Standing
from absence.rules.bands import bands_from_settings
from interventions.models import Letter, Night
from interventions.night import wording
from interventions.night.actions import by_hand
from interventions.night.wording import MovedPupil, NightRow
from registers import policies
from registers.models import Job, School
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of

PER_PAGE = 30
MOVES_PER_PAGE = 50
LETTERS_SHOWN = 50
SOON_AFTER = timedelta(hours=1)


@require_safe
@allowed("see_nights")
def nights(request: PageRequest) -> HttpResponse:
    """The runs, and what one of them moved and proposed; the part that moves when htmx asks."""
    school = request.viewer.school
    runs = school.nights.select_related("started_by")
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    latest = _latest(page, runs)
    chosen = _chosen(page, runs, number_of(request.GET.get("night")))
    context = {
        "page": page,
        "rows": _rows(request, page, chosen),
        "latest": latest,
        "night": chosen,
        "may_run": request.viewer.may("run_night"),
        **_by_hand(by_hand.asked_last(school), latest),
        **(_about(request, chosen) if chosen else {}),
    }
    part = "_nights" if request.htmx else "nights"
    return render(request, f"interventions/night/{part}.html", context)


def _rows(request: PageRequest, page: Page, chosen: Night | None) -> list[NightRow]:
    """Each leads to itself on this page of the list."""
    all_nights = reverse("interventions:nights", args=[request.viewer.school.urn])
    more = f"&page={page.number}" if page.number > 1 else ""
    return [NightRow(run, f"{all_nights}?night={run.pk}{more}", run == chosen) for run in page]


def _latest(page: Page, runs: QuerySet[Night]) -> Night | None:
    return page[0] if page.number == 1 and page.object_list else runs.first()


def _chosen(page: Page, runs: QuerySet[Night], night_id: int | None) -> Night | None:
    """The night of the address: from the page, where it is on it."""
    if night_id is None:
        return None
    on_page = next((run for run in page if run.pk == night_id), None)
    return on_page or runs.filter(pk=night_id).first()


def _by_hand(asked_last: Job | None, latest: Night | None) -> dict:
    """The night that somebody asked for last, and whether anything moves."""
    waiting = asked_last if asked_last and not asked_last.is_over else None
    moves = waiting is not None or _is_at_work(latest)
    return {
        "refused": _refused(asked_last, latest),
        "moves": moves,
        "last_night": wording.last_night(latest, waiting, moves=moves),
    }


def _refused(asked_last: Job | None, latest: Night | None) -> Job | None:
    """The night that was asked for and could not begin, until a later one has run."""
    if asked_last is None or asked_last.state != Job.State.FAILED:
        return None
    later = latest is not None and latest.started_at > asked_last.started_at
    return None if later else asked_last


def _about(request: PageRequest, night: Night) -> dict:
    """Who moved that night, and the letters that it proposed."""
    page = _moved_page(request.viewer.school, night, request.GET.get("moved"))
    return {
        "moved": page,
        "moved_pupils": _moved_pupils(request.viewer.school, page),
        "why_no_letters": wording.why_no_letters(night),
        "letters": _letters(request.viewer.school, night)
        if request.viewer.may("see_letters")
        else (),
    }


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
        .annotate(band_before=Coalesce(Subquery(before.values("band")[:1]), Value("")))
        .order_by(
            "-severely_absent",
            "-persistently_absent",
            "enrolment__pupil__sort_key",
            "pk",
        )
    )
    return Paginator(rows, MOVES_PER_PAGE).get_page(number)


def _moved_pupils(school: School, page: Page) -> list[MovedPupil]:
    titles = {band.name: band.title for band in bands_from_settings(school.bands)}
    return [
        MovedPupil(
            standing,
            titles.get(standing.band_before, standing.band_before),
            titles.get(standing.band, standing.band) or "No possible session",
        )
        for standing in page
    ]


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
