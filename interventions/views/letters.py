"""The letters of a school: the queue, one letter, and the PDF of each copy."""

from collections.abc import Iterable
from datetime import date

import structlog
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from interventions.letters import wording
from interventions.models import Letter, LetterCopy
from interventions.stages import CopyState
from interventions.views.queue import QUEUES, QUEUES_BY_NAME, WAITING, Queue, in_queue_order
from registers.documents.kept import digest_of, read_pdf
from registers.models import School
from registers.views.access import allowed

log = structlog.get_logger(__name__)
PER_PAGE = 50


def letters_of(school: School) -> QuerySet[Letter]:
    """The letters that a page may show, each with its pupil and copies: two statements."""
    return (
        Letter.objects.filter(enrolment__school=school)
        .select_related("enrolment__pupil", "academic_year", "approved_by")
        .prefetch_related("copies")
    )


@require_safe
@allowed("see_letters")
def letters(request: HttpRequest) -> HttpResponse:
    queue = QUEUES_BY_NAME.get(request.GET.get("show", ""), WAITING)
    return _page(request, queue=queue, chosen=None)


@require_safe
@allowed("see_letters")
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    chosen = get_object_or_404(letters_of(request.place.school), pk=letter_id)
    queue = next(queue for queue in QUEUES if chosen.state in queue.states)
    return _page(request, queue=queue, chosen=chosen)


def _page(request: HttpRequest, *, queue: Queue, chosen: Letter | None) -> HttpResponse:
    school = request.place.school
    wanted = in_queue_order(letters_of(school).filter(state__in=queue.states))
    page = Paginator(wanted, PER_PAGE).get_page(request.GET.get("page"))
    shown = chosen or next(iter(page), None)
    context = {
        "queues": _counts(school),
        "queue": queue,
        "page": page,
        "is_chosen": chosen is not None,
        "letter": shown,
        "spells": _spells(shown.figures.get("spells", ())) if shown else (),
    }
    return render(request, "interventions/letters.html", context)


def _counts(school: School) -> list[tuple[Queue, int]]:
    rows = Letter.objects.filter(enrolment__school=school).order_by()
    by_state = dict(rows.values_list("state").annotate(Count("pk")))
    return [(queue, sum(by_state.get(state, 0) for state in queue.states)) for queue in QUEUES]


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


@require_safe
@allowed("see_letters")
def copy_pdf(request: HttpRequest, letter_id: int, copy_id: int) -> HttpResponse:
    """The PDF as it was drawn and as it will be sent: exactly the bytes of its digest."""
    copy = get_object_or_404(
        LetterCopy.objects.select_related("letter"),
        pk=copy_id,
        letter=letter_id,
        letter__enrolment__school=request.place.school,
        state=CopyState.RENDERED.value,
    )
    try:
        pdf = read_pdf(copy.pdf.name)
    except FileNotFoundError:
        raise Http404("The PDF of this copy is no longer in its place.") from None
    if digest_of(pdf) != copy.digest:
        log.error("letter_copy_is_not_what_was_drawn", copy_id=copy.pk)
        raise Http404("The PDF in this copy's place is not the one that was drawn.")
    log.info("letter_copy_read", copy_id=copy.pk, user_id=request.user.pk)
    return _as_pdf(pdf, name=f"{copy.letter.reference}-{copy.pk}.pdf", to_keep=request.GET)


def _as_pdf(pdf: bytes, *, name: str, to_keep: object) -> HttpResponse:
    """No child's name in the file's name: it stays behind in a list of downloads."""
    how = "attachment" if "keep" in to_keep else "inline"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'{how}; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
