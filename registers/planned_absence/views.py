"""Planned absences: the list, one for a pupil or a group, changes, and papers to complete."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registers.models import (
    Enrolment,
    Group,
    Mark,
    Membership,
    Paper,
    PlannedAbsence,
    Pupil,
    School,
    Session,
)
from registers.models.on_roll import is_not_over_by
from registers.planned_absence import actions
from registers.planned_absence.forms import PlanForm, PlanForMany, PlansForm, initial_of
from registers.planned_absence.plan_marks.actions import marks_left_by
from registers.policies import Refused, may
from registers.roll.search import called
from registers.rules import planned_absence
from registers.rules.clock import register_window
from registers.rules.codes import CODES, Half
from registers.rules.pupils.namesakes import pupils_apart
from registers.web.access import PageRequest, allowed
from registers.web.fields import as_typed
from registers.web.form_helpers import chips_of
from registers.web.parameters import number_of, words_of

PER_PAGE = 50
MOST_FOUND = 20
MOST_MARKS = 10


def many(number: int, one: str) -> str:
    """1 pupil, 1,035 pupils."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


@require_safe
@allowed("plan_absence")
def planned(request: PageRequest) -> HttpResponse:
    """A line for each plan; those of one trip are one line. Statements do not grow with them."""
    school, today = request.viewer.school, timezone.localdate()
    batch = batch_from(request.GET.get("batch"))
    form = PlansForm(request.GET, groups=groups_of(school), batch=str(batch or ""))
    form.is_valid()
    asked = form.cleaned_data
    found = PlannedAbsence.objects.filter(enrolment__school=school)
    if batch:
        found = found.filter(batch=batch)
    if not batch or asked.get("when"):
        found = found.filter(state_of(asked.get("when", ""), today))
    found = narrowed(found, asked, today)
    collapsed = not (batch or asked.get("q"))
    if collapsed:
        found = one_of_each_batch(found)
    order = ("-until_on", "-pk") if asked.get("when") in ("past", "withdrawn") else ()
    found = found.order_by(*(order or ("from_on", "until_on", "enrolment__pupil__sort_key", "pk")))
    found = found.select_related("enrolment__pupil", "code", "made_by", "withdrawn_by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    lines = [Line(plan, today) for plan in page]
    with_marks_of(lines, today)
    context = {
        "form": form,
        "chips": chips_of(request, form, ("q", "when", "kind", "group")),
        "batch": batch,
        "page": page,
        "lines": lines,
        "apart": pupils_apart((one.plan.enrolment.pupil for one in lines), with_birth=True),
        "counts": counts_of(school, today),
        "today": today,
        "when": asked.get("when", ""),
        "anything": bool(page.paginator.count),
    }
    return render(request, "registers/planned_absence/planned.html", context)


@dataclass
class Line:
    """A plan in the list, with what is marked today where it covers today."""

    plan: PlannedAbsence
    today: date
    marks: list[tuple[Half, str]] | None = None

    @property
    def pupils(self) -> int:
        return getattr(self.plan, "pupils", None) or 1

    @property
    def others(self) -> int:
        return self.pupils - 1

    @property
    def review_is_due(self) -> bool:
        plan = self.plan
        return not plan.withdrawn_at and planned_absence.is_review_due(
            plan.review_on, plan.until_on, self.today
        )

    @property
    def halves_today(self) -> list[Half]:
        plan = actions.plan_of(self.plan)
        return [half for half in Half if planned_absence.covers(plan, self.today, half)]


def with_marks_of(lines: list[Line], today: date) -> None:
    """What is marked today already, for single pupils whose plan covers it. One statement."""
    wanted = {line.plan.enrolment_id for line in lines if line.pupils == 1 and line.halves_today}
    if not wanted:
        return
    rows = Mark.objects.filter(enrolment__in=wanted, date=today)
    there = {(e, half): code for e, half, code in rows.values_list("enrolment", "half", "code")}
    for line in lines:
        if line.pupils == 1:
            pk = line.plan.enrolment_id
            line.marks = [
                (half, there[pk, half]) for half in line.halves_today if (pk, half) in there
            ]


def batch_from(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def groups_of(school: School) -> QuerySet[Group]:
    return Group.objects.filter(school=school).order_by("kind", "name")


def state_of(when: str, today: date) -> Q:
    standing = Q(withdrawn_at__isnull=True)
    return {
        "": standing & Q(until_on__gte=today),
        "today": standing & Q(from_on__lte=today, until_on__gte=today) & covers_day(today),
        "coming": standing & Q(from_on__gt=today),
        "reviews": standing & Q(review_on__lte=today, until_on__gte=today),
        "past": standing & Q(until_on__lt=today),
        "withdrawn": Q(withdrawn_at__isnull=False),
    }[when]


def covers_day(on: date) -> Q:
    """Plans that have a session of this weekday; none on a Saturday or Sunday."""
    bits = planned_absence.slot_bit(on, 0) | planned_absence.slot_bit(on, 1)
    if not bits:
        return Q(pk__in=[])
    covering = PlannedAbsence.objects.annotate(hit=F("slots").bitand(bits)).filter(hit__gt=0)
    return Q(pk__in=covering.values("pk"))


def narrowed(found: QuerySet, asked: dict, today: date) -> QuerySet:
    found = found.filter(called(asked.get("q", ""), "enrolment__pupil__"))
    if kind := asked.get("kind"):
        found = found.filter(kind=kind)
    if group := asked.get("group"):
        found = found.filter(enrolment__in=members_of(int(group), today).values("enrolment"))
    return found


def members_of(group_id: int, today: date) -> QuerySet[Membership]:
    """Who is in a group today or will be."""
    return Membership.objects.not_over(today).filter(group=group_id)


def one_of_each_batch(found: QuerySet) -> QuerySet:
    """The first plan of each batch, with how many of `found` are of it; and all plans of one."""
    same = found.filter(batch=OuterRef("batch")).order_by().values("batch")
    first = found.filter(batch=OuterRef("batch")).order_by("pk").values("pk")[:1]
    return found.annotate(
        first=Subquery(first), pupils=Subquery(same.annotate(number=Count("pk")).values("number"))
    ).filter(Q(batch__isnull=True) | Q(pk=F("first")))


def counts_of(school: School, today: date) -> dict[str, int]:
    """Pupils away today, pupils with something to come, reviews due, plans that nobody withdrew."""
    ours = PlannedAbsence.objects.filter(enrolment__school=school, withdrawn_at__isnull=True)
    counts = ours.aggregate(
        today=Count("enrolment", filter=state_of("today", today), distinct=True),
        coming=Count("enrolment", filter=Q(from_on__gt=today), distinct=True),
        reviews=Count("pk", filter=Q(review_on__lte=today, until_on__gte=today)),
        all=Count("pk"),
    )
    missing = Paper.objects.of_school(school).missing().count()
    return {**counts, "papers": missing}


@require_http_methods(["GET", "POST"])
@allowed("plan_absence")
def planned_new(request: PageRequest) -> HttpResponse:
    """For the pupil or the group of the address; without either, the choice of one."""
    school, today = request.viewer.school, timezone.localdate()
    if "many" in request.GET:
        return _for_many(request)
    chosen = chosen_pupil(request, school) or chosen_group(request, school)
    if chosen is None:
        return render(request, "registers/planned_absence/choose.html", choice_of(request, school))
    who, group = chosen
    enrolments = who_may_have_one(who, today)
    if not enrolments:
        nobody = {"pupil": None if group else who, "group": group}
        return render(request, "registers/planned_absence/nobody.html", nobody)
    form = plan_form(
        request,
        pupils=[(one.pk, name_of(one.pupil)) for one in enrolments] if group else None,
        initial={
            "from_on": today,
            "slots": [str(number) for number in range(10)],
            "pupils": [str(one.pk) for one in enrolments],
        },
        back=reverse("registers:planned", kwargs={"urn": school.urn}),
    )
    names = {one.pk: name_of(one.pupil) for one in enrolments}
    if form.is_bound and form.is_valid():
        ticked = [int(pk) for pk in form.cleaned_data.get("pupils", [])] or list(names)[:1]
        try:
            done = actions.plan_absence(
                school=school, enrolments=ticked, plan=form.plan, by=request.user, today=today
            )
        except actions.WrongPlan as wrong:
            form.add_refusal(wrong, names)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, done)
            return redirect(page_after(school, done))
    context: dict = {"form": form, "group": group, "today": today}
    context["pupil"] = None if group else who
    if not group:
        context["enrolment"] = enrolments[0]
    return render(request, "registers/planned_absence/plan_new.html", context)


def _for_many(request: PageRequest) -> HttpResponse:
    """For whole year groups, several groups or a pasted list, in one form."""
    school, today = request.viewer.school, timezone.localdate()
    form = plan_form(
        request,
        of=PlanForMany,
        initial={
            "kind": planned_absence.VISIT,
            "from_on": today,
            "until_on": today,
            "slots": [str(number) for number in range(10)],
        },
        back=reverse("registers:planned", kwargs={"urn": school.urn}),
        among=request.viewer.enrolments().not_left(today),
        on=today,
    )
    if form.is_bound and form.is_valid():
        pupils = form.chosen.pupils
        try:
            done = actions.plan_absence(
                school=school, enrolments=pupils, plan=form.plan, by=request.user, today=today
            )
        except actions.WrongPlan as wrong:
            refused = Enrolment.objects.filter(school=school, pk__in=wrong.pupils)
            rows = refused.select_related("pupil")
            form.add_refusal(wrong, {one.pk: name_of(one.pupil) for one in rows})
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, done)
            return redirect(page_after(school, done))
    return render(
        request, "registers/planned_absence/plan_new.html", {"form": form, "today": today}
    )


