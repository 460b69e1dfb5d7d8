"""Many letters of the queue at once: looked at in a list, ticked, decided on with one press."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from interventions.letters import recipients, wording
from interventions.letters.actions import deciding
from interventions.letters.actions.deciding import DecidedLetters
from interventions.letters.queries import pupils_told_apart
from interventions.letters.queue import counts_of, kinds_among
from interventions.letters.views.navigation import kind_asked, kind_query, kind_tabs
from interventions.models import Letter
from interventions.rules.letter_kinds import Kind
from interventions.rules.letter_states import LetterState
from registers.models import School
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.parameters import numbers_of, words_of

PER_PAGE = 200
DONE = {"approve": "approved", "hold": "held", "drop": "dropped"}
SAY_WHY = "Say why: the reason is kept with each of them."
TICK_ONE = "Tick at least one letter."


@dataclass(frozen=True, slots=True)
class DecideManyForm:
    """What was pressed: which letters, what is to become of them, and why."""

    ticked: Collection[int]
    what: str
    reason: str

    @property
    def problem(self) -> str:
        """What is missing in it."""
        if not self.ticked or self.what not in DONE:
            return TICK_ONE
        return SAY_WHY if self.what != "approve" and not self.reason else ""


@require_http_methods(["GET", "POST"])
@allowed("decide_letter")
def letters_many(request: PageRequest) -> HttpResponse:
    """The letters that are ready, of one kind or all; what was refused stays, with its reason."""
    form, refused = None, {}
    if request.method == "POST":
        form = _form(request)
        refused = {} if form.problem else _decide(request, form)
    school, kind = request.viewer.school, kind_asked(request)
    letters = Letter.objects.filter(enrolment__school=school)
    of_kind = letters.filter(kind=kind) if kind else letters
    page = _page(of_kind.filter(state=LetterState.READY.value), request.GET.get("page"))
    context = {
        "apart": pupils_told_apart(page.object_list),
        "kind_tabs": kind_tabs(request.path, _kinds_ready(school), kind),
        "none_ready": "No letter is ready of this kind" if kind else "No letter is ready",
        "keep": kind_query(request),
        "page": page,
        "rows": [(letter, wording.missed(letter)) for letter in page],
        "held": of_kind.filter(state=LetterState.HELD.value).count(),
        "refused": _refused(refused),
        **_to_put_right(form),
    }
    return render(request, "interventions/letters/queue/decide_many.html", context)


def _kinds_ready(school: School) -> list[tuple[Kind, int]]:
    return kinds_among(counts_of(school), [LetterState.READY.value])


def _form(request: PageRequest) -> DecideManyForm:
    """As it was sent; letters of another school are nobody's to tick."""
    numbers = numbers_of(request.POST.getlist("letter"))
    here = Letter.objects.filter(enrolment__school=request.viewer.school, pk__in=numbers)
    return DecideManyForm(
        ticked=list(here.order_by("pk").values_list("pk", flat=True)),
        what=request.POST.get("do", ""),
        reason=words_of(request.POST.get("reason"), 500),
    )


def _to_put_right(form: DecideManyForm | None) -> dict:
    """The problem with what was ticked and typed, where there is one."""
    if form is None or not form.problem:
        return {"problem": "", "reason": "", "ticked": []}
    return {"problem": form.problem, "reason": form.reason, "ticked": form.ticked}


def _decide(request: PageRequest, form: DecideManyForm) -> dict[int, str]:
    """Decide on each and say how many; those that were refused, each with the reason."""
    decided = _approve(request, form) if form.what == "approve" else _put_aside(request, form)
    if decided.done:
        number = many(len(decided.done), "letter is", "letters are")
        messages.success(request, f"{number} {DONE[form.what]}.")
    return decided.refused


def _approve(request: PageRequest, form: DecideManyForm) -> DecidedLetters:
    seen = {pk: request.POST.getlist(f"digest-{pk}") for pk in form.ticked}
    return deciding.approve_letters(seen=seen, by=request.user)


def _put_aside(request: PageRequest, form: DecideManyForm) -> DecidedLetters:
    return deciding.put_letters_aside(
        letter_ids=form.ticked, drop=form.what == "drop", reason=form.reason, by=request.user
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


def _refused(reasons: dict[int, str]) -> list[tuple[Letter, str]]:
    """The letters that were not decided on, each with what its check says."""
    letters = Letter.objects.filter(pk__in=reasons).select_related("enrolment__pupil")
    ordered = letters.order_by("enrolment__pupil__sort_key", "pk")
    return [(letter, reasons[letter.pk]) for letter in ordered]
