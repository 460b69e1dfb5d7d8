"""Closures: the list, a new one looked at before it is made, what became of it, its undoing."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.closures import queries, wording
from registers.closures.actions import closing
from registers.closures.forms import WHOLE, ClosureForm, changing_of
from registers.models import Closure
from registers.rules import closures as rules
from registers.rules.codes import CODES
from registers.web.access import PageRequest, allowed
from registers.web.advice_messages import refusals_as_messages
from registers.web.parameters import day_of

PER_PAGE = 50
MOST_LEFT = 50


@require_safe
@allowed("close_school")
def closures(request: PageRequest) -> HttpResponse:
    """A line for each closure, the latest first, those that were undone too."""
    found = Closure.objects.filter(school=request.viewer.school)
    rows = found.select_related("made_by", "undone_by", "code")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "registers/closures/closures.html", {"page": page})


@require_http_methods(["GET", "POST"])
@allowed("close_school")
def closure_new(request: PageRequest) -> HttpResponse:
    """Looked at first: what each mark becomes. Then one press."""
    on = day_of(request.GET.get("date", "")) or timezone.localdate()
    among = request.viewer.enrolments()
    if request.method != "POST":
        return _show(request, ClosureForm(initial=_initial(on), among=among, on=on))
    form = ClosureForm(request.POST, among=among, on=day_of(request.POST.get("from_on", "")) or on)
    if form.is_valid():
        try:
            return _look_or_close(request, form)
        except closing.WrongClosure as wrong:
            form.add_wrong(wrong.fields)
    return _show(request, form)


def _look_or_close(request: PageRequest, form: ClosureForm) -> HttpResponse:
    """Raises WrongClosure."""
    school = request.viewer.school
    closing.check_closure(school, form.asked)
    if "close" not in request.POST or request.POST.get("looked") != form.digest:
        return _show(request, form, look=True)
    closure = closing.close_sessions(
        school=school,
        asked=form.asked,
        changing=changing_of(request.POST, rules.changing_by_default(form.asked.code)),
        by=request.user,
    )
    messages.success(request, f"Closed: {closure.said}, {_when(closure)}.")
    return redirect("registers:closure", urn=school.urn, closure_id=closure.pk)


def _initial(on: date) -> dict:
    return {"from_on": on, "until_on": on, "from_half": "0", "until_half": "1", "whom": WHOLE}


def _show(request: PageRequest, form: ClosureForm, *, look: bool = False) -> HttpResponse:
    context: dict = {"form": form}
    if look:
        found = queries.preview(request.viewer.school, form.asked, timezone.localtime())
        code = CODES[form.asked.code]
        when = rules.sessions_in_words(form.asked.first, form.asked.last)
        context |= {
            "found": found,
            "digest": form.digest,
            "facts": wording.look_facts(found, form.asked, code, when),
            "close_label": wording.close_label(found),
            "was_looked_at": "close" in request.POST,
        }
    return render(request, "registers/closures/closure_new.html", context)


@require_safe
@allowed("close_school")
def closure(request: PageRequest, closure_id: int) -> HttpResponse:
    """What it was, what it wrote, what it left; its job's bar while one is at work."""
    found = _closure_of(request, closure_id)
    counts = queries.counts_of(found)
    context = {
        "closure": found,
        "when": _when(found),
        "lede": wording.closure_lede(found),
        "facts": wording.closure_facts(found, counts, _kept(found), CODES[str(found.code_id)]),
        "counts": counts,
        "left": queries.left_marks(found, MOST_LEFT) if found.undone_at else [],
        "job": found.job,
        "next": "",
    }
    return render(request, "registers/closures/closure.html", context)


def _kept(found: Closure) -> list[tuple[str, str, int]]:
    """Marks within it that say something else: code, meaning, how many."""
    if found.undone_at is not None:
        return []
    counted = queries.kept_marks(found)
    return [(code, CODES[code].meaning, counted[code]) for code in CODES if code in counted]


@allowed("close_school")
@require_POST
def closure_undo(request: PageRequest, closure_id: int) -> HttpResponse:
    closure = _closure_of(request, closure_id)
    with refusals_as_messages(request):
        closing.undo_closure(closure=closure, by=request.user)
        messages.success(request, f"Undone: {closure.said}, {_when(closure)}.")
    return redirect("registers:closure", urn=request.viewer.school.urn, closure_id=closure.pk)


def _closure_of(request: PageRequest, closure_id: int) -> Closure:
    rows = Closure.objects.select_related("school", "made_by", "undone_by", "code", "job")
    return get_object_or_404(rows, school=request.viewer.school, pk=closure_id)


def _when(closure: Closure) -> str:
    return rules.sessions_in_words(closure.first, closure.last)
