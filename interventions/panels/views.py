"""Panels: the list, calling one, its running order, and the page in the room."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import wraps

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from absence.figures import school as figures
from absence.figures.school import AbsenceRow
from absence.lists import listing
from interventions.log import next_steps
from interventions.models import Panel, PanelCase
from interventions.panels import room
from interventions.panels.actions import decisions
from interventions.panels.actions import panels as actions
from interventions.panels.forms import DecisionForm, ManyForm, PanelForm, of_case, of_panel
from interventions.panels.pack_forms import PackForm
from registers import policies
from registers.models import School
from registers.models.school.staff import User
from registers.roll.search import ids_of_called
from registers.rules.pupils.namesakes import pupils_apart, told_apart
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.parameters import number_of, words_of

log = structlog.get_logger(__name__)
PER_PAGE = 30
AT_MOST = 60  # pupils to choose from at once; a name finds the others
PERSISTENT, WATCHED, EVERYBODY = "persistent", "watched", "everybody"
SHOWS = {
    PERSISTENT: "Persistently absent",
    WATCHED: "Next step is a panel, or overdue",
    EVERYBODY: "Everybody on roll",
}


def on_panel(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view its panel; another school's is not found, whatever was sent."""

    @wraps(view)
    def found(request: PageRequest, panel_id: int, **words: object) -> HttpResponse:
        school = request.viewer.school
        panel = get_object_or_404(Panel.objects.select_related("chair"), pk=panel_id, school=school)
        panel.school = school
        return view(request, panel, **words)

    return found


def as_at_of(school: School) -> date:
    """The last day before today on which the school met, to which figures count."""
    return school.last_met_on or timezone.localdate() - timedelta(days=1)


def colleagues_of(school: School) -> list[User]:
    found = User.objects.filter(is_active=True, appointments__school=school)
    return list(found.distinct().order_by("name", "username"))


# --- the list


@require_safe
@allowed("hold_panel")
def panels(request: PageRequest) -> HttpResponse:
    today = timezone.localdate()
    on = Q(cases__withdrawn_at__isnull=True)
    found = request.viewer.school.panels.select_related("chair").annotate(
        pupils=Count("cases", filter=on),
        decided=Count("cases", filter=on & Q(cases__decided_at__isnull=False)),
    )
    coming = list(found.filter(on__gte=today).order_by("on", "starts_at", "pk"))
    past = Paginator(found.filter(on__lt=today).order_by("-on", "-pk"), PER_PAGE)
    context = {
        "coming": coming,
        "next": next((one for one in coming if one.pupils), None),
        "page": past.get_page(request.GET.get("page")),
        "today": today,
    }
    return render(request, "interventions/panels/panels.html", context)


# --- choosing pupils


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil who can be put on a panel."""

    row: AbsenceRow
    why: str
    is_chosen: bool

    @property
    def pupil_id(self) -> int:
        return self.row.pupil_id


@dataclass(frozen=True, slots=True)
class Choice:
    """The pupils to choose from, as somebody looks at them; those chosen come first."""

    chosen: Sequence[Candidate]
    others: Sequence[Candidate]
    left_out: int
    q: str
    show: str
    as_at: date
    why_none: str = ""
    many: ManyForm | None = None
    shows: dict[str, str] = field(default_factory=lambda: SHOWS)

    @property
    def apart(self) -> dict[int, str]:
        """Who holds panels may see dates of birth."""
        rows = [one.row for one in (*self.chosen, *self.others)]
        return told_apart(((row.pupil_id, row.namesake) for row in rows), with_birth=True)

    @property
    def is_in_doubt(self) -> bool:
        """Whether something was asked for that means nobody, or more than one."""
        return self.many is not None and bool(self.many.errors)

    @property
    def enrolments(self) -> list[int]:
        return [one.row.enrolment_id for one in self.chosen]


def choice_of(request: PageRequest, *, without: Sequence[int] = ()) -> Choice:
    """What the page's search and ticks say. `without` are enrolments that are there already."""
    school = request.viewer.school
    asked = request.POST if request.method == "POST" else request.GET
    q, show = words_of(asked.get("q"), 200), asked.get("show", "")
    show = show if show in SHOWS else PERSISTENT
    ticked = [pk for one in asked.getlist("pupil") if (pk := number_of(one)) is not None]
    as_at = as_at_of(school)
    try:
        everyone = figures.pupils_to(school, as_at)
    except figures.NoAcademicYearError as missing:
        return Choice((), (), 0, q, show, as_at, why_none=str(missing))
    watched = _watched(school)
    rows = {
        row.pupil_id: row
        for row in everyone
        if row.is_on_roll(as_at) and row.enrolment_id not in set(without)
    }
    many, at_once = _many_of(request, as_at)
    ticked += [pk for pk, row in rows.items() if row.enrolment_id in at_once]
    chosen = [pk for pk in dict.fromkeys(ticked) if pk in rows]
    wanted = listing.Wanted(pupils=ids_of_called(school, q) if q else None)
    others = [
        row
        for pk, row in rows.items()
        if pk not in chosen and wanted.holds(row) and _is_shown(row, show, q, watched)
    ]
    others = listing.in_order(others, listing.DEFAULT_ORDER)

    def candidate(row: AbsenceRow, *, is_chosen: bool) -> Candidate:
        return Candidate(row, watched.get(row.enrolment_id, ""), is_chosen)

    return Choice(
        [candidate(rows[pk], is_chosen=True) for pk in chosen],
        [candidate(row, is_chosen=False) for row in others[:AT_MOST]],
        max(0, len(others) - AT_MOST),
        q,
        show,
        as_at,
        many=many,
    )


