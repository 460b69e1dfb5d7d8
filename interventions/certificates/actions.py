"""Certificates of attendance: asked for by a person, made by a worker."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from interventions.certificates import document
from interventions.certificates.queries import certificate
from interventions.packs.queries import now_in_london
from registers import policies
from registers.models import Enrolment, Job
from registers.models.school.staff import User
from registers.web.jobs.actions import Outcome, Report, start_job


@transaction.atomic
def ask_for_certificate(*, enrolment: Enrolment, first: date, last: date, by: User) -> Job:
    """A certificate of attendance for the period, as a job for a worker. Raises Refused."""
    policies.check(by, "make_certificate", school=enrolment.school)
    if last < first:
        raise policies.Refused("The period ends before it begins.")
    ends_on = enrolment.leaves_on or date.max
    if last < enrolment.starts_on or first > ends_on:
        raise policies.Refused("The pupil was not on the roll in this period.")
    pupil = enrolment.pupil
    return start_job(
        school=enrolment.school,
        kind="interventions.tasks.make_certificate",
        action="make_certificate",
        title=f"Certificate of attendance: {pupil.forename} {pupil.surname}"[:200],
        by=by,
        asked={"enrolment": enrolment.pk, "first": first.isoformat(), "last": last.isoformat()},
    )


def make_certificate(job: Job, report: Report) -> Outcome:
    """The worker's part: read, count, print."""
    report(0, 2, "Reading the register.")
    enrolment = Enrolment.objects.select_related("pupil", "school").get(
        pk=job.asked["enrolment"], school=job.school
    )
    first, last = (date.fromisoformat(job.asked[name]) for name in ("first", "last"))
    file = certificate(enrolment, first=first, last=last)
    report(1, 2, "Printing the certificate.")
    reference = f"AC-{UUID(str(job.pk)).hex[:8].upper()}"
    pdf, pages = document.draw(file, reference=reference, made_at=now_in_london(timezone.now()))
    return Outcome(
        said=f"{pages} pages. Reference {reference}.",
        answer={"url": _pupil_url(enrolment)},
        file=pdf,
        filename=f"certificate-{reference}.pdf",
    )


def _pupil_url(enrolment: Enrolment) -> str:
    where = {"urn": enrolment.school.urn, "pupil_id": enrolment.pupil_id}
    return reverse("interventions:pupil", kwargs=where)