def plan_form(
    request: PageRequest,
    *,
    initial: dict,
    pupils=None,
    back: str,
    of: type[PlanForm] = PlanForm,
    **kwargs,
) -> PlanForm:
    """As it is sent; or as it opens; or, with `choose`, with the fields of another kind."""
    today = timezone.localdate()
    kind = request.POST.get("kind") or initial.get("kind") or request.GET.get("kind", "")
    made = {
        "kind": kind,
        "today": today,
        "pupils": pupils,
        "back": back,
        "choose": request.get_full_path(),
        **kwargs,
    }
    if request.method == "POST" and "choose" in request.POST:
        typed = as_typed(of(request.POST, **made))
        return of(initial=typed, **made)
    if request.method == "POST":
        return of(request.POST, **made)
    form = of(initial=initial, **made)
    form.initial.setdefault("kind", form.kind_now)
    return form


def chosen_pupil(request: PageRequest, school: School) -> tuple[Pupil, None] | None:
    number = number_of(request.GET.get("pupil"))
    if number is None:
        return None
    return get_object_or_404(Pupil, school=school, pk=number), None


def chosen_group(request: PageRequest, school: School) -> tuple[Group, Group] | None:
    number = number_of(request.GET.get("group"))
    if number is None:
        return None
    group = get_object_or_404(Group, school=school, pk=number)
    return group, group


