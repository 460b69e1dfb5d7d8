"""The invented school on the day: who works there, its school days, who is on the roll."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random

from django.utils import timezone

from absence.figures.calendar import academic_year_at
from registers import policies
from registers.models import Appointment, Enrolment, Relationship, School, Session
from registers.models.school.staff import User
from registers.rules.allowed_codes import compulsory_school_age


@dataclass
class Told:
    """What was written, counted."""

    pupils: int = 0
    actions: int = 0
    plans: int = 0
    calls: int = 0
    signed_out: int = 0

    @property
    def words(self) -> str:
        return (
            f"{self.actions} actions for {self.pupils} pupils, {self.plans} planned absences, "
            f"{self.calls} calls home, {self.signed_out} sign-outs of today"
        )


@dataclass
class Stage:
    """The school on the day: who works there, its school days, the time."""

    school: School
    now: datetime
    days: list[date]
    staff: dict[str, list[User]]
    told: Told = field(default_factory=Told)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def ago(self, count: int) -> date | None:
        """The school day so many before today; None before the year began."""
        before = bisect_left(self.days, self.today)
        return self.days[before - count] if 0 < count <= before else None

    def ahead(self, count: int) -> date:
        """The school day so many from today, today being 0 where the school meets."""
        place = bisect_left(self.days, self.today) + count
        return self.days[min(place, len(self.days) - 1)]

    def at(self, hour: time, on: date | None = None) -> datetime:
        """That time of today, or of another day."""
        return timezone.make_aware(datetime.combine(on or self.today, hour))

    def people(self, role: str) -> list[User]:
        """Those of this role, else those who do casework."""
        return self.staff.get(role) or self.staff["casework"]

    def who(self, role: str, rng: Random) -> User:
        return rng.choice(self.people(role))


def stage_of(school: School, now: datetime) -> Stage:
    today = timezone.localdate(now)
    year = academic_year_at(school, today)
    days = Session.objects.filter(academic_year=year, is_open=True).values_list("date", flat=True)
    staff = _staff(school)
    if "casework" not in staff:
        raise policies.Refused("Nobody at this school may write in the log of actions.")
    return Stage(school, now, sorted(set(days)), staff)


def _staff(school: School) -> dict[str, list[User]]:
    """By role, and by “casework” all who may do that."""
    staff: dict[str, list[User]] = defaultdict(list)
    appointments = Appointment.objects.filter(school=school, user__is_active=True)
    for appointment in appointments.select_related("user").order_by("pk"):
        staff[appointment.role].append(appointment.user)
        if appointment.role in policies.CASEWORK:
            staff["casework"].append(appointment.user)
    return staff


def parent_of(enrolment: Enrolment) -> str:
    first = (
        Relationship.objects.filter(pupil=enrolment.pupil, has_responsibility=True)
        .select_related("person")
        .order_by("priority", "pk")
        .first()
    )
    return first.person.name if first else "the family"


def on_roll_today(stage: Stage, count: int, *, skip: int = 0) -> list[Enrolment]:
    """Pupils of compulsory school age who are on the roll today, spread over the school."""
    here = Enrolment.objects.filter(
        school=stage.school, leaves_on__isnull=True, starts_on__lte=stage.today, kind="main"
    ).select_related("pupil")
    of_age = [each for each in here.order_by("pupil__upn") if _is_of_age(each, stage.today)]
    stride = max(1, len(of_age) // (count + 1))
    return of_age[skip + stride // 2 :: stride][:count]


def _is_of_age(enrolment: Enrolment, on: date) -> bool:
    born_on = enrolment.pupil.born_on
    if born_on is None:
        return True
    first, last = compulsory_school_age(born_on)
    return first <= on <= last
