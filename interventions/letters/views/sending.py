"""Approved letters on their way: print runs, e-mail, what could not be sent."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interventions.letters import mail
from interventions.letters.actions import print_runs as posting
from interventions.letters.actions import sending
from interventions.letters.forms import PrintForm
from interventions.letters.views.letters import letters_of, with_confidential
from interventions.models import LetterCopy, PrintRun
from interventions.rules.letter_states import CopyState, LetterState
from registers import policies
from registers.models import Job
from registers.web.access import PageRequest, allowed

PER_PAGE = 30
MOST_UNSENT = 100


@require_http_methods(["GET", "POST"])
@allowed("see_letters")
def print_runs(request: PageRequest) -> HttpResponse:
    """What waits to be printed and e-mailed, and the print runs so far."""
    school = request.viewer.school
    form = PrintForm(request.POST or None, action=request.path)
    if form.is_valid():
        try:
            run = posting.start_print_run(school=school, by=request.user, **form.cleaned_data)
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("registers:job", urn=school.urn, job_id=run.job_id)
    runs = (
        PrintRun.objects.filter(school=school)
        .select_related("job", "made_by", "confirmed_by")
        .annotate(letters=Count("copies"))
        .order_by("-made_at", "-pk")
    )
    copies = LetterCopy.objects.filter(letter__enrolment__school=school)
    waiting = Q(
        letter__state=LetterState.APPROVED.value,
        state=CopyState.RENDERED.value,
        print_run__isnull=True,
    )
    context = {
        "form": form,
        "counts": copies.aggregate(
            post=Count("pk", filter=waiting & Q(channel="post")),
            email=Count("pk", filter=waiting & Q(channel="email")),
        ),
        "unsent": copies.filter(state=CopyState.UNSENT.value).select_related(
            "letter__enrolment__pupil"
        )[:MOST_UNSENT],
        "page": Paginator(runs, PER_PAGE).get_page(request.GET.get("page")),
        "mail": mail.can_be_sent(),
        "no_mail": mail.NO_MAIL,
    }
    return render(request, "interventions/letters/print_runs.html", context)


@allowed("decide_letter")
@require_POST
def email_letters(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    try:
        job = sending.start_emails(school=school, by=request.user)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("interventions:print_runs", urn=school.urn)
    return redirect("registers:job", urn=school.urn, job_id=job.pk)


def _run(request: PageRequest, run_id: int) -> PrintRun:
    return get_object_or_404(
        PrintRun.objects.select_related("job", "made_by", "confirmed_by"),
        pk=run_id,
        school=request.viewer.school,
    )


@require_safe
@allowed("see_letters")
def print_run(request: PageRequest, run_id: int) -> HttpResponse:
    run = _run(request, run_id)
    answer = run.job.answer if run.job else {}
    printed = list(answer.get("copies", []))
    copies = with_confidential(
        LetterCopy.objects.filter(
            Q(print_run=run) | Q(pk__in=printed), letter__enrolment__school=request.viewer.school
        ).select_related("letter__enrolment__pupil")
    )
    place = {pk: number for number, pk in enumerate(printed, start=1)}
    rows = sorted(copies, key=lambda copy: place.get(copy.pk, len(printed) + copy.pk))
    for copy in rows:
        copy.place_in_pile = place.get(copy.pk)
    taken_back = [copy for copy in rows if copy.print_run_id != run.pk]
    back = answer.get("back", {})
    went_back = {letter.pk: letter for letter in _letters(request, [int(pk) for pk in back])}
    is_done = bool(run.job and run.job.state == Job.State.DONE)
    context = {
        "run": run,
        "copies": [copy for copy in rows if copy.print_run_id == run.pk],
        "taken_back": taken_back,
        "went_back": [
            (went_back[int(pk)], words) for pk, words in back.items() if int(pk) in went_back
        ],
        "is_done": is_done,
        "has_failed": bool(run.job and run.job.state == Job.State.FAILED),
        "sheets": answer.get("sheets"),
    }
    return render(request, "interventions/letters/print_run.html", context)


def _letters(request: PageRequest, ids: list[int]) -> list:
    return list(letters_of(request.viewer.school).filter(pk__in=ids)) if ids else []


def _do(
    request: PageRequest, run_id: int, said: Callable[[object], str], action: Callable[..., object]
) -> HttpResponse:
    run = _run(request, run_id)
    try:
        done = action(run_id=run.pk, by=request.user)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said(done))
    return redirect("interventions:print_run", urn=request.viewer.school.urn, run_id=run.pk)


@allowed("decide_letter")
@require_POST
def print_run_confirm(request: PageRequest, run_id: int) -> HttpResponse:
    return _do(
        request,
        run_id,
        lambda number: f"{number} letter{'' if number == 1 else 's'} sent.",
        posting.confirm_print_run,
    )


@allowed("decide_letter")
@require_POST
def print_run_undo(request: PageRequest, run_id: int) -> HttpResponse:
    return _do(
        request,
        run_id,
        lambda number: f"{number} letter{'' if number == 1 else 's'} wait to be printed again.",
        posting.undo_print_run,
    )


@allowed("decide_letter")
@require_POST
def print_run_again(request: PageRequest, run_id: int) -> HttpResponse:
    return _do(
        request,
        run_id,
        lambda _: "The print run has been started again.",
        posting.try_print_run_again,
    )


@allowed("decide_letter")
@require_POST
def copy_try_again(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    school = request.viewer.school
    copy = get_object_or_404(
        LetterCopy, pk=copy_id, letter=letter_id, letter__enrolment__school=school
    )
    try:
        sending.try_copy_again(copy_id=copy.pk, by=request.user)
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"The e-mail to {copy.recipient} waits to be sent again.")
    return redirect("interventions:print_runs", urn=school.urn)