def who_may_have_one(who: Pupil | Group, today: date) -> list[Enrolment]:
    """The times on the roll that a plan can be for: those that are not over."""
    standing = Enrolment.objects.not_left(today).select_related("pupil")
    if isinstance(who, Pupil):
        return list(standing.filter(pupil=who).order_by("starts_on")[:1])
    standing = standing.filter(pk__in=members_of(who.pk, today).values("enrolment"))
    return list(standing.order_by("pupil__sort_key", "pk"))


def choice_of(request: PageRequest, school: School) -> dict:
    today = timezone.localdate()
    asked = words_of(request.GET.get("q"), 200)
    found = []
    if asked:
        standing = Enrolment.objects.not_left(today).filter(called(asked), school=school)
        found = list(
            standing.select_related("pupil").order_by("pupil__sort_key", "pk")[:MOST_FOUND]
        )
    apart = pupils_apart((one.pupil for one in found), with_birth=True)
    current = is_not_over_by(today, of="memberships__")
    groups = groups_of(school).annotate(
        pupils=Count("memberships__enrolment", filter=current, distinct=True)
    )
    return {
        "asked": asked,
        "found": found,
        "groups": [one for one in groups if one.pupils],
        "apart": apart,
    }


def name_of(pupil: Pupil) -> str:
    return f"{pupil.forename} {pupil.surname}"


