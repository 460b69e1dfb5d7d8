"""The letters of a school: the queue, one letter with its PDF beside it, what is decided on it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import structlog
from csp.decorators import csp_exempt
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from interventions.letters import mail, recipients
from interventions.letters.actions import deciding
from interventions.letters.crossed_before.queries import still_listed
from interventions.letters.forms import ReasonForm
from interventions.letters.queue import (
    QUEUES,
    QUEUES_BY_NAME,
    WAITING,
    Queue,
    counts_of,
    in_queue_order,
    keep,
    kind_asked,
    kinds_among,
    of_queue,
)
from interventions.models import Letter, LetterCopy, LetterTemplate
from interventions.rules import letter_states, wording
from interventions.rules.letter_kinds import KINDS
from interventions.rules.letter_states import CopyState, LetterState
from registers import policies
from registers.models import Relationship, School
from registers.rules.pupils.namesakes import pupils_apart
from registers.web.access import PageRequest, allowed
from registers.web.documents.storage import digest_of, read_pdf
from registers.web.parameters import words_of

log = structlog.get_logger(__name__)
PER_PAGE = 50
PDF_STATES = sorted(state.value for state in letter_states.HAS_A_PDF)


def letters_of(school: School) -> QuerySet[Letter]:
    """The letters of a school, each with its pupil: one statement.

    `words_in_force` is the id of the school's own words for its kind, None where it has none.
    """
    newest = LetterTemplate.objects.filter(school=school, kind=OuterRef("kind"))
    return (
        Letter.objects.filter(enrolment__school=school)
        .select_related(
            "enrolment__pupil",
            "academic_year",
            "approved_by",
            "decided_by",
            "proposed_by",
            "template",
        )
        .annotate(words_in_force=Subquery(newest.order_by("-version").values("pk")[:1]))
    )


@require_safe
@allowed("see_letters")
def letters(request: PageRequest) -> HttpResponse:
    queue = QUEUES_BY_NAME.get(request.GET.get("show", ""), WAITING)
    return _page(request, queue=queue, chosen=None)


@require_safe
@allowed("see_letters")
def letter(request: PageRequest, letter_id: int) -> HttpResponse:
    chosen = get_object_or_404(letters_of(request.viewer.school), pk=letter_id)
    return _page(request, queue=queue_of(chosen), chosen=chosen)


def queue_of(letter: Letter) -> Queue:
    return next(queue for queue in QUEUES if letter.state in queue.states)


def _page(
    request: PageRequest,
    *,
    queue: Queue,
    chosen: Letter | None,
    forms: dict[str, ReasonForm] | None = None,
) -> HttpResponse:
    """The queue and one of its letters; as many statements for one letter as for many."""
    school = request.viewer.school
    wanted = Letter.objects.filter(enrolment__school=school, state__in=queue.states)
    counts = counts_of(school)
    if kind := kind_asked(request):
        wanted = wanted.filter(kind=kind)
    order = list(in_queue_order(wanted).values_list("pk", flat=True))
    at = order.index(chosen.pk) if chosen is not None and chosen.pk in order else 0
    asked = request.GET.get("page") if chosen is None else at // PER_PAGE + 1
    page = Paginator(order, PER_PAGE).get_page(asked)
    by_pk = {one.pk: one for one in letters_of(school).filter(pk__in=list(page))}
    page.object_list = [by_pk[pk] for pk in page.object_list if pk in by_pk]
    recipients.give_recipients(page.object_list)
    shown = chosen or next(iter(page.object_list), None)
    if chosen is None and shown is not None:
        at = order.index(shown.pk)
    context = {
        "queues": [(one, of_queue(counts, one)) for one in QUEUES],
        "apart": apart_in(page.object_list),
        "queue": queue,
        "kinds": kinds_among(counts, queue.states),
        "kind_asked": kind,
        "keep": keep(request),
        "listed_before": still_listed(school).count(),
        "page": page,
        "is_chosen": chosen is not None,
        "letter": shown,
        "before": order[at - 1] if shown and at > 0 else None,
        "after": order[at + 1] if shown and at + 1 < len(order) else None,
    }
    if shown is not None:
        context |= _about(request, shown, forms or {})
    return render(request, "interventions/letters.html", context)


def apart_in(letters: Iterable[Letter]) -> dict[int, str]:
    """Who sees letters may see dates of birth."""
    return pupils_apart((one.enrolment.pupil for one in letters), with_birth=True)


def _about(request: PageRequest, letter: Letter, forms: dict[str, ReasonForm]) -> dict[str, Any]:
    """What the page says of the letter that is shown."""
    theirs = letter.copies.select_related("letter__enrolment", "person", "print_run", "sent_by")
    copies = list(with_confidential(theirs))
    recipients.say_standings(copies)
    going = [copy for copy in copies if copy.state != CopyState.LEFT_OUT.value]
    drawn = [copy for copy in copies if copy.state in PDF_STATES]
    asked = request.GET.get("copy", "")
    copy = next((one for one in drawn if str(one.pk) == asked), next(iter(drawn), None))
    state = LetterState(letter.state)
    can = {
        move: letter_states.may_move(state, to)
        for move, to in {
            "approve": LetterState.APPROVED,
            "hold": LetterState.HELD,
            "drop": LetterState.DROPPED,
            "answer": LetterState.ANSWERED,
        }.items()
    }
    can["release"] = state in (LetterState.HELD, LetterState.FAILED)
    can["draw"] = state in (LetterState.PROPOSED, LetterState.READY, LetterState.APPROVED)
    can["change"] = can["draw"] or state is LetterState.HELD
    return {
        "kind": KINDS[letter.kind],
        "copies": copies,
        "copy": copy,
        "digests": [one.digest for one in going],
        "spells": _spells(letter.figures.get("spells", ())),
        "can": can,
        "hold_form": forms.get("hold") or _reason_form(request, letter, "hold"),
        "drop_form": forms.get("drop") or _reason_form(request, letter, "drop"),
        "mail": mail.can_be_sent(),
        "has_newer_words": can["draw"] and letter.words_in_force != letter.template_id,
    }


def with_confidential(copies: QuerySet[LetterCopy]) -> QuerySet[LetterCopy]:
    """Each with whether the address it goes to is to be kept from others."""
    kept = Relationship.objects.filter(
        person=OuterRef("person"),
        pupil=OuterRef("letter__enrolment__pupil"),
        address_confidential=True,
    )
    return copies.annotate(is_confidential=Exists(kept))


def _reason_form(request: PageRequest, letter: Letter, what: str, data=None) -> ReasonForm:
    label, button = {
        "hold": ("Why does it wait?", "Hold the letter"),
        "drop": ("Why does it not go at all?", "Drop the letter"),
    }[what]
    return ReasonForm(
        data,
        what=what,
        label=label,
        button=button,
        action=_to(request, letter.pk, f"letter_{what}"),
    )


def _spells(spells: Iterable[dict]) -> list[dict]:
    """The absences that the letter counts, the latest first, in its own words."""
    return [
        {
            "when": wording.short_range(*map(date.fromisoformat, _ends(spell))),
            "sessions": spell["sessions"],
            "reason": spell["reason"],
        }
        for spell in reversed(list(spells))
    ]


def _ends(spell: dict) -> tuple[str, str]:
    return spell["first_on"], spell["last_on"]


# --- what is decided


def _to(request: PageRequest, letter_id: int, name: str = "letter") -> str:
    kwargs = {"urn": request.viewer.school.urn, "letter_id": letter_id}
    return reverse(f"interventions:{name}", kwargs=kwargs) + keep(request)


def _letter_here(request: PageRequest, letter_id: int) -> Letter:
    return get_object_or_404(letters_of(request.viewer.school), pk=letter_id)


def _next_ready(request: PageRequest, letter_id: int) -> int | None:
    """The letter to look at after this one: the next that is ready, else the first."""
    waiting = Letter.objects.filter(
        enrolment__school=request.viewer.school, state__in=WAITING.states
    )
    if kind := kind_asked(request):
        waiting = waiting.filter(kind=kind)
    order = list(in_queue_order(waiting).values_list("pk", "state"))
    at = next((n for n, (pk, _) in enumerate(order) if pk == letter_id), 0)
    ready = [pk for pk, state in order[at + 1 :] + order[:at] if state == LetterState.READY.value]
    return ready[0] if ready else None


def _name(letter: Letter) -> str:
    pupil = letter.enrolment.pupil
    return f"{pupil.forename} {pupil.surname}"


@allowed("decide_letter")
@require_POST
def letter_approve(request: PageRequest, letter_id: int) -> HttpResponse:
    chosen = _letter_here(request, letter_id)
    following = _next_ready(request, letter_id)
    try:
        deciding.approve_letter(
            letter_id=letter_id, digests=request.POST.getlist("digest"), by=request.user
        )
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect(_to(request, letter_id))
    return _go_on(request, following, f"The letter about {_name(chosen)} is approved.")


def _go_on(request: PageRequest, following: int | None, said: str) -> HttpResponse:
    """Say what has been done and go on to the next letter that is ready."""
    messages.success(request, said)
    if following is not None:
        return redirect(_to(request, following))
    return redirect("interventions:letters", urn=request.viewer.school.urn)


def _put_aside(
    request: PageRequest, letter_id: int, what: str, action: Callable[..., Letter], said: str
) -> HttpResponse:
    """Hold or drop with a reason; a refusal shows the letter again with what was typed."""
    chosen = _letter_here(request, letter_id)
    form = _reason_form(request, chosen, what, request.POST)
    following = _next_ready(request, letter_id)
    if form.is_valid():
        try:
            action(letter_id=letter_id, reason=form.cleaned_data["reason"], by=request.user)
        except policies.Refused as refusal:
            typed = form.cleaned_data["reason"]
            messages.warning(request, f"{refusal} You had written: “{typed}”")
        else:
            return _go_on(request, following, f"The letter about {_name(chosen)} is {said}.")
    chosen = _letter_here(request, letter_id)
    return _page(request, queue=queue_of(chosen), chosen=chosen, forms={what: form})


@allowed("decide_letter")
@require_POST
def letter_hold(request: PageRequest, letter_id: int) -> HttpResponse:
    return _put_aside(request, letter_id, "hold", deciding.hold_letter, "held")


@allowed("decide_letter")
@require_POST
def letter_drop(request: PageRequest, letter_id: int) -> HttpResponse:
    return _put_aside(request, letter_id, "drop", deciding.drop_letter, "dropped")


def _do(
    request: PageRequest, letter_id: int, said: str, action: Callable[[], object]
) -> HttpResponse:
    """An action without a form; the letter is shown as it is afterwards."""
    _letter_here(request, letter_id)
    try:
        action()
    except policies.Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(_to(request, letter_id))


@allowed("decide_letter")
@require_POST
def letter_release(request: PageRequest, letter_id: int) -> HttpResponse:
    return _do(
        request,
        letter_id,
        "The letter is proposed again and is being drawn.",
        lambda: deciding.release_letter(letter_id=letter_id, by=request.user),
    )


@allowed("decide_letter")
@require_POST
def letter_draw(request: PageRequest, letter_id: int) -> HttpResponse:
    return _do(
        request,
        letter_id,
        "The letter is being drawn anew, with today’s words, figures and addresses.",
        lambda: deciding.draw_letter_anew(letter_id=letter_id, by=request.user),
    )


@allowed("decide_letter")
@require_POST
def letter_answered(request: PageRequest, letter_id: int) -> HttpResponse:
    return _do(
        request,
        letter_id,
        "Marked as answered.",
        lambda: deciding.mark_answered(letter_id=letter_id, by=request.user),
    )


def _copy_here(request: PageRequest, letter_id: int, copy_id: int) -> LetterCopy:
    return get_object_or_404(
        LetterCopy,
        pk=copy_id,
        letter=letter_id,
        letter__enrolment__school=request.viewer.school,
    )


@allowed("decide_letter")
@require_POST
def copy_leave_out(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    copy = _copy_here(request, letter_id, copy_id)
    reason = words_of(request.POST.get("reason"), 500)
    return _do(
        request,
        letter_id,
        f"{copy.recipient} does not get this letter.",
        lambda: deciding.leave_out_copy(copy_id=copy.pk, reason=reason, by=request.user),
    )


@allowed("decide_letter")
@require_POST
def copy_channel(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    copy = _copy_here(request, letter_id, copy_id)
    channel = request.POST.get("channel", "")
    way = "e-mail" if channel == "email" else "post"
    return _do(
        request,
        letter_id,
        f"The copy to {copy.recipient} goes by {way}.",
        lambda: deciding.change_channel(copy_id=copy.pk, channel=channel, by=request.user),
    )


# --- the PDF


@xframe_options_sameorigin
@csp_exempt()
@require_safe
@allowed("see_letters")
def copy_pdf(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    """The PDF as it was drawn and as it will be sent: exactly the bytes of its digest.

    It may stand in a frame of our own pages. A viewer needs more than our pages' policy gives it,
    so the response has one of its own, which says that alone.
    """
    copy = get_object_or_404(
        LetterCopy.objects.select_related("letter"),
        pk=copy_id,
        letter=letter_id,
        letter__enrolment__school=request.viewer.school,
        state__in=PDF_STATES,
    )
    try:
        pdf = read_pdf(str(copy.pdf))
    except FileNotFoundError:
        raise Http404("The PDF of this copy is no longer in its place.") from None
    if digest_of(pdf) != copy.digest:
        log.error("letter_copy_is_not_what_was_drawn", copy_id=copy.pk)
        raise Http404("The PDF in this copy's place is not the one that was drawn.")
    log.info("letter_copy_read", copy_id=copy.pk, user_id=request.user.pk)
    return as_pdf(pdf, name=f"{copy.letter.reference}-{copy.pk}.pdf", to_keep="keep" in request.GET)


def as_pdf(pdf: bytes, *, name: str, to_keep: bool) -> HttpResponse:
    """No child's name in the file's name: it stays behind in a list of downloads."""
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'{"attachment" if to_keep else "inline"}; filename="{name}"',
            "Content-Security-Policy": "frame-ancestors 'self'",
            "X-Content-Type-Options": "nosniff",
        },
    )