def _many_of(request: PageRequest, as_at: date) -> tuple[ManyForm, frozenset[int]]:
    """The fields for several pupils at once, and the enrolments that they mean: empty again once
    they are ticked, as they were typed where a line means nobody.
    """
    among = {"among": request.viewer.enrolments().on_roll(as_at), "on": as_at}
    form = ManyForm(request.POST or None, **among)
    if not form.is_asked:
        return ManyForm(**among), frozenset()
    if not form.is_valid() or form.chosen is None:
        return form, frozenset()
    return ManyForm(**among), form.chosen.pupils


def _is_shown(row: AbsenceRow, show: str, q: str, watched: dict[int, str]) -> bool:
    """A name is looked for among everybody."""
    if q or show == EVERYBODY:
        return True
    if show == WATCHED:
        return row.enrolment_id in watched
    return row.tally.persistently_absent


def _watched(school: School) -> dict[int, str]:
    """Why a panel is near, by enrolment: a next step that names it, or one that is overdue."""
    today = timezone.localdate()
    found: dict[int, str] = {}
    for step in next_steps.open_steps(school):
        if step.is_sensitive or step.next_step_on is None:
            continue
        due = f"{step.next_step_on.day} {step.next_step_on:%b}"
        if "panel" in step.next_step.casefold():
            found[step.enrolment_id] = f"Next step: {step.next_step}, due {due}"
        elif step.next_step_on < today:
            found.setdefault(step.enrolment_id, f"Overdue since {due}: {step.next_step}")
    return found


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
def panel_new(request: PageRequest) -> HttpResponse:
    """When, where, who, and which pupils; looking for pupils keeps all that was typed."""
    school, today = request.viewer.school, timezone.localdate()
    choice = choice_of(request)
    if request.htmx and "find" in request.POST:
        return render(request, "interventions/panels/_choice.html", {"choice": choice})
    saving = request.method == "POST" and "find" not in request.POST
    words: dict = {"colleagues": colleagues_of(school), "today": today}
    form = (
        PanelForm(request.POST, **words)
        if saving
        else PanelForm(initial=_first_words(request), **words)
    )
    if saving and form.is_valid():
        if choice.is_in_doubt:
            form.add_error(None, "Put right the list of names, or take the lines out")
        elif not choice.chosen:
            form.add_error(None, "Tick at least one pupil for the panel")
        else:
            try:
                made = actions.call_panel(
                    school=school,
                    meeting=form.meeting,
                    enrolments=choice.enrolments,
                    by=request.user,
                )
            except policies.Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, f"The panel is called, for {many(len(choice.chosen), 'pupil')}."
                )
                return redirect("interventions:panel", urn=school.urn, panel_id=made.pk)
    return render(request, "interventions/panels/new.html", {"form": form, "choice": choice})