def tell(request: PageRequest, done: actions.Planned) -> None:
    """What was planned, and what may surprise: marks that are there, older plans."""
    pupils = len(done.plans)
    who = name_of(done.plans[0].enrolment.pupil) if pupils == 1 else many(pupils, "pupil")
    sessions = f", {many(done.sessions, 'session')} each" if pupils > 1 else ""
    sessions = sessions or (f", {many(done.sessions, 'session')}" if done.sessions else "")
    messages.success(request, f"Planned for {who}{sessions}.")
    if done.already_marked:
        stand = "stands" if done.already_marked == 1 else "stand"
        messages.warning(
            request,
            f"{many(done.already_marked, 'session')} of these {stand} in the register already, and "
            "no plan changes a mark: change it there where it is wrong.",
        )
    if done.ended_today:
        registers = "A register" if done.ended_today == 1 else "Registers"
        messages.warning(
            request,
            f"{registers} of today had ended before this was planned, with "
            f"{many(done.ended_today, 'session')} unmarked: enter those there, as late entries.",
        )
    if done.overlapping:
        who = "This pupil has" if pupils == 1 else f"{many(done.overlapping, 'pupil')} have"
        messages.info(
            request,
            f"{who} another plan for some of these sessions. This one, made last, comes first.",
        )
    for sentence in done.advice:
        messages.info(request, sentence)


def page_after(school: School, done: actions.Planned) -> str:
    first = done.plans[0]
    if first.batch:
        address = reverse("registers:planned", kwargs={"urn": school.urn})
        return f"{address}?batch={first.batch}"
    kwargs = {"urn": school.urn, "planned_id": first.pk}
    return reverse("registers:planned_edit", kwargs=kwargs)


def plan_row(request: PageRequest, planned_id: int) -> PlannedAbsence:
    found = PlannedAbsence.objects.select_related(
        "enrolment__pupil", "enrolment__school", "code", "made_by", "withdrawn_by"
    )
    return get_object_or_404(found, enrolment__school=request.viewer.school, pk=planned_id)


@require_http_methods(["GET", "POST"])
@allowed("plan_absence")
def planned_edit(request: PageRequest, planned_id: int) -> HttpResponse:
    """A plan, and the form that puts another in its place while it is in force."""
    school, today = request.viewer.school, timezone.localdate()
    plan = plan_row(request, planned_id)
    others = others_of(plan)
    form = None
    if plan.withdrawn_at is None and plan.until_on >= today:
        form = plan_form(
            request,
            initial=initial_of(actions.plan_of(plan)),
            others=len(others),
            button="Save the change",
            back=reverse("registers:planned", kwargs={"urn": school.urn}),
        )
        if form.is_bound and form.is_valid():
            try:
                done = actions.change_plan(
                    planned=plan,
                    plan=form.plan,
                    whole_batch=form.cleaned_data.get("whole_batch", False),
                    by=request.user,
                    today=today,
                )
            except actions.WrongPlan as wrong:
                form.add_refusal(wrong, {plan.enrolment_id: name_of(plan.enrolment.pupil)})
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                tell(request, done)
                return redirect(page_of_marks_left(request, plan) or page_after(school, done))
    marks = marks_of(plan, today)
    context = {
        "plan": plan,
        "line": Line(plan, today),
        "pupil": plan.enrolment.pupil,
        "form": form,
        "others": others,
        "marks": marks,
        "marks_left": len(marks_left_by(plan)),
        "halves": halves_of_today(plan, marks, today),
        "replaced_by": replaced_by(plan),
        "replaces": replaces(plan),
        "code": CODES[plan.code_id],
        "today": today,
    }
    return render(request, "registers/planned_absence/plan.html", context)


