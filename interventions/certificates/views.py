"""The certificate of attendance of one pupil."""

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from interventions.certificates import actions
from interventions.certificates.forms import CertificateForm
from registers.models import Enrolment, Job, Pupil
from registers.web.access import PageRequest, allowed
from registers.web.form_helpers import sent_with
from registers.web.forms import refusals_in

log = structlog.get_logger(__name__)


@require_http_methods(["GET", "POST"])
@allowed("make_certificate")
def certificate(request: PageRequest, pupil_id: int) -> HttpResponse:
    """Choose the period; then on to the job's page. `?enrolment=` for an earlier spell on roll."""
    school = request.viewer.school
    pupil = get_object_or_404(Pupil, pk=pupil_id, school=school)
    spells = list(
        request.viewer.enrolments()
        .not_void()
        .filter(pupil=pupil)
        .select_related("pupil", "school")
        .order_by("-starts_on")
    )
    enrolment = _chosen(spells, request.GET.get("enrolment", ""))
    form = CertificateForm(
        sent_with(request),
        enrolment=enrolment,
        years=list(school.academic_years.prefetch_related("terms").order_by("-starts_on")),
        today=timezone.localdate(),
    )
    form.initial["period"] = next(iter(form.periods), form.OWN)
    if form.is_valid() and (job := _asked_for(request, enrolment, form)):
        return redirect("registers:job", urn=school.urn, job_id=job.pk)
    context = {"form": form, "pupil": pupil, "enrolment": enrolment, "spells": spells}
    return render(request, "interventions/certificates/new.html", context)


def _asked_for(request: PageRequest, enrolment: Enrolment, form: CertificateForm) -> Job | None:
    """The job that makes it; None, with the refusal on the form, where it cannot be made."""
    first, last = form.days
    with refusals_in(form):
        job = actions.ask_for_certificate(
            enrolment=enrolment, first=first, last=last, by=request.user
        )
        log.info("certificate_asked_for", user_id=request.user.pk, enrolment_id=enrolment.pk)
        return job
    return None


def _chosen(spells: list[Enrolment], asked: str) -> Enrolment:
    if not spells:
        raise Http404("This pupil was never on the roll.")
    return next((one for one in spells if str(one.pk) == asked), spells[0])
