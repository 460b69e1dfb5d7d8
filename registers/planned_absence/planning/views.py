"""Plan an absence for a pupil, a group or many at once; change a plan; withdraw it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from registers.models import Enrolment, Group, PlannedAbsence, Pupil, School
from registers.planned_absence import actions
from registers.planned_absence.forms import PlanForm, PlanForMany, initial_of
from registers.planned_absence.plan_marks.actions import marks_left_by
from registers.planned_absence.planning import queries, wording
from registers.planned_absence.queries import plan_of_school
from registers.planned_absence.wording import name_of
from registers.policies import may
from registers.rules import planned_absence
from registers.rules.pupils.namesakes import pupils_apart
from registers.rules.wording import many
from registers.web.access import PageRequest, allowed
from registers.web.addresses import mark_url
from registers.web.advice_messages import refusals_as_messages
from registers.web.fields import as_typed
from registers.web.forms import refusals_in
from registers.web.parameters import number_of, words_of

NEW = "registers/planned_absence/plan_new.html"
EVERY_SLOT = [str(number) for number in range(10)]
Who = TypeVar("Who", Pupil, Group)
AnyPlanForm = TypeVar("AnyPlanForm", bound=PlanForm)


@require_http_methods(["GET", "POST"])
@allowed("plan_absence")
def planned_new(request: PageRequest) -> HttpResponse:
    """For the pupil or the group of the address, or many; without any, the choice of one."""
    if "many" in request.GET:
        return _for_many(request)
    if who := chosen(request):
        return _for_chosen(request, who)
    return render(request, "registers/planned_absence/choose.html", _choice(request))


def chosen(request: PageRequest) -> Pupil | Group | None:
    """The pupil or the group that the address names."""
    return _named(request, "pupil", Pupil) or _named(request, "group", Group)


def _named(request: PageRequest, name: str, model: type[Who]) -> Who | None:
    number = number_of(request.GET.get(name))
    if number is None:
        return None
    return get_object_or_404(model, school=request.viewer.school, pk=number)


def _choice(request: PageRequest) -> dict[str, Any]:
    school, today = request.viewer.school, timezone.localdate()
    search = words_of(request.GET.get("q"), 200)
    enrolments = queries.enrolments_called(school, search, today)
    return {
        "search": search,
        "enrolments": enrolments,
        "groups": queries.groups_with_pupils(school, today),
        "apart": pupils_apart((one.pupil for one in enrolments), with_birth=True),
    }


def _for_chosen(request: PageRequest, who: Pupil | Group) -> HttpResponse:
    today = timezone.localdate()
    context: dict[str, Any] = {"group": None, "pupil": None, str(who._meta.model_name): who}
    enrolments = queries.enrolments_not_over(who, today)
    if not enrolments:
        return render(request, "registers/planned_absence/nobody.html", context)
    names = {one.pk: name_of(one.pupil) for one in enrolments}
    form = plan_form(
        request,
        PlanForm,
        pupils=list(names.items()) if isinstance(who, Group) else None,
        initial={"from_on": today, "slots": EVERY_SLOT, "pupils": [*map(str, names)]},
    )
    if answer := _plan(request, form, lambda: _ticked(form) or list(names)[:1], lambda _: names):
        return answer
    lede = wording.new_plan_lede(group=context["group"], enrolment=enrolments[0], today=today)
    return render(request, NEW, context | {"form": form, "lede": lede})


def _ticked(form: PlanForm) -> list[int]:
    return [*map(int, form.cleaned_data.get("pupils", []))]


def _for_many(request: PageRequest) -> HttpResponse:
    """For whole year groups, several groups or a pasted list, in one form."""
    today = timezone.localdate()
    form = plan_form(
        request,
        PlanForMany,
        initial={
            "kind": planned_absence.VISIT,
            "from_on": today,
            "until_on": today,
            "slots": EVERY_SLOT,
        },
        among=request.viewer.enrolments().not_left(today),
        on=today,
    )

    def names(wrong: actions.WrongPlan) -> dict[int, str]:
        refused = Enrolment.objects.filter(school=request.viewer.school, pk__in=wrong.pupils)
        return {one.pk: name_of(one.pupil) for one in refused.select_related("pupil")}

    if answer := _plan(request, form, lambda: form.chosen.pupils, names):
        return answer
    lede = wording.new_plan_lede(today=today)
    return render(request, NEW, {"form": form, "group": None, "pupil": None, "lede": lede})


def _plan(
    request: PageRequest,
    form: PlanForm,
    enrolments: Callable[[], Collection[int]],
    names: Callable[[actions.WrongPlan], Mapping[int, str]],
) -> HttpResponse | None:
    """Plan what a form that is right asks for; None where it must be shown again."""

    def write() -> actions.Planned:
        return actions.plan_absence(
            school=request.viewer.school,
            enrolments=enrolments(),
            plan=form.plan,
            by=request.user,
            today=timezone.localdate(),
        )

    planned = _written(form, write, names)
    if planned is None:
        return None
    tell(request, planned)
    return redirect(page_after(request.viewer.school, planned))


def _written(
    form: PlanForm,
    write: Callable[[], actions.Planned],
    names: Callable[[actions.WrongPlan], Mapping[int, str]],
) -> actions.Planned | None:
    """What the action answers; None where the form is not sent or has something to mend."""
    if not form.is_valid():
        return None
    with refusals_in(form):
        try:
            return write()
        except actions.WrongPlan as wrong:
            form.add_refusal(wrong, names(wrong))
    return None


def plan_form(
    request: PageRequest,
    make: type[AnyPlanForm],
    *,
    initial: dict[str, Any],
    pupils: list[tuple[int, str]] | None = None,
    **kwargs: Any,
) -> AnyPlanForm:
    """As it is sent; or as it opens; or, with `choose`, with the fields of another kind."""
    options = {
        "kind": _kind_of(request, initial),
        "today": timezone.localdate(),
        "pupils": pupils,
        "back": reverse("registers:planned", kwargs={"urn": request.viewer.school.urn}),
        "choose": request.get_full_path(),
        **kwargs,
    }
    if request.method == "POST":
        sent = make(request.POST, **options)
        return make(initial=as_typed(sent), **options) if "choose" in request.POST else sent
    form = make(initial=initial, **options)
    form.initial.setdefault("kind", form.kind_now)
    return form


def _kind_of(request: PageRequest, initial: dict[str, Any]) -> str:
    return request.POST.get("kind") or initial.get("kind") or request.GET.get("kind", "")


def tell(request: PageRequest, planned: actions.Planned) -> None:
    for level, sentence in wording.planned_messages(planned):
        getattr(messages, level.value)(request, sentence)


def page_after(school: School, planned: actions.Planned) -> str:
    first = planned.plans[0]
    if first.batch:
        address = reverse("registers:planned", kwargs={"urn": school.urn})
        return f"{address}?batch={first.batch}"
    kwargs = {"urn": school.urn, "planned_id": first.pk}
    return reverse("registers:planned_edit", kwargs=kwargs)


@require_http_methods(["GET", "POST"])
@allowed("plan_absence")
def planned_edit(request: PageRequest, planned_id: int) -> HttpResponse:
    """A plan, and the form that puts another in its place while it is in force."""
    school, today = request.viewer.school, timezone.localdate()
    plan = plan_of_school(school, planned_id)
    others = queries.others_of_batch(plan)
    form = None
    if plan.withdrawn_at is None and plan.until_on >= today:
        form = plan_form(
            request,
            PlanForm,
            initial=initial_of(actions.plan_of(plan)),
            others=len(others),
            button="Save the change",
        )
        if answer := _change(request, plan, form):
            return answer
    page = queries.read_plan_page(plan, others, today)
    context = {
        "page": page,
        "form": form,
        "state": wording.plan_state(page),
        "facts": wording.plan_facts(page, school),
        "sessions": _sessions_today(request, page),
        "why_no_change": wording.why_no_change(page),
    }
    return render(request, "registers/planned_absence/plan.html", context)


def _sessions_today(request: PageRequest, page: queries.PlanPage) -> list[dict[str, Any]]:
    """Each with the address of its mark, where it has one, and what becomes of it."""
    urn, enrolment = request.viewer.school.urn, page.plan.enrolment_id
    return [
        {
            "words": session.words,
            "url": (url := mark_url(urn, enrolment, page.today, session.half)),
            "sentence": wording.session_today(session, url),
        }
        for session in page.sessions_today
    ]


def _change(request: PageRequest, plan: PlannedAbsence, form: PlanForm) -> HttpResponse | None:
    def write() -> actions.Planned:
        return actions.change_plan(
            planned=plan,
            plan=form.plan,
            whole_batch=form.cleaned_data.get("whole_batch", False),
            by=request.user,
            today=timezone.localdate(),
        )

    changed = _written(form, write, lambda _: {plan.enrolment_id: name_of(plan.enrolment.pupil)})
    if changed is None:
        return None
    tell(request, changed)
    return redirect(page_of_marks_left(request, plan) or page_after(request.viewer.school, changed))


@allowed("plan_absence")
@require_POST
def planned_withdraw(request: PageRequest, planned_id: int) -> HttpResponse:
    plan = plan_of_school(request.viewer.school, planned_id)
    list_of_plans = reverse("registers:planned", kwargs={"urn": request.viewer.school.urn})
    with refusals_as_messages(request, messages.ERROR):
        count = actions.withdraw_plan(
            planned=plan, whole_batch="whole_batch" in request.POST, by=request.user
        )
        who = name_of(plan.enrolment.pupil) if count == 1 else many(count, "pupil")
        messages.success(request, f"Withdrawn for {who}.")
        return redirect(page_of_marks_left(request, plan) or list_of_plans)
    return redirect(list_of_plans)


def page_of_marks_left(request: PageRequest, plan: PlannedAbsence) -> str | None:
    """Where somebody who took this plan back goes on to; None where it left no mark behind."""
    school = request.viewer.school
    plan.refresh_from_db(fields=["withdrawn_at"])
    if not may(request.user, "amend_mark", school=school) or not marks_left_by(plan):
        return None
    kwargs = {"urn": school.urn, "planned_id": plan.pk}
    return reverse("registers:planned_marks", kwargs=kwargs)
