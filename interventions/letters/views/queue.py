"""The letters of a school: the queue, and one of its letters with its PDF beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from interventions.letters import email_server, recipients, wording
from interventions.letters.crossed_before.queries import still_listed
from interventions.letters.forms.deciding import ReasonForm, reason_form
from interventions.letters.queries import (
    PDF_STATES,
    letters_of,
    pupils_told_apart,
    with_confidential,
)
from interventions.letters.queue import (
    QUEUES,
    QUEUES_BY_NAME,
    WAITING,
    Neighbours,
    Queue,
    counts_of,
    kinds_among,
    of_queue,
    queue_of,
    waiting_in,
)
from interventions.letters.views.navigation import (
    Tab,
    kind_asked,
    kind_query,
    kind_tabs,
    letter_address,
    letter_here,
)
from interventions.models import Letter, LetterCopy
from interventions.rules.letter_states import CopyState, LetterState, decisions_on
from interventions.rules.wording import short_range
from registers.web.access import PageRequest, allowed

PER_PAGE = 50
Forms = Mapping[str, ReasonForm]


@require_safe
@allowed("see_letters")
def letters(request: PageRequest) -> HttpResponse:
    queue = QUEUES_BY_NAME.get(request.GET.get("show", ""), WAITING)
    return queue_page(request, queue=queue, chosen=None)


@require_safe
@allowed("see_letters")
def letter(request: PageRequest, letter_id: int) -> HttpResponse:
    return letter_page(request, letter_here(request, letter_id))


def letter_page(request: PageRequest, letter: Letter, forms: Forms | None = None) -> HttpResponse:
    """A letter in its queue; `forms` hold what was typed and refused."""
    return queue_page(request, queue=queue_of(letter), chosen=letter, forms=forms or {})


def queue_page(
    request: PageRequest, *, queue: Queue, chosen: Letter | None, forms: Forms | None = None
) -> HttpResponse:
    """The queue and one of its letters; as many statements for one letter as for many."""
    school = request.viewer.school
    waiting = waiting_in(school, queue, kind_asked(request))
    order = list(waiting.values_list("pk", flat=True))
    page = _page(request, order, chosen)
    here = _letters_on(request, page)
    shown = chosen or next(iter(here), None)
    context = {
        **_tabs(request, queue),
        "queue": queue,
        "apart": pupils_told_apart(here),
        "may_decide_many": _may_decide_many(request, queue, order),
        "keep": kind_query(request),
        "listed_before": still_listed(school).count(),
        "page": page,
        "rows": [QueueRow(letter, letter == shown) for letter in here],
        "page_title": _title(queue, chosen),
        "is_chosen": chosen is not None,
        "letter": shown,
    }
    if shown is not None:
        context |= {"neighbours": Neighbours.of(order, shown.pk)}
        context |= _about(request, shown, forms or {})
    return render(request, "interventions/letters/queue/queue.html", context)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A letter in the list of its queue."""

    letter: Letter
    is_current: bool

    @property
    def words(self) -> str:
        return wording.in_the_queue(self.letter)

    @property
    def shows_state(self) -> bool:
        return self.letter.state in wording.STATES_IN_THE_LIST


def _title(queue: Queue, chosen: Letter | None) -> str:
    if chosen is None:
        return f"Letters, {queue.title.lower()}"
    return f"Letter about {chosen.enrolment.pupil.full_name}"


def _may_decide_many(request: PageRequest, queue: Queue, order: Sequence[int]) -> bool:
    return queue == WAITING and len(order) > 1 and request.viewer.may("decide_letter")


def _tabs(request: PageRequest, queue: Queue) -> dict:
    """The answer in a sentence, and the ways to the other queues and kinds."""
    school, kind = request.viewer.school, kind_asked(request)
    counts = counts_of(school)
    all_letters = reverse("interventions:letters", kwargs={"urn": school.urn})
    here = f"{all_letters}?show={queue.name}"
    kinds = kinds_among(counts, queue.states)
    by_queue = {one.name: of_queue(counts, one) for one in QUEUES}
    return {
        "opening": wording.opening(by_queue["waiting"], by_queue["approved"]),
        "queue_tabs": [
            Tab(one.title, f"{all_letters}?show={one.name}", one == queue, by_queue[one.name])
            for one in QUEUES
        ],
        "kind_tabs": kind_tabs(here, kinds, kind) if len(kinds) > 1 or kind else [],
        "back_to_queue": f"{here}&kind={kind}" if kind else here,
    }


