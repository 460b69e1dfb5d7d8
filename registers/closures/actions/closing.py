"""Close, and undo a closure: the two presses of its page, and the work behind each."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from registers import policies
from registers.closures import queries as closures_queries
from registers.closures.actions import marks
from registers.closures.actions.showing import show_closures
from registers.closures.queries import ClosureWanted
from registers.models import Closure, Job, School, Session
from registers.models.school.staff import User
from registers.rules import closures
from registers.rules.calendar import SessionKey
from registers.rules.codes import CODES
from registers.rules.wording import many
from registers.web.jobs.actions import Outcome, Report, start_job

ACTION = "close_school"
MISSED = timedelta(days=14)  # that the machine may have been off at the bell


class WrongClosure(policies.Invalid):
    """What must be put right: a sentence for each field."""

    def __init__(self, fields: dict[str, str]):
        self.fields = fields
        super().__init__(next(iter(fields.values())))


def check_closure(school: School, asked: ClosureWanted) -> None:
    """Raises WrongClosure with every reason: by the rules, and by the school's calendar."""
    wrong = closures.what_is_wrong(
        kind=asked.kind,
        whole_school=asked.whole_school,
        pupils=len(asked.pupils),
        first=asked.first,
        last=asked.last,
    )
    if wrong := wrong or _wrong_by_calendar(school, asked):
        raise WrongClosure(wrong)


def _wrong_by_calendar(school: School, asked: ClosureWanted) -> dict[str, str]:
    sessions = closures_queries.sessions_between(school, asked.first, asked.last)
    if not sessions.filter(is_open=True).exists():
        return {"from_on": "The school has no session then: look at the days and the calendar"}
    other = _other(school, asked)
    if other is None:
        return {}
    words = closures.sessions_in_words(other.first, other.last)
    return {"from_on": f"These are closed already: {other.said}, {words}. Undo that first"}


def _other(school: School, asked: ClosureWanted) -> Closure | None:
    """A closure of the whole school with a session of these."""
    others = Closure.objects.in_force().filter(
        school=school,
        whole_school=True,
        from_on__lte=asked.last[0],
        until_on__gte=asked.first[0],
    )
    return next((other for other in others if other.meets(asked.first, asked.last)), None)


@transaction.atomic
def close_sessions(
    *,
    school: School,
    asked: ClosureWanted,
    changing: Collection[str] | None = None,
    by: User,
    now: datetime | None = None,
) -> Closure:
    """Close these sessions. `changing` are the codes that give way, by default as the rules say.

    Sessions that begin later get their marks at the bell; for those that have begun, a job writes
    them, which is the closure's `job`. Raises Refused; WrongClosure with every reason.
    """
    policies.check(by, ACTION, school=school)
    now = now or timezone.now()
    school = School.objects.select_for_update().get(pk=school.pk)
    check_closure(school, asked)
    would = closures_queries.preview(school, asked, now)
    closure = Closure.objects.create(
        school=school,
        kind=asked.kind,
        code_id=asked.code,
        note=asked.note,
        whole_school=asked.whole_school,
        for_whom=asked.for_whom[:300],
        from_on=asked.first[0],
        from_half=asked.first[1],
        until_on=asked.last[0],
        until_half=asked.last[1],
        changing=_giving_way(asked.code, changing),
        position=policies.position_of(by, ACTION, school=school),
        made_at=now,
        made_by=by,
    )
    _name_pupils(closure, asked)
    _close_beforehand(school, would.closing, closure)
    show_closures(school, asked.first, asked.last)
    if would.begun:
        _start(closure, "write_closure", f"Closure: {closure.said}", by)
    return closure


def _giving_way(code: str, changing: Collection[str] | None) -> list[str]:
    if changing is None:
        return sorted(closures.changing_by_default(code))
    return sorted(set(changing) & {*CODES})


def _name_pupils(closure: Closure, asked: ClosureWanted) -> None:
    """Where it is not for the whole school."""
    if not asked.whole_school:
        enrolments = closures_queries.enrolments_of(asked, closure.school)
        closure.pupils.set(enrolments.values_list("pk", flat=True))


def _close_beforehand(school: School, keys: Collection[SessionKey], closure: Closure) -> None:
    """Not due any more."""
    rows = Session.objects.filter(school=school).filter(closures_queries.at_sessions(keys))
    rows.update(is_open=False, closed_because=closure.said)


def _start(closure: Closure, task: str, title: str, by: User) -> None:
    closure.job = start_job(
        school=closure.school,
        kind=f"registers.tasks.{task}",
        action=ACTION,
        title=title[:200],
        by=by,
        asked={"closure": closure.pk},
    )
    closure.save(update_fields=["job"])


@transaction.atomic
def undo_closure(*, closure: Closure, by: User, now: datetime | None = None) -> Closure:
    """Take it back: its sessions are open again, and a job puts back what stood in the register.

    Raises Refused for whoever may not, and where it is undone already.
    """
    policies.check(by, ACTION, school=closure.school_id)
    School.objects.select_for_update().get(pk=closure.school_id)
    closure = (
        Closure.objects.select_for_update(of=("self",)).select_related("school").get(pk=closure.pk)
    )
    if closure.undone_at is not None:
        raise policies.Refused("This closure is undone already.")
    closure.undone_at, closure.undone_by = now or timezone.now(), by
    closure.undone_position = policies.position_of(by, ACTION, school=closure.school)
    closure.save(update_fields=["undone_at", "undone_by", "undone_position"])
    if closure.is_known:
        _open_again(closure)
    show_closures(closure.school, closure.first, closure.last)
    if closure.marks.exists():
        _start(closure, "undo_closure", f"Undo the closure: {closure.said}", by)
    return closure


def _open_again(closure: Closure) -> None:
    """The sessions that it closed beforehand are due again."""
    sessions = closures_queries.sessions_between(closure.school, closure.first, closure.last)
    closed = sessions.filter(is_open=False, closed_because=closure.said)
    closed.update(is_open=True, closed_because="")


# --- the worker's part


def write_marks_of(job: Job, report: Report) -> Outcome:
    closure = _of(job)
    written = marks.write_closure(
        closure,
        now=timezone.now(),
        told=lambda done, total: report(done, total, "Writing the marks, pupil by pupil."),
    )
    said = f"{many(written, 'mark')} of {closure.code_id} written."
    return Outcome(said, {"written": written})


def undo_marks_of(job: Job, report: Report) -> Outcome:
    closure = _of(job)
    back, left = marks.undo_marks(
        closure,
        told=lambda done, total: report(done, total, "Putting the marks back, pupil by pupil."),
    )
    said = f"{many(back, 'mark')} put back as before."
    if left:
        said += f" {many(left, 'mark')} left, since somebody changed them meanwhile."
    return Outcome(said, {"back": back, "left": left})


def write_begun(*, now: datetime | None = None) -> int:
    """Every minute: the marks of closures whose next session has begun; how many. One statement
    where there is no such closure.
    """
    now = timezone.localtime(now)
    unwritten = (
        Q(written_on__isnull=True)
        | Q(written_on__lt=F("until_on"))
        | Q(written_on=F("until_on"), written_half__lt=F("until_half"))
    )
    waiting = Closure.objects.in_force().filter(
        unwritten, from_on__lte=now.date(), until_on__gte=now.date() - MISSED
    )
    return sum(
        marks.write_closure(closure, now=now)
        for closure in waiting.select_related("school", "made_by")
    )


def _of(job: Job) -> Closure:
    found = Closure.objects.select_related("school", "made_by", "undone_by")
    return found.get(pk=job.asked["closure"], school=job.school_id)