def halves_of_today(plan: PlannedAbsence, marks: list[Mark], today: date) -> list[dict]:
    """Today's sessions of the plan without a mark, and what becomes of each."""
    asked, school, now = actions.plan_of(plan), plan.enrolment.school, timezone.now()
    if plan.withdrawn_at is not None or not plan.from_on <= today <= plan.until_on:
        return []
    rows = Session.objects.filter(school=school, date=today, is_open=True)
    marked = {mark.half for mark in marks if mark.date == today}
    return [
        {"half": half, "window": window, "ended": window.has_ended(now), "words": half_words(half)}
        for half in actions.halves_today(asked, set(rows.values_list("date", "half")), today)
        if half not in marked
        for window in [register_window(school, today, half)]
    ]


def half_words(half: int) -> str:
    return "This afternoon" if half else "This morning"


def others_of(plan: PlannedAbsence) -> list[PlannedAbsence]:
    """The plans of the same batch that are in force as well."""
    if plan.batch is None or plan.withdrawn_at is not None:
        return []
    same = PlannedAbsence.objects.filter(
        batch=plan.batch,
        withdrawn_at__isnull=True,
        enrolment__school=plan.enrolment.school_id,
    ).exclude(pk=plan.pk)
    return list(same.select_related("enrolment__pupil"))


def replaced_by(plan: PlannedAbsence) -> PlannedAbsence | None:
    """The plan that took this one's place: made in the moment in which it was withdrawn."""
    if plan.withdrawn_at is None:
        return None
    newer = PlannedAbsence.objects.filter(enrolment=plan.enrolment_id, made_at=plan.withdrawn_at)
    return newer.first()


def replaces(plan: PlannedAbsence) -> PlannedAbsence | None:
    older = PlannedAbsence.objects.filter(enrolment=plan.enrolment_id, withdrawn_at=plan.made_at)
    return older.select_related("withdrawn_by").first()


def marks_of(plan: PlannedAbsence, today: date) -> list[Mark]:
    """The latest marks in the plan's sessions, newest first."""
    asked = actions.plan_of(plan)
    rows = (
        Mark.objects.on_roll()
        .filter(enrolment=plan.enrolment_id, date__range=(plan.from_on, min(plan.until_on, today)))
        .order_by("-date", "-half")
    )
    covered: Iterable[Mark] = (
        row for row in rows.iterator() if planned_absence.covers(asked, row.date, row.half)
    )
    return [row for row, _ in zip(covered, range(MOST_MARKS), strict=False)]


@allowed("plan_absence")
@require_POST
def planned_withdraw(request: PageRequest, planned_id: int) -> HttpResponse:
    plan = plan_row(request, planned_id)
    try:
        count = actions.withdraw_plan(
            planned=plan, whole_batch="whole_batch" in request.POST, by=request.user
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        who = name_of(plan.enrolment.pupil) if count == 1 else many(count, "pupil")
        messages.success(request, f"Withdrawn for {who}.")
        if there := page_of_marks_left(request, plan):
            return redirect(there)
    return redirect("registers:planned", urn=request.viewer.school.urn)


def page_of_marks_left(request: PageRequest, plan: PlannedAbsence) -> str | None:
    """Where somebody who took this plan back goes on to; None where it left no mark behind."""
    school = request.viewer.school
    plan.refresh_from_db(fields=["withdrawn_at"])
    if not may(request.user, "amend_mark", school=school) or not marks_left_by(plan):
        return None
    kwargs = {"urn": school.urn, "planned_id": plan.pk}
    return reverse("registers:planned_marks", kwargs=kwargs)