def _page(request: PageRequest, order: Sequence[int], chosen: Letter | None) -> Page:
    """The page of the queue that is asked for, or the one with the letter that is."""
    number: str | int | None = request.GET.get("page")
    if chosen is not None:
        number = _place_of(chosen, order) // PER_PAGE + 1
    return Paginator(order, PER_PAGE).get_page(number)


def _place_of(letter: Letter, order: Sequence[int]) -> int:
    """The first, where it has left the queue meanwhile."""
    return order.index(letter.pk) if letter.pk in order else 0


def _letters_on(request: PageRequest, page: Page) -> list[Letter]:
    """In the order of the page, each with who gets it."""
    by_pk = letters_of(request.viewer.school).in_bulk(list(page))
    here = list(filter(None, map(by_pk.get, page)))
    recipients.give_recipients(here)
    return here


def _about(request: PageRequest, letter: Letter, forms: Forms) -> dict:
    """What the page says of the letter that is shown."""
    can = decisions_on(LetterState(letter.state))
    return {
        "title": wording.title(letter),
        "wrote": wording.who_wrote(letter),
        "decided": wording.who_decided(letter),
        "notes": wording.notes_on(letter, newer_words=_newer_words(letter) if can["draw"] else ""),
        **_about_copies(request, letter, may_change=can["change"]),
        "spells": _spells(letter.figures.get("spells", ())),
        "can": can,
        "release": "Try again" if letter.state == LetterState.FAILED.value else "Release",
        "hold_form": forms.get("hold") or _empty_form(request, letter, "hold"),
        "drop_form": forms.get("drop") or _empty_form(request, letter, "drop"),
    }


def _about_copies(request: PageRequest, letter: Letter, *, may_change: bool) -> dict:
    """Who gets the letter, and the PDF that is shown."""
    copies = _copies(letter)
    going = [copy for copy in copies if copy.state != CopyState.LEFT_OUT.value]
    drawn = [copy for copy in copies if copy.state in PDF_STATES]
    return {
        "copies": copies,
        "copy_lines": _copy_lines(copies, may_change=may_change),
        "copy": _copy_asked(request, drawn),
        "tabs": list(filter(attrgetter("digest"), going)),
        "digests": list(map(attrgetter("digest"), going)),
    }


def _copies(letter: Letter) -> list[LetterCopy]:
    rows = letter.copies.select_related("letter__enrolment", "person", "print_run", "sent_by")
    copies = list(with_confidential(rows))
    recipients.say_standings(copies)
    return copies


def _copy_lines(copies: Sequence[LetterCopy], *, may_change: bool) -> list[wording.CopyLine]:
    can_email = email_server.can_send_email()
    is_alone = len(copies) == 1
    return [
        wording.CopyLine(copy, copy.is_confidential, may_change, can_email, is_alone)
        for copy in copies
    ]


def _copy_asked(request: PageRequest, drawn: Sequence[LetterCopy]) -> LetterCopy | None:
    """The copy whose PDF is shown: the one that is asked for, else the first."""
    asked = request.GET.get("copy", "")
    chosen = [copy for copy in drawn if str(copy.pk) == asked]
    return next(iter([*chosen, *drawn]), None)


def _newer_words(letter: Letter) -> str:
    is_in_force = letter.words_in_force == letter.template_id
    return "" if is_in_force else wording.newer_words(letter)


def _empty_form(request: PageRequest, letter: Letter, what: str) -> ReasonForm:
    return reason_form(what, letter_address(request, letter.pk, f"letter_{what}"))


def _spells(spells: Iterable[dict]) -> list[dict]:
    """The absences that the letter counts, the latest first, in its own words."""
    return [
        {
            "when": short_range(*_days(spell)),
            "sessions": spell["sessions"],
            "reason": spell["reason"],
        }
        for spell in reversed(list(spells))
    ]


def _days(spell: dict) -> tuple[date, date]:
    return date.fromisoformat(spell["first_on"]), date.fromisoformat(spell["last_on"])
