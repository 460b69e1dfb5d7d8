"""The office's list of papers: what some codes need and nobody has written down yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from registers.marks.actions import papers as actions
from registers.models import Paper, School
from registers.planned_absence.views import PER_PAGE, many
from registers.register.forms import LONG_PAPER
from registers.rules.advice import AT_HOME, unsupervised_on_paper
from registers.rules.codes import CODES, Code
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import say_advice
from registers.web.parameters import number_of


@dataclass
class Line:
    """A paper in the list, with what was typed for it and could not be kept."""

    paper: Paper
    typed: str | None = None
    is_ticked: bool = False

    @property
    def code(self) -> Code:
        return CODES[self.paper.code_id]

    @property
    def note(self) -> str:
        return self.paper.note if self.typed is None else self.typed

    @property
    def problem(self) -> str:
        return "" if self.typed is None else LONG_PAPER


@dataclass
class Sent:
    """The list as it came back: what is to be completed, and what is too long."""

    to_complete: dict[int, str | None] = field(default_factory=dict)  # None leaves the note
    too_long: dict[int, str] = field(default_factory=dict)
    ticked: set[int] = field(default_factory=set)


def read_papers(sent: QueryDict) -> Sent:
    """Rows that are ticked, or whose note is another than the one that was shown."""
    found = Sent(ticked=_numbers(sent.getlist("paper")))
    for pk in sorted(_numbers(sent.getlist("row")) | found.ticked):
        text = " ".join(sent.get(f"note-{pk}", "").split())
        is_new = f"note-{pk}" in sent and text != sent.get(f"had-{pk}", "")
        if len(text) > Paper.MOST:
            found.too_long[pk] = text
        elif pk in found.ticked or (is_new and text):
            found.to_complete[pk] = text if is_new else None
    return found


def _numbers(texts: Iterable[str]) -> set[int]:
    return {number for text in texts if (number := number_of(text)) is not None}


@require_http_methods(["GET", "POST"])
@allowed("plan_absence")
def papers(request: PageRequest) -> HttpResponse:
    """What the school must hold beside some codes; one press completes what was said."""
    school = request.viewer.school
    if request.method == "POST" and "reopen" in request.POST:
        return _reopen(request, school)
    sent = Sent()
    if request.method == "POST":
        sent = read_papers(request.POST)
        _complete(request, school, sent)
        if not sent.too_long:
            return redirect(request.get_full_path())
    done = request.GET.get("state") == "complete"
    theirs = Paper.objects.of_school(school)
    found = (theirs.complete() if done else theirs.missing()).select_related(
        "enrolment__pupil", "academic_year", "code", "completed_by"
    )
    found = found.order_by("-last_on", "enrolment__pupil__sort_key", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    lines = _lines(page, found, sent)
    context = {
        "page": page,
        "lines": lines,
        "wrong": [line for line in lines if line.problem],
        "counts": _counts(school),
        "done": done,
        "here": request.get_full_path(),
    }
    return render(request, "registers/planned_absence/papers.html", context)


def _counts(school: School) -> dict[str, int]:
    missing = Q(completed_at__isnull=True, sessions__gt=0)
    return Paper.objects.of_school(school).aggregate(
        missing=Count("pk", filter=missing),
        pupils=Count("enrolment__pupil", filter=missing, distinct=True),
        complete=Count("pk", filter=Q(completed_at__isnull=False)),
    )


def _lines(page: Page, found: QuerySet[Paper], sent: Sent) -> list[Line]:
    """The page, below the rows that something was wrong with: others may have left the list."""
    wrong = list(found.filter(pk__in=sent.too_long)) if sent.too_long else []
    papers = wrong + [paper for paper in page if paper.pk not in sent.too_long]
    return [Line(one, sent.too_long.get(one.pk), one.pk in sent.ticked) for one in papers]


def _complete(request: PageRequest, school: School, sent: Sent) -> None:
    if not sent.to_complete:
        if not sent.too_long:
            messages.error(request, "Tick the papers first, or write down what is held.")
        return
    count = actions.complete_papers(school=school, papers=sent.to_complete, by=request.user)
    if count:
        messages.success(request, f"{many(count, 'paper')} noted as held by the school.")
        _advise(request, school, sent)
    else:
        messages.info(request, "These papers had left the list meanwhile.")


def _advise(request: PageRequest, school: School, sent: Sent) -> None:
    """What was written down and is no education that somebody supervises: held, and said."""
    at_home = {pk: text for pk, text in sent.to_complete.items() if text and AT_HOME.search(text)}
    if not at_home:
        return
    rows = Paper.objects.of_school(school).filter(pk__in=at_home)
    said = {}
    for pk, enrolment, code in rows.values_list("pk", "enrolment_id", "code_id"):
        if words := unsupervised_on_paper(code, at_home[pk]):
            said[enrolment] = [words]
    say_advice(request, said)


def _reopen(request: PageRequest, school: School) -> HttpResponse:
    back = reverse("registers:papers", kwargs={"urn": school.urn}) + "?state=complete"
    ticked = _numbers(request.POST.getlist("paper"))
    if not ticked:
        messages.error(request, "Tick the papers first.")
        return redirect(back)
    count = actions.reopen_papers(school=school, papers=ticked, by=request.user)
    messages.success(request, f"{many(count, 'paper')} back on the list.")
    return redirect(back)
