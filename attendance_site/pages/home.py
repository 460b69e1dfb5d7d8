"""The first page: what each role comes for, with what waits there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from interventions.letters.queue import WAITING
from interventions.log import next_steps
from interventions.models import Letter, Night
from registers.models import Appointment, Job, School
from registers.register.held_marks.queries import waiting_by_school
from registers.rules.allowed_codes import day_in_words
from registers.rules.wording import many
from registers.web.access import Viewer

Role = Appointment.Role
NO_STEPS = next_steps.StepCounts(0, 0, 0)

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


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to go to: what it is, what waits there, the words of its button."""

    what: str
    why: str
    button: str
    url: str
    urgent: bool = False
    is_set_up: bool = False


@dataclass
class AtSchool:
    """A school on the first page: what the person is there, and what leads them on."""

    school: School
    appointments: list[Appointment]
    waiting: int = 0
    held_marks: int = 0
    night: Night | None = None
    steps: next_steps.StepCounts = NO_STEPS
    tasks: list[Task] = field(default_factory=list)

    @property
    def positions(self) -> list[str]:
        """What the person is here, each once: two roles may have one position."""
        return list(
            dict.fromkeys(one.position or one.get_role_display() for one in self.appointments)
        )

    @property
    def is_to_be_set_up(self) -> bool:
        """Whether the person is the one to do it, and it is not done."""
        return self.school.set_up_at is None and any(task.is_set_up for task in self.tasks)

    @property
    def is_quiet(self) -> bool:
        """Nothing that the person may see waits for anybody."""
        night = self.night
        return not (
            self.steps.overdue or self.waiting or self.held_marks or (night and night.problems)
        )

    @property
    def waits(self) -> bool:
        return self.is_to_be_set_up or not self.is_quiet


def schools_of(viewer: Viewer, today: date) -> list[AtSchool]:
    """The person's schools with their tasks: a fixed number of statements for any number."""
    waiting, nights = _waiting(viewer), _last_nights(viewer)
    held_marks = _held_marks(viewer, today)
    steps = next_steps.counts(_schools_where(viewer, "see_interventions"), viewer.person, today)
    schools = []
    for school in viewer.schools:
        at = AtSchool(
            school=school,
            appointments=[one for one in viewer.appointments if one.school == school],
            waiting=waiting.get(school.pk, 0),
            held_marks=held_marks.get(school.pk, 0),
            night=nights.get(school.pk),
            steps=steps.get(school.pk, NO_STEPS),
        )
        wanted = dict.fromkeys(name for one in at.appointments for name in COMES_FOR[one.role])
        at.tasks = [
            _task(name, at)
            for name in wanted
            if PAGES[name].is_wanted(at)
            and (PAGES[name].action is None or viewer.may(PAGES[name].action, school))
        ]
        schools.append(at)
    return schools


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


def _says_next_steps(at: AtSchool) -> tuple[str, str]:
    steps = at.steps
    if steps.overdue:
        what = f"{many(steps.overdue, 'next step is', 'next steps are')} overdue"
        return what, f"{steps.mine_overdue} of them yours; {steps.due_this_week} due this week."
    if steps.due_this_week:
        return (
            f"{many(steps.due_this_week, 'next step is', 'next steps are')} due this week",
            "Nothing is overdue.",
        )
    return "No next step is due", "What was agreed for pupils, by whom and until when."


def _says_letters(at: AtSchool) -> tuple[str, str]:
    if not at.waiting:
        return "No letter waits", "New ones are proposed each night, after the figures."
    waits = many(at.waiting, "letter waits", "letters wait")
    return f"{waits} for a yes", "Each with its PDF, as it will be sent."


def _says_held(at: AtSchool) -> tuple[str, str]:
    came = many(at.held_marks, "mark came in late", "marks came in late")
    return came, "Made on a device, and in no register until the office accepts them."


def _says_night(at: AtSchool) -> tuple[str, str]:
    night = at.night
    if night is None:
        return "No night has run yet", "Each night checks the marks and proposes letters."
    words = {"failed": "Last night failed", "running": "A night is running"}
    what = words.get(night.state, "Last night is done")
    when = f"{timezone.localtime(night.started_at):%A %-d %B, %H:%M}. "
    if night.problems:
        return what, f"{when}{many(len(night.problems), 'problem')} to look at."
    moved = many(night.standings_moved, "pupil")
    return what, f"{when}{moved} moved, {many(night.letters_proposed, 'letter')} proposed."


def _says_pupils(at: AtSchool) -> tuple[str, str]:
    met = at.school.last_met_on
    why = f"Figures to {day_in_words(met)}." if met else "Figures begin with the first session."
    return "Pupils and how much they missed", why


def _says_set_up(at: AtSchool) -> tuple[str, str]:
    if at.school.set_up_at is None:
        return "Set your school up", "Step by step; you can stop and come back at any time."
    return "Set-up", "School, calendar, groups, staff, imports."


def _always(what: str, why: str) -> Callable[[AtSchool], tuple[str, str]]:
    return lambda at: (what, why)


PAGES: dict[str, Page] = {
    "today": Page(
        "registers:today",
        "take_register",
        "Open",
        _always("Today’s registers", "This session and the next: open, due, taken."),
    ),
    "morning": Page(
        "registers:morning",
        "see_morning",
        "Open",
        _always("This morning", "Registers not taken, absences without a reason, who came late."),
    ),
    "held": Page(
        "registers:held",
        "amend_mark",
        "Accept them",
        _says_held,
        lambda at: True,
        is_wanted=lambda at: at.held_marks > 0,
    ),
    "late_desk": Page(
        "registers:late_desk",
        "see_morning",
        "Open",
        _always("Late desk", "A few letters of the name; L or U by the clock."),
    ),
    "planned": Page(
        "registers:planned",
        "plan_absence",
        "Open",
        _always("Planned absences", "Leave, visits, part-time timetables, provision elsewhere."),
    ),
    "roll": Page(
        "registers:roll",
        "keep_pupils",
        "Open",
        _always("Admission register", "Pupils, their contacts, who joins and who leaves."),
    ),
    "next_steps": Page(
        "interventions:next_steps",
        "see_interventions",
        "See them",
        _says_next_steps,
        lambda at: at.steps.mine_overdue > 0,
    ),
    "letters": Page("interventions:letters", "see_letters", "Read them", _says_letters),
    "pupils": Page("absence:pupils", "see_pupils", "See the list", _says_pupils),
    "panels": Page(
        "interventions:panels",
        "hold_panel",
        "Open",
        _always("Panels", "Invitations, the pack, and what was decided."),
    ),
    "school": Page(
        "absence:school",
        "see_school",
        "Open",
        _always("The school’s attendance", "Today, this week and this year against the last."),
    ),
    "nights": Page(
        "interventions:nights",
        "see_nights",
        "Look",
        _says_night,
        lambda at: bool(at.night and (at.night.problems or at.night.state == "failed")),
    ),
    "set_up": Page(
        "registers:set_up",
        "keep_school",
        "Open",
        _says_set_up,
        lambda at: at.school.set_up_at is None,
    ),
    "staff": Page(
        "registers:staff",
        "keep_staff",
        "Open",
        _always("Staff", "Who works with Rollbook here, and what each may do."),
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
    theirs = [one.school_id for one in viewer.appointments if "held" in COMES_FOR[one.role]]
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
    return {run.school_id: run for run in runs}
