"""Every register of a session on paper as one file, as a job for a worker."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from registers import policies
from registers.models import Job, School
from registers.models.school.staff import User
from registers.register.page import read_sheets
from registers.register.printed.sheet import PrintedRegister, paper_html, papers_of
from registers.rules.allowed_codes import session_in_words
from registers.rules.codes import Half
from registers.web.documents.merging import merge
from registers.web.documents.pdf import pdf_renderer
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
        title=_title(on, half),
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
    papers = list(papers_of(sheets, job.school, timezone.localtime()))
    parts = _draw_each(papers, report)
    return Outcome(
        f"{len(sheets)} registers to take on paper, {session_in_words(on, half)}.",
        file=merge(parts, title=_title(on, half)),
        filename=f"registers-{on}-{half.name.lower()}.pdf",
    )


def _draw_each(papers: Sequence[PrintedRegister], report: Report) -> list[bytes]:
    """One by one: each begins with a page of its own number, and has its bookmark."""
    parts = []
    for paper in papers:
        parts.append(pdf_renderer().print(paper_html(paper))[0])
        report(len(parts), len(papers), f"Drawing {paper.sheet.group}.")
    return parts


def _title(on: date, half: Half) -> str:
    return f"Registers on paper: {session_in_words(on, half)}"
