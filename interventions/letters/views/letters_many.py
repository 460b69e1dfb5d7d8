"""Many letters of the queue at once: looked at in a list, ticked, decided on with one press."""

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from interventions.letters import recipients
from interventions.letters.actions import deciding
from interventions.letters.actions.deciding import Decided
from interventions.letters.queue import counts_of, keep, kind_asked, kinds_among
from interventions.letters.views.letters import apart_in
from interventions.models import Letter
from interventions.rules.letter_states import LetterState
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of, words_of

PER_PAGE = 200
SAID = {"approve": "approved", "hold": "held", "drop": "dropped"}
SAY_WHY = "Say why: the reason is kept with each of them."
TICK_ONE = "Tick at least one letter."


@require_http_methods(["GET", "POST"])
@allowed("decide_letter")
def letters_many(request: PageRequest) -> HttpResponse:
    """The letters that are ready, of one kind or all; what was refused stays, with its reason."""
    ticked, decided, problem = _ticked(request), Decided(), ""
    reason = words_of(request.POST.get("reason"), 500)
    if request.method == "POST":
        decided, problem = _decide(request, ticked, reason)
        _say(request, decided)
    waiting = Letter.objects.filter(enrolment__school=request.viewer.school)
    ready = waiting.filter(state=LetterState.READY.value)
    held = waiting.filter(state=LetterState.HELD.value)
    kinds = kinds_among(counts_of(request.viewer.school), [LetterState.READY.value])
    if kind := kind_asked(request):
        ready, held = ready.filter(kind=kind), held.filter(kind=kind)
    page = _page(ready, request.GET.get("page"))
    context = {
        "apart": apart_in(page.object_list),
        "kinds": kinds,
        "kind_asked": kind,
        "keep": keep(request),
        "page": page,
        "held": held.count(),
        "refused": _refused(decided),
        "problem": problem,
        "reason": reason if problem else "",
        "ticked": ticked if problem else [],
    }
    return render(request, "interventions/letters/many.html", context)


def _ticked(request: PageRequest) -> list[int]:
    numbers = (number_of(text) for text in request.POST.getlist("letter"))
    return [pk for pk in numbers if pk is not None]


def _decide(request: PageRequest, ticked: list[int], reason: str) -> tuple[Decided, str]:
    """What came of it, and what is missing in the form."""
    here = Letter.objects.filter(enrolment__school=request.viewer.school, pk__in=ticked)
    chosen = list(here.order_by("pk").values_list("pk", flat=True))
    what = request.POST.get("do", "")
    if not chosen or what not in SAID:
        return Decided(), TICK_ONE
    if what == "approve":
        seen = {pk: request.POST.getlist(f"digest-{pk}") for pk in chosen}
        return deciding.approve_letters(seen=seen, by=request.user), ""
    if not reason:
        return Decided(), SAY_WHY
    decided = deciding.put_letters_aside(
        letter_ids=chosen, drop=what == "drop", reason=reason, by=request.user
    )
    return decided, ""


def _say(request: PageRequest, decided: Decided) -> None:
    if decided.done:
        number = len(decided.done)
        what = SAID[request.POST["do"]]
        messages.success(
            request, f"{number} {'letter is' if number == 1 else 'letters are'} {what}."
        )


def _page(ready: QuerySet[Letter], number: str | None) -> Page:
    """The letters with their copies and what each recipient rests on: four statements."""
    order = ready.select_related("enrolment__pupil").order_by(
        "kind", "enrolment__pupil__sort_key", "pk"
    )
    page = Paginator(order, PER_PAGE).get_page(number)
    page.object_list = list(page.object_list)
    recipients.give_recipients(page.object_list)
    return page


def _refused(decided: Decided) -> list[tuple[Letter, str]]:
    """The letters that were not decided on, each with what its check says."""
    letters = Letter.objects.filter(pk__in=decided.refused).select_related("enrolment__pupil")
    ordered = letters.order_by("enrolment__pupil__sort_key", "pk")
    return [(letter, decided.refused[letter.pk]) for letter in ordered]
