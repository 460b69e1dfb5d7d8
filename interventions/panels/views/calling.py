"""The list of panels, calling one, and further pupils for one: who is on it is chosen here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from absence.figures.calendar import NoAcademicYearError
from interventions.models import Panel
from interventions.panels import wording
from interventions.panels.actions import panels as actions
from interventions.panels.candidates import (
    NOBODY,
    Candidates,
    CandidateSearch,
    Show,
    candidates,
    rows_to_choose_from,
)
from interventions.panels.forms.panels import PanelForm, TickManyForm
from interventions.panels.queries import as_at_of, colleagues_of, panels_of
from interventions.panels.views.on_panel import go_to, on_panel
from registers import policies
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.forms import refusals_in

PER_PAGE = 30
IN_DOUBT = "Put right the list of names, or take the lines out"


@require_safe
@allowed("hold_panel")
def panels(request: PageRequest) -> HttpResponse:
    today = timezone.localdate()
    of_school = panels_of(request.viewer.school)
    coming = list(of_school.filter(on__gte=today).order_by("on", "starts_at", "pk"))
    past = Paginator(of_school.filter(on__lt=today).order_by("-on", "-pk"), PER_PAGE)
    context = {
        "coming": coming,
        "opening": wording.opening(coming, today),
        "page": past.get_page(request.GET.get("page")),
    }
    return render(request, "interventions/panels/panels.html", context)


# --- choosing pupils


@dataclass(frozen=True, slots=True)
class PupilChooser:
    """The pupils to choose from, as somebody looks at them, with the fields that find them.

    `many` ticks several at once; it is missing where no pupil can be chosen, and `why_none` says
    why.
    """

    search: CandidateSearch
    as_at: date
    candidates: Candidates = NOBODY
    many: TickManyForm | None = None
    why_none: str = ""
    shows = tuple(Show.choices)

    @property
    def is_in_doubt(self) -> bool:
        """Whether something was asked for that means nobody, or more than one."""
        return self.many is not None and bool(self.many.errors)

    @property
    def apart(self) -> dict[int, str]:
        return self.candidates.apart

    @property
    def ticked_words(self) -> str:
        ticked = len(self.candidates.chosen)
        return f"; {ticked:,} ticked" if ticked else ""

    @property
    def why_empty(self) -> str:
        return wording.why_none_is_shown(self.search.name)

    def problem(self, nobody: str) -> str:
        """Why this choice cannot be taken; `nobody` is said where no pupil is ticked."""
        if self.is_in_doubt:
            return IN_DOUBT
        return "" if self.candidates.chosen else nobody


def pupil_chooser(request: PageRequest, *, without: Collection[int] = ()) -> PupilChooser:
    """What the page's search and ticks say. `without` are enrolments that are there already."""
    school = request.viewer.school
    search = CandidateSearch.of(request.POST if request.method == "POST" else request.GET)
    as_at = as_at_of(school)
    try:
        rows = rows_to_choose_from(school, as_at, without=frozenset(without))
    except NoAcademicYearError as missing:
        return PupilChooser(search, as_at, why_none=str(missing))
    many_form, at_once = _tick_many(request, as_at)
    found = candidates(search, rows, school=school, ticked_at_once=at_once)
    return PupilChooser(search, as_at, found, many=many_form)


def _tick_many(request: PageRequest, as_at: date) -> tuple[TickManyForm, frozenset[int]]:
    """The fields for several pupils at once, and the enrolments that they mean: empty again once
    they are ticked, as they were typed where a line means nobody.
    """
    among = {"among": request.viewer.enrolments().on_roll(as_at), "on": as_at}
    form = TickManyForm(request.POST or None, **among)
    if not form.is_asked:
        return TickManyForm(**among), frozenset()
    if not form.is_valid() or form.chosen is None:
        return form, frozenset()
    return TickManyForm(**among), form.chosen.pupils


def _is_search(request: PageRequest) -> bool:
    return "find" in request.POST


def _is_saved(request: PageRequest) -> bool:
    return request.method == "POST" and not _is_search(request)


# --- calling


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
def panel_new(request: PageRequest) -> HttpResponse:
    """When, where, who, and which pupils; looking for pupils keeps all that was typed."""
    chooser = pupil_chooser(request)
    if request.htmx and _is_search(request):
        return render(request, "interventions/panels/_choice.html", {"choice": chooser})
    form = _panel_form(request)
    if form.is_bound and form.is_valid():
        panel = _call(request, form, chooser)
        if panel is not None:
            return redirect("interventions:panel", urn=panel.school.urn, panel_id=panel.pk)
    return render(request, "interventions/panels/new.html", {"form": form, "choice": chooser})


def _panel_form(request: PageRequest) -> PanelForm:
    school, today = request.viewer.school, timezone.localdate()
    given: dict = {"data": request.POST} if _is_saved(request) else {"initial": _typed(request)}
    return PanelForm(**given, colleagues=colleagues_of(school), today=today)


def _typed(request: PageRequest) -> dict:
    """What was typed so far, or how a panel usually is."""
    if request.method == "POST":
        return request.POST.dict()
    return {"starts_at": "09:00", "minutes_each": 20, "chair": request.user.pk}


def _call(request: PageRequest, form: PanelForm, chooser: PupilChooser) -> Panel | None:
    """The panel; None, with the refusal on the form, where it cannot be called."""
    problem = chooser.problem("Tick at least one pupil for the panel")
    if problem:
        form.add_error(None, problem)
        return None
    enrolments = chooser.candidates.enrolments
    with refusals_in(form):
        panel = actions.call_panel(
            school=request.viewer.school,
            meeting=form.meeting,
            enrolments=enrolments,
            by=request.user,
        )
        messages.success(request, f"The panel is called, for {many(len(enrolments), 'pupil')}.")
        return panel
    return None


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
@on_panel
def panel_add(request: PageRequest, panel: Panel) -> HttpResponse:
    """Further pupils for a panel."""
    on_it = [case.enrolment_id for case in panel.cases.all() if not case.is_withdrawn]
    chooser = pupil_chooser(request, without=on_it)
    if request.htmx and _is_search(request):
        return render(request, "interventions/panels/_choice.html", {"choice": chooser})
    problem = ""
    if _is_saved(request):
        problem = _add(request, panel, chooser)
        if not problem:
            return go_to(panel, "panel_change")
    context = {"panel": panel, "choice": chooser, "problem": problem, "on_it": len(on_it)}
    return render(request, "interventions/panels/add.html", context)


def _add(request: PageRequest, panel: Panel, chooser: PupilChooser) -> str:
    """Add the pupils that are ticked; what is wrong where that cannot be."""
    problem = chooser.problem("Tick at least one pupil to add")
    if problem:
        return problem
    try:
        added = actions.add_pupils(
            panel_id=panel.pk,
            enrolments=chooser.candidates.enrolments,
            by=request.user,
            today=timezone.localdate(),
        )
    except policies.Refused as refusal:
        return str(refusal)
    messages.success(request, f"{many(added, 'pupil')} added at the end.")
    return ""
