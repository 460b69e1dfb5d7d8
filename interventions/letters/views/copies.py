"""One copy of a letter: its PDF, whether it goes and how, and once more where it could not."""

import structlog
from csp.decorators import csp_exempt
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from interventions.letters.actions import deciding, sending
from interventions.letters.pdf_response import as_pdf
from interventions.letters.queries import PDF_STATES
from interventions.letters.views.decide import do_and_show
from interventions.letters.views.navigation import copy_here
from interventions.models import LetterCopy
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.documents.storage import AlteredFileError, read_as_kept
from registers.web.parameters import words_of

log = structlog.get_logger(__name__)


@xframe_options_sameorigin
@csp_exempt()
@require_safe
@allowed("see_letters")
def copy_pdf(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    """The PDF as it was drawn and as it will be sent: exactly the bytes of its digest.

    It may stand in a frame of our own pages. A viewer needs more than our pages' policy gives it,
    so the response has one of its own, which says that alone.
    """
    copy = copy_here(request, letter_id, copy_id)
    pdf = _stored_pdf(copy)
    log.info("letter_copy_read", copy_id=copy.pk, user_id=request.user.pk)
    return as_pdf(pdf, name=f"{copy.letter.reference}-{copy.pk}.pdf", to_keep="keep" in request.GET)


def _stored_pdf(copy: LetterCopy) -> bytes:
    if copy.state not in PDF_STATES:
        raise Http404("This copy has no PDF.")
    try:
        return read_as_kept(str(copy.pdf), copy.digest)
    except FileNotFoundError:
        raise Http404("The PDF of this copy is no longer in its place.") from None
    except AlteredFileError:
        log.error("letter_copy_is_not_what_was_drawn", copy_id=copy.pk)
        raise Http404("The PDF in this copy's place is not the one that was drawn.") from None


@allowed("decide_letter")
@require_POST
def copy_leave_out(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    copy = copy_here(request, letter_id, copy_id)
    reason = words_of(request.POST.get("reason"), 500)
    return do_and_show(
        request,
        letter_id,
        f"{copy.recipient} does not get this letter.",
        lambda: deciding.leave_out_copy(copy_id=copy.pk, reason=reason, by=request.user),
    )


@allowed("decide_letter")
@require_POST
def copy_channel(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    copy = copy_here(request, letter_id, copy_id)
    channel = request.POST.get("channel", "")
    way = "e-mail" if channel == "email" else "post"
    return do_and_show(
        request,
        letter_id,
        f"The copy to {copy.recipient} goes by {way}.",
        lambda: deciding.change_channel(copy_id=copy.pk, channel=channel, by=request.user),
    )


@allowed("decide_letter")
@require_POST
def copy_try_again(request: PageRequest, letter_id: int, copy_id: int) -> HttpResponse:
    """An e-mail that could not be sent waits to be sent again."""
    copy = copy_here(request, letter_id, copy_id)
    with refusals_as_messages(request):
        sending.try_copy_again(copy_id=copy.pk, by=request.user)
        messages.success(request, f"The e-mail to {copy.recipient} waits to be sent again.")
    return redirect("interventions:print_runs", urn=request.viewer.school.urn)