def _first_words(request: PageRequest) -> dict:
    """What was typed so far, or how a panel usually is."""
    if request.method == "POST":
        return request.POST.dict()
    return {"starts_at": "09:00", "minutes_each": 20, "chair": request.user.pk}


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
@on_panel
def panel_add(request: PageRequest, panel: Panel) -> HttpResponse:
    """Further pupils for a panel."""
    there = [case.enrolment_id for case in panel.cases.all() if case.withdrawn_at is None]
    choice = choice_of(request, without=there)
    if request.htmx and "find" in request.POST:
        return render(request, "interventions/panels/_choice.html", {"choice": choice})
    problem = ""
    if request.method == "POST" and "find" not in request.POST:
        if choice.is_in_doubt:
            problem = "Put right the list of names, or take the lines out"
        elif not choice.chosen:
            problem = "Tick at least one pupil to add"
        else:
            try:
                added = actions.add_pupils(
                    panel_id=panel.pk,
                    enrolments=choice.enrolments,
                    by=request.user,
                    today=timezone.localdate(),
                )
            except policies.Refused as refusal:
                problem = str(refusal)
            else:
                messages.success(request, f"{many(added, 'pupil')} added at the end.")
                return _to(panel, "panel_change")
    context = {"panel": panel, "choice": choice, "problem": problem, "there": len(there)}
    return render(request, "interventions/panels/add.html", context)


# --- changing


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
@on_panel
def panel_change(request: PageRequest, panel: Panel) -> HttpResponse:
    """Day, place and people; who is on it, and in which order."""
    school, today = request.viewer.school, timezone.localdate()
    words: dict = {
        "colleagues": colleagues_of(school),
        "today": today,
        "button": "Save the changes",
    }
    form = PanelForm(request.POST or None, initial=of_panel(panel), **words)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_panel(
                panel_id=panel.pk, meeting=form.meeting, by=request.user, today=today
            )
        except policies.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The panel is changed.")
            return _to(panel, "panel_change")
    lines = _lines(panel)
    context = {
        "panel": panel,
        "form": form,
        "active": [line for line in lines if line.case.withdrawn_at is None],
        "off": [line for line in lines if line.case.withdrawn_at is not None],
        "is_over": panel.on < today,
    }
    return render(request, "interventions/panels/change.html", context)


def _lines(panel: Panel) -> list[room.Line]:
    as_at = as_at_of(panel.school)
    year = room.year_at(panel.school, as_at)
    return room.lines_of(panel, room.cases_of(panel), year, as_at)


def _to(panel: Panel, name: str = "panel", **words: object) -> HttpResponse:
    return redirect(_address(panel, name, **words))


def _address(panel: Panel, name: str, **words: object) -> str:
    where = {"urn": panel.school.urn, "panel_id": panel.pk, **words}
    return reverse(f"interventions:{name}", kwargs=where)


def _case_of(panel: Panel, case_id: int) -> PanelCase:
    return get_object_or_404(panel.cases.select_related("enrolment__pupil"), pk=case_id)


def _name(case: PanelCase) -> str:
    return f"{case.enrolment.pupil.forename} {case.enrolment.pupil.surname}"


