"""Every register of a session on paper, as a job for a worker."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from registers import policies
from registers.models import Job, School
from registers.models.school.staff import User
from registers.register.page import read_sheets
from registers.register.printed.sheet import papers_pdf
from registers.rules.codes import Half
from registers.web.jobs.actions import JobProblem, Outcome, Report, start_job

ACTION = "see_morning"  # of those who see the whole school's registers


@transaction.atomic
def print_registers(*, school: School, on: date, half: Half, registers: int, by: User) -> Job:
    """All registers of the session, however many. Raises Refused."""
    policies.check(by, ACTION, school=school)
    return start_job(
        school=school,
        kind="registers.tasks.print_registers",
        action=ACTION,
        title=f"Registers on paper: {_when(on, half)}",
        by=by,
        asked={"date": on.isoformat(), "half": int(half), "registers": registers},
    )


def make_registers(job: Job, report: Report) -> Outcome:
    """The worker's part: read once, draw group by group."""
    on, half = date.fromisoformat(job.asked["date"]), Half(job.asked["half"])
    report(0, job.asked["registers"], "Reading the registers.")
    sheets = read_sheets(job.school, on, half)
    if not sheets or not sheets[0].session.is_held:
        raise JobProblem("The school holds no registers then any more.")
    pdf = papers_pdf(sheets, timezone.localtime(), report)
    said = f"{len(sheets)} registers to take on paper, {_when(on, half)}."
    return Outcome(said, file=pdf, filename=filename(on, half))


def filename(on: date, half: Half) -> str:
    return f"registers-{on}-{half.name.lower()}.pdf"


def _when(on: date, half: Half) -> str:
    return f"{on:%A} {on.day} {on:%B %Y}, {'afternoon' if half else 'morning'}"
