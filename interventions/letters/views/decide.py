"""What is decided about one letter: approve, hold, drop, release, draw anew, answered."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from interventions.letters.actions import deciding
from interventions.letters.forms.deciding import reason_form
from interventions.letters.queue import WAITING, next_ready, waiting_in
from interventions.letters.views.navigation import (
    kind_asked,
    letter_address,
    letter_here,
    to_letter,
)
from interventions.letters.views.queue import letter_page
from interventions.models import Letter
from registers import policies
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages


@allowed("decide_letter")
@require_POST
def letter_approve(request: PageRequest, letter_id: int) -> HttpResponse:
    chosen = letter_here(request, letter_id)
    following = _next_ready(request, letter_id)
    digests = request.POST.getlist("digest")
    with refusals_as_messages(request):
        deciding.approve_letter(letter_id=letter_id, digests=digests, by=request.user)
        return _go_on(request, following, chosen, "approved")
    return to_letter(request, letter_id)


def _next_ready(request: PageRequest, letter_id: int) -> int | None:
    waiting = waiting_in(request.viewer.school, WAITING, kind_asked(request))
    return next_ready(list(waiting.values_list("pk", "state")), letter_id)


def _go_on(request: PageRequest, following: int | None, letter: Letter, done: str) -> HttpResponse:
    """Say what has been done and go on to the next letter that is ready."""
    name = letter.enrolment.pupil.full_name
    messages.success(request, f"The letter about {name} is {done}.")
    if following is not None:
        return to_letter(request, following)
    return redirect("interventions:letters", urn=request.viewer.school.urn)


def _put_aside(
    request: PageRequest, letter_id: int, what: str, action: Callable[..., Letter], done: str
) -> HttpResponse:
    """Hold or drop with a reason; a refusal shows the letter again with what was typed."""
    chosen = letter_here(request, letter_id)
    form = reason_form(what, letter_address(request, letter_id, f"letter_{what}"), request.POST)
    following = _next_ready(request, letter_id)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            action(letter_id=letter_id, reason=reason, by=request.user)
        except policies.Refused as refusal:
            messages.warning(request, f"{refusal} You had written: “{reason}”")
        else:
            return _go_on(request, following, chosen, done)
    return letter_page(request, letter_here(request, letter_id), {what: form})


@allowed("decide_letter")
@require_POST
def letter_hold(request: PageRequest, letter_id: int) -> HttpResponse:
    return _put_aside(request, letter_id, "hold", deciding.hold_letter, "held")


@allowed("decide_letter")
@require_POST
def letter_drop(request: PageRequest, letter_id: int) -> HttpResponse:
    return _put_aside(request, letter_id, "drop", deciding.drop_letter, "dropped")


def do_and_show(
    request: PageRequest, letter_id: int, done: str, action: Callable[[], object]
) -> HttpResponse:
    """An action without a form; the letter is shown as it is afterwards."""
    letter_here(request, letter_id)
    with refusals_as_messages(request):
        action()
        messages.success(request, done)
    return to_letter(request, letter_id)


@allowed("decide_letter")
@require_POST
def letter_release(request: PageRequest, letter_id: int) -> HttpResponse:
    return do_and_show(
        request,
        letter_id,
        "The letter is proposed again and is being drawn.",
        lambda: deciding.release_letter(letter_id=letter_id, by=request.user),
    )


@allowed("decide_letter")
@require_POST
def letter_draw(request: PageRequest, letter_id: int) -> HttpResponse:
    return do_and_show(
        request,
        letter_id,
        "The letter is being drawn anew, with today’s words, figures and addresses.",
        lambda: deciding.draw_letter_anew(letter_id=letter_id, by=request.user),
    )


@allowed("decide_letter")
@require_POST
def letter_answered(request: PageRequest, letter_id: int) -> HttpResponse:
    return do_and_show(
        request,
        letter_id,
        "Marked as answered.",
        lambda: deciding.mark_answered(letter_id=letter_id, by=request.user),
    )
