"""What the list of planned absences reads, in statements that do not grow with the plans."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import filterfalse
from operator import attrgetter
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from registers.models import Group, Mark, Membership, Paper, PlannedAbsence, School
from registers.planned_absence.actions import plan_of
from registers.roll.search import called
from registers.rules import planned_absence
from registers.rules.codes import Half

SOONEST_FIRST = ("from_on", "until_on", "enrolment__pupil__sort_key", "pk")
LATEST_FIRST = ("-until_on", "-pk")
ORDERS = {"past": LATEST_FIRST, "withdrawn": LATEST_FIRST}


@dataclass
class ListedPlan:
    """A plan in the list, with what is marked today where it covers today."""

    plan: PlannedAbsence
    today: date
    marks: list[tuple[Half, str]] | None = None

    @property
    def pupils(self) -> int:
        return getattr(self.plan, "pupils", None) or 1

    @property
    def is_batch(self) -> bool:
        return self.pupils > 1

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
        plan = plan_of(self.plan)
        return [half for half in Half if planned_absence.covers(plan, self.today, half)]

    def take(self, codes: Mapping[int, str]) -> None:
        """What is marked today, by half."""
        self.marks = [(half, codes[half]) for half in self.halves_today if half in codes]


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Pupils away today, pupils with something to come, reviews due, plans that nobody withdrew,
    papers to complete."""

    today: int
    coming: int
    reviews: int
    all: int
    papers: int


def plans_wanted(
    school: School, wanted: Mapping[str, str], batch: UUID | None, today: date
) -> QuerySet[PlannedAbsence]:
    """What the list is asked for, in its order. Those of one trip are one of them, unless its
    batch or a name is asked for."""
    when = wanted.get("when", "")
    plans = PlannedAbsence.objects.filter(enrolment__school=school)
    if batch:
        plans = plans.filter(batch=batch)
    if when or not batch:
        plans = plans.filter(in_state(when, today))
    plans = narrowed(plans, wanted, today)
    if not batch and not wanted.get("q"):
        plans = one_of_each_batch(plans)
    plans = plans.order_by(*ORDERS.get(when, SOONEST_FIRST))
    return plans.select_related("enrolment__pupil", "code", "made_by", "withdrawn_by")


def in_state(when: str, today: date) -> Q:
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


def narrowed(
    plans: QuerySet[PlannedAbsence], wanted: Mapping[str, str], today: date
) -> QuerySet[PlannedAbsence]:
    plans = plans.filter(called(wanted.get("q", ""), "enrolment__pupil__"))
    if kind := wanted.get("kind"):
        plans = plans.filter(kind=kind)
    if group := wanted.get("group"):
        plans = plans.filter(enrolment__in=members_of(int(group), today).values("enrolment"))
    return plans


def members_of(group_id: int, today: date) -> QuerySet[Membership]:
    """Who is in a group today or will be."""
    return Membership.objects.not_over(today).filter(group=group_id)


def one_of_each_batch(plans: QuerySet[PlannedAbsence]) -> QuerySet[PlannedAbsence]:
    """The first plan of each batch, with how many of `plans` are of it; and all plans of one."""
    same = plans.filter(batch=OuterRef("batch")).order_by().values("batch")
    first = plans.filter(batch=OuterRef("batch")).order_by("pk").values("pk")[:1]
    return plans.annotate(
        first=Subquery(first), pupils=Subquery(same.annotate(number=Count("pk")).values("number"))
    ).filter(Q(batch__isnull=True) | Q(pk=F("first")))


def listed_plans(plans: Iterable[PlannedAbsence], today: date) -> list[ListedPlan]:
    """A page of the list, with what is marked today already for single pupils whose plan covers
    it. One statement."""
    listed = [ListedPlan(plan, today) for plan in plans]
    alone = list(filterfalse(attrgetter("is_batch"), listed))
    marked = codes_on(today, {one.plan.enrolment_id for one in alone if one.halves_today})
    for one in alone:
        one.take(marked[one.plan.enrolment_id])
    return listed


def codes_on(on: date, enrolments: Collection[int]) -> dict[int, dict[int, str]]:
    """What is marked on a day, by enrolment and half. No statement where nobody is asked for."""
    codes: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Mark.objects.filter(enrolment__in=enrolments, date=on)
    for enrolment, half, code in rows.values_list("enrolment", "half", "code"):
        codes[enrolment][half] = code
    return codes


def counts_of(school: School, today: date) -> PlanCounts:
    ours = PlannedAbsence.objects.filter(enrolment__school=school, withdrawn_at__isnull=True)
    counts = ours.aggregate(
        today=Count("enrolment", filter=in_state("today", today), distinct=True),
        coming=Count("enrolment", filter=Q(from_on__gt=today), distinct=True),
        reviews=Count("pk", filter=Q(review_on__lte=today, until_on__gte=today)),
        all=Count("pk"),
    )
    return PlanCounts(**counts, papers=Paper.objects.of_school(school).missing().count())


def groups_of(school: School) -> QuerySet[Group]:
    return Group.objects.filter(school=school).order_by("kind", "name")


def plan_of_school(school: School, planned_id: int) -> PlannedAbsence:
    """With all that its pages show of it; Http404 where the school has no such plan."""
    rows = PlannedAbsence.objects.select_related(
        "enrolment__pupil", "enrolment__school", "code", "made_by", "withdrawn_by"
    )
    plan = rows.filter(enrolment__school=school, pk=planned_id).first()
    if plan is None:
        raise Http404
    return plan
