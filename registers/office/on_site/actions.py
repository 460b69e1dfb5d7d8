"""The evacuation list as a PDF, which a worker draws; the list itself is a page (`views`)."""

from datetime import timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from registers import policies
from registers.models import Job, School
from registers.models.school.staff import User
from registers.office.on_site.queries import OnSite, on_site_now
from registers.rules.wording import many
from registers.web.documents.pdf import pdf_renderer
from registers.web.jobs.actions import Outcome, Report, start_job

ACTION = "see_evacuation"
KIND = "registers.tasks.print_evacuation_list"
SAME_LIST = timedelta(minutes=1)


@transaction.atomic
def print_evacuation_list(*, school: School, by: User) -> Job:
    """The list of this minute as a file; who presses within a minute gets the same. Raises Refused.

    At an alarm several people press at once: one drawing is enough for all of them.
    """
    policies.check(by, ACTION, school=school)
    recent = Job.objects.filter(
        school=school, kind=KIND, started_at__gte=timezone.now() - SAME_LIST
    ).exclude(state=Job.State.FAILED)
    return recent.first() or start_job(
        school=school, kind=KIND, action=ACTION, title="Evacuation list", by=by, asked={}
    )


def draw_evacuation_list(job: Job, report: Report) -> Outcome:
    """The worker's part: who is on the site as it begins, on paper."""
    report(0, 2, "Reading who is on the site.")
    site = on_site_now(job.school, timezone.localtime())
    report(1, 2, "Drawing the list.")
    pdf, _ = pdf_renderer().print(evacuation_html(job.school, site))
    expected = many(site.counts["expected"], "pupil is", "pupils are")
    return Outcome(
        f"As at {site.clock}, {expected} expected on site.",
        file=pdf,
        filename=f"evacuation-{site.at:%Y-%m-%d-%H%M}.pdf",
    )


def evacuation_html(school: School, site: OnSite) -> str:
    return render_to_string(
        "registers/office/on_site/evacuation_pdf.html", {"school": school, "site": site}
    )
