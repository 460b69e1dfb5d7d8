"""Plan an absence, change the plan, withdraw it. A plan is never deleted.

A change takes the place of a plan: the old one is withdrawn and a new one made in the same moment,
so that what was agreed before can always be seen, and who changed it when.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from operator import attrgetter

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from registers import policies
from registers.models import Enrolment, Mark, PlannedAbsence, School, Session
from registers.models.school.staff import User
from registers.rules import planned_absence as plans
from registers.rules.allowed_codes import PupilFacts
from registers.rules.clock import register_window
from registers.rules.codes import Half
from registers.rules.planned_absence import Plan

ENROLMENT = attrgetter("enrolment_id")  # of a plan


class WrongPlan(policies.Invalid):
    """What must be put right: a sentence for each field, and one for each pupil (by enrolment)."""

    def __init__(self, fields: Mapping[str, str], pupils: Mapping[int, str] | None = None):
        self.fields, self.pupils = dict(fields), dict(pupils or {})
        super().__init__(next(iter([*self.fields.values(), *self.pupils.values()])))


@dataclass(frozen=True, slots=True)
class Planned:
    """What came of it: the plans, the sessions that each covers, and what the office may like to
    know: marks that are there already (they stay), registers of today that ended without one (a
    plan comes too late for them), pupils with another plan for the same sessions."""

    plans: list[PlannedAbsence]
    sessions: int
    already_marked: int
    ended_today: int
    overlapping: int
    advice: list[str]


@transaction.atomic
def plan_absence(
    *,
    school: School,
    enrolments: Collection[int],
    plan: Plan,
    by: User,
    today: date | None = None,
    at: datetime | None = None,
) -> Planned:
    """The same plan for one or more pupils of the school. Raises WrongPlan with every reason."""
    policies.check(by, "plan_absence", school=school)
    today, at = today or timezone.localdate(), at or timezone.now()
    rows = _lock(school, enrolments)
    held = _check(plan, school, rows, today=today)
    batch = uuid.uuid4() if len(rows) > 1 else None
    made = _write(plan, [row.pk for row in rows], batch=batch, by=by, at=at)
    return _tell(made, plan, school, rows, held, today=today, at=at)


@transaction.atomic
def change_plan(
    *,
    planned: PlannedAbsence,
    plan: Plan,
    whole_batch: bool = False,
    by: User,
    today: date | None = None,
    at: datetime | None = None,
) -> Planned:
    """Put a new plan in the old one's place, for its pupil or for all who have it in one batch.

    Raises WrongPlan with every reason, also when it was withdrawn or replaced meanwhile.
    """
    school = planned.enrolment.school
    policies.check(by, "plan_absence", school=school)
    today, at = today or timezone.localdate(), at or timezone.now()
    old = _in_force(planned, whole_batch=whole_batch)
    rows = _lock(school, [one.enrolment_id for one in old])
    held = _check(plan, school, rows, today=today)
    _withdraw(old, by=by, at=at)
    batch = old[0].batch if whole_batch else None
    made = _write(plan, [row.pk for row in rows], batch=batch, by=by, at=at)
    return _tell(made, plan, school, rows, held, today=today, at=at)


@transaction.atomic
def withdraw_plan(
    *,
    planned: PlannedAbsence,
    whole_batch: bool = False,
    by: User,
    at: datetime | None = None,
) -> int:
    """Nothing more is filled in from it; what has been marked stays. How many pupils had it."""
    policies.check(by, "plan_absence", school=planned.enrolment.school_id)
    old = _in_force(planned, whole_batch=whole_batch)
    _withdraw(old, by=by, at=at or timezone.now())
    return len(old)


def halves_today(plan: Plan, held: Collection[tuple[date, int]], today: date) -> list[Half]:
    """Today's sessions of the plan, of those that the school holds."""
    return [half for half in Half if plans.covers(plan, today, half) and (today, half) in held]


def plan_of(planned: PlannedAbsence) -> Plan:
    """A row as the plain rules know it."""
    return Plan(
        kind=planned.kind,
        code=planned.code_id,
        from_on=planned.from_on,
        until_on=planned.until_on,
        slots=planned.slots,
        note=planned.note,
        place=planned.place,
        activity=planned.activity,
        supervised_by=planned.supervised_by,
        agreed_with=planned.agreed_with,
        agreed_on=planned.agreed_on,
        review_on=planned.review_on,
    )


def facts_of(enrolment: Enrolment) -> PupilFacts:
    return PupilFacts(enrolment.pupil.born_on, enrolment.starts_on, enrolment.leaves_on)


def _lock(school: School, enrolments: Collection[int]) -> list[Enrolment]:
    """Raises WrongPlan where nobody is chosen, or somebody is not of this school."""
    wanted = set(enrolments)
    rows = list(
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("pupil")
        .filter(pk__in=wanted, school=school)
        .order_by("pk")
    )
    if len(rows) < max(1, len(wanted)):
        raise WrongPlan({"pupils": "Choose at least one pupil of this school"})
    return rows


