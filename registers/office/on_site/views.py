"""Who is on the site now, on screen and as the evacuation list."""

from collections.abc import Sequence

import structlog
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registers.models import School
from registers.office.on_site import actions
from registers.office.on_site.queries import Placed, on_site_now
from registers.office.on_site.wording import site_lede
from registers.roll.search import found_among
from registers.rules.grouping import keyed
from registers.rules.pupils.namesakes import told_apart
from registers.web.access import PageRequest, allowed

log = structlog.get_logger(__name__)
MOST_FOUND = 8


@require_safe
@allowed("see_evacuation")
def on_site(request: PageRequest) -> HttpResponse:
    found = on_site_now(request.viewer.school, timezone.localtime())
    letters = request.GET.get("q", "")
    matches, number = _find(request.viewer.school, found.everybody, letters)
    shown = {
        "site": found,
        "q": letters,
        "matches": matches,
        "number": number,
        "may_office": request.viewer.may("see_morning"),
        "apart": told_apart(
            ((one.child.pupil_id, one.child.namesake) for one in matches),
            with_birth=request.viewer.may("keep_pupils"),
        ),
    }
    if request.htmx:
        return render(request, "registers/office/on_site/_pupils.html", shown)
    shown["lede"] = site_lede(found)
    return render(request, "registers/office/on_site/on_site.html", shown)


def _find(school: School, everybody: Sequence[Placed], letters: str) -> tuple[list[Placed], int]:
    by_child = keyed(everybody, "child.enrolment_id")
    called = found_among(school, [(one.child.pupil_id, one.child) for one in everybody], letters)
    return [by_child[child.enrolment_id] for child in called[:MOST_FOUND]], len(called)


@require_safe
@allowed("see_evacuation")
def evacuation_page(request: PageRequest) -> HttpResponse:
    """The list as a page that any browser prints: there at once, for everybody who asks."""
    school = request.viewer.school
    site = on_site_now(school, timezone.localtime())
    log.info("evacuation_list_made", user_id=request.user.pk, pupils=site.counts["expected"])
    return render(
        request, "registers/office/on_site/evacuation.html", {"school": school, "site": site}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("see_evacuation")
def evacuation(request: PageRequest) -> HttpResponse:
    """The list as a file, drawn by a worker; a look starts no work and leads to the page."""
    school = request.viewer.school
    if request.method != "POST":
        return redirect("registers:evacuation_page", urn=school.urn)
    job = actions.print_evacuation_list(school=school, by=request.user)
    log.info("evacuation_list_printed", user_id=request.user.pk)
    return redirect("registers:job", urn=school.urn, job_id=job.pk)
