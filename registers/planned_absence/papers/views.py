"""The office's list of papers: look through it, complete some, put some back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from registers.marks.actions import papers as actions
from registers.models import Paper
from registers.planned_absence.papers import queries, wording
from registers.planned_absence.papers.queries import SentPapers
from registers.rules.advice import AT_HOME, unsupervised_on_paper
from registers.rules.grouping import grouped
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import say_advice

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@allowed("plan_absence")
def papers(request: PageRequest) -> HttpResponse:
    """What the school must hold beside some codes; one press completes what was said."""
    if request.method != "POST":
        return _page(request, SentPapers())
    if "reopen" in request.POST:
        return _reopen(request)
    sent = queries.read_papers(request.POST)
    _complete(request, sent)
    return _page(request, sent) if sent.too_long else redirect(request.get_full_path())


def _page(request: PageRequest, sent: SentPapers) -> HttpResponse:
    school = request.viewer.school
    complete = request.GET.get("state") == "complete"
    found = queries.papers_of(school, complete=complete)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    lines = queries.listed_papers(page, found, sent)
    wrong = [line for line in lines if line.problem]
    counts = queries.counts_of(school)
    context = {
        "page": page,
        "lines": lines,
        "wrong": wrong,
        "wrong_heading": wording.too_long_heading(wrong),
        "counts": counts,
        "lede": wording.papers_lede(counts),
        "done": complete,
        "empty": wording.no_papers(complete=complete),
        "here": request.get_full_path(),
    }
    return render(request, "registers/planned_absence/papers.html", context)


def _complete(request: PageRequest, sent: SentPapers) -> None:
    school = request.viewer.school
    if not sent.to_complete:
        if not sent.too_long:
            messages.error(request, "Tick the papers first, or write down what is held.")
        return
    count = actions.complete_papers(school=school, papers=sent.to_complete, by=request.user)
    if count:
        messages.success(request, f"{many(count, 'paper')} noted as held by the school.")
        _advise(request, sent)
    else:
        messages.info(request, "These papers had left the list meanwhile.")


def _advise(request: PageRequest, sent: SentPapers) -> None:
    """What was written down and is no education that somebody supervises: held, and said."""
    notes = _notes_about_home(sent)
    papers = Paper.objects.of_school(request.viewer.school).filter(pk__in=notes)
    words = (
        (paper.enrolment_id, unsupervised_on_paper(paper.code_id, notes[paper.pk]))
        for paper in papers
    )
    say_advice(request, grouped((pupil, odd) for pupil, odd in words if odd))


def _notes_about_home(sent: SentPapers) -> dict[int, str]:
    return {pk: note for pk, note in sent.to_complete.items() if note and AT_HOME.search(note)}


def _reopen(request: PageRequest) -> HttpResponse:
    school = request.viewer.school
    back = reverse("registers:papers", kwargs={"urn": school.urn}) + "?state=complete"
    ticked = queries.ticked_papers(request.POST)
    if not ticked:
        messages.error(request, "Tick the papers first.")
        return redirect(back)
    count = actions.reopen_papers(school=school, papers=ticked, by=request.user)
    messages.success(request, f"{many(count, 'paper')} back on the list.")
    return redirect(back)