@allowed("hold_panel")
@on_panel
@require_POST
def case_move(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    case = _case_of(panel, case_id)
    try:
        actions.move_case(
            case_id=case.pk,
            up="up" in request.POST,
            by=request.user,
            today=timezone.localdate(),
        )
    except policies.Refused as refusal:
        messages.error(request, str(refusal))
    return _to(panel, "panel_change")


@allowed("hold_panel")
@on_panel
@require_POST
def case_take_off(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    case = _case_of(panel, case_id)
    try:
        actions.take_off(case_id=case.pk, by=request.user)
    except policies.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{_name(case)} is taken off this panel.")
    return _to(panel, "panel_change")


@allowed("hold_panel")
@on_panel
@require_POST
def case_put_back(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    case = _case_of(panel, case_id)
    try:
        actions.put_back(case_id=case.pk, by=request.user, today=timezone.localdate())
    except policies.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{_name(case)} is back, at the end.")
    return _to(panel, "panel_change")


@allowed("hold_panel")
@on_panel
@require_POST
def panel_invite(request: PageRequest, panel: Panel) -> HttpResponse:
    try:
        invited = actions.invite(panel_id=panel.pk, by=request.user, today=timezone.localdate())
    except policies.Refused as refusal:
        messages.error(request, str(refusal))
        return _to(panel)
    for problem in invited.problems:
        messages.error(request, problem)
    if invited.written:
        drawn = many(invited.written, "invitation is", "invitations are")
        messages.success(request, f"{drawn} being drawn. Look at them in Letters and approve them.")
    elif not invited.problems:
        messages.info(request, "Everybody has an invitation that says this day, time and place.")
    return _to(panel)


# --- in the room


@require_safe
@allowed("hold_panel")
@on_panel
def panel(request: PageRequest, panel: Panel) -> HttpResponse:
    """The running order and whoever is next."""
    return _room(request, panel, case_id=None)


@require_http_methods(["GET", "POST"])
@allowed("hold_panel")
@on_panel
def panel_case(request: PageRequest, panel: Panel, case_id: int) -> HttpResponse:
    """One pupil before the panel, and the decision."""
    return _room(request, panel, case_id=case_id)


def _room(request: PageRequest, panel: Panel, *, case_id: int | None) -> HttpResponse:
    today = timezone.localdate()
    as_at = as_at_of(request.viewer.school)
    year = room.year_at(request.viewer.school, as_at)
    cases = room.cases_of(panel)
    if case_id is not None and case_id not in {case.pk for case in cases}:
        raise Http404("This pupil is not on the panel.")
    lines = room.lines_of(panel, cases, year, as_at)
    line = (
        room.now_before(lines)
        if case_id is None
        else next(one for one in lines if one.case.pk == case_id)
    )
    context: dict = {
        "panel": panel,
        "lines": [one for one in lines if one.case.withdrawn_at is None],
        "apart": pupils_apart((one.case.enrolment.pupil for one in lines), with_birth=True),
        "off": [one for one in lines if one.case.withdrawn_at is not None],
        "line": line,
        "is_chosen": case_id is not None,
        "as_at": as_at,
        "is_over": panel.on < today,
        "is_today": panel.on == today,
        "has_begun": panel.on <= today,
        "now": room.now_before(lines),
        "packs": list(panel.packs.select_related("job", "made_by").prefetch_related("cases")[:10]),
        "names": {one.case.pk: _name(one.case) for one in lines},
    }
    if line is not None:
        child = room.child_of(line, year, as_at)
        form = _decision_form(request, panel, child)
        if request.method == "POST" and (saved := _decide(request, panel, line, form)):
            return saved
        log.info(
            "panel_page_read",
            user_id=request.user.pk,
            case_id=line.case.pk,
            enrolment_id=line.case.enrolment_id,
        )
        context |= {"child": child, "form": form}
    active = [one.case for one in context["lines"]]
    context["pack_form"] = PackForm(
        cases=active, today=today, initial={"who": PackForm.FOR_PANEL, "as_at": as_at}
    )
    context["decided"] = sum(one.is_decided for one in context["lines"])
    context["to_invite"] = sum(one.needs_a_letter for one in context["lines"])
    return render(request, "interventions/panels/panel.html", context)


def _decision_form(request: PageRequest, panel: Panel, child: room.Child) -> DecisionForm | None:
    """None until the panel's day, and for a pupil who was taken off."""
    if panel.on > timezone.localdate() or child.line.case.withdrawn_at is not None:
        return None
    return DecisionForm(
        request.POST if request.method == "POST" else None,
        initial=of_case(child.line.case, child.logged),
        panel_on=panel.on,
        owners=list(next_steps.owners_at(request.viewer.school)),
        open_steps=child.open_steps,
        is_change=child.line.is_decided,
        action=_address(panel, "panel_case", case_id=child.line.case.pk),
    )


def _decide(
    request: PageRequest, panel: Panel, line: room.Line, form: DecisionForm | None
) -> HttpResponse | None:
    if form is None:
        messages.error(request, decisions.why_no_decision(panel, line.case))
        return _to(panel, "panel_case", case_id=line.case.pk)
    if not form.is_valid():
        return None
    try:
        decisions.decide_case(
            case_id=line.case.pk, decision=form.said, by=request.user, today=timezone.localdate()
        )
    except decisions.DecidedMeanwhileError as refusal:
        line.case.refresh_from_db()
        form.add_error(None, str(refusal))
        form.data = form.data.copy()
        form.data["seen"] = line.case.decision
        return None
    except policies.Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(
        request, f"The decision about {_name(line.case)} is written down, here and in the log."
    )
    return _to(panel)