def _in_force(planned: PlannedAbsence, *, whole_batch: bool) -> list[PlannedAbsence]:
    """The plan, or all of its batch, that nobody has withdrawn; locked."""
    found = PlannedAbsence.objects.select_for_update().filter(withdrawn_at__isnull=True)
    if whole_batch and planned.batch:
        of_school = found.filter(enrolment__school=planned.enrolment.school_id)
        old = list(of_school.filter(batch=planned.batch).order_by("pk"))
    else:
        old = list(found.filter(pk=planned.pk))
    if not old:
        raise WrongPlan({"": "This plan was withdrawn or replaced while you were looking at it."})
    return old


def _check(
    plan: Plan, school: School, rows: Sequence[Enrolment], *, today: date
) -> set[tuple[date, int]]:
    """The sessions of the school that the plan covers; raises WrongPlan with every reason."""
    wrong = plans.what_is_wrong(plan, today=today)
    covered: set[tuple[date, int]] = set()
    pupils: dict[int, str] = {}
    if wrong.keys().isdisjoint({"until_on", "code"}):
        pupils = _refused(plan, rows)
    if wrong.keys().isdisjoint({"until_on", "slots"}):
        covered, why = _covered(plan, school)
        wrong |= why
    if wrong or pupils:
        raise WrongPlan(wrong, pupils)
    return covered


def _covered(plan: Plan, school: School) -> tuple[set[tuple[date, int]], dict[str, str]]:
    """The sessions of the school that the plan covers, and by field why there is none."""
    calendar = _calendar(school, plan)
    known_until = school.academic_years.aggregate(last=Max("ends_on"))["last"]
    why = plans.why_no_session(plan, calendar, known_until)
    covered = {session for session in calendar if plans.covers(plan, *session)}
    return covered, {"slots": why} if why else {}


def _calendar(school: School, plan: Plan) -> set[tuple[date, int]]:
    """The sessions that the school holds within the plan's days."""
    held = Session.objects.filter(
        school=school, is_open=True, date__range=(plan.from_on, plan.until_on)
    )
    return set(held.values_list("date", "half"))


def _refused(plan: Plan, rows: Sequence[Enrolment]) -> dict[int, str]:
    """Why some of the pupils cannot have the plan."""
    reasons = {row.pk: plans.why_not_for(plan, facts_of(row)) for row in rows}
    return {pk: why for pk, why in reasons.items() if why}


def _write(
    plan: Plan, enrolments: Sequence[int], *, batch: uuid.UUID | None, by: User, at: datetime
) -> list[PlannedAbsence]:
    rows = [
        PlannedAbsence(
            enrolment_id=enrolment,
            kind=plan.kind,
            code_id=plan.code,
            from_on=plan.from_on,
            until_on=plan.until_on,
            slots=plan.slots,
            note=plan.note,
            place=plan.place,
            activity=plan.activity,
            supervised_by=plan.supervised_by,
            agreed_with=plan.agreed_with,
            agreed_on=plan.agreed_on,
            review_on=plan.review_on,
            batch=batch,
            made_at=at,
            made_by=by,
        )
        for enrolment in enrolments
    ]
    return PlannedAbsence.objects.bulk_create(rows)


def _withdraw(old: Sequence[PlannedAbsence], *, by: User, at: datetime) -> None:
    numbers = [one.pk for one in old]
    PlannedAbsence.objects.filter(pk__in=numbers).update(withdrawn_at=at, withdrawn_by=by)


def _tell(
    made: list[PlannedAbsence],
    plan: Plan,
    school: School,
    rows: Sequence[Enrolment],
    held: Collection[tuple[date, int]],
    *,
    today: date,
    at: datetime,
) -> Planned:
    marked = _marked(plan, made)
    ended = _ended_today(plan, school, held, today=today, at=at)
    too_late = {(one.enrolment_id, today, half) for one, half in product(made, ended)}
    school_days = {on for on, _ in held}
    return Planned(
        plans=made,
        sessions=len(held),
        already_marked=len(marked),
        ended_today=len(too_late - marked),
        overlapping=_with_another_plan(plan, made, today),
        advice=plans.advice(plan, map(facts_of, rows), school_days=len(school_days)),
    )


def _ended_today(
    plan: Plan, school: School, held: Collection[tuple[date, int]], *, today: date, at: datetime
) -> list[Half]:
    """Today's sessions of the plan whose register has ended."""
    halves = halves_today(plan, held, today)
    return [half for half in halves if register_window(school, today, half).has_ended(at)]


def _marked(plan: Plan, made: Sequence[PlannedAbsence]) -> set[tuple[int, date, int]]:
    """The sessions of the plans that have a mark already: enrolment, day, half."""
    marks = Mark.objects.on_roll().filter(
        enrolment__in=[*map(ENROLMENT, made)], date__range=(plan.from_on, plan.until_on)
    )
    keys = marks.values_list("enrolment", "date", "half")
    return {(pk, on, half) for pk, on, half in keys if plans.covers(plan, on, half)}


def _with_another_plan(plan: Plan, made: Sequence[PlannedAbsence], today: date) -> int:
    """How many of the enrolments have an older plan for some of the sessions from today on."""
    others = PlannedAbsence.objects.filter(
        enrolment__in=[*map(ENROLMENT, made)],
        withdrawn_at__isnull=True,
        from_on__lte=plan.until_on,
        until_on__gte=max(plan.from_on, today),
    ).exclude(pk__in=[one.pk for one in made])
    shared = others.annotate(shared=F("slots").bitand(plan.slots)).filter(shared__gt=0)
    return shared.values("enrolment").distinct().count()
