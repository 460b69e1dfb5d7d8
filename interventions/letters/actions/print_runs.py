"""Approved letters that go by post: one PDF for the printer, then confirmed as posted.

A print run claims its copies in the moment it is made, so that nobody gets a letter twice.
"""

import io
from collections.abc import Sequence

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from pikepdf import Name, Pdf

from interventions.letters.actions.sending import check_again, settle, waiting_copies, went_back
from interventions.letters.print_order import ORDERS, in_order
from interventions.models import LetterCopy, PrintRun
from interventions.rules.letter_states import CopyState, LetterState
from registers import policies
from registers.models import Job, School
from registers.models.school.staff import User
from registers.rules.wording import many
from registers.web.documents.storage import AlteredFileError, read_as_kept
from registers.web.jobs import actions as jobs_actions
from registers.web.jobs.actions import JobProblem, Outcome, Report

log = structlog.get_logger(__name__)

NOTHING_TO_PRINT = "No approved letter waits to be printed."
ALL_WENT_BACK = "Every letter went back to the queue, so there is nothing to print."
PRINT_TASK = "interventions.tasks.print_letters"
TOLD_EVERY = 5  # letters


@transaction.atomic
def start_print_run(
    *, school: School, by: User, order: str = "postcode", double_sided: bool = True
) -> PrintRun:
    """All approved letters that go by post, for one PDF. Raises Refused."""
    policies.check(by, "decide_letter", school=school)
    if order not in ORDERS:
        raise policies.Refused("Choose the order of the letters from the list.")
    run = PrintRun.objects.create(school=school, made_at=timezone.now(), made_by=by)
    claimed = waiting_copies(school, "post").update(print_run=run)
    if not claimed:
        raise policies.Refused(NOTHING_TO_PRINT)
    _start_job(run, by, {"order": order, "double_sided": double_sided}, claimed)
    return run


def _start_job(run: PrintRun, by: User, asked: dict, number: int) -> None:
    run.job = jobs_actions.start_job(
        school=run.school,
        kind=PRINT_TASK,
        action="see_letters",
        title=f"Print {many(number, 'letter')}",
        by=by,
        asked=asked | {"run": run.pk},
    )
    run.save(update_fields=["job"])


@transaction.atomic
def try_print_run_again(*, run_id: int, by: User) -> PrintRun:
    """Another job for a run whose job failed, with the same choices. Raises Refused."""
    run = _run_of(run_id, by)
    if run.confirmed_at or (run.job and run.job.state != Job.State.FAILED):
        raise policies.Refused("This print run is not one that failed.")
    asked = run.job.asked if run.job else {"order": "postcode", "double_sided": True}
    number = run.copies.count()
    if not number:
        raise policies.Refused(ALL_WENT_BACK)
    _start_job(run, by, asked, number)
    return run


@transaction.atomic
def confirm_print_run(*, run_id: int, by: User) -> int:
    """They are in the post: how many copies. Raises Refused.

    A letter that was taken back after printing is not sent; its sheet is to be taken out.
    """
    run = _run_of(run_id, by)
    if run.confirmed_at:
        raise policies.Refused(f"{run.confirmed_by} has confirmed this print run already.")
    if run.job is None or run.job.state != Job.State.DONE:
        raise policies.Refused("The PDF is not ready yet, so nothing can be in the post.")
    gone = run.copies.filter(letter__state=LetterState.APPROVED.value)
    gone = gone.filter(state=CopyState.RENDERED.value)
    of_letters = list(gone.values_list("letter", flat=True))
    if not of_letters:
        raise policies.Refused("No letter is left in this print run.")
    now = timezone.now()
    number = gone.update(state=CopyState.SENT.value, sent_at=now, sent_by=by)
    PrintRun.objects.filter(pk=run.pk).update(confirmed_at=now, confirmed_by=by)
    settle(of_letters, by=by)
    log.info("letters_posted", user_id=by.pk, letters=number)
    return number


@transaction.atomic
def undo_print_run(*, run_id: int, by: User) -> int:
    """Its letters wait to be printed again: how many. Raises Refused once it is in the post."""
    run = _run_of(run_id, by)
    if run.confirmed_at:
        raise policies.Refused("This print run is in the post and cannot be undone.")
    return run.copies.update(print_run=None)


def _run_of(run_id: int, by: User) -> PrintRun:
    run = PrintRun.objects.select_for_update(of=("self",)).get(pk=run_id)
    policies.check(by, "decide_letter", school=run.school_id)
    return run


def print_letters(job: Job, report: Report) -> Outcome:
    """The work of a print run's job: check each letter again, then one PDF of all that go out.

    Raises JobProblem when none is left.
    """
    run = PrintRun.objects.get(job=job)
    wanted = list(run.copies.all())
    report(0, len(wanted), "Checking the letters once more")
    back = check_again(wanted)
    going = run.copies.filter(
        letter__state=LetterState.APPROVED.value, state=CopyState.RENDERED.value
    )
    copies = list(going.select_related("letter__enrolment__pupil"))
    if not copies:
        raise JobProblem(f"{ALL_WENT_BACK} {next(iter(back.values()), '')}")
    in_post = in_order(copies, job.asked.get("order", "postcode"))
    pdf, sheets = _one_pdf(job, run, in_post, report)
    said = f"{many(len(in_post), 'letter')} on {sheets} sheets of paper."
    return Outcome(
        said=f"{said} {went_back(len(back))}" if back else said,
        answer={
            "url": _run_url(run),
            "copies": [copy.pk for copy in in_post],
            "sheets": sheets,
            "back": {str(pk): words for pk, words in back.items()},
        },
        file=pdf,
        filename=f"letters-{timezone.localdate()}.pdf",
    )


def _run_url(run: PrintRun) -> str:
    where = {"urn": run.school.urn, "run_id": run.pk}
    return reverse("interventions:print_run", kwargs=where)


def _one_pdf(
    job: Job, run: PrintRun, copies: Sequence[LetterCopy], report: Report
) -> tuple[bytes, int]:
    """All of them in this order, and how many sheets of paper they take."""
    double_sided = bool(job.asked.get("double_sided", True))
    whole, sheets = Pdf.new(), 0
    for done, copy in enumerate(copies, start=1):
        sheets += _add(whole, copy, double_sided=double_sided)
        if done % TOLD_EVERY == 0 or done == len(copies):
            report(done, len(copies), "Putting the letters together")
    whole.docinfo[Name.Title], whole.docinfo[Name.Author] = job.title, run.school.name
    pdf = io.BytesIO()
    whole.save(pdf)
    return pdf.getvalue(), sheets


def _add(whole: Pdf, copy: LetterCopy, *, double_sided: bool) -> int:
    """Add one letter, ending on a full sheet for double-sided printing; how many sheets it takes.

    Raises JobProblem for a PDF that is not the one that was approved.
    """
    pages = Pdf.open(io.BytesIO(_approved_pdf(copy))).pages
    whole.pages.extend(pages)
    if not double_sided:
        return len(pages)
    if len(pages) % 2:
        _, _, width, height = map(float, pages[0].mediabox)
        whole.add_blank_page(page_size=(width, height))
    return -(-len(pages) // 2)


def _approved_pdf(copy: LetterCopy) -> bytes:
    try:
        return read_as_kept(str(copy.pdf), copy.digest)
    except (FileNotFoundError, AlteredFileError):
        raise JobProblem(
            f"The stored PDF of letter {copy.letter.reference} is not the one that was approved. "
            "Draw that letter anew, then start again."
        ) from None
