"""Approved letters on their way: print runs, e-mail, what could not be sent."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interventions.letters import email_server
from interventions.letters.actions import print_runs as actions
from interventions.letters.actions import sending
from interventions.letters.forms.print_runs import PrintForm
from interventions.letters.print_runs import (
    PrintRunState,
    copies_of,
    print_run_page,
    runs_of,
    waiting_by_channel,
    waiting_words,
)
from interventions.models import PrintRun
from interventions.rules.letter_states import CopyState
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.forms import refusals_in

PER_PAGE = 30
MOST_UNSENT = 100


@require_http_methods(["GET", "POST"])
@allowed("see_letters")
def print_runs(request: PageRequest) -> HttpResponse:
    """What waits to be printed and e-mailed, and the print runs so far."""
    school = request.viewer.school
    form = PrintForm(request.POST or None, action=request.path)
    if form.is_valid() and (run := _start(request, form)):
        return redirect("registers:job", urn=school.urn, job_id=run.job_id)
    counts = waiting_by_channel(school)
    unsent = copies_of(school).filter(state=CopyState.UNSENT.value)
    page = Paginator(runs_of(school), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "counts": counts,
        "waiting": waiting_words(counts),
        "unsent": unsent.select_related("letter__enrolment__pupil")[:MOST_UNSENT],
        "page": page,
        "runs": [(run, PrintRunState.of(run, run.letters)) for run in page],
        "can_email": email_server.can_send_email(),
        "no_email_server": email_server.NO_EMAIL_SERVER,
    }
    return render(request, "interventions/letters/print_runs/print_runs.html", context)


def _start(request: PageRequest, form: PrintForm) -> PrintRun | None:
    """The run; None, with the refusal on the form, where it cannot be made."""
    school = request.viewer.school
    with refusals_in(form):
        return actions.start_print_run(school=school, by=request.user, **form.cleaned_data)
    return None


@allowed("decide_letter")
@require_POST
def email_letters(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    with refusals_as_messages(request):
        job = sending.start_emails(school=school, by=request.user)
        return redirect("registers:job", urn=school.urn, job_id=job.pk)
    return redirect("interventions:print_runs", urn=school.urn)


def _run(request: PageRequest, run_id: int) -> PrintRun:
    return get_object_or_404(
        PrintRun.objects.select_related("job", "made_by", "confirmed_by", "school"),
        pk=run_id,
        school=request.viewer.school,
    )


@require_safe
@allowed("see_letters")
def print_run(request: PageRequest, run_id: int) -> HttpResponse:
    page = print_run_page(_run(request, run_id))
    context = {"page": page, "run": page.run}
    return render(request, "interventions/letters/print_runs/print_run.html", context)


def _do(
    request: PageRequest, run_id: int, action: Callable[..., object], done: Callable[..., str]
) -> HttpResponse:
    """`done` says what came of the action, from what it gives."""
    run = _run(request, run_id)
    with refusals_as_messages(request):
        outcome = action(run_id=run.pk, by=request.user)
        messages.success(request, done(outcome))
    return redirect("interventions:print_run", urn=request.viewer.school.urn, run_id=run.pk)


@allowed("decide_letter")
@require_POST
def print_run_confirm(request: PageRequest, run_id: int) -> HttpResponse:
    return _do(
        request,
        run_id,
        actions.confirm_print_run,
        lambda number: f"{many(number, 'letter')} sent.",
    )


@allowed("decide_letter")
@require_POST
def print_run_undo(request: PageRequest, run_id: int) -> HttpResponse:
    return _do(
        request,
        run_id,
        actions.undo_print_run,
        lambda number: f"{many(number, 'letter')} wait to be printed again.",
    )


@allowed("decide_letter")
@require_POST
def print_run_again(request: PageRequest, run_id: int) -> HttpResponse:
    return _do(
        request,
        run_id,
        actions.try_print_run_again,
        lambda _: "The print run has been started again.",
    )
