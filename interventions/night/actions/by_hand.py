"""The night, run again because a person asked for it: handed to a worker as a job."""

from django.db import transaction
from django.urls import reverse

from interventions.models import Night
from interventions.night.actions import night
from registers import policies
from registers.models import Job, School
from registers.models.school.staff import User
from registers.web.jobs.actions import JobProblem, Outcome, Report, start_job

KIND = "interventions.tasks.run_night_by_hand"


def asked_last(school: School) -> Job | None:
    """The last night that somebody asked for; one statement."""
    jobs = Job.objects.filter(school=school, kind=KIND).select_related("started_by")
    return jobs.order_by("-started_at").first()


@transaction.atomic
def ask_for_night(*, school: School, by: User) -> Job:
    """Run this school's night in the worker as soon as it can.

    Raises Refused, in words fit to show, where one runs or waits already.
    """
    policies.check(by, "run_night", school=school)
    School.objects.select_for_update().get(pk=school.pk)
    last = asked_last(school)
    if last is not None and not last.is_over:
        raise policies.Refused("A night has been asked for already; it begins in a moment.")
    if night.is_running(school):
        raise policies.Refused("A night is running now. Wait until it has ended.")
    return start_job(
        school=school, kind=KIND, action="run_night", title="The night, by hand", by=by, asked={}
    )


def run(job: Job, report: Report) -> Outcome:
    """The worker's part."""
    report(0, 1, "Checking the marks, bringing bands up to date, proposing letters.")
    try:
        done = night.run_night(job.school, by=job.started_by)
    except (night.NightIsRunningError, policies.Refused) as refusal:
        raise JobProblem(str(refusal)) from None
    return Outcome(
        said=_in_words(done), answer={"url": reverse("interventions:nights", args=[job.school.urn])}
    )


def _in_words(done: Night) -> str:
    if done.state != Night.State.DONE:
        return "The night failed; what went wrong is on the page of the nights."
    listed = f" {done.crossings_listed} listed." if done.crossings_listed else ""
    return (
        f"{done.standings_moved} moved, {done.tallies_repaired} totals repaired, "
        f"{done.letters_proposed} letters proposed.{listed}"
    )
