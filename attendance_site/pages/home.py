"""The first page: what each role comes for, with what waits there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from attendance_site.pages.at_school import NO_STEPS, AtSchool, Task
from attendance_site.pages.wording import (
    always,
    says_held,
    says_letters,
    says_next_steps,
    says_night,
    says_pupils,
    says_set_up,
)
from interventions.letters.queue import WAITING
from interventions.log import next_steps
from interventions.models import Letter, Night
from registers.models import Appointment, Job
from registers.register.held_marks.queries import waiting_by_school
from registers.rules.grouping import keyed
from registers.web.access import Viewer

Role = Appointment.Role

# What a role comes for, in this order; a page that a person may not open is left out.
COMES_FOR: dict[str, tuple[str, ...]] = {
    Role.TEACHER: ("today", "pupils"),
    Role.OFFICE: ("held", "morning", "late_desk", "today", "next_steps", "planned", "roll"),
    Role.ATTENDANCE_OFFICER: (
        "held",
        "next_steps",
        "morning",
        "letters",
        "pupils",
        "panels",
        "nights",
    ),
    Role.SAFEGUARDING_LEAD: ("next_steps", "pupils", "letters", "panels"),
    Role.SLT: ("school", "panels", "pupils", "next_steps", "letters", "nights"),
    Role.ADMINISTRATOR: ("set_up", "staff", "nights", "school", "roll"),
    Role.TRUST_LEADER: ("school", "pupils"),
}


def schools_of(viewer: Viewer, today: date) -> list[AtSchool]:
    """The person's schools with their tasks: a fixed number of statements for any number."""
    waiting, nights = _waiting(viewer), _last_nights(viewer)
    held_marks = _held_marks(viewer, today)
    steps = next_steps.counts(_schools_where(viewer, "see_interventions"), viewer.person, today)
    schools = [
        AtSchool(
            school=school,
            appointments=[held for held in viewer.appointments if held.school == school],
            waiting=waiting.get(school.pk, 0),
            held_marks=held_marks.get(school.pk, 0),
            night=nights.get(school.pk),
            steps=steps.get(school.pk, NO_STEPS),
        )
        for school in viewer.schools
    ]
    for at in schools:
        at.tasks = _tasks(at, viewer)
    for at in schools[:1]:
        at.tasks[:1] = [replace(task, is_first=True) for task in at.tasks[:1]]
    return schools


def _tasks(at: AtSchool, viewer: Viewer) -> list[Task]:
    """What the roles come for, each once, of what is wanted and what the person may open."""
    names = dict.fromkeys(chain.from_iterable(COMES_FOR[held.role] for held in at.appointments))
    return [
        _task(name, at)
        for name in names
        if PAGES[name].is_wanted(at) and viewer.may(PAGES[name].action, at.school)
    ]


def jobs_of(viewer: Viewer) -> list[Job]:
    """Long work that the person has started and that is not over, the latest first."""
    unfinished = [Job.State.QUEUED, Job.State.RUNNING]
    mine = Job.objects.filter(started_by=viewer.person, state__in=unfinished)
    return list(mine.select_related("school")[:5])


@dataclass(frozen=True, slots=True)
class Page:
    """Where a task leads, what opens it, and what it says of a school."""

    address: str
    action: str
    button: str
    says: Callable[[AtSchool], tuple[str, str]]
    urgent: Callable[[AtSchool], bool] = lambda at: False
    is_wanted: Callable[[AtSchool], bool] = lambda at: True


def _task(name: str, at: AtSchool) -> Task:
    page = PAGES[name]
    what, why = page.says(at)
    url = reverse(page.address, kwargs={"urn": at.school.urn})
    return Task(what, why, page.button, url, page.urgent(at), is_set_up=name == "set_up")


PAGES: dict[str, Page] = {
    "today": Page(
        "registers:today",
        "take_register",
        "Open",
        always("Today’s registers", "This session and the next: open, due, taken."),
    ),
    "morning": Page(
        "registers:morning",
        "see_morning",
        "Open",
        always("This morning", "Registers not taken, absences without a reason, who came late."),
    ),
    "held": Page(
        "registers:held",
        "amend_mark",
        "Accept them",
        says_held,
        lambda at: True,
        is_wanted=lambda at: at.held_marks > 0,
    ),
    "late_desk": Page(
        "registers:late_desk",
        "see_morning",
        "Open",
        always("Late desk", "A few letters of the name; L or U by the clock."),
    ),
    "planned": Page(
        "registers:planned",
        "plan_absence",
        "Open",
        always("Planned absences", "Leave, visits, part-time timetables, provision elsewhere."),
    ),
    "roll": Page(
        "registers:roll",
        "keep_pupils",
        "Open",
        always("Admission register", "Pupils, their contacts, who joins and who leaves."),
    ),
    "next_steps": Page(
        "interventions:next_steps",
        "see_interventions",
        "See them",
        says_next_steps,
        lambda at: at.steps.mine_overdue > 0,
    ),
    "letters": Page("interventions:letters", "see_letters", "Read them", says_letters),
    "pupils": Page("absence:pupils", "see_pupils", "See the list", says_pupils),
    "panels": Page(
        "interventions:panels",
        "hold_panel",
        "Open",
        always("Panels", "Invitations, the pack, and what was decided."),
    ),
    "school": Page(
        "absence:school",
        "see_school",
        "Open",
        always("The school’s attendance", "Today, this week and this year against the last."),
    ),
    "nights": Page(
        "interventions:nights",
        "see_nights",
        "Look",
        says_night,
        lambda at: at.problems > 0 or at.last_night_failed,
    ),
    "set_up": Page(
        "registers:set_up",
        "keep_school",
        "Open",
        says_set_up,
        lambda at: at.school.set_up_at is None,
    ),
    "staff": Page(
        "registers:staff",
        "keep_staff",
        "Open",
        always("Staff", "Who works with Rollbook here, and what each may do."),
    ),
}


def _schools_where(viewer: Viewer, action: str) -> list[int]:
    return [school.pk for school in viewer.schools if viewer.may(action, school)]


def _waiting(viewer: Viewer) -> dict[int, int]:
    """Letters that wait for somebody, by school, where the person may see them."""
    letters = Letter.objects.filter(
        enrolment__school__in=_schools_where(viewer, "see_letters"), state__in=WAITING.states
    ).order_by()
    return dict(letters.values_list("enrolment__school").annotate(Count("pk")))


def _held_marks(viewer: Viewer, today: date) -> dict[int, int]:
    """Marks that came in late and wait, by school, for those who come for them."""
    theirs = [held.school_id for held in viewer.appointments if "held" in COMES_FOR[held.role]]
    return waiting_by_school(theirs, today) if theirs else {}


def _last_nights(viewer: Viewer) -> dict[int, Night]:
    """The latest run of each school where the person may see it: one statement for all."""
    latest = (
        Night.objects.filter(school=OuterRef("school"))
        .order_by("-started_at", "-pk")
        .values("pk")[:1]
    )
    runs = Night.objects.filter(
        school__in=_schools_where(viewer, "see_nights"), pk=Subquery(latest)
    )
    return keyed(runs, "school_id")
